"""The opt-out as a checkbox in the site's own page: a script at Matomo's address, and a snippet for copying.

Both are one file with its settings behind it. What comes from a query goes there only if it is plainly what it should
be, as JSON in which no character can end a script.
"""

import re
from collections.abc import Mapping
from importlib.resources import files

from msgspec import Struct, json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pellucid.policy.retention import OBJECTION
from pellucid.policy.storage import OPT_OUT as FLAG
from pellucid.visitor.languages import language_of, marked
from pellucid.visitor.lifetimes import BY_A_SCRIPT_OF_WEBKIT, CAPPED, told
from pellucid.visitor.opt_out import AtMatomosAddress
from pellucid.visitor.opt_out_look import Look, look_of
from pellucid.visitor.opt_out_pages import NO_STORE, OPT_OUT

SNIPPET = f"{OPT_OUT}/snippet"
PLACE = "matomo-opt-out"

_SCRIPT = (files("pellucid.visitor") / "static" / "opt_out_box.js").read_text("utf-8")
_PLACE = re.compile(r"[A-Za-z][A-Za-z0-9_:.-]{0,63}")
_PATH = re.compile(r"/[A-Za-z0-9/_.~%-]{0,200}")
_DOMAIN = re.compile(r"(?:\*?\.)?((?:[A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63})")
_NO = frozenset({"0", "false"})
_ESCAPED = str.maketrans({"<": r"\u003c", ">": r"\u003e", "&": r"\u0026", "\u2028": r"\u2028", "\u2029": r"\u2029"})

TEXTS: Mapping[str, str] = {
    "intro": marked("This website counts how it is used. You can object: then nothing of your visits is recorded."),
    "label": marked("Do not record my visits to this website"),
    "objected": marked("Your visits are not recorded."),
    "recorded": marked("Your visits may be recorded."),
    "refused": marked(
        "Your browser has kept nothing of your objection. Allow this website to keep cookies, or switch on Global "
        "Privacy Control in your browser."
    ),
    "still": marked(
        "Your objection is taken back, but your visits are still not recorded: this website asks for your consent "
        "first, or your browser objects for you."
    ),
    "missing": marked("The script that counts is not there, so your choice could not be handed over. Nothing is kept."),
    "kept": CAPPED,
    "webkit": BY_A_SCRIPT_OF_WEBKIT,
}


class Settings(Struct, frozen=True, kw_only=True):
    """What the script is told; `alone` is whether it keeps an objection where it finds no tracker."""

    cookie: str
    seconds: int
    place: str
    language: str
    intro: bool
    alone: bool
    secure: bool
    path: str
    domain: str
    look: Mapping[str, str]
    texts: Mapping[str, str]


def settings_of(query: Mapping[str, str], accepted: str) -> Settings:
    """Return what Matomo's parameters ask for; `accepted` is which languages the browser does."""
    language = language_of(query.get("language", ""), accepted)
    return Settings(
        cookie=FLAG.name,
        seconds=int(OBJECTION.total_seconds()),
        place=_plain(_PLACE, query.get("divId") or query.get("div"), PLACE),
        language=language,
        intro=query.get("showIntro") not in _NO,
        alone=query.get("useCookiesIfNoTracker") not in _NO,
        secure=query.get("useSecureCookies") not in _NO,
        path=_plain(_PATH, query.get("cookiePath"), "/"),
        domain=_plain(_DOMAIN, query.get("cookieDomain"), "").removeprefix("*").removeprefix("."),
        look=_style(look_of(query)),
        texts={name: told(text, language) for name, text in TEXTS.items()},
    )


def script_of(settings: Settings) -> str:
    """Return the script with its settings."""
    return f"{_SCRIPT.rstrip()}({json.encode(settings).decode().translate(_ESCAPED)});\n"


def snippet_of(settings: Settings) -> str:
    """Return what a site's owner puts into a page: it works without this server."""
    return f'<div id="{settings.place}"></div>\n<script>\n{script_of(settings)}</script>\n'


def routes() -> list[BaseRoute]:
    """Return the routes of the script and of the snippet."""

    async def script(request: Request) -> Response:
        headers = {**NO_STORE, "Cross-Origin-Resource-Policy": "cross-origin", "Vary": "Accept-Language"}
        script = script_of(_asked(request))
        return Response(script, headers=headers, media_type="application/javascript; charset=utf-8")

    async def snippet(request: Request) -> Response:
        return Response(snippet_of(_asked(request)), headers=NO_STORE, media_type="text/plain; charset=utf-8")

    return [AtMatomosAddress("optOutJS", script), Route(SNIPPET, snippet, methods=["GET"])]


def _asked(request: Request) -> Settings:
    return settings_of(request.query_params, request.headers.get("accept-language", ""))


def _plain(pattern: re.Pattern[str], text: str | None, otherwise: str) -> str:
    return text if text and pattern.fullmatch(text) else otherwise


def _style(look: Look) -> dict[str, str]:
    """Return a look as a browser's style object names it."""
    wished = {
        "backgroundColor": look.background,
        "color": look.colour,
        "fontSize": look.size,
        "fontFamily": look.family,
    }
    return {name: value for name, value in wished.items() if value}
