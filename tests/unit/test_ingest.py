import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import date
from itertools import count
from pathlib import Path
from threading import Event as Signal
from threading import Thread

import pytest
from msgspec import Struct, convert, msgpack

from builders import DAY, NOON, a_hit
from pellucid.errors import StoreUnavailable
from pellucid.ingest import Ingest
from pellucid.journal.journal import Journal
from pellucid.journal.outbox import Outbox, Parcel
from pellucid.journal.reader import Entry, JournalReader
from pellucid.model.hit import Hit, HitKind
from pellucid.model.visit import Visit
from pellucid.store.client import Store
from pellucid.store.visits import visits_between
from visit_strategies import MINUTE, after

FAR = 2**60
"""A time of receipt that is never reached."""
NOWHERE = "http://default:secret@127.0.0.1:9/default"
A_DAY = 1440 * MINUTE

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


class Killed(BaseException):
    """As if the process had ended here."""


class Fuse:
    """Lets so many steps be done; then the process is killed."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def step(self) -> None:
        if not self.left:
            raise Killed
        self.left -= 1


class FusedReader(JournalReader):
    fuse: Fuse

    def read(self, *arguments: object) -> list[Entry]:
        entries = super().read(*arguments)  # type: ignore[arg-type]
        self.fuse.step()
        return entries

    def forget(self, *arguments: object) -> list[str]:
        gone = super().forget(*arguments)  # type: ignore[arg-type]
        self.fuse.step()
        return gone


class FusedOutbox(Outbox):
    fuse: Fuse

    def add(self, *arguments: object) -> None:
        self.fuse.step()
        super().add(*arguments)  # type: ignore[arg-type]
        self.fuse.step()

    def sent(self, parcel: Parcel) -> None:
        super().sent(parcel)
        self.fuse.step()

    def forget(self, journals: Sequence[str]) -> None:
        super().forget(journals)
        self.fuse.step()


class FusedStore(Store):
    fuse: Fuse

    def insert(self, *arguments: object) -> None:
        super().insert(*arguments)  # type: ignore[arg-type]
        self.fuse.step()


class Installation(Struct):
    """A data directory with a journal, and a store; what is opened here is closed by `end`."""

    directory: Path
    url: str
    journal: Journal
    opened: ExitStack

    def append(self, *hits: Hit) -> None:
        rows = [(hit.received, msgpack.encode(hit)) for hit in hits]
        asyncio.run(self.journal.append(rows))

    def ingest(self, fuse: Fuse | None = None, url: str = "") -> Ingest:
        """A new ingest, as after a start; what the one before had open is closed, as the system does."""
        self.opened.close()
        reader = self.opened.enter_context(closing(FusedReader(self.directory / "journal")))
        outbox = self.opened.enter_context(closing(FusedOutbox(self.directory / "outbox.db")))
        store = self.opened.enter_context(closing(FusedStore(url or self.url)))
        reader.fuse = outbox.fuse = store.fuse = fuse or Fuse(-1)
        return Ingest(reader, outbox, store)

    def take_in(self, *hits: Hit) -> None:
        """Append the hits and move them, one after the other, by one ingest."""
        ingest = self.ingest()
        for hit in hits:
            self.append(hit)
            ingest.round(FAR)

    def end(self) -> None:
        self.opened.close()
        self.journal.close()


@pytest.fixture
def installation(tmp_path: Path, store_url: str) -> Iterator[Installation]:
    journal = Journal(tmp_path / "journal", 1 << 30)
    installation = Installation(tmp_path, store_url, journal, ExitStack())
    yield installation
    installation.end()


def visits_in(store: Store, site_id: int = 1) -> list[Visit]:
    """The visits of a site by time, as they are stored."""
    columns = ", ".join(Visit.__struct_fields__)
    chosen = f"select {columns} from visits final where site_id = {{site:UInt32}} order by first_time, visit_id"
    return convert(store.ask(chosen, {"site": site_id}).rows, list[Visit])


def events_in(store: Store, site_id: int = 1) -> list[tuple[object, ...]]:
    chosen = "select visit_id, event_id, time, visitor_id from events where site_id = {site:UInt32} order by time"
    return list(store.ask(chosen, {"site": site_id}).rows)


def assert_each_is_stored_once(store: Store, hits: Sequence[Hit], site_id: int = 1) -> None:
    events, visits = events_in(store, site_id), visits_in(store, site_id)
    assert sorted(str(event[2]) for event in events) == sorted(str(hit.time) for hit in hits)
    assert len({event[1] for event in events}) == len(hits)
    for visit in visits:
        times = [int(str(event[2])) for event in events if event[0] == visit.visit_id]
        assert (visit.hits, visit.first_time, visit.last_time) == (len(times), min(times), max(times))
    assert {visit.visit_id for visit in visits} == {event[0] for event in events}


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


def test_hits_of_a_batch_are_counted_in_the_order_they_happened(installation: Installation, store: Store) -> None:
    hits = [after(minutes) for minutes in (50, 0, 25)]
    installation.append(*hits)

    installation.ingest().round(FAR)

    (visit,) = visits_in(store)
    assert (visit.hits, visit.seconds) == (3, 50 * 60 + 1)


def test_a_late_hit_goes_into_the_stored_visit(installation: Installation, store: Store) -> None:
    installation.take_in(after(0), after(20))

    installation.take_in(after(10))

    (visit,) = visits_in(store)
    assert (visit.hits, visit.actions, visit.first_time, visit.last_time) == (3, 3, NOON, NOON + 20 * MINUTE)
    assert_each_is_stored_once(store, [after(0), after(10), after(20)])


def test_two_visits_within_reach_of_a_late_hit_stay_two(installation: Installation, store: Store) -> None:
    installation.take_in(after(0), after(50), after(28))

    assert [visit.hits for visit in visits_in(store)] == [1, 2]


def test_after_a_restart_a_visit_goes_on(installation: Installation, store: Store) -> None:
    for minutes in (0, 10, 20):
        installation.take_in(after(minutes))

    (visit,) = visits_in(store)
    assert (visit.hits, visit.seconds) == (3, 20 * 60 + 1)


def test_visits_are_numbered_whether_they_are_remembered_or_stored(installation: Installation, store: Store) -> None:
    days = [a_hit(day=20416 + day, time=NOON + day * A_DAY) for day in range(5)]
    installation.take_in(*days[:2])
    installation.append(*days[2:4])
    installation.ingest().round(FAR)
    installation.take_in(days[4])

    visits = visits_in(store)

    assert [visit.visit_number for visit in visits] == [1, 2, 3, 4, 5]
    assert [visit.previous_time for visit in visits] == [0, *(hit.time for hit in days[:-1])]


def test_the_same_visitor_of_another_site_is_another(installation: Installation, store: Store) -> None:
    installation.take_in(a_hit(site_id=1), a_hit(site_id=2))

    assert [len(visits_in(store, site)) for site in (1, 2)] == [1, 1]


@pytest.mark.parametrize("restarts", [False, True])
def test_a_visit_is_found_by_its_fingerprint_and_takes_the_newest_name(
    installation: Installation,
    store: Store,
    *,
    restarts: bool,
) -> None:
    hits = [after(minutes, visitor_id=name, fingerprint=5) for minutes, name in ((0, 1), (5, 2), (10, 1), (15, 3))]

    if restarts:
        for hit in hits:
            installation.take_in(hit)
    else:
        installation.take_in(*hits)

    (visit,) = visits_in(store)
    assert (visit.hits, visit.visitor_id) == (4, 3)
    assert visits_between(store, 1, [1, 2], DAY, DAY) == [], "by its earlier names it is found no more"


def test_a_ping_without_a_visit_is_nothing(installation: Installation, store: Store) -> None:
    installation.take_in(after(0, kind=HitKind.PING))

    assert events_in(store) == []
    assert visits_in(store) == []


def test_hits_of_many_months_in_one_batch_are_stored(installation: Installation, store: Store) -> None:
    first = date(2006, 1, 15)
    days = [
        (first.replace(year=2006 + month // 12, month=1 + month % 12) - date(1970, 1, 1)).days for month in range(60)
    ]
    hits = [a_hit(visitor_id=number, day=day, time=day * A_DAY) for number, day in enumerate(days)]
    installation.append(*hits)

    installation.ingest().round(FAR)

    assert len(events_in(store)) == len(visits_in(store)) == 60


def test_a_batch_of_ten_thousand_visitors_is_looked_up_and_stored(installation: Installation, store: Store) -> None:
    hits = [
        a_hit(visitor_id=2**63 + number, fingerprint=2**62 + number, time=NOON + number) for number in range(10_000)
    ]
    installation.append(*hits)

    assert installation.ingest().round(FAR) == 10_000

    assert store.ask("select count(), uniqExact(visitor_id) from visits final").rows == ((10_000, 10_000),)


def test_journals_of_those_who_died_are_taken_away_and_forgotten(
    installation: Installation,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pellucid.ingest.SECONDS_BETWEEN_CLEANINGS", -1.0)
    installation.append(after(0))
    installation.journal.close()
    ingest = installation.ingest()

    ingest.round(FAR)
    ingest.round(FAR)

    assert list((installation.directory / "journal").iterdir()) == []
    assert ingest._progress == {}
    installation.journal = Journal(installation.directory / "journal", 1 << 30)
    installation.take_in(after(1))
    assert_each_is_stored_once(store, [after(0), after(1)])


def test_what_is_remembered_of_visitors_is_bounded(
    installation: Installation,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pellucid.ingest.SECONDS_BETWEEN_CLEANINGS", -1.0)
    monkeypatch.setattr("pellucid.ingest.MOST_VISITORS_IN_MEMORY", 1)
    installation.append(after(0, visitor_id=1), after(0, visitor_id=2))
    ingest = installation.ingest()

    ingest.round(FAR)

    assert len(ingest._known) == 0
    installation.append(after(5, visitor_id=1))
    ingest.round(FAR)
    assert len(visits_in(store)) == 2
