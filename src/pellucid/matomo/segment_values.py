"""How the values that Matomo's segments compare with are read as ours."""

import re
from collections.abc import Callable
from ipaddress import IPv4Address

from babel import Locale

from pellucid.errors import RequestError
from pellucid.model.hit import SourceKind

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_SECONDS_PER_DAY = 86_400
KINDS = {
    "direct": SourceKind.DIRECT,
    "search": SourceKind.SEARCH,
    "website": SourceKind.WEBSITE,
    "campaign": SourceKind.CAMPAIGN,
    "social": SourceKind.SOCIAL,
    "ai": SourceKind.ASSISTANT,
}
CUSTOMERS = {"returningCustomer": "customer"}
ACTIONS = {
    "pageviews": "pageview",
    "contents": "content",
    "sitesearches": "search",
    "events": "event",
    "outlinks": "outlink",
    "downloads": "download",
}


def visitor(text: str) -> str:
    """Return the number of a visitor."""
    try:
        return str(int(text, 16))
    except ValueError as error:
        raise RequestError(f"A visitor's id has 16 hexadecimal digits; {text!r} has not.") from error


def kind(text: str) -> str:
    """Return our name of a kind of source."""
    if text not in KINDS:
        raise RequestError(f"The referrerType {text!r} is not known; there are {', '.join(KINDS)}.")
    return KINDS[text]


def unless(unknown: str, written: Callable[[str], str] = str) -> Callable[[str], str]:
    """Return what reads a value: empty where it is the word or code for what is not known, else as it is `written`.

    Matomo's database takes letters of either case for the same; codes are kept in one of them.
    """
    return lambda text: "" if text.lower() == unknown.lower() else written(text)


def unless_generic(text: str) -> str:
    """Return a brand; of a generic one nothing."""
    return "" if text.lower().startswith("generic ") else text


def address(text: str) -> str:
    """Return the number of an address."""
    try:
        return str(int(IPv4Address(text)))
    except ValueError as error:
        raise RequestError(f"A visitIp is an address such as 81.2.69.0, and {text!r} is none.") from error


def country(text: str) -> str:
    """Return the code of a country, named by that or in English."""
    codes = {str(name).lower(): str(code).lower() for code, name in Locale("en").territories.items()}
    return codes.get(text.lower(), text.lower())


def yes(text: str) -> str:
    """Return whether something is so, as a number."""
    return "1" if text.lower() in {"1", "true", "yes"} else "0"


def number(text: str) -> str:
    """Return the number that a text begins with: to Matomo's database a text is that, and 0 without any."""
    found = _NUMBER.match(text)
    return found[0] if found else "0"


def in_seconds(days: str) -> str:
    """Return so many days in seconds."""
    return str(int(float(number(days))) * _SECONDS_PER_DAY)


def visitor_type(text: str) -> str:
    """Return our name of a kind of visitor."""
    return CUSTOMERS.get(text, text)


def action(text: str) -> str:
    """Return our name of a kind of action."""
    return ACTIONS.get(text, text)
