"""The watcher, with parts that are small: another program takes the place of ours, and writes down what it does."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep

import pytest

from pellucid.cli import watch as watching
from pellucid.cli.watch import Part, shared_numbers, watch
from pellucid.serving import listen

SMALL_PART = """
import os, signal, socket, sys

def tell(what):
    with open(os.environ["RECORD"], "a") as record:
        record.write(f"{what} {name}\\n")

def end(*_):
    tell("ended")
    sys.exit(0)

name = sys.argv[1]
signal.signal(signal.SIGTERM, signal.SIG_IGN if name == "deaf" else end)
tell("began")
if name == "brief":
    sys.exit(3)
if "--socket" in sys.argv:
    listener = socket.socket(fileno=int(sys.argv[sys.argv.index("--socket") + 1]))
    while True:
        listener.accept()[0].sendall(str(os.getpid()).encode())
while True:
    signal.pause()
"""
PATIENCE_SECONDS = 60.0


class Record:
    """What the small parts have written down, and the environment in which they do."""

    def __init__(self, directory: Path) -> None:
        program = directory / "program" / "pellucid"
        program.mkdir(parents=True)
        (program / "__init__.py").touch()
        (program / "__main__.py").write_text(SMALL_PART)
        self._file = directory / "record"
        self._file.touch()
        self.environment = {**os.environ, "PYTHONPATH": str(program.parent), "RECORD": str(self._file)}

    def lines(self) -> list[str]:
        """Return what they have written so far."""
        return self._file.read_text().splitlines()

    def until(self, line: str, times: int = 1) -> None:
        """Wait until a line was written so often."""
        until(lambda: self.lines().count(line) >= times)


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path)


def until(found: Callable[[], object]) -> None:
    deadline = monotonic() + PATIENCE_SECONDS
    while not found():
        assert monotonic() < deadline
        sleep(0.01)


@contextmanager
def watched(record: Record, *groups: list[Part]) -> Iterator[None]:
    """Watch groups of parts until the end of this."""
    ending = Event()
    watcher = Thread(target=watch, args=(groups, record.environment, ending))
    watcher.start()
    try:
        yield
    finally:
        # A watcher that goes on would keep the process of the tests from ending.
        ending.set()
        watcher.join(PATIENCE_SECONDS)
    assert not watcher.is_alive()


def answer_of(port: int) -> int:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as asker:
        return int(asker.recv(100))


def test_parts_end_in_order_the_last_group_first(record: Record) -> None:
    groups = [[Part("engine", ["engine"])], [Part("ingest", ["ingest"])], [Part("web", ["web"]), Part("web", ["web"])]]

    with watched(record, *groups):
        for name, times in (("engine", 1), ("ingest", 1), ("web", 2)):
            record.until(f"began {name}", times)

    assert record.lines()[4:] == ["ended web", "ended web", "ended ingest", "ended engine"]
    assert [part.process and part.process.returncode for group in groups for part in group] == [0, 0, 0, 0]


def test_a_part_that_is_killed_is_started_again_and_the_others_run_on(record: Record) -> None:
    killed, other = Part("web", ["web"]), Part("ingest", ["ingest"])

    with watched(record, [other], [killed]):
        record.until("began web")
        record.until("began ingest")
        assert killed.process is not None
        killed.process.kill()
        record.until("began web", 2)

    assert record.lines().count("began ingest") == 1
    assert record.lines()[-2:] == ["ended web", "ended ingest"]


def test_a_part_that_ends_at_once_is_started_again_after_a_pause_that_grows(record: Record) -> None:
    part = Part("brief", ["brief"])
    part.start(record.environment)
    pauses: list[float] = []

    while len(pauses) < 4:
        part.look(record.environment)
        if part.due and [part.pause] != pauses[-1:]:
            pauses.append(part.pause)
        sleep(0.001)
    part.wait()

    assert pauses == [0.2, 0.4, 0.8, 1.6]
    assert record.lines() == ["began brief"] * 4


def test_a_part_that_has_proved_itself_is_started_again_at_once(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_SECONDS_TO_PROVE", 0.0)
    part = Part("brief", ["brief"], pause=5.0)
    part.start(record.environment)

    until(lambda: part.process and part.process.poll() is not None)
    part.look(record.environment)
    part.wait()

    assert (part.pause, part.due) == (0.0, None)
    assert record.lines() == ["began brief"] * 2


def test_a_part_that_waits_to_be_started_again_is_not_started_at_the_end(record: Record) -> None:
    part = Part("brief", ["brief"], pause=3.0)

    with watched(record, [part]):
        until(lambda: part.due)

    assert record.lines() == ["began brief"]


def test_a_part_that_does_not_end_is_killed(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "SECONDS_TO_END", 0.2)
    deaf = Part("deaf", ["deaf"])

    with watched(record, [Part("engine", ["engine"])], [deaf]):
        record.until("began deaf")
        record.until("began engine")

    assert deaf.process is not None
    assert deaf.process.returncode == -9
    assert record.lines()[-1] == "ended engine"


def test_a_socket_stays_open_while_its_part_is_started_again(record: Record) -> None:
    with listen("127.0.0.1", 0) as listener:
        port, part = listener.getsockname()[1], Part("web", ["web"], listener)
        with watched(record, [part]):
            first = answer_of(port)
            before = part.process
            os.kill(first, 9)
            until(lambda: part.due or part.process is not before)
            second = answer_of(port)

    assert first != second


def test_a_part_has_a_pipe_from_the_watcher_by_which_it_notices_that_it_is_gone(record: Record) -> None:
    part = Part("web", ["web"])
    part.start(record.environment)
    assert part.process is not None

    assert part.process.stdin is not None
    assert str(Path(f"/proc/{part.process.pid}/fd/0").readlink()).startswith("pipe:")
    part.end()
    part.wait()
    assert part.process.stdin.closed


def test_processes_count_in_an_empty_directory(tmp_path: Path) -> None:
    (tmp_path / "numbers").mkdir()
    (tmp_path / "numbers" / "counter_1.db").touch()

    directory = shared_numbers(tmp_path / "numbers")

    assert list(Path(directory).iterdir()) == []
