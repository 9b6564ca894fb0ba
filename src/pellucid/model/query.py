"""A question to the reports: metrics x dimensions x segment x period."""

from enum import StrEnum

from msgspec import Struct

from pellucid.model.period import Period


class Operator(StrEnum):
    """How a condition compares.

    By `==` and `!=`; without regard to case by `=~` (is), `!~` (is not), `=@` (contains), `!@` (lacks), `=^` (starts
    with) and `=$` (ends with), numbers as they are written; and by `<` `<=` `>` `>=`: numbers by their size, and texts,
    dates among them, by which comes first without regard to case.
    """

    EQUALS = "=="
    DIFFERS = "!="
    AT_MOST = "<="
    LESS = "<"
    AT_LEAST = ">="
    MORE = ">"
    ALIKE = "=~"
    UNLIKE = "!~"
    CONTAINS = "=@"
    LACKS = "!@"
    STARTS = "=^"
    ENDS = "=$"


class Condition(Struct, frozen=True):
    """One comparison of a dimension with a value; an empty value asks whether there is one."""

    dimension: str
    operator: Operator
    value: str


class Segment(Struct, frozen=True):
    """Visits that meet at least one condition of every group."""

    groups: tuple[tuple[Condition, ...], ...] = ()


EVERYBODY = Segment()


class Order(Struct, frozen=True):
    """By which metric or dimension rows are sorted."""

    by: str
    descending: bool = True


class Query(Struct, frozen=True, kw_only=True):
    """A question: `metrics` and `dimensions` are names of rows in `report.metrics` and `report.dimensions`.

    `segment` chooses visits, as who asks does; a report that is `about` some of them alone adds groups of its own.
    `where` chooses what in visits is counted: rows that meet at least one condition of every group. Without dimensions
    the result has one row. `limit` None asks for all rows. Hours are those of `timezone`.
    """

    site_ids: tuple[int, ...]
    period: Period
    metrics: tuple[str, ...]
    dimensions: tuple[str, ...] = ()
    segment: Segment = EVERYBODY
    about: tuple[tuple[Condition, ...], ...] = ()
    where: tuple[tuple[Condition, ...], ...] = ()
    timezone: str = "UTC"
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int = 0
