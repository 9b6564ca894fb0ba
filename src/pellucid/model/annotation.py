"""A note on a day of a site: what happened then that its numbers do not tell."""

from datetime import date

from msgspec import Struct


class Annotation(Struct, frozen=True, kw_only=True):
    """A note by an account; the ids of a site's notes count from 1."""

    site_id: int
    id: int
    day: date
    note: str
    starred: bool = False
    login: str = ""
