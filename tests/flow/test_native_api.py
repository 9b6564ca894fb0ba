"""The native API of a whole server, held against its own description by a program that tries to break it."""

import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from flow.server import FIREFOX, PATIENCE_SECONDS, Server
from pellucid.model.account import Access
from pellucid.registry.tokens import Reach

MONDAY = 1_780_272_000
"""1 June 2026, midnight in UTC, in seconds: the examples of the description ask for its month."""


@pytest.fixture(scope="module")
def token(server: Server) -> str:
    """A token that reads, on a server that has stored some hits."""
    pages = ["/", "/shop/", "/shop/bikes", "/"]
    hits = [
        {
            "idsite": "1",
            "rec": "1",
            "_id": "00000000000000aa",
            "ua": FIREFOX,
            "url": f"https://example.org{page}",
            "action_name": page,
            "cdt": str(MONDAY + 60 * place),
        }
        for place, page in enumerate(pages)
    ]
    bulk = {"requests": hits, "token_auth": server.token()}
    assert httpx2.post(f"{server.url}/matomo.php", json=bulk, timeout=60).json()["tracked"] == len(hits)
    server.until(lambda: sum(server.stored().values()) == len(hits))
    registry = server.registry()
    created = registry.create_token("admin", "tests", Reach(most=Access.VIEW))
    registry.close()
    return created


def test_a_question_is_answered_by_a_whole_server(server: Server, token: str) -> None:
    asked = {"sites": [1], "from": "2026-06-01", "to": "2026-06-30", "metrics": ["visits", "pageviews"]}

    answer = httpx2.post(
        f"{server.url}/api/v1/query", json=asked, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE_SECONDS
    )

    assert answer.json()["rows"] == [{"dimensions": {}, "metrics": {"visits": 1, "pageviews": 4}}]


# 413 is what a body is rejected with that is too large, whatever else is wrong with it.
SCHEMATHESIS = """
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429, "5xx"]
"""


def test_schemathesis_finds_nothing(server: Server, token: str, tmp_path: Path) -> None:
    (tmp_path / "schemathesis.toml").write_text(SCHEMATHESIS)
    # The same requests every time: it is a change of ours that should make it fail.
    command = [
        *(Path(sys.executable).parent / "schemathesis", "run", f"{server.url}/api/v1/openapi.json"),
        *("--header", f"Authorization: Bearer {token}"),
        *("--max-examples", "20", "--max-time", "45", "--generation-database", "none", "--no-color", "--seed", "1"),
    ]

    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout + run.stderr
    assert "Tested: 10" in run.stdout, run.stdout
