from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import json

from builders import DAY, NOON, a_visit, an_event
from pellucid.errors import RequestError
from pellucid.model.event import Event
from pellucid.model.period import Period
from pellucid.model.query import Condition, Operator, Order, Query, Segment
from pellucid.model.visit import Visit
from pellucid.report.dimensions import DIMENSIONS
from pellucid.report.live import Beginning, counters, last_visits
from pellucid.report.metrics import METRICS
from pellucid.report.run import Reports
from pellucid.report.source import Source
from pellucid.report.sql import statement
from pellucid.store.client import Store

WEEK = Period(date(2025, 11, 24), date(2025, 11, 30))


def a_query(*metrics: str, **fields: object) -> Query:
    plain: dict[str, object] = {"site_ids": (1,), "period": WEEK, "metrics": metrics}
    return Query(**plain | fields)


@pytest.fixture
def reports(store: Store) -> Reports:
    """Reports on two visits of one visitor: three views of two pages and an event, and a bounce the next day."""
    visits = [
        a_visit(
            visit_id=1, actions=3, pageviews=3, seconds=60, country="de", entry_url="http://a/", exit_url="http://a/b"
        ),
        a_visit(
            visit_id=2,
            visit_day=date(2025, 11, 25),
            first_time=NOON + 86_400_000,
            last_time=NOON + 86_400_000,
            country="jp",
            visit_number=2,
            visitor_kind="returning",
            previous_time=NOON,
            entry_url="http://a/",
            exit_url="http://a/",
        ),
        a_visit(visit_id=3, site_id=2, country="fr"),
        a_visit(visit_id=4, visit_day=date(2025, 12, 1)),
    ]
    events = [
        an_event(event_id=1, url="http://a/"),
        an_event(event_id=2, url="http://a/b", time=NOON + 30_000, previous_url="http://a/", previous_seconds=30),
        an_event(event_id=3, url="http://a/b", time=NOON + 59_000, previous_url="http://a/b", previous_seconds=29),
        an_event(
            event_id=5,
            kind="event",
            time=NOON + 60_000,
            previous_url="http://a/b",
            previous_seconds=1,
            event_category="video",
            dimensions={"1": "member"},
        ),
        an_event(event_id=4, visit_id=2, visit_day=date(2025, 11, 25), time=NOON + 86_400_000),
    ]
    store.insert("visits", Visit, b"\n".join(map(json.encode, visits)), token="visits")
    store.insert("events", Event, b"\n".join(map(json.encode, events)), token="events")
    return Reports(store)


def test_totals_are_those_of_the_site_and_period(reports: Reports) -> None:
    totals = reports.answer(
        a_query("visits", "visitors", "daily_visitors", "actions", "bounces", "bounce_rate", "max_actions")
    )

    assert totals.rows == ((2, 1, 2, 4, 1, 0.5, 3),)


def test_a_mean_of_nothing_is_none_and_a_count_of_nothing_is_zero(reports: Reports) -> None:
    nothing = reports.answer(a_query("visits", "seconds_per_visit", site_ids=(9,)))

    assert nothing.rows == ((0, None),)


def test_days_without_visits_have_their_row(reports: Reports) -> None:
    days = reports.answer(a_query("visits", dimensions=("day",)))

    assert days.rows == tuple((date(2025, 11, 24 + day), 1 if day < 2 else 0) for day in range(7))


def test_hours_are_those_of_the_sites_time_zone(reports: Reports) -> None:
    period = Period(DAY, DAY)

    hours = reports.answer(a_query("visits", dimensions=("hour",), timezone="Asia/Kolkata", period=period))

    assert [hour for hour, visits in hours.rows if visits] == [17]


def test_a_page_brings_together_views_times_entries_and_exits(reports: Reports) -> None:
    pages = reports.answer(
        a_query(
            *(
                "views",
                "unique_views",
                "page_seconds",
                "seconds_per_view",
                "entries",
                "entry_bounce_rate",
                "exits",
                "exit_rate",
            ),
            dimensions=("page_url",),
            order=(Order("views"),),
        ),
    )

    assert pages.rows == (
        ("http://a/", 2, 2, 30, 15.0, 2, 0.5, 1, 0.5),
        ("http://a/b", 2, 1, 29, 14.5, 0, None, 1, 1.0),
    )


