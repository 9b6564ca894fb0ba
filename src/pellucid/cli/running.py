"""Whether a server runs on a data directory; where it is, and how its engine is asked.

`pellucid serve` holds a lock on a file for as long as it lives, and says in it what other commands need. The file is
for the account it runs as alone: it has the engine's secret.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import quote

from msgspec import DecodeError, Struct, json

from pellucid.cli.watch import Part
from pellucid.config import Settings
from pellucid.errors import ConfigurationError, StoreUnavailable
from pellucid.serving import listen
from pellucid.store.client import Store

FILE = "serve.lock"
LOOPBACK = "127.0.0.1"

_SECRET_BYTES = 24
_SECONDS_FOR_A_LOOK = 1.0
_SECONDS_BETWEEN_TRIES = 0.1


class Running(Struct, frozen=True):
    """A running server: its own address, and that of its store with the secret."""

    address: str
    clickhouse_url: str


@contextmanager
def alone(data: Path, running: Running | None = None) -> Iterator[None]:
    """Keep servers away from a data directory, as one that is `running` or as a command that wants none to be."""
    descriptor = os.open(data / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(descriptor, data)
        os.truncate(descriptor, 0)
        if running:
            os.write(descriptor, json.encode(running))
        yield
        os.truncate(descriptor, 0)
    finally:
        os.close(descriptor)


def running_on(data: Path) -> Running | None:
    """Return the server that runs on a data directory, if one does."""
    try:
        descriptor = os.open(data / FILE, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(data)
    finally:
        os.close(descriptor)
    return None


@contextmanager
def store_of(settings: Settings) -> Iterator[Store]:
    """Give the store of an installation: that of the running server, or of an engine of our own while none runs."""
    if settings.clickhouse_url:
        with closing(Store(settings.clickhouse_url)) as store:
            yield store
        return
    found = running_on(settings.data)
    if found:
        with closing(Store(found.clickhouse_url)) as store:
            yield store
        return
    with alone(settings.data), _engine(settings.data) as store:
        yield store


def engine_of(data: Path) -> tuple[Part, str]:
    """Return the embedded engine as a part to be started, and the address it will be asked at, with its secret."""
    secret, loopback = secrets.token_urlsafe(_SECRET_BYTES), listen(LOOPBACK, 0)
    url = f"http://default:{quote(secret)}@{LOOPBACK}:{loopback.getsockname()[1]}/default"
    return Part("engine", ["engine", "--data", str(data)], loopback), url


@contextmanager
def _engine(data: Path) -> Iterator[Store]:
    part, url = engine_of(data)
    part.start({**os.environ, "PELLUCID_CLICKHOUSE_URL": url})
    try:
        with closing(Store(url)) as store:
            _wait_for(store, part)
            yield store
    finally:
        part.end()
        part.wait()


def _wait_for(store: Store, engine: Part) -> None:
    while True:
        try:
            store.migrate()
        except StoreUnavailable:
            if engine.process is None or engine.process.poll() is not None:
                raise ConfigurationError("The engine can not be started; what it says stands above.") from None
            sleep(_SECONDS_BETWEEN_TRIES)
        else:
            return


def _lock(descriptor: int, data: Path) -> None:
    deadline = monotonic() + _SECONDS_FOR_A_LOOK
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # Somebody may only be looking whether one runs.
            if monotonic() > deadline:
                raise ConfigurationError(
                    f"A server, a backup or a restore is running on {data} already.",
                ) from None
            sleep(0.05)
        else:
            return


def _read(data: Path) -> Running:
    try:
        return json.decode((data / FILE).read_bytes(), type=Running)
    except DecodeError:
        raise ConfigurationError(
            f"A server is just starting on {data}, or a backup or a restore is running; try again when that is done.",
        ) from None
