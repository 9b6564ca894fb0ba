"""Who signs in, and what they may do."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct


class Access(StrEnum):
    """What an account may do with a site; each includes the one before."""

    VIEW = "view"
    WRITE = "write"
    ADMIN = "admin"

    def at_most(self, most: "Access") -> "Access":
        """Return the lesser of the two."""
        return min(self, most, key=_RANK.index)


_RANK = tuple(Access)


class Account(Struct, frozen=True):
    """Someone who signs in. A superuser may do everything with every site.

    One that `reads_only` comes with a token of that scope, and changes not even what is its own.
    """

    login: str
    superuser: bool = False
    access: Mapping[int, Access] = {}
    reads_only: bool = False

    def may(self, site_id: int, wanted: Access) -> bool:
        """Return whether this account may do `wanted` with a site."""
        if self.superuser:
            return True
        held = self.access.get(site_id)
        return held is not None and _RANK.index(held) >= _RANK.index(wanted)
