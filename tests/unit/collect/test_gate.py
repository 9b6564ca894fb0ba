from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pellucid.collect.gate import day_in, gate, time_of
from pellucid.collect.parse import given_of
from pellucid.collect.plan import plan_of, site_hosts
from pellucid.enrich.robots import Agent
from pellucid.errors import RequestError
from pellucid.model.hit import RawHit
from pellucid.policy.decision import Allowance, Refusal, Signals
from tracking import SITES

RECEIVED = 1_763_985_600_000
DAY = 86_400_000
ZONES = sorted(available_timezones() - {"localtime"})
NOBODY_ASKED = "nobody asked"


def a_raw_hit(*, authorised: bool = False, address: str = "81.2.69.142", **parameters: str) -> RawHit:
    """A page view, to be recorded."""
    return RawHit(
        site_id=1,
        time=RECEIVED,
        received=RECEIVED,
        address=address,
        user_agent="",
        language="",
        parameters={"rec": "1"} | parameters,
        authorised=authorised,
    )


def verdict(
    raw: RawHit, agent: Agent = Agent.PERSON, headers: Mapping[bytes, bytes] | None = None, **signals: bool
) -> Allowance | Refusal:
    given = given_of(raw.parameters)
    return gate(raw, given, Signals(**signals), plan_of(SITES[1]), headers or {}, lambda _user_agent: agent)


def test_the_order_of_reasons_begins_with_the_visitors_wish() -> None:
    everything = a_raw_hit(rec="0", urlref="http://semalt.com/")
    ahead = {b"x-moz": b"prefetch"}

    assert verdict(everything, Agent.ROBOT, ahead, opted_out=True) is Refusal.OPTED_OUT
    assert verdict(everything, Agent.ROBOT, ahead, do_not_track=True) is Refusal.DO_NOT_TRACK
    assert verdict(everything, Agent.ROBOT, ahead) is Refusal.NOT_FOR_RECORDING
    everything.parameters = {"rec": "1", "urlref": "http://semalt.com/"}
    assert verdict(everything, Agent.ROBOT, ahead) is Refusal.PREFETCH
    assert verdict(everything, Agent.ROBOT) is Refusal.ROBOT
    assert verdict(everything) is Refusal.REFERRER_SPAM
    everything.parameters = {"rec": "1"}
    assert isinstance(verdict(everything), Allowance)


def test_who_objects_is_not_even_looked_at() -> None:
    def agent(_user_agent: str) -> Agent:
        raise AssertionError(NOBODY_ASKED)

    raw = a_raw_hit()
    verdict = gate(raw, given_of(raw.parameters), Signals(opted_out=True), plan_of(SITES[1]), {}, agent)

    assert verdict is Refusal.OPTED_OUT


@pytest.mark.parametrize(
    ("raw", "agent"),
    [
        (a_raw_hit(), Agent.ROBOT),
        (a_raw_hit(authorised=True), Agent.ROBOT),
        (a_raw_hit(_id="0123456789abcdef"), Agent.ROBOT),
        (a_raw_hit(), Agent.LIBRARY),
        (a_raw_hit(_id="", cid="", uid=""), Agent.LIBRARY),
    ],
)
def test_a_program_that_does_not_say_for_whom_it_asks_is_refused(raw: RawHit, agent: Agent) -> None:
    assert verdict(raw, agent) is Refusal.ROBOT


@pytest.mark.parametrize(
    ("raw", "agent"),
    [
        (a_raw_hit(), Agent.PERSON),
        (a_raw_hit(bots="1"), Agent.ROBOT),
        (a_raw_hit(bots="1"), Agent.LIBRARY),
        (a_raw_hit(authorised=True), Agent.LIBRARY),
        (a_raw_hit(_id="0123456789abcdef"), Agent.LIBRARY),
        (a_raw_hit(cid="0123456789abcdef"), Agent.LIBRARY),
        (a_raw_hit(uid="somebody"), Agent.LIBRARY),
    ],
)
def test_people_and_programs_that_ask_for_people_are_recorded(raw: RawHit, agent: Agent) -> None:
    assert isinstance(verdict(raw, agent), Allowance)


@pytest.mark.parametrize("address", ["66.249.66.1", "157.55.39.1", "2001:4860:4801:10::1", "::ffff:66.249.66.1"])
@pytest.mark.parametrize("agent", Agent)
def test_a_search_engines_crawler_is_refused_by_its_address_unless_robots_are_wanted(
    address: str, agent: Agent
) -> None:
    assert verdict(a_raw_hit(address=address), agent) is Refusal.ROBOT
    assert verdict(a_raw_hit(address=address, authorised=True, uid="somebody"), agent) is Refusal.ROBOT
    assert isinstance(verdict(a_raw_hit(address=address, bots="1"), agent), Allowance)


@pytest.mark.parametrize(
    "purposes",
    [
        {b"sec-purpose": b"prefetch"},
        {b"sec-purpose": b"prefetch;anonymous-client-ip"},
        {b"sec-purpose": b"prefetch;prerender-until-script"},
        {b"purpose": b"prefetch"},
        {b"sec-purpose": b"something-new", b"purpose": b"prefetch"},
    ],
)
def test_what_is_fetched_ahead_is_refused(purposes: dict[bytes, bytes]) -> None:
    assert verdict(a_raw_hit(), headers=purposes) is Refusal.PREFETCH


