"""Values that are nowhere else, and the forms each may take where it is written."""

import secrets
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterator
from hashlib import md5, sha1, sha256
from ipaddress import ip_address

_SHORTEST = 8
"""Every form has so many bytes: fewer any file may have by chance."""


class Markers:
    """Makes values that are nowhere else; `forms` has all that they may look like, by what they are."""

    def __init__(self) -> None:
        self.forms: dict[str, set[bytes]] = defaultdict(set)
        self._halves = secrets.SystemRandom().sample(range(100, 256), 156)

    def text(self, what: str) -> str:
        """Return a new text."""
        value = secrets.token_hex(8)
        self.forms[what] |= set(_of_text(value))
        return value

    def identifier(self, what: str) -> str:
        """Return a new identifier of a visitor."""
        value = f"f{secrets.token_hex(7)}e"
        self.forms[what] |= {*_of_text(value), *_of_bytes(bytes.fromhex(value))}
        return value

    def user_agent(self, what: str) -> str:
        """Return the user agent of a browser that is like no other."""
        system, name = self.text(what), self.text(what)
        return f"Mozilla/5.0 (X11; Linux x86_64; {system}; rv:140.0) Gecko/20100101 Firefox/140.0 {name}"

    def address(self, what: str, *, half_is_kept: bool = False) -> str:
        """Return a new address of version 4, of which nothing may be kept, or its first half."""
        # No two share their first half, which may be kept of one of them.
        half = self._halves.pop()
        parts = ["203", str(half), *(str(100 + secrets.randbelow(156)) for _ in range(2))]
        value = ".".join(parts)
        self.forms[what] |= set(_of_address(value))
        if not half_is_kept:
            self.forms[what] |= {".".join([*parts[:3], "0"]).encode(), ".".join([*parts[:2], "0", "0"]).encode()}
        return value

    def address_v6(self, what: str) -> str:
        """Return a new address of version 6, of which its first half may be kept."""
        value = ":".join(["2001", "db8", *(f"{0x1000 + secrets.randbelow(0xEFFF):x}" for _ in range(6))])
        self.forms[what] |= set(_of_address(value))
        return value

    def found(self, places: dict[str, bytes]) -> dict[str, set[str]]:
        """Return where each is that is somewhere."""
        beginnings: dict[bytes, list[tuple[bytes, str]]] = defaultdict(list)
        for what, forms in self.forms.items():
            for form in forms:
                beginnings[form[:_SHORTEST]].append((form, what))
        seen: dict[str, set[str]] = defaultdict(set)
        for place, content in places.items():
            for at in range(len(content)):
                for form, what in beginnings.get(content[at : at + _SHORTEST], ()):
                    if content.startswith(form, at):
                        seen[what].add(place)
        return seen


def _of_text(text: str) -> Iterator[bytes]:
    plain = text.encode()
    yield from (plain, text.upper().encode(), text.encode("utf-16-le"), text.encode("utf-16-be"))
    yield from (plain.hex().encode(), plain.hex().upper().encode())
    # What stands before decides where base64's groups of three bytes begin; what is shared with others is left out.
    for before, shared in ((0, 0), (1, 2), (2, 3)):
        yield b64encode(bytes(before) + plain)[shared:-4]


def _of_bytes(packed: bytes) -> Iterator[bytes]:
    for ordered in (packed, packed[::-1]):
        yield from (ordered.hex().encode(), ordered.hex().upper().encode(), str(int.from_bytes(ordered)).encode())
        yield b64encode(ordered)
        if len(ordered) >= _SHORTEST:
            yield ordered


def _of_address(address: str) -> Iterator[bytes]:
    parsed = ip_address(address)
    for written in {address, parsed.exploded}:
        yield from _of_text(written)
    yield from _of_bytes(parsed.packed)
    for known in {address.encode(), parsed.exploded.encode(), parsed.packed}:
        for make in (md5, sha1, sha256):
            digest = make(known).digest()
            yield from (digest, digest.hex().encode(), digest.hex().upper().encode(), b64encode(digest).rstrip(b"="))
