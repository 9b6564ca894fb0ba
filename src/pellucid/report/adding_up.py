"""Adds up what was rolled up of days, week by week and month by month: a year is read as months, a month as weeks.

Rows of a week or month are never told that a day has changed. They stand for versions of days, and are read while all
of these count (`rollups.versions_to_read`); when one does not, they are made anew from those that do.
"""

import logging
from collections.abc import Callable
from datetime import date
from threading import Event as Signal

from msgspec import json

from pellucid.errors import TooExpensive
from pellucid.model.result import Value
from pellucid.model.rollup import LongRollup
from pellucid.report.metrics import METRICS
from pellucid.report.rollups import GROUPS
from pellucid.report.sql import DEFINITION
from pellucid.store.client import LIMITS, Store, Urgency

_METRICS = sorted({name for group in GROUPS for name in group.metrics})
_TOLD_APART = "told_by, page, goal_id, kind"

_DUE = """
select site_id, unit, first_day, min(visit_day) as first, arrayStringConcat(arraySort(groupArray(version)), ' ') as days
from (
    select site_id, visit_day, version,
        arrayJoin([('week', toMonday(visit_day)), ('month', toStartOfMonth(visit_day))]) as longer,
        longer.1 as unit, longer.2 as first_day
    from rollups final
    where valid and definition = {definition:UInt64}
)
group by site_id, unit, first_day
having count() > 1 and if(unit = 'week', first_day + 6, toLastDayOfMonth(first_day)) <= {until:Date}
    and (site_id, unit, first_day, days) not in (
        select site_id, unit, first_day, arrayStringConcat(of, ' ') from long_rollups final
    )
order by first_day desc, site_id, unit
"""
"""Weeks and months that are over, and are not added up as their days are now."""

_ADD_UP = f"""
insert into pages_by_day (site_id, visit_day, version, {_TOLD_APART}, {", ".join(_METRICS)})
select {{site:UInt32}}, {{first:Date}}, {{version:UInt64}}, {_TOLD_APART},
    {", ".join(METRICS[name].over_days.format(name) for name in _METRICS)}
from pages_by_day
where site_id = {{site:UInt32}} and visit_day >= {{first:Date}} and visit_day < {{first:Date}} + 31
    and version in {{days:Array(UInt64)}}
group by {_TOLD_APART}
"""

COUNTING = """
select version
from (select version, length(of) as days, arrayJoin(of) as day from long_rollups final)
where day in (select version from rollups final where valid)
group by version, days
having count() = days
"""
"""The versions of the weeks and months that stand for days of which each counts."""

Span = tuple[Value, Value, Value]
"""A site's number, whether it is a week or a month, and its first day."""

log = logging.getLogger("pellucid.rolling")


def add_up(
    store: Store, until: date, next_version: Callable[[], int], too_large: set[Span], ending: Signal | None = None
) -> int:
    """Add up the weeks and months that ended by a day, the latest first; return how many they were.

    What is `too_large` is left alone, and what turns out to be is noted there.
    """
    done = 0
    for site, unit, first_day, first, days in store.ask(_DUE, {"until": until, "definition": DEFINITION}).rows:
        if ending and ending.is_set():
            break
        span = (site, unit, first_day)
        if span in too_large:
            continue
        made = LongRollup(
            site_id=int(str(site)),
            unit=str(unit),
            first_day=date.fromisoformat(str(first_day)),
            visit_day=date.fromisoformat(str(first)),
            version=next_version(),
            of=[int(version) for version in str(days).split()],
        )
        try:
            _add_up(store, made)
        except TooExpensive as error:
            log.warning(
                "The %s of %s of site %s is read day by day until the next start: %s", unit, first_day, site, error
            )
            too_large.add(span)
            continue
        done += 1
    return done


def _add_up(store: Store, made: LongRollup) -> None:
    store.command(
        _ADD_UP,
        {"site": made.site_id, "first": made.visit_day, "version": made.version, "days": made.of},
        # One thread: nobody waits for it, and others do.
        {**LIMITS[Urgency.REPORT], "max_threads": 1, "insert_deduplication_token": f"rollup:{made.version}"},
    )
    store.insert("long_rollups", LongRollup, json.encode(made), f"marks:{made.version}")
