"""How numbers, spans and values are written for people."""

from collections.abc import Mapping
from datetime import date, timedelta
from urllib.parse import unquote

from babel import Locale

from pellucid.model.hit import SourceKind
from pellucid.model.period import Period
from pellucid.model.result import Value
from pellucid.model.site import Privacy
from pellucid.policy.decision import Refusal
from pellucid.policy.identity import WHOLE_ADDRESS

UNKNOWN = "Unknown"
NONE = "\N{EN DASH}"
_TO = "\N{EN DASH}"
_SIGNS = {1: "+", 0: "\N{PLUS-MINUS SIGN}", -1: "\N{MINUS SIGN}"}
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

REFUSALS: Mapping[str, str] = {
    Refusal.OPTED_OUT: "Objected on the site",
    Refusal.OPTED_OUT_OF_INSTANCE: "Objected to all sites",
    Refusal.CONSENT_WITHDRAWN: "Said no, or took a yes back",
    Refusal.GLOBAL_PRIVACY_CONTROL: "Global Privacy Control",
    Refusal.DO_NOT_TRACK: "Do Not Track",
    Refusal.CONSENT_MISSING: "Had not consented",
    Refusal.NOT_FOR_RECORDING: "Not meant to be recorded",
    Refusal.PREFETCH: "Fetched ahead, not seen",
    Refusal.ROBOT: "Robots and programs",
    Refusal.REFERRER_SPAM: "Referrer spam",
}


def number(value: Value) -> str:
    """Return a count, shortened from ten thousand on."""
    if not isinstance(value, int | float):
        return NONE
    if round(value, -2) >= _MILLION:
        return f"{_tenths(value / _MILLION)}M"
    if value >= 10 * _THOUSAND:
        return f"{_tenths(value / _THOUSAND)}k"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:.1f}"


def _tenths(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


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


def change(percent: int | None) -> str:
    """Return a change; the empty text where nothing can be compared."""
    if percent is None:
        return ""
    sign = _SIGNS[(percent > 0) - (percent < 0)]
    return f"{sign}{abs(percent):,}%"


def country(code: str) -> str:
    """Return a country's English name."""
    return str(_ENGLISH.territories.get(code.upper(), UNKNOWN))


def placed(privacy: Privacy) -> str:
    """Return how coarse places are by a site's settings; the empty text where they are found by whole addresses."""
    bits, bits_v6 = privacy.located_address_bits, privacy.located_address_bits_v6
    if not bits and not bits_v6:
        return "With this site's settings no place is looked up."
    if (bits, bits_v6) == WHOLE_ADDRESS:
        return ""
    return f"Found by addresses masked to /{bits} (IPv6 /{bits_v6}), so places are coarser than by whole ones."


def language(tag: str) -> str:
    """Return the English name of a language and, where the tag says it, of the country it is spoken in."""
    code, _, rest = tag.partition("-")
    name = _ENGLISH.languages.get(code, tag or UNKNOWN)
    where = _ENGLISH.territories.get(rest.rpartition("-")[2].upper())
    return f"{name} ({where})" if where else str(name)


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
        return f"{first:%A}, {day(first)}"
    if first.day == 1 and (last + timedelta(days=1)).day == 1:
        if (first.month, last.month) == (1, 12) and first.year == last.year:
            return f"{first.year}"
        if (first.year, first.month) == (last.year, last.month):
            return f"{first:%B} {first.year}"
    return f"{first.day} {first:%b}{'' if first.year == last.year else f' {first.year}'} {_TO} {day(last)}"


def day(one: date) -> str:
    """Return a day."""
    return f"{one.day} {one:%b} {one.year}"


def clock(hour: str) -> str:
    """Return an hour as clocks show it."""
    return f"{int(hour):02}:00"


def step(dimension: str, value: Value) -> str:
    """Return the name of one step of the chart."""
    if not isinstance(value, date):
        return clock(str(value))
    match dimension:
        case "month":
            return f"{value:%B %Y}"
        case "week":
            return f"Week of {value.day} {value:%b}"
        case _:
            return f"{value:%a} {value.day} {value:%b}"


def short_step(dimension: str, value: Value) -> str:
    """Return the name of one step where there is little room."""
    if not isinstance(value, date):
        return clock(str(value))
    return f"{value:%b}" if dimension == "month" else f"{value.day} {value:%b}"
