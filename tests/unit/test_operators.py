import asyncio
import os
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from pellucid.edge import status_of
from pellucid.errors import PellucidError
from pellucid.operators import SHARED, Numbers, routes
from pellucid.policy.decision import Refusal

HERE = ("127.0.0.1", 50000)
HERE_V6 = ("::1", 50000)
ELSEWHERE = ("203.0.113.7", 50000)


class Operated:
    """A server's health and numbers, and what they are asked from."""

    def __init__(self, numbers: Numbers, token: str = "") -> None:
        self.trouble = ""
        self.numbers = numbers
        numbers.store_is(up=True)
        self._application = Starlette(
            routes=routes(lambda: self.trouble, numbers, token),
            exception_handlers={PellucidError: _answer},
        )

    def get(self, path: str, client: tuple[str, int] = HERE, **headers: str) -> httpx2.Response:
        named = {name.replace("_", "-"): value.encode("latin-1") for name, value in headers.items()}
        return asyncio.run(self._ask(path, client, named))

    async def _ask(self, path: str, client: tuple[str, int], headers: dict[str, bytes]) -> httpx2.Response:
        transport = httpx2.ASGITransport(self._application, client=client)
        async with httpx2.AsyncClient(transport=transport, base_url="http://stats.example") as asker:
            return await asker.get(path, headers=headers)


def _answer(_request: Request, error: Exception) -> PlainTextResponse:
    assert isinstance(error, PellucidError)
    return PlainTextResponse(str(error), status_of(error))


@pytest.fixture
def operated() -> Operated:
    return Operated(Numbers({}))


def test_a_server_is_not_well_before_the_engine_has_answered_once(operated: Operated) -> None:
    operated.numbers.store_is(up=False)
    before = operated.get("/health")
    operated.numbers.store_is(up=True)
    then = operated.get("/health")
    operated.numbers.store_is(up=False)
    after = operated.get("/health")

    assert [answer.status_code for answer in (before, then, after)] == [503, 200, 200]
    assert [answer.json()["status"] for answer in (before, then, after)] == ["unavailable", "ok", "degraded"]
    assert after.json()["store"] == "does not answer; hits are kept until it does"


def test_a_server_that_can_not_write_hits_is_not_well_and_says_why(operated: Operated) -> None:
    operated.trouble = "Make room on this disk."
    full = operated.get("/health")
    operated.trouble = ""
    again = operated.get("/health")

    assert (full.status_code, full.json()["journal"]) == (503, "Make room on this disk.")
    assert (again.status_code, again.json()["journal"]) == (200, "ok")


def test_health_is_never_kept_by_a_cache(operated: Operated) -> None:
    assert operated.get("/health").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("client", "headers", "status"),
    [
        (HERE, {}, 200),
        (HERE_V6, {}, 200),
        (ELSEWHERE, {}, 403),
        (HERE, {"x_forwarded_for": "203.0.113.7"}, 403),
        (HERE, {"x_forwarded_for": "127.0.0.1"}, 403),
        (HERE, {"forwarded": "for=203.0.113.7"}, 403),
        (HERE, {"x_real_ip": "203.0.113.7"}, 403),
        (HERE, {"via": "1.1 proxy"}, 403),
    ],
)
def test_without_a_token_numbers_are_for_this_machine_alone(
    operated: Operated, client: tuple[str, int], headers: dict[str, str], status: int
) -> None:
    assert operated.get("/metrics", client, **headers).status_code == status


@pytest.mark.parametrize(
    ("client", "authorization", "status"),
    [
        (ELSEWHERE, "Bearer a token", 200),
        (HERE, "Bearer a token", 200),
        (ELSEWHERE, "Bearer another", 403),
        (ELSEWHERE, "Bearer a token\u00e9", 403),
        (ELSEWHERE, "a token", 403),
        (HERE, "", 403),
    ],
)
def test_with_a_token_numbers_are_for_who_brings_it(client: tuple[str, int], authorization: str, status: int) -> None:
    operated = Operated(Numbers({}), token="a token")

    assert operated.get("/metrics", client, authorization=authorization).status_code == status


def test_numbers_are_those_since_the_process_began() -> None:
    numbers = Numbers({})
    numbers.count(3, {(1, 0, Refusal.ROBOT): 14})
    numbers.count(10, {(1, 1, Refusal.ROBOT): 6})

    told = Operated(numbers).get("/metrics").text.splitlines()

    assert "pellucid_hits_recorded_total 10.0" in told
    assert 'pellucid_hits_refused_total{reason="robot"} 20.0' in told
    assert "pellucid_store_up 1.0" in told


def test_of_fewer_than_ten_refusals_not_even_the_reason_is_told() -> None:
    numbers = Numbers({})
    numbers.count(0, {(1, 1, Refusal.OPTED_OUT): 9})

    told = Operated(numbers).get("/metrics").text

    assert "opted-out" not in told


def test_the_number_of_refusals_says_who_is_not_in_it() -> None:
    told = Operated(Numbers({})).get("/metrics").text

    assert "visitors whose browser sent nothing are not in it" in told


COUNTS = """
import os, sys
from pellucid.operators import Numbers
from pellucid.policy.decision import Refusal
numbers = Numbers(os.environ)
numbers.count(int(sys.argv[1]), {(1, 0, Refusal.ROBOT): 10})
numbers.store_is(up=sys.argv[2] == "up")
print(numbers.text().decode())
"""


def test_processes_count_together_also_those_that_have_ended(tmp_path: Path) -> None:
    told = [
        subprocess.run(
            [sys.executable, "-c", COUNTS, str(recorded), up],
            env={**os.environ, SHARED: str(tmp_path)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.splitlines()
        for recorded, up in ((5, "down"), (7, "up"))
    ]

    assert "pellucid_hits_recorded_total 12.0" in told[1]
    assert 'pellucid_hits_refused_total{reason="robot"} 20.0' in told[1]
    assert "pellucid_store_up 1.0" in told[1]
