"""Whatever an ingest is killed after, and whatever is down meanwhile: each hit is stored once."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from threading import Event as Signal
from threading import Thread

import pytest

from builders import NOON, a_hit
from pellucid.errors import StoreUnavailable
from pellucid.journal.journal import Journal
from pellucid.model.hit import Hit
from pellucid.store.client import Store
from unit.installation import (
    A_DAY,
    FAR,
    NOWHERE,
    Fuse,
    Installation,
    Killed,
    assert_each_is_stored_once,
    events_in,
    visits_in,
)
from visit_strategies import after

INGEST_UNTIL_KILLED = """
import sys
from pathlib import Path
from threading import Event
import pellucid.ingest
from pellucid.journal.outbox import Outbox
from pellucid.journal.reader import JournalReader
from pellucid.store.client import Store
pellucid.ingest.LARGEST_BATCH = 7
directory = Path(sys.argv[1])
reader, outbox = JournalReader(directory / "journal"), Outbox(directory / "outbox.db")
ingest = pellucid.ingest.Ingest(reader, outbox, Store(sys.argv[2]))
while ingest.round(2**60):
    print("moved", flush=True)
print("done", flush=True)
"""


def two_batches(site_id: int) -> tuple[list[Hit], list[Hit]]:
    """Hits of two visitors in two months; the second batch goes on with the visits of the first."""
    november = [a_hit(site_id=site_id, visitor_id=1 + number % 2, time=NOON + number) for number in range(4)]
    december = [
        a_hit(site_id=site_id, visitor_id=1 + number % 2, day=20426, time=NOON + 10 * A_DAY + number)
        for number in range(4)
    ]
    return november[:3] + december[:2], november[3:] + december[2:]


def test_whatever_step_it_is_killed_after_each_hit_is_stored_once(
    tmp_path: Path,
    store: Store,
    store_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pellucid.ingest.SECONDS_BETWEEN_CLEANINGS", -1.0)
    for steps in count():
        directory = tmp_path / str(steps)
        installation = Installation(directory, store_url, Journal(directory / "journal", 1 << 30), ExitStack())
        batches = two_batches(site_id=steps + 1)
        killed = False
        ingest = installation.ingest(Fuse(steps))
        for batch in batches:
            installation.append(*batch)
            try:
                ingest.round(FAR)
            except Killed:
                killed = True
                ingest = installation.ingest()
                ingest.round(FAR)
        ingest = installation.ingest()
        while ingest.round(FAR):
            pass
        installation.end()

        assert_each_is_stored_once(store, [*batches[0], *batches[1]], site_id=steps + 1)
        assert len(visits_in(store, steps + 1)) == 4, f"killed after step {steps}"
        if not killed:
            break
    assert steps > 20, "two batches have that many steps"


def test_what_was_counted_but_could_not_be_kept_is_not_counted_twice(installation: Installation, store: Store) -> None:
    fuse = Fuse(-1)
    ingest = installation.ingest(fuse)
    installation.append(after(0))
    ingest.round(FAR)
    installation.append(after(1))
    fuse.left = 1
    with pytest.raises(Killed):
        ingest.round(FAR)

    fuse.left = -1
    ingest.round(FAR)

    assert_each_is_stored_once(store, [after(0), after(1)])


def test_killed_again_and_again_each_hit_is_stored_once(installation: Installation, store: Store) -> None:
    hits = [a_hit(visitor_id=number % 5, time=NOON + number) for number in range(140)]
    installation.append(*hits)
    command = [sys.executable, "-c", INGEST_UNTIL_KILLED, installation.directory, installation.url]

    for rounds in count(1):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as ingesting:
            assert ingesting.stdout is not None
            told = [ingesting.stdout.readline() for _ in range(rounds)]
            os.kill(ingesting.pid, signal.SIGKILL)
        if b"done\n" in told:
            break

    assert_each_is_stored_once(store, hits)
    assert len(visits_in(store)) == 5


def test_while_the_engine_is_down_hits_wait(installation: Installation, store: Store) -> None:
    hits = [after(0), after(1), after(60)]
    installation.append(*hits)
    ingest = installation.ingest(url=NOWHERE)

    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            ingest.round(FAR)

    ingest = installation.ingest()
    while ingest.round(FAR):
        pass
    assert_each_is_stored_once(store, hits)


def test_rows_in_the_outbox_outlast_an_engine_that_goes_down(installation: Installation, store: Store) -> None:
    installation.append(after(0))
    with pytest.raises(Killed):
        installation.ingest(Fuse(3)).round(FAR)
    with pytest.raises(StoreUnavailable):
        installation.ingest(url=NOWHERE).round(FAR)

    installation.ingest().round(FAR)

    assert_each_is_stored_once(store, [after(0)])


def test_told_to_end_while_the_engine_is_down_it_ends(installation: Installation, store: Store) -> None:
    installation.append(after(0))
    ending = Signal()
    ending.set()

    installation.ingest(url=NOWHERE).run(ending)

    installation.ingest().run(ending)
    assert_each_is_stored_once(store, [after(0)])


def test_it_works_until_told_to_end_and_then_moves_what_is_left(installation: Installation, store: Store) -> None:
    ending = Signal()
    running = Thread(target=installation.ingest().run, args=(ending,))
    running.start()
    installation.append(after(0))
    while not events_in(store):
        running.join(0.05)
    installation.append(after(1))
    ending.set()
    running.join()

    assert_each_is_stored_once(store, [after(0), after(1)])
