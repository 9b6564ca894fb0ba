"""Which numbers of days that are over are counted once, and how queries read them.

A day that was rolled up has its rows in `pages_by_day`. A mark in `rollups` says so, and stops saying so before
anything of the day changes. Who asks needs the marks first: the statement counts the days without one from what
happened, and adds the rows of the versions that were marked, whatever changes meanwhile. An answer by marks that were
read earlier holds if those that are read meanwhile are the same.

Weeks and months have rows as well, which add up those of their days. They stand for the versions of days that they were
made of, and are read where all of these count: of a day that changes they need not be told.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType

from msgspec import Struct

from pellucid.model.period import Period
from pellucid.model.query import EVERYBODY, Query
from pellucid.model.result import Value
from pellucid.report.dimensions import dimension_of
from pellucid.report.metric import Metric
from pellucid.report.metrics import METRICS, TIMINGS
from pellucid.report.segment import Values, condition_on_rows
from pellucid.report.source import SCOPE, Source


class Group(Struct, frozen=True):
    """Metrics that are rolled up by the same dimensions: the `dimension` of pages or products, if by any, and `more`.

    `rows` is the condition that makes the group's rows of those of its dimension.
    """

    dimension: str
    more: tuple[str, ...]
    rows: str
    metrics: frozenset[str]

    @property
    def dimensions(self) -> tuple[str, ...]:
        """All of them, in the order of `columns`."""
        return (self.dimension, *self.more) if self.dimension else self.more

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that tell them."""
        return ("page", *(_COLUMNS[name] for name in self.more)) if self.dimension else ()

    @property
    def is_of_pages(self) -> bool:
        """Whether it is by a page, or by nothing."""
        return self.dimension in {"", *_PAGES}


_PAGES = ("page_url", "bare_page_url", "page_title")
_COLUMNS = {"goal": "goal_id", "conversion": "kind", "item_category_place": "goal_id"}
"""The columns of what rows are told apart by besides."""


def _column(dimension: str, group: Group) -> str:
    return "page" if dimension == group.dimension else _COLUMNS.get(dimension) or _told(dimension)


def _told(dimension: str) -> str:
    # Of all sources this one tells the most of what a row has: a page, a day, a site, and what was converted.
    named = dimension_of(dimension)
    return named.told[Source.VIEWS_BEFORE] if named else ""


_OF_VIEWS = frozenset(
    {
        "views",
        *(f"{part}_{what}" for part in TIMINGS for what in ("views", "seconds")),
        *(f"{which}_{part}" for part in TIMINGS for which in ("shortest", "longest")),
    }
)
_OF_PAGES = _OF_VIEWS | {
    *("visits", "daily_visitors", "views_after_search", "longest_scheme"),
    *("page_seconds", "steps"),
    *("entries", "daily_entry_visitors", "entry_actions", "entry_seconds", "entry_bounces"),
    *("exits", "daily_exit_visitors"),
}
_OF_GOALS = frozenset(
    {
        *("page_conversions", "page_revenue", "page_share", "page_revenue_share", "pages_before"),
        *("entry_conversions", "entry_revenue", "entry_rate", "entry_worth"),
    }
)
_OF_ITEMS = frozenset(
    {
        *("visits", "daily_visitors", "views", "viewed_prices"),
        *("item_revenue", "item_quantity", "item_orders", "item_prices"),
        *("left_revenue", "left_quantity", "left_carts", "left_prices"),
    }
)
_COUNTED = {
    Source.VIEWS: "views",
    Source.LOADS: "views",
    Source.DOWNLOADS: "unique_downloads",
    Source.OUTLINKS: "unique_outlinks",
    Source.LEAVINGS: "steps",
    Source.ENTRIES: "entries",
    Source.EXITS: "exits",
    Source.VIEWS_BEFORE: "page_conversions",
    Source.ENTRIES_BEFORE: "entry_conversions",
    Source.PRODUCT_VIEWS: "views",
    Source.ITEMS: "item_orders",
    Source.CART_ITEMS: "left_carts",
}
"""What says how many rows of a source were counted: where it had none, it told nothing."""

GROUPS = (
    Group("", (), "1", _OF_VIEWS | {"unique_views", "unique_downloads", "unique_outlinks"}),
    *(
        group
        for page in _PAGES
        for group in (
            Group(page, (), "kind = ''", _OF_PAGES),
            Group(page, ("goal", "conversion"), "kind != ''", _OF_GOALS),
        )
    ),
    Group("item_sku", (), "1", _OF_ITEMS),
    Group("item_name", (), "1", _OF_ITEMS),
    Group("item_category", ("item_category_place",), "1", _OF_ITEMS),
)
"""All that is rolled up. Every metric is additive over days: its `over_days` makes a longer period of them."""

_OF_DAYS = frozenset({"day", "week", "month", "year", "weekday"})
"""Dimensions that tell days apart."""
_OF_CALENDAR = _OF_DAYS | {"site"}
"""Dimensions that the key of a row tells."""


Day = tuple[int, date]
"""A site's number, and one of its days."""


