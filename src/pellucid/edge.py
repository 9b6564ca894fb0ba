"""What HTTP edges share: who is asking, what is set in a browser, and what an error answers. It knows no route."""

from collections.abc import Callable, Mapping
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal

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
from pellucid.policy.storage import Item, Setter

Network = IPv4Network | IPv6Network

_STATUS: Mapping[type[PellucidError], int] = {
    TooLarge: 413,
    NotSignedIn: 401,
    NotAllowed: 403,
    NotFound: 404,
    RequestError: 400,
    Unavailable: 503,
    PellucidError: 500,
}
_SAME_SITE: Mapping[str, Literal["lax", "strict", "none"]] = {"Lax": "lax", "Strict": "strict", "None": "none"}


def status_of(error: PellucidError) -> int:
    """Return the HTTP status that an error of ours answers with."""
    return next(status for kind, status in _STATUS.items() if isinstance(error, kind))


def set_cookie(response: Response, item: Item, value: str, *, secure: bool) -> None:
    """Set a declared cookie with the attributes it is declared with."""
    _set(response, item, value, int(item.lifetime.total_seconds()) if item.lifetime else None, secure=secure)


def delete_cookie(response: Response, item: Item, *, secure: bool) -> None:
    """Delete a declared cookie; browsers do so only for the attributes it was set with."""
    _set(response, item, "", 0, secure=secure)


def _set(response: Response, item: Item, value: str, max_age: int | None, *, secure: bool) -> None:
    if item.set_by is not Setter.SERVER:
        raise ConfigurationError(f"The cookie {item.name} is not declared as one that the server sets.")
    response.set_cookie(
        item.name,
        value,
        max_age=max_age,
        path=item.path,
        secure=secure,
        httponly=item.http_only,
        samesite=_SAME_SITE[item.same_site],
    )


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
