import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic, time

import pytest

from pellucid.journal import arrival
from pellucid.journal.arrival import Arrival
from pellucid.journal.journal import Journal
from pellucid.journal.outbox import Outbox, Part

ROWS = Part("events", 202511, b"[1]")
PATIENCE = 60.0
SOON = 0.2


class Waiting:
    """A journal with a hit that was told of the past, an outbox, and who waits until it has arrived."""

    def __init__(self, directory: Path, journal: Journal, outbox: Outbox) -> None:
        self.journal = journal
        self.outbox = outbox
        self.arrival = Arrival(directory / "told", directory / "journals", directory / "outbox.db")

    async def tell(self, *, of_past: bool = True) -> None:
        await self.journal.append([(int(time() * 1000), b"a hit")])
        if of_past:
            self.arrival.told()

    async def is_waiting(self, waits: asyncio.Task[None]) -> bool:
        done, _ = await asyncio.wait([waits], timeout=SOON)
        return not done


@pytest.fixture
def waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Waiting]:
    monkeypatch.setattr(arrival, "LONGEST_WAIT_SECONDS", PATIENCE)
    with (
        closing(Journal(tmp_path / "journals", 1 << 20)) as journal,
        closing(Outbox(tmp_path / "outbox.db")) as outbox,
    ):
        yield Waiting(tmp_path, journal, outbox)


def test_who_asks_waits_until_all_that_was_told_is_read_and_sent(waiting: Waiting) -> None:
    async def ask() -> None:
        await waiting.tell()
        waits = asyncio.create_task(waiting.arrival.arrived())
        assert await waiting.is_waiting(waits)
        waiting.outbox.add({waiting.journal.id: 1}, [ROWS])
        assert await waiting.is_waiting(waits)
        waiting.outbox.add({}, [ROWS])
        first, _ = waiting.outbox.parcels()
        waiting.outbox.sent(first)
        await asyncio.wait_for(waits, PATIENCE)

    asyncio.run(ask())


def test_nobody_waits_for_what_comes_later_or_is_no_past(waiting: Waiting) -> None:
    async def ask() -> None:
        await waiting.tell(of_past=False)
        await asyncio.wait_for(waiting.arrival.arrived(), SOON)
        await waiting.tell()
        waits = asyncio.create_task(waiting.arrival.arrived())
        assert await waiting.is_waiting(waits)
        await waiting.tell(of_past=False)
        waiting.outbox.add({waiting.journal.id: 2}, [])
        await asyncio.wait_for(waits, PATIENCE)
        # It has arrived for all who ask from now on.
        await asyncio.wait_for(waiting.arrival.arrived(), SOON)

    asyncio.run(ask())


def test_another_process_hears_of_it(waiting: Waiting, tmp_path: Path) -> None:
    other = Arrival(tmp_path / "told", tmp_path / "journals", tmp_path / "outbox.db")

    async def ask() -> None:
        await waiting.tell()
        assert await waiting.is_waiting(asyncio.create_task(other.arrived()))

    asyncio.run(ask())


def test_nobody_waits_for_an_import_that_goes_on(waiting: Waiting) -> None:
    async def ask() -> None:
        await waiting.tell()
        waits = asyncio.create_task(waiting.arrival.arrived())
        assert await waiting.is_waiting(waits)
        await waiting.tell()
        await asyncio.wait_for(waits, PATIENCE / 2)
        # Who asks next may have told it.
        assert await waiting.is_waiting(asyncio.create_task(waiting.arrival.arrived()))

    asyncio.run(ask())


def test_who_waited_in_vain_does_not_wait_again_for_a_while(waiting: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrival, "LONGEST_WAIT_SECONDS", SOON)

    async def ask() -> float:
        await waiting.tell()
        await waiting.arrival.arrived()
        began = monotonic()
        for _ in range(10):
            await waiting.tell()
            await waiting.arrival.arrived()
        return monotonic() - began

    assert asyncio.run(ask()) < 10 * SOON


def test_an_outbox_that_can_not_be_read_keeps_nobody_waiting(waiting: Waiting, tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"no database at all" * 100)
    waiting.arrival = Arrival(tmp_path / "told", tmp_path / "journals", broken)

    async def ask() -> None:
        await waiting.tell()
        await asyncio.wait_for(waiting.arrival.arrived(), PATIENCE / 2)

    asyncio.run(ask())
