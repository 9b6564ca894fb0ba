"""What has happened lately: visits with all that was done in them, and how much is going on."""

from collections import defaultdict
from datetime import date

from msgspec import Struct, convert

from pellucid.model.event import Event
from pellucid.model.period import Period
from pellucid.model.query import EVERYBODY, Segment
from pellucid.model.visit import Conversion, Visit
from pellucid.report.segment import Values, condition_on_visits
from pellucid.store.client import Bound, Store, Urgency
from pellucid.store.schema import columns

_MILLISECONDS_PER_MINUTE = 60_000
_SCOPE = "site_id = {site:UInt32} and visit_day between {first:Date} and {last:Date}"
_EVENTS = f"""
select {", ".join(columns(Event))}
from events
where site_id = {{site:UInt32}}
    and visit_day in {{days:Array(Date)}}
    and visit_id in {{visits:Array(UInt64)}}
order by time, event_id
"""
_CONVERSIONS = f"""
select {", ".join(columns(Conversion))}
from conversions final
where site_id = {{site:UInt32}}
    and visit_day in {{days:Array(Date)}}
    and visit_id in {{visits:Array(UInt64)}}
order by time, conversion_id, goal_id
"""
_COUNTERS = """
select
    count() as visits,
    uniqExact(visitor_id) as visitors,
    countIf(conversions > 0) as converted
from visits final
where site_id = {site:UInt32}
    and visit_day >= toDate(fromUnixTimestamp64Milli({since:Int64}, 'UTC')) - 1
    and last_time between {since:Int64} and {now:Int64}
"""
_ACTIONS = """
select countIf(kind in ('pageview', 'search', 'event', 'download', 'outlink'))
from events
where site_id = {site:UInt32}
    and visit_day >= toDate(fromUnixTimestamp64Milli({since:Int64}, 'UTC')) - 1
    and time between {since:Int64} and {now:Int64}
"""


class VisitDetails(Struct, frozen=True):
    """A visit, what was done in it, and what it converted, in order."""

    visit: Visit
    events: tuple[Event, ...]
    conversions: tuple[Conversion, ...] = ()


class Counters(Struct, frozen=True):
    """How much has happened in the last minutes."""

    visits: int
    visitors: int
    visits_converted: int
    actions: int


def last_visits(
    store: Store,
    site_id: int,
    period: Period,
    limit: int | None,
    offset: int = 0,
    segment: Segment = EVERYBODY,
) -> list[VisitDetails]:
    """Return the visits of a period whose last action is the latest, the latest first."""
    values = Values({"site": site_id, "first": period.first, "last": period.last})
    chosen = condition_on_visits(segment, _SCOPE, values.bind)
    sql = f"""
select {", ".join(columns(Visit))}
from visits final
where {_SCOPE}{f" and {chosen}" if chosen else ""}
order by last_time desc, visit_id desc
{"" if limit is None else f"limit {int(limit)} offset {int(offset)}"}
"""
    visits = convert(store.ask(sql, values.bound, Urgency.SHORT).rows, list[Visit])
    if not visits:
        return []
    asked: dict[str, Bound] = {
        "site": site_id,
        "days": sorted({visit.visit_day for visit in visits}),
        "visits": [visit.visit_id for visit in visits],
    }
    events: dict[tuple[date, int], list[Event]] = defaultdict(list)
    for event in convert(store.ask(_EVENTS, asked, Urgency.SHORT).rows, list[Event]):
        events[event.visit_day, event.visit_id].append(event)
    conversions: dict[tuple[date, int], list[Conversion]] = defaultdict(list)
    if any(visit.conversions or visit.cart_id for visit in visits):
        for conversion in convert(store.ask(_CONVERSIONS, asked, Urgency.SHORT).rows, list[Conversion]):
            conversions[conversion.visit_day, conversion.visit_id].append(conversion)
    return [
        VisitDetails(visit, tuple(events[key]), tuple(conversions[key]))
        for visit in visits
        for key in [(visit.visit_day, visit.visit_id)]
    ]


def counters(store: Store, site_id: int, minutes: int, now: int) -> Counters:
    """Return what happened in the last minutes before `now` (milliseconds since 1970)."""
    bound: dict[str, Bound] = {"site": site_id, "since": now - minutes * _MILLISECONDS_PER_MINUTE, "now": now}
    visits, visitors, converted = convert(store.ask(_COUNTERS, bound, Urgency.SHORT).rows[0], tuple[int, int, int])
    (actions,) = convert(store.ask(_ACTIONS, bound, Urgency.SHORT).rows[0], tuple[int])
    return Counters(visits, visitors, converted, actions)
