"""What follows what: funnels, retention and paths, on the real engine."""

from datetime import date, timedelta

import pytest
from msgspec import json

from builders import DAY, NOON, a_conversion, a_visit, an_event
from pellucid.errors import RequestError
from pellucid.model.event import Event
from pellucid.model.journey import Among, CohortStep, Counted, Direction, Funnel, Path, Paths, Step
from pellucid.model.period import Period
from pellucid.model.query import Condition, Operator, Segment
from pellucid.model.visit import Conversion, Visit
from pellucid.report.funnel import steps
from pellucid.report.paths import paths
from pellucid.report.retention import Kept, cohorts
from pellucid.store.client import Store

WEEK = Period(date(2025, 11, 24), date(2025, 11, 30))
MINUTE = 60_000
GERMANS = Segment(((Condition("country", Operator.EQUALS, "de"),),))


def page(url: str) -> tuple[Condition, ...]:
    return (Condition("page_url", Operator.EQUALS, url),)


def a_funnel(*wanted: tuple[Condition, ...], **fields: object) -> Funnel:
    plain: dict[str, object] = {"site_ids": (1,), "period": WEEK, "steps": wanted, "within": timedelta(hours=1)}
    return Funnel(**plain | fields)


def some_paths(**fields: object) -> Paths:
    plain: dict[str, object] = {
        "site_ids": (1,),
        "period": WEEK,
        "dimension": "page_url",
        "page": "http://a/b",
        "direction": Direction.FROM,
        "steps": 2,
        "limit": 10,
    }
    return Paths(**plain | fields)


@pytest.fixture
def walked(store: Store) -> Store:
    """A store with visits, each a way through pages, a minute a page: one of Germany buys."""
    ways = {1: "abbc", 2: "abd", 3: "ba", 4: "ca", 5: "bab"}
    visits = [a_visit(visit_id=visit, visitor_id=visit % 4, country="de" if visit < 3 else "fr") for visit in ways]
    events = [
        an_event(
            visit_id=visit, visitor_id=visit % 4, event_id=place, time=NOON + place * MINUTE, url=f"http://a/{name}"
        )
        for visit, way in ways.items()
        for place, name in enumerate(way)
    ]
    events.append(an_event(visit_id=2, event_id=9, kind="event", event_category="video", time=NOON + 5 * MINUTE))
    bought = a_conversion(visit_id=1, visitor_id=1, kind="order", goal_id=0, time=NOON + 10 * MINUTE)
    store.insert("visits", Visit, b"\n".join(map(json.encode, visits)), token="visits")
    store.insert("events", Event, b"\n".join(map(json.encode, events)), token="events")
    store.insert("conversions", Conversion, json.encode(bought), token="conversions")
    return store


def test_a_funnel_counts_who_does_one_thing_after_the_other(walked: Store) -> None:
    bought = (Condition("conversion", Operator.EQUALS, "order"),)

    told = steps(walked, a_funnel(page("http://a/a"), page("http://a/b"), bought))

    assert told == (Step(5, 2, 1.0), Step(3, 2, 0.6), Step(1, 0, 0.2))


def test_a_funnel_can_be_that_of_a_segment_and_of_nobody(walked: Store) -> None:
    asked = (page("http://a/a"), page("http://a/d"))

    assert steps(walked, a_funnel(*asked, segment=GERMANS)) == (Step(2, 1, 1.0), Step(1, 0, 0.5))
    assert steps(walked, a_funnel(*asked, site_ids=(9,))) == (Step(0, 0, None), Step(0, 0, None))


def test_hours_in_a_segment_are_those_of_the_time_zone(walked: Store) -> None:
    at_one = Segment(((Condition("hour", Operator.EQUALS, "13"),),))
    there = {"segment": at_one, "timezone": "Europe/Berlin"}
    among = Among(site_ids=(1,), period=WEEK, segment=at_one, timezone="Europe/Berlin")

    assert steps(walked, a_funnel(page("http://a/a"), **there))[0].reached == 5
    assert steps(walked, a_funnel(page("http://a/a"), segment=at_one))[0].reached == 0
    assert sum(path.visits for path in paths(walked, some_paths(**there))) == 4
    assert cohorts(walked, among, CohortStep.WEEK, 1)[0].visitors == 4


