"""What docs/sdk.md shows, done as it stands there."""

import re
import runpy
import subprocess
from pathlib import Path

import httpx2
import pytest

from flow.server import FIREFOX, Server

DOCUMENT = (Path(__file__).parents[2] / "docs" / "sdk.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"```sh\n(.*?)```\n\n```\n(.*?)```", DOCUMENT, re.DOTALL)
(PYTHON,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)


def for_server(text: str, server: Server) -> str:
    return text.replace("https://stats.example.org", server.url).replace("TOKEN", server.token())


@pytest.mark.parametrize(("command", "answer"), SHOWN)
def test_the_commands_are_answered_as_is_shown(server: Server, command: str, answer: str) -> None:
    done = subprocess.run(["/bin/sh", "-c", for_server(command, server)], check=True, capture_output=True, text=True)

    answered = done.stdout.splitlines()
    assert [line for line in answer.splitlines() if line not in answered] == [], done.stdout


@pytest.mark.parametrize(
    ("headers", "objected", "agreed", "verdict"),
    [
        ({}, False, False, "recorded"),
        ({"DNT": "0"}, False, False, "recorded"),
        ({"Sec-GPC": "1"}, False, True, "recorded"),
        ({"Sec-GPC": "1"}, False, False, "refused; reason=global-privacy-control"),
        ({"DNT": "1"}, False, False, "refused; reason=do-not-track"),
        ({}, True, True, "refused; reason=opted-out"),
    ],
)
def test_the_function_passes_on_what_the_visitor_wishes(
    server: Server, tmp_path: Path, headers: dict[str, str], verdict: str, *, objected: bool, agreed: bool
) -> None:
    code = PYTHON.replace('TOKEN = "TOKEN"', f'TOKEN = "{server.token()}"')
    program = tmp_path / "program.py"
    program.write_text(code.replace("https://stats.example.org", server.url), encoding="utf-8")
    measure = runpy.run_path(str(program))["measure"]

    told = measure(
        "https://example.org/python", "203.0.113.9", {"User-Agent": FIREFOX} | headers, objected=objected, agreed=agreed
    )

    assert told == verdict


@pytest.mark.parametrize(
    ("headers", "verdict"),
    [
        ({"Sec-GPC": "1"}, "partly recorded; reason=consent-withdrawn, global-privacy-control"),
        ({"DNT": "1"}, "partly recorded; reason=consent-withdrawn, do-not-track"),
        ({"Cookie": "a=1; mtm_consent_removed=1"}, "refused; reason=opted-out"),
        ({}, "partly recorded; reason=consent-withdrawn"),
    ],
)
def test_the_headers_of_a_bulk_count_for_every_entry_and_parameters_for_one(
    server: Server, headers: dict[str, str], verdict: str
) -> None:
    hit = {"idsite": 1, "rec": 1, "url": "https://example.org/mixed"}
    entries = [hit, hit | {"consent": "1"}, hit | {"consent": "0"}]

    told = httpx2.post(
        f"{server.url}/matomo.php?optout=1", json={"requests": entries}, headers={"User-Agent": FIREFOX} | headers
    )

    assert told.headers["Pellucid-Verdict"] == verdict


def test_what_the_page_shows_is_stored_but_for_the_objections(server: Server) -> None:
    server.until(lambda: {"https://example.org/bulk", "https://example.org/python"} <= set(server.stored()))

    assert {"https://example.org/curl", "https://example.org/objected"}.isdisjoint(server.stored())
