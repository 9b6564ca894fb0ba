"""What tests of one query that is answered in two ways have in common: hits on some days, and queries."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st
from msgspec import structs

from builders import DAY, NOON, a_hit
from pellucid.model.column import Item
from pellucid.model.hit import Hit, HitKind, Product, Reached, Sale, Search, Timings
from pellucid.model.period import Period
from pellucid.model.query import Condition, Operator, Query
from pellucid.model.result import Value
from pellucid.report.rollups import GROUPS, Group, Marks
from pellucid.report.run import Reports
from pellucid.report.sql import statement
from pellucid.store.client import Store
from unit.installation import A_DAY

FIRST_DAY = 20416
DAYS = 4
HOME = Condition("page_url", Operator.EQUALS, "http://a/a")
OTHER = Condition("page_url", Operator.ENDS, "d")
BARE = Condition("bare_page_url", Operator.EQUALS, "a/a")
PERIOD = Period(DAY, DAY + timedelta(days=DAYS - 1))
"""The last of its days is not over."""
_OF_SHOPS = (HitKind.ORDER, HitKind.CART)
_KINDS = (HitKind.PAGEVIEW, HitKind.SEARCH, HitKind.GOAL, *_OF_SHOPS, HitKind.DOWNLOAD, HitKind.OUTLINK)
_SKU, _NAME = st.sampled_from(["", "one", "two"]), st.sampled_from(["", "One"])
_CATEGORIES = st.sampled_from([(), ("Boots",), ("Boots", "Sale")])
_PRICE = st.sampled_from([None, 5.0, 7.25])
_ITEMS = st.lists(st.builds(Item, _SKU, _NAME, _CATEGORIES, st.just(5.0), st.integers(1, 3)), max_size=2).map(tuple)


def now() -> datetime:
    return datetime(2025, 11, 28, 11, 59, tzinfo=UTC)


def later() -> datetime:
    """When week and month are over."""
    return datetime(2025, 12, 3, 12, tzinfo=UTC)


def on_day(day: int, minute: int = 0, **fields: object) -> Hit:
    """A hit some minutes after noon, on a day of the period."""
    return a_hit(day=FIRST_DAY + day, time=NOON + day * A_DAY + minute * 60_000, **fields)


@st.composite
def hits(draw: st.DrawFn) -> Hit:
    """A hit of any kind that a page's numbers come from."""
    kind = draw(st.sampled_from([HitKind.PAGEVIEW, *_KINDS]))
    site, page = draw(st.sampled_from(["http://a", "https://www.a"])), draw(st.sampled_from(["a", "b", "c/d"]))
    told: dict[str, object] = {
        "kind": kind,
        "visitor_id": draw(st.integers(1, 3)),
        "url": f"{site}/{page}",
        "title": draw(st.sampled_from(["", "A", "Ä"])),
    }
    match kind:
        case HitKind.PAGEVIEW:
            told["timings"] = draw(st.none() | st.builds(Timings, *[st.integers(0, 9000)] * 6))
            told["product"] = draw(st.none() | st.builds(Product, _SKU, _NAME, _CATEGORIES, _PRICE))
        case HitKind.SEARCH:
            told["search"] = Search("word", "", 1)
        case HitKind.GOAL:
            told["reached"] = (Reached(draw(st.integers(1, 2)), draw(st.sampled_from([0.0, 2.55]))),)
        case HitKind.ORDER:
            told["sale"] = Sale(draw(_ITEMS), 9.99, str(draw(st.integers(1, 9))), 5.0, 0.0, 0.0)
        case HitKind.CART:
            told["sale"] = Sale(draw(_ITEMS), 9.99)
    return on_day(draw(st.integers(0, DAYS - 1)), draw(st.integers(0, 90)), **told)


def query_of(group: Group, dimensions: tuple[str, ...], only: str = "") -> Query:
    metrics = tuple(sorted(name for name in group.metrics if only in {"", name}))
    return Query(site_ids=(1,), period=PERIOD, metrics=metrics, dimensions=dimensions)


def queries() -> list[Query]:
    """What is rolled up, all of it and of one source alone, by pages and by more."""
    every = [query_of(group, group.dimensions) for group in GROUPS]
    (of_site, of_pages, of_goals, *_, of_products, _, of_categories) = GROUPS
    return [
        *every,
        query_of(of_pages, ("day", "page_url"), "entries"),
        query_of(of_pages, ("page_url", "site", "month"), "page_seconds"),
        query_of(of_goals, ("page_url", "day", "goal", "conversion"), "entry_revenue"),
        query_of(of_products, ("day", "item_sku"), "views"),
        query_of(of_products, ("item_sku", "site"), "left_carts"),
        query_of(of_categories, ("item_category_place", "month", "item_category"), "item_revenue"),
        structs.replace(
            query_of(of_site, ("month",)),
            metrics=("unique_views", "unique_outlinks", "keywords", "visitors", "searches"),
        ),
        structs.replace(query_of(of_pages, ("page_url",)), where=((HOME, OTHER),)),
        structs.replace(query_of(of_pages, ("bare_page_url", "day")), where=((BARE,),)),
    ]


class Counted(Reports):
    """Answers queries from what happened, whatever was rolled up."""

    def _marks(self, _query: Query, *_others: Period) -> Marks:
        return Marks()


def assert_same(store: Store) -> None:
    """Every query has the same rows, however it is answered."""
    for query in queries():
        counted = statement(query)
        wanted = store.ask(counted.sql, counted.parameters).rows
        found = Reports(store)._ask(statement(query, Reports(store)._marks(query)), ()).rows
        assert plain(found) == plain(wanted), query
        in_parts, counted_whole = Reports(store), Counted(store).answer(query)
        for _ in range(2):
            answered = in_parts.answer(query)
            assert plain(answered.rows) == plain(counted_whole.rows), query
            assert types_of(answered.rows) == types_of(counted_whole.rows), query


def plain(rows: Sequence[Sequence[Value]]) -> list[list[Value]]:
    """Return rows without what adding in another order makes of money."""
    return [[round(value, 12) if isinstance(value, float) else value for value in row] for row in rows]


def types_of(rows: Sequence[Sequence[Value]]) -> list[list[type | None]]:
    """Return of which types the values are, but for nothing: money that nobody paid is told as a whole number, too."""
    return [[type(value) if value else None for value in row] for row in rows]


def marked(store: Store) -> list[date]:
    """The days that are rolled up."""
    asked = store.ask("select visit_day from rollups final where valid order by 1").rows
    return [date.fromisoformat(str(day)) for (day,) in asked]


def rows_of(store: Store) -> int:
    return int(str(store.ask("select count() from pages_by_day").rows[0][0]))
