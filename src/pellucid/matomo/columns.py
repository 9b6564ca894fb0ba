"""Matomo's columns: which of our metrics each shows, and how what is worked out from them is written.

Ratios are worked out here only because Matomo adds rows up (a folder of pages) after the numbers were counted.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from msgspec import Struct

from pellucid.model.period import PeriodKind

Cell = str | int | float | bool | None | list["Row"]
Row = dict[str, Cell]


class Shown(StrEnum):
    """In which periods a column stands: unique visitors are not additive, so longer ones have sums of days."""

    ALWAYS = "always"
    OF_A_DAY = "of a day"
    OF_DAYS = "of days"


class Column(Struct, frozen=True):
    """A column and the metric it shows."""

    name: str
    metric: str
    shown: Shown = Shown.ALWAYS


class Ratio(Struct, frozen=True):
    """A column that is worked out from two others: a percentage, or a number with so many digits."""

    name: str
    above: str
    below: str
    digits: int | None = None


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
OF_PAGES = (
    Column("nb_visits", "unique_views"),
    Column("nb_hits", "views"),
    Column("nb_uniq_visitors", "visitors", Shown.OF_A_DAY),
    Column("sum_daily_nb_uniq_visitors", "daily_visitors", Shown.OF_DAYS),
    Column("sum_time_spent", "page_seconds"),
    Column("entry_nb_visits", "entries"),
    Column("entry_nb_uniq_visitors", "daily_entry_visitors", Shown.OF_A_DAY),
    Column("sum_daily_entry_nb_uniq_visitors", "daily_entry_visitors", Shown.OF_DAYS),
    Column("entry_nb_actions", "entry_actions"),
    Column("entry_sum_visit_length", "entry_seconds"),
    Column("entry_bounce_count", "entry_bounces"),
    Column("exit_nb_visits", "exits"),
    Column("exit_nb_uniq_visitors", "daily_exit_visitors", Shown.OF_A_DAY),
    Column("sum_daily_exit_nb_uniq_visitors", "daily_exit_visitors", Shown.OF_DAYS),
)
RATIOS_OF_PAGES = (
    Ratio("avg_time_on_page", "sum_time_spent", "nb_hits", 0),
    Ratio("bounce_rate", "entry_bounce_count", "entry_nb_visits"),
    Ratio("exit_rate", "exit_nb_visits", "nb_visits"),
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

NEVER_ADDED = frozenset({"max_actions"})
"""Columns of which a sum of rows holds the largest."""


def shown(columns: Sequence[Column], kind: PeriodKind) -> tuple[Column, ...]:
    """Return the columns that stand in a report on a period of this kind."""
    absent = Shown.OF_DAYS if kind is PeriodKind.DAY else Shown.OF_A_DAY
    return tuple(column for column in columns if column.shown is not absent)


def with_ratios(row: Row, ratios: Sequence[Ratio], *, written: bool) -> Row:
    """Return a row with what is worked out from it; `written` as Matomo shows it, else as bare fractions."""
    return row | {ratio.name: _ratio(row, ratio, written=written) for ratio in ratios if ratio.above in row}


def _ratio(row: Mapping[str, Cell], ratio: Ratio, *, written: bool) -> str | int | float:
    above, below = _number(row.get(ratio.above)), _number(row.get(ratio.below))
    share = above / below if below else Decimal(0)
    if ratio.digits is not None:
        return plain(rounded(share, ratio.digits))
    share = rounded(share, 2)
    return f"{plain(rounded(share * 100, 0))}%" if written else plain(share)


def _number(value: Cell) -> Decimal:
    return Decimal(str(value)) if isinstance(value, int | float) else Decimal(0)


def rounded(number: Decimal, digits: int) -> Decimal:
    """Return a number with so many digits, halves away from zero as PHP rounds them."""
    return number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def plain(number: Decimal) -> int | float:
    """Return a number without digits that say nothing."""
    return int(number) if number == number.to_integral_value() else float(number)