def test_how_long_pages_took_to_load_is_told_by_those_that_say(reports: Reports, store: Store) -> None:
    timed = [
        an_event(event_id=10 + place, visit_id=9, url="http://a/slow", server_time=milliseconds)
        for place, milliseconds in enumerate((250, 1000, None))
    ]
    store.insert("events", Event, b"\n".join(map(json.encode, timed)), token="timed")

    pages = reports.answer(
        a_query(
            *("server_views", "server_seconds", "shortest_server", "longest_server", "page_seconds"),
            dimensions=("page_url",),
        ),
    )

    assert pages.rows[1:] == (("http://a/b", 0, 0, None, None, 29), ("http://a/slow", 2, 1.25, 0.25, 1.0, 0))


def test_rows_are_ordered_and_cut(reports: Reports) -> None:
    countries = a_query("actions", dimensions=("country",), order=(Order("actions", descending=False),), limit=1)

    assert reports.answer(countries).rows == (("jp", 1),)
    assert reports.answer(a_query("actions", dimensions=("country",), limit=1, offset=1)).rows == (("jp", 1),)


@pytest.mark.parametrize(
    ("condition", "visits"),
    [
        (Condition("country", Operator.EQUALS, "de"), 1),
        (Condition("country", Operator.DIFFERS, "de"), 1),
        (Condition("country", Operator.EQUALS, "DE"), 0),
        (Condition("country", Operator.ALIKE, "DE"), 1),
        (Condition("country", Operator.UNLIKE, "DE"), 1),
        (Condition("page_url", Operator.ALIKE, "http://A/b"), 1),
        (Condition("page_url", Operator.UNLIKE, "http://A/b"), 1),
        (Condition("country", Operator.CONTAINS, "E"), 1),
        (Condition("country", Operator.LACKS, "e"), 1),
        (Condition("country", Operator.STARTS, "J"), 1),
        (Condition("country", Operator.ENDS, "E"), 1),
        (Condition("country", Operator.EQUALS, ""), 0),
        (Condition("day", Operator.LESS, "2025-11-24"), 0),
        (Condition("day", Operator.AT_MOST, "2025-11-24"), 1),
        (Condition("end_date", Operator.MORE, "2025-11-23"), 2),
        (Condition("actions", Operator.AT_LEAST, "3"), 1),
        (Condition("actions", Operator.MORE, "3"), 0),
        (Condition("actions", Operator.AT_MOST, "3"), 2),
        (Condition("actions", Operator.LESS, "3"), 1),
        (Condition("page_url", Operator.EQUALS, "http://a/b"), 1),
        (Condition("page_url", Operator.DIFFERS, "http://a/b"), 1),
        (Condition("page_url", Operator.LACKS, "http"), 0),
        (Condition("dimension1", Operator.EQUALS, "member"), 1),
        (Condition("dimension1", Operator.DIFFERS, "member"), 1),
        (Condition("dimension2", Operator.EQUALS, "member"), 0),
        (Condition("event_category", Operator.EQUALS, "video"), 1),
        (Condition("visitor_type", Operator.EQUALS, "returning"), 1),
        (Condition("days_since_last_visit", Operator.AT_LEAST, "1"), 1),
        (Condition("hour", Operator.EQUALS, "12"), 2),
    ],
)
def test_a_segment_chooses_visits(reports: Reports, condition: Condition, visits: int) -> None:
    chosen = reports.answer(a_query("visits", segment=Segment(((condition,),))))

    assert chosen.rows == ((visits,),)


def test_or_binds_tighter_than_and(reports: Reports) -> None:
    either = (Condition("country", Operator.EQUALS, "de"), Condition("country", Operator.EQUALS, "jp"))
    long = (Condition("seconds", Operator.MORE, "10"),)

    assert reports.answer(a_query("visits", segment=Segment((either, long)))).rows == ((1,),)


def test_a_segment_chooses_the_views_of_its_visits(reports: Reports) -> None:
    german = Segment(((Condition("country", Operator.EQUALS, "de"),),))

    assert reports.answer(a_query("views", dimensions=("page_url",), segment=german)).rows == (
        ("http://a/", 1),
        ("http://a/b", 2),
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.text(),
    st.sampled_from(["country", "page_url"]),
    st.sampled_from([Operator.EQUALS, Operator.CONTAINS, Operator.ENDS]),
)
def test_no_value_of_a_segment_breaks_out(reports: Reports, value: str, dimension: str, operator: Operator) -> None:
    query = a_query("visits", segment=Segment(((Condition(dimension, operator, value),),)))

    assert reports.answer(query).rows[0][0] in {0, 1, 2}
    assert value in statement(query).parameters.values()


