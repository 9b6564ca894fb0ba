"""A day is marked while its rows stand for what happened on it, whatever comes late, and whenever it is killed."""

from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest

from builders import DAY
from pellucid.ingest import Ingest
from pellucid.report import rolling as rolling_module
from pellucid.report.rolling import Rolling
from pellucid.report.rollups import GROUPS
from pellucid.report.sql import DEFINITION
from pellucid.store.client import Bound, Store
from pellucid.store.purge import purge
from unit.installation import FAR, Installation
from unit.report.rolled import DAYS, assert_same, marked, now, on_day, rows_of

Values = Mapping[str, Bound]
Settings = Mapping[str, str | int]
_NONE: Settings = MappingProxyType({})


def test_days_that_are_over_are_rolled_up_once(installation: Installation, ingest: Ingest, rolling: Rolling) -> None:
    installation.append(*(on_day(day) for day in range(DAYS)))
    ingest.round(FAR)

    assert rolling.once() == 3
    assert rolling.once() == 0


@pytest.mark.parametrize(("minutes", "over"), [(0, 3), (1, 4)])
def test_a_day_is_over_when_it_has_ended_in_every_time_zone(
    installation: Installation, store: Store, minutes: int, over: int
) -> None:
    installation.append(*(on_day(day) for day in range(DAYS)))
    installation.ingest().round(FAR)
    rolling = Rolling(store, lambda: now().astimezone(ZoneInfo("Asia/Tokyo")) + timedelta(minutes=minutes))
    rolling.all_sent()

    assert rolling.once() == over


@pytest.mark.parametrize(
    ("zone", "utc", "over"),
    [
        ("UTC", "2025-11-25T00:29:59", []),
        ("UTC", "2025-11-25T00:30:00", [DAY]),
        ("Pacific/Kiritimati", "2025-11-24T10:29:59", []),
        ("Pacific/Kiritimati", "2025-11-24T10:30:00", [DAY]),
        ("America/New_York", "2025-11-25T05:29:59", []),
        ("America/New_York", "2025-11-25T05:30:00", [DAY]),
    ],
)
def test_a_day_is_over_when_it_has_ended_in_the_time_zone_of_its_site(
    installation: Installation, ingest: Ingest, store: Store, zone: str, utc: str, over: list[date]
) -> None:
    installation.append(on_day(0))
    ingest.round(FAR)
    at = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    rolling = Rolling(store, lambda: at, lambda: {1: zone})
    rolling.all_sent()

    rolling.once()

    assert marked(store) == over


def test_a_late_hit_takes_the_mark_of_its_day_away_and_the_day_is_counted_anew(
    installation: Installation, ingest: Ingest, rolling: Rolling, store: Store
) -> None:
    installation.append(on_day(0), on_day(1))
    ingest.round(FAR)
    rolling.once()
    before = rows_of(store)

    installation.append(on_day(1, minute=5, url="http://a/late"))
    ingest.round(FAR)

    assert marked(store) == [DAY]
    assert rolling.once() == 1
    assert marked(store) == [DAY, DAY + timedelta(days=1)]
    rolling.once()
    # The late page, by its whole address and from the host on.
    assert rows_of(store) == before + 2
    assert_same(store)


def test_an_ingest_that_has_just_started_takes_marks_away_too(
    installation: Installation, ingest: Ingest, rolling: Rolling, store: Store
) -> None:
    installation.append(on_day(0))
    ingest.round(FAR)
    rolling.once()

    started = installation.ingest(derived=Rolling(store, now))
    installation.append(on_day(0, minute=5))
    started.round(FAR)

    assert marked(store) == []


def test_a_mark_that_arrives_after_a_restart_counts_no_longer(
    installation: Installation, ingest: Ingest, rolling: Rolling, store: Store
) -> None:
    installation.append(on_day(0))
    ingest.round(FAR)
    version = rolling._next_version()

    started = installation.ingest(derived=Rolling(store, now))
    installation.append(on_day(0, minute=5))
    started.round(FAR)
    rolling._mark([(1, DAY)], version, valid=True)

    assert marked(store) == []


