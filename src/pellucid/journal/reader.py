"""All journals of a directory, read in order and emptied behind the reader."""

import os
import sqlite3
from collections.abc import Mapping
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from msgspec import Struct

from pellucid.journal.imports import keep_notes
from pellucid.journal.journal import SUFFIX, open_journal, own


class Entry(Struct, frozen=True, array_like=True, gc=False):
    """One hit as it was appended: its place is (`journal`, `position`), and no other hit ever has it."""

    received: int
    journal: str
    position: int
    body: bytes


class JournalReader:
    """Reads every journal in `directory`, also those whose owner has died."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._open: dict[str, sqlite3.Connection] = {}

    def read(self, after: Mapping[str, int], received_until: int, limit: int) -> list[Entry]:
        """Return up to `limit` hits of each journal behind its position in `after`, ordered by time of receipt.

        Hits received later than `received_until` (milliseconds) stay for the next time, and so does everything behind
        them in the same journal: another journal may still bring an earlier hit.
        """
        self._find()
        entries: list[Entry] = []
        for journal, connection in self._open.items():
            rows = connection.execute(
                "select received, position, body from hit where position > ? order by position limit ?",
                (after.get(journal, 0), limit),
            )
            for received, position, body in rows:
                if received > received_until:
                    break
                entries.append(Entry(received, journal, position, body))
        entries.sort(key=lambda entry: entry.received)
        return entries

    def forget(self, until: Mapping[str, int]) -> list[str]:
        """Delete the hits up to these positions; return the journals that are gone, owner and file."""
        gone = []
        for journal, connection in list(self._open.items()):
            # What is on disk twice for a moment harms nobody, so this need not wait for the disk.
            with suppress(sqlite3.OperationalError):
                connection.execute("delete from hit where position <= ?", (until.get(journal, 0),))
                if self._abandoned(journal, connection):
                    gone.append(journal)
        self._sweep()
        return gone

    def _sweep(self) -> None:
        """Delete what is left beside a journal that is gone: whoever opened it at that moment has made it anew."""
        for kind in ("-wal", "-shm"):
            for path in self._directory.glob(f"*{SUFFIX}{kind}"):
                if not path.with_name(path.name.removesuffix(kind)).exists():
                    path.unlink(missing_ok=True)

    def waiting(self, after: Mapping[str, int]) -> int:
        """Return how many hits are behind these positions."""
        self._find()
        count = "select count(*) from hit where position > ?"
        return sum(
            connection.execute(count, (after.get(journal, 0),)).fetchone()[0]
            for journal, connection in self._open.items()
        )

    def close(self) -> None:
        """Close every file."""
        for connection in self._open.values():
            connection.close()
        self._open.clear()

    def _find(self) -> None:
        for path in self._directory.glob(f"*{SUFFIX}"):
            if path.stem not in self._open:
                # A file that its owner has only begun has no table yet.
                with suppress(sqlite3.OperationalError), ExitStack() as begun:
                    connection = begun.enter_context(closing(open_journal(path)))
                    connection.execute("pragma synchronous = normal")
                    connection.execute("select 1 from hit limit 1")
                    self._open[path.stem] = connection
                    begun.pop_all()

    def _abandoned(self, journal: str, connection: sqlite3.Connection) -> bool:
        path = self._directory / f"{journal}{SUFFIX}"
        try:
            lock = own(path)
        except BlockingIOError:
            return False
        try:
            if connection.execute("select 1 from hit limit 1").fetchone():
                return False
            keep_notes(self._directory, connection)
            self._open.pop(journal).close()
            for file in self._directory.glob(f"{journal}.*"):
                file.unlink(missing_ok=True)
        finally:
            os.close(lock)
        return True
