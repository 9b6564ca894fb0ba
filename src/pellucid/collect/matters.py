"""What a hit is about, read off its parameters: an event, a search, a product, a sale, and which goals it reaches.

Whatever a parameter holds, something comes out of it: what can not be read is left out.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from urllib.parse import unquote_plus

from msgspec import DecodeError, ValidationError, json

from pellucid.collect.parse import Given, clean, unescaped
from pellucid.collect.plan import OwnDimension, Plan
from pellucid.enrich.goals import reached
from pellucid.enrich.search import count_of
from pellucid.enrich.source import campaign, source
from pellucid.errors import RequestError
from pellucid.model.column import Item, Variable
from pellucid.model.goal import MatchAttribute
from pellucid.model.hit import (
    Content,
    HitKind,
    Product,
    Reached,
    Sale,
    Search,
    SiteEvent,
    Source,
    SourceKind,
    Timings,
)

LONGEST_JSON = 65_536
LONGEST_ORDER_ID = 100
MOST_CATEGORIES = 5
LONGEST_VARIABLE = 200
LONGEST_DIMENSION = 250

_LONGEST_NAME = 255
_MOST_MILLISECONDS = 2**24 - 1
_MOST_PIECES = 1_000_000
_MOST_MONEY = 1e15
_MOST_VARIABLES = 20
_LONGEST_VARIABLES = 8192
_LONGEST_NUMBER = 40
_BEGINS_WITH_A_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")

_ATTRIBUTES: Mapping[str, str] = {
    MatchAttribute.URL: "url",
    MatchAttribute.TITLE: "action_name",
    MatchAttribute.FILE: "download",
    MatchAttribute.EXTERNAL_WEBSITE: "link",
    MatchAttribute.EVENT_CATEGORY: "event_category",
    MatchAttribute.EVENT_ACTION: "event_action",
    MatchAttribute.EVENT_NAME: "event_name",
    MatchAttribute.VISIT_DURATION: "rec",
}
"""Which parameter a goal is held against; how long a visit takes is known later."""

_REFERRED = frozenset({SourceKind.SEARCH, SourceKind.WEBSITE, SourceKind.SOCIAL, SourceKind.ASSISTANT})


def event_of(given: Given) -> SiteEvent:
    """Return the event that a hit tells of; raise `RequestError` where it has no name but blanks."""
    category, action = clean(given.event_category).strip(), clean(given.event_action).strip()
    if not (category and action):
        raise RequestError("An event has a category (e_c) and an action (e_a), and neither is of blanks alone.")
    return SiteEvent(category, action, clean(given.event_name).strip(), value_of(given.event_value))


def search_of(given: Given) -> Search:
    """Return the search that a hit tells of."""
    category = given.search_cat
    # Several places at once are a list.
    category = ", ".join(_texts(category)) if category.startswith("[") else unescaped(category)
    return bounded(Search(given.search, category, count_of(given.search_count)))


def bounded(search: Search) -> Search:
    """Return a search with as much of its texts as is kept."""
    return Search(clean(search.keyword).strip(), clean(search.category, _LONGEST_NAME).strip(), search.count)


def content_of(given: Given) -> Content:
    """Return the piece of content that a hit tells of; raise `RequestError` where it has no name but blanks."""
    name = clean(given.content_name).strip()
    if not name:
        raise RequestError("A piece of content has a name (c_n), and not of blanks alone.")
    return Content(
        name,
        clean(given.content_piece).strip(),
        clean(given.content_target).strip(),
        clean(given.content_interaction).strip(),
    )


def product_of(given: Given) -> Product | None:
    """Return the product, or the category of products, that a page shows; None if it shows none.

    A category that is told to be none is an empty one, as in Matomo; where none is told there is none.
    """
    category = given.product_category
    if not (given.product_sku or given.product_name) and category is None:
        return None
    return Product(
        clean(given.product_sku, _LONGEST_NAME),
        clean(given.product_name),
        () if category is None else _categories(category) or ("",),
        number_of(given.product_price),
    )


def timings_of(given: Given) -> Timings | None:
    """Return how long a page took to load, if that is told."""
    told = (
        *(given.network, given.server, given.transfer),
        *(given.dom_processing, given.dom_completion, given.on_load),
    )
    if not any(told):
        return None
    return Timings(*map(_milliseconds, told))


def _milliseconds(text: str) -> int | None:
    number = count_of(text)
    return None if number is None or number > _MOST_MILLISECONDS else number


def sale_of(given: Given) -> Sale:
    """Return what is in the cart, or was ordered."""
    return Sale(
        items=items_of(given.items),
        revenue=_money(given.revenue),
        order_id=clean(given.order_id, LONGEST_ORDER_ID),
        subtotal=_money(given.subtotal),
        tax=_money(given.tax),
        shipping=_money(given.shipping),
        discount=_money(given.discount),
    )


def items_of(text: str) -> tuple[Item, ...]:
    """Return the items of a cart or an order (`[[sku, name, category or categories, price, quantity], ...]`)."""
    told = _decoded(text)
    rows = told.values() if isinstance(told, dict) else told if isinstance(told, list) else ()
    return tuple(_item(row) for row in rows if isinstance(row, list) and row and _joined(row[0]))


def _item(row: Sequence[object]) -> Item:
    sku, name, category, price, quantity = (*row, *(None,) * 5)[:5]
    categories = category if isinstance(category, list) else [category]
    return Item(
        clean(_joined(sku), _LONGEST_NAME),
        clean(_joined(name)),
        _in_number(map(_text, categories)),
        _money(_text(price)),
        min(max(int(number_of(_text(quantity)) or 1), 0), _MOST_PIECES),
    )


def variables_of(text: str) -> tuple[Variable, ...]:
    """Return custom variables (`{"1": ["name", "value"], ...}`)."""
    if not text or len(text) > _LONGEST_VARIABLES:
        return ()
    told = _decoded(text)
    if not isinstance(told, dict):
        return ()
    return tuple(
        Variable(int(place), clean(_text(pair[0]), LONGEST_VARIABLE), clean(_text(pair[1]), LONGEST_VARIABLE))
        for place, pair in told.items()
        if isinstance(pair, list)
        and len(pair) > 1
        and place.isdecimal()
        and place.isascii()
        and len(place) <= len(str(_MOST_VARIABLES))
        and 0 < int(place) <= _MOST_VARIABLES
        and _text(pair[0])
    )


def dimensions_of(
    parameters: Mapping[str, str],
    dimensions: Iterable[OwnDimension],
    url: str = "",
    title: str = "",
) -> dict[str, str]:
    """Return the values of a site's own dimensions that a hit tells, or that are read off its page."""
    told = {}
    for dimension in dimensions:
        value = parameters.get(dimension.parameter)
        if value is None:
            value = next((found for read in dimension.read if (found := read(url, title))), None)
        if value is not None:
            told[dimension.key] = clean(value.strip(), LONGEST_DIMENSION)
    return told


