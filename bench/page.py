"""What was measured, for a terminal and for docs/performance.md."""

import os
import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median, quantiles

from msgspec import Struct
from rich.table import Table

from load import CONNECTIONS, CORES, Answered
from pellucid import __version__

WANTED_SHARE = 0.40
_MEBIBYTE = 1 << 20


class Share(Struct):
    """Durable hits, and what a bare application answers under the same server: several rounds, in turns."""

    workers: int
    warm_up: list[Answered]
    hits: list[Answered]
    bare: list[Answered]

    @property
    def share(self) -> float:
        """The median of the rounds' shares."""
        return median(ours.rate / theirs.rate for ours, theirs in zip(self.hits, self.bare, strict=True))


class Stored(Struct):
    """Hits that a whole server took and stored at once: how many a second until the last was stored; peaks in bytes."""

    answered: Answered
    rate: float
    peaks: dict[str, int]


class Measured(Struct):
    """All of it."""

    shares: list[Share]
    caught_up: float
    stored: Stored
    to_report: list[float]


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
        hit, empty = (median(one.processor_us for one in some) for some in (each.hits, each.bare))
        yield f"Processor time of a durable hit and of an empty answer, {named}", f"{hit:.0f} µs, {empty:.0f} µs"
        slowest = median(one.p99_ms for one in each.hits)
        yield (
            f"Time of an answer with {CONNECTIONS} connections, {named}: median, 99 of 100",
            f"{median(one.median_ms for one in each.hits):.1f} ms, {slowest:.1f} ms",
        )
    yield "Hits a second that ingest moves when many wait", f"{measured.caught_up:,.0f}"
    yield (
        "Hits a second taken and stored at once by a whole server on two cores, wrk on the same",
        f"{measured.stored.rate:,.0f} (taken: {measured.stored.answered.rate:,.0f})",
    )
    waits = measured.to_report
    yield (
        "From the answer to the report: median, 95 of 100",
        f"{median(waits):.2f} s, {quantiles(waits, n=20)[-1]:.2f} s",
    )
    for name, peak in measured.stored.peaks.items():
        yield f"Most memory of {name}", f"{peak / _MEBIBYTE:,.0f} MiB"


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
- **Taken and stored at once.** `pellucid serve` with one web process, while wrk sends as fast as it is answered; the
  time ends when the last hit is in the store.
- **From the answer to the report.** One hit at a time at random moments, then `VisitsSummary.get` again and again until
  it is counted.
- **Memory.** The most that was resident at any time (`VmHWM`), after all of this.
"""


def _processor() -> str:
    with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123 -- one line of a long file
        for line in file:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()
