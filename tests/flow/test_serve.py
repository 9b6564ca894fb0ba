"""`pellucid serve`: how it starts, what it does when a part dies or a disk is full, and how it ends."""

import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from time import sleep
from urllib.parse import urlsplit

import httpx2
import pytest

from flow.server import PATIENCE_SECONDS, Server, children, command_line, descendants, lives, until
from pellucid.serving import SECONDS_KEPT

PARTS = ("web", "ingest", "engine")


def refused_start(*options: str | Path) -> str:
    """Start a server that can not run, and return what it says."""
    ended = subprocess.run(
        [sys.executable, "-m", "pellucid", "serve", *options], check=False, capture_output=True, text=True
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    return ended.stderr


@contextmanager
def away(server: Server, part: str) -> Iterator[None]:
    """Kill a part, and stop the one that is started in its place before it does anything."""
    before = server.parts(part)
    server.kill(part)
    (held,) = server.until(lambda: [process for process in server.parts(part) if process not in before])
    os.kill(held, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(held, signal.SIGCONT)


@contextmanager
def full_disk(process: int) -> Iterator[None]:
    """Let a process write to no file."""
    before = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.prlimit(process, resource.RLIMIT_FSIZE, before)


def test_a_hit_is_in_the_report_by_itself(server: Server) -> None:
    token = server.token()

    answer = server.hit(url="http://site.example/first")

    assert (answer.status_code, answer.headers["pellucid-verdict"]) == (204, "recorded")
    server.until(lambda: server.stored()["http://site.example/first"])
    assert server.report(token, "VisitsSummary.get", idSite="1", period="day", date="today")["nb_visits"] == 1


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_killed_comes_back_by_itself(server: Server, part: str) -> None:
    page = f"http://site.example/after-the-death-of-{part}"
    before = server.parts(part)

    server.kill(part)

    server.until(lambda: set(server.parts(part)) - set(before))
    assert server.hit(url=page).status_code == 204
    server.until(lambda: server.stored()[page])
    assert server.stored()[page] == 1


@pytest.mark.parametrize("part", ["ingest", "engine"])
def test_hits_are_taken_while_a_part_behind_is_away(server: Server, part: str) -> None:
    pages = {f"http://site.example/without-{part}/{number}" for number in range(20)}

    with away(server, part):
        taken = [server.hit(url=page).status_code for page in pages]

    assert taken == [204] * len(pages)
    server.until(lambda: pages <= set(server.stored()))
    assert {server.stored()[page] for page in pages} == {1}


def test_health_and_hits_do_not_wait_for_an_engine_that_hangs(server: Server) -> None:
    server.until(lambda: server.health().get("status") == "ok")

    with server.held("engine"):
        well = [httpx2.get(f"{server.url}/health", timeout=5).status_code for _ in range(3)]
        taken = server.hit()

    assert well == [200, 200, 200]
    assert taken.status_code == 204


def test_on_a_full_disk_hits_and_health_say_so_until_there_is_room(server: Server) -> None:
    (web,) = server.parts("web")
    page = "http://site.example/on-a-full-disk"

    with full_disk(web):
        refused = server.hit(url=page)
        unwell = httpx2.get(f"{server.url}/health", timeout=PATIENCE_SECONDS)

    assert (refused.status_code, unwell.status_code) == (503, 503)
    assert "make room on this disk" in refused.text
    assert "make room on this disk" in unwell.json()["journal"]
    # Whoever balances loads sends no hits to a server that is not well: it has to find out by itself.
    server.until(lambda: server.health()["status"] == "ok")
    assert server.hit(url=f"{page}/again").status_code == 204
    server.until(lambda: server.stored()[f"{page}/again"])
    assert server.stored()[page] == 0


def test_the_first_start_tells_a_link_that_works_once(server: Server) -> None:
    link = re.findall(r"http://\S+/dashboard/welcome/\S+", server.said())
    assert len(link) == 1

    opened = [httpx2.get(link[0], timeout=PATIENCE_SECONDS).status_code for _ in range(2)]
    chosen = [
        httpx2.post(link[0], data={"password": "a few words in a row"}, timeout=PATIENCE_SECONDS) for _ in range(2)
    ]

    assert opened == [200, 200]
    assert [answer.status_code for answer in chosen] == [303, 404]
    assert httpx2.get(link[0], timeout=PATIENCE_SECONDS).status_code == 404
    assert "pellucid_sign_in" in chosen[0].cookies


def test_metrics_are_for_this_machine_and_not_for_what_a_proxy_passes_on(server: Server) -> None:
    here = httpx2.get(f"{server.url}/metrics", timeout=PATIENCE_SECONDS)
    through_a_proxy = httpx2.get(
        f"{server.url}/metrics", headers={"X-Forwarded-For": "203.0.113.9"}, timeout=PATIENCE_SECONDS
    )

    assert here.status_code == 200
    assert re.search(r"^pellucid_hits_recorded_total \d", here.text, re.MULTILINE)
    assert through_a_proxy.status_code == 403


def test_a_port_in_use_is_one_line(server: Server, tmp_path: Path) -> None:
    told = refused_start("--data", tmp_path / "data", "--port", str(server.port))

    assert told == (
        f"pellucid: Port {server.port} of 127.0.0.1 can not be listened on (Address already in use): is another server "
        "running there? --port takes another.\n"
    )


def test_a_data_directory_in_use_is_one_line(server: Server) -> None:
    told = refused_start("--data", server.data, "--port", "0")

    assert told == f"pellucid: A server, a backup or a restore is running on {server.data} already.\n"
    assert server.health()["status"] == "ok"


def test_it_listens_on_ipv6(tmp_path: Path) -> None:
    with Server(tmp_path / "data", "--host", "::1") as server:
        server.site()

        taken = server.hit()

        assert server.url.startswith("http://[::1]:")
        assert taken.status_code == 204


def test_the_engine_keeps_a_connection_on_which_nothing_is_asked_for_a_while(server: Server) -> None:
    engine = urlsplit(server.engine())
    with closing(HTTPConnection(engine.hostname or "", engine.port, timeout=PATIENCE_SECONDS)) as connection:
        connection.request("GET", "/ping")
        connection.getresponse().read()
        # A browser's connection is closed by then.
        sleep(SECONDS_KEPT + 1)

        connection.sock.setblocking(False)
        # Nothing is there to be read, not even the end.
        with pytest.raises(BlockingIOError):
            connection.sock.recv(1)


def test_what_was_acknowledged_until_the_end_is_in_the_store_after_it(tmp_path: Path) -> None:
    acknowledged: list[str] = []
    with Server(tmp_path / "data", "--workers", "2") as server, ThreadPoolExecutor(4) as visitors:
        server.site()
        assert len(server.parts("web")) == 2

        def visit(number: int) -> None:
            pages = (f"http://site.example/{number}/{view}" for view in count())
            with suppress(httpx2.TransportError):
                for page in pages:
                    server.hit(url=page).raise_for_status()
                    acknowledged.append(page)

        visiting = [visitors.submit(visit, number) for number in range(4)]
        until(lambda: len(acknowledged) > 100)
        status = server.stop()
        for one in visiting:
            one.result()
        server.start()
        stored = server.stored()

    assert status == 0
    assert [page for page in acknowledged if stored[page] != 1] == []
    assert sum(stored.values()) - len(acknowledged) in range(5)


def test_a_killed_server_leaves_no_process_and_no_port(tmp_path: Path) -> None:
    with Server(tmp_path / "data", "--workers", "2") as server:
        server.site()
        left = descendants(server.process.pid)
        assert len(left) >= 4

        server.crash()

        until(lambda: not any(map(lives, left)), lambda: str([command_line(one) for one in left]))
        server.start(port=server.port)
        assert server.hit().is_success


def test_what_a_web_process_starts_does_not_hold_the_port(tmp_path: Path) -> None:
    with Server(tmp_path / "data") as server:
        (web,) = server.parts("web")
        (helper,) = server.until(lambda: children(web))
        parts = [part for part in descendants(server.process.pid) if part != helper]
        # It hangs, so that it does not notice that it is alone.
        os.kill(helper, signal.SIGSTOP)
        try:
            server.process.send_signal(signal.SIGSTOP)
            for part in parts:
                os.kill(part, signal.SIGKILL)
            server.crash()
            until(lambda: not any(map(lives, parts)))

            server.start(port=server.port)
        finally:
            os.kill(helper, signal.SIGKILL)
