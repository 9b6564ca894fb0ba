"""What is counted of conversions: goals reached, orders, and carts that were left."""

from collections.abc import Mapping

from pellucid.report.metric import VISIT, Metric, Unit
from pellucid.report.source import Source


def _of_conversions(name: str, meaning: str, counted: str, unit: Unit = Unit.NUMBER) -> Metric:
    return Metric(name, meaning, unit, counted={Source.CONVERSIONS: counted})


Range = tuple[int, int | None]

RANGES: Mapping[str, tuple[Range, ...]] = {
    "days": (
        *((number, number) for number in range(8)),
        *((8, 14), (15, 30), (31, 60), (61, 120), (121, 364), (365, None)),
    ),
    "visits": (*((number, number) for number in range(1, 9)), (9, 14), (15, 25), (26, 50), (51, 100), (101, None)),
}
_TOLD = {"days": "intDiv(time - visitor_since, 86400000)", "visits": "visit_number"}


def name_of(what: str, within: Range) -> str:
    """Return the name of the metric of a range of days or visits."""
    first, last = within
    return f"conversions_by_{what}_{first}" if last is None else f"conversions_by_{what}_{first}_to_{last}"


def _within(what: str, within: Range) -> Metric:
    first, last = within
    condition = f"{_TOLD[what]} >= {first}" if last is None else f"{_TOLD[what]} between {first} and {last}"
    span = f"{first} and more" if last is None else f"{first} to {last}"
    name = name_of(what, within)
    return Metric(name, f"Conversions after {span} {what}.", counted={Source.CONVERSIONS: f"countIf({condition})"})


def _of_items(name: str, meaning: str, counted: str, source: Source = Source.ITEMS) -> Metric:
    return Metric(name, meaning, counted={source: counted})


_REVENUE, _QUANTITY = "sum(items.price * items.quantity)", "sum(items.quantity)"
_SALES = "uniqExact(visit_day, visit_id, conversion_id)"


def _before(name: str, meaning: str, counted: str, source: Source = Source.VIEWS_BEFORE) -> Metric:
    return Metric(name, meaning, counted={source: counted})


def _by_entry(name: str, meaning: str, what: str) -> Metric:
    """Return what conversions come to for each visit that began with a page: each day's, rounded and added up."""
    entries = "maxMap(map(visit_day, entries))"
    # Halves go up. A day on which nothing was earned is none of the sum's.
    of_day = f"floor(sumMap(map(visit_day, {what}))[day] * 1000 / began + 0.5) / 1000"
    counted = f"arraySum(arrayMap((day, began) -> {of_day}, mapKeys({entries}), mapValues({entries})))"
    return _before(name, meaning, counted, Source.ENTRIES_BEFORE)


METRICS = (
    _before("page_conversions", "Conversions after a page, for each view of it.", "count()"),
    _before("page_revenue", "What they are worth.", "sum(revenue)"),
    _before(
        "page_share",
        "Conversions, shared out over the pages before them.",
        "ifNull(sum(round(1 / nullIf(pages_before, 0), 4)), 0)",
    ),
    _before(
        "page_revenue_share",
        "What these shares are worth, rounded for each conversion; in single precision, as Matomo keeps revenue.",
        "arraySum(worth -> round(worth, 2), mapValues(sumMap(map(conversion_id, "
        "if(pages_before = 0, 0, toFloat64(toFloat32(revenue)) / pages_before)))))",
    ),
    _before(
        "pages_before",
        "The most page views before a conversion of a day, added up over days.",
        "arraySum(mapValues(maxMap(map(visit_day, pages_before))))",
    ),
    _before("entry_conversions", "Conversions of visits that began with a page.", "count()", Source.ENTRIES_BEFORE),
    _before("entry_revenue", "What they are worth.", "sum(revenue)", Source.ENTRIES_BEFORE),
    _by_entry("entry_rate", "Such conversions for each visit that began so: of each day, rounded, and added up.", "1"),
    _by_entry("entry_worth", "What they are worth for each such visit, in the same way.", "revenue"),
    *(_within(what, within) for what, some in RANGES.items() for within in some),
    _of_items("item_revenue", "What was ordered of a product is worth.", _REVENUE),
    _of_items("item_quantity", "Pieces ordered of a product.", _QUANTITY),
    _of_items("item_orders", "Orders with a product.", _SALES),
    _of_items("item_prices", "The prices of a product in orders, added up.", "sum(items.price)"),
    _of_items("left_revenue", "What was left in carts of a product is worth.", _REVENUE, Source.CART_ITEMS),
    _of_items("left_quantity", "Pieces left in carts of a product.", _QUANTITY, Source.CART_ITEMS),
    _of_items("left_carts", "Carts left with a product.", _SALES, Source.CART_ITEMS),
    _of_items("left_prices", "The prices of a product in carts, added up.", "sum(items.price)", Source.CART_ITEMS),
    Metric(
        "viewed_prices",
        "What a product cost on pages: the mean of each day, added up over days.",
        counted={
            Source.PRODUCT_VIEWS: "arraySum(arrayMap(price -> round(price, 2), mapValues(avgMapIf("
            "map(visit_day, ifNull(product_price, 0)), product_price is not null))))"
        },
    ),
    _of_conversions("goals_reached", "Goals reached, orders and carts, each time.", "count()"),
    _of_conversions("converting_visits", "Visits with such a conversion.", f"uniqExact({VISIT})"),
    _of_conversions("revenue", "What conversions are worth.", "sum(revenue)", Unit.MONEY),
    _of_conversions("subtotal", "What orders are worth without tax and shipping.", "sum(subtotal)", Unit.MONEY),
    _of_conversions("tax", "The tax of orders.", "sum(tax)", Unit.MONEY),
    _of_conversions("shipping", "What shipping orders costs.", "sum(shipping)", Unit.MONEY),
    _of_conversions("discount", "The discount of orders.", "sum(discount)", Unit.MONEY),
    _of_conversions("pieces", "Pieces ordered, or left in carts.", "sum(pieces)"),
)
