"""A span of whole local days, and the ways to cut one."""

from datetime import date
from enum import StrEnum

from msgspec import Struct


class PeriodKind(StrEnum):
    """How a span was asked for. Weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    RANGE = "range"


class Period(Struct, frozen=True, order=True):
    """The days from `first` to `last`, both included, in the site's time zone."""

    first: date
    last: date
    kind: PeriodKind = PeriodKind.RANGE
