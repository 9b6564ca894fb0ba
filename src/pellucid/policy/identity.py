"""Who is the same visitor, and how little of an address is enough.

A daily identifier is a keyed hash (BLAKE2b) of address and user agent under a secret salt of the day: pseudonymous
while the salt exists, and a number that nobody can calculate again when it is destroyed. It stays on the events of its
day until these are deleted, and so they stay joined: that has to be said where the salt's end is.
"""

from hashlib import blake2b, sha1
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton

_TRACKER_DIGITS = 16
_IDENTIFIER_BYTES = 8
_IPV4_BITS = 32
_IPV6_BITS = 128
WHOLE_ADDRESS = (_IPV4_BITS, _IPV6_BITS)
"""The leading bits of an address, of either kind, that leave nothing of it out."""
_MAPPED_IPV4 = bytes(10) + b"\xff\xff"


def visitor_of_tracker(identifier: str) -> int | None:
    """Return the visitor a tracker's 16 hexadecimal digits name, or None if they are no such thing."""
    # A number's text may have more than digits in it: signs, spaces, underscores.
    if len(identifier) != _TRACKER_DIGITS or not (identifier.isascii() and identifier.isalnum()):
        return None
    try:
        return int(identifier, 16)
    except ValueError:
        return None


def visitor_of_user_id(user_id: str) -> int:
    """Return the visitor a user id names: the first 16 hexadecimal digits of its SHA-1, as in Matomo."""
    return int.from_bytes(sha1(user_id.encode(errors="replace"), usedforsecurity=False).digest()[:_IDENTIFIER_BYTES])


def daily_visitor(salt: bytes, site_id: int, address: str, user_agent: str) -> int:
    """Return the number by which a visitor is known to one site until the salt's day ends."""
    told = f"{site_id}\n{address}\n{user_agent}".encode(errors="replace")
    return int.from_bytes(blake2b(told, digest_size=_IDENTIFIER_BYTES, key=salt).digest())


def masked(address: str, bits: int, bits_v6: int) -> str:
    """Return the address with all but its leading bits set to zero; no bits, or no address, is the empty text.

    An IPv4 address mapped into IPv6 is masked as the IPv4 address it is.
    """
    try:
        packed = inet_pton(AF_INET6 if ":" in address else AF_INET, address)
    except (OSError, ValueError):
        return ""
    packed = packed.removeprefix(_MAPPED_IPV4)
    width, kept = (_IPV4_BITS, bits) if len(packed) * 8 == _IPV4_BITS else (_IPV6_BITS, bits_v6)
    if not kept:
        return ""
    hidden = width - kept
    number = int.from_bytes(packed) >> hidden << hidden
    return inet_ntop(AF_INET if width == _IPV4_BITS else AF_INET6, number.to_bytes(width // 8))
