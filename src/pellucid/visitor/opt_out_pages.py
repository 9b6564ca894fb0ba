"""The pages of the opt-out, in the visitor's language, and the files that they need."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from mimetypes import guess_type

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from pellucid.visitor.languages import translations
from pellucid.visitor.opt_out_look import Look

OPT_OUT = "/optout"
BACK = f"{OPT_OUT}/back"
NO_STORE: Mapping[str, str] = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

_KEPT_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
_FILES = {
    name: (files("pellucid.visitor") / "static" / name).read_bytes()
    for name in ("opt_out.css", "opt_out.js", "opt_out_back.js")
}


def address(name: str) -> str:
    """Return where a file is served: its hash is in the address, so that browsers may keep it."""
    return f"{OPT_OUT}/static/{sha256(_FILES[name]).hexdigest()[:12]}/{name}"


def file_routes() -> list[BaseRoute]:
    """Return the routes of the files."""

    async def serve(request: Request) -> Response:
        name = request.url.path.rpartition("/")[2]
        return Response(_FILES[name], media_type=guess_type(name)[0], headers=_KEPT_FOR_EVER)

    return [Route(address(name), serve) for name in _FILES]


class Pages:
    """The templates; what they show is always text, never markup."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=PackageLoader("pellucid.visitor"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals |= {"address": address, "home": OPT_OUT, "back": BACK}

    def answer(
        self,
        name: str,
        language: str,
        shown: Mapping[str, object],
        *,
        status: int = 200,
        look: Look | None = None,
        framed: bool = False,
    ) -> Response:
        """Return a page; one that is `framed` may be shown within any other, and has the look that is wanted there."""
        style = look.css if look else ""
        text = self._environment.get_template(name).render(
            {"_": translations(language).gettext, "language": language, "style": style, "framed": framed, **shown},
        )
        return HTMLResponse(text, status, _headers(style, framed=framed))


def _headers(style: str, *, framed: bool) -> dict[str, str]:
    # A style of the page's own is allowed by what it says: no other can be slipped in.
    allowed = f" 'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" if style else ""
    ancestors = "*" if framed else "'none'"
    return {
        **NO_STORE,
        "Content-Security-Policy": (
            f"default-src 'none'; script-src 'self'; style-src 'self'{allowed}; img-src data:; connect-src 'self'; "
            f"form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
        ),
        # Tells other sites nothing. With `no-referrer` browsers would hide the origin of our own forms from us, too
        # (https://fetch.spec.whatwg.org/#append-a-request-origin-header).
        "Referrer-Policy": "same-origin",
    }
