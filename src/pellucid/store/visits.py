"""Visits as they are stored, for those who go on with them."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import islice, zip_longest

from msgspec import convert

from pellucid.model.visit import Past, Visit
from pellucid.store.client import Bound, Store, Urgency
from pellucid.store.schema import columns

MOST_IN_A_QUESTION = 5_000
"""How many visitors one question names: the engine reads a bound value of 128 KiB (`http_max_field_value_size`)."""

_COLUMNS = ", ".join(columns(Visit))
_NEAR = f"""
select {_COLUMNS}
from visits final
where site_id = {{site:UInt32}}
    and (visitor_id in {{visitors:Array(UInt64)}} or fingerprint in {{fingerprints:Array(UInt64)}})
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
        for visit in convert(store.ask(_NEAR, bound, Urgency.SHORT).rows, list[Visit]):
            found[visit.visit_id] = visit
    return list(found.values())


def pasts(store: Store, site_id: int, visitors: Iterable[int], before: date) -> dict[int, Past]:
    """Return what these visitors did before a day; who is not in the answer did nothing."""
    found: dict[int, Past] = {}
    for some in _portions(visitors):
        bound: dict[str, Bound] = {"site": site_id, "visitors": some, "first": before}
        rows = convert(store.ask(_EARLIER, bound, Urgency.SHORT).rows, list[tuple[int, int, int]])
        found |= {visitor: Past(visits, time) for visitor, visits, time in rows}
    return found


def _portions(numbers: Iterable[int]) -> Iterator[list[int]]:
    remaining = iter(numbers)
    while portion := list(islice(remaining, MOST_IN_A_QUESTION)):
        yield portion
