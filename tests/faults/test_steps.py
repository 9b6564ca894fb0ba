"""The real ingest process, killed right after each of its steps: the next one neither loses nor doubles a hit."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from itertools import count
from pathlib import Path
from time import time_ns

from msgspec import msgpack

from builders import a_hit
from flow.server import surroundings, until
from pellucid.journal.journal import Journal
from pellucid.store.client import Store

STEPS = (
    ("pellucid.journal.reader:JournalReader.read", 1),
    ("pellucid.store.client:Store.ask", 1),
    ("pellucid.journal.outbox:Outbox.add", 1),
    ("pellucid.store.client:Store.insert", 1),
    ("pellucid.store.client:Store.insert", 2),
    ("pellucid.journal.outbox:Outbox.sent", 1),
    ("pellucid.journal.outbox:Outbox.sent", 2),
    ("pellucid.journal.reader:JournalReader.forget", 1),
    ("pellucid.journal.outbox:Outbox.forget", 1),
)
"""A step, and how often it is done before the end; what is done for events first is done for visits then."""

DYING_INGEST = """
import os, signal, sys
from importlib import import_module
from pellucid.cli.main import main

module, _, name = sys.argv.pop(1).partition(":")
left = int(sys.argv.pop(1))
kind, _, method = name.partition(".")
owner = getattr(import_module(module), kind)
step = getattr(owner, method)

def last(*given, **named):
    global left
    done = step(*given, **named)
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return done

setattr(owner, method, last)
main()
"""


class Hits:
    """Writes hits of a few visitors to a journal, each of a page of its own."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._numbers = count()
        self.written: list[str] = []

    def write(self, number: int) -> None:
        """Write some, as a web process does that ends then."""
        with closing(Journal(self._directory, 1 << 30)) as journal:
            asyncio.run(journal.append([self._next() for _ in range(number)]))

    def _next(self) -> tuple[int, bytes]:
        number, now = next(self._numbers), time_ns() // 1_000_000
        hit = a_hit(url=f"http://a/{number}", visitor_id=1 + number % 3, time=now, received=now)
        self.written.append(hit.url)
        return now, msgpack.encode(hit)


def ingest(command: Sequence[str], data: Path, store_url: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *command, "ingest", "--data", data],
        env=surroundings({"PELLUCID_CLICKHOUSE_URL": store_url}),
        stdin=subprocess.DEVNULL,
    )


def test_no_hit_is_lost_or_doubled_by_an_ingest_killed_after_a_step(
    tmp_path: Path, store: Store, store_url: str
) -> None:
    hits = Hits(tmp_path / "journal")

    for step, times in STEPS:
        hits.write(20)
        died = ingest(["-c", DYING_INGEST, step, str(times)], tmp_path, store_url)
        assert died.wait(60) == -signal.SIGKILL, step
    hits.write(20)
    last = ingest(["-m", "pellucid"], tmp_path, store_url)
    until(lambda: store.ask("select count() from events").rows[0][0] >= len(hits.written))
    last.terminate()

    assert last.wait(60) == 0
    kept = dict(store.ask("select url, count() from events group by url").rows)
    assert kept == dict.fromkeys(hits.written, 1)
    assert store.ask("select count(), sum(pageviews), sum(actions) from visits final").rows == ((3, 200, 200),)
