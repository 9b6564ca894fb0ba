"""wrk, with page views of many visitors; and processes that share a port, held to some of this machine's cores."""

import os
import secrets
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from time import sleep

import httpx2
from msgspec import Struct, json

from pellucid.serving import listen

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))

from flow.server import Server, children, descendants, surroundings  # noqa: E402 -- the path is set above

__all__ = [
    "CONNECTIONS",
    "CORES",
    "HERE",
    "HITS_OF_A_BULK",
    "Answered",
    "Server",
    "Service",
    "children",
    "coming",
    "fire",
    "served",
    "warm_up",
]

CORES = sorted(os.sched_getaffinity(0))
CONNECTIONS = 64
_CONNECTIONS_BESIDE = 500
HITS_OF_A_BULK = 50
_MOST_ROUNDS_TO_WARM_UP = 10
_IDLE = 0.02
_SECONDS_OF_A_DAY = 86_400

_runs = count(1 + secrets.randbelow(1 << 20))


class Answered(Struct):
    """What wrk saw: hits that were answered in how many seconds, and how long a request took.

    `processor_us` is the time of processors that the server's processes took for a hit, in microseconds.
    """

    answered: int
    seconds: float
    failed: int
    median_ms: float
    p99_ms: float
    processor_us: float = 0.0

    @property
    def rate(self) -> float:
        """Hits a second."""
        return self.answered / self.seconds


class Service(Struct):
    """Processes that answer at an address."""

    url: str
    processes: Collection[int]

    def processor_seconds(self) -> float:
        """Return the time of processors that they and the processes they started have taken."""
        return sum(map(_processor_seconds, self.processes)) + self.processor_seconds_of_children()

    def processor_seconds_of_children(self) -> float:
        """Return the time of processors that the processes they started have taken."""
        return sum(_processor_seconds(child) for process in self.processes for child in descendants(process))


def warm_up(service: Service, seconds: int, cores: Collection[int]) -> list[Answered]:
    """Send page views until the exact parser of devices, a child of each web process, has seen the browsers."""
    done: list[Answered] = []
    busy = True
    while busy and len(done) < _MOST_ROUNDS_TO_WARM_UP:
        before = service.processor_seconds_of_children()
        done.append(fire(service, seconds, cores))
        busy = service.processor_seconds_of_children() - before > _IDLE * seconds
    return done


def fire(service: Service, seconds: int, cores: Collection[int], each: int = 1) -> Answered:
    """Send page views as fast as they are answered, so many a request; no two are alike, in this run or another."""
    before = service.processor_seconds()
    with subprocess.Popen(_wrk(service.url, seconds, each), stdout=subprocess.PIPE) as running:
        os.sched_setaffinity(running.pid, cores)
        said = running.communicate()[0].splitlines()
    answered = json.decode(next(line for line in said if line.startswith(b"{")), type=Answered)
    assert not answered.failed, f"{answered.failed} requests failed"
    answered.answered *= each
    answered.processor_us = (service.processor_seconds() - before) / max(answered.answered, 1) * 1e6
    return answered


@contextmanager
def coming(url: str, rate: int) -> Iterator[None]:
    """Send so many page views a second at most, for as long as this is entered.

    Each connection waits before it asks again: of many, the time that answers take is a small part of that.
    """
    pause = _CONNECTIONS_BESIDE * 1000 // rate
    command = _wrk(url, _SECONDS_OF_A_DAY, pause=pause, connections=_CONNECTIONS_BESIDE)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as running:
        try:
            yield
        finally:
            running.terminate()


def _wrk(url: str, seconds: int, each: int = 1, pause: int = 0, connections: int = CONNECTIONS) -> list[str]:
    options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(HERE / "hits.lua")]
    return ["wrk", *options, url, "--", str(next(_runs)), str(HERE / "user_agents.txt"), str(each), str(pause)]


@contextmanager
def served(
    command: Sequence[str | Path],
    processes: int,
    cores: Collection[int],
    environment: Mapping[str, str] | None = None,
) -> Iterator[Service]:
    """Run processes that are given one listening socket as their last argument."""
    listener = listen("127.0.0.1", 0)
    given = str(listener.fileno())
    running = [
        subprocess.Popen(
            [sys.executable, *command, given],
            stdin=subprocess.PIPE,
            pass_fds=[listener.fileno()],
            env=surroundings(environment or {}),
        )
        for _ in range(processes)
    ]
    for process in running:
        os.sched_setaffinity(process.pid, cores)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()
    try:
        _until_answered(url)
        yield Service(url, [process.pid for process in running])
    finally:
        for process in running:
            process.terminate()
        for process in running:
            assert process.wait(60) == 0


def _processor_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _until_answered(url: str) -> None:
    while True:
        try:
            httpx2.get(f"{url}/health", timeout=60)
        except httpx2.TransportError:
            sleep(0.1)
        else:
            return
