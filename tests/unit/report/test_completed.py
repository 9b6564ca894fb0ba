"""The times of loading that a later hit tells of a page view."""

import pytest
from msgspec import structs

from builders import DAY
from pellucid.model.hit import Hit, HitKind, Search, Timings
from pellucid.model.period import Period, PeriodKind
from pellucid.model.query import Query
from pellucid.report.live import last_visits
from pellucid.report.metrics import METRICS
from pellucid.report.run import Reports
from pellucid.report.source import Source
from pellucid.report.sql import statement
from pellucid.store.client import Store
from unit.installation import Installation
from visit_strategies import after

TODAY = Period(DAY, DAY, PeriodKind.DAY)
BEGUN = Timings(network=10, server=200)
WHOLE = Timings(network=10, server=200, on_load=40)
VIEW = after(0, url="http://a/a", title="A", pageview_id="aaaaaa", timings=BEGUN, dimensions={"1": "x"})
PING = after(1, kind=HitKind.PING, url="http://a/a", pageview_id="aaaaaa", timings=WHOLE)
ASKED = ("views", "network_views", "network_seconds", "server_views", "on_load_views", "on_load_seconds")
TOLD = (1, 1, 0.01, 1, 1, 0.04)


def told(store: Store, *metrics: str, by: str = "") -> list[tuple[object, ...]]:
    asked = Query(site_ids=(1,), period=TODAY, metrics=metrics, dimensions=(by,) if by else ())
    return list(Reports(store).answer(asked).rows)


@pytest.mark.parametrize("by", ["page_url", "page_title", "hour", "dimension1", "previous_page", "day"])
@pytest.mark.parametrize("together", [True, False])
def test_a_ping_completes_its_page_view(installation: Installation, store: Store, by: str, *, together: bool) -> None:
    for hits in [(VIEW, PING)] if together else [(VIEW,), (PING,)]:
        installation.take_in(*hits)

    (numbers,) = [numbers for _, *numbers in told(store, *ASKED, by=by) if numbers[0]]

    assert tuple(numbers) == TOLD


@pytest.mark.parametrize("kind", [HitKind.EVENT, HitKind.DOWNLOAD, HitKind.OUTLINK, HitKind.GOAL])
def test_so_does_whatever_comes_first(installation: Installation, store: Store, kind: HitKind) -> None:
    installation.take_in(VIEW, structs.replace(PING, kind=kind))

    assert told(store, *ASKED) == [TOLD]


def test_what_is_told_again_counts_once(installation: Installation, store: Store) -> None:
    installation.take_in(VIEW, PING, PING)
    installation.take_in(PING)

    assert told(store, *ASKED) == [TOLD]


@pytest.mark.parametrize(
    "hit",
    [
        structs.replace(PING, pageview_id="bbbbbb"),
        structs.replace(PING, pageview_id=""),
        structs.replace(PING, visitor_id=2, kind=HitKind.EVENT),
    ],
)
def test_what_is_told_of_no_known_page_view_counts_nowhere(installation: Installation, store: Store, hit: Hit) -> None:
    installation.take_in(VIEW, hit)

    assert told(store, "network_views", "on_load_views") == [(1, 0)]


def test_a_page_view_that_is_completed_is_one_of_what_was_done(installation: Installation, store: Store) -> None:
    installation.take_in(VIEW, PING, after(2, url="http://a/b"))

    (details,) = last_visits(store, 1, TODAY, 10)
    assert [event.kind for event in details.events] == ["pageview", "ping", "pageview"]
    assert (details.visit.hits, details.visit.pageviews) == (3, 2)
    assert told(store, "steps", "page_seconds") == [(1, 120)]


@pytest.mark.parametrize("name", [name for name, metric in METRICS.items() if Source.VIEWS in metric.counted])
def test_page_views_are_counted_as_ever_beside_the_times_they_took(
    installation: Installation, store: Store, name: str
) -> None:
    searched = after(1, kind=HitKind.SEARCH, url="http://a/s", search=Search("word", "", 1))
    installation.take_in(VIEW, searched, after(2, url="http://a/b", title="B"), PING)

    beside = told(store, name, "server_views", by="page_url")

    assert [row[:2] for row in beside] == told(store, name, by="page_url")


def test_page_views_and_the_times_they_took_are_read_once() -> None:
    asked = Query(site_ids=(1,), period=TODAY, metrics=("views", "server_views"), dimensions=("page_url",))

    assert statement(asked).sql.count("from events") == 1
