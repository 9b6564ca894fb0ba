"""What of a hit is nowhere: all of one that is refused; address and user agent of any."""

import asyncio
import logging
from hashlib import blake2b, md5, sha1, sha256
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlencode

import pytest
from msgspec import json

from builders import NOON
from pellucid.collect.collector import Asker
from pellucid.policy.decision import Refusal
from pellucid.policy.presets import PRESETS
from tracking import FIREFOX, GOOGLEBOT, LIBRARY, NUMBER, PLAIN, TOKEN, Tracking, track
from unit.collect.asking import an_asker, collected

ANEW = ["matomo_ignore=ignore%3DKg%3D%3D; HttpOnly; Max-Age=946080000; Path=/; SameSite=none; Secure"]
RENEWED = {"matomo_ignore=ignore%3DKg%3D%3D": ANEW, "a=b; piwik_ignore=1": ANEW}
"""By the cookies that a hit shows: the objection alone is set again."""
VISITORS = ("0123456789abcdef", "fedcba9876543210")


REFUSED: list[tuple[dict[str, str], dict[str, str], Refusal]] = [
    ({"optout": "1"}, {}, Refusal.OPTED_OUT),
    ({}, {"Cookie": "matomo_ignore=ignore%3DKg%3D%3D"}, Refusal.OPTED_OUT_OF_INSTANCE),
    ({}, {"Cookie": "a=b; piwik_ignore=1"}, Refusal.OPTED_OUT_OF_INSTANCE),
    ({"consent": "0"}, {}, Refusal.CONSENT_WITHDRAWN),
    ({}, {"Sec-GPC": "1"}, Refusal.GLOBAL_PRIVACY_CONTROL),
    ({}, {"DNT": "1"}, Refusal.DO_NOT_TRACK),
    ({}, {"X-Do-Not-Track": "1"}, Refusal.DO_NOT_TRACK),
    ({"idsite": NUMBER["consent"]}, {}, Refusal.CONSENT_MISSING),
    ({"rec": "0"}, {}, Refusal.NOT_FOR_RECORDING),
    ({"rec": ""}, {}, Refusal.NOT_FOR_RECORDING),
    ({}, {"X-Purpose": "preview"}, Refusal.PREFETCH),
    ({}, {"X-Purpose": "instant"}, Refusal.PREFETCH),
    ({}, {"X-Moz": "prefetch"}, Refusal.PREFETCH),
    ({}, {"Purpose": "prefetch"}, Refusal.PREFETCH),
    ({}, {"Sec-Purpose": "prefetch"}, Refusal.PREFETCH),
    ({}, {"Sec-Purpose": "prefetch;anonymous-client-ip"}, Refusal.PREFETCH),
    ({}, {"Purpose": "prefetch", "Sec-Purpose": "prefetch"}, Refusal.PREFETCH),
    ({}, {"User-Agent": GOOGLEBOT}, Refusal.ROBOT),
    ({"uid": "", "_id": ""}, {"User-Agent": LIBRARY}, Refusal.ROBOT),
    ({"token_auth": "wrong", "uid": ""}, {"User-Agent": LIBRARY}, Refusal.ROBOT),
    ({"cip": "66.249.66.1", "token_auth": TOKEN}, {}, Refusal.ROBOT),
    ({"urlref": "http://semalt.com/marker"}, {}, Refusal.REFERRER_SPAM),
    ({"optout": "1", "rec": "0", "consent": "1"}, {"User-Agent": GOOGLEBOT, "Sec-GPC": "1"}, Refusal.OPTED_OUT),
    ({"optout": "1", "token_auth": TOKEN, "bots": "1"}, {}, Refusal.OPTED_OUT),
]


