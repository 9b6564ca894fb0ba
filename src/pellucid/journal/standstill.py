"""Whose turn it is to move hits: ingest's, a round at a time, or that of a backup, for which they have to stand still.

While somebody has the turn, no hit leaves a journal and nothing enters the outbox or leaves it; hits still come in.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


class Turn:
    """A lock in a file that all who move hits share."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def tried(self) -> Iterator[bool]:
        """Give whether it is our turn, and keep it if so."""
        descriptor = self._open()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
        finally:
            os.close(descriptor)

    @contextmanager
    def awaited(self) -> Iterator[None]:
        """Wait for our turn, and keep it."""
        descriptor = self._open()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _open(self) -> int:
        return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def unsent(outbox: Path) -> int:
    """Return how many parts are in an outbox that somebody else may have open."""
    if not outbox.exists():
        return 0
    with closing(_reading(outbox)) as connection:
        return int(connection.execute("select count(*) from part").fetchone()[0])


def unsent_batches(outbox: Path) -> frozenset[int]:
    """Return the numbers of the batches of which something is in an outbox that somebody else may have open."""
    if not outbox.exists():
        return frozenset()
    with closing(_reading(outbox)) as connection:
        return frozenset(number for (number,) in connection.execute("select distinct batch from part"))


def progress(outbox: Path) -> dict[str, int]:
    """Return how far the journals are read, according to an outbox that somebody else may have open."""
    if not outbox.exists():
        return {}
    with closing(_reading(outbox)) as connection:
        return dict(connection.execute("select journal, position from progress"))


def _reading(outbox: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{outbox.absolute().as_uri()}?mode=rw", uri=True, timeout=10)
