"""A server whose events are elsewhere: it uses the engine at the address it is given, and starts none of its own."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from flow.server import Server, surroundings, until
from pellucid.store.client import Store


@pytest.fixture
def engine_url(tmp_path: Path) -> Iterator[str]:
    """The address of an engine that was started alone, on a port and with a password that its owner chose."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://default:a%20password@127.0.0.1:{port}/default"
    engine = subprocess.Popen(
        [sys.executable, "-m", "pellucid", "engine", "--data", tmp_path / "elsewhere", "--port", str(port)],
        env=surroundings({"PELLUCID_CLICKHOUSE_URL": url}),
    )
    yield url
    engine.terminate()
    assert engine.wait(30) == 0


def test_a_server_with_an_engine_elsewhere_starts_none_and_does_the_same(engine_url: str, tmp_path: Path) -> None:
    with Server(tmp_path / "data", environment={"PELLUCID_CLICKHOUSE_URL": engine_url}) as server:
        server.site()
        token = server.token()

        taken = server.hit(url="http://site.example/elsewhere")
        until(lambda: server.stored()["http://site.example/elsewhere"])

        assert taken.status_code == 204
        assert server.parts("engine") == []
        assert not (server.data / "engine").exists()
        summary = server.report(token, "VisitsSummary.get", idSite="1", period="day", date="today")
        assert (summary["nb_visits"], summary["nb_actions"]) == (1, 1)
    with closing(Store(engine_url)) as store:
        assert store.ask("select count() from events").rows == ((1,),)
