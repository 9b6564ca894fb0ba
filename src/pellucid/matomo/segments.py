"""Matomo's segments as ours: `name<operator>value`, joined by `;` (and) and `,` (or, which binds tighter)."""

import re
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address
from urllib.parse import unquote

from babel import Locale
from msgspec import Struct

from pellucid.errors import RequestError
from pellucid.matomo.labels import UNKNOWN
from pellucid.model.hit import SourceKind
from pellucid.model.query import EVERYBODY, Condition, Operator, Segment

_CONDITION = re.compile(r"(?P<name>[A-Za-z0-9]+)(?P<operator>==|!=|<=|>=|=@|!@|=\^|=\$|<|>)(?P<value>.*)", re.DOTALL)
_ESCAPED = re.compile(r"\\([,;])")
_OWN = re.compile(r"dimension[0-9]{1,3}")
_AND = re.compile(r"(?<!\\);")
_OR = re.compile(r"(?<!\\),")

_KINDS = {
    "direct": SourceKind.DIRECT,
    "search": SourceKind.SEARCH,
    "website": SourceKind.WEBSITE,
    "campaign": SourceKind.CAMPAIGN,
    "social": SourceKind.SOCIAL,
    "ai": SourceKind.ASSISTANT,
}


class _Name(Struct, frozen=True):
    dimension: str
    value: Callable[[str], str] = str


def _visitor(text: str) -> str:
    try:
        return str(int(text, 16))
    except ValueError as error:
        raise RequestError(f"A visitor's id has 16 hexadecimal digits; {text!r} has not.") from error


def _kind(text: str) -> str:
    if text not in _KINDS:
        raise RequestError(f"The referrerType {text!r} is not known; there are {', '.join(_KINDS)}.")
    return _KINDS[text]


def _unless_unknown(text: str) -> str:
    return "" if text == UNKNOWN else text


def _unless_generic(text: str) -> str:
    return "" if text.lower().startswith("generic ") else text


def _address(text: str) -> str:
    try:
        return str(int(IPv4Address(text)))
    except ValueError as error:
        raise RequestError(f"A visitIp is an address such as 81.2.69.0, and {text!r} is none.") from error


def _country(text: str) -> str:
    codes = {str(name).lower(): str(code).lower() for code, name in Locale("en").territories.items()}
    return codes.get(text.lower(), text.lower())


def _yes(text: str) -> str:
    return "1" if text.lower() in {"1", "true", "yes"} else "0"


_CUSTOMER = {"returningCustomer": "customer"}
_KINDS_OF_ACTION = {
    "pageviews": "pageview",
    "contents": "content",
    "sitesearches": "search",
    "events": "event",
    "outlinks": "outlink",
    "downloads": "download",
}


def _visitor_type(text: str) -> str:
    return _CUSTOMER.get(text, text)


def _action(text: str) -> str:
    return _KINDS_OF_ACTION.get(text, text)


NAMES: Mapping[str, _Name] = {
    "actions": _Name("actions"),
    "actionServerHour": _Name("action_hour"),
    "actionServerMinute": _Name("action_minute"),
    "actionType": _Name("action_kind", _action),
    "actionUrl": _Name("action_url"),
    "contentInteraction": _Name("content_interaction"),
    "contentName": _Name("content_name"),
    "contentPiece": _Name("content_piece"),
    "contentTarget": _Name("content_target"),
    "countryName": _Name("country", _country),
    "daysSinceFirstVisit": _Name("days_since_first_visit"),
    "daysSinceLastEcommerceOrder": _Name("days_since_last_order"),
    "eventUrl": _Name("event_url"),
    "eventValue": _Name("event_value"),
    "fingerprint": _Name("fingerprint", _visitor),
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
    "profilable": _Name("profilable", _yes),
    "revenueAbandonedCart": _Name("cart_revenue"),
    "revenueOrder": _Name("order_revenue"),
    "secondsSinceFirstVisit": _Name("seconds_since_first_visit"),
    "secondsSinceLastEcommerceOrder": _Name("seconds_since_last_order"),
    "secondsSinceLastVisit": _Name("seconds_since_last_visit"),
    "siteSearchCount": _Name("search_count"),
    "visitConverted": _Name("converted", _yes),
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
    "visitIp": _Name("masked_address", _address),
    "visitLocalMinute": _Name("local_minute"),
    "visitServerHour": _Name("end_hour"),
    "visitStartServerMinute": _Name("minute"),
    "browserCode": _Name("browser_code"),
    "browserEngine": _Name("engine"),
    "browserName": _Name("browser"),
    "browserVersion": _Name("browser_version"),
    "city": _Name("city"),
    "continentCode": _Name("continent"),
    "countryCode": _Name("country"),
    "daysSinceLastVisit": _Name("days_since_last_visit"),
    "deviceBrand": _Name("device_brand", _unless_unknown),
    "deviceModel": _Name("device_model", _unless_generic),
    "deviceType": _Name("device_type"),
    "downloadUrl": _Name("download_url"),
    "entryPageTitle": _Name("entry_title"),
    "entryPageUrl": _Name("entry_url"),
    "eventAction": _Name("event_action"),
    "eventCategory": _Name("event_category"),
    "eventName": _Name("event_name"),
    "events": _Name("events"),
    "exitPageTitle": _Name("exit_title"),
    "exitPageUrl": _Name("exit_url"),
    "languageCode": _Name("language"),
    "operatingSystemCode": _Name("system_code"),
    "operatingSystemName": _Name("system"),
    "operatingSystemVersion": _Name("system_version"),
    "outlinkUrl": _Name("outlink_url"),
    "pageTitle": _Name("page_title"),
    "pageUrl": _Name("page_url"),
    "referrerKeyword": _Name("source_keyword"),
    "referrerName": _Name("source_name"),
    "referrerType": _Name("source_kind", _kind),
    "referrerUrl": _Name("source_url"),
    "regionCode": _Name("region"),
    "resolution": _Name("resolution"),
    "searches": _Name("searches"),
    "siteSearchCategory": _Name("search_category"),
    "siteSearchKeyword": _Name("search_keyword"),
    "userId": _Name("user_id"),
    "visitCount": _Name("visit_number"),
    "visitDuration": _Name("seconds"),
    "visitLocalHour": _Name("local_hour"),
    "visitStartServerHour": _Name("hour"),
    "visitorId": _Name("visitor_id", _visitor),
    "visitorType": _Name("visitor_type", _visitor_type),
}


def segment_of(text: str) -> Segment:
    """Return a segment, or raise `RequestError` telling which of its conditions is not understood."""
    if not text:
        return EVERYBODY
    groups = (part for part in _AND.split(text) if part)
    return Segment(tuple(tuple(_condition(part) for part in _OR.split(group) if part) for group in groups))


def _condition(text: str) -> Condition:
    found = _CONDITION.fullmatch(text)
    if found is None:
        operators = " ".join(Operator)
        raise RequestError(f"The segment condition {text!r} is not valid: it needs a name and one of {operators}.")
    name = _Name(found["name"]) if _OWN.fullmatch(found["name"]) else NAMES.get(found["name"])
    if name is None:
        raise RequestError(f"Segment {found['name']!r} is not a supported segment; there are {', '.join(NAMES)}.")
    value = unquote(_ESCAPED.sub(r"\1", found["value"]))
    return Condition(name.dimension, Operator(found["operator"]), name.value(value) if value else value)
