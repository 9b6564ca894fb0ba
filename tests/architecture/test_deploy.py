"""The examples in `deploy/` hold what the server needs: time to end, bodies that pass, and silence about visitors."""

import re
from pathlib import Path

from pellucid.app.web import TRACKING_PATHS
from pellucid.cli.watch import SECONDS_TO_END
from pellucid.collect.endpoint import LARGEST_BODY, LONGEST_QUERY
from pellucid.collect.tracker_files import PATHS as TRACKER_PATHS

ROOT = Path(__file__).parents[2]
SERVICE = (ROOT / "deploy" / "pellucid.service").read_text()
NGINX = (ROOT / "deploy" / "nginx.conf").read_text()
CADDY = (ROOT / "deploy" / "Caddyfile").read_text()
IMAGE = (ROOT / "deploy" / "Dockerfile").read_text()
GUIDE = (ROOT / "docs" / "deploy.md").read_text()

ENDING_ONE_AFTER_THE_OTHER = ("web", "ingest", "engine")
_UNITS = {"k": 1024, "m": 1024 * 1024}


def _value(text: str, name: str) -> str:
    """Return the value of a setting in a unit, or of a directive of nginx."""
    found = re.search(rf"^\s*{name}[ =](.+?);?$", text, re.MULTILINE)
    return found[1] if found else ""


def _bytes(size: str) -> int:
    return int(size[:-1]) * _UNITS[size[-1]]


def test_the_service_gives_every_part_its_time_to_end() -> None:
    given = int(_value(SERVICE, "TimeoutStopSec"))

    assert given > SECONDS_TO_END * len(ENDING_ONE_AFTER_THE_OTHER)


def test_the_service_tells_the_watcher_alone_to_end() -> None:
    told = (_value(SERVICE, "KillMode"), _value(SERVICE, "KillSignal"))

    assert told == ("mixed", "SIGTERM")


def test_the_service_brings_no_memory_to_the_disk() -> None:
    kept = (_value(SERVICE, "MemorySwapMax"), _value(SERVICE, "LimitCORE"))

    assert kept == ("0", "0")


def test_what_the_server_takes_passes_nginx() -> None:
    body = _value(NGINX, "client_max_body_size")
    header = _value(NGINX, "large_client_header_buffers").split()[-1]

    assert _bytes(body) >= LARGEST_BODY
    assert _bytes(header) >= 2 * LONGEST_QUERY


def test_no_server_of_nginx_keeps_a_log() -> None:
    servers = re.split(r"^server \{$", NGINX, flags=re.MULTILINE)[1:]

    assert servers
    assert [_value(server, "access_log") for server in servers] == ["off"] * len(servers)
    assert [_value(server, "error_log") for server in servers] == ["/dev/null"] * len(servers)


def test_caddy_keeps_no_log_of_requests() -> None:
    site = CADDY[CADDY.index("stats.example.org") :]

    assert "exclude http.log.error" in CADDY
    assert not re.search(r"^\s*log\b", site, re.MULTILINE)


def test_metrics_are_not_passed_on() -> None:
    assert re.search(r"location = /metrics \{\s+return 404;", NGINX)
    assert "respond /metrics 404" in CADDY


def test_the_guide_lists_every_address_that_browsers_of_visitors_ask() -> None:
    assert [path for path in (*TRACKING_PATHS, *TRACKER_PATHS) if f"`{path}`" not in GUIDE] == []


def test_the_image_runs_as_nobody_special_from_the_lock() -> None:
    assert "--require-hashes --requirement requirements/runtime.txt" in IMAGE
    assert "USER pellucid" in IMAGE
    assert "/health" in IMAGE
