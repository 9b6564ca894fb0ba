"""Weeks and months tell what their days tell, for as long as these do."""

from contextlib import closing
from datetime import date, timedelta

import pytest
from msgspec import Struct, structs

from builders import DAY
from pellucid.errors import StoreUnavailable
from pellucid.ingest import Ingest
from pellucid.model.period import Period
from pellucid.model.query import Condition, Operator, Query
from pellucid.report import adding_up
from pellucid.report import rolling as rolling_module
from pellucid.report.rolling import Rolling
from pellucid.report.rollups import GROUPS, Marks, days_to_count, versions_to_read
from pellucid.report.run import Reports
from pellucid.report.sql import comparison
from pellucid.store.client import Store, Urgency
from pellucid.store.purge import purge
from unit.installation import FAR, Installation
from unit.report.rolled import DAYS, PERIOD, assert_same, later, on_day, query_of

VIEWS = query_of(GROUPS[1], ("page_url",), "views")
_MARKS = Marks(
    {(1, DAY + timedelta(days=number)): number for number in range(40)},
    [
        (frozenset(range(30)), 100),
        (frozenset(range(7)), 101),
        (frozenset(range(28, 35)), 102),
        (frozenset(range(35, 42)), 103),
    ],
)


@pytest.fixture
def later_rolling(rolling: Rolling) -> Rolling:
    rolling._now = later
    return rolling


def _add_up(installation: Installation, ingest: Ingest, rolling: Rolling) -> None:
    installation.append(*(on_day(day, url=f"http://a/{day % 2}") for day in range(DAYS)))
    ingest.round(FAR)
    assert rolling.once() == DAYS


_KEPT = "select uniqExact(version) from pages_by_day"


def _is_settled(rolling: Rolling, store: Store) -> None:
    """After some rounds there are rows of each day, of the week and of the month, and of nothing before."""
    for _ in range(3):
        rolling.once()
    assert store.ask(_KEPT).rows == ((DAYS + 2,),)
    assert _versions(store) == 1
    assert_same(store)


def _versions(store: Store) -> int:
    return len(versions_to_read(VIEWS, Reports(store)._marks(VIEWS)))


def test_a_week_tells_what_its_days_tell(
    installation: Installation, ingest: Ingest, later_rolling: Rolling, store: Store
) -> None:
    _add_up(installation, ingest, later_rolling)

    assert _versions(store) == 1
    assert_same(store)
    # A week and a month, once.
    assert store.ask("select count() from long_rollups").rows == ((2,),)
    later_rolling.once()
    assert store.ask("select count() from long_rollups").rows == ((2,),)


def test_nothing_is_added_up_while_more_days_of_it_wait(
    installation: Installation, ingest: Ingest, later_rolling: Rolling, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rolling_module, "DAYS_OF_A_ROUND", 1)
    installation.append(*map(on_day, range(DAYS)))
    ingest.round(FAR)

    for _ in range(DAYS):
        later_rolling.once()

    assert store.ask("select count() from long_rollups").rows == ((0,),)
    later_rolling.once()
    assert store.ask("select count() from long_rollups").rows == ((2,),)


