"""What is counted of conversions: goals reached, orders, and carts that were left."""

from collections.abc import Mapping

from pellucid.report.metric import VISIT, Metric, Unit
from pellucid.report.ranges import DAYS, Range, ending, in_words, lies_in
from pellucid.report.source import Source

RANGES: Mapping[str, tuple[Range, ...]] = {
    "days": DAYS,
    "visits": (*((number, number) for number in range(1, 9)), (9, 14), (15, 25), (26, 50), (51, 100), (101, None)),
}
"""After how many days, and after how many visits, conversions are told apart."""
_TOLD = {"days": "intDiv(time - visitor_since, 86400000)", "visits": "visit_number"}

_REVENUE, _QUANTITY = "sum(items.price * items.quantity)", "sum(items.quantity)"
_SALES = "uniqExact(visit_day, visit_id, conversion_id)"


def _of(source: Source, name: str, meaning: str, counted: str, unit: Unit = Unit.NUMBER) -> Metric:
    return Metric(name, meaning, unit, counted={source: counted})


def name_of(what: str, within: Range) -> str:
    """Return the name of the metric of a range of days or visits."""
    return f"conversions_by_{what}_{ending(within)}"


def _within(what: str, within: Range) -> Metric:
    counted = f"countIf({lies_in(_TOLD[what], within)})"
    return _of(Source.CONVERSIONS, name_of(what, within), f"Conversions after {in_words(within)} {what}.", counted)


def _by_entry(name: str, meaning: str, what: str) -> Metric:
    """Return what conversions come to for each visit that began with a page: each day's, rounded and added up."""
    entries = "maxMap(map(visit_day, entries))"
    # Halves go up. A day on which nothing was earned is none of the sum's.
    of_day = f"floor(sumMap(map(visit_day, {what}))[day] * 1000 / began + 0.5) / 1000"
    counted = f"arraySum(arrayMap((day, began) -> {of_day}, mapKeys({entries}), mapValues({entries})))"
    return _of(Source.ENTRIES_BEFORE, name, meaning, counted)


def _of_each_visit(least: str) -> str:
    return f"mapValues(minMap(map(visit_id, {least})))"


def _pages_before(name: str, meaning: str, of_each_visit: str) -> Metric:
    most = "arrayReduce('maxMap', arrayMap((day, before) -> map(day, before), {}, {}))"
    by_day = most.format(_of_each_visit("toUInt32(visit_day)"), of_each_visit)
    return _of(Source.VIEWS_BEFORE, name, meaning, f"arraySum(mapValues({by_day}))")


METRICS = (
    _of(Source.VIEWS_BEFORE, "page_conversions", "Conversions after a page, for each view of it.", "count()"),
    _of(Source.VIEWS_BEFORE, "page_revenue", "What they are worth.", "sum(revenue)"),
    _of(
        Source.VIEWS_BEFORE,
        "page_share",
        "Conversions, shared out over the pages before them.",
        "ifNull(sum(round(1 / nullIf(pages_before, 0), 4)), 0)",
    ),
    _of(
        Source.VIEWS_BEFORE,
        "page_revenue_share",
        "What these shares are worth, rounded for each visit; in single precision, as Matomo keeps revenue.",
        "arraySum(worth -> round(worth, 2), mapValues(sumMap(map(visit_id, "
        "if(pages_before = 0, 0, toFloat64(toFloat32(revenue)) / pages_before)))))",
    ),
    _pages_before(
        "pages_before",
        "The most page views before a visit's first conversion of a day, added up over days.",
        _of_each_visit("pages_before"),
    ),
    _pages_before(
        "pages_before_least_order",
        "The same, of the order whose id has the least MD5: the first that Matomo finds where it looks for visits.",
        f"tupleElement({_of_each_visit('(MD5(order_id), pages_before)')}, 2)",
    ),
    _of(Source.ENTRIES_BEFORE, "entry_conversions", "Conversions of visits that began with a page.", "count()"),
    _of(Source.ENTRIES_BEFORE, "entry_revenue", "What they are worth.", "sum(revenue)"),
    _by_entry("entry_rate", "Such conversions for each visit that began so: of each day, rounded, and added up.", "1"),
    _by_entry("entry_worth", "What they are worth for each such visit, in the same way.", "revenue"),
    *(_within(what, within) for what, some in RANGES.items() for within in some),
    _of(Source.ITEMS, "item_revenue", "What was ordered of a product is worth.", _REVENUE),
    _of(Source.ITEMS, "item_quantity", "Pieces ordered of a product.", _QUANTITY),
    _of(Source.ITEMS, "item_orders", "Orders with a product.", _SALES),
    _of(Source.ITEMS, "item_prices", "The prices of a product in orders, added up.", "sum(items.price)"),
    _of(Source.CART_ITEMS, "left_revenue", "What was left in carts of a product is worth.", _REVENUE),
    _of(Source.CART_ITEMS, "left_quantity", "Pieces left in carts of a product.", _QUANTITY),
    _of(Source.CART_ITEMS, "left_carts", "Carts left with a product.", _SALES),
    _of(Source.CART_ITEMS, "left_prices", "The prices of a product in carts, added up.", "sum(items.price)"),
    Metric(
        "viewed_prices",
        "What a product cost on pages: the mean of each day, added up over days.",
        counted={
            Source.PRODUCT_VIEWS: "arraySum(arrayMap(price -> round(price, 2), mapValues(avgMapIf("
            "map(visit_day, ifNull(product_price, 0)), product_price is not null))))"
        },
    ),
    _of(Source.CONVERSIONS, "goals_reached", "Goals reached, orders and carts, each time.", "count()"),
    _of(Source.CONVERSIONS, "converting_visits", "Visits with such a conversion.", f"uniqExact({VISIT})"),
    _of(Source.CONVERSIONS, "revenue", "What conversions are worth.", "sum(revenue)", Unit.MONEY),
    _of(Source.CONVERSIONS, "subtotal", "What orders are worth without tax and shipping.", "sum(subtotal)", Unit.MONEY),
    _of(Source.CONVERSIONS, "tax", "The tax of orders.", "sum(tax)", Unit.MONEY),
    _of(Source.CONVERSIONS, "shipping", "What shipping orders costs.", "sum(shipping)", Unit.MONEY),
    _of(Source.CONVERSIONS, "discount", "The discount of orders.", "sum(discount)", Unit.MONEY),
    _of(Source.CONVERSIONS, "pieces", "Pieces ordered, or left in carts.", "sum(pieces)"),
)
