"""An ingest on real files and a real store, which can be killed after any of its steps."""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from msgspec import Struct, convert, msgpack

from pellucid.ingest import Derived, Ingest
from pellucid.journal.journal import Journal
from pellucid.journal.outbox import Outbox, Parcel
from pellucid.journal.reader import Entry, JournalReader
from pellucid.model.hit import Hit
from pellucid.model.visit import Visit
from pellucid.store.client import Store
from visit_strategies import MINUTE

FAR = 2**60
"""A time of receipt that is never reached."""
NOWHERE = "http://default:secret@127.0.0.1:9/default"
A_DAY = 1440 * MINUTE


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

    def ingest(self, fuse: Fuse | None = None, url: str = "", derived: Derived | None = None) -> Ingest:
        """A new ingest, as after a start; what the one before had open is closed, as the system does."""
        self.opened.close()
        reader = self.opened.enter_context(closing(FusedReader(self.directory / "journal")))
        outbox = self.opened.enter_context(closing(FusedOutbox(self.directory / "outbox.db")))
        store = self.opened.enter_context(closing(FusedStore(url or self.url)))
        reader.fuse = outbox.fuse = store.fuse = fuse or Fuse(-1)
        return Ingest(reader, outbox, store, derived=derived)

    def take_in(self, *hits: Hit) -> None:
        """Append the hits and move them, one after the other, by one ingest."""
        ingest = self.ingest()
        for hit in hits:
            self.append(hit)
            ingest.round(FAR)

    def end(self) -> None:
        self.opened.close()
        self.journal.close()


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