@pytest.mark.parametrize(
    "purposes",
    [
        {b"sec-purpose": b"prefetch;prerender"},
        {b"sec-purpose": b"prefetch; prerender"},
        {b"sec-purpose": b"prefetch;anonymous-client-ip;prerender"},
        {b"sec-purpose": b"prefetch;prerender", b"purpose": b"prefetch"},
        {b"sec-purpose": b"something-new"},
    ],
)
def test_what_a_prerendered_page_sends_is_recorded(purposes: dict[bytes, bytes]) -> None:
    assert isinstance(verdict(a_raw_hit(), headers=purposes), Allowance)


@given(st.sampled_from(ZONES), st.integers(0, 4_000_000_000))
@example("Pacific/Apia", 1_325_239_199)
@example("Asia/Kathmandu", 504_901_799)
def test_a_day_is_the_local_day_of_the_site(zone: str, seconds: int) -> None:
    local = datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo(zone)).date()

    assert date(1970, 1, 1) + timedelta(days=day_in(zone, seconds * 1000)) == local


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("Europe/Berlin", "2025-03-29T22:59:59+00:00", "2025-03-29"),
        ("Europe/Berlin", "2025-03-29T23:00:00+00:00", "2025-03-30"),
        ("Europe/Berlin", "2025-03-30T21:59:59+00:00", "2025-03-30"),
        ("Europe/Berlin", "2025-03-30T22:00:00+00:00", "2025-03-31"),
        ("America/New_York", "2025-11-03T04:59:59+00:00", "2025-11-02"),
        ("America/New_York", "2025-11-03T05:00:00+00:00", "2025-11-03"),
        ("Asia/Kathmandu", "2025-11-23T18:15:00+00:00", "2025-11-24"),
        ("Pacific/Kiritimati", "2025-11-23T10:00:00+00:00", "2025-11-24"),
    ],
)
def test_a_day_begins_at_the_sites_midnight(zone: str, moment: str, day: str) -> None:
    time = int(datetime.fromisoformat(moment).timestamp() * 1000)

    assert date(1970, 1, 1) + timedelta(days=day_in(zone, time)) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        (str(RECEIVED // 1000 - 60), RECEIVED - 60_000),
        ("2025-11-24 11:59:00", RECEIVED - 60_000),
        ("2025-11-24T12:59:00+01:00", RECEIVED - 60_000),
        (str(RECEIVED // 1000 - 86_400), RECEIVED - DAY),
        (f"{RECEIVED // 1000 - 60}.25", RECEIVED - 60_000),
        (f"{RECEIVED // 1000 - 60}.0", RECEIVED - 60_000),
        (str(RECEIVED // 1000 + 3_600), RECEIVED),
        (str(RECEIVED // 1000 + 1), RECEIVED),
        ("100", RECEIVED),
        ("0", RECEIVED),
        ("-5", RECEIVED),
        ("yesterday", RECEIVED),
        ("9999-12-31 23:59:59", RECEIVED),
        ("0001-01-01T00:00:00+14:00", RECEIVED),
        ("nan", RECEIVED),
        ("inf", RECEIVED),
        ("9" * 30, RECEIVED),
        ("9" * 5000, RECEIVED),
    ],
)
def test_a_time_of_ones_own_counts_if_it_can_be_right(text: str, time: int) -> None:
    assert time_of(text, RECEIVED, authorised=False) == time


@pytest.mark.parametrize(
    ("text", "before", "time"),
    [
        ("", "60", RECEIVED - 60_000),
        ("", "-60", RECEIVED - 60_000),
        (str(RECEIVED // 1000 - 60), "60", RECEIVED - 120_000),
        (str(RECEIVED // 1000 - 60), "soon", RECEIVED - 60_000),
        (str(RECEIVED // 1000 - 60), "9" * 5000, RECEIVED - 60_000),
        ("", "30.5", RECEIVED - 30_000),
        ("", "0", RECEIVED),
        ("", "soon", RECEIVED),
        ("", "nan", RECEIVED),
        ("", "9" * 30, RECEIVED),
    ],
)
def test_a_time_may_be_told_by_how_long_ago_it_was(text: str, before: str, time: int) -> None:
    assert time_of(text, RECEIVED, authorised=False, seconds_before=before) == time


@pytest.mark.parametrize(
    ("text", "before"), [(str(RECEIVED // 1000 - 86_401), ""), ("2025-11-20 00:00:00", ""), ("", "86401")]
)
def test_a_time_of_long_ago_needs_a_token(text: str, before: str) -> None:
    assert time_of(text, RECEIVED, authorised=True, seconds_before=before) < RECEIVED - DAY
    with pytest.raises(RequestError, match="token_auth"):
        time_of(text, RECEIVED, authorised=False, seconds_before=before)


@given(st.text() | st.from_regex(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?", fullmatch=True), st.text("0123456789-"))
def test_any_time_is_a_time(text: str, before: str) -> None:
    time = time_of(text, RECEIVED, authorised=True, seconds_before=before)

    assert RECEIVED - 20 * 365 * DAY <= time <= RECEIVED


def test_a_sites_hosts_are_those_of_its_addresses() -> None:
    assert site_hosts(("https://Shop.Example.org:8443/a", "http://b.example")) == {"shop.example.org", "b.example"}
