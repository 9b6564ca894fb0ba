"""What was done in a visit, as Matomo's `Live` shows it: page by page, with what happened on each."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from msgspec import Struct

from pellucid.matomo.columns import Cell, Row, plain, rounded
from pellucid.matomo.labels import SOURCES
from pellucid.matomo.pretty import duration, money
from pellucid.model.column import Item
from pellucid.model.event import Event
from pellucid.model.goal import CustomDimension, DimensionScope, Goal
from pellucid.model.hit import HitKind, SourceKind
from pellucid.model.site import Site
from pellucid.model.visit import Conversion
from pellucid.report.live import VisitDetails

_CONTENT_TYPE = 13
_TYPES: Mapping[str, Cell] = {
    HitKind.PAGEVIEW: "action",
    HitKind.CONTENT: _CONTENT_TYPE,
    HitKind.CART: "ecommerceAbandonedCart",
    HitKind.ORDER: "ecommerceOrder",
}
_PAGES = frozenset({HitKind.PAGEVIEW, HitKind.SEARCH})
_NOT_SHOWN = frozenset({HitKind.PING, HitKind.GOAL, HitKind.CART, HitKind.ORDER})
"""What was converted is shown as what it converted."""
_WITH_A_KEYWORD = frozenset({SourceKind.CAMPAIGN, SourceKind.SOCIAL})
"""What brought a conversion by a keyword, be it an empty one."""
_SALES = frozenset({HitKind.CART, HitKind.ORDER})
"""What happens on no page that is told."""
_STATUS = {
    (False, False): "none",
    (True, False): "ordered",
    (False, True): "abandonedCart",
    (True, True): "orderedThenAbandonedCart",
}
_LEAST_SECONDS = 10
"""How long the last page of a visit was looked at is told if it is more."""
_DIGITS_OF_VALUES = 3
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Python's own way to write them takes five times as long, and a list of visits tells hundreds of times."""


class Setting(Struct, frozen=True):
    """What the owner set up that visits are shown with."""

    site: Site
    goals: Sequence[Goal] = ()
    dimensions: Sequence[CustomDimension] = ()


