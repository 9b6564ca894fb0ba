"""What becomes of a hit: recorded with what may be kept of it, or refused without a trace."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import blake2b, md5, sha1, sha256
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import json, msgpack

from builders import NOON
from pellucid.collect.collector import Asker, Collector, Devices
from pellucid.collect.matters import LONGEST_ITEMS
from pellucid.enrich.place import CONTINENT
from pellucid.errors import RequestError
from pellucid.model.hit import Device, Hit, HitKind, Place
from pellucid.policy.decision import Refusal
from pellucid.policy.presets import PRESETS
from strategies import HEADERS, PARAMETERS
from tracking import ADDRESS, FIREFOX, GOOGLEBOT, LIBRARY, NUMBER, PLAIN, TOKEN, Tracking, a_collector, track

VISITORS = ("0123456789abcdef", "fedcba9876543210")


def collected(
    place: Callable[[str], Place] | None = None, devices: Devices | None = None
) -> tuple[Collector, list[bytes]]:
    """A collector, and what it encoded."""
    kept: list[bytes] = []

    async def append(rows: Sequence[tuple[int, bytes]]) -> None:
        kept.extend(body for _, body in rows)

    return a_collector(append, place, devices), kept


def an_asker(**headers: str) -> Asker:
    """Someone with Firefox, at `ADDRESS`."""
    told = {"user-agent": FIREFOX} | {name.replace("_", "-"): value for name, value in headers.items()}
    return Asker(ADDRESS, {name.encode(): value.encode() for name, value in told.items()})


def test_a_page_view_is_kept_with_what_is_learnt_from_it(tmp_path: Path) -> None:
    async def steps(one: Tracking) -> None:
        await one.get(
            url="http://site.example/a?x=1&gclid=2#part",
            action_name=" Title ",
            urlref="http://www.google.de/?q=chain",
            res="1920x1080",
            pv_id="abcdef",
            h="7",
            m="8",
            s="9",
        )

    (hit,) = track(tmp_path, steps).hits()

    assert (hit.url, hit.title, hit.kind) == ("http://site.example/a?x=1", "Title", HitKind.PAGEVIEW)
    assert (hit.source.kind, hit.source.name, hit.source.keyword) == ("search", "Google", "chain")
    assert (hit.device.browser, hit.device.system, hit.device.type) == ("Firefox", "GNU/Linux", "desktop")
    assert (hit.place.country, hit.language, hit.resolution) == ("gb", "de-at", "1920x1080")
    assert (hit.local_second, hit.pageview_id, hit.masked_address) == (7 * 3600 + 8 * 60 + 9, "abcdef", "")
    assert hit.time == hit.received == NOON


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
    ({}, {"User-Agent": GOOGLEBOT}, Refusal.ROBOT),
    ({"uid": "", "_id": ""}, {"User-Agent": LIBRARY}, Refusal.ROBOT),
    ({"token_auth": "wrong", "uid": ""}, {"User-Agent": LIBRARY}, Refusal.ROBOT),
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
            assert "set-cookie" not in answer.headers
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


@pytest.mark.parametrize(
    ("told", "headers"),
    [
        ({"consent": "1"}, {"Sec-GPC": "1", "DNT": "1"}),
        ({"consent": "1", "idsite": NUMBER["consent"]}, {}),
        ({"bots": "1"}, {"User-Agent": GOOGLEBOT}),
        ({"_id": VISITORS[0]}, {"User-Agent": LIBRARY}),
        ({"cid": VISITORS[0]}, {"User-Agent": LIBRARY}),
        ({"uid": "somebody"}, {"User-Agent": LIBRARY}),
        ({"token_auth": TOKEN}, {"User-Agent": LIBRARY}),
        ({"cid": ""}, {}),
        ({}, {"User-Agent": FIREFOX.replace("Firefox", "HeadlessChrome")}),
        ({}, {"DNT": "0", "Sec-GPC": "0", "Cookie": "not_matomo_ignore=1"}),
        ({"ping": "1", "ca": "1"}, {}),
    ],
)
def test_what_may_be_recorded_is(tmp_path: Path, told: dict[str, str], headers: dict[str, str]) -> None:
    async def steps(one: Tracking) -> None:
        assert (await one.get(headers, **told)).headers["pellucid-verdict"] == "recorded"

    assert len(track(tmp_path, steps).hits()) == 1


@pytest.mark.parametrize("way", ["query", "form", "bearer", "bulk"])
def test_a_token_lets_a_server_speak_for_its_visitors(tmp_path: Path, way: str) -> None:
    told = {"cip": "133.1.2.3", "cdt": "2025-11-01 10:00:00", "ua": FIREFOX.replace("140", "139"), "lang": "fr"}

    async def steps(one: Tracking) -> None:
        given = PLAIN | told
        match way:
            case "query":
                answer = await one.client.get("/matomo.php", params=given | {"token_auth": TOKEN})
            case "form":
                answer = await one.client.post("/matomo.php", data=given | {"token_auth": TOKEN})
            case "bearer":
                answer = await one.client.get("/matomo.php", params=given, headers={"Authorization": f"bearer {TOKEN}"})
            case _:
                answer = await one.post(json.encode({"requests": [given], "token_auth": TOKEN}))
        assert answer.status_code == 200

    (hit,) = track(tmp_path, steps).hits()

    assert (hit.place.country, hit.language, hit.device.browser_version) == ("jp", "fr", "139.0")
    assert hit.time == int(datetime(2025, 11, 1, 10, tzinfo=UTC).timestamp() * 1000)
    assert hit.received == NOON


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ({"country": "DE"}, Place("eur", "de")),
        ({"country": "de", "region": "BE", "city": "Berlin"}, Place("eur", "de", "BE", "Berlin")),
        ({"city": "London"}, Place("eur", "gb", "", "London")),
        ({"cip": "133.1.2.3", "region": "13"}, Place("asi", "jp", "13")),
        ({"lat": "52.5", "long": "13.4"}, Place("eur", "gb", latitude=52.5, longitude=13.4)),
        ({"lat": "181", "long": "x"}, Place("eur", "gb")),
        ({}, Place("eur", "gb")),
    ],
)
def test_a_server_may_say_where_its_visitor_is(tmp_path: Path, told: dict[str, str], place: Place) -> None:
    async def steps(one: Tracking) -> None:
        await one.get(token_auth=TOKEN, **told)

    assert track(tmp_path, steps).hits()[0].place == place


@pytest.mark.parametrize(
    ("preset", "seen"),
    [
        ("cookieless", {"81.2.69.0", "2001:db8:1::"}),
        ("strict", {"81.2.69.0", "2001:db8:1::"}),
        ("exempt-fr", {"81.2.0.0", "2001:db8::"}),
        ("consent", {"81.2.69.0", "2001:db8:1::"}),
        ("matomo", {ADDRESS, "2001:db8:1:2:3:4:5:6"}),
    ],
)
def test_place_is_looked_up_for_a_masked_address(preset: str, seen: set[str]) -> None:
    asked: set[str] = set()

    def place(address: str) -> Place:
        asked.add(address)
        return Place()

    collector, kept = collected(place)
    for address in (ADDRESS, f"::ffff:{ADDRESS}", "2001:db8:1:2:3:4:5:6"):
        parameters = PLAIN | {"idsite": NUMBER[preset], "consent": "1"}
        asyncio.run(collector.collect(Asker(address, {b"user-agent": FIREFOX.encode()}), parameters, ""))

    assert len(kept) == 3
    assert asked == seen


class Asked:
    """Devices that are not known yet; it remembers what it was asked for."""

    def __init__(self) -> None:
        self.questions: list[tuple[str, str]] = []

    def known(self, user_agent: str, hints: str = "") -> Device | None:
        del user_agent, hints
        return None

    async def device(self, user_agent: str, hints: str = "", longest: float = 0.0) -> Device:
        del longest
        self.questions.append((user_agent, hints))
        return Device(browser="Browser")


@pytest.mark.parametrize(
    ("preset", "given", "read"),
    [
        ("cookieless", '{"model":"x"}', '{"model":"x"}'),
        ("strict", '{"model":"x"}', ""),
        ("exempt-fr", '{"model":"x"}', ""),
        ("matomo", "x" * 4097, ""),
    ],
)
def test_hints_are_read_where_the_settings_read_the_browser(preset: str, given: str, read: str) -> None:
    devices = Asked()
    collector, kept = collected(devices=devices)
    told = PLAIN | {"idsite": NUMBER[preset], "uadata": given, "ua": FIREFOX + "x" * 9_999}

    asyncio.run(collector.collect(an_asker(), told, ""))

    assert devices.questions == [((FIREFOX + "x" * 9_999)[:1024], read)]
    assert msgpack.decode(kept[0], type=Hit).device.browser == "Browser"


def test_a_visitor_is_known_as_the_preset_allows(tmp_path: Path) -> None:
    async def steps(one: Tracking) -> None:
        for preset in ("cookieless", "strict", "matomo"):
            for identifier in VISITORS:
                await one.get(idsite=NUMBER[preset], _id=identifier, res="1x1")

    cookieless, other, strict, stranger, cookie, another = track(tmp_path, steps).hits()

    assert cookieless.visitor_id == cookieless.fingerprint == other.visitor_id
    assert cookieless.visitor_id not in {0, int(VISITORS[0], 16)}
    assert strict.visitor_id != stranger.visitor_id
    assert (strict.fingerprint, strict.resolution) == (0, "")
    assert (cookie.visitor_id, another.visitor_id) == (int(VISITORS[0], 16), int(VISITORS[1], 16))
    assert (cookie.masked_address, cookieless.masked_address) == ("81.2.0.0", "")


def test_a_user_id_counts_before_what_a_server_or_a_cookie_says() -> None:
    collector, kept = collected()
    told = PLAIN | {"idsite": NUMBER["matomo"], "_id": VISITORS[0]}

    for more in ({}, {"cid": VISITORS[1]}, {"cid": VISITORS[1], "uid": "somebody"}):
        asyncio.run(collector.collect(an_asker(), told | more, ""))
    cookie, server, user = (msgpack.decode(body, type=Hit) for body in kept)

    assert (f"{cookie.visitor_id:016x}", f"{server.visitor_id:016x}") == VISITORS
    assert f"{user.visitor_id:016x}" == sha1(b"somebody", usedforsecurity=False).hexdigest()[:16]
    assert (server.fingerprint, user.user_id) == (0, "somebody")
    assert cookie.fingerprint == user.fingerprint != 0


@pytest.mark.parametrize("preset", ["strict", "exempt-fr"])
def test_a_user_id_is_not_kept_where_the_settings_have_none(preset: str) -> None:
    collector, kept = collected()

    asyncio.run(collector.collect(an_asker(), PLAIN | {"idsite": NUMBER[preset], "uid": "somebody"}, ""))
    hit = msgpack.decode(kept[0], type=Hit)

    assert hit.user_id == ""
    assert f"{hit.visitor_id:016x}" != sha1(b"somebody", usedforsecurity=False).hexdigest()[:16]
    assert b"somebody" not in kept[0]


def test_a_visitor_is_another_one_on_the_next_day_of_the_site() -> None:
    collector, kept = collected()

    for cdt in ("2025-11-23 23:59:59", "2025-11-24 00:00:00", "2025-11-24 11:00:00"):
        asyncio.run(collector.collect(an_asker(), PLAIN | {"cdt": cdt}, ""))
    yesterday, midnight, noon = (msgpack.decode(body, type=Hit) for body in kept)

    assert (yesterday.day + 1, midnight.day) == (noon.day, noon.day)
    assert yesterday.visitor_id != midnight.visitor_id == noon.visitor_id


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


@pytest.mark.parametrize(
    ("told", "second"),
    [
        ({}, None),
        ({"m": "5"}, None),
        ({"h": "0"}, 0),
        ({"h": "23", "m": "59", "s": "59"}, 86_399),
        ({"h": "24", "m": "99", "s": "9" * 99}, 86_399),
        ({"h": "-3", "m": "", "s": "x"}, 0),
    ],
)
def test_the_visitors_own_time_is_one_of_a_day(told: dict[str, str], second: int) -> None:
    collector, kept = collected()

    asyncio.run(collector.collect(an_asker(), PLAIN | told, ""))

    assert msgpack.decode(kept[0], type=Hit).local_second == second


def test_an_order_keeps_its_items() -> None:
    collector, kept = collected()
    items = json.encode([[f"SKU{number}", "Bicycle", "Bikes", 1000, 1] for number in range(1000)]).decode()

    asyncio.run(collector.collect(an_asker(), PLAIN | {"idgoal": "0", "ec_id": "7", "ec_items": items}, ""))
    hit = msgpack.decode(kept[0], type=Hit)

    assert len(items) < LONGEST_ITEMS
    assert hit.kind is HitKind.ORDER
    assert [item.sku for item in hit.sale.items] == [f"SKU{number}" for number in range(1000)]
    assert {(item.name, item.categories, item.price) for item in hit.sale.items} == {("Bicycle", ("Bikes",), 1000.0)}


@settings(max_examples=200)
@given(PARAMETERS, HEADERS, st.sampled_from(["", TOKEN]))
def test_whatever_a_request_says_it_is_recorded_refused_or_told_what_is_wrong(
    told: dict[str, str], headers: dict[bytes, bytes], token: str
) -> None:
    collector, kept = collected()

    try:
        outcome = asyncio.run(collector.collect(Asker(ADDRESS, headers), PLAIN | told, token))
    except RequestError:
        assert (kept, collector.recorded, collector.take_refused()) == ([], 0, {})
        return

    assert len(kept) == collector.recorded == (outcome is None)
    refused = {reason for _site, _day, reason in collector.take_refused()}
    assert refused == {outcome} - {None}
    for body in kept:
        hit = msgpack.decode(body, type=Hit)
        assert NOON - 20 * 365 * 86_400_000 <= hit.time <= NOON + 600_000
        assert hit.local_second is None or 0 <= hit.local_second < 86_400
        assert 0 <= hit.visitor_id < 2**64
        assert hit.place.continent == CONTINENT.get(hit.place.country, "")
        texts = [hit.url, hit.title, hit.source.url, hit.source.name, hit.user_id, hit.language, hit.resolution]
        assert max(map(len, texts)) <= 1024
        assert b"\0" not in json.encode(hit)
        assert b"\\u0000" not in json.encode(hit)


def test_a_bulk_gives_way_to_others() -> None:
    collector, _ = collected()
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def sending() -> None:
        other = asyncio.create_task(others())
        await collector.collect_each(an_asker(), [PLAIN] * 1000, "")
        other.cancel()

    asyncio.run(sending())

    assert collector.recorded == 1000
    assert turns >= 9
