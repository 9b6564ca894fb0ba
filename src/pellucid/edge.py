"""What HTTP edges share: who asks and wishes what, what a browser takes and gets, how often passwords are tried.

No route.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from pellucid.errors import (
    ConfigurationError,
    NotAllowed,
    NotFound,
    NotSignedIn,
    PellucidError,
    RequestError,
    TooLarge,
    Unavailable,
)
from pellucid.policy.decision import Consent, Signals
from pellucid.policy.storage import (
    IGNORE,
    IGNORE_PARTITIONED,
    OBJECTIONS_TO_THE_INSTANCE,
    OBJECTIONS_TO_THE_SITE,
    OPT_OUT,
    Item,
    Setter,
)

Network = IPv4Network | IPv6Network

OBJECTED = "ignore%3DKg%3D%3D"
"""What Matomo writes: the same for everyone, and understood by a Matomo should one follow us."""

OBJECTED_HERE = f"{OBJECTED}%3Ahere%3D1"
"""By which the server knows an objection for one site from that for all: of a cookie it is shown the value alone."""

MOST_TRIES = 5
SECONDS_OF_PAUSE = 60.0
_MOST_LOGINS = 10_000
_STATUS: Mapping[type[PellucidError], int] = {
    TooLarge: 413,
    NotSignedIn: 401,
    NotAllowed: 403,
    NotFound: 404,
    RequestError: 400,
    Unavailable: 503,
    PellucidError: 500,
}
_OF_THE_SITE = frozenset({b"same-origin", b"same-site"})
_WHEN_AND_WHERE = re.compile(r"\d+(?:\.{1,2}((?:[a-z0-9-]+\.)+[a-z0-9-]+))?", re.ASCII | re.IGNORECASE)
"""What a script writes into the cookie of an objection: when, and for what domain if not for one host."""
_NO_NAMES: frozenset[str] = frozenset()
_CONSENT = {"1": Consent.GIVEN, "0": Consent.WITHDRAWN}
_SAME_SITE: Mapping[str, Literal["lax", "strict", "none"]] = {"Lax": "lax", "Strict": "strict", "None": "none"}
_WITHOUT_HTTPS: Mapping[str, Literal["lax", "strict"]] = {"Lax": "lax", "Strict": "strict", "None": "lax"}
"""Without https browsers drop what says None, and would not even delete by it what an earlier server has set."""


def status_of(error: PellucidError) -> int:
    """Return the HTTP status that an error of ours answers with."""
    return next(status for kind, status in _STATUS.items() if isinstance(error, kind))


def set_cookie(response: Response, item: Item, value: str, *, secure: bool) -> None:
    """Set a declared cookie with the attributes it is declared with."""
    if item.set_by is not Setter.SERVER:
        raise ConfigurationError(f"The cookie {item.name} is not declared as one that the server sets.")
    _set(response, item, value, _seconds(item), secure=secure or item.secure)


def delete_cookie(response: Response, item: Item, *, secure: bool) -> None:
    """Delete a declared cookie; browsers do so only for the attributes it was set with."""
    if item.set_by is Setter.TRACKER:
        raise ConfigurationError(f"The cookie {item.name} is the tracker's, and the server does not delete it.")
    _set(response, item, "", 0, secure=secure)


def _seconds(item: Item) -> int | None:
    return int(item.lifetime.total_seconds()) if item.lifetime else None


def _set(response: Response, item: Item, value: str, max_age: int | None, *, secure: bool, domain: str = "") -> None:
    response.set_cookie(
        item.name,
        value,
        max_age=max_age,
        path=item.path,
        domain=domain or None,
        secure=secure,
        httponly=item.http_only,
        samesite=_SAME_SITE[item.same_site] if secure else _WITHOUT_HTTPS[item.same_site],
    )
    if item.partitioned:
        # Python writes this attribute from 3.14 on.
        name, written = response.raw_headers[-1]
        response.raw_headers[-1] = (name, written + b"; Partitioned")


class Marks(Struct, frozen=True):
    """The objections that a browser keeps at this server's host: for one site, and for all of them."""

    here: bool = False
    everywhere: bool = False

    @property
    def some(self) -> bool:
        """Whether there is one."""
        return self.here or self.everywhere


def marks_of(cookies: bytes) -> Marks:
    """Return the objections that a `Cookie` header shows."""
    pairs = (pair.strip().partition("=") for pair in cookies.decode("latin-1").split(";"))
    values = {value for name, _, value in pairs if name.rstrip() in OBJECTIONS_TO_THE_INSTANCE}
    return Marks(here=OBJECTED_HERE in values, everywhere=not values <= {OBJECTED_HERE})


