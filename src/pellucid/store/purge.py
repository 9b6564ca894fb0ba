"""Deleting what is older than a site keeps it."""

from datetime import date

from pellucid.store.client import Bound, Store, Urgency
from pellucid.store.schema import ROLLUPS, TABLES

_OLDER = "site_id = {site:UInt32} and visit_day < {day:Date}"


def purge(store: Store, site_id: int, before: date) -> int:
    """Delete all that is stored of a site's days before `before`; return how many events there were.

    Rows are gone from answers at once, and from the disk when the engine has rewritten their parts.
    """
    bound: dict[str, Bound] = {"site": site_id, "day": before}
    (count,) = store.ask(f"select count() from events where {_OLDER}", bound, Urgency.SHORT).rows[0]
    for table in (*ROLLUPS, *TABLES):
        if store.ask(f"select 1 from {table} where {_OLDER} limit 1", bound, Urgency.SHORT).rows:
            store.command(f"alter table {table} delete where {_OLDER} settings mutations_sync = 1", bound)
    return int(str(count))