def test_what_is_too_large_to_be_added_up_is_tried_once(
    installation: Installation,
    ingest: Ingest,
    later_rolling: Rolling,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(adding_up, "_ADD_UP", "select sleep(3) from numbers({days:Array(UInt64)}[1])")
    monkeypatch.setattr(adding_up, "LIMITS", {Urgency.REPORT: {"max_execution_time": 1}})

    _add_up(installation, ingest, later_rolling)
    assert [record.args[0] for record in caplog.records] == ["week", "month"]
    later_rolling.once()

    assert len(caplog.records) == 2
    assert_same(store)


def test_rows_of_the_week_are_read_and_those_of_its_days_are_not(
    installation: Installation, ingest: Ingest, later_rolling: Rolling, store: Store
) -> None:
    _add_up(installation, ingest, later_rolling)
    before = Reports(store).answer(VIEWS)
    of_days = "version in (select version from rollups)"
    store.command(f"alter table pages_by_day delete where {of_days} settings mutations_sync = 1")

    assert Reports(store).answer(VIEWS) == before


def test_a_week_with_a_late_hit_is_read_day_by_day_until_it_is_added_up_anew(
    installation: Installation, ingest: Ingest, later_rolling: Rolling, store: Store
) -> None:
    _add_up(installation, ingest, later_rolling)

    installation.append(on_day(1, minute=5, url="http://a/late"))
    ingest.round(FAR)

    assert _versions(store) == DAYS - 1
    assert_same(store)
    later_rolling.once()
    assert _versions(store) == 1
    assert_same(store)


def test_what_weeks_were_before_goes_and_what_they_are_stays(
    installation: Installation, ingest: Ingest, later_rolling: Rolling, store: Store
) -> None:
    _add_up(installation, ingest, later_rolling)
    _is_settled(later_rolling, store)

    installation.append(on_day(1, minute=5))
    ingest.round(FAR)

    _is_settled(later_rolling, store)


def test_a_week_that_ends_in_part_by_age_is_read_day_by_day(
    installation: Installation, ingest: Ingest, later_rolling: Rolling, store: Store
) -> None:
    _add_up(installation, ingest, later_rolling)

    purge(store, 1, DAY + timedelta(days=2))

    assert _versions(store) == DAYS - 2
    assert_same(store)
    later_rolling.once()
    assert _versions(store) == 1
    assert_same(store)


def test_a_week_that_was_killed_before_its_mark_counts_nothing_and_goes(
    installation: Installation, ingest: Ingest, later_rolling: Rolling, store: Store, store_url: str
) -> None:
    class Killed(Store):
        """Ends before it is said of what a sum is made."""

        def insert(self, table: str, rows: type[Struct], lines: bytes, token: str) -> None:
            if table == "long_rollups":
                raise StoreUnavailable("killed")
            super().insert(table, rows, lines, token)

    with closing(Killed(store_url)) as killed:
        later_rolling._store = killed
        with pytest.raises(StoreUnavailable):
            _add_up(installation, ingest, later_rolling)
    later_rolling._store = store
    assert store.ask(_KEPT).rows == ((DAYS + 1,),)
    assert _versions(store) == DAYS
    assert_same(store)

    _is_settled(later_rolling, store)


def test_two_periods_of_one_week_are_told_apart(
    installation: Installation, ingest: Ingest, later_rolling: Rolling, store: Store
) -> None:
    _add_up(installation, ingest, later_rolling)
    now, before = Period(DAY + timedelta(days=2), DAY + timedelta(days=3)), Period(DAY, DAY + timedelta(days=1))
    query = structs.replace(VIEWS, period=now)
    counted = comparison(query, before)

    found = Reports(store).compare(query, before).rows

    assert found == store.ask(counted.sql, counted.parameters).rows


def test_a_version_is_none_of_a_week_also_when_the_clock_was_set_back(
    installation: Installation, ingest: Ingest, later_rolling: Rolling, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    _add_up(installation, ingest, later_rolling)
    monkeypatch.setattr("pellucid.report.rolling.time_ns", lambda: 7)

    ((highest,),) = store.ask("select max(version) from pages_by_day").rows

    assert Rolling(store, later)._next_version() == int(str(highest)) + 1


def test_as_few_versions_are_read_as_can_be() -> None:
    def read(first: int, last: int, **other: object) -> list[int]:
        period = Period(DAY + timedelta(days=first), DAY + timedelta(days=last))
        return versions_to_read(structs.replace(VIEWS, period=period, **other), _MARKS)

    assert read(0, 39) == [100, *range(30, 40)]
    assert read(1, 39) == [102, *range(1, 28), *range(35, 40)]
    assert read(0, 6) == [101]
    assert read(0, 5) == [*range(6)]
    assert read(0, 6, dimensions=("page_url", "week")) == [*range(7)]
    assert read(0, 6, where=((Condition("day", Operator.EQUALS, "2025-11-24"),),)) == [*range(7)]
    assert read(0, 6, site_ids=(2,)) == []


def test_days_without_a_mark_are_counted() -> None:
    asked = Query(site_ids=(1,), period=PERIOD, metrics=("views",))

    assert days_to_count(asked, Marks({(1, PERIOD.first): 7})) == [
        (1, PERIOD.first + timedelta(days=number)) for number in range(1, DAYS)
    ]
    assert date.fromisoformat("2025-11-24") == DAY
