"""What was measured, for a terminal and for docs/performance.md."""

import os
import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median, quantiles

from msgspec import Struct
from rich.table import Table

from load import CONNECTIONS, CORES, HITS_OF_A_BULK, Answered
from pellucid import __version__
from reports import SEGMENT, SPANS, Timed

WANTED_SHARE = 0.40
_MEBIBYTE = 1 << 20


class Share(Struct):
    """Durable hits, and what a bare application answers under the same server: several rounds, in turns.

    `least` are hits that are read and put on disk, and nothing else.
    """

    workers: int
    warm_up: list[Answered]
    hits: list[Answered]
    bare: list[Answered]
    least: list[Answered]
    bulk: list[Answered]

    @property
    def share(self) -> float:
        """The median of the rounds' shares."""
        return _share(self.hits, self.bare)

    @property
    def share_at_the_least(self) -> float:
        """The same of hits that are only read and put on disk."""
        return _share(self.least, self.bare)

    @property
    def share_in_bulk(self) -> float:
        """The same of hits that come many at once."""
        return _share(self.bulk, self.bare)


def _share(ours: list[Answered], theirs: list[Answered]) -> float:
    return median(one.rate / other.rate for one, other in zip(ours, theirs, strict=True))


class Stored(Struct):
    """Hits that a whole server took and stored at once: how many a second until the last was stored; peaks in bytes."""

    answered: Answered
    rate: float
    peaks: dict[str, int]


class Asked(Struct):
    """Reports on so many events and visits, while so many hits a second were stored.

    `to_report` are the seconds from the answer to a hit until it was in a report.
    """

    events: int
    visits: int
    timed: dict[str, list[Timed]]
    rate: float
    to_report: list[float]
    peaks: dict[str, int]


class Measured(Struct):
    """All of it."""

    shares: list[Share]
    caught_up: float
    stored: Stored
    to_report: list[float]
    asked: Asked | None = None


def figures(measured: Measured) -> Iterator[tuple[str, str]]:
    """Yield what was measured, and the figure."""
    for each in measured.shares:
        ours, theirs = (median(one.rate for one in some) for some in (each.hits, each.bare))
        wanted = f"; at least {WANTED_SHARE:.2f} is wanted" if each.workers == 1 else ""
        named = "one web process on one core" if each.workers == 1 else "two web processes, with wrk on the same cores"
        yield (
            f"Durable hits a second as a share of empty answers, {named}",
            f"**{each.share:.2f}** ({ours:,.0f} of {theirs:,.0f}{wanted})",
        )
        least = median(one.rate for one in each.least)
        yield (
            f"Hits a second that are only read and put on disk, as a share of empty answers, {named}",
            f"**{each.share_at_the_least:.2f}** ({least:,.0f} of {theirs:,.0f})",
        )
        hit, kept, empty = (median(one.processor_us for one in some) for some in (each.hits, each.least, each.bare))
        yield (
            f"Processor time of a durable hit, of one that is only read and put on disk, of an empty answer, {named}",
            f"{hit:.0f} µs, {kept:.0f} µs, {empty:.0f} µs",
        )
        slowest = median(one.p99_ms for one in each.hits)
        yield (
            f"Time of an answer with {CONNECTIONS} connections, {named}: median, 99 of 100",
            f"{median(one.median_ms for one in each.hits):.1f} ms, {slowest:.1f} ms",
        )
        bulk = median(one.rate for one in each.bulk)
        yield (
            f"Durable hits a second {HITS_OF_A_BULK} at once, as a share of empty answers, {named}",
            f"**{each.share_in_bulk:.2f}** ({bulk:,.0f} of {theirs:,.0f})",
        )
    yield "Hits a second that ingest moves when many wait", f"{measured.caught_up:,.0f}"
    yield (
        "Hits a second taken and stored at once by a whole server on two cores, wrk on the same",
        f"{measured.stored.rate:,.0f} (taken: {measured.stored.answered.rate:,.0f})",
    )
    yield "From the answer to the report: median, 95 of 100", _waits(measured.to_report)
    for name, peak in measured.stored.peaks.items():
        yield f"Most memory of {name}", f"{peak / _MEBIBYTE:,.0f} MiB"
    if measured.asked:
        yield from _figures_of_reports(measured.asked)


