"""The server behind nginx as `deploy/nginx.conf` sets it up: visitors stay apart, and nothing is written about them."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2
import pytest
from msgspec import json

from flow.server import FIREFOX, Server, until
from pellucid.store.client import Store

ROOT = Path(__file__).parents[2]
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
PROXY = "127.0.0.1"
VISITORS = ("127.0.0.2", "127.0.0.3")
"""All of 127.0.0.0/8 is this machine: each visitor asks from an address of their own."""

AROUND = """
pid {prefix}/nginx.pid;
error_log {prefix}/error.log info;
events {{}}
http {{
    access_log {prefix}/access.log;
    client_body_temp_path {prefix}/bodies;
    proxy_temp_path {prefix}/answers;
    fastcgi_temp_path {prefix}/unused;
    uwsgi_temp_path {prefix}/unused;
    scgi_temp_path {prefix}/unused;
    server {{
        listen 127.0.0.1:{logging};
        return 204;
    }}
    {configuration}
}}
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((PROXY, 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    with suppress(httpx2.TransportError):
        return httpx2.get(url, timeout=10).is_success
    return False


def _configuration(port: int, behind: int) -> str:
    """Return `deploy/nginx.conf` as it is, but for its ports: plain HTTP on `port`, the server at `behind`."""
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    kept = [line for line in text.splitlines() if "[::]" not in line and "ssl_" not in line]
    return (
        "\n".join(kept)
        .replace("listen 443 ssl http2", f"listen {PROXY}:{port}")
        .replace("listen 80", f"listen {PROXY}:{_free_port()}")
        .replace("127.0.0.1:8080", f"127.0.0.1:{behind}")
    )


class Nginx:
    """A running nginx: `url` leads to the server behind, `logging` to one that keeps the logs it is told to keep."""

    def __init__(self, prefix: Path, behind: int) -> None:
        self.prefix = prefix
        port, logging = _free_port(), _free_port()
        self.url = f"http://{PROXY}:{port}"
        self.logging = f"http://{PROXY}:{logging}"
        file = prefix / "nginx.conf"
        file.write_text(AROUND.format(prefix=prefix, logging=logging, configuration=_configuration(port, behind)))
        self.process = subprocess.Popen([NGINX, "-p", prefix, "-c", file, "-g", "daemon off;"])

    def logs(self) -> str:
        """Return all that is in its logs about requests."""
        kept = "".join((self.prefix / name).read_text() for name in ("access.log", "error.log"))
        return "".join(line for line in kept.splitlines(keepends=True) if "[notice]" not in line)


@contextmanager
def nginx_before(port: int, prefix: Path) -> Iterator[Nginx]:
    """Give an nginx in front of a port."""
    prefix.mkdir()
    nginx = Nginx(prefix, port)
    try:
        until(lambda: _answers(nginx.logging))
        yield nginx
    finally:
        nginx.process.terminate()
        nginx.process.wait(10)


def _visit(nginx: Nginx, site_id: int, visitor: str) -> httpx2.Response:
    hit = {"idsite": str(site_id), "rec": "1", "url": "https://example.org/"}
    with httpx2.Client(transport=httpx2.HTTPTransport(local_address=visitor), timeout=60) as browser:
        return browser.get(f"{nginx.url}/matomo.php", params=hit, headers={"user-agent": FIREFOX})


@pytest.mark.parametrize(("trusted_proxies", "counted"), [(PROXY, 2), ("", 1)])
def test_visitors_behind_a_proxy_are_told_apart_if_it_is_trusted(
    tmp_path: Path,
    store: Store,
    store_url: str,
    trusted_proxies: str,
    counted: int,
) -> None:
    environment = {"PELLUCID_CLICKHOUSE_URL": store_url, "PELLUCID_TRUSTED_PROXIES": trusted_proxies}
    with Server(tmp_path / "data", environment=environment) as server:
        site = server.site(preset="cookieless")
        with nginx_before(server.port, tmp_path / "nginx") as nginx:
            verdicts = [_visit(nginx, site.id, visitor).headers["pellucid-verdict"] for visitor in VISITORS]

    assert verdicts == ["recorded", "recorded"]
    assert store.ask("select count(), uniqExact(visitor_id) from events").rows == ((2, counted),)


def test_nginx_writes_nothing_about_visitors(tmp_path: Path, store_url: str) -> None:
    visitor = VISITORS[0]
    environment = {"PELLUCID_CLICKHOUSE_URL": store_url, "PELLUCID_TRUSTED_PROXIES": PROXY}
    with (
        Server(tmp_path / "data", environment=environment) as server,
        nginx_before(server.port, tmp_path / "nginx") as nginx,
    ):
        site = server.site(preset="cookieless")
        # Where a body would be put, nothing can be put.
        shutil.rmtree(nginx.prefix / "bodies")

        taken = _visit(nginx, site.id, visitor)
        bulk = httpx2.post(
            f"{nginx.url}/matomo.php",
            content=_large_bulk(site.id),
            headers={"user-agent": FIREFOX},
            timeout=60,
        )
        numbers = httpx2.get(f"{nginx.url}/metrics", timeout=60)
        status = server.stop()
        away = _visit(nginx, site.id, visitor)
        elsewhere = httpx2.get(f"{nginx.logging}/logs-are-kept", timeout=60)
        logs = nginx.logs()

    assert status == 0
    assert [taken.status_code, bulk.status_code, numbers.status_code, away.status_code] == [200, 200, 404, 502]
    assert elsewhere.is_success
    assert "/logs-are-kept" in logs
    assert "matomo.php" not in logs
    assert visitor not in logs


def _large_bulk(site_id: int) -> bytes:
    """Return a bulk request far larger than what nginx keeps in memory by itself."""
    title = "a" * 1000
    hits = [f"?idsite={site_id}&rec=1&url=https://example.org/{page}&action_name={title}" for page in range(200)]
    return json.encode({"requests": hits})
