"""What a metric is."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from pellucid.report.source import Source

_DAY = "toUInt16(visit_day) * 11400714819323198485"
VISIT = f"visit_id + {_DAY}"
VISITOR_OF_DAY = f"visitor_id + {_DAY}"
USER_OF_DAY = f"cityHash64(user_id) + {_DAY}"
"""One number for what is told apart by several, which takes half the time; two are the same as seldom as two hashes of
64 bits. Days that follow each other are as far apart as can be: https://en.wikipedia.org/wiki/Fibonacci_hashing."""
IS_VISIT = "not stray"
"""Which rows of visits count as such; the others are single hits of visits that are not known."""


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
    is its value where its source has no row. `over_days` makes the number of a longer period out of those of its days,
    for a metric that is additive over them.
    """

    name: str
    meaning: str
    unit: Unit = Unit.NUMBER
    counted: Mapping[Source, str] = {}
    formula: str = ""
    of: tuple[str, ...] = ()
    nothing: str = "0"
    over_days: str = "sum({})"


def of_views(aggregate: str, what: str = "") -> dict[Source, str]:
    """Return the ways to aggregate page views: alone, and among the rows that tell how long they took to load."""
    among = ", ".join(filter(None, (what, "kind = 'pageview'")))
    return {Source.VIEWS: f"{aggregate}({what})", Source.LOADS: f"{aggregate}If({among})"}
