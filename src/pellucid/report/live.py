"""What has happened lately: visits with all that was done in them, and how much is going on."""

from collections import defaultdict
from datetime import date

from msgspec import Struct, convert

from pellucid.model.event import TIMING, Event
from pellucid.model.hit import HitKind
from pellucid.model.period import Period
from pellucid.model.query import EVERYBODY, Segment
from pellucid.model.site import Site
from pellucid.model.visit import Conversion, Visit
from pellucid.report.segment import Values, condition_on_visits
from pellucid.store.client import Bound, Store, Urgency
from pellucid.store.schema import columns

_MILLISECONDS_PER_MINUTE = 60_000
_SCOPE = "site_id = {site:UInt32} and visit_day between {first:Date} and {last:Date}"
MOST_EVENTS = 500
"""How many of a visit are told, the first ones: as many as Matomo shows where nothing else is set up."""
_OF_THEM = "site_id = {site:UInt32} and visit_day in {days:Array(Date)} and visit_id in {visits:Array(UInt64)}"
"""The rows of visits that are named. It is about their key alone, so that `prewhere` may leave out other rows before
anything else of them is read, and before `final` looks which were replaced."""

_EVENTS = f"""
select {", ".join(columns(Event))}
from events
prewhere {_OF_THEM}
where kind != '{TIMING}'
order by time, event_id
limit {MOST_EVENTS} by visit_day, visit_id
"""
_FIRST = f"""
select {", ".join(columns(Visit))}
from visits final
where site_id = {{site:UInt32}} and visitor_id = {{visitor:UInt64}}
order by first_time, visit_id
limit 1
"""
_CONVERSIONS = f"""
select {", ".join(columns(Conversion))}
from conversions final
prewhere {_OF_THEM}
order by time, conversion_id, goal_id
"""
_SELLING = """
select distinct visit_day, visit_id
from conversions
where site_id = {site:UInt32} and visitor_id in {visitors:Array(UInt64)} and kind in ('order', 'cart')
"""
_SALES = f"""
select visitor_id, kind, count(), sum(revenue), sum(pieces)
from conversions final
prewhere {_OF_THEM}
where kind in ('order', 'cart')
group by visitor_id, kind
"""
_LATELY = "site_id = {site:UInt32} and visit_day >= toDate(fromUnixTimestamp64Milli({since:Int64}, 'UTC')) - 1"
_COUNTERS = f"""
select
    countIf(not stray) as visits,
    uniqExactIf(visitor_id, not stray) as visitors,
    countIf(conversions > 0) as converted
from visits final
where {_LATELY}
    and last_time between {{since:Int64}} and {{now:Int64}}
"""
_ACTIONS = f"""
select countIf(kind in ('pageview', 'search', 'event', 'download', 'outlink'))
from events
where {_LATELY}
    and time between {{since:Int64}} and {{now:Int64}}
"""
_CONVERTED = f"""
select count()
from conversions final
where {_LATELY}
    and time between {{since:Int64}} and {{now:Int64}}
"""
_MINUTES = """
select intDiv({now:Int64} - time, 60000) as ago, count()
from events
where site_id = {site:UInt32}
    and visit_day >= toDate(fromUnixTimestamp64Milli({since:Int64}, 'UTC')) - 1
    and time > {since:Int64} and time <= {now:Int64}
    and kind in ('pageview', 'search', 'event', 'download', 'outlink')
group by ago
"""
_PAGES = """
select url, count() as views
from events
where site_id = {site:UInt32}
    and visit_day >= toDate(fromUnixTimestamp64Milli({since:Int64}, 'UTC')) - 1
    and time between {since:Int64} and {now:Int64}
    and kind = 'pageview'
group by url
order by views desc, url
limit 10
"""


class Sales(Struct, frozen=True):
    """How many orders, or carts that were left; what they came to, and of how many pieces."""

    number: int = 0
    revenue: float = 0.0
    pieces: int = 0


class VisitDetails(Struct, frozen=True):
    """A visit, what was done in it, and what it converted, in order.

    `orders` and `carts` are those of all visits of its visitor.
    """

    visit: Visit
    events: tuple[Event, ...]
    conversions: tuple[Conversion, ...] = ()
    orders: Sales = Sales()
    carts: Sales = Sales()


class Counters(Struct, frozen=True):
    """How much has happened in the last minutes."""

    visits: int
    visitors: int
    visits_converted: int
    actions: int
    conversions: int


EVER = Period(date(1971, 1, 1), date(2148, 12, 31))


class Beginning(Struct, frozen=True):
    """Where a list of visits begins: with the latest or the `earliest`, after so many others.

    Those that ended before `since` (milliseconds since 1970) are left out.
    """

    offset: int = 0
    since: int = 0
    earliest: bool = False


LATEST = Beginning()


def last_visits(
    store: Store,
    site_id: int,
    period: Period,
    limit: int | None,
    beginning: Beginning = LATEST,
    segment: Segment = EVERYBODY,
    timezone: str = "UTC",
) -> list[VisitDetails]:
    """Return the visits of a period by when their last action was; `timezone` is that of the segment's hours."""
    first, last = period.first, period.last
    values = Values({"site": site_id, "first": first, "last": last, "since": beginning.since, "timezone": timezone})
    chosen = condition_on_visits(segment, _SCOPE, values.bind)
    order = "asc" if beginning.earliest else "desc"
    sql = f"""
select {", ".join(columns(Visit))}
from visits final
where {_SCOPE} and not stray and last_time >= {{since:Int64}}{f" and {chosen}" if chosen else ""}
order by last_time {order}, visit_id {order}
{"" if limit is None else f"limit {int(limit)}"} offset {int(beginning.offset)}
"""
    return _with_details(store, site_id, convert(store.ask(sql, values.bound, Urgency.SHORT).rows, list[Visit]))


