"""Dimensions that are worked out: when a visit began and ended, what was before it, what was bought and seen in it."""

from pellucid.report.dimension import Dimension
from pellucid.report.source import OF_VISITS, Source

_DAY = 86_400_000
_BEGAN = "fromUnixTimestamp64Milli(first_time, 'UTC')"
_ENDED = "fromUnixTimestamp64Milli(latest_time, 'UTC')"
_ENDED_HERE = "fromUnixTimestamp64Milli(latest_time, {timezone:String})"
_DONE = "fromUnixTimestamp64Milli(time, {timezone:String})"


def _of_visit(name: str, meaning: str, sql: str, *, number: bool = True, decimal: bool = False) -> Dimension:
    return Dimension(name, meaning, dict.fromkeys(OF_VISITS, sql), number=number, decimal=decimal)


def _of_hits(name: str, meaning: str, source: Source, sql: str, *, number: bool = False) -> Dimension:
    return Dimension(name, meaning, {source: sql}, number=number)


def _sold(name: str, meaning: str, sql: str, *, decimal: bool = False) -> Dimension:
    return Dimension(name, meaning, {Source.CONVERSIONS: sql}, number=decimal, decimal=decimal)


def _of_item(name: str, meaning: str, item: str, viewed: str) -> Dimension:
    told = {Source.ITEMS: item, Source.CART_ITEMS: item, Source.PRODUCT_VIEWS: viewed}
    return Dimension(name, meaning, told)


def _in_turn(several: str, part: int) -> str:
    """Return each of several values, or its place among them: both from the same row of what is joined."""
    return f"arrayJoin(arrayZip({several}, arrayEnumerate({several}))).{part}"


_NAMED = "product_name != '' or (product_sku != '' and notEmpty(product_categories))"
"""Who tells a category of a product, if only that it has none, tells its name too, if only that it has none."""