def marks_renewed(headers: Mapping[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    """Return the headers that keep the marks which a request shows for as long as the browser allows, anew."""
    marks, renewed = marks_of(headers.get(b"cookie", b"")), Response(status_code=204)
    if marks.here:
        _renew(renewed, IGNORE_PARTITIONED, OBJECTED_HERE)
    if marks.everywhere:
        _renew(renewed, IGNORE, OBJECTED)
    return renewed.raw_headers


def renewals_of(headers: Mapping[bytes, bytes], now: float) -> list[tuple[bytes, bytes]]:
    """Return the headers that keep each objection which a page's request shows, anew: a script's own cookie, too.

    That is renewed for the domain that its value names, and for pages of the server's very host; of another host's, the
    server is shown none. Its value then says when (`now`, in seconds): scripts leave what the server has renewed of
    late, for there are browsers that keep what a script has set for days alone.
    """
    if b"cookie" not in headers:
        return []
    renewed, asks = Response(status_code=204), headers.get(b"sec-fetch-site")
    host = f".{headers.get(b'host', b'').decode('latin-1').lower().partition(':')[0]}"
    for told in _domains_of_objections(headers[b"cookie"]) if asks in _OF_THE_SITE else ():
        # A page may name a domain that it is not in: the browser kept the cookie for its host alone.
        domain = told if host.endswith(f".{told.lower()}") else ""
        if domain or asks == b"same-origin":
            _renew(renewed, OPT_OUT, f"{int(now)}{domain and f'.{domain}'}", domain)
    return [*marks_renewed(headers), *renewed.raw_headers]


def _domains_of_objections(cookies: bytes) -> Iterator[str]:
    """Yield the domain of each objection that a script keeps; nothing for one of a single host."""
    for pair in cookies.decode("latin-1").split(";"):
        name, _, value = pair.strip().partition("=")
        if name.rstrip() == OPT_OUT.name:
            told = _WHEN_AND_WHERE.fullmatch(value.strip())
            yield (told and told[1]) or ""


def _renew(response: Response, item: Item, value: str, domain: str = "") -> None:
    if not item.is_renewed:
        raise ConfigurationError(f"The cookie {item.name} is not declared as one that the server renews.")
    _set(response, item, value, _seconds(item), secure=item.secure, domain=domain)


def signals_of(headers: Mapping[bytes, bytes], parameters: Mapping[str, str]) -> Signals:
    """Return the visitor's wishes that headers, cookies and parameters of a request carry."""
    cookies = names_of_cookies(headers.get(b"cookie", b""))
    return Signals(
        opted_out=parameters.get("optout") == "1" or not cookies.isdisjoint(OBJECTIONS_TO_THE_SITE),
        opted_out_of_instance=not cookies.isdisjoint(OBJECTIONS_TO_THE_INSTANCE),
        consent=_CONSENT.get(parameters.get("consent", ""), Consent.UNSAID),
        global_privacy_control=_wishes(headers, b"sec-gpc"),
        do_not_track=_wishes(headers, b"dnt") or _wishes(headers, b"x-do-not-track"),
    )


def _wishes(headers: Mapping[bytes, bytes], name: bytes) -> bool:
    """Return whether a header says 1, or one of several of its name that were joined by a comma does."""
    told = headers.get(name)
    return told is not None and (told == b"1" or b"1" in map(bytes.strip, told.split(b",")))


def names_of_cookies(cookies: bytes) -> frozenset[str]:
    """Return the names in a `Cookie` header."""
    if not cookies:
        return _NO_NAMES
    return frozenset(pair.partition(b"=")[0].strip().decode("latin-1") for pair in cookies.split(b";"))


def accepted(header: str) -> list[str]:
    """Return what an `Accept` header, of whatever kind, names with a weight above zero; the best first, lower case."""
    choices = [choice.split(";") for choice in header.lower().split(",")]
    weighed = [(name.strip(), _weight(parameters)) for name, *parameters in choices]
    # Sorting keeps the order of what weighs the same.
    return [name for name, weight in sorted(weighed, key=lambda one: -one[1]) if name and weight > 0]


def _weight(parameters: Iterable[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.strip().partition("=")
        if name == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


def networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    """Return the networks of the proxies that are believed."""
    try:
        return tuple(ip_network(text) for text in texts)
    except ValueError as error:
        raise ConfigurationError(f"A trusted proxy has to be an address or a network: {error}") from error


def client_address(trusted: tuple[Network, ...]) -> Callable[[str, bytes], str]:
    """Return what finds the client's address from the peer's and the header `X-Forwarded-For`.

    The header is believed as far as it was written by trusted proxies: the client is the last address in it that is
    none of theirs.
    """
    if not trusted:
        return lambda peer, _forwarded: peer

    def find(peer: str, forwarded: bytes) -> str:
        address = peer
        for hop in reversed(forwarded.decode("latin-1").split(",")):
            if not _is_one_of(address, trusted):
                break
            address = _without_port(hop.strip()) or address
        return address

    return find


def is_secure(trusted: tuple[Network, ...]) -> Callable[[Request], bool]:
    """Return what tells whether a browser's request came by https, to us or to a trusted proxy before us."""

    def ask(request: Request) -> bool:
        forwarded = request.headers.get("x-forwarded-proto")
        if forwarded is None or request.client is None or not _is_one_of(request.client.host, trusted):
            return request.url.scheme == "https"
        return forwarded.rpartition(",")[2].strip() == "https"

    return ask


def _is_one_of(address: str, trusted: tuple[Network, ...]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    # A socket for IPv6 shows an IPv4 peer as an address of IPv6.
    plain = (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed
    return any(plain in network for network in trusted)


def _without_port(address: str) -> str:
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address


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
