import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from pellucid.errors import ConfigurationError, JournalUnavailable
from pellucid.journal.journal import Journal, own
from pellucid.journal.reader import JournalReader

FAR = 2**60
"""A time of receipt that is never reached."""
ROOM = 1 << 30

APPEND_UNTIL_KILLED = """
import asyncio, sys
from pathlib import Path
from pellucid.journal.journal import Journal

async def visitor(journal, name):
    for number in range(1_000_000):
        await journal.append([(number, b"%d:%d" % (name, number))])
        # An acknowledgement: written to the pipe at once, as an answer is to the socket.
        sys.stdout.buffer.write(b"%d:%d\\n" % (name, number))
        sys.stdout.buffer.flush()

async def run():
    journal = Journal(Path(sys.argv[1]), 1 << 30)
    await asyncio.gather(*(visitor(journal, name) for name in range(8)))

asyncio.run(run())
"""

FILL_THE_DISK = """
import asyncio, json, resource, sys
from pathlib import Path
from pellucid.errors import JournalUnavailable
from pellucid.journal.journal import Journal

def let_files_grow_to(size):
    # What is written beyond gives an error, as on a disk without room; Python ignores the signal.
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

async def run():
    journal = Journal(Path(sys.argv[1]), 1 << 30)
    accepted, refused = [], []
    let_files_grow_to(200_000)
    number = 0
    while len(refused) < 3:
        try:
            await journal.append([(number, b"%d:" % number + bytes(10_000))])
            accepted.append(number)
        except JournalUnavailable as error:
            refused.append(str(error))
        number += 1
    trouble = journal.trouble
    let_files_grow_to(resource.RLIM_INFINITY)
    while journal.trouble:
        await asyncio.sleep(0.05)
    await journal.append([(number, b"%d:" % number)])
    accepted.append(number)
    print(json.dumps({"accepted": accepted, "refused": refused, "trouble": trouble}))
    journal.close()

asyncio.run(run())
"""

BEGIN_AS_NOBODY = """
import os, sys
from pathlib import Path
from pellucid.errors import ConfigurationError
from pellucid.journal.journal import Journal
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    Journal(Path(sys.argv[1]), 1 << 30)
except ConfigurationError as error:
    print(error)
"""


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(Journal(tmp_path, ROOM)) as journal:
        yield journal


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[JournalReader]:
    with closing(JournalReader(tmp_path)) as reader:
        yield reader


def append(journal: Journal, *bodies: bytes) -> None:
    asyncio.run(journal.append([(number, body) for number, body in enumerate(bodies)]))


def bodies(reader: JournalReader, limit: int = 100_000) -> list[bytes]:
    return [entry.body for entry in reader.read({}, FAR, limit)]


def run(program: str, *arguments: str | Path) -> str:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def test_what_was_acknowledged_is_there_after_the_process_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", APPEND_UNTIL_KILLED, tmp_path], stdout=subprocess.PIPE) as appending:
        assert appending.stdout is not None
        acknowledged = [appending.stdout.readline().strip() for _ in range(2_000)]
        os.kill(appending.pid, signal.SIGKILL)
        acknowledged += appending.stdout.read().split()[:-1]

    with closing(JournalReader(tmp_path)) as reader:
        kept = bodies(reader)
    assert set(acknowledged) <= set(kept)
    assert len(kept) == len(set(kept))


def test_a_commit_waits_for_the_disk(journal: Journal) -> None:
    # What is left when the power fails can not be seen here; SQLite promises it for these two.
    assert journal._connection.execute("pragma synchronous").fetchone() == (2,)
    assert journal._connection.execute("pragma journal_mode").fetchone() == ("wal",)


def test_hits_that_wait_together_are_written_in_the_order_they_came(journal: Journal, reader: JournalReader) -> None:
    async def append_all() -> None:
        await asyncio.gather(*(journal.append([(1, b"%d" % number)]) for number in range(500)))

    asyncio.run(append_all())

    assert bodies(reader) == [b"%d" % number for number in range(500)]


def test_hits_of_one_append_are_written_all_or_none(journal: Journal, reader: JournalReader) -> None:
    nothing: Sequence[tuple[int, bytes]] = [(1, b"right"), (2, None)]  # type: ignore[list-item]

    with pytest.raises(JournalUnavailable):
        asyncio.run(journal.append(nothing))

    assert bodies(reader) == []


