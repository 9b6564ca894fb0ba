"""Matomo's `period` and `date` as periods: every form, in the site's own days."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from msgspec import Struct

from pellucid.errors import RequestError
from pellucid.model.period import Period, PeriodKind
from pellucid.report.periods import EARLIEST, LATEST, a_year_ago, before, period_of

MOST_PERIODS = 2000

_WITH_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T]\d\d:\d\d(:\d\d)?")
_APART = re.compile(r"last[ -](?=week|month|year)")
_LAST = re.compile(r"(last|previous)(\d{1,4})")
_DAYS_PER_WEEK = 7


class Asked(Struct, frozen=True):
    """The periods a request asks for; `several` when they come as a series, each under its key."""

    periods: tuple[Period, ...]
    several: bool = False


def asked(kind: str, dates: str, today: date) -> Asked:
    """Return the periods that `period` and `date` name; raise `RequestError` if they name none.

    `last7` are seven periods up to the one today lies in, `previous7` the seven before it. Two days with a comma are
    one range, or the periods from the first day's to the last day's.
    """
    try:
        period = PeriodKind(kind)
    except ValueError as error:
        kinds = ", ".join(PeriodKind)
        raise RequestError(
            f"The period {kind!r} is not supported. Try any of the following instead: {kinds}."
        ) from error
    counted = _LAST.fullmatch(dates)
    if counted:
        return _counted(period, counted[1], int(counted[2]), today)
    if "," in dates:
        first, last = (_day(text, today) for text in dates.split(",", 1))
        if last < first:
            raise RequestError(f"The date {dates!r} ends before it begins.")
        if period is PeriodKind.RANGE:
            return Asked((Period(first, last),))
        return _series(period, first, last)
    day = _day(dates, today)
    return Asked((Period(day, day) if period is PeriodKind.RANGE else period_of(period, day),))


def key(period: Period) -> str:
    """Return the name under which a period stands in a series."""
    match period.kind:
        case PeriodKind.DAY:
            return period.first.isoformat()
        case PeriodKind.MONTH:
            return f"{period.first:%Y-%m}"
        case PeriodKind.YEAR:
            return f"{period.first:%Y}"
        case _:
            return f"{period.first.isoformat()},{period.last.isoformat()}"


def date_of(period: Period) -> str:
    """Return the `date` that names a period beside its kind."""
    return key(period) if period.kind is PeriodKind.RANGE else period.first.isoformat()


def _counted(kind: PeriodKind, direction: str, number: int, today: date) -> Asked:
    number = max(number, 1)
    if number > MOST_PERIODS:
        raise RequestError(f"A request can ask for {MOST_PERIODS} periods at most, and not for {number}.")
    last = today if direction == "last" else before(period_of(kind, today)).last
    if kind is PeriodKind.RANGE:
        return Asked((Period(last - timedelta(days=number - 1), last),))
    periods = [period_of(kind, last)]
    while len(periods) < number:
        periods.append(before(periods[-1]))
    return Asked(tuple(reversed(periods)), several=True)


def _series(kind: PeriodKind, first: date, last: date) -> Asked:
    periods = [period_of(kind, first)]
    while periods[-1].last < last:
        if len(periods) == MOST_PERIODS:
            raise RequestError(f"A request can ask for {MOST_PERIODS} periods at most: make the span shorter.")
        periods.append(period_of(kind, periods[-1].last + timedelta(days=1)))
    return Asked(tuple(periods), several=True)


def _day(text: str, today: date) -> date:
    text = text.strip()
    day_of = _NAMED.get(_APART.sub("last", text.lower()))
    if day_of:
        return day_of(today)
    timed = _WITH_TIME.fullmatch(text)
    try:
        day = date.fromisoformat(timed[1] if timed else text)
    except ValueError as error:
        names = ", ".join(_NAMED)
        raise RequestError(
            f"Date format must be: YYYY-MM-DD, or one of {names}, last7, previous7, or two days with a comma; "
            f"{text!r} is none.",
        ) from error
    if not EARLIEST <= day <= LATEST:
        raise RequestError(f"The date {text} is out of reach: days from {EARLIEST} to {LATEST} can be asked for.")
    return day


def _month_ago(today: date) -> date:
    last_day_before = today.replace(day=1) - timedelta(days=1)
    return last_day_before.replace(day=min(today.day, last_day_before.day))


_NAMED: Mapping[str, Callable[[date], date]] = {
    "today": lambda today: today,
    "now": lambda today: today,
    "yesterday": lambda today: today - timedelta(days=1),
    "lastweek": lambda today: today - timedelta(days=_DAYS_PER_WEEK),
    "lastmonth": _month_ago,
    "lastyear": a_year_ago,
}
