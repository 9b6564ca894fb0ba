"""Where numbers come from: each source is rows of a table, one a visit or one a thing that happened in it."""

from enum import StrEnum

from pellucid.model.event import TIMING


class Source(StrEnum):
    """Rows to count. Of several that could answer, a metric names the one it prefers first."""

    VISITS = "visits"
    ENTRIES = "entries"
    EXITS = "exits"
    HITS = "hits"
    VIEWS = "views"
    LOADS = "loads"
    PRODUCT_VIEWS = "views of products"
    LEAVINGS = "leavings"
    DOWNLOADS = "downloads"
    OUTLINKS = "outlinks"
    SEARCHES = "searches"
    EVENTS = "events"
    CONTENTS = "contents"
    ACTS = "acts"
    SEARCH_LEAVINGS = "search leavings"
    SEARCH_EXITS = "search exits"
    CONVERSIONS = "conversions"
    VIEWS_BEFORE = "views before conversions"
    ENTRIES_BEFORE = "entries of visits that convert"
    ITEMS = "items"
    CART_ITEMS = "items in carts"


_VISITS = "visits final"
_EVENTS = "events"

SCOPE = "site_id in {sites:Array(UInt32)} and visit_day between {first:Date} and {last:Date}"
"""The rows a query is about; it stands within a join too, so that no more is joined."""


_OF_CONVERSIONS = "site_id, visit_day, visit_id, time, kind, goal_id, revenue, pages_before, order_id"
"""What is told of what was converted: the engine would plan to read every column of it for a star."""


CHOSEN = "/* chosen */"
ALIKE = "/* alike */"
"""Where it stands which visits are meant, and what tells those that began alike: before anything is joined."""


def _before(table: str, columns: str, rows: str) -> str:
    """Return what happened in visits before what they converted: a row for each pair."""
    return f"""(
select before.*, after.kind as kind, after.goal_id as goal_id, after.revenue as revenue,
after.pages_before as pages_before, after.order_id as order_id
from (select {columns} from {table} where {SCOPE} and {rows} {CHOSEN}) as before
inner join (select {_OF_CONVERSIONS} from conversions final where {SCOPE}) as after
on before.site_id = after.site_id and before.visit_day = after.visit_day and before.visit_id = after.visit_id
where before.time <= after.time
)"""


_LONGEST_SECONDS = 1800
_OF_VISIT = "partition by site_id, visit_day, visit_id"
_IN_TURN = f"{_OF_VISIT} order by time, event_id rows between unbounded preceding"
_ACTS = f"""(
select *, leadInFrame(event_id, 1, 0) over rest as next_event, leadInFrame(since, 1, 0) over rest as until_next,
if(until_next > 0, until_next, until_told) as stayed
from (
select *, argMaxIf(since, (time, event_id), since > 0 and not acts) over ({_OF_VISIT}, place) as until_told
from (
select *, kind in ('pageview', 'search', 'content', 'event', 'outlink', 'download') as acts,
countIf(acts) over ({_IN_TURN} and current row) as place,
maxIf(time, kind != 'ping') over ({_IN_TURN} and 1 preceding) as before,
if(before = 0, 0, least(intDiv(greatest(time - before, 0), 1000), {_LONGEST_SECONDS})) as since
from {_EVENTS} where {SCOPE} and kind != '{TIMING}'
)
)
where acts
window rest as ({_OF_VISIT} order by time, event_id rows between current row and unbounded following)
)"""
"""What was done in visits, with how long it was until the next, or until what tells that it went on."""

ROWS: dict[Source, tuple[str, str]] = {
    Source.VISITS: (_VISITS, "1"),
    Source.ENTRIES: (_VISITS, "entry_url != ''"),
    Source.EXITS: (_VISITS, "exit_url != ''"),
    Source.HITS: (_EVENTS, "1"),
    Source.VIEWS: (_EVENTS, "kind = 'pageview'"),
    # A page view and what completes it (`visits/timings.py`): each time that a page took is told by one of the rows.
    Source.LOADS: (_EVENTS, f"kind in ('pageview', '{TIMING}')"),
    Source.PRODUCT_VIEWS: (
        _EVENTS,
        "kind = 'pageview' and (product_sku != '' or product_name != '' or notEmpty(product_categories))",
    ),
    # A row tells of the page the visitor was on before, and for how long. What an event tells is left out, as Matomo
    # leaves it out: the numbers have to agree.
    Source.LEAVINGS: (_EVENTS, f"previous_url != '' and kind not in ('event', '{TIMING}')"),
    Source.DOWNLOADS: (_EVENTS, "kind = 'download'"),
    Source.OUTLINKS: (_EVENTS, "kind = 'outlink'"),
    Source.SEARCHES: (_EVENTS, "kind = 'search'"),
    Source.EVENTS: (_EVENTS, "kind = 'event'"),
    Source.CONTENTS: (_EVENTS, "kind = 'content'"),
    Source.ACTS: (_ACTS, "1"),
    Source.SEARCH_LEAVINGS: (_EVENTS, f"previous_search != '' and kind not in ('event', '{TIMING}')"),
    Source.SEARCH_EXITS: (_VISITS, "exit_search != ''"),
    Source.CONVERSIONS: ("conversions final", "1"),
    Source.VIEWS_BEFORE: (
        _before(_EVENTS, "site_id, visit_day, visit_id, time, url, title, dimensions", "kind = 'pageview'"),
        "1",
    ),
    Source.ENTRIES_BEFORE: (
        _before(
            _VISITS,
            "site_id, visit_day, visit_id, first_time as time, entry_url, entry_title, dimensions, "
            f"count() over (partition by site_id, visit_day {ALIKE}) as entries",
            "entry_url != ''",
        ),
        "1",
    ),
    Source.ITEMS: ("conversions final array join items", "kind = 'order'"),
    Source.CART_ITEMS: ("conversions final array join items", "kind = 'cart'"),
}
"""The table of each source, and the condition that makes its rows."""

OF_VISITS = frozenset({Source.VISITS, Source.ENTRIES, Source.EXITS, Source.SEARCH_EXITS})
OF_EVENTS = frozenset(ROWS) - OF_VISITS
OF_CONVERSIONS = frozenset(
    {Source.CONVERSIONS, Source.VIEWS_BEFORE, Source.ENTRIES_BEFORE, Source.ITEMS, Source.CART_ITEMS}
)
"""Sources that have no rows where nothing was converted."""

ACTIONS = (
    Source.HITS,
    Source.VIEWS,
    Source.DOWNLOADS,
    Source.OUTLINKS,
    Source.SEARCHES,
    Source.EVENTS,
    Source.CONTENTS,
    Source.CONVERSIONS,
    Source.PRODUCT_VIEWS,
)
"""What is done in visits, a row for each time: in the order of preference."""
