"""Visits as they are stored, for those who go on with them."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import islice, zip_longest
from typing import TypeVar

from msgspec import convert

from pellucid.model.event import TIMING, Event
from pellucid.model.visit import Past, Visit
from pellucid.store.client import Bound, Store, Urgency
from pellucid.store.schema import columns

MOST_IN_A_QUESTION = 5_000
"""How many visitors one question names: the engine reads a bound value of 128 KiB (`http_max_field_value_size`)."""

MOST_ORDERS_IN_A_QUESTION = 100
"""The same for orders, whose ids are texts."""

MOST_VIEWS_IN_A_QUESTION = 1_000
"""The same for page views, each with its visit."""

_Asked = TypeVar("_Asked")

_COLUMNS = ", ".join(columns(Visit))
_THEIRS = "(visitor_id in {visitors:Array(UInt64)} or fingerprint in {fingerprints:Array(UInt64)})"
_NEAR = f"""
select distinct visit_id
from visits
where site_id = {{site:UInt32}} and visit_day between {{first:Date}} and {{last:Date}} and {_THEIRS}
"""
_WHOLE = f"""
select {_COLUMNS}
from visits final
prewhere site_id = {{site:UInt32}}
    and visit_day between {{first:Date}} and {{last:Date}}
    and visit_id in {{visits:Array(UInt64)}}
where {_THEIRS}
"""
"""Most visitors of a moment are new: whether there is anything is asked first, which takes a sixth of the time."""
_SEEN = """
select distinct visitor_id
from visits
where site_id = {site:UInt32} and visitor_id in {visitors:Array(UInt64)} and visit_day < {first:Date}
"""
_EARLIER = """
select
    latest_visitor,
    count(),
    min(began),
    max(began),
    max(greatest(ordered_before, if(latest_orders > 0, began, 0)))
from (
    select
        argMax(visitor_id, version) as latest_visitor,
        argMax(first_time, version) as began,
        argMax(previous_order_time, version) as ordered_before,
        argMax(orders, version) as latest_orders
    from visits
    where site_id = {site:UInt32}
        and visit_day < {first:Date}
        and (visit_day, visit_id) in (
            select visit_day, visit_id
            from visits
            where site_id = {site:UInt32}
                and visitor_id in {visitors:Array(UInt64)}
                and visit_day < {first:Date}
        )
    group by visit_day, visit_id
)
where latest_visitor in {visitors:Array(UInt64)}
group by latest_visitor
"""
"""Not `final`, which would read all visits of the days before to find those of a few visitors."""
_ORDERED = """
select distinct order_id
from conversions
where site_id = {site:UInt32}
    and order_id in {orders:Array(String)}
    and kind = 'order'
"""
_VIEWS = f"""
select {", ".join(columns(Event))}
from events
where site_id in {{sites:Array(UInt32)}}
    and visit_day in {{days:Array(Date)}}
    and visit_id in {{visits:Array(UInt64)}}
    and pageview_id in {{views:Array(String)}}
    and kind in ('pageview', '{TIMING}')
"""
_NOBODY: list[int] = []


def visits_between(
    store: Store,
    site_id: int,
    visitors: Collection[int],
    first: date,
    last: date,
    fingerprints: Collection[int] = (),
) -> list[Visit]:
    """Return the visits of these visitors, or with these fingerprints, on the days from `first` to `last`."""
    found: dict[int, Visit] = {}
    for some, others in zip_longest(_portions(visitors), _portions(fingerprints), fillvalue=_NOBODY):
        bound: dict[str, Bound] = {
            "site": site_id,
            "visitors": some,
            "fingerprints": others,
            "first": first,
            "last": last,
        }
        near = [int(str(visit)) for (visit,) in store.ask(_NEAR, bound, Urgency.SHORT).rows]
        for visits in _portions(near):
            told = store.ask(_WHOLE, {**bound, "visits": visits}, Urgency.SHORT)
            found |= {visit.visit_id: visit for visit in convert(told.rows, list[Visit])}
    return list(found.values())


def pasts(store: Store, site_id: int, visitors: Iterable[int], before: date) -> dict[int, Past]:
    """Return what these visitors did before a day; who is not in the answer did nothing."""
    found: dict[int, Past] = {}
    for some in _portions(visitors):
        bound: dict[str, Bound] = {"site": site_id, "visitors": some, "first": before}
        seen = [int(str(visitor)) for (visitor,) in store.ask(_SEEN, bound, Urgency.SHORT).rows]
        if not seen:
            continue
        bound["visitors"] = seen
        rows = convert(store.ask(_EARLIER, bound, Urgency.SHORT).rows, list[tuple[int, int, int, int, int]])
        found |= {
            visitor: Past(visits, first, last, order_time, ordered=order_time == last)
            for visitor, visits, first, last, order_time in rows
        }
    return found


def ordered(store: Store, site_id: int, orders: Iterable[str]) -> set[str]:
    """Return which of these orders are known."""
    found: set[str] = set()
    for some in _portions(orders, MOST_ORDERS_IN_A_QUESTION):
        bound: dict[str, Bound] = {"site": site_id, "orders": some}
        found |= {str(order) for (order,) in store.ask(_ORDERED, bound, Urgency.SHORT).rows}
    return found


def page_views(store: Store, asked: Collection[tuple[Visit, str]]) -> list[Event]:
    """Return the page views with one of these ids in one of these visits, and what completed them."""
    found: dict[int, Event] = {}
    for some in _portions(asked, MOST_VIEWS_IN_A_QUESTION):
        bound: dict[str, Bound] = {
            "sites": sorted({visit.site_id for visit, _ in some}),
            "days": sorted({visit.visit_day for visit, _ in some}),
            "visits": sorted({visit.visit_id for visit, _ in some}),
            "views": sorted({view for _, view in some}),
        }
        for event in convert(store.ask(_VIEWS, bound, Urgency.SHORT).rows, list[Event]):
            found[event.event_id] = event
    return list(found.values())


def _portions(asked: Iterable[_Asked], most: int = MOST_IN_A_QUESTION) -> Iterator[list[_Asked]]:
    remaining = iter(asked)
    while portion := list(islice(remaining, most)):
        yield portion
