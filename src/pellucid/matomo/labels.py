"""The words that Matomo shows for a value, in English; names of countries and languages are those of Unicode's CLDR."""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from urllib.parse import quote_plus

import pycountry
from babel import Locale
from babel.core import get_global
from device_detector.parser.settings import FAMILY_FROM_OS
from msgspec import Struct

from pellucid.enrich.source import HOMES, HOMES_OF_NETWORKS
from pellucid.matomo.columns import Cell
from pellucid.model.hit import SourceKind
from pellucid.policy.identity import visitor_of_user_id

UNKNOWN = "Unknown"
NO_KEYWORD = "Keyword not defined"
NO_URL = "Page URL not defined"
_NO_TITLE = "Page Name not defined"
NOWHERE = "xx"
NO_CODE = "UNK"
"""The code of a browser and of a system that are not known."""
NO_SCREEN = "unknown"
_ENGLISH = Locale("en")
_AT_HOME = frozenset(
    (
        *("bg", "bo", "ca", "cs", "da", "de", "el", "es", "et", "fa", "fi", "fr", "he", "hr", "hu", "id", "is", "it"),
        *("ja", "ko", "lt", "lv", "mk", "ms", "nb", "nl", "nn", "no", "pl", "ro", "ru", "sk", "sl", "sq", "sr", "sv"),
        *("th", "tr", "uk"),
    )
)
"""The languages that Matomo tells with a country where none is told."""

