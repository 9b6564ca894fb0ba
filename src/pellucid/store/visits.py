"""Visits as they are stored, for those who go on with them."""

from collections.abc import Collection, Iterable
from datetime import date

from msgspec import Struct, convert

from pellucid.model.visit import Visit
from pellucid.store.client import Bound, Store, Urgency
from pellucid.store.schema import columns

_COLUMNS = ", ".join(columns(Visit))
_NEAR = f"""
select {_COLUMNS}
from visits final
where site_id = {{site:UInt32}}
    and visitor_id in {{visitors:Array(UInt64)}}
    and visit_day between {{first:Date}} and {{last:Date}}
"""
_EARLIER = """
select visitor_id, count(), max(first_time)
from visits final
where site_id = {site:UInt32}
    and visitor_id in {visitors:Array(UInt64)}
    and visit_day < {first:Date}
group by visitor_id
"""


class Past(Struct, frozen=True):
    """What a visitor did before a day: how many visits, and when the last of them began (0: none)."""

    visits: int = 0
    last_time: int = 0


def visits_between(store: Store, site_id: int, visitors: Collection[int], first: date, last: date) -> list[Visit]:
    """Return these visitors' visits on the days from `first` to `last`."""
    bound: dict[str, Bound] = {"site": site_id, "visitors": list(visitors), "first": first, "last": last}
    return convert(store.ask(_NEAR, bound, Urgency.SHORT).rows, list[Visit])


def pasts(store: Store, site_id: int, visitors: Iterable[int], before: date) -> dict[int, Past]:
    """Return what these visitors did before a day; who is not in the answer did nothing."""
    bound: dict[str, Bound] = {"site": site_id, "visitors": list(visitors), "first": before}
    rows = convert(store.ask(_EARLIER, bound, Urgency.SHORT).rows, list[tuple[int, int, int]])
    return {visitor: Past(visits, time) for visitor, visits, time in rows}
