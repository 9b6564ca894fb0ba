"""The tracking address as a whole: real parameters in, a real journal behind."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from msgspec import json, msgpack

from builders import NOON
from pellucid.collect.collector import Collector, Parts
from pellucid.collect.endpoint import LARGEST_BODY, TrackingEndpoint
from pellucid.enrich.device import fast_device
from pellucid.enrich.place import Places
from pellucid.enrich.robots import agent
from pellucid.errors import JournalUnavailable
from pellucid.journal.journal import Journal
from pellucid.journal.reader import JournalReader
from pellucid.model.hit import Device, Hit, HitKind
from pellucid.model.site import Site
from pellucid.policy.presets import PRESETS

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
GIF = bytes.fromhex("47494638396101000100800000000000000000")[:6]
PLAIN = {"idsite": "1", "rec": "1", "url": "http://site.example/"}
TOKEN = "a token"


class FastDevices:
    """The fast parser alone: a device is known at once."""

    def known(self, user_agent: str, hints: str = "") -> Device | None:
        del hints
        return fast_device(user_agent)

    async def device(self, user_agent: str, hints: str = "") -> Device:
        del hints
        return fast_device(user_agent)


def a_site(number: int, preset: str) -> Site:
    return Site(
        id=number,
        name=preset,
        urls=("http://site.example",),
        timezone="UTC",
        currency="EUR",
        ecommerce=False,
        privacy=PRESETS[preset],
        created=datetime.now(UTC),
    )


SITES = {number: a_site(number, preset) for number, preset in enumerate(PRESETS, start=1)}
NUMBER = {site.name: str(number) for number, site in SITES.items()}


class Tracking:
    """The endpoint on a journal in a directory of its own."""

    def __init__(self, directory: Path, client: httpx2.AsyncClient, collector: Collector) -> None:
        self.directory = directory
        self.client = client
        self.collector = collector

    async def get(self, headers: Mapping[str, str] | None = None, **given: str) -> httpx2.Response:
        return await self.client.get("/matomo.php", params=PLAIN | given, headers=dict(headers or {}))

    def hits(self) -> list[Hit]:
        """Return what is in the journal."""
        reader = JournalReader(self.directory)
        found = [msgpack.decode(entry.body, type=Hit) for entry in reader.read({}, 1 << 60, 10_000)]
        reader.close()
        return found

    def files(self) -> bytes:
        return b"".join(path.read_bytes() for path in self.directory.iterdir())


@asynccontextmanager
async def tracking(directory: Path, append: Callable[..., Any] | None = None) -> AsyncIterator[Tracking]:
    journal = Journal(directory, 1 << 30)
    parts = Parts(
        site=SITES.get,
        may_write=lambda token, _site: token == TOKEN,
        salt=lambda site, day: f"{site.id} {day}".encode(),
        agent=agent,
        devices=FastDevices(),
        place=Places(None, monotonic).place,
        append=append or journal.append,
        now=lambda: NOON,
    )
    collector = Collector(parts)
    endpoint = TrackingEndpoint(collector, lambda peer, _forwarded: peer)
    transport = httpx2.ASGITransport(endpoint, client=("81.2.69.142", 1234))
    async with httpx2.AsyncClient(
        transport=transport,
        base_url="http://stats.example",
        headers={"User-Agent": FIREFOX, "Accept-Language": "de-AT,en;q=0.5"},
    ) as client:
        yield Tracking(directory, client, collector)
    journal.close()


def run(
    tmp_path: Path, steps: Callable[[Tracking], Coroutine[Any, Any, None]], append: Callable[..., Any] | None = None
) -> Tracking:
    async def whole() -> Tracking:
        async with tracking(tmp_path, append) as one:
            await steps(one)
            return one

    return asyncio.run(whole())


def test_a_hit_is_answered_with_an_image_or_nothing(tmp_path: Path) -> None:
    async def steps(one: Tracking) -> None:
        image, nothing = await one.get(), await one.get(send_image="0")

        assert (image.status_code, image.headers["content-type"], len(image.content)) == (200, "image/gif", 43)
        assert image.content.startswith(GIF)
        assert image.headers["cache-control"] == "no-store"
        assert image.headers["access-control-allow-origin"] == "*"
        assert (nothing.status_code, nothing.content) == (204, b"")
        assert image.headers["pellucid-verdict"] == nothing.headers["pellucid-verdict"] == "recorded"
        assert "set-cookie" not in image.headers

    assert len(run(tmp_path, steps).hits()) == 2


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

    (hit,) = run(tmp_path, steps).hits()

    assert (hit.url, hit.title, hit.kind) == ("http://site.example/a?x=1", "Title", HitKind.PAGEVIEW)
    assert (hit.source.kind, hit.source.name, hit.source.keyword) == ("search", "Google", "chain")
    assert (hit.device.browser, hit.device.system, hit.device.type) == ("Firefox", "GNU/Linux", "desktop")
    assert (hit.place.country, hit.language, hit.resolution) == ("gb", "de-at", "1920x1080")
    assert (hit.local_second, hit.pageview_id, hit.masked_address) == (7 * 3600 + 8 * 60 + 9, "abcdef", "")
    assert hit.time == hit.received == NOON


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain;charset=UTF-8"])
def test_a_post_is_read_as_a_form_and_its_origin_is_told_back(tmp_path: Path, kind: str) -> None:
    async def steps(one: Tracking) -> None:
        headers = {"Content-Type": kind, "Origin": "https://site.example"}
        answer = await one.client.post("/matomo.php", content=urlencode(PLAIN | {"action_name": "x"}), headers=headers)

        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "https://site.example"
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert "cache-control" not in answer.headers

    assert run(tmp_path, steps).hits()[0].title == "x"


def test_who_asks_what_may_be_sent_is_told(tmp_path: Path) -> None:
    async def steps(one: Tracking) -> None:
        answer = await one.client.options("/matomo.php")

        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["access-control-allow-methods"] == "GET, POST"
        assert answer.headers["access-control-allow-headers"] == "*"
        assert answer.headers["access-control-allow-origin"] == "*"

    run(tmp_path, steps)


def test_the_bare_address_tells_a_person_what_it_is(tmp_path: Path) -> None:
    async def steps(one: Tracking) -> None:
        answer = await one.client.get("/matomo.php")

        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")

    assert run(tmp_path, steps).hits() == []


def test_the_page_is_the_referring_one_where_no_other_is_named(tmp_path: Path) -> None:
    async def steps(one: Tracking) -> None:
        query = {"idsite": "1", "rec": "1"}
        await one.client.get("/matomo.php", params=query, headers={"Referer": "http://site.example/b"})

    assert run(tmp_path, steps).hits()[0].url == "http://site.example/b"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"idsite": "77"}, "no site '77'"),
        ({"idsite": ""}, "no site ''"),
        ({"idsite": "9" * 400}, "no site"),
        ({"cid": "123"}, "16 hexadecimal digits"),
        ({"cip": "1.2.3.4"}, "token_auth"),
        ({"cip": "1.2.3.4", "token_auth": "wrong"}, "token_auth"),
        ({"cdt": "2020-01-01 00:00:00"}, "token_auth"),
        ({"ca": "1"}, "ca=1"),
    ],
)
def test_a_wrong_hit_is_answered_with_400_and_why(tmp_path: Path, given: dict[str, str], told: str) -> None:
    async def steps(one: Tracking) -> None:
        answer = await one.get(**given)

        assert answer.status_code in {400, 404}
        assert told in answer.text
        assert "wrong" not in answer.text

    assert run(tmp_path, steps).hits() == []


def test_an_unknown_site_is_400_as_in_matomo(tmp_path: Path) -> None:
    async def steps(one: Tracking) -> None:
        assert (await one.get(idsite="77")).status_code == 400

    run(tmp_path, steps)


@pytest.mark.parametrize("way", ["query", "form", "bearer"])
def test_a_token_lets_a_server_speak_for_its_visitors(tmp_path: Path, way: str) -> None:
    told = {"cip": "133.1.2.3", "cdt": "2025-11-01 10:00:00", "ua": GOOGLEBOT.replace("Googlebot", "x"), "lang": "fr"}

    async def steps(one: Tracking) -> None:
        given = PLAIN | told | {"ua": FIREFOX.replace("140", "139")}
        match way:
            case "query":
                answer = await one.client.get("/matomo.php", params=given | {"token_auth": TOKEN})
            case "form":
                answer = await one.client.post("/matomo.php", data=given | {"token_auth": TOKEN})
            case _:
                answer = await one.client.get("/matomo.php", params=given, headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200

    (hit,) = run(tmp_path, steps).hits()

    assert (hit.place.country, hit.language, hit.device.browser_version) == ("jp", "fr", "139.0")
    assert hit.time == int(datetime(2025, 11, 1, 10, tzinfo=UTC).timestamp() * 1000)


def test_a_bulk_costs_only_its_wrong_entries(tmp_path: Path) -> None:
    async def steps(one: Tracking) -> None:
        query = "?" + urlencode(PLAIN)
        entries = [query, PLAIN | {"action_name": "x"}, "?idsite=77&rec=1", PLAIN | {"optout": "1"}]
        open_answer = await one.client.post("/matomo.php", content=json.encode({"requests": entries}))
        told = {"requests": entries, "token_auth": TOKEN}
        answer = await one.client.post("/piwik.php", content=json.encode(told))
        silent = await one.client.post("/matomo.php", content=json.encode({"requests": [query], "send_image": 0}))

        assert open_answer.json() == {"status": "success", "tracked": 3, "invalid": 1}
        assert answer.json() == {"status": "success", "tracked": 3, "invalid": 1, "invalid_indices": [2]}
        assert answer.headers["pellucid-verdict"] == "partly recorded; reason=opted-out"
        assert (silent.status_code, silent.content) == (204, b"")

    assert len(run(tmp_path, steps).hits()) == 5


@pytest.mark.parametrize("body", [b"{", b'{"requests": "?idsite=1"}'])
def test_a_broken_bulk_is_told_why(tmp_path: Path, body: bytes) -> None:
    async def steps(one: Tracking) -> None:
        answer = await one.client.post("/matomo.php", content=body)

        assert answer.status_code == 400
        assert "bulk request" in answer.text

    run(tmp_path, steps)


def test_what_is_too_large_is_refused_whole(tmp_path: Path) -> None:
    async def steps(one: Tracking) -> None:
        many = json.encode({"requests": ["?idsite=1"] * 10_001})

        assert (await one.client.post("/matomo.php", content=b"x" * (LARGEST_BODY + 1))).status_code == 413
        assert (await one.client.post("/matomo.php", content=many)).status_code == 413
        assert (await one.get(url="http://site.example/" + "x" * 8_200)).status_code == 414

    assert run(tmp_path, steps).hits() == []


def test_a_hit_that_can_not_be_written_is_answered_with_503(tmp_path: Path) -> None:
    async def append(_rows: object) -> None:
        raise JournalUnavailable("The disk is full.")

    async def steps(one: Tracking) -> None:
        answer = await one.get()

        assert answer.status_code == 503
        assert answer.headers["retry-after"]

    assert run(tmp_path, steps, append).collector.recorded == 0


REFUSED: list[tuple[dict[str, str], dict[str, str], str]] = [
    ({"optout": "1"}, {}, "opted-out"),
    ({}, {"Cookie": "matomo_ignore=ignore%3DKg%3D%3D"}, "opted-out-of-instance"),
    ({}, {"Cookie": "a=b; piwik_ignore=1"}, "opted-out-of-instance"),
    ({"consent": "0"}, {}, "consent-withdrawn"),
    ({}, {"Sec-GPC": "1"}, "global-privacy-control"),
    ({}, {"DNT": "1"}, "do-not-track"),
    ({}, {"X-Do-Not-Track": "1"}, "do-not-track"),
    ({"idsite": NUMBER["consent"]}, {}, "consent-missing"),
    ({"rec": "0"}, {}, "not-for-recording"),
    ({}, {"X-Purpose": "preview"}, "prefetch"),
    ({}, {"X-Moz": "prefetch"}, "prefetch"),
    ({}, {"User-Agent": GOOGLEBOT}, "robot"),
    ({"urlref": "http://semalt.com/marker"}, {}, "referrer-spam"),
    ({"optout": "1", "rec": "0"}, {"User-Agent": GOOGLEBOT, "Sec-GPC": "1"}, "opted-out"),
]


@pytest.mark.parametrize(("given", "headers", "reason"), REFUSED)
def test_a_refused_hit_leaves_nothing_and_says_so(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    given: dict[str, str],
    headers: dict[str, str],
    reason: str,
) -> None:
    caplog.set_level(logging.DEBUG, "pellucid")

    async def steps(one: Tracking) -> None:
        answer = await one.get(headers, **{"action_name": "marker", "uid": "marker"} | given)

        assert answer.status_code == 200
        assert len(answer.content) == 43
        assert answer.headers["pellucid-verdict"] == f"refused; reason={reason}"
        assert "set-cookie" not in answer.headers

    one = run(tmp_path, steps)

    assert one.hits() == []
    assert one.collector.recorded == 0
    assert dict(one.collector.refused) == {reason: 1}
    assert b"marker" not in one.files()
    assert caplog.records == []


@pytest.mark.parametrize(
    ("given", "headers"),
    [
        ({"consent": "1"}, {"Sec-GPC": "1", "DNT": "1"}),
        ({"consent": "1", "idsite": NUMBER["consent"]}, {}),
        ({"bots": "1"}, {"User-Agent": GOOGLEBOT}),
        ({"_id": "0123456789abcdef"}, {"User-Agent": "python-requests/2.32"}),
        ({}, {"User-Agent": FIREFOX.replace("Firefox", "HeadlessChrome")}),
    ],
)
def test_what_may_be_recorded_is(tmp_path: Path, given: dict[str, str], headers: dict[str, str]) -> None:
    async def steps(one: Tracking) -> None:
        assert (await one.get(headers, **given)).headers["pellucid-verdict"] == "recorded"

    assert len(run(tmp_path, steps).hits()) == 1


def test_a_visitor_is_known_as_the_preset_allows(tmp_path: Path) -> None:
    async def steps(one: Tracking) -> None:
        for preset in ("cookieless", "strict", "matomo"):
            for identifier in ("0123456789abcdef", "fedcba9876543210"):
                await one.get(idsite=NUMBER[preset], _id=identifier, res="1x1", uid="")

    cookieless, other, strict, stranger, cookie, another = run(tmp_path, steps).hits()

    assert cookieless.visitor_id == other.visitor_id not in {0, 0x0123456789ABCDEF}
    assert strict.visitor_id != stranger.visitor_id
    assert (strict.fingerprint, strict.resolution) == (0, "")
    assert (cookie.visitor_id, another.visitor_id) == (0x0123456789ABCDEF, 0xFEDCBA9876543210)
    assert (cookie.masked_address, cookieless.masked_address) == ("81.2.0.0", "")


def test_a_hit_holds_neither_address_nor_user_agent(tmp_path: Path) -> None:
    async def steps(one: Tracking) -> None:
        for number in NUMBER.values():
            await one.get({"User-Agent": f"{FIREFOX} marker-of-the-agent"}, idsite=number, consent="1", _id="0" * 16)

    one = run(tmp_path, steps)

    assert len(one.hits()) == len(PRESETS)
    for written in (
        b"81.2.69.142",
        b"81.2.69",
        bytes([81, 2, 69, 142]),
        bytes([142, 69, 2, 81]),
        b"marker-of-the-agent",
    ):
        assert written not in one.files()
