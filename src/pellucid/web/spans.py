"""The spans of days the dashboard can show, and what each is compared with."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from msgspec import Struct

from pellucid.model.period import Period
from pellucid.model.query import EVERYBODY, Condition, Operator, Segment

DEFAULT = "7d"
CUSTOM = "custom"
YESTERDAY = "yesterday"
NAMES: Mapping[str, str] = {"day": "Day", "7d": "7 days", "30d": "30 days", "month": "Month", "year": "Year"}
CHOICES: Mapping[str, Mapping[str, str]] = {
    "Today": {"span": "day"},
    "Yesterday": {"span": "day", "on": YESTERDAY},
    "7 days": {"span": "7d"},
    "30 days": {"span": "30d"},
    "Month": {"span": "month"},
    "Year": {"span": "year"},
}
"""What can be chosen by one click, and what in an address asks for it: none names a day, so that all stay true."""

_DAY = timedelta(days=1)
_LENGTHS = {"day": 1, "7d": 7, "30d": 30}
_MOST_DAYS = 62
_MOST_WEEKS = 200
_EARLIEST = date(2000, 1, 1)
_LONGEST = 3_660 * _DAY


class Span(Struct, frozen=True):
    """Days to show, those before them, and by which steps; `asked` is what in an address asks for it."""

    name: str
    period: Period
    before: Period
    step: str
    asked: Mapping[str, str]


def span_of(asked: Mapping[str, str], today: date) -> Span:
    """Return the span that an address asks for; what is not understood is the span of seven days up to today."""
    name = asked.get("span", DEFAULT)
    first, last = _day(asked.get("from", ""), today), _day(asked.get("to", ""), today)
    if name == CUSTOM and first and last:
        return _custom(min(first, last), max(first, last))
    if name not in NAMES:
        name = DEFAULT
    on = asked.get("on", "")
    day = today - _DAY if on == YESTERDAY else _day(on, today) or today
    period = _period(name, day)
    kept = {"on": on if on == YESTERDAY else day.isoformat()} if day < today else {}
    return Span(name, period, _period(name, period.first - _DAY), _step(period), {"span": name, **kept})


def choice(span: Span, today: date) -> str:
    """Return which of the `CHOICES` is shown; of a length of days, whichever days those are."""
    if span.name == "day":
        return {today: "Today", today - _DAY: "Yesterday"}.get(span.period.last, "")
    return NAMES.get(span.name, "")


def earlier(span: Span) -> Mapping[str, str] | None:
    """Return what asks for the span before this one; None where that would be too long ago."""
    return None if span.before.first < _EARLIEST else _beside(span, span.before.first, span.before.last)


def later(span: Span, today: date) -> Mapping[str, str] | None:
    """Return what asks for the span after this one; None where it has not come yet."""
    if span.period.last >= today:
        return None
    first = span.period.last + _DAY
    # Months and years are not equally long.
    last = first if span.name in {"month", "year"} else span.period.last + _length(span.period)
    return _beside(span, first, last)


def so_far(span: Span, now: datetime) -> tuple[Period, Segment]:
    """Return which of the days before are compared with a span that is not over: as much of them as has passed of it.

    `now` is the site's own time. Of the day that stands for today only the hours count that have begun.
    """
    today = now.date()
    if not span.period.first <= today <= span.period.last:
        return span.before, EVERYBODY
    last = min(span.before.last, span.before.first + (today - span.period.first))
    begun = Condition("hour", Operator.AT_MOST, str(now.hour))
    not_today = Condition("day", Operator.DIFFERS, last.isoformat())
    return Period(span.before.first, last), Segment(((not_today, begun),))


def _custom(first: date, last: date) -> Span:
    period = Period(max(first, last - _LONGEST), last)
    before = Period(period.first - _length(period), period.first - _DAY)
    asked = {"span": CUSTOM, "from": period.first.isoformat(), "to": period.last.isoformat()}
    return Span(CUSTOM, period, before, _step(period), asked)


def _beside(span: Span, first: date, last: date) -> Mapping[str, str]:
    if span.name == CUSTOM:
        return {"span": CUSTOM, "from": first.isoformat(), "to": last.isoformat()}
    return {"span": span.name, "on": last.isoformat()}


def _day(text: str, today: date) -> date | None:
    """Return the day that a text names, moved to where visits can be: there are none before or after."""
    try:
        return min(max(date.fromisoformat(text), _EARLIEST), today)
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


def _length(period: Period) -> timedelta:
    return period.last - period.first + _DAY


def _step(period: Period) -> str:
    days = _length(period).days
    if days == 1:
        return "hour"
    if days <= _MOST_DAYS:
        return "day"
    return "week" if days <= _MOST_WEEKS else "month"
