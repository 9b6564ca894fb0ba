import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pellucid.serving import listen
from pellucid.store.client import Store

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
    for table in ("events", "visits"):
        opened._client().command(f"truncate table {table}")
    yield opened
    opened.close()
