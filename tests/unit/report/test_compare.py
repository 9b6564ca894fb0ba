"""Two periods beside each other, questions in the store's own formats, and names that mean two things."""

from contextlib import closing
from datetime import date

import pytest
from msgspec import json

from builders import a_visit, an_event
from pellucid.errors import RequestError, StoreUnavailable, TooExpensive
from pellucid.model.event import Event
from pellucid.model.period import Period
from pellucid.model.query import Condition, Operator, Order, Query, Segment
from pellucid.model.visit import Visit
from pellucid.report.dimensions import DIMENSIONS
from pellucid.report.metrics import METRICS
from pellucid.report.run import Reports
from pellucid.report.sql import statement
from pellucid.store.client import PIECE_BYTES, Store

FIRST, SECOND = Period(date(2025, 11, 24), date(2025, 11, 25)), Period(date(2025, 11, 26), date(2025, 11, 27))


def a_query(*metrics: str, **fields: object) -> Query:
    plain: dict[str, object] = {"site_ids": (1,), "period": SECOND, "metrics": metrics}
    return Query(**plain | fields)


@pytest.fixture
def reports(store: Store) -> Reports:
    """Reports on two days and two days: a German comes back, a Japanese comes new and a French not again."""
    came = [(24, "de"), (25, "fr"), (25, "fr"), (26, "de"), (27, "de"), (27, "jp")]
    visits = [
        a_visit(visit_id=number, visit_day=date(2025, 11, day), country=country, seconds=number, actions=number)
        for number, (day, country) in enumerate(came)
    ]
    store.insert("visits", Visit, b"\n".join(map(json.encode, visits)), token="visits")
    store.insert("events", Event, json.encode(an_event(url='=1,"x"')), token="events")
    return Reports(store)


def test_totals_of_two_periods_stand_beside_each_other(reports: Reports) -> None:
    told = reports.compare(a_query("visits", "seconds_per_visit"), FIRST)

    assert told.columns == ("visits", "seconds_per_visit", "compared_visits", "compared_seconds_per_visit")
    assert told.rows == ((3, 4.0, 3, 1.0),)


def test_rows_are_matched_by_what_they_are_told_by(reports: Reports) -> None:
    asked = a_query("visits", "seconds_per_visit", dimensions=("country",), order=(Order("visits"),), limit=1)

    assert reports.compare(asked, FIRST).rows == (("de", 2, 3.5, 1, 0.0),)
    assert reports.compare(structs_replaced(asked, offset=1), FIRST).rows == (("jp", 1, 5.0, 0, None),)


def structs_replaced(query: Query, offset: int) -> Query:
    return a_query(*query.metrics, dimensions=query.dimensions, order=query.order, limit=query.limit, offset=offset)


def test_days_are_matched_in_their_order(reports: Reports) -> None:
    told = reports.compare(a_query("visits", dimensions=("day",)), FIRST)

    assert told.rows == ((date(2025, 11, 26), 1, 1), (date(2025, 11, 27), 2, 2))
    with pytest.raises(RequestError, match="no day in common"):
        reports.compare(a_query("visits", dimensions=("day", "country")), FIRST)


def test_a_dimension_and_a_metric_of_one_name_are_two_columns(reports: Reports) -> None:
    asked = a_query("actions", "visits", dimensions=("actions",), order=(Order("actions"),))

    assert reports.answer(asked).rows == ((5, 5, 1), (4, 4, 1), (3, 3, 1))
    with pytest.raises(RequestError, match="two columns of one name"):
        reports.stream(asked, "CSVWithNames")


def test_a_question_is_answered_in_a_format_of_the_store(reports: Reports) -> None:
    asked = a_query("visits", dimensions=("country",), order=(Order("visits"),))

    assert b"".join(reports.stream(asked, "CSVWithNames")) == b'"country","visits"\n"de",2\n"jp",1\n'


def test_a_long_answer_comes_in_pieces(reports: Reports, store: Store) -> None:
    events = [
        an_event(event_id=number, visit_day=SECOND.first, url=f"http://a/{number:0200}") for number in range(3000)
    ]
    store.insert("events", Event, b"\n".join(map(json.encode, events)), token="many")

    pieces = list(reports.stream(a_query("views", dimensions=("page_url",)), "CSVWithNames"))

    assert len(pieces) > 2
    assert max(map(len, pieces)) <= PIECE_BYTES
    assert b"".join(pieces).count(b"\n") == 3001


def test_a_visit_with_several_values_is_chosen_once(store: Store) -> None:
    visits = [
        a_visit(visit_id=1, visit_day=SECOND.first, plugins=("pdf", "java")),
        a_visit(visit_id=2, visit_day=SECOND.first),
    ]
    store.insert("visits", Visit, b"\n".join(map(json.encode, visits)), token="plugins")

    def chosen(operator: Operator, value: str) -> object:
        segment = Segment(((Condition("plugin", operator, value),),))
        return Reports(store).answer(a_query("visits", segment=segment)).rows[0][0]

    assert chosen(Operator.CONTAINS, "") == 1
    assert chosen(Operator.EQUALS, "pdf") == 1
    assert chosen(Operator.DIFFERS, "flash") == 2
    assert chosen(Operator.DIFFERS, "pdf") == 1


@pytest.mark.parametrize(
    ("dimension", "operator", "value", "visits"),
    [
        ("seconds", Operator.STARTS, "1", 2),
        ("seconds", Operator.CONTAINS, "0", 2),
        ("seconds", Operator.LACKS, "0", 2),
        ("seconds", Operator.ENDS, "5", 1),
        ("seconds", Operator.MORE, "9.5", 3),
        ("country", Operator.MORE, "DE", 2),
        ("country", Operator.AT_MOST, "fr", 3),
        ("week", Operator.AT_LEAST, "2025-11-24", 4),
    ],
)
def test_numbers_are_compared_as_they_are_written_and_texts_by_what_comes_first(
    store: Store, dimension: str, operator: Operator, value: str, visits: int
) -> None:
    came = enumerate([("de", 9), ("de", 10), ("fr", 15), ("jp", 20)])
    rows = [a_visit(visit_id=n, visit_day=SECOND.first, country=country, seconds=s) for n, (country, s) in came]
    store.insert("visits", Visit, b"\n".join(map(json.encode, rows)), token="visits")

    chosen = Segment(((Condition(dimension, operator, value),),))

    assert Reports(store).answer(a_query("visits", segment=chosen)).rows == ((visits,),)


@pytest.mark.usefixtures("reports")
def test_a_stream_that_costs_too_much_is_told_before_it_begins(store_url: str) -> None:
    with closing(Store(store_url, {"max_memory_usage": 1000})) as bounded:
        pieces = iter(Reports(bounded).stream(a_query("visits"), "CSVWithNames"))

        with pytest.raises(TooExpensive, match="MEMORY_LIMIT_EXCEEDED"):
            next(pieces)


def test_all_that_the_tables_say_can_be_told_is_told(reports: Reports) -> None:
    fails = []
    for dimension in (*DIMENSIONS, "dimension1"):
        told = [metric for metric in METRICS if can_be_told(metric, dimension)]
        try:
            if told:
                reports.answer(a_query(*told, dimensions=(dimension,), limit=5))
        except StoreUnavailable as error:
            fails.append((dimension, str(error)))

    assert fails == []


def can_be_told(metric: str, dimension: str) -> bool:
    try:
        statement(a_query(metric, dimensions=(dimension,)))
    except RequestError:
        return False
    return True


def test_all_can_be_told_of_a_whole_period(reports: Reports) -> None:
    assert len(reports.answer(a_query(*METRICS)).rows) == 1
