"""Clients from PyPI that nobody here wrote, against a whole server: they track, and read what was tracked."""

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha1
from pathlib import Path
from typing import Any

import httpx2
import pytest

from clients.conftest import HERE, Run
from clients.seen import actions, recorded
from flow.server import Server, until

MATOMOPY_TRACKS = 8
"""How many actions matomopy's steps are: carts, orders, content and pings are none."""


@pytest.fixture(scope="module")
def tracked(server: Server, token: str, run_python: Run) -> list[dict[str, Any]]:
    """What matomopy has tracked."""
    answer = json.loads(run_python("with_matomopy.py", "track"))
    assert (answer["status"], answer["tracked"], answer["invalid"]) == ("success", 2, 0)
    recorded(server, token, "/matomopy/bulk", 2)
    return [action for action in actions(server, token) if action["visit"]["userId"] == "anna"]


def test_asgi_matomo_tracks_an_application(server: Server, token: str, run_python: Run) -> None:
    run_python("with_asgi_matomo.py")

    both = recorded(server, token, "site.example/asgi", 2)
    recorded(server, token, "site.example/asgi/other")
    recorded(server, token, "site.example/asgi/untold")
    # Without a token it can not say whose address it is.
    assert {action["visit"]["visitIp"] for action in both} == {"81.2.0.0", "127.0.0.0"}
    told = next(action for action in both if action["visit"]["visitIp"] == "81.2.0.0")
    assert told["pageTitle"] == "From ASGI"
    assert told["visit"]["browserName"] == "Firefox"
    assert told["visit"]["referrerName"] == "news.example.net"


def test_matomopy_tracks_every_kind_of_action(tracked: list[dict[str, Any]]) -> None:
    kinds = {action["type"] for action in tracked}

    assert kinds >= {"action", "event", "search", "download", "ecommerceOrder"}
    visit = tracked[0]["visit"]
    # Who signs in is known by that, not by what the client calls them.
    assert visit["visitorId"] == sha1(b"anna", usedforsecurity=False).hexdigest()[:16]
    assert (visit["resolution"], visit["languageCode"]) == ("1920x1080", "de")
    assert visit["visitIp"] == "81.2.0.0"


@pytest.mark.usefixtures("tracked")
def test_matomopy_reads_in_each_of_its_ways(run_python: Run) -> None:
    told = json.loads(run_python("with_matomopy.py", "read"))

    assert told["post"] == told["bearer"]
    assert told["post"]["nb_visits"] >= 1
    assert told["segment"]["nb_users"] == 1
    assert {"From Python", "In bulk"} <= {row["label"].strip() for row in told["titles"]}
    assert told["bulk"][0]["value"] >= 1
    assert told["bulk"][1]["value"] == told["version"]
    assert "From Python" in told["csv"]
    assert [site["main_url"] for site in told["sites"]] == ["http://site.example"]
    assert "userId" in {row["segment"] for row in told["segments"]}
    assert [status for status, _ in told["refusals"]] == [401, 401, 400]
    assert "getNothing" in told["refusals"][2][1]


@pytest.mark.usefixtures("tracked")
def test_matomo_api_reads_reports(run_python: Run) -> None:
    told = json.loads(run_python("with_matomo_api.py"))

    assert told["visits"]["nb_visits"] >= 1
    assert {"label": "/matomopy/bulk", "nb_hits": 2} in [
        {name: row[name] for name in ("label", "nb_hits")} for row in told["pages"]
    ]
    assert len(told["days"]) == 2
    assert "From Python" in told["csv"]
    assert told["version"]["value"]
    assert any(visit["userId"] == "anna" for visit in told["live"])
    assert [site["idsite"] for site in told["sites"]] == [1]


@pytest.mark.usefixtures("tracked")
def test_matomo_mcp_answers_an_assistant(run_python: Run) -> None:
    told = json.loads(run_python("with_matomo_mcp.py"))

    assert told["get_site_info"]["main_url"] == "http://site.example"
    assert told["get_visits_summary"]["nb_visits"] >= 1
    assert "matomopy" in {row["label"] for row in told["get_page_urls"]}
    assert "United Kingdom" in {row["label"] for row in told["get_countries"]}
    assert "Desktop" in {row["label"] for row in told["get_user_settings"]}
    assert "Firefox" in {row["label"] for row in told["get_browsers"]}
    assert told["get_referrers"] is not None
    assert {row["label"] for row in told["query_custom_report"]} == {"Film"}


@pytest.mark.usefixtures("tracked")
@pytest.mark.parametrize("output", ["json", "tsv", "xml"])
def test_matomo_cli_prints_a_report(server: Server, token: str, python_environment: Path, output: str) -> None:
    told = {"MATOMO_URL": f"{server.url}/index.php", "MATOMO_TOKEN": token}
    asked = ["--method", "Actions.getPageTitles", "--output_format", output, "--limit", "50"]
    command = [python_environment, "-I", "-m", "matomo_cli.cli", "api", *asked]
    printed = subprocess.run(command, env=os.environ | told, capture_output=True, text=True, check=True).stdout

    assert "From Python" in printed


@pytest.fixture
def exporter(server: Server, token: str, python_environment: Path) -> Iterator[str]:
    """The address of matomo-cli's exporter for Prometheus."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = {
        "MATOMO_URL": f"{server.url}/index.php",
        "MATOMO_TOKEN": token,
        "MATOMO_EXPORTER_PORT": str(port),
        "MATOMO_ACTIONS_FROM_YEAR": str(datetime.now(UTC).year),
    }
    command = [python_environment, "-I", "-u", "-m", "matomo_cli.prometheus"]
    with subprocess.Popen(command, env=os.environ | told, cwd=HERE, stdout=subprocess.DEVNULL) as running:
        yield f"http://127.0.0.1:{port}/metrics"
        running.kill()


@pytest.mark.usefixtures("tracked")
def test_matomo_clis_exporter_tells_prometheus(exporter: str) -> None:
    this_month = f'month="{datetime.now(UTC).month:02}",year="{datetime.now(UTC).year}"'

    def told() -> dict[str, float]:
        try:
            text = httpx2.get(exporter, timeout=5).text
        except httpx2.TransportError:
            return {}
        lines = [line.rpartition(" ") for line in text.splitlines() if line.startswith("matomo")]
        found = {name: float(value) for name, _, value in lines}
        return found if f"matomo_number_of_actions_month{{{this_month}}}" in found else {}

    found = until(told)

    assert found["matomo_number_of_actions"] >= MATOMOPY_TRACKS
    assert found[f"matomo_number_of_actions_month{{{this_month}}}"] >= MATOMOPY_TRACKS
    assert found["matomo_number_of_sites"] == 1
    assert found["matomo_total_users"] == 1
    assert found["matomo_super_users"] == 1
    assert any(name.startswith("matomo_version_info{") and 'major="5"' in name for name in found)
