"""Matomo's segments as ours: `name<operator>value`, joined by `;` (and) and `,` (or, which binds tighter)."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import unquote_plus

from msgspec import Struct

from pellucid.errors import RequestError
from pellucid.matomo.labels import NO_CODE, NO_SCREEN, NOWHERE, UNKNOWN
from pellucid.matomo.segment_values import (
    action,
    address,
    country,
    in_seconds,
    kind,
    number,
    unless,
    unless_generic,
    visitor,
    visitor_type,
    yes,
)
from pellucid.matomo.tree import without_www
from pellucid.model.goal import Goal
from pellucid.model.query import EVERYBODY, Condition, Operator, Segment
from pellucid.model.site import Site
from pellucid.report.dimensions import DIMENSIONS, dimension_of, hidden, own_numbers

_CONDITION = re.compile(r"(?P<name>[A-Za-z0-9]+)(?P<operator>==|!=|<=|>=|=@|!@|=\^|=\$|<|>)(?P<value>.*)", re.DOTALL)
_ESCAPED = re.compile(r"\\([,;])")
_OWN = re.compile(r"dimension[0-9]{1,3}")
# What joins nothing, as the last character, belongs to the value.
_AND = re.compile(r"(?<!\\);(?!$)")
_OR = re.compile(r"(?<!\\),(?!$)")

_WHOLE = dict.fromkeys((Operator.CONTAINS, Operator.STARTS, Operator.ENDS), Operator.EQUALS)
_WHOLE[Operator.LACKS] = Operator.DIFFERS
_OF_ANY_CASE = {Operator.EQUALS: Operator.ALIKE, Operator.DIFFERS: Operator.UNLIKE}
_NEGATIVE = frozenset({Operator.DIFFERS, Operator.UNLIKE, Operator.LACKS})
_MATOMOS_OPERATORS = tuple(one for one in Operator if one not in _OF_ANY_CASE.values())


class _Name(Struct, frozen=True):
    """What a name chooses by; an address may be compared `bare`: from its host on, as Matomo keeps those of pages."""

    dimension: str
    value: Callable[[str], str] = str
    bare: bool = False


def _page(dimension: str) -> _Name:
    return _Name(dimension, without_www, bare=True)


_GOAL_NAME = "visitConvertedGoalName"
_NO_GOAL = -2
"""A number that no goal has: neither an order nor a cart."""

_ALIKE: Mapping[Operator, Callable[[str, str], bool]] = {
    Operator.EQUALS: str.__eq__,
    Operator.DIFFERS: str.__eq__,
    Operator.CONTAINS: str.__contains__,
    Operator.LACKS: str.__contains__,
    Operator.STARTS: str.startswith,
    Operator.ENDS: str.endswith,
}
"""Which names of goals are meant: those that a condition wants, or those that it rules out."""

_PLACES = range(1, 6)
_VARIABLES = {
    f"customVariable{scope}{what}": f"{prefix}variable_{what.lower()}"
    for scope, prefix in (("", "visit_"), ("Page", ""))
    for what in ("Name", "Value")
}
SEVERAL: Mapping[str, tuple[str, ...]] = {
    _GOAL_NAME: ("converted_goal",),
    **{name: tuple(f"{variable}_{place}" for place in _PLACES) for name, variable in _VARIABLES.items()},
}
"""Names that stand for several conditions: by goal, or by place."""

_MATOMOS: Mapping[str, _Name] = {
    "actions": _Name("actions"),
    "actionServerHour": _Name("action_hour"),
    "actionServerMinute": _Name("action_minute"),
    "actionType": _Name("action_kind", action),
    "actionUrl": _page("action_url"),
    "contentInteraction": _Name("content_interaction"),
    "contentName": _Name("content_name"),
    "contentPiece": _Name("content_piece"),
    "contentTarget": _Name("content_target"),
    "countryName": _Name("country", country),
    # In Matomo a day is so many seconds here, and none is less than one.
    "daysSinceFirstVisit": _Name("seconds_since_first_visit", in_seconds),
    "daysSinceLastEcommerceOrder": _Name("days_since_last_order"),
    "eventUrl": _page("event_url"),
    "eventValue": _Name("event_value"),
    "fingerprint": _Name("fingerprint", visitor),
    "interactions": _Name("interactions"),
    "latitude": _Name("latitude"),
    "longitude": _Name("longitude"),
    "orderId": _Name("order_id"),
    "productCategory": _Name("product_category"),
    "productName": _Name("product"),
    "productPrice": _Name("product_price"),
    "productSku": _Name("sku"),
    "productViewCategory": _Name("viewed_category"),
    "productViewName": _Name("viewed_product"),
    "productViewPrice": _Name("viewed_price"),
    "productViewSku": _Name("viewed_sku"),
    "profilable": _Name("profilable", yes),
    "revenueAbandonedCart": _Name("cart_revenue"),
    "revenueOrder": _Name("order_revenue"),
    "secondsSinceFirstVisit": _Name("seconds_since_first_visit"),
    "secondsSinceLastEcommerceOrder": _Name("seconds_since_last_order"),
    "secondsSinceLastVisit": _Name("seconds_since_last_visit"),
    "siteSearchCount": _Name("search_count"),
    "visitConverted": _Name("converted", yes),
    "visitConvertedGoalId": _Name("converted_goal"),
    "visitEcommerceStatus": _Name("ecommerce_status"),
    "visitEndServerDate": _Name("end_date"),
    "visitEndServerDayOfMonth": _Name("end_day_of_month"),
    "visitEndServerDayOfWeek": _Name("end_day_of_week"),
    "visitEndServerDayOfYear": _Name("end_day_of_year"),
    "visitEndServerMinute": _Name("end_minute"),
    "visitEndServerMonth": _Name("end_month"),
    "visitEndServerQuarter": _Name("end_quarter"),
    "visitEndServerSecond": _Name("end_second"),
    "visitEndServerWeekOfYear": _Name("end_week"),
    "visitEndServerYear": _Name("end_year"),
    "visitId": _Name("visit_id"),
    "visitIp": _Name("masked_address", address),
    "visitLocalMinute": _Name("local_minute"),
    "visitServerHour": _Name("end_hour"),
    "visitStartServerMinute": _Name("minute"),
    "browserCode": _Name("browser_code", unless(NO_CODE)),
    "browserEngine": _Name("engine"),
    "browserName": _Name("browser", unless(UNKNOWN)),
    "browserVersion": _Name("browser_version"),
    "city": _Name("city"),
    "continentCode": _Name("continent", unless(NO_CODE, str.lower)),
    "countryCode": _Name("country", unless(NOWHERE, str.lower)),
    "daysSinceLastVisit": _Name("days_since_last_visit"),
    "deviceBrand": _Name("device_brand", unless(UNKNOWN)),
    "deviceModel": _Name("device_model", unless_generic),
    "deviceType": _Name("device_type", str.lower),
    "downloadUrl": _Name("download_url"),
    "entryPageTitle": _Name("entry_title"),
    "entryPageUrl": _page("entry_url"),
    "eventAction": _Name("event_action"),
    "eventCategory": _Name("event_category"),
    "eventName": _Name("event_name"),
    "events": _Name("events"),
    "exitPageTitle": _Name("exit_title"),
    "exitPageUrl": _page("exit_url"),
    "languageCode": _Name("language", unless(NOWHERE, str.lower)),
    "operatingSystemCode": _Name("system_code", unless(NO_CODE)),
    "operatingSystemName": _Name("system", unless(UNKNOWN)),
    "operatingSystemVersion": _Name("system_version", unless(NO_CODE)),
    "outlinkUrl": _Name("outlink_url"),
    "pageTitle": _Name("page_title"),
    "pageUrl": _page("page_url"),
    "referrerKeyword": _Name("source_keyword"),
    "referrerName": _Name("source_name"),
    "referrerType": _Name("source_kind", kind),
    "referrerUrl": _Name("source_url"),
    "regionCode": _Name("region"),
    "resolution": _Name("resolution", unless(NO_SCREEN)),
    "searches": _Name("searches"),
    "siteSearchCategory": _Name("search_category"),
    "siteSearchKeyword": _Name("search_keyword"),
    "userId": _Name("user_id"),
    "visitCount": _Name("visit_number"),
    "visitDuration": _Name("seconds"),
    "visitLocalHour": _Name("local_hour"),
    "visitStartServerHour": _Name("hour"),
    "visitorId": _Name("visitor_id", visitor),
    "visitorType": _Name("visitor_type", visitor_type),
    **{f"{name}{place}": _Name(f"{variable}_{place}") for name, variable in _VARIABLES.items() for place in _PLACES},
}
IN_ANY_CASE = frozenset(
    {
        *("browser", "browser_code", "browser_version", "engine", "system", "system_code", "system_version"),
        *("city", "region", "device_model", "resolution", "source_name", "source_keyword", "source_url", "user_id"),
        *("order_id", "search_category"),
        *(f"{variable}_{place}" for variable in _VARIABLES.values() for place in _PLACES),
    }
)
"""Dimensions that Matomo has as columns of visits and of what was done, whose letters are of either case to its
database. Addresses, titles and names of events, contents and products it knows by their hashes, and so as they are."""
_TRANSLATED = frozenset(name.dimension for name in _MATOMOS.values())


def _as_matomo_writes(name: str) -> str:
    first, *words = name.split("_")
    return first + "".join(map(str.capitalize, words))


NAMES: Mapping[str, _Name] = {
    **_MATOMOS,
    **{
        written: _Name(name)
        for name in DIMENSIONS
        if name not in _TRANSLATED and (written := _as_matomo_writes(name)) not in _MATOMOS
    },
}
"""Matomo's names, and those of dimensions that it does not have, in its spelling."""