DIMENSIONS = (
    _of_item(
        "item_sku",
        "The number of a product, ordered or viewed.",
        "items.sku",
        "arrayJoin(if(product_sku = '', [], [product_sku]))",
    ),
    _of_item(
        "item_name",
        "The name of a product, ordered or viewed.",
        "items.name",
        f"arrayJoin(if({_NAMED}, [product_name], []))",
    ),
    _of_item(
        "item_category",
        "A category of a product, ordered or viewed.",
        _in_turn("if(empty(items.categories), [''], items.categories)", 1),
        _in_turn("product_categories", 1),
    ),
    _of_item(
        "item_category_place",
        "Which of the categories of a product it is, the first or another.",
        _in_turn("if(empty(items.categories), [''], items.categories)", 2),
        _in_turn("product_categories", 2),
    ),
    Dimension("previous_page", "The address of the page viewed before.", {Source.VIEWS: "previous_url"}),
    Dimension("previous_page_title", "The title of the page viewed before.", {Source.VIEWS: "previous_title"}),
    Dimension("previous_search", "What was searched for just before.", {Source.VIEWS: "previous_search"}),
    Dimension("next_kind", "What kind of thing was done after a page was viewed.", {Source.LEAVINGS: "kind"}),
    Dimension("next_address", "The address of what was done after.", {Source.LEAVINGS: "url"}),
    Dimension("next_title", "The title of the page viewed after.", {Source.LEAVINGS: "title"}),
    Dimension("next_search", "What was searched for after.", {Source.LEAVINGS: "search_keyword"}),
    _of_visit("visit_id", "The visit.", "visit_id"),
    _of_visit("fingerprint", "The hash of the day.", "fingerprint"),
    _of_visit("profilable", "Whether the visitor is known by more than the hash of the day.", "toUInt8(profilable)"),
    _of_visit("converted", "Whether the visit has a conversion.", "toUInt8(conversions > 0)"),
    _of_visit("interactions", "Page views and searches of the visit.", "pageviews + searches"),
    _of_visit("latitude", "How far north it came from.", "latitude", decimal=True),
    _of_visit("longitude", "How far east it came from.", "longitude", decimal=True),
    _of_visit("masked_address", "What is kept of the address.", "toUInt32(IPv4StringToNumOrDefault(masked_address))"),
    _of_visit(
        "ecommerce_status",
        "What became of the cart: none, ordered, abandonedCart, orderedThenAbandonedCart.",
        "multiIf(orders > 0 and cart_id != 0, 'orderedThenAbandonedCart', orders > 0, 'ordered', "
        "cart_id != 0, 'abandonedCart', 'none')",
        number=False,
    ),
    _of_visit("local_minute", "The minute of the visitor's own hour.", "intDiv(ifNull(local_second, 0), 60) % 60"),
    _of_visit("minute", "The minute the visit began in (UTC).", f"toMinute({_BEGAN})"),
    Dimension(
        "end_date",
        "The day the visit ended on (UTC).",
        dict.fromkeys(OF_VISITS, f"toString(toDate({_ENDED}))"),
    ),
    _of_visit("end_hour", "The hour the visit ended in, in the site's time zone.", f"toHour({_ENDED_HERE})"),
    _of_visit("end_minute", "The minute the visit ended in (UTC).", f"toMinute({_ENDED})"),
    _of_visit("end_second", "The second the visit ended in (UTC).", f"toSecond({_ENDED})"),
    _of_visit("end_day_of_month", "The day of the month the visit ended on (UTC).", f"toDayOfMonth({_ENDED})"),
    _of_visit(
        "end_day_of_week",
        "The day of the week the visit ended on (UTC); Sunday is 1.",
        f"toDayOfWeek({_ENDED}) % 7 + 1",
    ),
    _of_visit("end_day_of_year", "The day of the year the visit ended on (UTC).", f"toDayOfYear({_ENDED})"),
    _of_visit("end_week", "The week the visit ended in (UTC).", f"toISOWeek({_ENDED})"),
    _of_visit("end_month", "The month the visit ended in (UTC).", f"toMonth({_ENDED})"),
    _of_visit("end_quarter", "The quarter the visit ended in (UTC).", f"toQuarter({_ENDED})"),
    _of_visit("end_year", "The year the visit ended in (UTC).", f"toYear({_ENDED})"),
    _of_visit("days_since_first_visit", "Days since the first visit.", f"intDiv(first_time - visitor_since, {_DAY})"),
    _of_visit("seconds_since_first_visit", "Seconds since then.", "intDiv(first_time - visitor_since, 1000)"),
    _of_visit(
        "seconds_since_last_visit",
        "Seconds since the visit before began.",
        "if(previous_time = 0, 0, intDiv(first_time - previous_time, 1000))",
    ),
    _of_visit(
        "days_since_last_order",
        "Days since the last visit with an order.",
        f"if(previous_order_time = 0, 0, intDiv(first_time - previous_order_time, {_DAY}))",
    ),
    _of_visit(
        "seconds_since_last_order",
        "Seconds since the last visit with an order.",
        "if(previous_order_time = 0, 0, intDiv(first_time - previous_order_time, 1000))",
    ),
    _of_hits("action_hour", "The hour something was done in.", Source.HITS, f"toHour({_DONE})", number=True),
    _of_hits(
        "action_minute",
        "The minute something was done in.",
        Source.HITS,
        "toMinute(fromUnixTimestamp64Milli(time, 'UTC'))",
        number=True,
    ),
    _of_hits("viewed_sku", "The number of a product that a page shows.", Source.VIEWS, "product_sku"),
    _of_hits("viewed_product", "The name of a product that a page shows.", Source.VIEWS, "product_name"),
    _of_hits("viewed_category", "Its categories.", Source.VIEWS, "arrayJoin(product_categories)"),
    Dimension("viewed_price", "Its price.", {Source.VIEWS: "product_price"}, number=True, decimal=True),
    Dimension(
        "converted_goal",
        "The number of a goal; 0 is an order, -1 a cart.",
        {Source.CONVERSIONS: "if(kind = 'cart', -1, toInt64(goal_id))"},
        number=True,
    ),
    _sold("sku", "The number of a product that was ordered or left in the cart.", "arrayJoin(items.sku)"),
    _sold("product", "Its name.", "arrayJoin(items.name)"),
    _sold("product_category", "Its categories.", "arrayJoin(arrayFlatten(items.categories))"),
    _sold("product_price", "Its price.", "arrayJoin(items.price)", decimal=True),
    _sold("order_revenue", "What an order is worth.", "if(kind = 'order', revenue, null)", decimal=True),
    _sold("cart_revenue", "What a cart that was left is worth.", "if(kind = 'cart', revenue, null)", decimal=True),
)
