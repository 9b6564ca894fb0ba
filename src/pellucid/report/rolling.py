"""Counts days that are over, once: their rows in `pages_by_day`, and the marks that let queries read those.

A mark must never stand beside something that its rows do not count. So the mark of a day is taken away before rows of
it are sent to the store (`about_to_send`), and a day is marked only if none of its rows was about to be sent since it
was counted. What a day's rows were before goes some time after they are no longer marked.
"""

import logging
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from threading import Event as Signal
from threading import Lock
from time import monotonic, time_ns
from zoneinfo import ZoneInfo

from msgspec import json

from pellucid.errors import StoreUnavailable, TooExpensive
from pellucid.model.period import Period
from pellucid.model.rollup import Rollup
from pellucid.report.adding_up import COUNTING, Span, add_up
from pellucid.report.rollups import GROUPS, Day, Group
from pellucid.report.sql import DEFINITION, question_of, statement
from pellucid.store.client import LIMITS, Bound, Store, Urgency

BETWEEN_ROUNDS = timedelta(minutes=1)
BETWEEN_CLEANINGS = timedelta(minutes=10)
OVER = timedelta(hours=36)
"""How long ago a day began, by UTC, that has ended in every time zone: the last is twelve hours behind."""
_FURTHEST_AHEAD = timedelta(hours=14)
"""How much earlier than by UTC a day ends in the first time zone."""
AFTERWARDS = timedelta(minutes=30)
"""How long a day of a site is left alone when it has ended there: what was sent before may still come in."""
QUIET = timedelta(minutes=5)
"""How long nothing of a day has changed when it is counted: an import tells of many days for a while."""
DAYS_OF_A_ROUND = 500
MOST_FORGOTTEN_AT_ONCE = 1_000
"""How many versions one statement names: what is bound to a change stands in the address, which may have 64 KB."""

_DUE = """
select distinct site_id, visit_day
from visits
where visit_day < {before:Date}
    and (site_id, visit_day) not in (
        select site_id, visit_day from rollups final where valid and definition = {definition:UInt64}
    )
order by visit_day desc, site_id
"""
_SUPERSEDED = f"""
select distinct version, visit_day
from pages_by_day
where (site_id, visit_day, version) not in (select site_id, visit_day, version from rollups final where valid)
    and version not in ({COUNTING})
"""
_HIGHEST = """
select max(version)
from (
    select version from rollups
    union all
    select version from long_rollups
    union all
    select max(version) from pages_by_day
)
"""
"""The highest version that anything bears: also rows that wait for a mark, which a kill may keep from them."""
_FORGET = """
alter table pages_by_day
delete where visit_day in {days:Array(Date)} and version in {versions:Array(UInt64)}
settings mutations_sync = 1
"""

log = logging.getLogger("pellucid.rolling")


