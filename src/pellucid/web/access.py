"""Who is signed in, and who may try to be."""

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.requests import Request

from pellucid.errors import NotAllowed

MOST_FAILURES = 5
SECONDS_OF_PAUSE = 60.0
_MOST_LOGINS = 10_000


class Attempts:
    """Wrong passwords of late, in memory: after some, a login has to wait. `now` counts seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._failures: dict[str, list[float]] = {}

    def may_try(self, login: str) -> bool:
        """Return whether a password of this login may be tried now."""
        return len(self._recent(login)) < MOST_FAILURES

    def failed(self, login: str) -> None:
        """Count a wrong password."""
        if len(self._failures) >= _MOST_LOGINS:
            self._failures.clear()
        self._failures[login] = [*self._recent(login), self._now()]

    def succeeded(self, login: str) -> None:
        """Forget the wrong ones."""
        self._failures.pop(login, None)

    def _recent(self, login: str) -> list[float]:
        oldest = self._now() - SECONDS_OF_PAUSE
        return [failure for failure in self._failures.get(login, []) if failure > oldest]


def from_our_own_pages(request: Request) -> None:
    """Raise `NotAllowed` for a form that another site sends in a visitor's name.

    The sign-in cookie is SameSite=Lax, so such a form comes without it; this refuses also what changes nothing yet.
    Browsers say where a request comes from in `Sec-Fetch-Site`, older ones in `Origin`
    (https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html).
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    ours = site in {"same-origin", "none"} if site else _is_ours(origin, request.headers.get("host", ""))
    if not ours:
        raise NotAllowed("This form was sent by a page of another site.")


def _is_ours(origin: str | None, host: str) -> bool:
    return origin is None or urlsplit(origin).netloc == host