class Marks(Struct, frozen=True):
    """What is rolled up: the version of each day's rows, and what versions were `added_up` in another, the most first.

    No two have the same version. Of the other days those are `converted` on which something was.
    """

    days: Mapping[Day, int] = MappingProxyType({})
    added_up: Sequence[tuple[frozenset[int], int]] = ()
    converted: frozenset[Day] = frozenset()

    def within(self, site_ids: Collection[int], period: Period) -> frozenset[int]:
        """Return the versions of the days of a period."""
        return frozenset(
            version
            for (site_id, day), version in self.days.items()
            if site_id in site_ids and period.first <= day <= period.last
        )


_VALID = f"{SCOPE} and valid and definition = {{definition:UInt64}}"
MARKS = f"""
select site_id, visit_day, version, '' as of
from rollups final
where {_VALID}
union all
select site_id, visit_day, version, arrayStringConcat(of, ' ') as of
from long_rollups final
where {SCOPE}
union all
select distinct site_id, visit_day, 0 as version, '' as of
from conversions
where {SCOPE} and (site_id, visit_day) not in (select site_id, visit_day from rollups final where {_VALID})
"""
"""Asks for marks, and for the days without one that have conversions: `marks_of` reads the answer."""
MOST_DAYS = 3_000
"""So many days of sites are read in less time than they save; above, days are counted from what happened."""


def group_of(query: Query) -> Group | None:
    """Return the group that has some of what a query asks for, if any; its metrics have to be known.

    It is about everybody, over more than a day, and of each site alone: who visits two sites of a query is one visitor.
    """
    if query.segment != EVERYBODY or query.about or query.period.first == query.period.last:
        return None
    if len(query.site_ids) > 1 and "site" not in query.dimensions:
        return None
    by = frozenset(query.dimensions) - _OF_CALENDAR
    group = next((group for group in GROUPS if by == frozenset(group.dimensions)), None)
    if group is None or not any(group.metrics.intersection(METRICS[name].of or (name,)) for name in query.metrics):
        return None
    conditions = {one.dimension for some in query.where for one in some}
    if conditions and not group.is_of_pages:
        return None
    return group if conditions <= {*group.dimensions, *_OF_CALENDAR} else None


def marks_of(rows: Sequence[Sequence[Value]]) -> Marks:
    """Return the marks that the store tells."""
    days = {
        (int(str(site)), date.fromisoformat(str(day))): int(str(version)) for site, day, version, of in rows if not of
    }
    added_up = [(frozenset(map(int, str(of).split())), int(str(version))) for _, _, version, of in rows if of]
    converted = frozenset(day for day, version in days.items() if not version)
    marked = {day: version for day, version in days.items() if version}
    return Marks(marked, sorted(added_up, key=lambda one: (-len(one[0]), one[1])), converted)


def versions_to_read(query: Query, marks: Marks) -> list[int]:
    """Return the versions whose rows are all that was rolled up of a query's days: as few as can be."""
    left, read = marks.within(query.site_ids, query.period), []
    asked = {*query.dimensions, *(one.dimension for some in query.where for one in some)}
    if not asked & _OF_DAYS:
        for days, version in marks.added_up:
            if days <= left:
                left -= days
                read.append(version)
    return read + sorted(left)


def days_to_count(query: Query, marks: Marks) -> list[Day]:
    """Return the days of a query's sites that are not rolled up."""
    first, last = query.period.first, query.period.last
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [(site_id, day) for site_id in query.site_ids for day in days if (site_id, day) not in marks.days]


def part_of(
    group: Group, query: Query, counted: Sequence[Metric], sources: Mapping[Source, Collection[str]], values: Values
) -> str:
    """Return the statement that adds up what was rolled up: `k0`, `k1`, … tell apart, `m0`, `m1`, … count.

    `sources` has the names of the metrics that are told, by what they are counted from otherwise: there is a row where
    one of these had one. The placeholder `versions` stands for those that are marked.
    """
    told = {name for names in sources.values() for name in names}
    keys = [f"{_column(name, group)} as k{place}" for place, name in enumerate(query.dimensions)]
    numbers = [
        f"{metric.over_days.format(metric.name) if metric.name in told else metric.nothing} as m{place}"
        for place, metric in enumerate(counted)
    ]
    there = " or ".join(f"{_COUNTED[source]} > 0" for source in sources)
    met = condition_on_rows(query.where, Source.VIEWS_BEFORE, values.bind)
    if group.dimension and met:
        # It names a page as events tell it.
        met = met.replace(_told(group.dimension), "page")
    conditions = [
        SCOPE,
        f"told_by = '{group.dimension}'",
        group.rows,
        f"({there})",
        "version in {versions:Array(UInt64)}",
        *([met] if met else []),
    ]
    return " ".join(
        [
            f"select {', '.join([*keys, *numbers])}",
            "from pages_by_day",
            f"where {' and '.join(conditions)}",
            *([f"group by {', '.join(f'k{place}' for place in range(len(keys)))}"] if keys else []),
        ]
    )
