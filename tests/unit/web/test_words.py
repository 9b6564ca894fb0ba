from datetime import date

import pytest

from pellucid.model.hit import SourceKind
from pellucid.model.period import Period
from pellucid.web import words


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (9_999, "9,999"), (12_345, "12.3k"), (3_400_000, "3.4M"), (None, words.NONE)],
)
def test_large_numbers_are_shortened(value: int | None, text: str) -> None:
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (59, "59s"), (61, "1m 01s"), (3_725, "1h 2m"), (None, words.NONE)]
)
def test_a_duration_is_minutes_and_seconds(seconds: int | None, text: str) -> None:
    assert words.duration(seconds) == text


@pytest.mark.parametrize(
    ("now", "before", "text"), [(3, 2, "+50%"), (1, 2, "-50%"), (2, 2, "+0%"), (2, 0, ""), (None, 2, "")]
)
def test_a_change_is_told_where_there_was_something_before(now: int | None, before: int, text: str) -> None:
    assert words.change(now, before) == text


def test_places_pages_and_days_are_written_for_people() -> None:
    assert words.country("de") == "Germany"
    assert words.country("xx") == words.country("") == "Unknown"
    assert words.path("http://a/caf%C3%A9?x=1") == "/café?x=1"
    assert words.days(Period(date(2024, 5, 31), date(2024, 5, 31))) == "Friday, 31 May 2024"
    assert words.days(Period(date(2023, 12, 1), date(2024, 1, 2))) == "1 Dec 2023 \N{EN DASH} 2 Jan 2024"
    assert words.step("hour", 7) == "07:00"
    assert words.step("month", date(2024, 5, 1)) == "May 2024"


def test_every_kind_of_source_has_a_name() -> None:
    assert set(words.SOURCES) == set(SourceKind)