def test_a_mark_goes_also_when_the_clock_was_set_back(
    installation: Installation, ingest: Ingest, rolling: Rolling, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation.append(on_day(0))
    ingest.round(FAR)
    rolling.once()
    monkeypatch.setattr(rolling_module, "time_ns", lambda: 7)

    started = installation.ingest(derived=Rolling(store, now))
    installation.append(on_day(0, minute=5))
    started.round(FAR)

    assert marked(store) == []


def test_what_a_kill_left_without_a_mark_is_taken_for_no_other_day_when_the_clock_was_set_back(
    installation: Installation, ingest: Ingest, rolling: Rolling, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation.append(on_day(0), on_day(1))
    ingest.round(FAR)
    monkeypatch.setattr(rolling_module, "time_ns", lambda: 7)
    killed = rolling._next_version()
    for number, group in enumerate(GROUPS):
        rolling._count((1, DAY), group, killed, f"rollup:{killed}:{number}")

    started = Rolling(store, now)
    started.all_sent()

    assert started.once() == 2
    assert_same(store)


def test_more_days_lose_their_marks_at_once_than_an_insert_may_touch_months(rolling: Rolling, store: Store) -> None:
    days = {(1, date(2000 + number // 12, 1 + number % 12, 1)) for number in range(150)}
    rolling._mark(days, rolling._next_version(), valid=True)

    rolling.about_to_send(days)

    assert marked(store) == []


def test_a_day_that_is_too_large_holds_no_other_up(
    installation: Installation, ingest: Ingest, rolling: Rolling, store_url: str, store: Store
) -> None:
    installation.append(on_day(0), on_day(1))
    ingest.round(FAR)

    class Narrow(Store):
        """Has too little memory for one day."""

        def command(self, sql: str, parameters: Values | None = None, settings: Settings = _NONE) -> None:
            narrow = bool(parameters) and parameters.get("first") == DAY + timedelta(days=1)
            super().command(sql, parameters, {"max_memory_usage": 1} if narrow else settings)

    with closing(Narrow(store_url)) as narrow:
        rolling._store = narrow
        assert rolling.once() == 1

    assert marked(store) == [DAY]


def test_nothing_is_rolled_up_while_rows_are_still_to_be_sent(
    installation: Installation, ingest: Ingest, rolling: Rolling
) -> None:
    installation.append(on_day(0))
    ingest.round(FAR)
    rolling.about_to_send({(2, DAY)})

    assert rolling.once() == 0

    rolling.all_sent()
    assert rolling.once() == 1


def test_a_day_that_changes_while_it_is_counted_is_not_marked(
    installation: Installation, ingest: Ingest, rolling: Rolling, store_url: str, store: Store
) -> None:
    installation.append(on_day(0))
    ingest.round(FAR)

    class Disturbing(Store):
        """Has a hit come in when the first rows are counted."""

        def command(self, sql: str, parameters: Values | None = None, settings: Settings = _NONE) -> None:
            super().command(sql, parameters, settings)
            if "insert into pages_by_day" in sql and not disturbed:
                disturbed.append(sql)
                rolling.about_to_send({(1, DAY)})

    disturbed: list[str] = []
    with closing(Disturbing(store_url)) as disturbing:
        rolling._store = disturbing
        assert rolling.once() == 0

    assert marked(store) == []


def test_a_day_of_a_while_ago_waits_until_it_is_quiet(
    installation: Installation, ingest: Ingest, rolling: Rolling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rolling_module, "QUIET", timedelta(minutes=5))
    installation.append(on_day(0))
    ingest.round(FAR)

    assert rolling.once() == 0


def test_rows_without_a_mark_count_nothing_and_go(
    installation: Installation, ingest: Ingest, rolling: Rolling, store: Store
) -> None:
    installation.append(on_day(0), on_day(1))
    ingest.round(FAR)
    for group in GROUPS:
        rolling._count((1, DAY), group, 7, f"killed before the mark: {group.dimensions}")

    assert_same(store)

    rolling.once()
    assert store.ask("select count() > 0 from pages_by_day where version = 7").rows == ((True,),)
    rolling.once()
    assert store.ask("select count() from pages_by_day where version = 7").rows == ((0,),)
    assert_same(store)


def test_rows_of_more_versions_go_than_one_statement_can_name(rolling: Rolling, store: Store) -> None:
    store.command("""
insert into pages_by_day (site_id, visit_day, version)
select number, toDate('2025-11-01') + number % 30, 1700000000000000000 + number from numbers(4000)
""")

    rolling.once()
    assert rows_of(store) == 4000
    rolling.once()

    assert rows_of(store) == 0


def test_a_count_that_is_sent_twice_is_stored_once(
    installation: Installation, ingest: Ingest, rolling: Rolling, store: Store
) -> None:
    installation.append(on_day(0))
    ingest.round(FAR)

    for _ in range(2):
        rolling._count((1, DAY), GROUPS[0], 7, "the same")

    assert rows_of(store) == 1


def test_a_day_that_was_counted_by_other_definitions_is_counted_anew(
    installation: Installation, ingest: Ingest, rolling: Rolling, store: Store
) -> None:
    installation.append(on_day(0), on_day(1))
    ingest.round(FAR)
    store.command(
        "insert into rollups select 1, visit_day, 7, {other:UInt64}, true from visits", {"other": DEFINITION ^ 1}
    )

    assert_same(store)
    assert rolling.once() == 2
    assert_same(store)


def test_what_is_deleted_by_age_is_deleted_here_too(
    installation: Installation, ingest: Ingest, rolling: Rolling, store: Store
) -> None:
    installation.append(on_day(0), on_day(1))
    ingest.round(FAR)
    rolling.once()

    purge(store, 1, DAY + timedelta(days=1))

    assert marked(store) == [DAY + timedelta(days=1)]
    assert store.ask("select distinct visit_day from pages_by_day").rows == ((DAY + timedelta(days=1),),)