def reached_of(kind: HitKind, given: Given, plan: Plan) -> tuple[Reached, ...]:
    """Return the goals that a hit reaches; raise `RequestError` where it names one that the site has not."""
    if kind is HitKind.GOAL:
        goal = plan.goals.get(given.idgoal)
        if goal is None:
            raise RequestError(f"The site has no goal {given.idgoal[:40]!r} (idgoal).")
        return (reached(goal, _told_money(given.revenue), None),)
    some = plan.matchers.get(kind)
    if not some:
        return ()
    value = value_of(given.event_value) if kind is HitKind.EVENT else None
    return tuple(
        reached(matcher.goal, _told_money(given.revenue), value, matcher.after_seconds)
        for matcher in some
        if matcher.matches(getattr(given, _ATTRIBUTES[matcher.attribute]))
    )


def attributed_to(given: Given, plan: Plan) -> Source | None:
    """Return where a conversion came from, as the tracker remembers it; None if it remembers nothing of use."""
    if given.campaign_name:
        # Escaped as it stood in the address: trackers remember it in either way.
        name, keyword = (clean(unquote_plus(one)) for one in (given.campaign_name, given.campaign_keyword))
        return campaign(name, keyword, clean(given.first_referrer), plan.excluded_parameters)
    if not given.first_referrer:
        return None
    found = source("", clean(given.first_referrer), plan.hosts, plan.excluded_parameters)
    return found if found.kind in _REFERRED else None


def value_of(text: str) -> float | None:
    """Return the value of an event: the number that a text begins with, as in Matomo 0 if there is none."""
    if not text.strip():
        return None
    begun = _BEGINS_WITH_A_NUMBER.match(text)
    return (number_of(begun[0]) if begun else None) or 0.0


def number_of(text: str) -> float | None:
    """Return a number that a hit told; None if it is none."""
    # A number in Python may have underscores in it.
    if not text or len(text) > _LONGEST_NUMBER or "_" in text:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None


def _told_money(text: str) -> float | None:
    number = number_of(text)
    return None if number is None else _in_bounds(number)


def _money(text: str) -> float:
    return _in_bounds(number_of(text) or 0.0)


def _in_bounds(number: float) -> float:
    return round(min(max(number, -_MOST_MONEY), _MOST_MONEY), 2)


def _categories(text: str) -> tuple[str, ...]:
    """Return the categories of a product: one, or a list as JSON."""
    return _in_number(_texts(text) if text.startswith("[") else [unescaped(text)])


def _in_number(categories: Iterable[str]) -> tuple[str, ...]:
    """Return the first categories; "0" is none, as a client that has none may send it."""
    told = (clean(one, _LONGEST_NAME).strip() for one in categories)
    return tuple(one for one in told if one not in {"", "0"})[:MOST_CATEGORIES]


def _texts(text: str) -> list[str]:
    told = _decoded(text)
    return [one for one in map(_text, told) if one] if isinstance(told, list) else [text]


def _joined(value: object) -> str:
    """Return the text of a name, which may come in pieces."""
    return ",".join(map(_text, value if isinstance(value, list) else [value])).strip()


def _text(value: object) -> str:
    if isinstance(value, str):
        return unescaped(value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _decoded(text: str) -> object:
    if len(text) > LONGEST_JSON:
        return None
    try:
        return json.decode(text.encode(errors="replace")) if text else None
    except (DecodeError, ValidationError, RecursionError):
        return None
