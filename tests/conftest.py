import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from pellucid.registry.database import sqlite_url
from pellucid.serving import listen
from pellucid.store.client import Store
from pellucid.store.schema import ROLLUPS, TABLES

# How long an example takes tells of the machine.
settings.register_profile("pellucid", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("pellucid")

RUN_ENGINE = """
import socket, sys
from pathlib import Path
from pellucid.serving import end_with_parent, serve
from pellucid.store.engine import Engine, EngineServer
end_with_parent()
engine = EngineServer(Engine(Path(sys.argv[1])), "secret of the tests")
serve(engine, socket.socket(fileno=int(sys.argv[2])))
engine.close()
"""

ENGINES = ("chromium", "firefox", "webkitgtk")

LONGEST_FIRST = (
    "browser/test_states.py",
    "faults",
    "parity",
    "flow",
    "clients",
    "browser",
    "unit/registry",
    "unit/web/test_routes.py",
    "unit/enrich/test_device.py",
    "unit/matomo/test_routes.py",
    "unit/matomo/test_needed.py",
    "unit/report",
    "unit/test_ingest_killed.py",
    "architecture/test_rooms.py",
)
"""What takes longest, by where it is: it starts first, so that no core is idle while another still has much to do."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let whoever runs the tests say which engines go through the states."""
    parser.addoption(
        "--engine",
        action="append",
        choices=ENGINES,
        help="an engine to go through the states with, as often as wanted (all that are installed)",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest before the others; pytest-xdist gives them out in this order."""
    items.sort(key=lambda item: _turn(item.nodeid))


def _turn(test: str) -> int:
    return next(
        (turn for turn, part in enumerate(LONGEST_FIRST) if test.startswith(f"tests/{part}")), len(LONGEST_FIRST)
    )


@pytest.fixture(scope="session")
def store_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an engine of our own, or of the ClickHouse that PELLUCID_CLICKHOUSE_URL names."""
    elsewhere = os.environ.get("PELLUCID_CLICKHOUSE_URL")
    if elsewhere:
        yield elsewhere
        return
    directory: Path = tmp_path_factory.mktemp("engine")
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        engine = subprocess.Popen(
            [sys.executable, "-c", RUN_ENGINE, str(directory), str(listener.fileno())],
            stdin=subprocess.PIPE,
            pass_fds=[listener.fileno()],
        )
    yield f"http://default:secret%20of%20the%20tests@127.0.0.1:{port}/default"
    assert engine.stdin is not None
    engine.stdin.close()
    assert engine.wait(30) == 0


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An empty store with today's tables."""
    opened = Store(store_url)
    opened.migrate()
    for table in (*TABLES, *ROLLUPS):
        opened._client().command(f"truncate table {table}")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The address of a database in a PostgreSQL of our own."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = programs[-1] if programs else Path(shutil.which("initdb") or "")
    if not initdb.is_file():
        pytest.fail(
            "PostgreSQL is not installed: these tests run on SQLite and on PostgreSQL (apt install postgresql)."
        )
    # It does not run as root, and pytest's own directories are closed to others.
    account = "postgres" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="pellucid-postgresql-") as directory, listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        if account:
            os.chown(directory, pwd.getpwnam(account).pw_uid, -1)
        initialise = [initdb, "-D", directory, "-U", "pellucid", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        subprocess.run(initialise, user=account, cwd=directory, check=True, stdout=subprocess.DEVNULL)
        listener.close()
        settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "log_min_messages=fatal"]
        run = [initdb.with_name("postgres"), "-D", directory, "-p", str(port)]
        server = subprocess.Popen(
            [*run, *(word for setting in settings for word in ("-c", setting))],
            user=account,
            cwd=directory,
            stderr=subprocess.DEVNULL,
        )
        url = f"postgresql://pellucid@127.0.0.1:{port}/postgres"
        while server.poll() is None:
            with suppress(psycopg.OperationalError), closing(psycopg.connect(url)):
                break
        assert server.poll() is None, "PostgreSQL did not start"
        yield url
        server.terminate()
        server.wait(30)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database for a registry: a test that asks for it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "registry.db")
        return
    url: str = request.getfixturevalue("postgresql_url")
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        connection.execute("drop schema public cascade")
        connection.execute("create schema public")
    yield url
