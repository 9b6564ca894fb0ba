"""A segment that somebody keeps under a name."""

from datetime import datetime

from msgspec import Struct


class SavedSegment(Struct, frozen=True, kw_only=True):
    """A segment by its definition, as Matomo writes them; of all sites without `site_id`, for all if it is `shared`."""

    id: int
    name: str
    definition: str
    login: str
    site_id: int | None
    shared: bool
    created: datetime
    edited: datetime | None = None
