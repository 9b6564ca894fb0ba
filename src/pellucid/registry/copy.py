"""A copy of the registry's file as it is at one moment, while others write to it."""

import sqlite3
from contextlib import closing
from pathlib import Path


def copy_registry(path: Path, to: Path) -> None:
    """Write what is in the registry's file to another (https://www.sqlite.org/backup.html)."""
    with closing(sqlite3.connect(path, timeout=10)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)
        # One file and no log beside it.
        target.execute("pragma journal_mode = delete")
