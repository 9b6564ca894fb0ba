"""`/privacy/SITE`: for a visitor, in plain words: what one site measures, and what this browser says and holds now.

The page reads what the browser sends with every request, and shows it back. It sets nothing and keeps nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from http import HTTPStatus
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from pellucid.edge import names_of_cookies, signals_of
from pellucid.model.site import ConsentRule, Privacy, Recognition, Site
from pellucid.policy import retention
from pellucid.policy.decision import EXPLANATIONS, Refusal, decide
from pellucid.policy.identity import masked
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
)

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
        return EXPLANATIONS[self.refused] if self.refused else ""


def seen(headers: Mapping[bytes, bytes], address: str, privacy: Privacy) -> Seen:
    """Return what a request tells of its browser."""
    signals = signals_of(headers, {})
    verdict = decide(signals, privacy)
    names = {name.partition(".")[0] for name in names_of_cookies(headers.get(b"cookie", b""))}
    held = {item.name: item for item in reversed(ITEMS) if item.name.partition(".")[0] in names}
    return Seen(
        address=address,
        located=masked(address, privacy.located_address_bits, privacy.located_address_bits_v6),
        kept=masked(address, privacy.kept_address_bits, privacy.kept_address_bits_v6),
        global_privacy_control=signals.global_privacy_control,
        do_not_track=signals.do_not_track,
        held=tuple(held.values()),
        refused=verdict if isinstance(verdict, Refusal) else None,
    )


def may_be_set(privacy: Privacy) -> Sequence[Item]:
    """Return what a site with these settings may keep in a visitor's browser, whatever the visitor chooses."""
    measured = (VISITOR, VISIT, REFERRER, VARIABLES) if privacy.cookies else ()
    asked = (CONSENT,) if privacy.consent is ConsentRule.TRACKING else (CONSENT, COOKIE_CONSENT)
    return (*measured, *asked, OPT_OUT, IGNORE, IGNORE_PARTITIONED)


def routes(site: Callable[[int], Site | None], address: Callable[[str, bytes], str]) -> list[BaseRoute]:
    """Return the routes of the page; `address` finds the client's from the peer's and `X-Forwarded-For`."""
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
        "retention": retention,
    }

    async def page(request: Request) -> Response:
        shown = site(request.path_params["site"])
        if shown is None:
            text = environment.get_template("no_site.html").render(site_id=request.path_params["site"])
            return HTMLResponse(text, HTTPStatus.NOT_FOUND, _HEADERS)
        headers = dict(request.headers.raw)
        peer = request.client.host if request.client else ""
        told = seen(headers, address(peer, headers.get(b"x-forwarded-for", b"")), shown.privacy)
        text = environment.get_template("privacy.html").render(
            site=shown,
            privacy=shown.privacy,
            seen=told,
            items=may_be_set(shown.privacy),
        )
        return HTMLResponse(text, headers=_HEADERS)

    async def stylesheet(_request: Request) -> Response:
        return Response(_STYLE, media_type="text/css", headers=_KEPT_FOR_EVER)

    return [Route("/privacy/{site:int}", page), Route(_STYLE_ADDRESS, stylesheet)]
