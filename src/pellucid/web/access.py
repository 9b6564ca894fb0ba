"""Who may try to sign in, and whose forms are taken."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from pellucid.errors import NotAllowed, TooLarge

MOST_TRIES = 5
SECONDS_OF_PAUSE = 60.0
LARGEST_FORM = 10_000
_MOST_LOGINS = 10_000


class Attempts:
    """Passwords tried of late, in the memory of this process: after some, a login has to wait. `now` counts seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._tries: dict[str, list[float]] = {}

    def may_try(self, login: str) -> bool:
        """Return whether a password of this login may be tried now, and count it: those tried at once count too."""
        oldest = self._now() - SECONDS_OF_PAUSE
        recent = [tried for tried in self._tries.pop(login, []) if tried > oldest]
        allowed = len(recent) < MOST_TRIES
        if len(self._tries) >= _MOST_LOGINS:
            del self._tries[next(iter(self._tries))]
        self._tries[login] = [*recent, self._now()] if allowed else recent
        return allowed

    def succeeded(self, login: str) -> None:
        """Forget the wrong ones."""
        self._tries.pop(login, None)


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
