"""Templates made into answers, and the files that pages need."""

from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from mimetypes import guess_type

from jinja2 import Environment, PackageLoader, StrictUndefined
from msgspec import json
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from pellucid.web import words

HOME = "/dashboard"
SEE_OTHER = 303
NOT_FOUND = 404
HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # Tells other sites nothing. With `no-referrer` browsers would hide the origin of our own forms from us, too
    # (https://fetch.spec.whatwg.org/#append-a-request-origin-header).
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

_FILES = {file.name: file.read_bytes() for file in (files("pellucid.web") / "static").iterdir()}
_KEPT_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}


def address(name: str) -> str:
    """Return where a file is served: its hash is in the address, so that browsers may keep it."""
    return f"{HOME}/static/{sha256(_FILES[name]).hexdigest()[:12]}/{name}"


async def file(request: Request) -> Response:
    """Answer a file."""
    name = request.path_params["name"]
    if name not in _FILES:
        return Response(status_code=NOT_FOUND)
    return Response(_FILES[name], media_type=guess_type(name)[0], headers=_KEPT_FOR_EVER)


class Pages:
    """The templates; what they show is always text, never markup."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=PackageLoader("pellucid.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals |= {"address": address, "home": HOME, "words": words}
        self._environment.filters |= {"json": lambda value: json.encode(value).decode()}

    def answer(self, name: str, shown: Mapping[str, object], status: int = 200) -> Response:
        """Return a page."""
        return HTMLResponse(self._environment.get_template(name).render(shown), status, HEADERS)

    def notice(self, title: str, text: str, status: int) -> Response:
        """Return a page that says what is the matter."""
        return self.answer("notice.html", {"title": title, "text": text}, status)
