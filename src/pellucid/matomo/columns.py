"""Matomo's columns: which of our metrics each shows, and how what is worked out from them is written.

Ratios are worked out here only because Matomo adds rows up (a folder of pages) after the numbers were counted.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import cast

from msgspec import Struct

from pellucid.matomo.metric_names import NAMES
from pellucid.model.period import PeriodKind
from pellucid.model.result import Value
from pellucid.report.metrics import TIMINGS

Cell = str | int | float | bool | None | list["Row"] | tuple[str, ...] | dict[str, "Row"]
Row = dict[str, Cell]


class Shown(StrEnum):
    """In which periods a column stands: unique visitors are not additive, so longer ones have sums of days."""

    ALWAYS = "always"
    OF_A_DAY = "of a day"
    OF_DAYS = "of days"


class Column(Struct, frozen=True):
    """A column and the metric it shows; `beside` another column, it stands only in rows where that is not zero."""

    name: str
    metric: str
    shown: Shown = Shown.ALWAYS
    beside: str = ""


class Ratio(Struct, frozen=True):
    """A column that is worked out from two others: a percentage, or a number, with so many digits."""

    name: str
    above: str
    below: str
    digits: int | None = None
    percent_digits: int = 0


class Sum(Struct, frozen=True):
    """A column that is the sum of others, or of ratios as they are before they are rounded."""

    name: str
    of: tuple[str, ...] = ()
    ratios: tuple[Ratio, ...] = ()


OF_VISITS = (
    Column("nb_uniq_visitors", "visitors", Shown.OF_A_DAY),
    Column("sum_daily_nb_uniq_visitors", "daily_visitors", Shown.OF_DAYS),
    Column("nb_visits", "visits"),
    Column("nb_actions", "actions"),
    Column("nb_users", "users", Shown.OF_A_DAY),
    Column("sum_daily_nb_users", "daily_users", Shown.OF_DAYS),
    Column("max_actions", "max_actions"),
    Column("sum_visit_length", "visit_seconds"),
    Column("bounce_count", "bounces"),
    Column("nb_visits_converted", "visits_converted"),
)
OF_SOURCES = (
    Column("nb_uniq_visitors", "daily_source_visitors", Shown.OF_A_DAY),
    Column("sum_daily_nb_uniq_visitors", "daily_source_visitors", Shown.OF_DAYS),
    Column("nb_users", "daily_source_users", Shown.OF_A_DAY),
    Column("sum_daily_nb_users", "daily_source_users", Shown.OF_DAYS),
    *(column for column in OF_VISITS if column.shown is Shown.ALWAYS),
)
"""Matomo adds up the sources of a row, so that a visitor of two of them counts twice."""
OF_CITIES = (
    *OF_VISITS,
    Column("lat", "first_latitude", beside="lat"),
    Column("long", "first_longitude", beside="long"),
)

_ENTERED, _LEFT = "entry_nb_visits", "exit_nb_visits"
FOLLOWING = "nb_hits_following_search"
OF_HITS = (
    Column("nb_visits", "visits"),
    Column("nb_uniq_visitors", "visitors", Shown.OF_A_DAY),
    Column("sum_daily_nb_uniq_visitors", "daily_visitors", Shown.OF_DAYS),
)


def timing(part: str) -> tuple[Column, ...]:
    """Return the columns of a part of the time that a page takes to load."""
    return (
        Column(f"nb_hits_with_time_{part}", f"{part}_views"),
        Column(f"sum_time_{part}", f"{part}_seconds"),
        Column(f"min_time_{part}", f"shortest_{part}"),
        Column(f"max_time_{part}", f"longest_{part}"),
    )


def _summed(part: str) -> tuple[Column, ...]:
    return timing(part)[:2]


OF_PAGES = (
    *OF_HITS,
    Column("nb_hits", "views"),
    Column("sum_time_spent", "page_seconds"),
    Column(FOLLOWING, "views_after_search", beside=FOLLOWING),
    Column(_ENTERED, "entries", beside=_ENTERED),
    Column("entry_nb_uniq_visitors", "daily_entry_visitors", Shown.OF_A_DAY, _ENTERED),
    Column("sum_daily_entry_nb_uniq_visitors", "daily_entry_visitors", Shown.OF_DAYS, _ENTERED),
    Column("entry_nb_actions", "entry_actions", beside=_ENTERED),
    Column("entry_sum_visit_length", "entry_seconds", beside=_ENTERED),
    Column("entry_bounce_count", "entry_bounces", beside=_ENTERED),
    Column(_LEFT, "exits", beside=_LEFT),
    Column("exit_nb_uniq_visitors", "daily_exit_visitors", Shown.OF_A_DAY, _LEFT),
    Column("sum_daily_exit_nb_uniq_visitors", "daily_exit_visitors", Shown.OF_DAYS, _LEFT),
    *(column for part in TIMINGS for column in timing(part)),
)
SCHEME = Column("scheme", "longest_scheme")
"""How much stands before the host in the address that a page is told by: the last column, which is not shown."""
VISITORS = frozenset(column.name for column in (*OF_VISITS, *OF_PAGES) if column.shown is not Shown.ALWAYS)
"""Columns that count people: those of a folder are fewer than those of its pages."""

RATIOS_OF_PAGES: tuple[Ratio | Sum, ...] = (
    Ratio("avg_time_on_page", "sum_time_spent", "nb_hits", 0),
    Ratio("bounce_rate", "entry_bounce_count", _ENTERED),
    Ratio("exit_rate", _LEFT, "nb_visits"),
    *(Ratio(f"avg_time_{part}", f"sum_time_{part}", f"nb_hits_with_time_{part}", 3) for part in TIMINGS),
    Sum("avg_page_load_time", tuple(f"avg_time_{part}" for part in TIMINGS)),
)
SUMMARY = (
    Column("nb_uniq_visitors", "visitors"),
    Column("nb_users", "users"),
    Column("nb_visits", "visits"),
    Column("nb_actions", "actions"),
    Column("nb_visits_converted", "visits_converted"),
    Column("bounce_count", "bounces"),
    Column("sum_visit_length", "visit_seconds"),
    Column("max_actions", "max_actions"),
)
RATIOS_OF_VISITS = (
    Ratio("bounce_rate", "bounce_count", "nb_visits"),
    Ratio("nb_actions_per_visit", "nb_actions", "nb_visits", 1),
    Ratio("avg_time_on_site", "sum_visit_length", "nb_visits", 0),
)
ALL_RATIOS_OF_VISITS = (
    *RATIOS_OF_VISITS,
    Ratio("conversion_rate", "nb_visits_converted", "nb_visits", percent_digits=2),
)
OF_PERFORMANCE = tuple(column for part in TIMINGS for column in _summed(part))
_TIMES = tuple(Ratio(f"avg_time_{part}", f"sum_time_{part}", f"nb_hits_with_time_{part}", 2) for part in TIMINGS)
RATIOS_OF_PERFORMANCE: tuple[Ratio | Sum, ...] = (*_TIMES, Sum("avg_page_load_time", ratios=_TIMES))
OF_ACTIONS = (
    Column("nb_pageviews", "pageviews"),
    Column("nb_uniq_pageviews", "unique_views"),
    Column("nb_downloads", "downloads"),
    Column("nb_uniq_downloads", "unique_downloads"),
    Column("nb_outlinks", "outlinks"),
    Column("nb_uniq_outlinks", "unique_outlinks"),
    Column("nb_searches", "searches"),
    Column("nb_keywords", "keywords"),
)
NOT_ENABLED = frozenset({"nb_uniq_visitors", "nb_users"})
"""Columns that Matomo does not count by default in years and ranges."""

GOALS = "\x1fgoals"
"""A column of pages while they are added up: the goals of each. They are gathered in those rows that are left."""
NO_RESULTS = "nb_without_results"
HIDDEN = frozenset({NO_RESULTS, *(f"sum_time_{part}" for part in TIMINGS)})
"""Columns that others are worked out from, and that are not shown themselves."""


def untimed(rows: Sequence[Row]) -> frozenset[str]:
    """Return the columns of the parts of loading that no row tells a time of, though all are asked for it."""
    return frozenset(
        name
        for part in TIMINGS
        if any(f"sum_time_{part}" in row for row in rows) and not any(row.get(f"sum_time_{part}") for row in rows)
        for name in (f"avg_time_{part}", *(column.name for column in timing(part)))
    )


COUNTS_OF_PERFORMANCE = frozenset(column.name for column in OF_PERFORMANCE)
NUMBERS = (
    (NAMES.keys() - {"label"})
    | HIDDEN
    | frozenset({"goals"})
    | frozenset(
        one.name
        for some in (OF_VISITS, OF_PAGES, RATIOS_OF_PAGES, SUMMARY, RATIOS_OF_VISITS, OF_ACTIONS)
        for one in some
    )
)
"""Every column that counts something; the others tell what a row is."""


_EXPLAINING = frozenset(
    {"idsubdatatable", "is_aggregate", "referrer_type", "referer_type", "day_of_week", "idsite", "lat", "long"}
)
"""Numbers that tell what a row is, and count nothing."""


def explains(name: str, value: object) -> bool:
    """Return whether a column tells what a row is."""
    return name in _EXPLAINING or (isinstance(value, str) and name not in NAMES)


def shown(columns: Sequence[Column], kind: PeriodKind) -> tuple[Column, ...]:
    """Return the columns that stand in a report on a period of this kind."""
    absent = Shown.OF_DAYS if kind is PeriodKind.DAY else Shown.OF_A_DAY
    return tuple(column for column in columns if column.shown is not absent)


def reader(columns: Sequence[Column]) -> Callable[[Sequence[Value]], Row]:
    """Return what makes the columns of a row, given the number of each of their metrics."""
    places = {metric: place for place, metric in enumerate(metrics(columns))}
    names = [column.name for column in columns]
    # Of one place it would be the number alone, and of none nothing.
    pick = itemgetter(*(places[column.metric] for column in columns)) if len(columns) > 1 else tuple
    beside = {one: [column.name for column in columns if column.beside == one] for one in names}
    beside = {one: absent for one, absent in beside.items() if absent}

    def read(numbers: Sequence[Value]) -> Row:
        # A number is a cell as it is.
        row: Row = dict(zip(names, cast("Sequence[Cell]", pick(numbers)), strict=True))
        for absent in [absent for one, absent in beside.items() if not row[one]]:
            for name in absent:
                del row[name]
        return row

    return read


def row_of(columns: Sequence[Column], numbers: Sequence[Value]) -> Row:
    """Return the columns of a row, given the number of each of their metrics."""
    return reader(columns)(numbers)


def cell(value: Value) -> Cell:
    """Return a value as a column holds it."""
    return value if value is None or isinstance(value, str | int | float | bool) else value.isoformat()


def metrics(columns: Sequence[Column]) -> tuple[str, ...]:
    """Return the metrics that columns show, each once."""
    return tuple(dict.fromkeys(column.metric for column in columns))


@cache
def total_of(name: str) -> Callable[[Sequence[float]], float]:
    """Return how the numbers of a column become that of a sum of rows."""
    if name == GOALS:
        return cast("Callable[[Sequence[float]], float]", lambda lists: list(chain.from_iterable(lists)))
    if name.startswith("max_"):
        return max
    return min if name.startswith("min_") else sum


def with_ratios(row: Row, ratios: Sequence[Ratio | Sum], *, written: bool) -> Row:
    """Return a row with what is worked out from it; `written` as Matomo shows it, else as bare fractions."""
    row = dict(row)
    for one in ratios:
        match one:
            case Ratio():
                row[one.name] = _ratio(row, one, written=written)
            case Sum():
                shares = sum((_share(row, ratio) for ratio in one.ratios), Decimal(0))
                told = sum((_exactly(row[name]) for name in one.of), Decimal(0))
                row[one.name] = plain(told if one.of else rounded(shares, 2))
    return row


def _ratio(row: Mapping[str, Cell], ratio: Ratio, *, written: bool) -> str | int | float:
    share = _share(row, ratio)
    if ratio.digits is not None:
        return plain(rounded(share, ratio.digits))
    share = rounded(share, 2 + ratio.percent_digits)
    return f"{plain(rounded(share * 100, ratio.percent_digits))}%" if written else plain(share)


def _share(row: Mapping[str, Cell], ratio: Ratio) -> Decimal:
    above, below = _exactly(row.get(ratio.above)), _exactly(row.get(ratio.below))
    return above / below if below else Decimal(0)


def _exactly(value: object) -> Decimal:
    return Decimal(str(value)) if isinstance(value, int | float) else Decimal(0)


def number_in(value: object) -> int | float:
    """Return the number that a column holds; 0 where it holds none."""
    return value if isinstance(value, int | float) else 0


def quotient(above: object, below: object, digits: int) -> int | float:
    """Return what one number of a row comes to for each of another, with so many digits; 0 where there is none."""
    divisor = _exactly(below)
    return plain(rounded(_exactly(above) / divisor, digits)) if divisor else 0


def rounded(number: Decimal, digits: int) -> Decimal:
    """Return a number with so many digits, halves away from zero as PHP rounds them."""
    return number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def plain(number: Decimal) -> int | float:
    """Return a number without digits that say nothing."""
    return int(number) if number == number.to_integral_value() else float(number)