def segment_of(text: str, goals: Sequence[Goal] = ()) -> Segment:
    """Return a segment, or raise `RequestError` telling which of its conditions is not understood.

    `goals` are those of the site: a segment can name them.
    """
    if not text:
        return EVERYBODY
    groups: list[tuple[Condition, ...]] = []
    for group in _AND.split(_as_meant(text)):
        parts = [_conditions(unquote_plus(part), goals) for part in _OR.split(group) if part]
        negative = [conditions for conditions in parts if len(conditions) > 1 and _is_negative(conditions[0])]
        if negative and len(parts) > 1:
            raise RequestError(f"In {group!r} a condition that rules several out can not stand beside others with ','.")
        if negative:
            groups += [(condition,) for condition in negative[0]]
        elif parts:
            groups.append(tuple(condition for conditions in parts for condition in conditions))
    return Segment(tuple(groups))


def _as_meant(text: str) -> str:
    """Return a segment decoded once more, as Matomo takes it, unless that makes fewer conditions of it."""
    decoded = unquote_plus(text)
    return text if _conditions_of(text) > _conditions_of(decoded) else decoded


def _conditions_of(text: str) -> int:
    """Return how many conditions a segment has; none if one of them is not understood."""
    parts = [unquote_plus(part) for group in _AND.split(text) for part in _OR.split(group) if part]
    found = [_CONDITION.fullmatch(part) for part in parts]
    return len(parts) if all(one and _is_known(one["name"]) for one in found) else 0


