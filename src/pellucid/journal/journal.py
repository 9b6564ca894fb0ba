"""Hits on disk before they are answered: an append-only SQLite file, owned by one process.

All hits that wait are written in one transaction; the next begins when the last has ended, so there is no fixed
window, and a lone hit waits for nobody (https://www.sqlite.org/wal.html, `synchronous=FULL`: a commit is on disk).

The writing thread and the thread that takes hits meet as seldom as can be: each time they hand over the interpreter
costs as much as a hit. So nothing is locked, and many rows are one statement.
"""

import asyncio
import fcntl
import os
import secrets
import sqlite3
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic

from msgspec import Struct

from pellucid.errors import ConfigurationError, JournalUnavailable

SUFFIX = ".journal"
_SCHEMA = """
create table if not exists hit (
    position integer primary key autoincrement,
    received integer not null,
    body blob not null
)
"""
NOTES = """
create table if not exists note (
    key text primary key,
    value integer not null
)
"""
WRITE_NOTE = """
insert into note values (?, ?)
on conflict do update set value = max(value, excluded.value)
"""
_BYTES_USED = """
select (page_count - freelist_count) * page_size
from pragma_page_count, pragma_freelist_count, pragma_page_size
"""
_TOUCH = "pragma user_version = 0"
"""Writes, though it changes nothing."""
_SECONDS_BETWEEN_MEASUREMENTS = 1.0
_SECONDS_BETWEEN_TRIES = 1.0
_ROWS_A_STATEMENT = 100
_PRIMARY_CODE = 0xFF
_ADVICE = {
    sqlite3.SQLITE_FULL: "make room on this disk",
    sqlite3.SQLITE_IOERR: "make room on this disk, or look whether it is broken",
    sqlite3.SQLITE_BUSY: "end the other program that has this file open",
    sqlite3.SQLITE_READONLY: "let the account the server runs as write there",
    sqlite3.SQLITE_CANTOPEN: "let the account the server runs as write there",
}


Note = tuple[str, int]
"""A name, and a number that only grows: how far something has come whose hits are in this journal."""


class _Waiting(Struct):
    rows: Sequence[tuple[int, bytes]]
    notes: Sequence[Note]
    loop: asyncio.AbstractEventLoop
    written: asyncio.Future[None]


class Journal:
    """The journal of this process: a new file in `directory`, at most `limit` bytes of waiting hits.

    `trouble` says why hits can not be written, and is empty while they can.
    """

    def __init__(self, directory: Path, limit: int) -> None:
        self.id = secrets.token_hex(8)
        self.trouble = ""
        self._path = directory / f"{self.id}{SUFFIX}"
        self._limit = limit
        self._measured = 0.0
        self._full = False
        self._waiting: deque[_Waiting] = deque()
        self._closing = False
        self._calls: SimpleQueue[None] = SimpleQueue()
        try:
            directory.mkdir(parents=True, exist_ok=True)
            # Held while this process lives: whoever gets it knows that the owner is gone.
            self._ownership = own(self._path)
            self._connection = open_journal(self._path, create=True)
        except (OSError, sqlite3.Error) as error:
            raise ConfigurationError(
                f"No journal can be begun in {directory} ({error}): the account the server runs as has to be able to "
                "write there, and the disk has to have room.",
            ) from error
        self._thread = Thread(target=self._write, name="journal", daemon=True)
        self._thread.start()

    async def append(self, rows: Sequence[tuple[int, bytes]], *notes: Note) -> None:
        """Return when these hits (time of receipt, encoded) are on disk, or raise `JournalUnavailable`.

        Notes are on disk with the hits, or not at all.
        """
        if self._closing:
            raise JournalUnavailable("The server is ending; send this hit again.")
        loop = asyncio.get_running_loop()
        waiting = _Waiting(rows, notes, loop, loop.create_future())
        self._waiting.append(waiting)
        if len(self._waiting) == 1:
            # Whoever waits already has called.
            self._calls.put(None)
        await waiting.written

    def close(self) -> None:
        """Write what waits, and give the file up for adoption; to be called by the thread that appends."""
        self._closing = True
        self._calls.put(None)
        self._thread.join()
        self._connection.close()
        os.close(self._ownership)

    def _write(self) -> None:
        while True:
            batch = self._next()
            if not batch and self._closing:
                return
            error = self._commit(
                [row for waiting in batch for row in waiting.rows],
                [note for waiting in batch for note in waiting.notes],
            )
            self.trouble = str(error) if error else ""
            for loop in {waiting.loop for waiting in batch}:
                # A loop that has ended has nobody who waits.
                with suppress(RuntimeError):
                    loop.call_soon_threadsafe(_answer, [one.written for one in batch if one.loop is loop], error)

    def _next(self) -> list[_Waiting]:
        """Return all that waits; in trouble nothing after a while, for whoever sends no hits while there is trouble."""
        while not self._waiting and not self._closing:
            try:
                self._calls.get(timeout=_SECONDS_BETWEEN_TRIES if self.trouble else None)
            except Empty:
                break
        return [self._waiting.popleft() for _ in range(len(self._waiting))]

    def _commit(self, rows: Sequence[tuple[int, bytes]], notes: Sequence[Note]) -> JournalUnavailable | None:
        try:
            if self._is_full():
                return JournalUnavailable(
                    f"The journal has reached its limit of {self._limit} bytes: is ingest running?"
                )
            with self._connection:
                self._connection.execute("begin immediate")
                for some in _parts(rows):
                    self._connection.execute(_insert(len(some)), [value for row in some for value in row])
                if notes:
                    self._connection.executemany(WRITE_NOTE, notes)
                if not rows:
                    self._connection.execute(_TOUCH)
        except sqlite3.Error as error:
            advice = _ADVICE.get(getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE, "look at this file")
            return JournalUnavailable(
                f"Hits can not be written to the journal in {self._path.parent} ({error}): {advice}."
            )
        return None

    def _is_full(self) -> bool:
        now = monotonic()
        if self._full or now - self._measured > _SECONDS_BETWEEN_MEASUREMENTS:
            self._measured = now
            self._full = self._connection.execute(_BYTES_USED).fetchone()[0] > self._limit
        return self._full


def _parts(rows: Sequence[tuple[int, bytes]]) -> Iterator[Sequence[tuple[int, bytes]]]:
    return (rows[start : start + _ROWS_A_STATEMENT] for start in range(0, len(rows), _ROWS_A_STATEMENT))


@cache
def _insert(number: int) -> str:
    """Return the statement that writes a number of rows, at most `_ROWS_A_STATEMENT`."""
    return f"insert into hit (received, body) values {', '.join(['(?, ?)'] * number)}"


def open_journal(path: Path, *, create: bool = False) -> sqlite3.Connection:
    """Return a connection to a journal's file that any thread may use, one at a time."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}",
        uri=True,
        timeout=5,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("pragma synchronous = full")
    if create:
        # A file stays in this mode; whoever opens it later and set it too could keep its owner from beginning it.
        connection.execute("pragma journal_mode = wal")
        connection.execute(_SCHEMA)
        connection.execute(NOTES)
    return connection


def own(path: Path) -> int:
    """Return the descriptor that holds the lock of a journal's owner, or raise `BlockingIOError` if another has it."""
    descriptor = os.open(path.with_suffix(".owner"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise
    return descriptor


def _answer(futures: list[asyncio.Future[None]], error: JournalUnavailable | None) -> None:
    for future in futures:
        if future.done():
            continue
        if error:
            future.set_exception(error)
        else:
            future.set_result(None)
