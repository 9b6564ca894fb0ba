"""Where nobody is recognised: what the reports count of hits that stand alone."""

import pytest
from msgspec import structs

from builders import DAY, NOON, a_hit
from pellucid.model.hit import Hit, HitKind, Source, SourceKind
from pellucid.model.period import Period, PeriodKind
from pellucid.model.query import EVERYBODY, Condition, Operator, Query, Segment
from pellucid.report.live import counters, last_visits
from pellucid.report.run import Reports
from pellucid.store.client import Store
from unit.installation import Installation

TODAY = Period(DAY, DAY, PeriodKind.DAY)
SEARCHED = Source(SourceKind.SEARCH, "Google", "", "https://www.google.com/")
WITHIN = Source(url="http://a/")


def alone(number: int, **fields: object) -> Hit:
    """A page view some seconds after noon, by somebody whom nobody recognises."""
    return structs.replace(a_hit(time=NOON + number * 1000, visitor_id=number + 1, alone=True), **fields)


CLICKS = [
    alone(0, url="http://a/a", source=SEARCHED),
    alone(1, url="http://a/b", source=WITHIN),
    alone(2, url="http://a/c", source=WITHIN),
]


@pytest.fixture
def reports(installation: Installation, store: Store) -> Reports:
    """Reports on three clicks through a site, and a page view by somebody who came without a referrer."""
    installation.take_in(*CLICKS, alone(3, url="http://a/b"))
    return Reports(store)


def told(reports: Reports, *metrics: str, by: str = "", segment: Segment = EVERYBODY) -> list[tuple[object, ...]]:
    asked = Query(site_ids=(1,), period=TODAY, metrics=metrics, dimensions=(by,) if by else (), segment=segment)
    return list(reports.answer(asked).rows)


def test_a_page_view_that_came_from_the_site_itself_begins_no_visit(reports: Reports) -> None:
    assert told(reports, "visits", "pageviews", "actions") == [(2, 4, 4)]
    assert told(reports, "views") == [(4,)]


def test_no_number_of_visits_is_larger_than_that_of_visits(reports: Reports) -> None:
    names = ("visitors", "daily_visitors", "daily_source_visitors", "bounces", "new_visits", "visits_by_actions_1_to_1")

    assert told(reports, *names) == [(2, 2, 2, 2, 2, 2)]


def test_visits_by_source_add_up_to_visits(reports: Reports) -> None:
    assert told(reports, "visits", by="source_kind") == [("direct", 1), ("search", 1)]


def test_visits_are_entered_where_they_began_and_left_nobody_knows_where(reports: Reports) -> None:
    assert told(reports, "entries", by="page_url") == [("http://a/a", 1), ("http://a/b", 1)]
    assert told(reports, "exits", by="page_url") == []


def test_a_segment_of_visits_counts_the_page_views_that_are_known_to_be_of_it(reports: Reports) -> None:
    searched = Segment(((Condition("source_kind", Operator.EQUALS, "search"),),))

    assert told(reports, "visits", "pageviews", segment=searched) == [(1, 1)]


@pytest.mark.parametrize("kind", [HitKind.EVENT, HitKind.DOWNLOAD, HitKind.OUTLINK, HitKind.GOAL, HitKind.CONTENT])
def test_what_is_done_on_a_page_begins_no_visit(installation: Installation, store: Store, kind: HitKind) -> None:
    installation.take_in(CLICKS[0], alone(1, kind=kind, source=SEARCHED))

    assert told(Reports(store), "visits") == [(1,)]


def test_who_is_recognised_begins_a_visit_wherever_they_come_from(installation: Installation, store: Store) -> None:
    installation.take_in(a_hit(source=WITHIN, fingerprint=1), a_hit(time=NOON + 1000, fingerprint=1))

    assert told(Reports(store), "visits", "visitors", "pageviews", "exits") == [(1, 1, 2, 1)]


def test_visits_of_late_are_those_that_are_counted(reports: Reports, store: Store) -> None:
    lately = counters(store, 1, 30, NOON + 60_000)

    assert (lately.visits, lately.visitors, lately.actions) == (2, 2, 4)
    assert reports
    assert [details.visit.entry_url for details in last_visits(store, 1, TODAY, 10)] == ["http://a/b", "http://a/a"]
