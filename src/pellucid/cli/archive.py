"""The file of a backup: what it holds, and how one is told that is whole.

A compressed tar archive. First comes what it was made of (`backup.json`), then the registry, the hits that were waiting
as a journal, and the store's rows, a piece a file; last comes how many rows there are (`end.json`). One that breaks off
has no end, and is not restored.
"""

import io
import os
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from msgspec import DecodeError, Struct, json

from pellucid import __version__
from pellucid.errors import ConfigurationError
from pellucid.store.dump import Piece
from pellucid.store.schema import TABLES, columns

BEGINNING, END = "backup.json", "end.json"
REGISTRY = "registry.db"
JOURNALS = "journal/"

_COMPRESSION = 3
"""Of 9: rows compress well, and a backup should not take all night."""


class Beginning(Struct, frozen=True):
    """What a backup was made of: the version, when, and the columns of each table in order."""

    version: str
    made: datetime
    columns: Mapping[str, list[str]]


def beginning(made: datetime) -> Beginning:
    """Return the beginning of a backup by this version."""
    return Beginning(__version__, made, {table: list(columns(rows)) for table, rows in TABLES.items()})


class Archive:
    """A backup being written."""

    def __init__(self, tar: tarfile.TarFile, made: datetime) -> None:
        self._tar = tar
        self._made = made
        self.rows = dict.fromkeys(TABLES, 0)
        self.add(BEGINNING, json.encode(beginning(made)))

    def add(self, name: str, content: bytes) -> None:
        """Add a file of some content."""
        self._tar.addfile(self._described(name, len(content)), io.BytesIO(content))

    def add_file(self, name: str, path: Path) -> None:
        """Add a copy of a file."""
        with path.open("rb") as file:
            self._tar.addfile(self._described(name, path.stat().st_size), file)

    def add_piece(self, piece: Piece) -> None:
        """Add rows of the store."""
        self.add(piece.name, piece.lines)
        self.rows[piece.table] += piece.rows

    def end(self) -> None:
        """Say that all is there."""
        self.add(END, json.encode(self.rows))

    def _described(self, name: str, size: int) -> tarfile.TarInfo:
        described = tarfile.TarInfo(name)
        described.size, described.mode, described.mtime = size, 0o600, int(self._made.timestamp())
        return described


@contextmanager
def new_archive(path: Path, made: datetime) -> Iterator[Archive]:
    """Give an archive to fill; it has its name when it is whole and on disk."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=_COMPRESSION) as tar:
                archive = Archive(tar, made)
                yield archive
                archive.end()
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


def check(path: Path) -> None:
    """Raise `ConfigurationError` if a file does not begin as a backup of this version does."""
    next(entries(path))


def entries(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each file of a backup but its beginning and end, which have to be right."""
    try:
        with tarfile.open(path, "r:gz") as tar:
            names = iter(tar)
            _check(path, _content(tar, next(names)))
            found = dict.fromkeys(TABLES, 0)
            for member in names:
                content = _content(tar, member)
                if member.name == END:
                    if json.decode(content) == found:
                        return
                    break
                table = member.name.partition("/")[0]
                if table in found:
                    found[table] += content.count(b"\n") + 1
                yield member.name, content
    except (EOFError, OSError, StopIteration, tarfile.TarError, DecodeError) as error:
        raise ConfigurationError(f"{path} is no backup that can be read: {error}") from error
    raise ConfigurationError(f"{path} breaks off: it is not whole.")


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    return file.read() if file else b""


def _check(path: Path, content: bytes) -> None:
    made = json.decode(content, type=Beginning)
    if made.columns != beginning(datetime.now(UTC)).columns:
        raise ConfigurationError(
            f"{path} was made by version {made.version}, whose tables are not those of {__version__}: restore it with "
            "that version, and upgrade then.",
        )
