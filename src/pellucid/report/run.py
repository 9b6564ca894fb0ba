"""Queries are answered here: their statements asked, marks of days that are rolled up read, empty steps filled in."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import zip_longest
from threading import Lock
from time import monotonic

from msgspec import json, structs

from pellucid.errors import RequestError
from pellucid.model.period import Period, PeriodKind
from pellucid.model.query import Query, Segment
from pellucid.model.result import Result, Value
from pellucid.report.dimensions import DIMENSIONS
from pellucid.report.kept import Kept
from pellucid.report.metrics import METRICS
from pellucid.report.periods import period_of
from pellucid.report.rollups import MARKS, MOST_DAYS, Marks, group_of, marks_of
from pellucid.report.segment import looks_elsewhere
from pellucid.report.sql import DEFINITION, Part, Statement, choice, comparison, parts, statement
from pellucid.report.summing import Told, added_up
from pellucid.store.client import Bound, Store, Urgency

_HOURS = 24
_MOST_KNOWN = 7_500
"""How many visits a statement names: the engine reads a bound value of 128 KiB (`http_max_field_value_size`)."""

_MOST_EXPECTED = 20
"""Of how many periods it is remembered which of their days were rolled up."""

_Days = tuple[tuple[int, ...], date, date]
"""Sites, and the first and the last day that is asked about."""


class Reports:
    """Answers queries from the events and visits of a store; safe between threads.

    What was rolled up never changes: what was read of it is kept for whoever asks again.
    """

    def __init__(self, store: Store, kept: Kept | None = None) -> None:
        self._store = store
        self._kept = kept or Kept(monotonic)
        self._latest: dict[_Days, Marks] = {}
        self._read: dict[_Days, Marks] | None = None
        self._visits: dict[tuple[tuple[int, ...], Period, str, Segment], list[int] | None] = {}
        self._lock = Lock()

    def of_one_request(self) -> "Reports":
        """Return what answers the questions of one request, and looks once for what they have in common.

        That is which days are rolled up, and which visits a segment chooses, where these are few.
        """
        reports = Reports(self._store, self._kept)
        reports._latest, reports._read = self._latest, {}
        return reports

    def answer(self, query: Query) -> Result:
        """Return the rows that a query asks for; raise `RequestError` if it can not be asked.

        By one steady dimension (day, week, month, year, hour) alone, every step of the period has its row, in order.
        """
        result = self._rows(query)
        if len(query.dimensions) == 1 and query.limit is None and is_steady(query.dimensions[0]):
            return _filled(result, query)
        return result

    def _rows(self, query: Query) -> Result:
        """Return the rows by the marks; while these are read, those by the marks that were read earlier are asked for.

        If the marks are others by now, all is asked again, whatever came of it.
        """
        days = _days_of(query)
        expected = None if self._read and days in self._read else self._latest.get(days)
        # Where nothing was rolled up, a guess might count a year for nothing.
        if not (expected and expected.days and _reads_rolled_up(query)):
            return self._rows_by(query, self._marks(query))
        with ThreadPoolExecutor(1) as meanwhile:
            guess = meanwhile.submit(self._rows_by, query, expected)
            marks = self._marks(query)
            if marks == expected:
                return guess.result()
        return self._rows_by(query, marks)

    def _rows_by(self, query: Query, marks: Marks) -> Result:
        columns = query.dimensions + query.metrics
        told = self._told(parts(query, marks))
        if told:
            return Result(columns, added_up(query.metrics, len(query.dimensions), told))
        return self._ask(statement(query, marks, self._known(query)), columns)

    def _told(self, asked: Sequence[Part]) -> list[Told]:
        """Return what each part tells, the first of which is asked once; nothing where one statement does better."""
        if not asked:
            return []
        first, *others = asked
        question = json.encode((first.statement.sql, first.statement.parameters))
        if self._kept.is_too_large(question):
            return []
        kept = self._kept.find(question)
        left = asked if kept is None else others
        answers = self._store.ask_for_columns([(part.statement.sql, part.statement.parameters) for part in left])
        if kept is None:
            kept = answers.pop(0)
            self._kept.keep(question, kept)
        return [(first.metrics, kept), *((part.metrics, told) for part, told in zip(others, answers, strict=True))]

    def forget(self) -> None:
        """Forget what is kept for those who ask again, where nobody does, and the marks that were read."""
        self._kept.forget()
        self._latest.clear()

    def compare(self, query: Query, earlier: Period) -> Result:
        """Return the rows that a query asks for, each with the metrics of another period behind its own.

        The rows are those of the query's period, matched by their dimensions; by one steady dimension alone, the
        first step is compared with the first, the second with the second. Raises `RequestError` where rows of two
        periods can not be matched.
        """
        columns = query.dimensions + query.metrics + tuple(f"compared_{name}" for name in query.metrics)
        if not any(map(_is_of_calendar, query.dimensions)):
            return self._ask(comparison(query, earlier, self._marks(query, earlier)), columns)
        if len(query.dimensions) > 1 or query.limit is not None:
            raise RequestError("Two periods have no day in common: by days they are compared by that alone, unlimited.")
        rows, before = (self.answer(asked).rows for asked in (query, structs.replace(query, period=earlier)))
        nothing = (None, *map(_nothing, query.metrics))
        pairs = zip_longest(rows, before[: len(rows)], fillvalue=nothing)
        return Result(columns, tuple((*now, *then[1:]) for now, then in pairs))

    def stream(self, query: Query, output_format: str) -> Iterator[bytes]:
        """Yield what a query asks for piece by piece, in one of the store's output formats, under its own names."""
        repeated = sorted(set(query.dimensions) & set(query.metrics))
        if repeated:
            raise RequestError(f"{', '.join(repeated)} would be two columns of one name: ask for one of them.")
        asked = statement(query, self._marks(query))
        names = [f"key_{place} as {name}" for place, name in enumerate(query.dimensions)]
        return self._store.stream(
            f"select {', '.join([*names, *query.metrics])} from (\n{asked.sql}\n)", asked.parameters, output_format
        )

    def _marks(self, query: Query, *others: Period) -> Marks:
        """Return the marks of the days of a query, in its period and others, where it can use them."""
        if not _reads_rolled_up(query):
            return Marks()
        periods = (query.period, *others)
        first, last = min(one.first for one in periods), max(one.last for one in periods)
        if ((last - first).days + 1) * len(query.site_ids) > MOST_DAYS:
            return Marks()
        days = (query.site_ids, first, last)
        if self._read is None:
            return self._marks_within(days)
        with self._lock:
            if days not in self._read:
                self._read[days] = self._marks_within(days)
            return self._read[days]

    def _known(self, query: Query) -> list[int] | None:
        """Return the visits of a query's segment; None where a statement has to look for them."""
        if self._read is None or not looks_elsewhere(query.segment):
            return None
        with self._lock:
            key = (query.site_ids, query.period, query.timezone, query.segment)
            if key not in self._visits:
                asked = choice(query, _MOST_KNOWN + 1)
                found = [int(str(visit)) for (visit,) in self._store.ask(asked.sql, asked.parameters).rows]
                self._visits[key] = found if len(found) <= _MOST_KNOWN else None
            return self._visits[key]

    def _marks_within(self, days: _Days) -> Marks:
        site_ids, first, last = days
        within: dict[str, Bound] = {"sites": list(site_ids), "first": first, "last": last, "definition": DEFINITION}
        marks = marks_of(self._store.ask(MARKS, within, Urgency.SHORT).rows)
        if len(self._latest) >= _MOST_EXPECTED:
            self._latest.clear()
        self._latest[days] = marks
        return marks

    def _ask(self, asked: Statement, columns: tuple[str, ...]) -> Result:
        return Result(columns, self._store.ask(asked.sql, asked.parameters).rows)


def _reads_rolled_up(query: Query) -> bool:
    # What is no metric is told by the statement.
    return METRICS.keys() >= set(query.metrics) and group_of(query) is not None


def _days_of(query: Query) -> _Days:
    return query.site_ids, query.period.first, query.period.last


def _is_of_calendar(name: str) -> bool:
    return is_steady(name) and name != "hour"


def is_steady(name: str) -> bool:
    """Return whether a dimension has all its values in every period."""
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
    return list(dict.fromkeys(period_of(PeriodKind(dimension), day).first for day in days))
