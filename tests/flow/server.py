"""A whole server, as `pellucid serve` runs it: started, asked, killed in part, ended."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Self, TypeVar

import httpx2

from pellucid.errors import StoreUnavailable
from pellucid.model.site import Site
from pellucid.registry.database import open_database, sqlite_url
from pellucid.registry.registry import Registry
from pellucid.store.client import Store

PATIENCE_SECONDS = 60.0
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_Found = TypeVar("_Found")
_STORED = "select url, count() from events group by url"
_SAID = re.compile(r"Pellucid is at (http://\S+)")


class Server:
    """`pellucid serve` on a data directory and a free port; the log of all parts is in `log`."""

    def __init__(self, data: Path, *options: str, environment: Mapping[str, str] | None = None) -> None:
        self.data = data
        self.log = data.parent / f"{data.name}.log"
        self._options = options
        self._environment = surroundings(environment or {})
        self.url = ""

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.crash()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self.process.poll() is None:
            status = self.stop()
            # What went wrong before says more.
            assert kind or status == 0, self._told()

    def start(self, *, port: int = 0) -> None:
        """Start it, and return when it is ready."""
        with self.log.open("ab") as log:
            begins = log.tell()
            self.process = subprocess.Popen(
                [sys.executable, "-m", "pellucid", "serve", "--data", self.data, "--port", str(port), *self._options],
                env=self._environment,
                # What should be written somewhere by chance is written beside the data.
                cwd=self.data.parent,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
        said = self.until(lambda: _SAID.search(self.said()[begins:]))
        self.url = said[1]
        self.until(lambda: self.health().get("status") == "ok")

    def stop(self) -> int:
        """Tell it to end, and return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.crash()
            raise

    def crash(self) -> None:
        """Kill the watcher alone; its parts have to notice."""
        self.process.kill()
        self.process.wait()

    def said(self) -> str:
        """Return all that it has printed."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def until(self, found: Callable[[], _Found | None]) -> _Found:
        """Return what is found as soon as it is something, or fail after a while, or when the server has ended."""
        return until(lambda: self._still(found()), self._told)

    def _still(self, value: _Found | None) -> _Found | None:
        assert self.process.poll() is None, self._told()
        return value

    def _told(self) -> str:
        return f"status {self.process.poll()}; it said:\n{self.said()[-4000:]}"

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.url.rpartition(":")[2])

    def health(self) -> dict[str, str]:
        """Return what /health says; nothing while nobody answers."""
        with suppress(httpx2.TransportError, ValueError):
            return dict(httpx2.get(f"{self.url}/health", timeout=5).json())
        return {}

    def parts(self, name: str) -> list[int]:
        """Return the processes of a part: web, ingest or engine."""
        return [process for process in children(self.process.pid) if name in command_line(process).split("\0")[3:4]]

    def kill(self, name: str) -> int:
        """Kill one process of a part, as a machine without memory would; return how many were there."""
        running = self.until(lambda: self.parts(name))
        with suppress(ProcessLookupError):
            os.kill(running[0], signal.SIGKILL)
        return len(running)

    @contextmanager
    def held(self, name: str) -> Iterator[None]:
        """Have a process of a part stand still for as long as this is entered, with no file locked that others need."""
        (process,) = self.until(lambda: self.parts(name))
        os.kill(process, signal.SIGSTOP)
        while _is_locked(self.data / "salts.db"):
            os.kill(process, signal.SIGCONT)
            sleep(0.1)
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(process, signal.SIGCONT)

    def registry(self) -> Registry:
        """Return what is set up on it."""
        return Registry(open_database(sqlite_url(self.data / "registry.db")))

    def site(self, *, preset: str = "matomo", timezone: str = "UTC") -> Site:
        """Add a site."""
        registry = self.registry()
        try:
            return registry.add_site("Site", ["http://site.example"], preset=preset, timezone=timezone)
        finally:
            registry.close()

    def token(self) -> str:
        """Return a token that may do everything."""
        registry = self.registry()
        try:
            return registry.create_token("admin", "tests")
        finally:
            registry.close()

    def hit(self, **given: str) -> httpx2.Response:
        """Send one page view of a browser."""
        plain = {"idsite": "1", "rec": "1", "url": "http://site.example/", "send_image": "0"}
        return httpx2.get(f"{self.url}/matomo.php", params=plain | given, headers={"User-Agent": FIREFOX}, timeout=30)

    def report(self, token: str, method: str, **given: str) -> Any:
        """Return the answer of a method of the Reporting API."""
        asked = {"module": "API", "format": "JSON", "method": method, "token_auth": token} | given
        return httpx2.post(f"{self.url}/index.php", data=asked, timeout=60).json()

    def store(self) -> Store:
        """Return the store of its own engine."""
        return Store(self.engine())

    def engine(self) -> str:
        """Return the address of its own engine, with the secret its parts know."""
        (ingest,) = self.until(lambda: self.parts("ingest"))
        variables = Path(f"/proc/{ingest}/environ").read_bytes().split(b"\0")
        name = b"PELLUCID_CLICKHOUSE_URL="
        return next(one for one in variables if one.startswith(name)).removeprefix(name).decode()

    def stored(self) -> Counter[str]:
        """Return how often each address is in the store; nothing while the engine is away."""
        with suppress(StoreUnavailable), closing(self.store()) as store:
            return Counter({str(url): int(str(times)) for url, times in store.ask(_STORED).rows})
        return Counter()


def surroundings(settings: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment with these settings and no others."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PELLUCID_")} | dict(settings)


def children(process: int) -> list[int]:
    """Return the processes that a process has started."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        with suppress(OSError):
            parent = entry.joinpath("stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) == process:
                found.append(int(entry.name))
    return sorted(found)


def descendants(process: int) -> list[int]:
    """Return the processes that a process has started, and those that they have."""
    return [one for child in children(process) for one in (child, *descendants(child))]


def lives(process: int) -> bool:
    """Return whether a process has not ended: one that has, and whose files are closed, is a zombie or nothing.

    Each of its threads is asked: the first one is a zombie already while another still writes to the disk, and until
    that is done the process has its files and ports.
    """
    with suppress(OSError):
        return any(_goes_on(thread) for thread in Path(f"/proc/{process}/task").iterdir())
    return False


def _goes_on(thread: Path) -> bool:
    with suppress(OSError):
        return thread.joinpath("stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] not in "ZX"
    return False


def command_line(process: int) -> str:
    """Return the arguments of a process, with NUL between them; nothing if it is gone."""
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_text(encoding="utf-8", errors="replace")
    return ""


def _is_locked(database: Path) -> bool:
    with closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("begin immediate")
        except sqlite3.OperationalError:
            return True
        connection.execute("rollback")
    return False


def until(found: Callable[[], _Found | None], told: Callable[[], str] = lambda: "") -> _Found:
    """Return what is found as soon as it is something, or fail after a while, telling what there is instead."""
    deadline = monotonic() + PATIENCE_SECONDS
    while True:
        value = found()
        if value:
            return value
        assert monotonic() < deadline, f"This did not come about; {told()}"
        sleep(0.05)