def test_every_metric_can_be_asked_for_by_what_its_source_tells(reports: Reports) -> None:
    for metric in METRICS.values():
        sources = metric.counted or METRICS[metric.of[0]].counted
        dimension = next(row for row in DIMENSIONS.values() if set(row.told) & set(sources))

        reports.answer(a_query(metric.name, dimensions=(dimension.name,)))


def test_every_dimension_can_be_asked_for(reports: Reports) -> None:
    for dimension in DIMENSIONS.values():
        metric = next(row for row in METRICS.values() if set(row.counted) & set(dimension.told))

        assert Source.VISITS not in dimension.told or metric.name == "visits"
        reports.answer(a_query(metric.name, dimensions=(dimension.name,)))


@pytest.mark.parametrize(
    ("query", "told"),
    [
        (a_query("vistis"), "no metric 'vistis'; there are visits"),
        (a_query("visits", dimensions=("colour",)), "no dimension 'colour'"),
        (a_query("entries", dimensions=("download_url",)), "entries can not be told by download_url"),
        (a_query("visits", order=(Order("actions"),)), "'actions' is not"),
        (a_query("visits", segment=Segment(((Condition("colour", Operator.EQUALS, ""),),))), "no dimension 'colour'"),
        (a_query("visits", segment=Segment(((Condition("actions", Operator.MORE, "x"),),))), "'x' is none"),
    ],
)
def test_what_can_not_be_asked_is_said(query: Query, told: str) -> None:
    with pytest.raises(RequestError, match=told):
        statement(query)


OF_SHOPPERS = Segment(((Condition("page_url", Operator.EQUALS, "http://a/b"),),))


def test_the_visits_of_a_segment_are_looked_for_once() -> None:
    asked = a_query("views", "page_seconds", "entries", dimensions=("page_url",), segment=OF_SHOPPERS)

    assert statement(asked).sql.count("in (select visit_day, visit_id from events") == 1


def test_metrics_of_several_sources_are_those_of_a_segment(reports: Reports) -> None:
    pages = a_query(
        *("views", "server_views", "page_seconds", "entries", "exits"), dimensions=("page_url",), segment=OF_SHOPPERS
    )

    assert reports.answer(pages).rows == (("http://a/", 1, 0, 30, 1, 0), ("http://a/b", 2, 0, 29, 0, 1))
    assert reports.compare(pages, WEEK).rows == tuple((*row, *row[1:]) for row in reports.answer(pages).rows)
    exported = b"".join(reports.stream(pages, "CSV")).decode().splitlines()
    assert exported == ['"http://a/",1,0,30,1,0', '"http://a/b",2,0,29,0,1']


@pytest.mark.usefixtures("reports")
def test_the_latest_visit_comes_first_with_what_was_done_in_it(store: Store) -> None:
    visits = last_visits(store, 1, WEEK, limit=10)

    assert [details.visit.visit_id for details in visits] == [2, 1]
    assert [event.event_id for event in visits[1].events] == [1, 2, 3, 5]
    assert [details.visit.visit_id for details in last_visits(store, 1, WEEK, 1, Beginning(1))] == [1]


@pytest.mark.usefixtures("reports")
def test_hours_of_the_latest_visits_are_those_of_the_time_zone(store: Store) -> None:
    at_one = Segment(((Condition("hour", Operator.EQUALS, "13"),),))

    there = last_visits(store, 1, WEEK, 10, segment=at_one, timezone="Europe/Berlin")

    assert len(there) == 2
    assert last_visits(store, 1, WEEK, 10, segment=at_one) == []


@pytest.mark.usefixtures("reports")
def test_counters_count_the_last_minutes(store: Store) -> None:
    lately = counters(store, 1, 30, NOON + 86_400_000 + 60_000)

    assert (lately.visits, lately.visitors, lately.actions, lately.visits_converted) == (1, 1, 1, 0)