_ENGINES = {
    "Blink": "Blink (Chrome, Opera)",
    "Gecko": "Gecko (Firefox)",
    "WebKit": "WebKit (Safari)",
    "Trident": "Trident (IE)",
    "Presto": "Presto (Opera)",
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
DEVICE_TYPES = (
    *("desktop", "smartphone", "tablet", "feature phone", "console", "tv", "car browser", "smart display", "camera"),
    *("portable media player", "phablet", "smart speaker", "wearable", "peripheral"),
)
SOURCES: Mapping[str, tuple[int, str, str]] = {
    SourceKind.DIRECT: (1, "Direct Entry", "direct"),
    SourceKind.SEARCH: (2, "Search Engines", "search"),
    SourceKind.WEBSITE: (3, "Websites", "website"),
    SourceKind.CAMPAIGN: (6, "Campaigns", "campaign"),
    SourceKind.SOCIAL: (7, "Social Networks", "social"),
    SourceKind.ASSISTANT: (8, "AI Assistants", "ai"),
}
"""Matomo's number, label and code for where a visit came from."""


_MOST_PLACES = 5_000
"""How many countries and regions are remembered: a report on cities names each again and again."""


class Label(Struct, frozen=True):
    """A label, and the columns that tell more of the value."""

    text: str
    more: Mapping[str, Cell] = {}


def chosen(**wanted: str) -> dict[str, Cell]:
    """Return the column that tells by which segment the visits of a row are chosen."""
    return {"segment": ";".join(f"{name}=={quote_plus(value)}" for name, value in wanted.items())}


def written(write: Callable[[str], str], segment: str = "") -> Callable[[str], Label]:
    """Return what labels a value, where a segment chooses by the value itself."""
    return lambda value: Label(write(value), chosen(**{segment: value}) if segment else {})


def known(value: str) -> str:
    """Return a value, or the word for one that is not known."""
    return value or UNKNOWN


def device_type(kind: str) -> str:
    """Return a type of device as a heading."""
    return known(kind.capitalize())


def type_of_device(kind: str) -> Label:
    """Label a type of device; nothing chooses what has none."""
    return Label(device_type(kind), chosen(deviceType=kind) if kind else {})


def engine(name: str) -> str:
    """Return a browser's engine, with the browsers it is best known by."""
    return known(_ENGINES.get(name, name))


def keyword(text: str) -> str:
    """Return what was searched for; search engines mostly keep it to themselves."""
    return text or NO_KEYWORD


def screen(resolution: str) -> str:
    """Return a screen's width and height."""
    return resolution or NO_SCREEN


def resolution(size: str) -> Label:
    """Label a screen."""
    return Label(screen(size), chosen(resolution=screen(size)))


def title(text: str) -> str:
    """Return a page's title."""
    return text or _NO_TITLE


def browser(name: str, code: str) -> Label:
    """Label a browser."""
    return Label(known(name), chosen(browserCode=code or NO_CODE))


def browser_version(name: str, code: str, version: str) -> Label:
    """Label a version of a browser."""
    segment = chosen(browserCode=code or NO_CODE, browserVersion=version)
    return Label(f"{known(name)} {version}".strip(), segment)


def system_family(name: str, code: str) -> Label:
    """Label the family an operating system belongs to: all of Linux is one."""
    return Label(FAMILY_FROM_OS.get(code) or known(name))


def codes_of_family(label: str) -> list[str]:
    """Return the codes of the systems of a family; none if it is no family's label."""
    return [NO_CODE] if label == UNKNOWN else [code for code, family in FAMILY_FROM_OS.items() if family == label]


def system(name: str) -> str:
    """Return what an operating system is called: Matomo tells tablets and telephones of one maker by their codes."""
    return {"iPadOS": "iOS"}.get(name, known(name))


def system_version(name: str, code: str, version: str) -> Label:
    """Label a version of an operating system."""
    text = f"{system(name)} {version}".strip()
    coded = (code, version) if code else (NO_CODE, NO_CODE)
    return Label(text, chosen(operatingSystemCode=coded[0], operatingSystemVersion=coded[1]))


def brand(name: str) -> Label:
    """Label who made a device."""
    return Label(known(name), chosen(deviceBrand=known(name)))


def model_name(name: str, kind: str) -> str:
    """Return what a model is called; what has no name is told by its type."""
    return name or (f"Generic {device_type(kind)}" if kind else UNKNOWN)


def model(brand: str, name: str, kind: str) -> Label:
    """Label a model."""
    shown = model_name(name, kind)
    segment = chosen(deviceBrand=known(brand), deviceModel=name or (f"generic {kind}" if kind else ""))
    return Label(f"{brand} - {shown}" if brand else shown, segment)


def configuration(name: str, browser: str, resolution: str) -> Label:
    """Label a system, browser and screen that come together."""
    return Label(f"{system(name)} / {known(browser)} / {screen(resolution)}")


@lru_cache(_MOST_PLACES)
def country(code: str) -> Label:
    """Label a country."""
    name = _ENGLISH.territories.get(code.upper(), UNKNOWN) if code else UNKNOWN
    return Label(name, {"code": code or NOWHERE, **chosen(countryCode=code or NOWHERE)})


def continent(code: str, _country: str = "") -> Label:
    """Label a continent, whichever of its countries it is."""
    name = _CONTINENTS.get(code, UNKNOWN)
    return Label(name, {"code": name})


def code_of_continent(label: str) -> str:
    """Return the code of a continent by its label."""
    return next((code for code, name in _CONTINENTS.items() if name == label), NO_CODE)


_NO_REGION: Mapping[str, Cell] = {
    "region": NOWHERE,
    "country": NOWHERE,
    "country_name": UNKNOWN,
    "region_name": UNKNOWN,
}


@lru_cache(_MOST_PLACES)
def region(code: str, within: str) -> Label:
    """Label a region of a country; what has no region is not told apart by country."""
    if not code:
        return Label(UNKNOWN, _NO_REGION)
    where, name = country(within).text, region_name(code, within)
    more: dict[str, Cell] = {"region": code, "country": within or NOWHERE, "country_name": where, "region_name": name}
    return Label(f"{name}, {where}", more | chosen(regionCode=code, countryCode=within))


@cache
def region_name(code: str, within: str) -> str:
    """Return the name of a region by its code in ISO 3166-2; the code itself where it has none."""
    if not (code and within):
        return code
    found: object = pycountry.subdivisions.get(code=f"{within}-{code}".upper())  # type: ignore[no-untyped-call]
    return str(getattr(found, "name", code))


def city(name: str, code: str, within: str) -> Label:
    """Label a city with its country; what has no city is not told apart by region or country."""
    if not name:
        return Label(UNKNOWN, {"city": NOWHERE, **_NO_REGION, "city_name": UNKNOWN})
    above = region(code, within)
    text = ", ".join(filter(None, (name, str(above.more["region_name"]), str(above.more["country_name"]))))
    segment = chosen(city=name, regionCode=code, countryCode=within)
    return Label(text, {**above.more, "city_name": name, **segment})


def user(name: str) -> Label:
    """Label a user id; by it the visitor is known."""
    return Label(name, {"idvisitor": f"{visitor_of_user_id(name):016x}", **chosen(userId=name)})


_NO_KEYWORD_URL = "https://matomo.org/faq/general/faq_144"


def engine_url(name: str) -> str:
    """Return where a search engine is at home."""
    home = HOMES.get(name)
    return f"http://{home.host}" if home else ""


def search_url(name: str, text: str) -> str:
    """Return the address of a search; what was searched for is mostly not told, and a page of Matomo's says why."""
    home = HOMES.get(name)
    if not text:
        return _NO_KEYWORD_URL
    return (
        f"http://{home.host}/{home.path.replace('{k}', quote_plus(text))}" if home and home.path else engine_url(name)
    )


def network_url(name: str) -> str:
    """Return where a social network is at home."""
    return HOMES_OF_NETWORKS.get(name, "")


def source_kind(kind: str) -> Label:
    """Label where visits came from."""
    number, text, code = SOURCES[kind]
    return Label(text, {"referrer_type": number, **chosen(referrerType=code)})


@lru_cache(maxsize=1024)
def language_code(tag: str) -> Label:
    """Label a language as it is spoken somewhere; where it is spoken first of all goes without saying."""
    name, _, territory = tag.partition("-")
    spoken = _ENGLISH.languages.get(name, "")
    if not spoken:
        return Label(f"{UNKNOWN} ({tag or NOWHERE})", chosen(languageCode=tag or NOWHERE))
    likely = get_global("likely_subtags").get(name, "").rpartition("_")[2].lower()
    territory = territory or (likely if name in _AT_HOME else "")
    if territory in {"", name}:
        return Label(f"{spoken} ({name})", chosen(languageCode=name))
    where = _ENGLISH.territories.get(territory.upper(), UNKNOWN)
    return Label(f"{spoken} - {where} ({name}-{territory})", chosen(languageCode=f"{name}-{territory}"))


def language(tag: str) -> Label:
    """Label a language, wherever it is spoken."""
    name = tag.partition("-")[0]
    spoken = _ENGLISH.languages.get(name, "")
    if not spoken:
        return Label(UNKNOWN, chosen(languageCode=NOWHERE))
    return Label(spoken, {"segment": f"languageCode=={name},languageCode=@{name}-"})