@pytest.mark.parametrize(("told", "headers", "reason"), REFUSED)
def test_a_refused_hit_leaves_nothing_and_says_so(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    told: dict[str, str],
    headers: dict[str, str],
    reason: Refusal,
) -> None:
    caplog.set_level(logging.DEBUG, "pellucid")
    given = PLAIN | {"action_name": "marker", "uid": "marker", "url": "http://site.example/marker"} | told

    async def steps(one: Tracking) -> None:
        answers = [
            await one.client.get("/matomo.php", params=given, headers=headers),
            await one.client.post("/matomo.php", data=given, headers=headers),
            await one.post(json.encode({"requests": [given, "?" + urlencode(given)]}), headers),
        ]

        for answer in answers:
            assert answer.status_code == 200
            assert answer.headers["pellucid-verdict"] == f"refused; reason={reason}"
            assert answer.headers.get_list("set-cookie") == RENEWED.get(headers.get("Cookie", ""), [])
            assert "marker" not in answer.text + str(answer.headers)
        assert answers[-1].json() == {"status": "success", "tracked": 2, "invalid": 0} | (
            {"invalid_indices": []} if "token_auth" in told and told["token_auth"] == TOKEN else {}
        )

    one = track(tmp_path, steps)

    assert b"marker" not in one.bytes_while_open + one.bytes_on_disk()
    assert caplog.records == []
    assert one.hits() == []
    assert one.collector.recorded == 0
    counted = one.collector.take_refused()
    assert {counted_reason for _site, _day, counted_reason in counted} == {reason}
    assert counted.total() == 4


@pytest.mark.parametrize("preset", PRESETS)
def test_refusals_are_counted_by_the_day_of_the_site_unless_its_settings_forbid_it(preset: str) -> None:
    collector, _ = collected()

    asyncio.run(collector.collect(an_asker(), PLAIN | {"idsite": NUMBER[preset], "optout": "1"}, ""))

    counts = preset not in {"strict", "exempt-fr"}
    expected = {(int(NUMBER[preset]), NOON // 86_400_000, Refusal.OPTED_OUT): 1} if counts else {}
    assert collector.take_refused() == expected
    assert collector.take_refused() == {}


def test_the_search_for_what_a_hit_leaves_finds_it(tmp_path: Path) -> None:
    async def steps(one: Tracking) -> None:
        await one.get(action_name="marker")

    one = track(tmp_path, steps)

    assert b"marker" in one.bytes_while_open
    assert b"marker" in one.bytes_on_disk()


def every_form(text: str) -> set[bytes]:
    """A text as it might be written: itself, in hexadecimal digits, as its usual digests."""
    plain = text.encode()
    digests = [hashed(plain).digest() for hashed in (md5, sha1, sha256, blake2b)]
    forms = {plain, *digests, plain.hex().encode()} | {digest.hex().encode() for digest in digests}
    return forms | {form.upper() for form in forms} | {form[:8] for form in digests}


def every_form_of_address(text: str) -> set[bytes]:
    """An address as it might be written: as a text, packed, as a number."""
    packed = ip_address(text).packed
    numbers = {int.from_bytes(packed), int.from_bytes(packed, "little")}
    texts = {text, ip_address(text).exploded, text.rpartition("." if "." in text else ":")[0]}
    written = {packed, packed[::-1], packed.hex().encode(), *(str(number).encode() for number in numbers)}
    return written.union(*map(every_form, texts))


@pytest.mark.parametrize("address", ["143.27.201.86", "2001:db8:a1b2:c3d4:e5f6:1728:394a:5b6c"])
@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("way", ["connection", "parameters"])
def test_a_hit_holds_neither_address_nor_user_agent(preset: str, address: str, way: str) -> None:
    collector, kept = collected()
    agent = f"{FIREFOX} Agent/markeragent"
    fields = {
        "url": "http://site.example/marker01?q=marker02",
        "action_name": "marker03",
        "urlref": "http://other.example/marker04",
        "e_c": "marker05",
        "e_a": "marker06",
        "e_n": "marker07",
        "cvar": '{"1":["marker08","x"]}',
        "dimension1": "marker09",
        "unknown": "marker10",
        "uadata": '{"model":"marker11"}',
    }
    given = PLAIN | fields | {"idsite": NUMBER[preset], "consent": "1", "_id": VISITORS[0]}
    asker = Asker(address, {b"user-agent": agent.encode(), b"cookie": b"a=marker12", b"x-other": b"marker13"})
    if way == "parameters":
        asker, given = Asker("10.0.0.1", {}), given | {"cip": address, "ua": agent, "token_auth": TOKEN}

    asyncio.run(collector.collect(asker, given, ""))

    for number in range(1, 9):
        assert f"marker{number:02}".encode() in kept[0]
    for number in range(9, 14):
        assert f"marker{number:02}".encode() not in kept[0]
    for form in every_form_of_address(address) | every_form(agent) | {b"markeragent", TOKEN.encode()}:
        assert form not in kept[0], form
