"""What was done in a visit, as Matomo's `Live` shows it: page by page, with what happened on each."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import takewhile
from math import isfinite
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_symbol
from msgspec import DecodeError, Struct, ValidationError, json

from pellucid.matomo.columns import Cell, Row, plain, rounded
from pellucid.matomo.labels import SOURCES
from pellucid.model.event import Event
from pellucid.model.goal import CustomDimension, DimensionScope, Goal
from pellucid.model.hit import HitKind
from pellucid.model.site import Site
from pellucid.report.live import VisitDetails

_CONTENT_TYPE = 13
_TYPES: Mapping[str, Cell] = {
    HitKind.PAGEVIEW: "action",
    HitKind.CONTENT: _CONTENT_TYPE,
    HitKind.CART: "ecommerceAbandonedCart",
    HitKind.ORDER: "ecommerceOrder",
}
_PAGES = frozenset({HitKind.PAGEVIEW, HitKind.SEARCH})
_SALES = frozenset({HitKind.CART, HitKind.ORDER})
_CONVERSIONS = _SALES | {HitKind.GOAL}
_STATUS = {
    (False, False): "none",
    (True, False): "ordered",
    (False, True): "abandonedCart",
    (True, True): "orderedThenAbandonedCart",
}
_UNITS = (("days", 86_400), ("hours", 3_600), ("min", 60), ("s", 1))


class Setting(Struct, frozen=True):
    """What the owner set up that visits are shown with."""

    site: Site
    goals: Sequence[Goal] = ()
    dimensions: Sequence[CustomDimension] = ()


def action_rows(details: VisitDetails, setting: Setting) -> list[Row]:
    """Return what was done in a visit, in order; of carts the one that was left, if it was."""
    sold = [event for event in details.events if event.kind in _SALES]
    shown = [
        (place, event)
        for place, event in enumerate(details.events)
        if event.kind != HitKind.PING and (event.kind != HitKind.CART or event is sold[-1])
    ]
    rows = []
    page = 0
    for place, event in shown:
        page += event.kind in _PAGES
        row = _begun(event, setting) | _DETAILS[HitKind(event.kind)](event, setting)
        row |= _attribution(details) if event.kind in _CONVERSIONS else {"pageviewPosition": page}
        if event.kind == HitKind.PAGEVIEW:
            spent = _seconds_on(event, details, place)
            row |= {"timeSpent": spent, "timeSpentPretty": duration(spent)}
        rows.append(row)
    return rows


def _begun(event: Event, setting: Setting) -> Row:
    time = datetime.fromtimestamp(event.time / 1000, ZoneInfo(setting.site.timezone))
    on_page = {dimension.id for dimension in setting.dimensions if dimension.scope is DimensionScope.ACTION}
    return {
        "type": _TYPES.get(event.kind, event.kind),
        "url": event.url,
        "timestamp": event.time // 1000,
        "serverTimePretty": f"{time:%b} {time.day}, {time:%Y %H:%M:%S}",
        "idpageview": event.pageview_id or None,
        **{f"dimension{one}": event.parameters.get(f"dimension{one}") for one in sorted(on_page)},
    }


def _attribution(details: VisitDetails) -> Row:
    visit = details.visit
    _, _, kind = SOURCES[visit.source_kind]
    return {
        "referrerType": kind,
        "referrerName": visit.source_name or None,
        "referrerKeyword": visit.source_keyword or None,
    }


def _seconds_on(event: Event, details: VisitDetails, place: int) -> int:
    """Return how long a page was looked at: up to the next one, or as far as the visit tells."""
    after = details.events[place + 1 :]
    on_it = list(takewhile(lambda later: later.kind != HitKind.PAGEVIEW, after))
    if len(on_it) < len(after):
        return sum(later.previous_seconds for later in after[: len(on_it) + 1])
    visit = details.visit
    return max(visit.seconds - (event.time - visit.first_time) // 1000, 0) if on_it else 0


def _pageview(event: Event, _setting: Setting) -> Row:
    row: Row = {"pageTitle": event.title or None, "title": event.title, "subtitle": event.url}
    timings = [event.parameters.get(name) for name in ("pf_net", "pf_srv", "pf_tfr", "pf_dm1", "pf_dm2", "pf_onl")]
    known = [int(text) for text in timings if text and text.isdecimal()]
    if known:
        seconds = plain(rounded(Decimal(sum(known)) / 1000, 2))
        row |= {"pageLoadTime": f"{seconds}s", "pageLoadTimeMilliseconds": sum(known)}
    if "_pks" in event.parameters or "_pkn" in event.parameters:
        row |= {
            "productViewName": event.parameters.get("_pkn"),
            "productViewSku": event.parameters.get("_pks"),
            "productViewPrice": _money(event.parameters.get("_pkp", "0")),
            "productViewCategories": _categories(event.parameters.get("_pkc", "")),
        }
    return row


def _search(event: Event, _setting: Setting) -> Row:
    given = event.parameters
    word, category, number = given.get("search", ""), given.get("search_cat"), given.get("search_count")
    subtitle = [word]
    subtitle += [f"Search Category: {category}"] if category else []
    subtitle += [f"Search Results Count: {number}"] if number not in {None, "0"} else []
    row: Row = {"url": None, "siteSearchKeyword": word, "title": "Site Search", "subtitle": " - ".join(subtitle)}
    row |= {"siteSearchCategory": category} if category else {}
    return row | ({"siteSearchCount": _money(number)} if number else {})


def _event(event: Event, _setting: Setting) -> Row:
    given = event.parameters
    category, action = given.get("e_c", ""), given.get("e_a", "")
    row: Row = {
        "eventCategory": category,
        "eventAction": action,
        "title": "Event",
        "subtitle": f'Category: "{category}\', Action: "{action}"',
    }
    row |= {"eventName": given["e_n"]} if "e_n" in given else {}
    return row | ({"eventValue": _money(given["e_v"])} if "e_v" in given else {})


def _content(event: Event, _setting: Setting) -> Row:
    given = event.parameters
    done = given.get("c_i")
    return {
        "pageTitle": None,
        "contentName": given.get("c_n"),
        "contentPiece": given.get("c_p"),
        "contentTarget": given.get("c_t"),
        "contentInteraction": done,
        "title": f"Content Interaction ({done})" if done else "Content Impression",
        "subtitle": " - ".join(filter(None, (given.get("c_n"), given.get("c_p")))),
    }


def _goal(event: Event, setting: Setting) -> Row:
    number, revenue = event.parameters.get("idgoal", ""), _money(event.parameters.get("revenue", "0"))
    goal = next((one for one in setting.goals if str(one.id) == number), None)
    name = goal.name if goal else ""
    told = f" ({_price(revenue, setting.site)} revenue)" if revenue else ""
    row: Row = {"goalName": name, "goalId": goal.id if goal else None, "goalPageId": None, "idpageview": None}
    return row | {"revenue": revenue, "title": "Goal conversion", "subtitle": f"{name}{told}"}


def _cart(event: Event, setting: Setting) -> Row:
    return _sale(event, setting) | {"title": "Abandoned Cart"}


def _order(event: Event, setting: Setting) -> Row:
    given = event.parameters
    order = given.get("ec_id")
    return _sale(event, setting) | {
        "orderId": order,
        "revenueSubTotal": _money(given.get("ec_st", "0")),
        "revenueTax": _money(given.get("ec_tx", "0")),
        "revenueShipping": _money(given.get("ec_sh", "0")),
        "revenueDiscount": _money(given.get("ec_dt", "0")),
        "title": f"Ordered ({order})",
    }


def _sale(event: Event, setting: Setting) -> Row:
    items = _items(event.parameters.get("ec_items", ""))
    number = _pieces(event)
    revenue = _money(event.parameters.get("revenue", "0"))
    names = ", ".join(str(item["itemName"]) for item in items)
    return {
        "url": None,
        "idpageview": None,
        "revenue": revenue,
        "items": number,
        "itemDetails": items,
        "subtitle": f"{_price(revenue, setting.site)} revenue - {number} items: {names})",
    }


def sales(details: VisitDetails) -> Row:
    """Return what was bought in a visit, and what was left in the cart after that."""
    sold = [event for event in details.events if event.kind in _SALES]
    orders = [event for event in sold if event.kind == HitKind.ORDER]
    left = [event for event in sold[-1:] if event.kind == HitKind.CART]
    return {
        "visitEcommerceStatus": _STATUS[bool(orders), bool(left)],
        "totalEcommerceRevenue": round(sum(_money(event.parameters.get("revenue", "0")) for event in orders), 2),
        "totalEcommerceConversions": len(orders),
        "totalEcommerceItems": sum(_pieces(event) for event in orders),
        "totalAbandonedCartsRevenue": sum(_money(event.parameters.get("revenue", "0")) for event in left),
        "totalAbandonedCarts": len(left),
        "totalAbandonedCartsItems": sum(_pieces(event) for event in left),
    }


def _pieces(event: Event) -> int | float:
    quantities = (item["quantity"] for item in _items(event.parameters.get("ec_items", "")))
    return sum(quantity for quantity in quantities if isinstance(quantity, int | float))


def _items(text: str) -> list[Row]:
    """Return the items of a cart or order; none if they can not be read."""
    try:
        told = json.decode(text or "[]", type=list[list[str | float | tuple[str, ...] | None]])
    except (DecodeError, ValidationError):
        return []
    rows: list[Row] = []
    for item in told:
        sku, name, category, price, quantity = (*item, *[None] * 5)[:5]
        categories = category if isinstance(category, tuple) else _categories(str(category or ""))
        rows.append(
            {
                "itemSKU": str(sku or ""),
                "itemName": str(name or ""),
                "itemCategory": categories[0] if categories else None,
                "price": _money(str(price or 0)),
                "quantity": _money(str(1 if quantity is None else quantity)),
                "categories": categories,
            },
        )
    return rows


def _categories(text: str) -> tuple[str, ...]:
    """Return the categories of a product: one, or a list as JSON."""
    try:
        return json.decode(text, type=tuple[str, ...])
    except (DecodeError, ValidationError):
        return (text,) if text else ()


def _link(title: str) -> Callable[[Event, Setting], Row]:
    return lambda event, _setting: {"pageTitle": None, "title": title, "subtitle": event.url}


_DETAILS: Mapping[HitKind, Callable[[Event, Setting], Row]] = {
    HitKind.PAGEVIEW: _pageview,
    HitKind.SEARCH: _search,
    HitKind.CONTENT: _content,
    HitKind.EVENT: _event,
    HitKind.OUTLINK: _link("Outlink"),
    HitKind.DOWNLOAD: _link("Download"),
    HitKind.GOAL: _goal,
    HitKind.CART: _cart,
    HitKind.ORDER: _order,
}


def _money(text: str) -> int | float:
    """Return a number that a hit told; 0 if it is none."""
    try:
        number = float(text)
    except ValueError:
        return 0
    if not isfinite(number):
        return 0
    return int(number) if number.is_integer() else number


def _price(amount: float, site: Site) -> str:
    symbol = get_currency_symbol(site.currency, "en")
    return f"{symbol}{amount}" if isinstance(amount, int) else f"{symbol}{amount:.2f}"


def duration(seconds: int) -> str:
    """Return a duration as Matomo writes it: the two largest of its units."""
    told = []
    for name, size in _UNITS:
        number, seconds = divmod(seconds, size)
        if number:
            told.append(f"{number}{'' if name == 's' else ' '}{name}")
    return " ".join(told[:2]) or "0s"
