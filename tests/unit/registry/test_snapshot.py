from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep

import pytest

from pellucid.model.account import Access
from pellucid.model.goal import Goal
from pellucid.registry.database import open_database, sqlite_url
from pellucid.registry.registry import Registry
from pellucid.registry.snapshot import Snapshot
from pellucid.registry.tokens import Reach


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    with closing(Registry(open_database(sqlite_url(tmp_path / "registry.db")))) as registry:
        yield registry


@pytest.fixture
def elsewhere(tmp_path: Path, registry: Registry) -> Iterator[Registry]:  # noqa: ARG001 -- has to be there first
    """The registry as another process has it."""
    with closing(Registry(open_database(sqlite_url(tmp_path / "registry.db")))) as other:
        yield other


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def snapshot(registry: Registry, clock: Clock) -> Snapshot:
    return Snapshot(registry, clock)


def test_a_site_is_known_without_asking(registry: Registry, clock: Clock) -> None:
    site = registry.add_site("A", ["http://a"])
    snapshot = Snapshot(registry, clock)

    registry.close()

    assert snapshot.site(site.id) == site
    assert snapshot.sites() == (site,)


def test_a_site_added_elsewhere_is_found_when_it_is_asked_for(
    elsewhere: Registry,
    snapshot: Snapshot,
    clock: Clock,
) -> None:
    site = elsewhere.add_site("A", ["http://a"])
    clock.now += 1

    assert snapshot.site(site.id) == site


def test_the_origins_of_its_sites_are_known_and_no_others(registry: Registry, snapshot: Snapshot) -> None:
    assert not snapshot.is_ours("https://a.example")
    registry.add_site("A", ["http://a.example/start", "https://b.example:8443"])

    snapshot.look()

    ours = ("http://a.example", "https://a.example", "https://b.example:8443")
    others = ("https://b.example", "http://b.example:8443", "null", "")
    assert [origin for origin in (*ours, *others) if snapshot.is_ours(origin)] == list(ours)


def test_a_change_of_this_process_is_seen_at_once(registry: Registry, snapshot: Snapshot) -> None:
    site = registry.add_site("A", ["http://a"])
    snapshot.site(site.id)

    goal = registry.add_goal(Goal(site_id=site.id, id=0, name="Signed up"))

    found = snapshot.site(site.id)
    assert found is not None
    assert found.goals == (goal,)


def test_a_change_of_another_process_is_seen_at_the_next_look(
    elsewhere: Registry, snapshot: Snapshot, clock: Clock
) -> None:
    site = elsewhere.add_site("A", ["http://a"])
    clock.now += 1
    snapshot.site(site.id)

    changed = elsewhere.update_site(site.id, name="B")

    assert snapshot.site(site.id) == site
    snapshot.look()
    assert snapshot.site(site.id) == changed


def test_who_asks_for_nothing_again_and_again_does_not_make_it_look_each_time(
    elsewhere: Registry,
    snapshot: Snapshot,
) -> None:
    assert snapshot.site(77) is None
    site = elsewhere.add_site("A", ["http://a"])

    assert snapshot.site(site.id) is None, "within the same moment as the last miss"


def test_what_was_just_set_up_is_found_however_short_the_last_look_is_ago(
    elsewhere: Registry,
    snapshot: Snapshot,
) -> None:
    snapshot.look()
    site = elsewhere.add_site("A", ["http://a"])

    assert snapshot.site(site.id) == site


def test_a_token_writes_where_its_account_may(registry: Registry, snapshot: Snapshot, clock: Clock) -> None:
    first, second = (registry.add_site(name, ["http://a"]).id for name in "AB")
    registry.add_account("ada")
    registry.grant("ada", first, Access.WRITE)
    registry.grant("ada", second, Access.VIEW)
    token = registry.create_token("ada")
    clock.now += 1

    assert snapshot.may_write(token, first)
    assert not snapshot.may_write(token, second)
    assert not snapshot.may_write("0" * 32, first)


def test_what_was_taken_back_is_taken_back_at_the_next_look(
    registry: Registry,
    snapshot: Snapshot,
    clock: Clock,
) -> None:
    site = registry.add_site("A", ["http://a"]).id
    registry.add_account("ada")
    registry.grant("ada", site, Access.WRITE)
    token = registry.create_token("ada")
    clock.now += 1
    assert snapshot.may_write(token, site)

    registry.grant("ada", site, Access.VIEW)
    snapshot.look()

    assert not snapshot.may_write(token, site)


def test_a_token_that_expires_writes_no_more(registry: Registry, snapshot: Snapshot, clock: Clock) -> None:
    site = registry.add_site("A", ["http://a"]).id
    registry.add_account("root", superuser=True)
    token = registry.create_token("root", reach=Reach(expires=datetime.now(UTC) + timedelta(seconds=0.5)))
    clock.now += 1
    assert snapshot.may_write(token, site)

    sleep(0.6)
    clock.now += 1
    snapshot.look()

    assert not snapshot.may_write(token, site)