def first_visit(store: Store, site_id: int, visitor_id: int) -> list[VisitDetails]:
    """Return the first visit of a visitor; nothing if there is none."""
    bound: dict[str, Bound] = {"site": site_id, "visitor": visitor_id}
    return _with_details(store, site_id, convert(store.ask(_FIRST, bound, Urgency.SHORT).rows, list[Visit]))


def neighbours(store: Store, site: Site, visitor_id: int, time: int, segment: Segment) -> tuple[int | None, int | None]:
    """Return the visitors whose latest visit ended last before a moment, and first after it; None for nobody."""
    found: list[int | None] = []
    for before, order in (("<=", "desc"), (">=", "asc")):
        values = Values({"site": site.id, "first": EVER.first, "last": EVER.last, "visitor": visitor_id, "time": time})
        values.bound["timezone"] = site.timezone
        chosen = condition_on_visits(segment, _SCOPE, values.bind)
        sql = f"""
select visitor_id
from visits final
where {_SCOPE} and visitor_id != {{visitor:UInt64}}{f" and {chosen}" if chosen else ""}
group by visitor_id
having max(last_time) {before} {{time:Int64}}
order by max(last_time) {order}, visitor_id
limit 1
"""
        rows = convert(store.ask(sql, values.bound, Urgency.SHORT).rows, list[tuple[int]])
        found.append(rows[0][0] if rows else None)
    return found[0], found[1]


def _with_details(store: Store, site_id: int, visits: list[Visit]) -> list[VisitDetails]:
    if not visits:
        return []
    asked: dict[str, Bound] = {
        "site": site_id,
        "days": sorted({visit.visit_day for visit in visits}),
        "visits": [visit.visit_id for visit in visits],
    }
    visitors: dict[str, Bound] = {"site": site_id, "visitors": sorted({visit.visitor_id for visit in visits})}
    converted = any(visit.conversions or visit.cart_id for visit in visits)
    done, selling, *reached = store.ask_all(
        [(_EVENTS, asked), (_SELLING, visitors), *([(_CONVERSIONS, asked)] if converted else [])], Urgency.SHORT
    )
    events: dict[tuple[date, int], list[Event]] = defaultdict(list)
    for event in convert(done.rows, list[Event]):
        events[event.visit_day, event.visit_id].append(event)
    conversions: dict[tuple[date, int], list[Conversion]] = defaultdict(list)
    for told in reached:
        for conversion in convert(told.rows, list[Conversion]):
            conversions[conversion.visit_day, conversion.visit_id].append(conversion)
    sales = _sales(store, site_id, convert(selling.rows, list[tuple[date, int]]))
    return [
        VisitDetails(
            visit,
            tuple(events[key]),
            tuple(conversions[key]),
            orders=sales.get((visit.visitor_id, HitKind.ORDER), Sales()),
            carts=sales.get((visit.visitor_id, HitKind.CART), Sales()),
        )
        for visit in visits
        for key in [(visit.visit_day, visit.visit_id)]
    ]


def _sales(store: Store, site_id: int, visits: list[tuple[date, int]]) -> dict[tuple[int, str], Sales]:
    """Return what was sold in these visits, and left in carts, by visitor and kind."""
    if not visits:
        return {}
    bound: dict[str, Bound] = {
        "site": site_id,
        "days": sorted({day for day, _ in visits}),
        "visits": [visit_id for _, visit_id in visits],
    }
    told = store.ask(_SALES, bound, Urgency.SHORT).rows
    return {
        (visitor, kind): Sales(number, revenue, pieces)
        for visitor, kind, number, revenue, pieces in convert(told, list[tuple[int, str, int, float, int]])
    }


def counters(
    store: Store,
    site_id: int,
    minutes: int,
    now: int,
    segment: Segment = EVERYBODY,
    timezone: str = "UTC",
) -> Counters:
    """Return what happened in the last minutes before `now` (milliseconds since 1970), in the visits of a segment."""
    since = now - minutes * _MILLISECONDS_PER_MINUTE
    values = Values({"site": site_id, "since": since, "now": now, "timezone": timezone})
    chosen = condition_on_visits(segment, _LATELY, values.bind)
    of_them = (
        f"and (visit_day, visit_id) in (select visit_day, visit_id from visits final where {_LATELY} and {chosen})"
    )
    of_visits, of_actions, of_conversions = store.ask_all(
        [
            (_COUNTERS + (f"and {chosen}" if chosen else ""), values.bound),
            *((sql + (of_them if chosen else ""), values.bound) for sql in (_ACTIONS, _CONVERTED)),
        ],
        Urgency.SHORT,
    )
    visits, visitors, converted = convert(of_visits.rows[0], tuple[int, int, int])
    (actions,), (conversions,) = (convert(told.rows[0], tuple[int]) for told in (of_actions, of_conversions))
    return Counters(visits, visitors, converted, actions, conversions)


def lately(store: Store, site_id: int, minutes: int, now: int) -> tuple[list[int], list[tuple[str, int]]]:
    """Return the actions of each of the last minutes, that which runs first, and the ten pages viewed most in them."""
    bound: dict[str, Bound] = {"site": site_id, "since": now - minutes * _MILLISECONDS_PER_MINUTE, "now": now}
    found = dict(convert(store.ask(_MINUTES, bound, Urgency.SHORT).rows, list[tuple[int, int]]))
    pages = convert(store.ask(_PAGES, bound, Urgency.SHORT).rows, list[tuple[str, int]])
    return [found.get(ago, 0) for ago in range(minutes)], pages
