"""Whose forms are taken."""

from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from pellucid.errors import NotAllowed, TooLarge

LARGEST_FORM = 10_000


async def fields(request: Request) -> dict[str, str]:
    """Return what a form of our own pages says; raise `NotAllowed` for those of others, `TooLarge` for what is none."""
    from_our_own_pages(request)
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_FORM:
            raise TooLarge(f"A form has at most {LARGEST_FORM:,} bytes.")
    return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))


def from_our_own_pages(request: Request) -> None:
    """Raise `NotAllowed` for a form that another site sends in a visitor's name.

    The sign-in cookie is SameSite=Lax, so such a form comes without it; this refuses also what changes nothing yet.
    Browsers say where a request comes from in `Sec-Fetch-Site`, but to a server without https only in `Origin`
    (https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html).
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    ours = site in {"same-origin", "none"} if site else _is_ours(origin, request.headers.get("host", ""))
    if not ours:
        raise NotAllowed("This form was sent by a page of another site.")


def _is_ours(origin: str | None, host: str) -> bool:
    return origin is None or urlsplit(origin).netloc == host