def _figures_of_reports(asked: Asked) -> Iterator[tuple[str, str]]:
    many = f"{asked.events / 1e6:.1f} million events"
    for span in SPANS:
        timed = sorted(asked.timed[span.name], key=lambda one: one.answered_ms)
        slowest, above = timed[-1], sum(one.answered_ms > span.wanted_ms for one in timed)
        middle = median(one.answered_ms for one in timed)
        yield (
            f"{len(timed)} reports on {many}, {span.name}, {_times(span.rounds)} each: median, slowest",
            (
                f"**{middle:.0f} ms**, {slowest.answered_ms:,.0f} ms ({slowest.method}); "
                f"at most {span.wanted_ms} ms is wanted, {above} take longer"
            ),
        )
        yield (
            f"Their time as a multiple of that of their statements alone, {span.name}: median, most",
            (
                f"**{median(one.ratio for one in timed):.2f}**, {max(one.ratio for one in timed):.2f}; "
                f"all together {sum(one.answered_ms for one in timed) / sum(one.bare_ms for one in timed):.2f}"
            ),
        )
    yield "Hits a second that were stored meanwhile", f"{asked.rate:,.0f}"
    yield f"From the answer to the report, with {many}: median, 95 of 100", _waits(asked.to_report)
    for name, peak in asked.peaks.items():
        yield f"Most memory of {name}, with {many}", f"{peak / _MEBIBYTE:,.0f} MiB"


def _times(rounds: int) -> str:
    return "once" if rounds == 1 else f"{rounds} times"


def _waits(seconds: list[float]) -> str:
    return f"{median(seconds):.2f} s, {quantiles(seconds, n=20)[-1]:.2f} s"


def table(measured: Measured) -> Table:
    """Return it for a terminal."""
    shown = Table("measured", "figure", show_edge=False)
    for what, figure in figures(measured):
        shown.add_row(what, figure.replace("**", ""))
    return shown


def page(measured: Measured) -> str:
    """Return it as a page."""
    rows = "\n".join(f"| {what} | {figure} |" for what, figure in figures(measured))
    return f"""# Performance

What `make bench` measured, on {datetime.now(UTC):%-d %B %Y}, with Pellucid {__version__}: it writes this page.

Machine: {len(CORES)} of {os.cpu_count()} cores ({_processor()}), {platform.system()} {platform.release()},
Python {platform.python_version()}. Figures of one machine say little about another; shares hold better.

| measured | figure |
|---|---|
{rows}

## How

- **Durable hits.** wrk sends page views as Matomo's tracker does, over {CONNECTIONS} connections, each of another
  visitor and page, by 214 browsers of which some are common and most rare. Each passes the gate, is enriched with
  device, place and source, and is on disk (`synchronous=FULL`) before it is answered. The measure is an application
  that answers 204 to the same requests and does nothing (`bench/bare.py`), under the same server with the same
  settings. Both take turns; the share is the median of {len(measured.shares[0].hits)} rounds. Afterwards a whole
  server starts on the same data, and everything that was acknowledged has to be in the store.
- **Only read and put on disk.** An application that reads the parameters, puts them into a journal of its own and
  answers (`bench/least.py`): no decision, no device, no place. No hit can cost less with this server and this journal,
  so this is where the share of durable hits would end if all else cost nothing.
- **Taken and stored at once.** `pellucid serve` with one web process, while wrk sends as fast as it is answered; the
  time ends when the last hit is in the store.
- **From the answer to the report.** One hit at a time at random moments, then `VisitsSummary.get` again and again until
  it is counted.
- **At once.** The same hits, {HITS_OF_A_BULK} in a bulk request; the share is of hits to empty answers.
- **Reports on many events.** A year of visits is made up (`bench/year.py`): one in twenty goes through a journal and
  ingest hit by hit, and the engine writes the rows of each nineteen times more. Days that are over are rolled up, and
  the visits of each month put together, as they are on any server before long. While 1,000 hits a second are to be sent
  (how many were stored stands above) to two web processes, and once their parsers of devices know the
  browsers, each report of Matomo's API is asked for over HTTP, and in turns with it the statements that it needs, sent
  to the engine alone: all of them, also what the web process has kept since it asked for the first time. The segment
  is `{SEGMENT}`.
- **Memory.** The most that was resident at any time (`VmHWM`), after all of this.
"""


def _processor() -> str:
    with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123 -- one line of a long file
        for line in file:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()
