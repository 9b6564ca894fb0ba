"""Rows that several statements tell of one query, added up."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import add
from typing import Any

from pellucid.model.result import Value
from pellucid.report.metrics import METRICS

Rows = Sequence[Sequence[Value]]
Told = tuple[Sequence[str], Rows]
"""Metrics, and rows of the dimensions of a query and then of these."""

_HOW: Mapping[str, Callable[[Any, Any], Any]] = {
    "sum({})": add,
    "round(sum({}), 3)": lambda one, other: round(one + other, 3),
    "min({})": min,
    "max({})": max,
}
"""What `Metric.over_days` says to the engine, of two numbers."""


def added_up(metrics: Sequence[str], of_key: int, told: Iterable[Told]) -> tuple[tuple[Value, ...], ...]:
    """Return the rows of all that is told, in the order of their first `of_key` values, the dimensions.

    A metric that nobody tells of a row has what it has without any row of its source.
    """
    places = {name: place for place, name in enumerate(metrics)}
    told = list(told)
    nothing = _nothing(metrics, of_key, told)
    rows: dict[tuple[Value, ...], list[Value]] = {}
    for names, of_names in told:
        whole = list(names) == list(metrics)
        into = [(places[name], _HOW[METRICS[name].over_days]) for name in names]
        for row in of_names:
            key, numbers = tuple(row[:of_key]), row[of_key:]
            so_far = rows.get(key)
            if so_far is None and whole:
                rows[key] = list(numbers)
                continue
            if so_far is None:
                so_far = rows[key] = nothing.copy()
            for (place, how), number in zip(into, numbers, strict=True):
                other = so_far[place]
                so_far[place] = number if other is None else other if number is None else how(other, number)
    return tuple((*key, *rows[key]) for key in sorted(rows))


def _nothing(metrics: Sequence[str], of_key: int, told: Iterable[Told]) -> list[Value]:
    """Return what stands for each metric in a row that nobody tells it of: of what is no whole number, none either."""
    nothing: dict[str, Value] = {name: None if METRICS[name].nothing == "null" else 0 for name in metrics}
    for names, rows in told:
        for name, number in zip(names, rows[0][of_key:] if rows else (), strict=False):
            if isinstance(number, float) and nothing[name] is not None:
                nothing[name] = 0.0
    return list(nothing.values())
