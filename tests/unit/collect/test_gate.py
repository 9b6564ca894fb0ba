from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.collect.gate import day_in, site_hosts, time_of
from pellucid.errors import RequestError

RECEIVED = 1_763_985_600_000
DAY = 86_400_000
ZONES = [
    "UTC",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Pacific/Apia",
    "Australia/Lord_Howe",
]


@given(st.sampled_from(ZONES), st.integers(0, 4_000_000_000))
def test_a_day_is_the_local_day_of_the_site(zone: str, seconds: int) -> None:
    local = datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo(zone)).date()

    assert date(1970, 1, 1) + timedelta(days=day_in(zone, seconds * 1000)) == local


@pytest.mark.parametrize(
    ("text", "time"),
    [
        (str(RECEIVED // 1000 - 60), RECEIVED - 60_000),
        ("2025-11-24 11:59:00", RECEIVED - 60_000),
        (str(RECEIVED // 1000 + 3_600), RECEIVED),
        ("100", RECEIVED),
        ("yesterday", RECEIVED),
        ("9" * 30, RECEIVED),
    ],
)
def test_a_time_of_ones_own_counts_if_it_can_be_right(text: str, time: int) -> None:
    assert time_of(text, RECEIVED, authorised=False) == time


def test_a_time_of_long_ago_needs_a_token() -> None:
    old = str((RECEIVED - 2 * DAY) // 1000)

    assert time_of(old, RECEIVED, authorised=True) == RECEIVED - 2 * DAY
    with pytest.raises(RequestError, match="token_auth"):
        time_of(old, RECEIVED, authorised=False)


@given(st.text())
def test_any_time_is_a_time(text: str) -> None:
    assert RECEIVED - 20 * 365 * DAY <= time_of(text, RECEIVED, authorised=True) <= RECEIVED + 600_000


def test_a_sites_hosts_are_those_of_its_addresses() -> None:
    assert site_hosts(("https://Shop.Example.org:8443/a", "http://b.example")) == {"shop.example.org", "b.example"}
