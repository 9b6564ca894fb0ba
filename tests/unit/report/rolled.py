"""What tests of days that are rolled up have in common: hits on some days, and each query in both ways."""

from datetime import UTC, date, datetime, timedelta

from msgspec import structs

from builders import DAY, NOON, a_hit
from pellucid.model.hit import Hit
from pellucid.model.period import Period
from pellucid.model.query import Condition, Operator, Query
from pellucid.report.rollups import GROUPS, Group
from pellucid.report.run import Reports
from pellucid.report.sql import statement
from pellucid.store.client import Store
from unit.installation import A_DAY

FIRST_DAY = 20416
DAYS = 4
HOME = Condition("page_url", Operator.EQUALS, "http://a/a")
OTHER = Condition("page_url", Operator.ENDS, "d")
PERIOD = Period(DAY, DAY + timedelta(days=DAYS - 1))
"""The last of its days is not over."""


def now() -> datetime:
    return datetime(2025, 11, 28, 12, tzinfo=UTC)


def later() -> datetime:
    """When week and month are over."""
    return datetime(2025, 12, 3, 12, tzinfo=UTC)


def on_day(day: int, minute: int = 0, **fields: object) -> Hit:
    """A hit some minutes after noon, on a day of the period."""
    return a_hit(day=FIRST_DAY + day, time=NOON + day * A_DAY + minute * 60_000, **fields)


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
    ]


def assert_same(store: Store) -> None:
    """Every query has the same rows, however it is answered."""
    for query in queries():
        counted = statement(query)
        wanted = store.ask(counted.sql, counted.parameters).rows
        found = Reports(store)._ask(statement(query, Reports(store)._marks(query)), ()).rows
        assert [list(map(_plain, row)) for row in found] == [list(map(_plain, row)) for row in wanted], query


def _plain(value: object) -> object:
    """Return a value without what adding in another order makes of money."""
    return round(value, 12) if isinstance(value, float) else value


def marked(store: Store) -> list[date]:
    """The days that are rolled up."""
    asked = store.ask("select visit_day from rollups final where valid order by 1").rows
    return [date.fromisoformat(str(day)) for (day,) in asked]


def rows_of(store: Store) -> int:
    return int(str(store.ask("select count() from pages_by_day").rows[0][0]))
