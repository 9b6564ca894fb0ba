"""What becomes of a hit: recorded with what may be kept of it, or refused without a trace."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha1
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import json, msgpack

from builders import NOON
from pellucid.collect.collector import Asker
from pellucid.collect.matters import LONGEST_JSON
from pellucid.enrich.place import CONTINENT
from pellucid.errors import RequestError, Unavailable
from pellucid.model.hit import Device, Hit, HitKind, Place
from pellucid.model.site import Site
from strategies import HEADERS, PARAMETERS
from tracking import (
    ADDRESS,
    FIREFOX,
    GOOGLEBOT,
    LIBRARY,
    NUMBER,
    PLAIN,
    TOKEN,
    Tracking,
    a_collector,
    kept_nowhere,
    track,
)
from unit.collect.asking import an_asker, collected

VISITORS = ("0123456789abcdef", "fedcba9876543210")


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
        ({"country": " de "}, Place("eur", "de")),
        ({"country": "Germany"}, Place("eur", "gb")),
        ({"country": "276"}, Place("eur", "gb")),
        ({"country": "Germany", "city": "Berlin"}, Place("eur", "gb", "", "Berlin")),
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
    assert not cookieless.nameless
    assert cookieless.visitor_id not in {0, int(VISITORS[0], 16)}
    assert strict.visitor_id != stranger.visitor_id
    assert (strict.fingerprint, strict.resolution) == (0, "")
    assert (strict.alone, cookieless.alone, cookie.alone) == (True, False, False)
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
    assert (cookie.named, server.named, user.named, user.user_id) == (False, True, False, "somebody")
    assert cookie.fingerprint == server.fingerprint == user.fingerprint != 0


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


@pytest.mark.parametrize(
    ("told", "second"),
    [
        ({}, 12 * 3600),
        ({"m": "5"}, 12 * 3600 + 300),
        ({"h": "0"}, 0),
        ({"h": "23", "m": "59", "s": "59"}, 86_399),
        ({"h": "24", "m": "99", "s": "61"}, 0),
        ({"h": "-3", "m": "", "s": "x"}, 12 * 3600),
        ({"h": "9" * 99, "m": "1", "s": "1"}, 12 * 3600 + 61),
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

    assert len(items) < LONGEST_JSON
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
        assert hit.local_second is not None
        assert 0 <= hit.local_second < 86_400
        assert 0 <= hit.visitor_id < 2**64
        assert hit.place.continent == CONTINENT.get(hit.place.country, "")
        texts = [hit.url, hit.title, hit.source.url, hit.source.name, hit.user_id, hit.language, hit.resolution]
        assert max(map(len, texts)) <= 1024
        assert b"\0" not in json.encode(hit)
        assert b"\\u0000" not in json.encode(hit)


def failing(error: Exception) -> Callable[[str], Place]:
    """A look-up of places that fails for one address."""

    def place(address: str) -> Place:
        if address == "9.9.9.0":
            raise error
        return Place()

    return place


def test_an_entry_that_nobody_thought_of_costs_itself_alone(caplog: pytest.LogCaptureFixture) -> None:
    collector, kept = collected(failing(ValueError("secret")))
    wrong = PLAIN | {"cip": "9.9.9.9", "action_name": "secret"}

    told = asyncio.run(collector.collect_each(an_asker(), [PLAIN, wrong, wrong, PLAIN], TOKEN))

    assert (told.outcomes, told.invalid, len(kept), collector.recorded) == ([None, None], [1, 2], 2, 2)
    (record,) = caplog.records
    assert (record.name, record.getMessage()) == ("pellucid.collect", "An entry of a bulk failed, and counts as wrong")


def test_a_hit_that_nobody_thought_of_is_wrong(caplog: pytest.LogCaptureFixture) -> None:
    collector, kept = collected(failing(ValueError("secret")))

    with pytest.raises(RequestError, match="can not be understood"):
        asyncio.run(collector.collect(an_asker(), PLAIN | {"cip": "9.9.9.9"}, TOKEN))

    assert kept == []
    assert [record.getMessage() for record in caplog.records] == ["A hit failed, and counts as wrong"]


@pytest.mark.parametrize("error", [OSError("The disk is full."), Unavailable("Later.")])
def test_what_fails_here_is_no_fault_of_an_entry(error: Exception) -> None:
    collector, kept = collected(failing(error))

    with pytest.raises(type(error)):
        asyncio.run(collector.collect_each(an_asker(), [PLAIN, PLAIN | {"cip": "9.9.9.9"}], TOKEN))

    assert kept == []


def test_what_the_server_itself_can_not_read_makes_no_hit_wrong() -> None:
    def site(number: int) -> Site:
        raise ValueError(number)

    collector = a_collector(kept_nowhere, site=site)

    with pytest.raises(RuntimeError, match="can not be read"):
        asyncio.run(collector.collect(an_asker(), PLAIN, TOKEN))
    with pytest.raises(RuntimeError, match="can not be read"):
        asyncio.run(collector.collect_each(an_asker(), [PLAIN], TOKEN))


@pytest.mark.parametrize("charset", ["undefined", "idna", "a\0b", "unicode_escape"])
def test_a_charset_that_is_none_costs_no_hit(tmp_path: Path, charset: str) -> None:
    searching = {"cs": charset, "url": "http://site.example/?q=%E9%5Cud800"}

    async def steps(one: Tracking) -> None:
        assert (await one.get(**searching)).status_code == 200
        assert (await one.post(json.encode({"requests": [PLAIN, PLAIN | searching]}))).json()["tracked"] == 2

    found = [hit.search.keyword for hit in track(tmp_path, steps).hits() if hit.search]

    assert found == ["\N{REPLACEMENT CHARACTER}\\ud800"] * 2
