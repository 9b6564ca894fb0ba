"""Every part killed at random moments while hits come in: what was acknowledged is in the reports, once.

`PELLUCID_FAULTS` says how often each part is killed, and `PELLUCID_FAULTS_SEED` repeats the order and the moments of
an earlier run, which prints it.
"""

import os
import random
import secrets
import signal
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from time import sleep

import pytest

from faults.load import Load
from flow.server import Server, descendants, lives, until
from pellucid.errors import StoreUnavailable

TIMES = int(os.environ.get("PELLUCID_FAULTS", "3"))
SEED = int(os.environ.get("PELLUCID_FAULTS_SEED", secrets.randbelow(1 << 32)))
PROCESSES = {"web": 2, "ingest": 1, "engine": 1}
WHOLE = "serve"
LONGEST_PAUSE_SECONDS = 0.8
"""Two rounds of ingest: each of its steps has its turn."""

pytestmark = pytest.mark.timeout(120 + 60 * TIMES)


def victims(chance: random.Random) -> Iterator[tuple[str, float]]:
    """Yield what is killed next, and how long after the last has proved to work again."""
    names = [*PROCESSES] * TIMES + [WHOLE] * (1 + TIMES // 10)
    chance.shuffle(names)
    for name in names:
        yield name, chance.uniform(0, LONGEST_PAUSE_SECONDS)


def kill(server: Server, victim: str) -> None:
    """Kill one process of a part; or the watcher alone, and start the whole again when its parts are gone."""
    if victim != WHOLE:
        server.kill(victim)
        return
    # Stood still, so that it starts nothing more that nobody waits for.
    server.process.send_signal(signal.SIGSTOP)
    parts = descendants(server.process.pid)
    server.crash()
    until(lambda: not any(map(lives, parts)))
    server.start(port=server.port)


def is_whole(server: Server) -> bool:
    """Return whether every part runs, as many processes of it as there should be."""
    return {name: len(server.parts(name)) for name in PROCESSES} == PROCESSES


def until_more_is_stored(server: Server) -> None:
    """Wait until hits go all the way."""
    before = stored(server)
    server.until(lambda: stored(server) > before)


def stored(server: Server) -> int:
    """Return how many events the store has, or -1 while it does not answer."""
    with suppress(StoreUnavailable), closing(server.store()) as store:
        return int(str(store.ask("select count() from events").rows[0][0]))
    return -1


def test_what_was_acknowledged_is_in_the_reports_once_whatever_is_killed(tmp_path: Path) -> None:
    print(f"PELLUCID_FAULTS={TIMES} PELLUCID_FAULTS_SEED={SEED}")  # noqa: T201 -- how to do this again
    chance = random.Random(SEED)  # noqa: S311 -- nothing secret
    proxies = {"PELLUCID_TRUSTED_PROXIES": "127.0.0.1"}
    with Server(tmp_path / "data", "--workers", "2", environment=proxies) as server:
        server.site()
        token = server.token()
        with Load(server.port) as load:
            for victim, pause in victims(chance):
                until_more_is_stored(server)
                sleep(pause)
                kill(server, victim)
                server.until(lambda: is_whole(server))
        acknowledged, sent = load.acknowledged(), load.sent()
        until(lambda: acknowledged <= server.stored(), lambda: f"lost: {acknowledged - server.stored()}")
        kept = server.stored()
        summary = server.report(token, "VisitsSummary.get", idSite="1", period="range", date="last2")
        pages = server.report(
            token, "Actions.getPageUrls", idSite="1", period="range", date="last2", flat="1", filter_limit="-1"
        )

    assert len(acknowledged) > 100 * TIMES
    assert acknowledged - kept == {}
    assert kept - sent == {}
    assert {row["label"]: row["nb_hits"] for row in pages} == {page.partition(".example")[2]: 1 for page in kept}
    assert summary["nb_actions"] == sum(kept.values())
    assert summary["nb_visits"] == load.visitors()
