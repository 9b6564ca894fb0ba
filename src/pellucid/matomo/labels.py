"""The words that Matomo shows for a value, in English; names of countries and languages are those of Unicode's CLDR."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from babel import Locale
from msgspec import Struct

from pellucid.matomo.columns import Cell
from pellucid.model.hit import SourceKind

UNKNOWN = "Unknown"
_ENGLISH = Locale("en")
_ENGINES = {
    "Blink": "Blink (Chrome, Opera)",
    "Gecko": "Gecko (Firefox)",
    "WebKit": "WebKit (Safari)",
    "Trident": "Trident (IE)",
}
_CONTINENTS = {
    "afr": "Africa",
    "amn": "North America",
    "ams": "South America",
    "amc": "Central America",
    "ant": "Antarctica",
    "asi": "Asia",
    "eur": "Europe",
    "oce": "Oceania",
}
SOURCES: Mapping[str, tuple[int, str, str]] = {
    SourceKind.DIRECT: (1, "Direct Entry", "direct"),
    SourceKind.SEARCH: (2, "Search Engines", "search"),
    SourceKind.WEBSITE: (3, "Websites", "website"),
    SourceKind.CAMPAIGN: (6, "Campaigns", "campaign"),
    SourceKind.SOCIAL: (7, "Social Networks", "social"),
    SourceKind.ASSISTANT: (8, "AI Assistants", "ai"),
}
"""Matomo's number, label and code for where a visit came from."""


class Label(Struct, frozen=True):
    """A label, the code Matomo has for the value, and the columns it puts beside."""

    text: str
    code: str = ""
    more: Mapping[str, Cell] = {}


def _known(value: str) -> Label:
    return Label(value or UNKNOWN)


def _country(code: str) -> Label:
    name = _ENGLISH.territories.get(code.upper(), UNKNOWN) if code else UNKNOWN
    return Label(name, code or "xx", {"code": code or "xx"})


def _continent(code: str) -> Label:
    name = _CONTINENTS.get(code, UNKNOWN)
    return Label(name, code, {"code": name})


def _source_kind(kind: str) -> Label:
    number, text, code = SOURCES[kind]
    return Label(text, code, {"referrer_type": number})


@lru_cache(maxsize=1024)
def _language(tag: str) -> Label:
    language, _, territory = tag.partition("-")
    name = _ENGLISH.languages.get(language, "")
    if not name:
        return Label(UNKNOWN if not tag else f"{UNKNOWN} ({tag})")
    where = _ENGLISH.territories.get(territory.upper(), "")
    return Label(f"{name} - {where} ({tag})" if where else f"{name} ({tag})")


LABELS: Mapping[str, Callable[[str], Label]] = {
    "plain": Label,
    "known": _known,
    "known_in_lower_case": lambda value: Label(value or "unknown"),
    "title": lambda title: Label(title or "Page Name not defined"),
    "keyword": lambda keyword: Label(keyword or "Keyword not defined"),
    "source_kind": _source_kind,
    "engine": lambda engine: _known(_ENGINES.get(engine, engine)),
    "device_type": lambda kind: _known(kind.capitalize()),
    "country": _country,
    "continent": _continent,
    "language": _language,
}
"""How a value of a dimension is written."""
