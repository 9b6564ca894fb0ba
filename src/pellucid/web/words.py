"""How numbers, spans and values are written for people."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import unquote

from babel import Locale

from pellucid.model.hit import SourceKind
from pellucid.model.period import Period
from pellucid.model.result import Value

UNKNOWN = "Unknown"
NONE = "\N{EN DASH}"
_TO = "\N{EN DASH}"
_ENGLISH = Locale("en")
_THOUSAND = 1_000
_MILLION = 1_000_000
_MINUTE = 60
_HOUR = 3_600

SOURCES: Mapping[str, str] = {
    SourceKind.DIRECT: "Direct",
    SourceKind.SEARCH: "Search engines",
    SourceKind.WEBSITE: "Websites",
    SourceKind.CAMPAIGN: "Campaigns",
    SourceKind.SOCIAL: "Social networks",
    SourceKind.ASSISTANT: "AI assistants",
}


def number(value: Value) -> str:
    """Return a count, shortened from ten thousand on."""
    if not isinstance(value, int | float):
        return NONE
    if value >= _MILLION:
        return f"{value / _MILLION:.1f}M"
    if value >= 10 * _THOUSAND:
        return f"{value / _THOUSAND:.1f}k"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:.1f}"


def decimal(value: Value) -> str:
    """Return a mean with one digit; a dash where there is none."""
    return f"{value:.1f}" if isinstance(value, int | float) else NONE


def share(value: Value) -> str:
    """Return a share from 0 to 1 as a percentage; a dash where there is none."""
    return f"{value:.0%}" if isinstance(value, int | float) else NONE


def duration(value: Value) -> str:
    """Return seconds as minutes and seconds; a dash where there are none."""
    if not isinstance(value, int | float):
        return NONE
    seconds = round(value)
    if seconds >= _HOUR:
        return f"{seconds // _HOUR}h {seconds % _HOUR // _MINUTE}m"
    return f"{seconds // _MINUTE}m {seconds % _MINUTE:02}s" if seconds >= _MINUTE else f"{seconds}s"


def change(now: Value, before: Value) -> str:
    """Return by how much a number has changed; the empty text where nothing can be compared."""
    if not isinstance(now, int | float) or not isinstance(before, int | float) or not before:
        return ""
    return f"{(now - before) / before:+.0%}"


def country(code: str) -> str:
    """Return a country's English name."""
    return str(_ENGLISH.territories.get(code.upper(), UNKNOWN))


def known(value: str) -> str:
    """Return a value, or that it is not known."""
    return value or UNKNOWN


def kind(value: str) -> str:
    """Return a device's type with a capital letter."""
    return value.capitalize() or UNKNOWN


def path(url: str) -> str:
    """Return a page's path and query as a person reads them."""
    rest = url.partition("://")[2] or url
    return unquote("/" + rest.partition("/")[2])


def days(period: Period) -> str:
    """Return the days of a period."""
    first, last = period.first, period.last
    if first == last:
        return f"{first:%A}, {_day(first)}"
    return f"{first.day} {first:%b}{'' if first.year == last.year else f' {first.year}'} {_TO} {_day(last)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b} {day.year}"


def step(dimension: str, value: Value) -> str:
    """Return the name of one step of the chart."""
    if dimension == "hour":
        return f"{int(str(value)):02}:00"
    if not isinstance(value, date):
        return str(value)
    if dimension == "month":
        return f"{value:%b %Y}"
    if dimension == "week":
        return f"Week of {value.day} {value:%b}"
    return f"{value:%a} {value.day} {value:%b}"