def _is_known(name: str) -> bool:
    return name in SEVERAL or name in NAMES or _OWN.fullmatch(name) is not None


def segment_on(text: str, site: Site) -> Segment:
    """Return a segment of one site, or raise `RequestError` if the site does not show what the segment tells apart."""
    segment = segment_of(text, site.goals)
    raise_if_not_shown(site, [condition.dimension for group in segment.groups for condition in group])
    return segment


def raise_if_not_shown(site: Site, dimensions: Iterable[str]) -> None:
    """Raise `RequestError` for dimensions that a site's owner hides, or has not set up."""
    dimensions = tuple(dimensions)
    missing = own_numbers(dimensions) - {own.id for own in site.dimensions if own.active}
    if missing:
        raise RequestError(f"The website {site.id} has no active custom dimension {min(missing)}.")
    unshown = hidden(site.privacy).intersection(dimensions)
    if unshown:
        raise RequestError(
            f"The owner of the website {site.id} shows no single visits or visitors: {', '.join(sorted(unshown))} can "
            "not be asked for."
        )


def _is_negative(condition: Condition) -> bool:
    """Return whether all of several conditions have to be met: nothing may be the value, or all have to be empty."""
    if not condition.value:
        return condition.operator is Operator.EQUALS
    return condition.operator in _NEGATIVE


