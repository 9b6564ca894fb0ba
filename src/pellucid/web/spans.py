"""The spans of days the dashboard can show, and what each is compared with."""

from calendar import monthrange
from datetime import date, timedelta

from msgspec import Struct

from pellucid.model.period import Period

DEFAULT = "7d"
CUSTOM = "custom"
NAMES = {"day": "Day", "7d": "7 days", "30d": "30 days", "month": "Month", "year": "Year"}

_LENGTHS = {"day": 1, "7d": 7, "30d": 30}
_MOST_DAYS = 62
_MOST_WEEKS = 200


class Span(Struct, frozen=True):
    """Days to show, those before them, and by which steps: a name of `NAMES` or `CUSTOM`, and the day it ends on."""

    name: str
    period: Period
    before: Period
    step: str
    on: date


def span_of(name: str, on: str, first: str, last: str, today: date) -> Span:
    """Return the span a request asks for; what is not understood is the span of seven days up to today."""
    day = _day(on) or today
    if name == CUSTOM:
        begin, end = _day(first), _day(last)
        if begin and end:
            period = Period(min(begin, end), max(begin, end))
            return Span(CUSTOM, period, _just_before(period), _step(period), period.last)
    name = name if name in NAMES else DEFAULT
    period = _period(name, day)
    before = _period(name, period.first - timedelta(days=1))
    return Span(name, period, before, _step(period), day)


def neighbours(span: Span) -> tuple[date, date]:
    """Return the days on which the span before and the one after this end."""
    length = (span.period.last - span.period.first).days + 1
    if span.name in {"month", "year"}:
        return span.period.first - timedelta(days=1), span.period.last + timedelta(days=1)
    return span.on - timedelta(days=length), span.on + timedelta(days=length)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _period(name: str, day: date) -> Period:
    match name:
        case "month":
            return Period(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))
        case "year":
            return Period(day.replace(month=1, day=1), day.replace(month=12, day=31))
        case _:
            return Period(day - timedelta(days=_LENGTHS[name] - 1), day)


def _just_before(period: Period) -> Period:
    length = (period.last - period.first).days + 1
    return Period(period.first - timedelta(days=length), period.first - timedelta(days=1))


def _step(period: Period) -> str:
    days = (period.last - period.first).days + 1
    if days == 1:
        return "hour"
    if days <= _MOST_DAYS:
        return "day"
    return "week" if days <= _MOST_WEEKS else "month"