def action_rows(details: VisitDetails, setting: Setting) -> list[Row]:
    """Return what was done in a visit and what it converted, in order; of carts the one that was left."""
    rows: list[tuple[tuple[int, int], Row]] = []
    places = {event.event_id: place for place, event in enumerate(details.events)}
    page = 0
    for place, event in enumerate(details.events):
        if event.kind in _NOT_SHOWN:
            continue
        page += event.kind in _PAGES
        row = _begun(event, setting) | _DETAILS[HitKind(event.kind)](event) | {"pageviewPosition": page or None}
        if event.kind == HitKind.PAGEVIEW:
            spent = _seconds_on(event, details, place)
            row |= {"timeSpent": spent, "timeSpentPretty": duration(spent)}
        rows.append(((event.time // 1000, place), row))
    for conversion in details.conversions:
        told = _goal if conversion.kind == HitKind.GOAL else _order if conversion.kind == HitKind.ORDER else _cart
        row = _begun(conversion, setting) | _attribution(conversion) | told(conversion, setting)
        # Matomo knows no less than seconds: what no action brought stands before all that was done in the same one.
        rows.append(((conversion.time // 1000, places.get(conversion.event_id, -1)), row))
    # The sort is stable: a goal stands behind the action that reached it.
    return [row for _, row in sorted(rows, key=lambda timed: timed[0])]


def _begun(row: Event | Conversion, setting: Setting) -> Row:
    time = datetime.fromtimestamp(row.time / 1000, ZoneInfo(setting.site.timezone))
    on_page = sorted(dimension.id for dimension in setting.dimensions if dimension.scope is DimensionScope.ACTION)
    told = row.dimensions if isinstance(row, Event) else {}
    return {
        "type": _TYPES.get(row.kind, row.kind),
        **({"pageId": row.event_id} if isinstance(row, Event) else {}),
        **({} if row.kind in _SALES else {"url": row.url}),
        "timestamp": row.time // 1000,
        "serverTimePretty": (
            f"{_MONTHS[time.month - 1]} {time.day}, {time.year} {time.hour:02}:{time.minute:02}:{time.second:02}"
        ),
        "idpageview": row.pageview_id or None,
        **{f"dimension{one}": told.get(str(one)) for one in on_page},
    }


def _attribution(conversion: Conversion) -> Row:
    _, _, kind = SOURCES[conversion.source_kind]
    return {
        "referrerType": kind,
        "referrerName": conversion.source_name or None,
        "referrerKeyword": conversion.source_keyword or ("" if conversion.source_kind in _WITH_A_KEYWORD else None),
    }


def _seconds_on(event: Event, details: VisitDetails, place: int) -> int:
    """Return how long a page was looked at: up to the next one, or as long as the visit went on.

    Of the last page that is not told where it is little: then it is as long as what was done on it took.
    """
    on_it = 0
    for later in details.events[place + 1 :]:
        on_it += later.previous_seconds
        if later.kind == HitKind.PAGEVIEW:
            return on_it
    rest = details.visit.seconds - (event.time // 1000 - details.visit.first_time // 1000)
    return rest if rest > _LEAST_SECONDS else on_it


def _pageview(event: Event) -> Row:
    row: Row = {"pageTitle": event.title or None, "title": event.title or None, "subtitle": event.url}
    timings = (
        *(event.network_time, event.server_time, event.transfer_time),
        *(event.dom_processing_time, event.dom_completion_time, event.on_load_time),
    )
    known = [milliseconds for milliseconds in timings if milliseconds is not None]
    if len(known) == len(timings) and any(known):
        seconds = plain(rounded(Decimal(sum(known)) / 1000, 2))
        row |= {"pageLoadTime": f"{seconds}s", "pageLoadTimeMilliseconds": sum(known)}
    if event.product_sku or event.product_name:
        row |= {
            "productViewName": event.product_name or None,
            "productViewSku": event.product_sku or None,
        }
        row |= {"productViewPrice": _money(event.product_price)} if event.product_price else {}
    categories = tuple(category for category in event.product_categories if category)
    return row | ({"productViewCategories": categories} if categories else {})


def _search(event: Event) -> Row:
    word, category, number = event.search_keyword, event.search_category, event.search_count
    subtitle = [word]
    subtitle += [f"Search Category: {category}"] if category else []
    subtitle += [f"Search Results Count: {number}"] if number else []
    row: Row = {"url": None, "siteSearchKeyword": word, "siteSearchCategory": category}
    row |= {"title": "Site Search", "subtitle": " - ".join(subtitle)}
    return row | ({} if number is None else {"siteSearchCount": number})


def _event(event: Event) -> Row:
    category, action = event.event_category, event.event_action
    row: Row = {
        "eventCategory": category,
        "eventAction": action,
        "title": "Event",
        # The marks do not match in Matomo either.
        "subtitle": f'Category: "{category}\', Action: "{action}"',
    }
    row |= {"eventName": event.event_name} if event.event_name else {}
    return row | (
        {} if event.event_value is None else {"eventValue": _money(round(event.event_value, _DIGITS_OF_VALUES))}
    )


def _content(event: Event) -> Row:
    done = event.content_interaction or None
    return {
        "pageTitle": None,
        "contentName": event.content_name,
        "contentPiece": event.content_piece or None,
        "contentTarget": event.content_target or None,
        "contentInteraction": done,
        "title": f"Content Interaction ({done})" if done else "Content Impression",
        "subtitle": " - ".join(filter(None, (event.content_name, event.content_piece))),
    }


def _goal(conversion: Conversion, setting: Setting) -> Row:
    goal = next((one for one in setting.goals if one.id == conversion.goal_id), None)
    name, revenue = goal.name if goal else "", _money(conversion.revenue)
    told = f" ({money(revenue, setting.site.currency)} revenue)" if revenue else ""
    return {
        "goalName": name,
        "goalId": conversion.goal_id,
        "goalPageId": conversion.event_id or None,
        "idpageview": conversion.pageview_id if conversion.event_id else None,
        "revenue": revenue,
        "title": "Goal conversion",
        "subtitle": f"{name}{told}",
    }


def _cart(conversion: Conversion, setting: Setting) -> Row:
    return _sale(conversion, setting) | {"title": "Abandoned Cart"}


def _order(conversion: Conversion, setting: Setting) -> Row:
    return _sale(conversion, setting) | {
        "orderId": conversion.order_id,
        "revenueSubTotal": _money(conversion.subtotal),
        "revenueTax": _money(conversion.tax),
        "revenueShipping": _money(conversion.shipping),
        "revenueDiscount": _money(conversion.discount),
        "title": f"Ordered ({conversion.order_id})",
    }


def _sale(conversion: Conversion, setting: Setting) -> Row:
    revenue = _money(conversion.revenue)
    names = ", ".join(item.name for item in conversion.items)
    return {
        "idpageview": None,
        "revenue": revenue,
        "items": conversion.pieces,
        "itemDetails": [_item(item) for item in conversion.items],
        # In Matomo too the bracket was never opened.
        "subtitle": f"{money(revenue, setting.site.currency)} revenue - {conversion.pieces} items: {names})",
    }


def _item(item: Item) -> Row:
    return {
        "itemSKU": item.sku,
        "itemName": item.name or None,
        "itemCategory": item.categories[0] if item.categories else None,
        "price": _money(item.price),
        "quantity": item.quantity,
        "categories": item.categories,
    }


def sales(details: VisitDetails, site: Site) -> Row:
    """Return whether something was bought in a visit or left in its cart; of a shop, what its visitor ever bought."""
    visit = details.visit
    status: Row = {"visitEcommerceStatus": _STATUS[visit.orders > 0, visit.cart_id != 0]}
    return status | sold(details) if site.ecommerce else status


def sold(details: VisitDetails) -> Row:
    """Return what the visitor of a visit ever bought and left."""
    return {
        "totalEcommerceRevenue": _money(round(details.orders.revenue, 2)),
        "totalEcommerceConversions": details.orders.number,
        "totalEcommerceItems": details.orders.pieces,
        "totalAbandonedCartsRevenue": _money(round(details.carts.revenue, 2)),
        "totalAbandonedCarts": details.carts.number,
        "totalAbandonedCartsItems": details.carts.pieces,
    }


def _link(title: str) -> Callable[[Event], Row]:
    return lambda event: {"pageTitle": None, "title": title, "subtitle": event.url}


_DETAILS: Mapping[HitKind, Callable[[Event], Row]] = {
    HitKind.PAGEVIEW: _pageview,
    HitKind.SEARCH: _search,
    HitKind.CONTENT: _content,
    HitKind.EVENT: _event,
    HitKind.OUTLINK: _link("Outlink"),
    HitKind.DOWNLOAD: _link("Download"),
}


def _money(amount: float) -> int | float:
    return int(amount) if float(amount).is_integer() else amount
