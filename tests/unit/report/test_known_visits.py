"""A request that asks several questions of one segment looks once for its visits."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from pellucid.ingest import Ingest
from pellucid.model.hit import Hit
from pellucid.model.query import Condition, Operator, Query, Segment
from pellucid.report import run
from pellucid.report.run import Reports
from pellucid.store.client import Store
from pellucid.store.schema import TABLES
from unit.installation import FAR, Installation
from unit.report.rolled import PERIOD, hits, on_day, plain, queries

OF_PAGES = Segment(((Condition("page_url", Operator.ENDS, "a"),), (Condition("seconds", Operator.LESS, "4000"),)))
BOUNCED = ((Condition("actions", Operator.EQUALS, "1"),),)
VISITS = Query(site_ids=(1,), period=PERIOD, metrics=("visits",), segment=OF_PAGES)


@given(st.lists(hits(), min_size=5, max_size=60))
@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@pytest.mark.parametrize("most", [0, 7_500])
def test_visits_that_are_known_are_those_that_are_looked_for(
    installation: Installation, store: Store, monkeypatch: pytest.MonkeyPatch, most: int, some: list[Hit]
) -> None:
    monkeypatch.setattr(run, "_MOST_KNOWN", most)
    for table in TABLES:
        store.command(f"truncate table {table}")
    installation.append(*some)
    installation.ingest().round(FAR)
    of_one_request = Reports(store).of_one_request()

    for asked in queries():
        for about in ((), BOUNCED):
            query = structs.replace(asked, segment=OF_PAGES, about=about)
            assert plain(of_one_request.answer(query).rows) == plain(Reports(store).answer(query).rows), query


def test_visits_are_looked_for_once_a_request(installation: Installation, ingest: Ingest, store: Store) -> None:
    installation.append(on_day(0, url="http://a/a"), on_day(1, url="http://a/b"))
    ingest.round(FAR)
    reports = Reports(store).of_one_request()

    assert reports.answer(VISITS).rows == ((1,),)
    # Without events nothing tells any more who was on the page.
    store.command("truncate table events")

    assert reports.answer(structs.replace(VISITS, metrics=("actions",))).rows == ((1,),)
    assert Reports(store).of_one_request().answer(VISITS).rows == ((0,),)


def test_what_visits_tell_by_themselves_is_not_looked_for(
    installation: Installation, ingest: Ingest, store: Store
) -> None:
    installation.append(on_day(0))
    ingest.round(FAR)
    query = structs.replace(VISITS, segment=Segment(BOUNCED))
    reports = Reports(store).of_one_request()

    assert reports.answer(query).rows == ((1,),)
    store.command("truncate table visits")

    assert reports.answer(query).rows == ((0,),)
