"""What has to be counted for a report of which some columns are wanted: who reads one number waits for no others."""

from collections.abc import Iterator, Sequence

from pellucid.matomo.columns import NUMBERS, Column, Ratio, Sum
from pellucid.matomo.goal_columns import adds
from pellucid.matomo.parameters import Parameters
from pellucid.matomo.rows import DEFAULT_ORDER, OF_GOALS, looked_at, names
from pellucid.matomo.table import Table

_ALWAYS = frozenset({*DEFAULT_ORDER, "nb_interactions"})
"""Which rows there are, and how they are ordered."""


def needed(report: Table, columns: Sequence[Column], given: Parameters) -> tuple[Column, ...]:
    """Return those columns of a report that `showColumns` leaves, or that something which it leaves depends on.

    It leaves what is no number of Matomo's: that tells what a row is, or gets another name later.
    """
    only = names(given, "showColumns")
    if not only or adds(given):
        return tuple(columns)
    wanted = only | looked_at(given) | {report.needs}
    wanted |= _ALWAYS | set(_below(wanted, (*report.ratios, *report.ratios_in_folders)))
    wanted |= {column.beside for column in columns if column.name in wanted}
    return tuple(column for column in columns if column.name in wanted or column.name not in NUMBERS)


def tells_goals(given: Parameters) -> bool:
    """Return whether something of goals is wanted, or decides which rows are left."""
    only = names(given, "showColumns")
    return not only or adds(given) or not OF_GOALS.isdisjoint(only | looked_at(given))


def _below(wanted: frozenset[str], ratios: Sequence[Ratio | Sum]) -> Iterator[str]:
    """Yield the columns that what is worked out comes from, of that which is wanted."""
    by_name = {one.name: one for one in ratios}
    for one in ratios:
        if one.name in wanted:
            of = [one] if isinstance(one, Ratio) else [*one.ratios, *(by_name[name] for name in one.of)]
            for ratio in of:
                if isinstance(ratio, Ratio):
                    yield from (ratio.above, ratio.below)
