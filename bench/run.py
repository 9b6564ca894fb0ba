"""Measures, and writes what it measured to docs/performance.md: `make bench`.

Figures of one machine say little about another, so what can be is measured side by side with a bare application under
the same server, in turns, and told as a share of it.
"""

import sys
import tempfile
from contextlib import closing, suppress
from pathlib import Path
from random import random
from time import monotonic, sleep

from rich.console import Console

from load import (
    CONNECTIONS,
    CORES,
    HERE,
    HITS_OF_A_BULK,
    Server,
    Service,
    children,
    coming,
    fire,
    served,
    warm_up,
)
from page import Asked, Measured, Share, Stored, page, table
from pellucid.errors import StoreUnavailable
from pellucid.registry.database import open_database, sqlite_url
from pellucid.registry.registry import Registry
from reports import time_reports
from year import fill, set_up

ROOT = HERE.parent
ROUNDS = 5
SECONDS_OF_A_ROUND = 4
SECONDS_END_TO_END = 10
SAMPLES = 25
MOST_LOOKS = 30
SECONDS_BETWEEN_LOOKS = 2
SHARE_WHEN_WARM = 0.05
"""Of a processor, what parsers of devices take that know all browsers but a few."""
RATE_BESIDE_REPORTS = 1_000
PROXY = {"PELLUCID_TRUSTED_PROXIES": "127.0.0.1"}
"""wrk says for whom it asks: visitors have addresses of their own."""
NOWHERE = "http://127.0.0.1:9"
PAGE = ROOT / "docs" / "performance.md"
console = Console(highlight=False)


def measure(data: Path) -> Measured:
    """Measure everything, one after the other."""
    data.mkdir()
    with closing(Registry(open_database(sqlite_url(data / "registry.db")))) as registry:
        for name in ("Shop", "Another"):
            registry.add_site(name, ["http://shop.example"], preset="matomo")
    shares = [share(data, workers) for workers in (1, 2)]
    with Server(data, environment=PROXY) as server:
        caught_up = catch_up(server, shares)
        stored = store_at_once(server)
        return Measured(shares, caught_up, stored, times_to_report(server))


