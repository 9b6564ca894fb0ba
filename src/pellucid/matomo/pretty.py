"""Numbers as people read them: amounts of money and durations, and rows of them where `format_metrics=1`."""

from collections.abc import Mapping
from decimal import Decimal

from babel.numbers import get_currency_symbol

from pellucid.matomo.call import Answer
from pellucid.matomo.columns import rounded
from pellucid.matomo.metric_names import type_of

_SECONDS_PER_DAY, _SECONDS_PER_HOUR, _SECONDS_PER_MINUTE = 86_400, 3_600, 60


def money(value: float, currency: str) -> str:
    """Return an amount of a currency as it is written in English."""
    text = f"{rounded(Decimal(str(value)), 2):,}".removesuffix(".00")
    sign, text = ("-", text[1:]) if text.startswith("-") else ("", text)
    return f"{sign}{get_currency_symbol(currency, 'en')}{text}"


def clock(seconds: float) -> str:
    """Return a duration as hours, minutes and seconds, days before them; hundredths where it has some."""
    hundredths = int(rounded(Decimal(str(seconds)), 2) * 100)
    whole, rest = divmod(hundredths, 100)
    days, whole = divmod(whole, _SECONDS_PER_DAY)
    hours, whole = divmod(whole, _SECONDS_PER_HOUR)
    text = f"{hours:02}:{whole // _SECONDS_PER_MINUTE:02}:{whole % _SECONDS_PER_MINUTE:02}"
    return (f"{days} days " if days else "") + text + (f".{rest:02}" if rest else "")


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


def all_pretty(answer: Answer, currency: str) -> Answer:
    """Return an answer with all of its numbers as people read them."""
    if isinstance(answer, Mapping):
        return {
            name: all_pretty(value, currency) if isinstance(value, Mapping | list) else pretty(name, value, currency)
            for name, value in answer.items()
        }
    return [all_pretty(one, currency) for one in answer] if isinstance(answer, list) else answer