def test_a_step_has_its_time_and_counts_once(walked: Store) -> None:
    asked = (page("http://a/a"), page("http://a/c"))

    assert [step.reached for step in steps(walked, a_funnel(*asked, within=timedelta(minutes=3)))] == [5, 1]
    assert [step.reached for step in steps(walked, a_funnel(*asked, within=timedelta(minutes=2)))] == [5, 0]
    assert [step.reached for step in steps(walked, a_funnel(page("http://a/d"), page("http://a/d")))] == [1, 0]


def test_visitors_go_on_where_they_were_in_another_visit(walked: Store) -> None:
    asked = (page("http://a/a"), page("http://a/c"))

    told = steps(walked, a_funnel(*asked, counted=Counted.VISITORS))

    assert [step.reached for step in told] == [4, 1]


def test_a_step_can_be_an_event_that_meets_several_conditions(walked: Store) -> None:
    video = (Condition("event_category", Operator.EQUALS, "video"), Condition("event_url", Operator.CONTAINS, "a/"))

    assert [step.reached for step in steps(walked, a_funnel(page("http://a/b"), video))] == [4, 1]


def test_a_step_is_told_by_what_is_done(walked: Store) -> None:
    with pytest.raises(RequestError, match="country"):
        steps(walked, a_funnel((Condition("country", Operator.EQUALS, "de"),)))


def test_paths_lead_from_a_page_and_to_it(walked: Store) -> None:
    away = paths(walked, some_paths())
    back = paths(walked, some_paths(direction=Direction.TO, steps=1, segment=GERMANS))

    assert away == (
        Path(("http://a/b", "http://a/a"), 1, 0.25),
        Path(("http://a/b", "http://a/a", "http://a/b"), 1, 0.25),
        Path(("http://a/b", "http://a/c"), 1, 0.25),
        Path(("http://a/b", "http://a/d"), 1, 0.25),
    )
    assert back == (Path(("http://a/a", "http://a/b"), 2, 1.0),)


def test_paths_come_page_by_page(walked: Store) -> None:
    whole = paths(walked, some_paths())

    assert [paths(walked, some_paths(limit=1, offset=place))[0] for place in range(4)] == list(whole)


def test_pages_are_told_apart_by_what_tells_pages(walked: Store) -> None:
    with pytest.raises(RequestError, match="country"):
        paths(walked, some_paths(dimension="country"))


def test_cohorts_are_kept_as_long_as_they_come_again(store: Store) -> None:
    came = {1: (0, 1, 3), 2: (0, 3), 3: (2,)}
    visits = [
        a_visit(
            visit_id=10 * visitor + day, visitor_id=visitor, visit_day=DAY + timedelta(days=day), visit_number=number
        )
        for visitor, days in came.items()
        for number, day in enumerate(days, 1)
    ]
    visits.append(a_visit(visit_id=99, visitor_id=9, visit_number=4))
    store.insert("visits", Visit, b"\n".join(map(json.encode, visits)), token="visits")
    asked = Among(site_ids=(1,), period=Period(DAY, DAY + timedelta(days=3)))

    days = cohorts(store, asked, CohortStep.DAY, 2)
    weeks = cohorts(store, asked, CohortStep.WEEK, 10)

    assert [cohort.visitors for cohort in days] == [2, 0, 1, 0]
    assert days[0].kept == (Kept(0, 2, 1.0), Kept(1, 1, 0.5), Kept(2, 0, 0.0))
    assert days[2].kept == (Kept(0, 1, 1.0), Kept(1, 0, 0.0))
    assert [(cohort.first, cohort.visitors) for cohort in weeks] == [(DAY, 3)]


def test_there_are_only_so_many_cohorts(store: Store) -> None:
    with pytest.raises(RequestError, match="400 at most"):
        cohorts(store, Among(site_ids=(1,), period=Period(date(2020, 1, 1), DAY)), CohortStep.DAY, 10)
