"""Matomo's segments as ours: `name<operator>value`, joined by `;` (and) and `,` (or, which binds tighter)."""

import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote

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


NAMES: Mapping[str, _Name] = {
    "actions": _Name("actions"),
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
    "visitorType": _Name("visitor_type"),
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
