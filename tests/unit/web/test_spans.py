from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.model.period import Period
from pellucid.web.spans import CUSTOM, NAMES, neighbours, span_of

TODAY = date(2024, 5, 31)
DAYS = st.dates(date(2000, 1, 2), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("name", "period", "before", "step"),
    [
        ("day", Period(TODAY, TODAY), Period(date(2024, 5, 30), date(2024, 5, 30)), "hour"),
        ("7d", Period(date(2024, 5, 25), TODAY), Period(date(2024, 5, 18), date(2024, 5, 24)), "day"),
        ("30d", Period(date(2024, 5, 2), TODAY), Period(date(2024, 4, 2), date(2024, 5, 1)), "day"),
        ("month", Period(date(2024, 5, 1), TODAY), Period(date(2024, 4, 1), date(2024, 4, 30)), "day"),
        ("year", Period(date(2024, 1, 1), date(2024, 12, 31)), Period(date(2023, 1, 1), date(2023, 12, 31)), "month"),
    ],
)
def test_a_span_ends_today_and_is_compared_with_the_one_before(
    name: str, period: Period, before: Period, step: str
) -> None:
    span = span_of(name, "", "", "", TODAY)

    assert (span.period, span.before, span.step) == (period, before, step)


def test_days_of_ones_own_are_compared_with_as_many_before() -> None:
    span = span_of(CUSTOM, "", "2024-05-10", "2024-05-01", TODAY)

    assert span.period == Period(date(2024, 5, 1), date(2024, 5, 10))
    assert span.before == Period(date(2024, 4, 21), date(2024, 4, 30))


@pytest.mark.parametrize(
    ("first", "last", "step"), [("2024-01-01", "2024-05-01", "week"), ("2022-01-01", "2024-05-01", "month")]
)
def test_long_spans_have_longer_steps(first: str, last: str, step: str) -> None:
    assert span_of(CUSTOM, "", first, last, TODAY).step == step


@given(st.text(), st.text(), st.text(), st.text())
def test_anything_asked_is_a_span(name: str, on: str, first: str, last: str) -> None:
    span = span_of(name, on, first, last, TODAY)

    assert span.before.last == span.period.first - timedelta(days=1)


@given(st.sampled_from(list(NAMES)), DAYS)
def test_earlier_and_later_lead_back_to_where_one_was(name: str, day: date) -> None:
    span = span_of(name, day.isoformat(), "", "", TODAY)

    before, after = neighbours(span)

    assert span_of(name, before.isoformat(), "", "", TODAY).period == span.before
    assert neighbours(span_of(name, after.isoformat(), "", "", TODAY))[0] in {span.on, span.period.last}
