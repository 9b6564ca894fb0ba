"""Backups of installations that run and that do not, restored: each hit that was acknowledged by then, once."""

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event as Signal
from threading import Thread
from time import monotonic, sleep

import httpx2
import pytest
from msgspec import msgpack

from builders import a_hit
from pellucid.cli.running import running_on
from pellucid.errors import StoreUnavailable
from pellucid.ingest import Ingest
from pellucid.journal.imports import notes
from pellucid.journal.journal import Journal
from pellucid.journal.outbox import Outbox
from pellucid.journal.reader import JournalReader
from pellucid.journal.standstill import Turn
from pellucid.model.account import Access
from pellucid.registry.database import open_database, sqlite_url
from pellucid.registry.registry import Registry
from pellucid.store.client import Store

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
LONGEST_START = 90.0


def pellucid(*arguments: str | Path, **environment: str) -> str:
    """Run a command, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "pellucid", *arguments],
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def complaint(*arguments: str | Path, **environment: str) -> str:
    """Run a command that has to fail, and return what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "pellucid", *arguments],
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stderr
    return done.stderr.strip()


@contextmanager
def server(data: Path) -> Iterator[str]:
    """Give the address of a server with an engine of its own; end it in order."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pellucid", "serve", "--data", data, "--port", "0"], stdout=subprocess.DEVNULL
    )
    try:
        yield _until_well(data, process)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def _until_well(data: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = monotonic() + LONGEST_START
    while process.poll() is None and monotonic() < deadline:
        try:
            found = running_on(data)
            if found and httpx2.get(f"{found.address}/health", timeout=10).is_success:
                return found.address
        except Exception:  # noqa: BLE001 -- whatever is not there yet comes
            sleep(0.05)
        sleep(0.05)
    pytest.fail(f"the server is not well; it has ended with {process.poll()}")


def send(address: str, *pages: str) -> None:
    hits = [f"?idsite=1&rec=1&url=https://example.org/{page}" for page in pages]
    told = {"requests": hits}
    answer = httpx2.post(f"{address}/matomo.php", json=told, headers={"user-agent": FIREFOX}, timeout=60)
    assert answer.json()["tracked"] == len(pages)


def stored(data: Path, count: int) -> list[str]:
    """Return the pages in the store of the server on a directory, when there are so many."""
    found = running_on(data)
    assert found
    with closing(Store(found.clickhouse_url)) as store:
        deadline = monotonic() + LONGEST_START
        while monotonic() < deadline:
            pages = [str(url).rpartition("/")[2] for (url,) in store.ask("select url from events").rows]
            if len(pages) >= count:
                return sorted(pages)
            sleep(0.05)
    pytest.fail(f"{len(pages)} of {count} hits came to the store")


def move(data: Path, store: Store) -> None:
    """Move all that waits to the store, as ingest does."""
    ended = Signal()
    ended.set()
    with closing(JournalReader(data / "journal")) as reader, closing(Outbox(data / "outbox.db")) as outbox:
        Ingest(reader, outbox, store).run(ended)


def pages(store: Store) -> Counter[str]:
    return Counter(str(url).rpartition("/")[2] for (url,) in store.ask("select url from events").rows)


def received(data: Path, count: int) -> None:
    """Have hits waiting in a journal without an owner, as a web process leaves them."""
    encoder = msgpack.Encoder()
    with closing(Journal(data / "journal", 1 << 30)) as journal:
        hits = [a_hit(url=f"https://example.org/{number}", visitor_id=number % 9) for number in range(count)]
        asyncio.run(journal.append([(hit.received, encoder.encode(hit)) for hit in hits]))


def empty(store: Store) -> None:
    for table in ("events", "visits"):
        store.command(f"truncate table {table}")


def a_log(path: Path, first: int, end: int) -> Path:
    lines = [
        f'203.0.113.{number % 9} - - [24/Nov/2025:10:{number % 60:02}:00 +0000] "GET /{number} HTTP/1.1" 200 5 "-" '
        f'"{FIREFOX}"\n'
        for number in range(first, end)
    ]
    with path.open("a") as file:
        file.writelines(lines)
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    directory = tmp_path / "data"
    directory.mkdir()
    with closing(Registry(open_database(sqlite_url(directory / "registry.db")))) as registry:
        registry.add_site("Example", ["https://example.org"])
        registry.add_account("anna")
        registry.grant("anna", 1, Access.VIEW)
    return directory


def test_a_backup_of_a_running_server_is_restored_and_takes_hits(data: Path, tmp_path: Path) -> None:
    backups, restored = tmp_path / "backups", tmp_path / "restored"
    backups.mkdir()

    with server(data) as address:
        send(address, *"abc")
        assert stored(data, 3) == list("abc")
        file = Path(pellucid("backup", backups, "--data", data))
        send(address, *"de")
        assert stored(data, 5) == list("abcde")
        running = complaint("restore", file, "--data", data)

    pellucid("restore", file, "--data", restored)
    with server(restored) as address:
        assert stored(restored, 3) == list("abc")
        send(address, "f")
        assert stored(restored, 4) == list("abcf")

    assert "is there already" in running
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(backups.iterdir()) == [file]
    assert '"anna"' in pellucid("account", "list", "--json", "--data", restored)


def test_hits_that_wait_are_in_a_backup_and_so_is_how_far_logs_were_read(
    data: Path, tmp_path: Path, store: Store, store_url: str
) -> None:
    log, restored = a_log(tmp_path / "access.log", 0, 20), tmp_path / "restored"
    pellucid("import-log", log, "--site", "1", "--data", data)
    move(data, store)
    pellucid("import-log", a_log(log, 20, 30), "--site", "1", "--data", data)

    elsewhere = {"PELLUCID_CLICKHOUSE_URL": store_url}
    file = Path(pellucid("backup", tmp_path / "backup.tar.gz", "--data", data, **elsewhere))
    visits = store.ask("select * from visits final order by visit_id").rows
    empty(store)
    pellucid("restore", file, "--data", restored, **elsewhere)
    restored_files = " ".join(file.name for file in restored.iterdir())
    same_visits = store.ask("select * from visits final order by visit_id").rows
    again = pellucid("import-log", a_log(log, 30, 31), "--site", "1", "--data", restored, "--json")
    move(restored, store)

    assert (data / "salts.db").exists()
    assert "salts" not in restored_files
    assert same_visits == visits
    assert again == '{"read":1,"imported":1,"skipped":{}}'
    assert pages(store) == Counter(str(number) for number in range(31))
    assert max(notes(restored / "journal").values()) == log.stat().st_size


def test_what_was_on_its_way_to_the_store_is_in_a_backup_once(
    data: Path, tmp_path: Path, store: Store, store_url: str
) -> None:
    received(data, 20)

    class KilledStore(Store):
        """Dies when half of a batch is in the store, and before that is known here."""

        def insert(self, *arguments: object) -> None:
            super().insert(*arguments)  # type: ignore[arg-type]
            raise StoreUnavailable("killed")

    with (
        closing(JournalReader(data / "journal")) as reader,
        closing(Outbox(data / "outbox.db")) as outbox,
        closing(KilledStore(store_url)) as killed,
        pytest.raises(StoreUnavailable),
    ):
        Ingest(reader, outbox, killed).round(2**60)

    elsewhere = {"PELLUCID_CLICKHOUSE_URL": store_url}
    file = Path(pellucid("backup", tmp_path / "backup.tar.gz", "--data", data, **elsewhere))
    empty(store)
    pellucid("restore", file, "--data", tmp_path / "restored", **elsewhere)
    move(tmp_path / "restored", store)

    assert pages(store) == Counter(str(number) for number in range(20))
    assert store.ask("select sum(pageviews) from visits final").rows == ((20,),)


def test_hits_that_have_moved_and_are_still_in_their_journal_are_in_a_backup_once(
    data: Path, tmp_path: Path, store: Store, store_url: str
) -> None:
    received(data, 5)
    with closing(JournalReader(data / "journal")) as reader, closing(Outbox(data / "outbox.db")) as outbox:
        ingest = Ingest(reader, outbox, store)
        ingest._cleaned = monotonic()
        ingest.round(2**60)
        assert reader.waiting({}) == 5, "they were deleted"

    elsewhere = {"PELLUCID_CLICKHOUSE_URL": store_url}
    file = Path(pellucid("backup", tmp_path / "backup.tar.gz", "--data", data, **elsewhere))
    empty(store)
    store.command("insert into rollups select 1, today(), 7, 7, true")
    pellucid("restore", file, "--data", tmp_path / "restored", **elsewhere)
    move(tmp_path / "restored", store)

    assert pages(store) == Counter(str(number) for number in range(5))
    assert store.ask("select count() from rollups").rows == ((0,),), "days of before are taken for rolled up"


def test_no_hit_moves_while_somebody_has_the_turn(data: Path, store: Store) -> None:
    received(data, 5)
    turn = Turn(data / "ingest.turn")

    with (
        closing(JournalReader(data / "journal")) as reader,
        closing(Outbox(data / "outbox.db")) as outbox,
        turn.awaited(),
    ):
        ingest = Ingest(reader, outbox, store, Turn(data / "ingest.turn"))
        meanwhile = ingest.round(2**60)
    with closing(JournalReader(data / "journal")) as reader, closing(Outbox(data / "outbox.db")) as outbox:
        afterwards = Ingest(reader, outbox, store, turn).round(2**60)

    assert (meanwhile, afterwards) == (0, 5)


def test_a_backup_waits_for_a_round_to_end(tmp_path: Path) -> None:
    order: list[str] = []
    turn = Turn(tmp_path / "turn")

    def back_up() -> None:
        with Turn(tmp_path / "turn").awaited():
            order.append("backup")

    with turn.tried() as ours:
        waiting = Thread(target=back_up)
        waiting.start()
        order.append(f"round: {ours}")
    waiting.join()

    assert order == ["round: True", "backup"]


def test_a_backup_that_breaks_off_is_not_restored(data: Path, tmp_path: Path, store_url: str, store: Store) -> None:
    received(data, 500)
    move(data, store)
    elsewhere = {"PELLUCID_CLICKHOUSE_URL": store_url}
    file = Path(pellucid("backup", tmp_path / "backup.tar.gz", "--data", data, **elsewhere))
    whole = file.read_bytes()
    empty(store)

    file.write_bytes(whole[: len(whole) * 3 // 4])
    told = complaint("restore", file, "--data", tmp_path / "restored", **elsewhere)
    file.write_bytes(b"something else")
    told_of_another = complaint("restore", file, "--data", tmp_path / "restored", **elsewhere)

    assert "is no backup that can be read" in told
    assert "is no backup that can be read" in told_of_another
    assert not (tmp_path / "restored" / "registry.db").exists()


def test_nothing_is_restored_over_what_is_there(data: Path, tmp_path: Path, store: Store, store_url: str) -> None:
    elsewhere = {"PELLUCID_CLICKHOUSE_URL": store_url}
    received(data, 5)
    move(data, store)
    file = Path(pellucid("backup", tmp_path / "backup.tar.gz", "--data", data, **elsewhere))

    over_data = complaint("restore", file, "--data", data, **elsewhere)
    over_events = complaint("restore", file, "--data", tmp_path / "restored", **elsewhere)

    assert "registry.db is there already" in over_data
    assert "holds events already" in over_events
    assert sum(pages(store).values()) == 5
