"""What a metric is."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from pellucid.report.source import Source


class Unit(StrEnum):
    """What a number counts."""

    NUMBER = "number"
    SECONDS = "seconds"
    SHARE = "share"
    """From 0 to 1."""
    MONEY = "money"
    """In the site's currency."""


class Metric(Struct, frozen=True):
    """A number that can be asked for.

    `counted` is an aggregate for each source it can be counted from, the preferred one first. A metric without it is
    worked out by `formula` from others, those named in `of`; it is None where there is nothing to divide by. `nothing`
    is its value where its source has no row.
    """

    name: str
    meaning: str
    unit: Unit = Unit.NUMBER
    counted: Mapping[Source, str] = {}
    formula: str = ""
    of: tuple[str, ...] = ()
    nothing: str = "0"
