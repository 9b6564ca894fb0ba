"""Questions about what follows what: funnels, retention by cohort, and paths. Dimensions have the names of queries."""

from datetime import timedelta
from enum import StrEnum

from msgspec import Struct

from pellucid.model.period import Period
from pellucid.model.query import EVERYBODY, Condition, Segment


class Counted(StrEnum):
    """Whose steps are put in a row: those of one visit, or all of one visitor's in the period."""

    VISITS = "visits"
    VISITORS = "visitors"


class Among(Struct, frozen=True, kw_only=True):
    """Which visits a question is about; hours in the segment are those of `timezone`."""

    site_ids: tuple[int, ...]
    period: Period
    segment: Segment = EVERYBODY
    timezone: str = "UTC"


class Funnel(Among, frozen=True, kw_only=True):
    """Steps in their order: each is done by an action that meets all of its conditions.

    Other actions may lie between two steps. All steps are done `within` a time that begins with the first.
    """

    steps: tuple[tuple[Condition, ...], ...]
    within: timedelta
    counted: Counted = Counted.VISITS


class Step(Struct, frozen=True):
    """How many did a step after all before it, and how many of them did not go on.

    `share` is of those who began, from 0 to 1; None without any.
    """

    reached: int
    dropped: int
    share: float | None


class CohortStep(StrEnum):
    """By which steps of the calendar cohorts are made."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Direction(StrEnum):
    """Where paths lead: away from a page, or to it."""

    FROM = "from"
    TO = "to"


class Paths(Among, frozen=True, kw_only=True):
    """Which pages are viewed after a page, or before it, in one visit: as `dimension` tells pages apart.

    A path begins with the first view of the page in a visit, or ends with the last. A page that is viewed again at
    once counts once. `steps` are the most pages beside the one asked about.
    """

    dimension: str
    page: str
    direction: Direction
    steps: int
    limit: int
    offset: int = 0


class Path(Struct, frozen=True):
    """Pages in the order of their views, and the visits that took this way; shorter ones began or ended so."""

    pages: tuple[str, ...]
    visits: int
    share: float
