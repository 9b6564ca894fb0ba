from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pellucid.model.period import Period
from pellucid.model.query import EVERYBODY, Condition, Operator
from pellucid.web.spans import CHOICES, CUSTOM, NAMES, choice, earlier, later, so_far, span_of

TODAY = date(2024, 5, 31)
TEN_PAST_NINE = datetime(2024, 5, 31, 9, 10, tzinfo=UTC)
DAYS = st.dates(date(2002, 1, 1), TODAY)


def days(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("name", "period", "before", "step"),
    [
        ("day", days("2024-05-31", "2024-05-31"), days("2024-05-30", "2024-05-30"), "hour"),
        ("7d", days("2024-05-25", "2024-05-31"), days("2024-05-18", "2024-05-24"), "day"),
        ("30d", days("2024-05-02", "2024-05-31"), days("2024-04-02", "2024-05-01"), "day"),
        ("month", days("2024-05-01", "2024-05-31"), days("2024-04-01", "2024-04-30"), "day"),
        ("year", days("2024-01-01", "2024-12-31"), days("2023-01-01", "2023-12-31"), "month"),
    ],
)
def test_a_span_ends_today_and_is_compared_with_the_one_before(
    name: str, period: Period, before: Period, step: str
) -> None:
    span = span_of({"span": name}, TODAY)

    assert (span.period, span.before, span.step) == (period, before, step)


def test_days_of_ones_own_are_compared_with_as_many_before() -> None:
    span = span_of({"span": CUSTOM, "from": "2024-05-10", "to": "2024-05-01"}, TODAY)

    assert span.period == days("2024-05-01", "2024-05-10")
    assert span.before == days("2024-04-21", "2024-04-30")


@pytest.mark.parametrize(
    ("first", "last", "step"), [("2024-01-01", "2024-05-01", "week"), ("2022-01-01", "2024-05-01", "month")]
)
def test_long_spans_have_longer_steps(first: str, last: str, step: str) -> None:
    assert span_of({"span": CUSTOM, "from": first, "to": last}, TODAY).step == step


@given(st.dictionaries(st.sampled_from("span on from to".split()), st.dates().map(str) | st.text()))
def test_anything_asked_is_a_span_of_days_that_can_be(asked: Mapping[str, str]) -> None:
    span = span_of(asked, TODAY)

    assert span.before.last == span.period.first - timedelta(days=1)
    assert date(1980, 1, 1) < span.before.first < span.period.first <= TODAY


@given(st.dictionaries(st.sampled_from("span on from to".split()), DAYS.map(str) | st.sampled_from([*NAMES, CUSTOM])))
def test_what_a_span_says_of_itself_asks_for_it_again(asked: Mapping[str, str]) -> None:
    span = span_of(asked, TODAY)

    assert span_of(span.asked, TODAY) == span


def test_an_address_that_names_no_day_is_as_good_tomorrow() -> None:
    today = [span_of(asked, TODAY) for asked in CHOICES.values()]
    tomorrow = [span_of(span.asked, TODAY + timedelta(days=1)) for span in today]

    assert [choice(span, TODAY) for span in today] == list(CHOICES)
    assert [choice(span, TODAY + timedelta(days=1)) for span in tomorrow] == list(CHOICES)


@given(st.sampled_from([*NAMES, CUSTOM]), DAYS, DAYS)
def test_earlier_and_later_lead_back_to_where_one_was(name: str, first: date, last: date) -> None:
    span = span_of({"span": name, "on": str(last), "from": str(first), "to": str(last)}, TODAY)

    before = earlier(span)

    assume(before)
    assert before
    assert span_of(before, TODAY).period == span.before
    back = later(span_of(before, TODAY), TODAY)
    assert back
    assert span_of(back, TODAY).period.first == span.period.first


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_later_than_today(name: str) -> None:
    assert later(span_of({"span": name}, TODAY), TODAY) is None


def test_what_is_over_is_compared_with_the_whole_of_the_days_before() -> None:
    span = span_of({"span": "month", "on": "2024-04-30"}, TODAY)

    assert so_far(span, TEN_PAST_NINE) == (span.before, EVERYBODY)


@pytest.mark.parametrize(
    ("name", "compared"),
    [
        ("day", days("2024-05-30", "2024-05-30")),
        ("month", days("2024-04-01", "2024-04-30")),
        ("year", days("2023-01-01", "2023-06-01")),
    ],
)
def test_what_is_not_over_is_compared_with_as_much_as_has_passed(name: str, compared: Period) -> None:
    period, segment = so_far(span_of({"span": name}, TODAY), TEN_PAST_NINE)

    assert period == compared
    assert segment.groups == (
        (
            Condition("day", Operator.DIFFERS, compared.last.isoformat()),
            Condition("hour", Operator.AT_MOST, "9"),
        ),
    )
