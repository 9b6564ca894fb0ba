"""What is declared of access logs is what an import does."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import time

import pytest
from msgspec import json

from builders import NOON
from pellucid.collect.access_log import LineReader
from pellucid.collect.log_import import LogImport
from pellucid.enrich.robots import agent
from pellucid.errors import RequestError
from pellucid.policy.state import Client, Signal, State, Step
from pellucid.policy.states import STATES
from tracking import FIREFOX, a_collector, a_site

IN_A_LOG = [state for state in STATES if state.client is Client.LOG]


@pytest.mark.parametrize("state", IN_A_LOG, ids=lambda state: state.name)
def test_a_line_of_a_log_is_kept_as_is_declared(state: State, tmp_path: Path) -> None:
    site = a_site(1, state.preset)
    objects = {"Sec-Gpc": ["1"]} if state.signal is Signal.GLOBAL_PRIVACY_CONTROL else {}
    asked = {"client_ip": "203.0.113.9", "method": "GET", "host": "site.example", "uri": "/page"}
    asked |= {"headers": {"User-Agent": [FIREFOX]} | objects}
    (tmp_path / "access.log").write_bytes(
        json.encode({"ts": NOON / 1000 - 60, "request": asked, "status": 200}) + b"\n"
    )
    hits: list[bytes] = []

    async def append(rows: Sequence[tuple[int, bytes]], *_notes: tuple[str, int]) -> None:
        hits.extend(body for _, body in rows)

    def importing() -> LogImport:
        lines = LineReader(site, agent, lambda: NOON)
        return LogImport(
            site, lines, lambda own: a_collector(own, site=lambda _id: site, token="import"), append, {}, time()
        )

    with suppress(RequestError):
        asyncio.run(importing().read(tmp_path / "access.log", lambda _log: None))

    assert bool(hits) == state.steps[Step.FIRST_PAGE].recorded
