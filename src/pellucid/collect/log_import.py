"""Access logs into the journal: each line goes the way of a hit, through the same gate, once.

How far a log was read is written with the hits of these lines, in one transaction. So whoever kills an import and
whenever, the next one goes on behind the last hit that is on disk.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Protocol

from msgspec import Struct, field

from pellucid.collect.access_log import LineReader, Skip
from pellucid.collect.collector import Append, Asker, Collector
from pellucid.collect.log_file import LogFile, open_log
from pellucid.errors import RequestError
from pellucid.model.site import ConsentRule, Site

LINES_AT_ONCE = 2_000

_WHOEVER_WROTE_THE_LOG = Asker("", {})
_TOKEN = "import"  # noqa: S105 -- an import is authorised by the account that runs it, and this stands for that


class AppendNoted(Protocol):
    """Returns when hits, and a name with the number that goes with them, are on disk."""

    def __call__(self, rows: Sequence[tuple[int, bytes]], *notes: tuple[str, int]) -> Awaitable[None]:
        """Append."""


class Outcome(Struct):
    """What became of the lines: `read` are all, and each was imported, or skipped for a reason."""

    read: int = 0
    imported: int = 0
    skipped: Counter[str] = field(default_factory=Counter)


class LogImport:
    """Imports logs into one site. `notes` say how far earlier imports have come; `now` counts seconds since 1970.

    `expired` counts the page views that are older than the site keeps any: they will be deleted soon.
    """

    def __init__(
        self,
        site: Site,
        reader: LineReader,
        collector: Callable[[Append], Collector],
        append: AppendNoted,
        notes: dict[str, int],
        now: float,
    ) -> None:
        if site.privacy.consent is ConsentRule.TRACKING:
            raise RequestError(
                f"Site {site.id} ({site.name}) records only who has consented, and a log does not show who has: "
                "nothing can be imported into it.",
            )
        self.outcome = Outcome()
        self.expired = 0
        self._kept_since = _kept_since(site, now)
        self._site = site
        self._reader = reader
        self._collector = collector(self._append)
        self._journal = append
        self._notes = notes
        self._pending: tuple[str, int] | None = None

    async def read(self, path: Path, tell: Callable[[LogFile], None]) -> bool:
        """Import what is new in a log, and return whether its last line is whole.

        `tell` is called whenever some of it is on disk.
        """
        with open_log(path, self._site.id, self._notes) as log:
            # It was counted when it was read.
            self._reader.read(log.heading)
            lines = log.lines()
            while batch := list(islice(lines, LINES_AT_ONCE)):
                await self._keep(batch, log.note())
                tell(log)
            return not log.unfinished

    async def _keep(self, lines: Sequence[bytes], note: tuple[str, int]) -> None:
        told = [self._reader.read(line) for line in lines]
        page_views = [parameters for parameters in told if not isinstance(parameters, Skip)]
        self._pending = note
        collected = await self._collector.collect_each(_WHOEVER_WROTE_THE_LOG, page_views, _TOKEN)
        if self._pending:
            # There was no hit to go with it.
            await self._append([])
        name, position = note
        self._notes[name] = max(position, self._notes.get(name, 0))
        self.expired += sum(int(parameters["cdt"]) < self._kept_since for parameters in page_views)
        self._count(told, [*collected.outcomes, *(Skip.UNREADABLE for _ in collected.invalid)])

    async def _append(self, rows: Sequence[tuple[int, bytes]]) -> None:
        notes = [self._pending] if self._pending else []
        await self._journal(rows, *notes)
        self._pending = None

    def _count(self, told: Sequence[object], outcomes: Sequence[str | None]) -> None:
        self.outcome.read += len(told)
        self.outcome.imported += outcomes.count(None)
        self.outcome.skipped.update(skip.value for skip in told if isinstance(skip, Skip))
        self.outcome.skipped.update(str(reason) for reason in outcomes if reason is not None)


def _kept_since(site: Site, now: float) -> float:
    days = site.privacy.retention_days
    return 0.0 if days is None else now - timedelta(days=days).total_seconds()
