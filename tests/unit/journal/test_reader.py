import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pellucid.journal.journal import Journal
from pellucid.journal.reader import Entry, JournalReader

FAR = 2**60
"""A time of receipt that is never reached."""
ROOM = 1 << 30

APPEND_AND_LIVE_ON = """
import asyncio, sys
from pathlib import Path
from pellucid.journal.journal import Journal
journal = Journal(Path(sys.argv[1]), 1 << 30)
asyncio.run(journal.append([(1, b"of a process that dies")]))
print(journal.id, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[JournalReader]:
    with closing(JournalReader(tmp_path)) as reader:
        yield reader


@pytest.fixture
def journals(tmp_path: Path) -> Iterator[tuple[Journal, Journal]]:
    with closing(Journal(tmp_path, ROOM)) as one, closing(Journal(tmp_path, ROOM)) as other:
        yield one, other


def append(journal: Journal, *hits: tuple[int, bytes]) -> None:
    asyncio.run(journal.append(hits))


def bodies(entries: list[Entry]) -> list[bytes]:
    return [entry.body for entry in entries]


def files(directory: Path, journal: str) -> list[Path]:
    return list(directory.glob(f"{journal}*"))


def test_journals_are_merged_by_time_of_receipt(journals: tuple[Journal, Journal], reader: JournalReader) -> None:
    one, other = journals
    append(one, (1, b"a"), (3, b"c"), (5, b"e"))
    append(other, (2, b"b"), (4, b"d"))

    entries = reader.read({}, FAR, 100)

    assert bodies(entries) == [b"a", b"b", b"c", b"d", b"e"]


def test_hits_received_too_lately_wait_with_all_behind_them(
    journals: tuple[Journal, Journal],
    reader: JournalReader,
) -> None:
    one, other = journals
    # The clock of `one` was set back after b: c must not overtake it, or its position would cover b.
    append(one, (1, b"a"), (9, b"b"), (2, b"c"))
    append(other, (3, b"d"))

    early, later = reader.read({}, 5, 100), reader.read({one.id: 1, other.id: 1}, 9, 100)

    assert bodies(early) == [b"a", b"d"]
    assert bodies(later) == [b"c", b"b"]


def test_what_was_read_does_not_come_again(journals: tuple[Journal, Journal], reader: JournalReader) -> None:
    one, _ = journals
    append(one, *((number, b"%d" % number) for number in range(10)))

    first = reader.read({}, FAR, 4)
    second = reader.read({one.id: first[-1].position}, FAR, 100)

    assert bodies(first + second) == [b"%d" % number for number in range(10)]


def test_a_journal_that_begins_later_is_found(tmp_path: Path, reader: JournalReader) -> None:
    assert reader.read({}, FAR, 100) == []

    with closing(Journal(tmp_path, ROOM)) as journal:
        append(journal, (1, b"a"))

        assert bodies(reader.read({}, FAR, 100)) == [b"a"]


def test_a_file_that_is_only_begun_is_left_alone(tmp_path: Path, reader: JournalReader) -> None:
    (tmp_path / "begun.journal").touch()

    assert reader.read({}, FAR, 100) == []
    assert (tmp_path / "begun.journal").exists()


def test_how_many_hits_wait_is_known(journals: tuple[Journal, Journal], reader: JournalReader) -> None:
    one, other = journals
    append(one, (1, b"a"), (2, b"b"))
    append(other, (3, b"c"))

    assert reader.waiting({one.id: 1}) == 2


def test_the_journal_of_a_living_owner_is_never_taken_away(tmp_path: Path, reader: JournalReader) -> None:
    with closing(Journal(tmp_path, ROOM)) as journal:
        append(journal, (1, b"a"))
        read = reader.read({}, FAR, 100)

        gone = reader.forget({journal.id: read[-1].position})

        assert gone == []
        assert reader.waiting({}) == 0
        append(journal, (2, b"b"))
        assert bodies(reader.read({}, FAR, 100)) == [b"b"]


def test_the_journal_of_a_killed_owner_is_read_to_its_end_and_taken_away(tmp_path: Path, reader: JournalReader) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", APPEND_AND_LIVE_ON, tmp_path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as owner:
        assert owner.stdout is not None
        journal = owner.stdout.readline().strip()
        os.kill(owner.pid, signal.SIGKILL)
    assert reader.read({}, FAR, 100) == [Entry(1, journal, 1, b"of a process that dies")]

    assert reader.forget({}) == [], "its hit was not moved yet"
    assert files(tmp_path, journal) != []
    assert reader.forget({journal: 1}) == [journal]

    assert files(tmp_path, journal) == []
    assert reader.read({}, FAR, 100) == []


def test_a_journal_that_was_closed_is_taken_away_when_it_is_empty(tmp_path: Path, reader: JournalReader) -> None:
    journal = Journal(tmp_path, ROOM)
    append(journal, (1, b"a"))
    journal.close()
    read = reader.read({}, FAR, 100)

    assert reader.forget({journal.id: read[-1].position}) == [journal.id]
    assert list(tmp_path.iterdir()) == []


def test_what_is_forgotten_gives_its_room_back(tmp_path: Path, reader: JournalReader) -> None:
    with closing(Journal(tmp_path, ROOM)) as journal:
        for _ in range(20):
            append(journal, *((1, bytes(1000)) for _ in range(500)))
            reader.forget({journal.id: reader.read({}, FAR, 1000)[-1].position})

        size = sum(file.stat().st_size for file in files(tmp_path, journal.id))

    assert size < 10_000_000, "20 times 500 kB went through"


def test_what_is_left_beside_a_journal_that_is_gone_is_deleted_and_nothing_else(
    tmp_path: Path, reader: JournalReader
) -> None:
    left = [tmp_path / f"gone.journal-{kind}" for kind in ("wal", "shm")]
    for path in left:
        path.touch()
    with closing(Journal(tmp_path, 1 << 20)) as journal:
        asyncio.run(journal.append([(1, b"a hit")]))
        beside = {path.name for path in tmp_path.glob(f"{journal.id}.journal-*")}
        assert reader.read({}, 2, 1)

        reader.forget({})

        assert not any(path.exists() for path in left)
        assert beside == {path.name for path in tmp_path.glob(f"{journal.id}.journal-*")} != set()


def test_who_reads_a_file_leaves_it_in_the_mode_that_its_owner_gives_it(tmp_path: Path, reader: JournalReader) -> None:
    with closing(sqlite3.connect(tmp_path / "begun.journal")) as begun:
        begun.execute("create table hit (position integer primary key, received integer, body blob)")
        begun.commit()

        reader.read({}, 1, 1)

        assert begun.execute("pragma journal_mode").fetchone() == ("delete",)
