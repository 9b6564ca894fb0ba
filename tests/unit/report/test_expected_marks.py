"""Answers by the marks that were read earlier, which are asked for while the marks are read."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from threading import Event

import pytest
from clickhouse_connect.driver.query import QueryResult

from pellucid.errors import TooExpensive
from pellucid.ingest import Ingest
from pellucid.model.query import Query
from pellucid.report.rolling import Rolling
from pellucid.report.rollups import GROUPS, MARKS, marks_of
from pellucid.report.run import Reports
from pellucid.store.client import Bound, Store, Urgency
from unit.installation import FAR, Installation
from unit.report.rolled import DAYS, on_day, query_of


class Watched(Store):
    """Counts what it is asked for, and waits so many seconds before it reads marks until something else is asked for.

    `guessed` tells whether something was.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.marks_read, self.counted = 0, 0
        self.other, self.seconds, self.guessed = Event(), 0.0, False

    def _query(self, sql: str, parameters: Mapping[str, Bound] | None, urgency: Urgency) -> QueryResult:
        if sql == MARKS:
            self.marks_read += 1
            self.guessed = self.other.wait(self.seconds)
        else:
            self.counted += " from events" in sql
            self.other.set()
        return super()._query(sql, parameters, urgency)


class Failing(Store):
    """Can not answer the next question that counts something."""

    fails_next = False

    def _query(self, sql: str, parameters: Mapping[str, Bound] | None, urgency: Urgency) -> QueryResult:
        if self.fails_next and " from events" in sql:
            self.fails_next = False
            raise TooExpensive("too much")
        return super()._query(sql, parameters, urgency)


@pytest.fixture
def watched(store_url: str) -> Iterator[Watched]:
    with closing(Watched(store_url)) as store:
        yield store


@pytest.fixture
def query(installation: Installation, ingest: Ingest, rolling: Rolling) -> Query:
    """What reads days that are rolled up, and counts one that is not."""
    installation.append(*(on_day(day) for day in range(DAYS)))
    ingest.round(FAR)
    rolling.once()
    return query_of(GROUPS[1], ("page_url",), "views")


@pytest.fixture
def late(installation: Installation, ingest: Ingest) -> Callable[[], int]:
    """What brings a hit of a day that is rolled up."""

    def bring() -> int:
        installation.append(on_day(1, 5))
        return ingest.round(FAR)

    return bring


def test_an_answer_is_guessed_while_marks_are_read_and_holds_if_they_are_the_same(
    query: Query, watched: Watched
) -> None:
    reports = Reports(watched)
    before = reports.answer(query)
    watched.seconds, watched.counted = 60, 0
    watched.other.clear()

    assert reports.answer(query) == before
    assert (watched.guessed, watched.marks_read, watched.counted) == (True, 2, 1)


def test_who_has_forgotten_marks_waits_for_them(query: Query, watched: Watched) -> None:
    reports = Reports(watched)
    before = reports.answer(query)
    watched.seconds = 1
    watched.other.clear()
    reports.forget()

    assert reports.answer(query) == before
    assert not watched.guessed


def test_a_request_stays_with_the_marks_it_has_read(query: Query, late: Callable[[], int], watched: Watched) -> None:
    reports = Reports(watched)
    request = reports.of_one_request()
    request.answer(query)
    late()
    assert reports.of_one_request().answer(query).rows == (("http://a/", 5),)
    watched.marks_read = watched.counted = 0

    assert request.answer(query).rows == (("http://a/", 4),)
    assert (watched.marks_read, watched.counted) == (0, 1)


def test_what_was_guessed_wrong_may_fail(query: Query, late: Callable[[], int], store_url: str) -> None:
    with closing(Failing(store_url)) as store:
        reports = Reports(store)
        reports.answer(query)
        late()
        store.fails_next = True

        assert reports.answer(query).rows == (("http://a/", 5),)
        assert not store.fails_next
        store.fails_next = True
        with pytest.raises(TooExpensive):
            reports.answer(query)


def test_marks_are_the_same_in_whatever_order_they_are_told() -> None:
    rows = [(1, "2025-11-24", 7, ""), (1, "2025-11-17", 8, "1 2"), (1, "2025-11-10", 9, "3 4")]

    assert marks_of(rows) == marks_of(rows[::-1])