def _conditions(text: str, goals: Sequence[Goal]) -> list[Condition]:
    """Return what a condition comes to: one that names a goal, or variables in any place, is several."""
    found = _CONDITION.fullmatch(text)
    if found and not found["value"] and found["operator"] not in _OF_ANY_CASE:
        raise RequestError(f"The segment {text!r} has no value: only == and != can do without one.")
    if found is None or found["name"] not in SEVERAL:
        return [_condition(text)]
    operator, value = Operator(found["operator"]), unquote_plus(_ESCAPED.sub(r"\1", found["value"]))
    if found["name"] == _GOAL_NAME:
        return _reached(operator, value, goals)
    return [Condition(dimension, _compared(dimension, operator, value), value) for dimension in SEVERAL[found["name"]]]


def _compared(dimension: str, operator: Operator, value: str) -> Operator:
    """Return how a dimension is compared with a value."""
    any_case = value and (dimension in IN_ANY_CASE or _OWN.fullmatch(dimension))
    return _OF_ANY_CASE.get(operator, operator) if any_case else operator


def _reached(operator: Operator, value: str, goals: Sequence[Goal]) -> list[Condition]:
    if operator not in _ALIKE:
        raise RequestError(f"{_GOAL_NAME} is a text, and can not be compared by {operator}.")
    negative = operator in {Operator.DIFFERS, Operator.LACKS} if value else operator is Operator.EQUALS
    alike = [goal.id for goal in goals if not value or _ALIKE[operator](goal.name.casefold(), value.casefold())]
    chosen = Operator.DIFFERS if negative else Operator.EQUALS
    return [Condition("converted_goal", chosen, str(number)) for number in alike or [_NO_GOAL]]


def dimension_named(name: str) -> str:
    """Return the dimension that a name of a segment stands for, or raise `RequestError` if there is none."""
    return SEVERAL[name][0] if name in SEVERAL else _named(name).dimension


def _named(name: str) -> _Name:
    found = _Name(name) if _OWN.fullmatch(name) else NAMES.get(name)
    if found is None:
        names = ", ".join((*NAMES, *SEVERAL))
        raise RequestError(f"Segment {name!r} is not a supported segment; there are {names}.")
    return found


def _condition(text: str) -> Condition:
    found = _CONDITION.fullmatch(text)
    if found is None:
        operators = " ".join(_MATOMOS_OPERATORS)
        raise RequestError(f"The segment condition {text!r} is not valid: it needs a name and one of {operators}.")
    name = _named(found["name"])
    operator, text = Operator(found["operator"]), unquote_plus(_ESCAPED.sub(r"\1", found["value"]))
    value = name.value(text) if text else text
    if name.bare:
        return Condition(f"bare_{name.dimension}", operator, value)
    # Every value contains nothing, but not what is written in place of nothing.
    operator = _WHOLE.get(operator, operator) if text and not value else operator
    dimension = dimension_of(name.dimension)
    if value and dimension and dimension.number and operator not in _WHOLE:
        value = number(value)
    return Condition(name.dimension, _compared(name.dimension, operator, value), value)