class Rolling:
    """Rolls up what is due; one of it per installation. `now` returns a moment with its zone.

    `zones` returns the time zones of sites, by their numbers: days of other sites are over when they are everywhere.
    `about_to_send` and `all_sent` are for who sends rows to the store, in another thread.
    """

    def __init__(
        self, store: Store, now: Callable[[], datetime], zones: Callable[[], Mapping[int, str]] = dict
    ) -> None:
        self._store = store
        self._now = now
        self._zones = zones
        self._lock = Lock()
        self._version = 0
        self._unmarked: set[Day] = set()
        self._changed: dict[Day, float] = {}
        self._all_sent = False
        self._too_large: set[Day] = set()
        self._too_long: set[Span] = set()
        self._cleaned: float | None = None
        self._superseded: dict[int, date] = {}

    def about_to_send(self, days: Collection[Day]) -> None:
        """Take the marks of days away: rows of them will be sent to the store."""
        with self._lock:
            self._all_sent = False
            self._changed |= dict.fromkeys(days, monotonic())
            # Whether there is a mark is not asked: one may still be on its way that was written before a restart.
            may_be_marked = set(days) - self._unmarked
            if may_be_marked:
                self._mark(may_be_marked, self._next_version(), valid=False)
                self._unmarked |= may_be_marked

    def all_sent(self) -> None:
        """Say that the store has all rows that were to be sent."""
        self._all_sent = True

    def run(self, ending: Signal) -> None:
        """Roll up what is due, again and again, until told to end."""
        while not ending.is_set():
            try:
                self.once(ending)
            except StoreUnavailable as error:
                log.warning("Days are rolled up in a minute: %s", error)
            ending.wait(BETWEEN_ROUNDS.total_seconds())

    def once(self, ending: Signal | None = None) -> int:
        """Roll up days that are over and quiet, the latest first, and add them up; return how many days they were."""
        cleaned = self._clean()
        now, zones = self._now().astimezone(UTC), self._zones()
        asked: dict[str, Bound] = {"before": (now + _FURTHEST_AHEAD).date(), "definition": DEFINITION}
        due = [(int(str(site_id)), date.fromisoformat(str(day))) for site_id, day in self._store.ask(_DUE, asked).rows]
        done = tried = 0
        for day in due:
            if not _is_over(day, now, zones):
                continue
            if tried == DAYS_OF_A_ROUND or (ending and ending.is_set()):
                break
            if day in self._too_large:
                continue
            tried += 1
            try:
                done += self._roll_up(day)
            except TooExpensive as error:
                log.warning("%s of site %s is not rolled up before the next start: %s", day[1], day[0], error)
                self._too_large.add(day)
        # Looking for it reads all marks; and what still lacks days would be added up again with each of them.
        if cleaned and tried < DAYS_OF_A_ROUND:
            add_up(self._store, (now - OVER).date(), self._next_version_alone, self._too_long, ending)
        return done

    def _roll_up(self, day: Day) -> bool:
        with self._lock:
            changed = self._changed.get(day)
            if not self._all_sent or (changed and monotonic() - changed < QUIET.total_seconds()):
                return False
            # From here on, what is about to be sent is told by its being there again.
            self._changed.pop(day, None)
            version = self._next_version()
        for number, group in enumerate(GROUPS):
            self._count(day, group, version, f"rollup:{version}:{number}")
        with self._lock:
            if day in self._changed:
                return False
            self._unmarked.discard(day)
            self._mark([day], version, valid=True)
        return True

    def _count(self, day: Day, group: Group, version: int, token: str) -> None:
        site_id, date_of_it = day
        counted = statement(question_of(group, site_id, Period(date_of_it, date_of_it)))
        columns = ("site_id", "visit_day", "version", "told_by", *group.columns, *sorted(group.metrics))
        self._store.command(
            f"""
insert into pages_by_day ({", ".join(columns)})
select {{site:UInt32}}, {{first:Date}}, {{version:UInt64}}, '{group.dimension}', *
from (
{counted.sql}
)
""",
            {**counted.parameters, "site": site_id, "version": version},
            # One thread: nobody waits for it, and others do.
            {**LIMITS[Urgency.REPORT], "max_threads": 1, "insert_deduplication_token": token},
        )

    def _mark(self, days: Collection[Day], version: int, *, valid: bool) -> None:
        marks = [
            Rollup(site_id=site_id, visit_day=day, version=version, definition=DEFINITION, valid=valid)
            for site_id, day in days
        ]
        lines = b"\n".join(map(json.encode, marks))
        self._store.insert("rollups", Rollup, lines, f"marks:{version}:{valid}")

    def _next_version_alone(self) -> int:
        with self._lock:
            return self._next_version()

    def _next_version(self) -> int:
        """Return a version above all there are, also when the clock was set back."""
        if not self._version:
            (highest,) = self._store.ask(_HIGHEST, urgency=Urgency.SHORT).rows[0]
            self._version = int(str(highest))
        self._version = max(time_ns(), self._version + 1)
        return self._version

    def _clean(self) -> bool:
        """Delete the rows that were found superseded the last time: who read their marks has long read them, too.

        Return whether it was time for that.
        """
        now = monotonic()
        if self._cleaned is not None and now - self._cleaned < BETWEEN_CLEANINGS.total_seconds():
            return False
        with self._lock:
            self._changed = {
                day: changed for day, changed in self._changed.items() if now - changed < QUIET.total_seconds()
            }
        found = self._store.ask(_SUPERSEDED).rows
        superseded = {int(str(version)): date.fromisoformat(str(day)) for version, day in found}
        # In order of days, so that a statement rewrites few months.
        gone = sorted(superseded.keys() & self._superseded.keys(), key=lambda version: superseded[version])
        for first in range(0, len(gone), MOST_FORGOTTEN_AT_ONCE):
            some = gone[first : first + MOST_FORGOTTEN_AT_ONCE]
            days = sorted({superseded[version] for version in some})
            self._store.command(_FORGET, {"days": days, "versions": some})
        self._superseded = {version: superseded[version] for version in superseded.keys() - gone}
        self._cleaned = now
        return True


def _is_over(day: Day, now: datetime, zones: Mapping[int, str]) -> bool:
    """Return whether a day of a site has ended there."""
    site_id, date_of_it = day
    if site_id not in zones:
        return date_of_it <= (now - OVER).date()
    ended = datetime.combine(date_of_it + timedelta(days=1), time.min, ZoneInfo(zones[site_id]))
    return ended + AFTERWARDS <= now