def share(data: Path, workers: int) -> Share:
    """Measure how many hits are on disk when they are answered; ingest does not run, and they wait there.

    One worker has a core to itself, and what sends has another; two share both with it.
    """
    cores, others = (CORES[:1], CORES[1:2]) if workers == 1 else (CORES[:2], CORES[:2])
    with (
        served(part("engine", data), 1, others, store_at(NOWHERE)) as engine,
        served(part("web", data), workers, cores, store_at(engine.url)) as ours,
        served([HERE / "least.py", data / "least"], workers, cores) as least,
        served([HERE / "bare.py"], workers, cores) as theirs,
    ):
        done = Share(workers, warm_up(ours, SECONDS_OF_A_ROUND // 2, others), [], [], [], [])
        for _ in range(ROUNDS):
            done.hits.append(fire(ours, SECONDS_OF_A_ROUND, others))
            done.bare.append(fire(theirs, SECONDS_OF_A_ROUND, others))
            done.least.append(fire(least, SECONDS_OF_A_ROUND, others))
            done.bulk.append(fire(ours, SECONDS_OF_A_ROUND, others, HITS_OF_A_BULK))
            ours_last, bare_last, least_last = done.hits[-1], done.bare[-1], done.least[-1]
            console.print(
                f"{workers} at work: {ours_last.rate:,.0f} hits/s of {ours_last.processor_us:.0f} µs, "
                f"bare {bare_last.rate:,.0f}/s of {bare_last.processor_us:.0f} µs, "
                f"at the least {least_last.rate:,.0f}/s of {least_last.processor_us:.0f} µs, "
                f"in bulk {done.bulk[-1].rate:,.0f}/s of {done.bulk[-1].processor_us:.0f} µs"
            )
    return done


def part(name: str, data: Path) -> list[str | Path]:
    """Return the command of a part of a server, but for the number of its socket."""
    return ["-m", "pellucid", name, "--data", data, "--watched", "--socket"]


def store_at(url: str) -> dict[str, str]:
    """Return the variable that says where the store is."""
    return PROXY | {"PELLUCID_CLICKHOUSE_URL": url.replace("//", "//default:bench@") + "/default"}


def catch_up(server: Server, shares: list[Share]) -> float:
    """Return how many hits a second ingest moves of those that waited; all that were acknowledged have to come."""
    rounds = [answered.answered for each in shares for answered in (*each.warm_up, *each.hits, *each.bulk)]
    acknowledged = sum(rounds)
    wait_for(server, 1)
    already, began = stored(server), monotonic()
    wait_for(server, acknowledged)
    took = monotonic() - began
    settled = settle(server)
    # What was on its way when wrk ended a round is stored, and its answer nobody has read.
    sent_last = CONNECTIONS * HITS_OF_A_BULK * len(rounds)
    assert acknowledged <= settled <= acknowledged + sent_last, f"{acknowledged} acknowledged, {settled} stored"
    return (acknowledged - already) / took


def store_at_once(server: Server) -> Stored:
    """Measure a whole server that takes hits and stores them, on all cores it has."""
    before, began = stored(server), monotonic()
    answered = fire(Service(server.url, [server.process.pid]), SECONDS_END_TO_END, CORES[:2])
    wait_for(server, before + answered.answered)
    took = monotonic() - began
    return Stored(answered, answered.answered / took, peaks(server))


def times_to_report(server: Server) -> list[float]:
    """Return the seconds from the answer to a hit until the report has it."""
    token, seconds = server.token(), []
    for number in range(1, SAMPLES + 1):
        # Ingest works in rounds: hits come at any moment of one.
        sleep(random())  # noqa: S311 -- nothing secret
        server.hit(idsite="2", url=f"http://shop.example/{number}")
        began = monotonic()
        while actions(server, token) < number:
            sleep(0.01)
        seconds.append(monotonic() - began)
    return seconds


def actions(server: Server, token: str) -> int:
    """Return what the report says of the other site."""
    told = server.report(token, "VisitsSummary.get", idSite="2", period="range", date="last2")
    return int(told["nb_actions"])


def stored(server: Server) -> int:
    """Return how many events the store has."""
    with suppress(StoreUnavailable), closing(server.store()) as store:
        return int(str(store.ask("select count() from events").rows[0][0]))
    return 0


def wait_for(server: Server, number: int) -> None:
    """Wait until so many events are stored."""
    while stored(server) < number:
        sleep(0.05)


def settle(server: Server) -> int:
    """Return how many events are stored when no more come."""
    last = -1
    while (now := stored(server)) != last:
        last = now
        sleep(2)
    return now


def peaks(server: Server) -> dict[str, int]:
    """Return the most memory a process of each part has had, in bytes."""
    found = {"watcher": peak(server.process.pid)}
    for name in ("web", "ingest", "engine"):
        found[name] = max(map(peak, server.parts(name)))
    parsers = [parser for web in server.parts("web") for parser in children(web)]
    return found | {"web's exact parser": max(map(peak, parsers))}


def warm_up_to_report(server: Server) -> None:
    """Wait until the exact parsers of devices have seen the browsers of what comes in: later they rest."""
    service = Service(server.url, server.parts("web"))
    before = service.processor_seconds_of_children()
    for _ in range(MOST_LOOKS):
        sleep(SECONDS_BETWEEN_LOOKS)
        now = service.processor_seconds_of_children()
        if now - before < SHARE_WHEN_WARM * SECONDS_BETWEEN_LOOKS:
            return
        before = now


def peak(process: int) -> int:
    """Return the most memory a process has had, in bytes."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def reports(data: Path) -> Asked:
    """Measure reports on a year of many visits, while hits come in, and how soon a hit is in one of them."""
    data.mkdir()
    with closing(Registry(open_database(sqlite_url(data / "registry.db")))) as registry:
        site = set_up(registry)
        registry.add_site("Another", ["http://shop.example"], preset="matomo")
    with Server(data, "--workers", "2", environment=PROXY) as server:
        events, visits = fill(server, site, console)
        with coming(server.url, RATE_BESIDE_REPORTS):
            warm_up_to_report(server)
            before, began = stored(server), monotonic()
            timed = time_reports(server, console)
            rate = (stored(server) - before) / (monotonic() - began)
            return Asked(events, visits, timed, rate, times_to_report(server), peaks(server))


if __name__ == "__main__":
    if len(CORES) < 2:
        sys.exit("This measures what one core does while another sends; there is only one.")
    with tempfile.TemporaryDirectory(prefix="pellucid-bench-") as directory:
        measured = measure(Path(directory) / "data")
        measured.asked = reports(Path(directory) / "year")
    console.print(table(measured))
    PAGE.write_text(page(measured), encoding="utf-8")
    console.print(f"Written to {PAGE.relative_to(ROOT)}.")
