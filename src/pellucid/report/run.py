"""Questions are asked here, and here alone."""

from datetime import date, timedelta

from pellucid.model.period import Period
from pellucid.model.query import Query
from pellucid.model.result import Result, Value
from pellucid.report.dimensions import DIMENSIONS
from pellucid.report.metrics import METRICS
from pellucid.report.sql import statement
from pellucid.store.client import Store

_HOURS = 24


class Reports:
    """Answers queries from the events and visits of a store; safe between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def answer(self, query: Query) -> Result:
        """Return the rows that a query asks for; raise `RequestError` if it can not be asked.

        By one steady dimension (day, week, month, year, hour) alone, every step of the period has its row, in order.
        """
        asked = statement(query)
        result = self._store.ask(asked.sql, asked.parameters)
        result = Result(query.dimensions + query.metrics, result.rows)
        if len(query.dimensions) == 1 and query.limit is None and _is_steady(query.dimensions[0]):
            return _filled(result, query)
        return result


def _is_steady(name: str) -> bool:
    return name in DIMENSIONS and DIMENSIONS[name].steady


def _filled(result: Result, query: Query) -> Result:
    found = {row[0]: row for row in result.rows}
    nothing: tuple[Value, ...] = tuple(map(_nothing, query.metrics))
    return Result(
        result.columns,
        tuple(found.get(step, (step, *nothing)) for step in steps(query.dimensions[0], query.period)),
    )


def _nothing(name: str) -> Value:
    metric = METRICS[name]
    return None if metric.formula or metric.nothing == "null" else 0


def steps(dimension: str, period: Period) -> list[Value]:
    """Return all values of a steady dimension in a period, in order; a span's value is its first day."""
    if dimension == "hour":
        return list(range(_HOURS))
    days = [period.first + timedelta(days=day) for day in range((period.last - period.first).days + 1)]
    return list(dict.fromkeys(_first_day(dimension, day) for day in days))


def _first_day(dimension: str, day: date) -> date:
    match dimension:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "year":
            return day.replace(month=1, day=1)
        case _:
            return day
