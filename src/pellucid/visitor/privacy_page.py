"""`/privacy/SITE`: for a visitor, in plain words: what one site measures, and what this browser says and holds now.

It speaks the visitor's language (`language=`, else `Accept-Language`). It reads what the browser sends with every
request, and shows it back. It sets nothing and keeps nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from msgspec import Struct, structs
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from pellucid.edge import marks_of, names_of_cookies, signals_of
from pellucid.model.site import ConsentRule, Privacy, Recognition, Site
from pellucid.policy.decision import Refusal, decide
from pellucid.policy.identity import masked
from pellucid.policy.requests import NUMBER_OF_THE_DAY, OF_THE_BROWSER_ASKED, OF_THE_PAGE_TOLD, Read
from pellucid.policy.storage import (
    CONSENT,
    COOKIE_CONSENT,
    IGNORE,
    IGNORE_PARTITIONED,
    ITEMS,
    OPT_OUT,
    REFERRER,
    VARIABLES,
    VISIT,
    VISITOR,
    Item,
    NamedGround,
)
from pellucid.visitor.languages import NAMES, language_of, marked, translations
from pellucid.visitor.lifetimes import kept_for, told

_HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors *"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_KEPT_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
_STYLE = (files("pellucid.visitor") / "static" / "privacy.css").read_bytes()
_STYLE_ADDRESS = f"/privacy/static/{sha256(_STYLE).hexdigest()[:12]}/privacy.css"

REASONS: Mapping[Refusal, str] = {
    Refusal.OPTED_OUT: marked("You have objected to being measured on this site (a cookie)."),
    Refusal.OPTED_OUT_OF_INSTANCE: marked("You have objected to being measured by any site of this server (a cookie)."),
    Refusal.GLOBAL_PRIVACY_CONTROL: marked(
        "Your browser sends Global Privacy Control, and has not shown us that you agreed here."
    ),
    Refusal.DO_NOT_TRACK: marked("Your browser sends Do Not Track, and has not shown us that you agreed here."),
    Refusal.CONSENT_MISSING: marked(
        "The site records only who has agreed, and this browser has not shown us that you have."
    ),
}
"""Why nothing would be recorded, for all that a browser says by itself. The rest, only its requests to track say."""


class Seen(Struct, frozen=True, kw_only=True):
    """What this browser has just sent, and what would come of a page view of it."""

    address: str
    located: str
    kept: str
    global_privacy_control: bool
    do_not_track: bool
    held: tuple[Item, ...]
    refused: Refusal | None

    @property
    def explanation(self) -> str:
        """Why a page view would not be recorded."""
        return REASONS[self.refused] if self.refused else ""


def seen(headers: Mapping[bytes, bytes], address: str, privacy: Privacy) -> Seen:
    """Return what a request tells of its browser."""
    signals = signals_of(headers, {})
    verdict = decide(signals, privacy)
    cookies = headers.get(b"cookie", b"")
    names, marks = {name.partition(".")[0] for name in names_of_cookies(cookies)}, marks_of(cookies)
    shown = {IGNORE: marks.everywhere, IGNORE_PARTITIONED: marks.here}
    held = (item for item in ITEMS if item.name.partition(".")[0] in names and shown.get(item, True))
    return Seen(
        address=address,
        located=masked(address, privacy.located_address_bits, privacy.located_address_bits_v6),
        kept=masked(address, privacy.kept_address_bits, privacy.kept_address_bits_v6),
        global_privacy_control=signals.global_privacy_control,
        do_not_track=signals.do_not_track,
        held=tuple(held),
        refused=verdict if isinstance(verdict, Refusal) else None,
    )


def may_be_set(privacy: Privacy) -> Sequence[Item]:
    """Return what a site with these settings may keep in a visitor's browser, whatever the visitor chooses."""
    measured = (VISITOR, VISIT, *([REFERRER] if privacy.attributes else []), VARIABLES) if privacy.cookies else ()
    asked = (CONSENT,) if privacy.consent is ConsentRule.TRACKING else (CONSENT, COOKIE_CONSENT)
    remembered = timedelta(days=privacy.consent_days)
    choices = (structs.replace(item, lifetime=remembered) for item in asked)
    return (*measured, *choices, OPT_OUT, IGNORE, IGNORE_PARTITIONED)


def may_be_read(privacy: Privacy) -> Sequence[Read]:
    """Return what a site with these settings reads besides cookies, of who does not object."""
    asked = [OF_THE_BROWSER_ASKED] if privacy.browser_features else []
    numbered = [] if privacy.recognition is Recognition.NONE else [NUMBER_OF_THE_DAY]
    return (*asked, OF_THE_PAGE_TOLD, *numbered)


def grounds_of(items: Sequence[Item]) -> Mapping[NamedGround, Sequence[str]]:
    """Return each ground once, with the names of what is kept on it."""
    return {
        ground: tuple(dict.fromkeys(item.name.partition(".")[0] for item in items if item.ground == ground))
        for ground in dict.fromkeys(item.ground for item in items)
    }


def routes(
    site: Callable[[int], Site | None], address: Callable[[str, bytes], str], imported: Callable[[int], bool]
) -> list[BaseRoute]:
    """Return the routes of the page.

    `address` finds the client's from the peer's and `X-Forwarded-For`; `imported` tells whether access logs were
    imported into a site, and may read files.
    """
    environment = Environment(
        loader=PackageLoader("pellucid.visitor"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "style": _STYLE_ADDRESS,
        "recognition": Recognition,
        "consent_rule": ConsentRule,
        "languages": NAMES,
    }

    def answer(request: Request, template: str, status: HTTPStatus, **shown: object) -> Response:
        language = language_of(request.query_params.get("language", ""), request.headers.get("accept-language", ""))
        kept = told(kept_for(request.headers.get("user-agent", "")), language)
        spoken = {"_": translations(language).gettext, "language": language, "kept": kept}
        return HTMLResponse(environment.get_template(template).render(spoken, **shown), status, _HEADERS)

    async def page(request: Request) -> Response:
        shown = site(request.path_params["site"])
        if shown is None:
            return answer(request, "no_site.html", HTTPStatus.NOT_FOUND, site_id=request.path_params["site"])
        headers = dict(request.headers.raw)
        peer = request.client.host if request.client else ""
        tells = seen(headers, address(peer, headers.get(b"x-forwarded-for", b"")), shown.privacy)
        items = may_be_set(shown.privacy)
        logs = await run_in_threadpool(imported, shown.id)
        return answer(
            request,
            "privacy.html",
            HTTPStatus.OK,
            site=shown,
            privacy=shown.privacy,
            seen=tells,
            items=items,
            grounds=grounds_of(items),
            reads=may_be_read(shown.privacy),
            logs=logs,
        )

    async def stylesheet(_request: Request) -> Response:
        return Response(_STYLE, media_type="text/css", headers=_KEPT_FOR_EVER)

    return [Route("/privacy/{site:int}", page), Route(_STYLE_ADDRESS, stylesheet)]
