"""Rows that several statements tell of one query, added up.

A column at a time: a report on pages has a hundred thousand numbers.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from pellucid.model.result import Columns, Value
from pellucid.report.metrics import METRICS

Told = tuple[Sequence[str], Columns]
"""Metrics, and columns of the dimensions of a query and then of these; of no rows there may be none."""

_Add = Callable[[list[Any], Sequence[int], Sequence[Any]], None]


def added_up(metrics: Sequence[str], of_key: int, told: Sequence[Told]) -> tuple[tuple[Value, ...], ...]:
    """Return the rows of all that is told, in the order of their first `of_key` values, the dimensions.

    What one alone tells of a metric stays as it is; numbers of several become one as those of days do. A metric that
    nobody tells of a row has what it has without any row of its source.
    """
    # Without rows there may be no columns either.
    told = [part for part in told if part[1]]
    rows_of: dict[Any, int] = {}
    columns: dict[str, list[Value]] = {name: [] for name in metrics}
    nothing = {name: _nothing(name, of_key, told) for name in metrics}
    for names, values in told:
        # A dimension alone is a key as it is.
        keys = values[0] if of_key == 1 else list(zip(*values[:of_key], strict=True)) or [()] * len(values[0])
        if not rows_of:
            rows_of = dict(zip(keys, range(len(keys)), strict=True))
            columns |= {name: list(column) for name, column in zip(names, values[of_key:], strict=True)}
            continue
        for key in keys:
            rows_of.setdefault(key, len(rows_of))
        at = list(map(rows_of.__getitem__, keys))
        for name, column in zip(names, values[of_key:], strict=True):
            # Of what nobody has told yet there is nothing to add to.
            how = METRICS[name].over_days if columns[name] else ""
            _fill(columns[name], nothing[name], len(rows_of))
            _ADD[how](columns[name], at, column)
    for name, so_far in columns.items():
        _fill(so_far, nothing[name], len(rows_of))
    of_rows = [list(rows_of)] if of_key == 1 else list(zip(*rows_of, strict=True))
    found: list[tuple[Value, ...]] = list(zip(*of_rows, *columns.values(), strict=True))
    try:
        # No two have the same key, so that nothing else of them is compared.
        return tuple(sorted(cast("list[tuple[Any, ...]]", found)))
    except TypeError:
        return tuple(sorted(found, key=lambda row: [(value is None, value) for value in row[:of_key]]))


def _nothing(name: str, of_key: int, told: Sequence[Told]) -> Value:
    """Return what a metric has in a row that nobody tells it of; of what is no whole number, that is none either."""
    if METRICS[name].nothing == "null":
        return None
    column_of = (columns[of_key + list(names).index(name)] for names, columns in told if name in names)
    return 0.0 if any(isinstance(number, float) for column in column_of for number in column[:1]) else 0


def _fill(column: list[Value], nothing: Value, length: int) -> None:
    column += [nothing] * (length - len(column))


def _put(to: list[Any], at: Sequence[int], column: Sequence[Any]) -> None:
    for place, number in zip(at, column, strict=True):
        to[place] = number


def _add(to: list[Any], at: Sequence[int], column: Sequence[Any]) -> None:
    for place, number in zip(at, column, strict=True):
        to[place] += number


def _add_milliseconds(to: list[Any], at: Sequence[int], column: Sequence[Any]) -> None:
    for place, number in zip(at, column, strict=True):
        # Ten times as fast as to round to three digits.
        to[place] = int((to[place] + number) * 1000 + 0.5) / 1000


def _least(to: list[Any], at: Sequence[int], column: Sequence[Any]) -> None:
    for place, number in zip(at, column, strict=True):
        if number is not None and (to[place] is None or number < to[place]):
            to[place] = number


def _most(to: list[Any], at: Sequence[int], column: Sequence[Any]) -> None:
    for place, number in zip(at, column, strict=True):
        if number is not None and (to[place] is None or number > to[place]):
            to[place] = number


_ADD: Mapping[str, _Add] = {
    "": _put,
    "sum({})": _add,
    "round(sum({}), 3)": _add_milliseconds,
    "min({})": _least,
    "max({})": _most,
}
"""What `Metric.over_days` says to the engine."""
