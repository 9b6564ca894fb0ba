"""An access log as a file: decompressed, in complete lines, and known again wherever it lies.

A log is known by what was read of it, up to 64 KB from its beginning: the length of that, and its hash. So it is the
same log when it was renamed, compressed or has grown. While a small one grows, each length it was read to is a name of
it; the furthest position under any of its names is how far it was read. A last line without an end is still being
written, and waits; what was compressed is whole, and its last line counts.
"""

import bz2
import gzip
import lzma
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from io import BufferedReader
from itertools import chain
from pathlib import Path
from typing import Protocol

from pellucid.errors import RequestError

STANDARD_INPUT = Path("-")
KNOWN_BY = 64 * 1024
LONGEST_LINE = 64 * 1024

_BLOCK = 1024 * 1024
_HEADING = b"\n#Fields:"
_GZIP = b"\x1f\x8b"
_BZIP2 = b"BZh"
_XZ = b"\xfd7zXZ\x00"


class Readable(Protocol):
    """What bytes come from, compressed or not."""

    def read(self, size: int, /) -> bytes:
        """Return so many bytes, or fewer; none at the end."""


class LogFile:
    """One log, open where reading goes on: behind what `notes`, of names and positions, says was read for a site."""

    def __init__(self, path: Path, raw: BufferedReader, site_id: int, notes: Mapping[str, int]) -> None:
        self.path = path
        self._raw = raw
        self._site_id = site_id
        self._stream = _decompressed(raw)
        self._is_whole = self._stream is not raw
        self.unfinished = False
        with self._told():
            self._beginning = _whole(self._stream, KNOWN_BY)
            self.position = self._reached(notes)
            self._left = self._beginning[self.position :]
            passed_over = _pieces(self._stream, self.position - len(self._beginning))
            self.heading = _last_heading(chain([self._beginning[: self.position]], passed_over))
            """The last line before that says what the lines behind it hold; empty if there is none."""

    @property
    def size(self) -> int | None:
        """How many bytes there are on disk, if that is known."""
        return None if self.path == STANDARD_INPUT else os.fstat(self._raw.fileno()).st_size

    @property
    def taken(self) -> int:
        """How many of the bytes on disk have been read."""
        return self.position if self.path == STANDARD_INPUT else self._raw.tell()

    def lines(self) -> Iterator[bytes]:
        """Yield each complete line; `position` is then behind it. One that is too long comes as an empty one."""
        tail, dropped = b"", 0
        while block := self._next():
            *lines, tail = (tail + block).split(b"\n")
            for line in lines:
                self.position += dropped + len(line) + 1
                yield b"" if dropped or len(line) > LONGEST_LINE else line
                dropped = 0
            if len(tail) > LONGEST_LINE:
                tail, dropped = b"", dropped + len(tail)
        if self._is_whole and (tail or dropped):
            self.position += dropped + len(tail)
            yield b"" if dropped else tail
        else:
            self.unfinished = bool(tail or dropped)

    def note(self) -> tuple[str, int]:
        """Return the name of the log as far as it was read, and how far that is."""
        length = min(self.position, len(self._beginning))
        return _name(self._site_id, length, sha256(self._beginning[:length]).hexdigest()), self.position

    def _reached(self, notes: Mapping[str, int]) -> int:
        names = (name.split(":") for name in notes)
        lengths = {int(length) for site, length, _ in names if int(site) == self._site_id}
        reached, hashed, to = 0, sha256(), 0
        for length in sorted(length for length in lengths if length <= len(self._beginning)):
            hashed.update(self._beginning[to:length])
            to = length
            reached = max(reached, notes.get(_name(self._site_id, length, hashed.hexdigest()), 0))
        return reached

    def _next(self) -> bytes:
        left, self._left = self._left, b""
        if left:
            return left
        with self._told():
            block = self._stream.read(_BLOCK)
        # A log that was short when it was opened may have grown.
        self._beginning += block[: KNOWN_BY - len(self._beginning)]
        return block

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, OSError, lzma.LZMAError, zlib.error) as error:
            raise RequestError(
                f"{self.path} can not be read any further ({error}); no more of it is imported than is told here.",
            ) from error


@contextmanager
def open_log(path: Path, site_id: int, notes: Mapping[str, int]) -> Iterator[LogFile]:
    """Give a log, plain or compressed; `-` is standard input."""
    if path == STANDARD_INPUT:
        with open(0, "rb", closefd=False) as raw:
            yield LogFile(path, raw, site_id, notes)
        return
    try:
        raw = path.open("rb")
    except OSError as error:
        raise RequestError(f"{path} can not be opened: {error.strerror}.") from error
    with raw:
        yield LogFile(path, raw, site_id, notes)


def _decompressed(raw: BufferedReader) -> Readable:
    beginning = raw.peek(len(_XZ))
    if beginning.startswith(_GZIP):
        return gzip.open(raw)
    if beginning.startswith(_XZ):
        return lzma.open(raw)
    return bz2.open(raw) if beginning.startswith(_BZIP2) else raw


def _whole(stream: Readable, size: int) -> bytes:
    """Return so many bytes, or all there are: a pipe gives them in pieces."""
    read = b""
    while len(read) < size and (piece := stream.read(size - len(read))):
        read += piece
    return read


def _pieces(stream: Readable, count: int) -> Iterator[bytes]:
    """Yield the next so many bytes."""
    while count > 0 and (piece := stream.read(min(count, _BLOCK))):
        count -= len(piece)
        yield piece


def _last_heading(pieces: Iterable[bytes]) -> bytes:
    """Return the last line that begins as those of W3C's extended format do that name the fields."""
    heading, tail = b"", b"\n"
    for piece in pieces:
        text = tail + piece
        begins = text.rfind(_HEADING)
        ends = text.find(b"\n", begins + 1)
        if begins >= 0 and ends >= 0:
            heading = text[begins + 1 : ends]
        # A line that goes on in the next piece, if it is not longer than any that is read.
        tail = text[text.rfind(b"\n") :][:LONGEST_LINE]
    return heading


def _name(site_id: int, length: int, hashed: str) -> str:
    return f"{site_id}:{length}:{hashed}"
