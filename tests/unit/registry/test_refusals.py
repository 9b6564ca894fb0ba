from collections.abc import Iterator
from contextlib import closing
from threading import Thread

import pytest

from pellucid.policy.decision import Refusal
from pellucid.registry.database import open_database
from pellucid.registry.registry import Registry

DAY = 20_000


@pytest.fixture
def registry(database_url: str) -> Iterator[Registry]:
    with closing(Registry(open_database(database_url))) as registry:
        registry.add_site("A", ["https://a"])
        registry.add_site("B", ["https://b"])
        yield registry


def test_counts_add_up_by_site_day_and_reason(registry: Registry) -> None:
    registry.refusals.add({(1, DAY, Refusal.OPTED_OUT): 8, (1, DAY, Refusal.ROBOT): 30})
    registry.refusals.add({(1, DAY, Refusal.OPTED_OUT): 8, (1, DAY + 1, Refusal.OPTED_OUT): 7})
    registry.refusals.add({(2, DAY, Refusal.OPTED_OUT): 90})
    registry.refusals.add({})

    assert registry.refusals.told(1, DAY, DAY) == {Refusal.OPTED_OUT: 10, Refusal.ROBOT: 30}
    assert registry.refusals.told(1, DAY, DAY + 1) == {Refusal.OPTED_OUT: 20, Refusal.ROBOT: 30}
    assert registry.refusals.told(1, DAY + 1, DAY + 1) == {}


def test_what_was_counted_for_a_site_that_is_gone_is_dropped(registry: Registry) -> None:
    registry.refusals.add({(3, DAY, Refusal.ROBOT): 10, (1, DAY, Refusal.ROBOT): 10})

    assert registry.refusals.told(3, DAY, DAY) == {}
    assert registry.refusals.told(1, DAY, DAY) == {Refusal.ROBOT: 10}


def test_old_days_are_forgotten(registry: Registry) -> None:
    registry.refusals.add({(1, DAY, Refusal.ROBOT): 10, (1, DAY + 1, Refusal.ROBOT): 20})

    registry.refusals.forget(DAY + 1)

    assert registry.refusals.told(1, 0, DAY * 2) == {Refusal.ROBOT: 20}


def test_processes_that_count_at_once_lose_nothing(registry: Registry, database_url: str) -> None:
    def count() -> None:
        with closing(Registry(open_database(database_url))) as another:
            for _ in range(5):
                another.refusals.add({(1, DAY, Refusal.ROBOT): 2, (2, DAY, Refusal.ROBOT): 1})

    threads = [Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert registry.refusals.told(1, DAY, DAY) == {Refusal.ROBOT: 40}
    assert registry.refusals.told(2, DAY, DAY) == {Refusal.ROBOT: 20}
