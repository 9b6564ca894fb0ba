"""Numbers as people read them: amounts of money and durations, and rows of them where `format_metrics=1`."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache

from babel.numbers import get_currency_symbol

from pellucid.matomo.call import Answer
from pellucid.matomo.columns import plain, rounded
from pellucid.matomo.metric_names import type_of
from pellucid.report.metrics import TIMINGS

_UNITS = (("years", 31_557_600), ("days", 86_400), ("hours", 3_600), ("min", 60), ("s", 1))
_SECONDS_PER_DAY, _SECONDS_PER_HOUR, _SECONDS_PER_MINUTE = 86_400, 3_600, 60


def money(value: float, currency: str) -> str:
    """Return an amount of a currency as it is written in English."""
    text = f"{rounded(Decimal(str(value)), 2):,}".removesuffix(".00")
    sign, text = ("-", text[1:]) if text.startswith("-") else ("", text)
    return f"{sign}{symbol(currency)}{text}"


@cache
def symbol(currency: str) -> str:
    """Return the sign of a currency as it is written in English."""
    return get_currency_symbol(currency, "en")


def clock(seconds: float) -> str:
    """Return a duration as hours, minutes and seconds, days before them; hundredths where it has some."""
    hundredths = int(rounded(Decimal(str(seconds)), 2) * 100)
    whole, rest = divmod(hundredths, 100)
    days, whole = divmod(whole, _SECONDS_PER_DAY)
    hours, whole = divmod(whole, _SECONDS_PER_HOUR)
    text = f"{hours:02}:{whole // _SECONDS_PER_MINUTE:02}:{whole % _SECONDS_PER_MINUTE:02}"
    return (f"{days} days " if days else "") + text + (f".{rest:02}" if rest else "")


def duration(seconds: int) -> str:
    """Return a duration as Matomo writes it: in the largest of its units and the next below it."""
    largest = next((place for place, (_, size) in enumerate(_UNITS) if seconds >= size), len(_UNITS) - 1)
    told = []
    for name, size in _UNITS[largest : largest + 2]:
        number, seconds = divmod(seconds, size)
        told.append(f"{number}{'' if name == 's' else ' '}{name}")
    return " ".join(told)


def pretty(column: str, value: Answer, currency: str) -> Answer:
    """Return a value as people read what its column holds; what is no number is left as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    match type_of(column):
        case "money":
            return money(value, currency)
        case "duration_s":
            return clock(value)
        case _:
            return value


_PLAIN, _AS_EVER = "0", "bc"
_OF_ALL = "all"
_ON_SITE = "avg_time_on_site"
"""How long visits took, which Matomo writes in words here, and by the clock in a processed report."""
_OF_LOADING = ("avg_page_load_time", *(f"avg_time_{part}" for part in TIMINGS))
_WORKED_OUT = ("avg_", "goal_", "revenue_per_")


def all_pretty(answer: Answer, form: str, currency: str) -> Answer:
    """Return an answer with its numbers in the form that `format_metrics` names.

    As in Matomo what is worked out is written as people read it, and any other amount of money for `all` alone; what
    goals tell within a row is left as it is.
    """
    if form in {"", _PLAIN, _AS_EVER}:
        return answer
    if isinstance(answer, Mapping):
        return {name: _in_form(name, value, form, currency) for name, value in answer.items()}
    return [all_pretty(one, form, currency) for one in answer] if isinstance(answer, list) else answer


def _in_form(name: str, value: Answer, form: str, currency: str) -> Answer:
    if isinstance(value, Mapping | list):
        return value if name == "goals" else all_pretty(value, form, currency)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return value
    if "revenue" in name and (form == _OF_ALL or name.startswith(_WORKED_OUT)):
        return money(value, currency)
    if name.startswith(_ON_SITE):
        return duration(round(value))
    if name.startswith(_OF_LOADING):
        return f"{plain(rounded(Decimal(str(value)), 2))}s"
    return pretty(name, value, currency) if name.startswith(_WORKED_OUT) else value
