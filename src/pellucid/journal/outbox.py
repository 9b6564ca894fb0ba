"""What is on its way to the store: finished rows under numbers that never repeat, and how far journals are read.

Both change in one transaction, so a hit is either still to be read or its rows are here, whenever we are killed.
What is here is inserted exactly as it is, under a token made of the outbox's id and the batch's number; the store
knows a token again. So nothing is computed twice, and nothing is lost or doubled.
"""

import os
import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from pellucid.errors import ConfigurationError
from pellucid.journal.journal import own

_SCHEMA = """
create table if not exists identity (id text not null);
create table if not exists progress (journal text primary key, position integer not null);
create table if not exists batch (number integer primary key autoincrement);
create table if not exists part (
    batch integer not null,
    target text not null,
    month integer not null,
    lines blob not null,
    primary key (batch, target, month)
);
"""


class Part(Struct, frozen=True):
    """Rows of one table and one month: a JSON array of a row's fields a line."""

    target: str
    month: int
    lines: bytes


class Parcel(Struct, frozen=True):
    """A part that the store has not confirmed, and the token to insert it under."""

    batch: int
    token: str
    part: Part


class Outbox:
    """The outbox in a file of its own; for one process, and one thread of it. Two would count every hit twice."""

    def __init__(self, path: Path) -> None:
        try:
            self._ownership = own(path)
        except BlockingIOError:
            raise ConfigurationError(f"The outbox {path} is in use: another ingest runs on the same data.") from None
        self._connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
        self._connection.execute("pragma journal_mode = wal")
        self._connection.execute("pragma synchronous = full")
        self._connection.executescript(_SCHEMA)
        if not self._connection.execute("select 1 from identity").fetchone():
            self._connection.execute("insert into identity values (?)", (secrets.token_hex(8),))
        self._id: str = self._connection.execute("select id from identity").fetchone()[0]

    def progress(self) -> dict[str, int]:
        """Return the last position read of every journal."""
        return dict(self._connection.execute("select journal, position from progress"))

    def add(self, progress: Mapping[str, int], parts: Sequence[Part]) -> None:
        """Keep the rows made of the hits up to these positions: all of it, or nothing."""
        with self._connection:
            self._connection.execute("begin immediate")
            number = self._connection.execute("insert into batch default values").lastrowid
            self._connection.executemany(
                "insert into part values (?, ?, ?, ?)",
                [(number, part.target, part.month, part.lines) for part in parts],
            )
            self._connection.executemany(
                "insert into progress values (?, ?) on conflict do update set position = excluded.position",
                list(progress.items()),
            )

    def parcels(self) -> list[Parcel]:
        """Return what the store has not confirmed, in the order it was added."""
        rows = self._connection.execute("select batch, target, month, lines from part order by batch, target, month")
        return [
            Parcel(batch, f"{self._id}:{batch}:{target}:{month}", Part(target, month, lines))
            for batch, target, month, lines in rows
        ]

    def sent(self, parcel: Parcel) -> None:
        """Forget a part that the store has."""
        with self._connection:
            self._connection.execute("begin immediate")
            self._connection.execute(
                "delete from part where batch = ? and target = ? and month = ?",
                (parcel.batch, parcel.part.target, parcel.part.month),
            )
            self._connection.execute(
                "delete from batch where number = ? and not exists (select 1 from part where batch = ?)",
                (parcel.batch, parcel.batch),
            )

    def forget(self, journals: Sequence[str]) -> None:
        """Forget journals whose files are gone."""
        self._connection.executemany("delete from progress where journal = ?", [(journal,) for journal in journals])

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
        os.close(self._ownership)
