"""Who signs in, and what they may do."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct


class Access(StrEnum):
    """What an account may do with a site; each includes the one before."""

    VIEW = "view"
    WRITE = "write"
    ADMIN = "admin"


_RANK = tuple(Access)


class Account(Struct, frozen=True):
    """Someone who signs in. A superuser may do everything with every site."""

    login: str
    superuser: bool = False
    access: Mapping[int, Access] = {}

    def may(self, site_id: int, wanted: Access) -> bool:
        """Return whether this account may do `wanted` with a site."""
        if self.superuser:
            return True
        held = self.access.get(site_id)
        return held is not None and _RANK.index(held) >= _RANK.index(wanted)
