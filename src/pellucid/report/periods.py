"""Periods of the calendar: which one a day lies in, and which one is before another."""

from calendar import monthrange
from datetime import date, timedelta

from pellucid.model.period import Period, PeriodKind

EARLIEST, LATEST = date(1971, 1, 1), date(2148, 12, 31)
"""The days whose years, and the weeks these begin and end in, the store can tell apart."""

_DAYS_PER_WEEK = 7


def period_of(kind: PeriodKind, day: date) -> Period:
    """Return the day, week (from Monday), month or year that a day lies in."""
    match kind:
        case PeriodKind.WEEK:
            first = day - timedelta(days=day.weekday())
            return Period(first, first + timedelta(days=_DAYS_PER_WEEK - 1), kind)
        case PeriodKind.MONTH:
            return Period(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]), kind)
        case PeriodKind.YEAR:
            return Period(day.replace(month=1, day=1), day.replace(month=12, day=31), kind)
        case _:
            return Period(day, day, PeriodKind.DAY)


def before(period: Period) -> Period:
    """Return the period before one: of a range, as many days."""
    last = period.first - timedelta(days=1)
    if period.kind is PeriodKind.RANGE:
        return Period(last - (period.last - period.first), last)
    return period_of(period.kind, last)


def a_year_before(period: Period) -> Period:
    """Return the same days of the year before; 28 February stands for a leap day."""
    return Period(a_year_ago(period.first), a_year_ago(period.last), period.kind)


def a_year_ago(day: date) -> date:
    """Return the same day of the year before; 28 February for a leap day."""
    year = day.year - 1
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))
