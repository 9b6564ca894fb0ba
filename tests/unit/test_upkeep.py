from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event as Signal
from threading import Thread

import pytest
from msgspec import json, structs

from builders import a_visit, an_event
from pellucid.errors import StoreUnavailable
from pellucid.model.event import Event
from pellucid.model.site import Site
from pellucid.model.visit import Visit
from pellucid.registry.database import open_database, sqlite_url
from pellucid.registry.registry import Registry
from pellucid.registry.salts import Salts
from pellucid.store.client import Store
from pellucid.upkeep import BETWEEN_PURGES, Upkeep

TODAY = date(2025, 11, 24)
NOWHERE = "http://default:secret@127.0.0.1:9/default"


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = datetime(2025, 11, 24, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    with closing(Registry(open_database(sqlite_url(tmp_path / "registry.db")))) as registry:
        yield registry


@pytest.fixture
def salts(tmp_path: Path, clock: Clock) -> Iterator[Salts]:
    with closing(Salts(tmp_path / "salts.db", lambda: clock().timestamp())) as salts:
        yield salts


def a_site_that_keeps(registry: Registry, days: int | None, timezone: str = "UTC") -> Site:
    site = registry.add_site("A", ["http://a"], timezone=timezone)
    return registry.update_site(site.id, privacy=structs.replace(site.privacy, retention_days=days))


def seen(store: Store, site: Site, day: date) -> None:
    """Have one event and its visit stored on a day."""
    visit, event = a_visit(site_id=site.id, visit_day=day), an_event(site_id=site.id, visit_day=day)
    store.insert("visits", Visit, json.encode(visit), f"visit of {site.id} on {day}")
    store.insert("events", Event, json.encode(event), f"event of {site.id} on {day}")


def days_of(store: Store, site: Site, table: str) -> list[date]:
    rows = store.ask(
        f"select visit_day from {table} where site_id = {{site:UInt32}} order by visit_day", {"site": site.id}
    ).rows
    return [day for (day,) in rows if isinstance(day, date)]


def test_what_is_older_than_a_site_keeps_it_is_deleted(
    store: Store,
    registry: Registry,
    salts: Salts,
    clock: Clock,
) -> None:
    a_month, for_ever = a_site_that_keeps(registry, 30), a_site_that_keeps(registry, None)
    days = [TODAY - timedelta(days=age) for age in (400, 31, 30, 0)]
    for site in (a_month, for_ever):
        for day in days:
            seen(store, site, day)

    Upkeep(store, registry, salts, clock).once()

    for table in ("events", "visits"):
        assert days_of(store, a_month, table) == days[2:]
        assert days_of(store, for_ever, table) == days


def test_deleted_rows_are_in_no_active_part(store: Store, registry: Registry, salts: Salts, clock: Clock) -> None:
    site = a_site_that_keeps(registry, 30)
    seen(store, site, TODAY - timedelta(days=31))

    Upkeep(store, registry, salts, clock).once()

    rows = "select sum(rows) from system.parts where active and database = currentDatabase() and table = 'events'"
    assert store.ask(rows).rows == ((0,),)


def test_a_day_is_counted_from_the_sites_own_today(
    store: Store,
    registry: Registry,
    salts: Salts,
    clock: Clock,
) -> None:
    # At 12:00 UTC it is tomorrow in Kiritimati already.
    site = a_site_that_keeps(registry, 1, timezone="Pacific/Kiritimati")
    for day in (TODAY - timedelta(days=1), TODAY):
        seen(store, site, day)

    Upkeep(store, registry, salts, clock).once()

    assert days_of(store, site, "events") == [TODAY]


def test_salts_are_destroyed_also_when_the_engine_is_down(registry: Registry, salts: Salts, clock: Clock) -> None:
    site = a_site_that_keeps(registry, 30)
    salts.salt(site, (TODAY - date(1970, 1, 1)).days)
    clock.now += timedelta(days=3)
    with closing(Store(NOWHERE)) as store:
        upkeep = Upkeep(store, registry, salts, clock)

        with pytest.raises(StoreUnavailable):
            upkeep.once()

    assert salts.destroy_expired() == 0, "they were destroyed before"


def test_a_purge_that_failed_is_done_in_the_next_round(
    store: Store,
    registry: Registry,
    salts: Salts,
    clock: Clock,
) -> None:
    site = a_site_that_keeps(registry, 30)
    seen(store, site, TODAY - timedelta(days=31))
    with closing(Store(NOWHERE)) as down:
        upkeep = Upkeep(down, registry, salts, clock)
        with pytest.raises(StoreUnavailable):
            upkeep.once()

        upkeep._store = store
        upkeep.once()

    assert days_of(store, site, "events") == []


def test_purges_are_an_hour_apart(store: Store, registry: Registry, salts: Salts, clock: Clock) -> None:
    site = a_site_that_keeps(registry, 30)
    upkeep = Upkeep(store, registry, salts, clock)
    upkeep.once()
    seen(store, site, TODAY - timedelta(days=31))

    clock.now += BETWEEN_PURGES - timedelta(seconds=1)
    upkeep.once()
    assert len(days_of(store, site, "events")) == 1
    clock.now += timedelta(seconds=1)
    upkeep.once()
    assert days_of(store, site, "events") == []


def test_upkeep_goes_on_until_told_to_end_though_the_engine_is_down(
    registry: Registry,
    salts: Salts,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    a_site_that_keeps(registry, 30)
    ending = Signal()
    with closing(Store(NOWHERE)) as store:
        running = Thread(target=Upkeep(store, registry, salts, clock).run, args=(ending,))
        running.start()
        while not caplog.records:
            running.join(0.01)

        assert running.is_alive()
        ending.set()
        running.join()

    assert "The engine did not do" in caplog.text
