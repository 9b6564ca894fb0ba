"""Notes that outlive the journals they were written in: how far each access log has been imported.

An importer writes its notes with its hits, in one transaction (`Journal.append`). Before a journal is deleted, its
notes are copied to a file beside the journals. So a note is in a journal, in the file, or in both, whenever the power
goes; of several with one name the largest counts.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pellucid.errors import ConfigurationError, JournalUnavailable
from pellucid.journal.journal import NOTES, SUFFIX, WRITE_NOTE, Note, open_journal, own

FILE = "imports.db"

_READ = "select key, value from note"
_HAS_NOTES = "select 1 from sqlite_master where name = 'note'"


@contextmanager
def alone_importing(directory: Path) -> Iterator[None]:
    """Keep other imports away for as long as this lasts: they would read the same lines."""
    directory.mkdir(parents=True, exist_ok=True)
    try:
        ownership = own(directory / FILE)
    except BlockingIOError:
        raise ConfigurationError("Another import is running; begin this one when it has ended.") from None
    try:
        yield
    finally:
        os.close(ownership)


def notes(directory: Path) -> dict[str, int]:
    """Return all notes of the journals in a directory, and of those that were deleted."""
    found: dict[str, int] = {}
    try:
        for path in directory.glob(f"*{SUFFIX}"):
            _gather(found, _notes_of(path))
        # Last: a journal that was deleted meanwhile has left its notes here before.
        if (directory / FILE).exists():
            with closing(_open(directory)) as kept:
                _gather(found, kept.execute(_READ).fetchall())
    except sqlite3.Error as error:
        raise JournalUnavailable(f"What was imported before can not be read in {directory}: {error}.") from error
    return found


def was_imported(directory: Path, site_id: int) -> bool:
    """Return whether access logs have been imported into a site; their notes begin with its number."""
    return any(name.partition(":")[0] == str(site_id) for name in notes(directory))


def keep_notes(directory: Path, journal: sqlite3.Connection) -> None:
    """Copy the notes of a journal, so that it may be deleted."""
    rows = _read(journal)
    if rows:
        with closing(_open(directory)) as kept, kept:
            kept.execute("begin immediate")
            kept.executemany(WRITE_NOTE, rows)


def _notes_of(path: Path) -> list[Note]:
    try:
        with closing(open_journal(path)) as journal:
            return _read(journal)
    except sqlite3.OperationalError:
        if path.exists():
            raise
        return []


def _read(journal: sqlite3.Connection) -> list[Note]:
    # A journal of an earlier version, or one that is only begun, has no notes.
    if not journal.execute(_HAS_NOTES).fetchone():
        return []
    return journal.execute(_READ).fetchall()


def _open(directory: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(directory / FILE, timeout=10, isolation_level=None)
    connection.execute("pragma synchronous = full")
    connection.execute(NOTES)
    return connection


def _gather(found: dict[str, int], rows: list[Note]) -> None:
    for key, value in rows:
        found[key] = max(value, found.get(key, 0))
