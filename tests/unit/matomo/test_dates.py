from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.errors import RequestError
from pellucid.matomo.dates import asked, key
from pellucid.model.period import Period, PeriodKind
from pellucid.report.periods import period_of

TODAY = date(2024, 5, 31)
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))
KINDS = st.sampled_from([PeriodKind.DAY, PeriodKind.WEEK, PeriodKind.MONTH, PeriodKind.YEAR])


@pytest.mark.parametrize(
    ("dates", "day"),
    [
        ("2024-02-29", date(2024, 2, 29)),
        ("2024-02-29 11:22:33", date(2024, 2, 29)),
        ("today", TODAY),
        ("now", TODAY),
        ("yesterday", date(2024, 5, 30)),
        ("lastWeek", date(2024, 5, 24)),
        ("last week", date(2024, 5, 24)),
        ("lastMonth", date(2024, 4, 30)),
        ("lastYear", date(2023, 5, 31)),
        ("last-year", date(2023, 5, 31)),
    ],
)
def test_a_day_has_many_names(dates: str, day: date) -> None:
    assert asked("day", dates, TODAY).periods == (Period(day, day, PeriodKind.DAY),)


@pytest.mark.parametrize(
    ("kind", "dates", "keys"),
    [
        ("day", "last2", ["2024-05-30", "2024-05-31"]),
        ("day", "previous2", ["2024-05-29", "2024-05-30"]),
        ("week", "last2", ["2024-05-20,2024-05-26", "2024-05-27,2024-06-02"]),
        ("month", "previous2", ["2024-03", "2024-04"]),
        ("year", "last2", ["2023", "2024"]),
        ("month", "2024-01-31,2024-03-01", ["2024-01", "2024-02", "2024-03"]),
        ("day", "yesterday,today", ["2024-05-30", "2024-05-31"]),
    ],
)
def test_a_series_has_a_key_for_each_period(kind: str, dates: str, keys: list[str]) -> None:
    series = asked(kind, dates, TODAY)

    assert series.several
    assert [key(period) for period in series.periods] == keys


@pytest.mark.parametrize(
    ("dates", "period"),
    [
        ("2024-05-01,2024-05-09", Period(date(2024, 5, 1), date(2024, 5, 9))),
        ("last7", Period(date(2024, 5, 25), TODAY)),
        ("previous7", Period(date(2024, 5, 24), date(2024, 5, 30))),
        ("today", Period(TODAY, TODAY)),
    ],
)
def test_a_range_is_one_period(dates: str, period: Period) -> None:
    assert asked("range", dates, TODAY).periods == (period,)
    assert not asked("range", dates, TODAY).several


@settings(deadline=None)
@given(KINDS, DAYS)
def test_a_period_holds_its_day_and_begins_where_the_one_before_ends(kind: PeriodKind, day: date) -> None:
    period = period_of(kind, day)

    assert period.first <= day <= period.last
    assert period_of(kind, period.first) == period_of(kind, period.last) == period
    assert period_of(kind, period.first - timedelta(days=1)).last == period.first - timedelta(days=1)


@settings(deadline=None)
@given(KINDS, DAYS, st.integers(1, 60))
def test_the_last_periods_follow_each_other_up_to_today(kind: PeriodKind, today: date, number: int) -> None:
    periods = asked(kind, f"last{number}", today).periods

    assert len(periods) == number
    assert periods[-1].first <= today <= periods[-1].last
    assert all(one.last + timedelta(days=1) == other.first for one, other in pairwise(periods))


@pytest.mark.parametrize(
    ("kind", "dates", "told"),
    [
        ("decade", "today", "'decade' is not supported"),
        ("day", "someday", "YYYY-MM-DD"),
        ("day", "2024-02-30", "YYYY-MM-DD"),
        ("day", "last9999", "2000 periods"),
        ("day", "1990-01-01,2024-01-01", "2000 periods"),
        ("range", "2024-02-02,2024-02-01", "ends before it begins"),
        ("week", "9999-12-31", "out of reach"),
        ("week", "0001-01-01", "out of reach"),
    ],
)
def test_what_is_no_period_is_said(kind: str, dates: str, told: str) -> None:
    with pytest.raises(RequestError, match=told):
        asked(kind, dates, TODAY)
