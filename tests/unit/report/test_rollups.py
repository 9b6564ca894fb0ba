"""Days that were rolled up tell what counting tells."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from builders import DAY
from pellucid.ingest import Ingest
from pellucid.model.hit import Hit, HitKind, Product
from pellucid.model.period import Period
from pellucid.model.query import Condition, Operator, Query, Segment
from pellucid.model.result import Result
from pellucid.report import kept
from pellucid.report.kept import SECONDS_KEPT, Kept
from pellucid.report.rolling import Rolling
from pellucid.report.rollups import GROUPS, Marks, group_of
from pellucid.report.run import Reports
from pellucid.report.sql import Statement, statement
from pellucid.store.client import Store
from pellucid.store.schema import ROLLUPS, TABLES
from unit.installation import FAR, Installation
from unit.report.rolled import DAYS, HOME, PERIOD, assert_same, hits, on_day, query_of


@given(st.lists(hits(), min_size=5, max_size=60), st.lists(hits(), max_size=5))
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_rolled_up_days_tell_what_counting_tells(
    installation: Installation, store: Store, rolling: Rolling, first: list[Hit], late: list[Hit]
) -> None:
    for table in (*TABLES, *ROLLUPS):
        store.command(f"truncate table {table}")
    ingest = installation.ingest(derived=rolling)
    installation.append(*first)
    ingest.round(FAR)
    rolling.once()

    installation.append(*late)
    ingest.round(FAR)
    assert_same(store)

    rolling.once()
    assert_same(store)


def test_a_query_reads_what_was_rolled_up_and_not_what_happened(
    installation: Installation, ingest: Ingest, rolling: Rolling, store: Store
) -> None:
    installation.append(*(on_day(day) for day in range(DAYS)))
    ingest.round(FAR)
    rolling.once()
    store.command("truncate table events")

    (row,) = Reports(store).answer(query_of(GROUPS[1], ("page_url",), "views")).rows

    assert row == ("http://a/", 3)


def test_a_visit_of_one_page_by_two_schemes_is_one_of_days_that_are_over(
    installation: Installation, ingest: Ingest, rolling: Rolling, store: Store
) -> None:
    ways = ("http://a/x", "https://www.a/x", "http://a/x")
    installation.append(*(on_day(day, minute, url=way) for day in (0, 1) for minute, way in enumerate(ways)))
    ingest.round(FAR)
    rolling.once()
    two_days = Period(DAY, DAY + timedelta(days=1))
    metrics = ("visits", "daily_visitors", "views", "entries", "exits", "longest_scheme")
    of_pages = Query(site_ids=(1,), period=two_days, metrics=metrics, dimensions=("bare_page_url",))

    installation.append(on_day(1, 5, url="https://a/x"))
    ingest.round(FAR)
    late = Reports(store).answer(of_pages).rows
    rolling.once()
    store.command("truncate table events")

    assert late == (("a/x", 2, 2, 7, 2, 2, len("https://www.")),)
    assert Reports(store).answer(of_pages).rows == late


@pytest.mark.parametrize(
    "other",
    [
        {"period": Period(DAY, DAY)},
        {"metrics": ("views", "visitors")},
        {"dimensions": ("page_url", "page_title")},
        {"segment": Segment(((HOME,),))},
        {"where": ((Condition("page_title", Operator.EQUALS, "A"),),)},
    ],
)
def test_what_is_not_additive_is_counted_from_what_happened(other: dict[str, object]) -> None:
    asked = Query(site_ids=(1,), period=PERIOD, metrics=("views",), dimensions=("page_url",), where=((HOME,),))

    marks = Marks({(1, DAY): 7})
    assert "pages_by_day" in statement(asked, marks).sql
    assert "pages_by_day" not in statement(structs.replace(asked, **other), marks).sql


@pytest.mark.parametrize("metrics", [("visits", "bounce_rate"), ("searches",)])
def test_what_is_not_rolled_up_needs_no_marks(metrics: tuple[str, ...]) -> None:
    assert group_of(Query(site_ids=(1,), period=PERIOD, metrics=metrics)) is None


def test_a_visitor_of_two_sites_is_one_in_a_query_of_both(
    installation: Installation, ingest: Ingest, rolling: Rolling, store: Store
) -> None:
    installation.append(on_day(0), on_day(0, site_id=2))
    ingest.round(FAR)
    rolling.once()
    both = structs.replace(
        query_of(GROUPS[1], ("page_url",), "daily_visitors"),
        site_ids=(1, 2),
        period=Period(DAY, DAY + timedelta(days=1)),
    )

    assert Reports(store).answer(both).rows == (("http://a/", 1),)
    assert Reports(store).answer(structs.replace(both, dimensions=("site", "page_url"))).rows == (
        (1, "http://a/", 1),
        (2, "http://a/", 1),
    )


def test_days_that_are_all_rolled_up_are_read_alone(
    installation: Installation, ingest: Ingest, rolling: Rolling, store: Store
) -> None:
    installation.append(on_day(0), on_day(1))
    ingest.round(FAR)
    rolling.once()
    query = structs.replace(query_of(GROUPS[1], ("page_url",), "views"), period=Period(DAY, DAY + timedelta(days=1)))

    assert Reports(store).answer(query).rows == (("http://a/", 2),)


def test_files_and_links_of_days_that_are_over_are_not_counted_again(
    installation: Installation, ingest: Ingest, rolling: Rolling, store: Store
) -> None:
    kinds = (HitKind.DOWNLOAD, HitKind.OUTLINK)
    installation.append(*(on_day(day, kind=kind, url="http://a/x.pdf") for day in (0, 1) for kind in kinds))
    ingest.round(FAR)
    rolling.once()
    store.command("truncate table events")
    asked = query_of(GROUPS[0], ())
    two_days = Period(DAY, DAY + timedelta(days=1))

    answered = Reports(store).answer(
        structs.replace(asked, period=two_days, metrics=("unique_downloads", "unique_outlinks"))
    )

    assert answered.rows == ((2, 2),)


def test_products_of_days_that_are_over_are_not_counted_again(
    installation: Installation, ingest: Ingest, rolling: Rolling, store: Store
) -> None:
    boots = Product("b1", "Boots", ("Shoes",), 5.0)
    installation.append(*(on_day(day, product=boots) for day in (0, 1)))
    ingest.round(FAR)
    rolling.once()
    store.command("truncate table events")
    of_product = next(group for group in GROUPS if group.dimension == "item_sku")
    query = structs.replace(
        query_of(of_product, ("item_sku",)),
        period=Period(DAY, DAY + timedelta(days=1)),
        metrics=("views", "viewed_prices", "item_orders"),
    )

    assert Reports(store).answer(query).rows == (("b1", 2, 10.0, 0),)


def test_a_request_reads_once_which_days_are_rolled_up(
    installation: Installation, ingest: Ingest, rolling: Rolling, store: Store
) -> None:
    installation.append(on_day(0), on_day(1))
    ingest.round(FAR)
    rolling.once()
    query = query_of(GROUPS[1], ("page_url",), "views")
    reports = Reports(store).of_one_request()
    before = reports.answer(query)

    # The marks are gone, and so is what happened: only what the request has read leads to the numbers.
    for table in ("rollups", "events"):
        store.command(f"truncate table {table}")

    assert reports.answer(query) == before
    assert Reports(store).answer(query).rows == ()


def test_what_was_read_of_days_that_are_over_is_not_read_again(
    installation: Installation, ingest: Ingest, rolling: Rolling, store: Store
) -> None:
    installation.append(*(on_day(day) for day in range(DAYS)))
    ingest.round(FAR)
    rolling.once()
    query, reports = query_of(GROUPS[1], ("page_url",), "views"), Reports(store)
    before = reports.answer(query)

    # The rows are gone, and the marks are not; what is not over is counted.
    store.command("truncate table pages_by_day")
    installation.append(on_day(DAYS - 1, 5))
    ingest.round(FAR)

    assert before.rows == (("http://a/", 4),)
    assert reports.answer(query).rows == (("http://a/", 5),)
    assert reports.of_one_request().answer(query).rows == (("http://a/", 5),)
    assert Reports(store).answer(query).rows == (("http://a/", 2),)


def test_a_day_that_changes_is_not_answered_by_what_was_read_of_it(
    installation: Installation, ingest: Ingest, rolling: Rolling, store: Store
) -> None:
    installation.append(on_day(0), on_day(1))
    ingest.round(FAR)
    rolling.once()
    query, reports = query_of(GROUPS[1], ("page_url",), "views"), Reports(store)
    assert reports.answer(query).rows == (("http://a/", 2),)

    installation.append(on_day(1, 5))
    ingest.round(FAR)
    late = reports.answer(query).rows
    rolling.once()

    assert late == (("http://a/", 3),)
    assert reports.answer(query).rows == (("http://a/", 3),)


def test_what_was_read_is_forgotten_when_nobody_asks_for_it(
    installation: Installation, ingest: Ingest, rolling: Rolling, store: Store
) -> None:
    seconds = [0.0]
    installation.append(on_day(0), on_day(1))
    ingest.round(FAR)
    rolling.once()
    query, reports = query_of(GROUPS[1], ("page_url",), "views"), Reports(store, Kept(lambda: seconds[0]))
    before = reports.answer(query)
    store.command("truncate table pages_by_day")
    assert reports.answer(query) == before

    seconds[0] = SECONDS_KEPT + 1
    reports.forget()

    assert reports.answer(query).rows == ()


class AskedWhole(Reports):
    """Answers queries, and counts those that one statement answers."""

    times = 0

    def _ask(self, asked: Statement, columns: tuple[str, ...]) -> Result:
        self.times += 1
        return super()._ask(asked, columns)


def test_what_is_not_kept_for_its_size_is_asked_with_the_rest(
    installation: Installation, ingest: Ingest, rolling: Rolling, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MOST_VALUES", 11)
    installation.append(*(on_day(day, url=url) for day in (0, 1, DAYS - 1) for url in ("http://a/", "http://b/")))
    ingest.round(FAR)
    rolling.once()
    query = structs.replace(query_of(GROUPS[1], ("page_url",)), metrics=("views", "entries"))
    reports, before = AskedWhole(store), Reports(store).answer(query)

    assert before.rows[0][:2] == ("http://a/", 3)
    for whole in range(3):
        assert (reports.answer(query), reports.times) == (before, whole)


def test_products_that_are_chosen_are_counted() -> None:
    chosen = (Condition("item_sku", Operator.EQUALS, "b1"),)
    asked = Query(site_ids=(1,), period=PERIOD, metrics=("views",), dimensions=("item_sku",))

    assert group_of(asked)
    assert group_of(structs.replace(asked, where=(chosen,))) is None


def test_every_number_that_is_rolled_up_is_a_column() -> None:
    fields = set(ROLLUPS["pages_by_day"].__struct_fields__)

    assert {name for group in GROUPS for name in (*group.metrics, *group.columns)} <= fields


def test_sums_are_of_any_size(store: Store) -> None:
    assert {"UInt64"} == {
        str(kind)
        for (kind,) in store.ask(
            "select type from system.columns where table = 'pages_by_day' and database = currentDatabase() "
            "and name in ('page_seconds', 'entry_seconds', 'entry_actions', 'pages_before')"
        ).rows
    }
