from datetime import date

import pytest
from msgspec import structs

from pellucid.model.hit import SourceKind
from pellucid.model.period import Period
from pellucid.policy.presets import PRESETS
from pellucid.web import words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (9_999, "9,999"),
        (10_000, "10k"),
        (12_345, "12.3k"),
        (999_960, "1M"),
        (3_400_000, "3.4M"),
        (None, words.NONE),
    ],
)
def test_large_numbers_are_shortened(value: int | None, text: str) -> None:
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (59, "59s"), (61, "1m 01s"), (3_725, "1h 2m"), (None, words.NONE)]
)
def test_a_duration_is_minutes_and_seconds(seconds: int | None, text: str) -> None:
    assert words.duration(seconds) == text


@pytest.mark.parametrize(
    ("percent", "text"),
    [(50, "+50%"), (-50, "\N{MINUS SIGN}50%"), (0, "\N{PLUS-MINUS SIGN}0%"), (1_234, "+1,234%"), (None, "")],
)
def test_a_change_says_which_way(percent: int | None, text: str) -> None:
    assert words.change(percent) == text


def test_places_pages_and_days_are_written_for_people() -> None:
    assert words.country("de") == "Germany"
    assert words.country("xx") == words.country("") == "Unknown"
    assert words.path("http://a/caf%C3%A9?x=1") == "/café?x=1"
    assert words.days(Period(date(2024, 5, 31), date(2024, 5, 31))) == "Friday, 31 May 2024"
    assert words.days(Period(date(2024, 2, 1), date(2024, 2, 29))) == "February 2024"
    assert words.days(Period(date(2024, 1, 1), date(2024, 12, 31))) == "2024"
    assert words.days(Period(date(2024, 1, 1), date(2024, 2, 29))) == "1 Jan \N{EN DASH} 29 Feb 2024"
    assert words.days(Period(date(2023, 12, 1), date(2024, 1, 2))) == "1 Dec 2023 \N{EN DASH} 2 Jan 2024"
    assert words.step("hour", 7) == "07:00"
    assert words.step("month", date(2024, 5, 1)) == "May 2024"
    assert words.step("week", date(2024, 5, 6)) == "Week of 6 May"
    assert [words.short_step(step, date(2024, 5, 6)) for step in ("day", "month")] == ["6 May", "May"]


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("de-at", "German (Austria)"),
        ("zh-hant-tw", "Chinese (Taiwan)"),
        ("en", "English"),
        ("xx-yy", "xx-yy"),
        ("", "Unknown"),
    ],
)
def test_languages_have_their_english_names(tag: str, name: str) -> None:
    assert words.language(tag) == name


def test_every_kind_of_source_has_a_name() -> None:
    assert set(words.SOURCES) == set(SourceKind)


@pytest.mark.parametrize(
    ("preset", "told"),
    [("cookieless", "masked to /24 (IPv6 /48)"), ("exempt-fr", "masked to /16 (IPv6 /32)"), ("matomo", None)],
)
def test_places_by_masked_addresses_are_said_to_be_coarser(preset: str, told: str | None) -> None:
    assert (told in words.placed(PRESETS[preset])) if told else (not words.placed(PRESETS[preset]))


def test_places_that_are_not_looked_up_are_said_not_to_be() -> None:
    privacy = structs.replace(PRESETS["strict"], located_address_bits=0, located_address_bits_v6=0)

    assert "no place" in words.placed(privacy)