def test_positions_never_come_again_though_the_journal_was_emptied(journal: Journal, reader: JournalReader) -> None:
    append(journal, b"a", b"b")
    before = reader.read({}, FAR, 10)
    reader.forget({journal.id: before[-1].position})

    append(journal, b"c")

    (after,) = reader.read({}, FAR, 10)
    assert after.position > before[-1].position


def test_a_journal_at_its_limit_takes_no_hits_until_it_is_emptied(tmp_path: Path, reader: JournalReader) -> None:
    with closing(Journal(tmp_path, 200_000)) as journal:
        journal._measured = 0.0
        append(journal, bytes(300_000))
        journal._measured = 0.0

        with pytest.raises(JournalUnavailable, match=r"limit of 200000 bytes: is ingest running\?"):
            append(journal, b"refused")
        assert "limit" in journal.trouble
        reader.forget({journal.id: reader.read({}, FAR, 10)[-1].position})
        append(journal, b"taken")

        assert journal.trouble == ""
        assert bodies(reader) == [b"taken"]


def test_on_a_full_disk_hits_are_refused_and_none_of_those_taken_is_lost(tmp_path: Path) -> None:
    told = json.loads(run(FILL_THE_DISK, tmp_path))

    with closing(JournalReader(tmp_path)) as reader:
        kept = [int(body.partition(b":")[0]) for body in bodies(reader)]
    assert kept == told["accepted"]
    assert all("make room on this disk" in refusal for refusal in told["refused"])
    assert told["trouble"] == told["refused"][-1]


def test_a_locked_file_refuses_hits_until_it_is_free(tmp_path: Path, journal: Journal, reader: JournalReader) -> None:
    append(journal, b"before")
    journal._connection.execute("pragma busy_timeout = 10")
    with closing(sqlite3.connect(tmp_path / f"{journal.id}.journal", isolation_level=None)) as another:
        another.execute("begin immediate")
        with pytest.raises(JournalUnavailable, match="end the other program"):
            append(journal, b"refused")
        assert "locked" in journal.trouble
        another.execute("rollback")

    append(journal, b"after")

    assert journal.trouble == ""
    assert bodies(reader) == [b"before", b"after"]


def test_trouble_ends_by_itself_without_a_hit(tmp_path: Path, journal: Journal) -> None:
    # Who stops sending hits while there is trouble would otherwise wait for ever.
    journal._connection.execute("pragma busy_timeout = 10")
    with closing(sqlite3.connect(tmp_path / f"{journal.id}.journal", isolation_level=None)) as another:
        another.execute("begin immediate")
        with pytest.raises(JournalUnavailable):
            append(journal, b"refused")
        another.execute("rollback")

    while journal.trouble:
        journal._thread.join(0.01)


def test_a_directory_that_can_not_be_written_ends_the_start_with_what_to_do(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    for above in (tmp_path.parent, tmp_path.parent.parent):
        above.chmod(0o755)

    told = run(BEGIN_AS_NOBODY, tmp_path)

    assert f"No journal can be begun in {tmp_path}" in told
    assert "has to be able to write there" in told


def test_a_path_that_is_a_file_ends_the_start(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("a file")

    with pytest.raises(ConfigurationError, match="No journal can be begun"):
        Journal(tmp_path / "journal", ROOM)


def test_hits_that_wait_when_the_journal_closes_are_written(tmp_path: Path, reader: JournalReader) -> None:
    async def append_and_close() -> None:
        journal = Journal(tmp_path, ROOM)
        appending = [asyncio.ensure_future(journal.append([(1, b"%d" % number)])) for number in range(50)]
        await asyncio.sleep(0)
        await asyncio.to_thread(journal.close)
        await asyncio.gather(*appending)

    asyncio.run(append_and_close())

    assert len(bodies(reader)) == 50


def test_a_closed_journal_takes_no_hits(tmp_path: Path) -> None:
    journal = Journal(tmp_path, ROOM)
    journal.close()

    with pytest.raises(JournalUnavailable, match="send this hit again"):
        append(journal, b"late")


def test_a_journal_outlives_an_asker_whose_loop_has_ended(journal: Journal, reader: JournalReader) -> None:
    async def give_up() -> None:
        appending = asyncio.ensure_future(journal.append([(1, b"given up")]))
        await asyncio.sleep(0)
        appending.cancel()

    for _ in range(20):
        asyncio.run(give_up())

    append(journal, b"after")

    assert b"after" in bodies(reader)


def test_nobody_else_can_own_a_journal(tmp_path: Path, journal: Journal) -> None:
    with pytest.raises(BlockingIOError):
        own(tmp_path / f"{journal.id}.journal")
