"""The tracking address as it is seen from outside: statuses, headers and bodies."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from msgspec import json

from builders import NOON
from pellucid.collect.endpoint import TrackingEndpoint
from pellucid.errors import JournalUnavailable
from pellucid.model.hit import HitKind, SiteEvent
from tracking import FIREFOX, LIBRARY, NUMBER, PLAIN, SITES, TOKEN, Tracking, a_collector, kept_nowhere, track

QUERY = "?" + urlencode(PLAIN)
OBJECTION = {"Cookie": "matomo_ignore=ignore%3DKg%3D%3D"}
GIF = bytes.fromhex(
    "47494638396101000100800000000000000000"
    "21f9040100000000"  # a transparent colour
    "2c00000000010001000002024401003b"
)


def test_a_hit_is_answered_with_an_image_or_nothing(tmp_path: Path) -> None:
    async def steps(one: Tracking) -> None:
        image, nothing = await one.get(), await one.get(send_image="0")

        assert (image.status_code, image.headers["content-type"], image.content) == (200, "image/gif", GIF)
        assert len(image.content) == int(image.headers["content-length"]) == 43
        assert (nothing.status_code, nothing.content) == (204, b"")
        for answer in (image, nothing):
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["access-control-allow-origin"] == "*"
            assert answer.headers["access-control-expose-headers"] == "Pellucid-Verdict"
            assert answer.headers["pellucid-verdict"] == "recorded"
            assert "set-cookie" not in answer.headers

    assert len(track(tmp_path, steps).hits()) == 2


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain;charset=UTF-8", ""])
def test_a_post_is_read_as_a_form_and_its_origin_is_told_back(tmp_path: Path, kind: str) -> None:
    async def steps(one: Tracking) -> None:
        body = urlencode(PLAIN | {"action_name": "x"}).encode()
        answer = await one.post(body, {"Content-Type": kind, "Origin": "https://site.example"})

        assert (answer.status_code, answer.content) == (200, GIF)
        assert answer.headers["access-control-allow-origin"] == "https://site.example"
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert "cache-control" not in answer.headers

    assert track(tmp_path, steps).hits()[0].title == "x"


def test_query_and_body_are_read_together_and_the_query_counts(tmp_path: Path) -> None:
    async def steps(one: Tracking) -> None:
        await one.client.post(
            "/matomo.php", params=PLAIN | {"action_name": "query"}, content="action_name=body&e_c=a&e_a=b"
        )

    (hit,) = track(tmp_path, steps).hits()
    assert (hit.title, hit.event) == ("query", SiteEvent("a", "b"))


def test_a_form_in_parts_is_read_as_any_other(tmp_path: Path) -> None:
    async def steps(one: Tracking) -> None:
        fields = {name: (None, value) for name, value in (PLAIN | {"action_name": "é & b"}).items()}
        await one.client.post("/matomo.php", files=fields)
        broken = {"Content-Type": "multipart/form-data"}
        with_a_file = await one.client.post("/matomo.php", files=fields | {"data": ("a.txt", b"a file")})
        for wrong in (with_a_file, await one.client.post("/matomo.php", content="--x", headers=broken)):
            assert (wrong.status_code, "form can not be read" in wrong.text) == (400, True)

    assert [hit.title for hit in track(tmp_path, steps).hits()] == ["é & b"]


def test_a_head_is_a_hit_and_is_answered_as_a_post(tmp_path: Path) -> None:
    async def steps(one: Tracking) -> None:
        answer = await one.client.head("/matomo.php", params=PLAIN, headers={"Origin": "https://site.example"})

        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "https://site.example"
        assert "cache-control" not in answer.headers

    assert len(track(tmp_path, steps).hits()) == 1


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
def test_what_is_asked_in_another_way_is_no_hit(tmp_path: Path, method: str) -> None:
    async def steps(one: Tracking) -> None:
        answer = await one.client.request(method, "/matomo.php", params=PLAIN)

        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, HEAD, POST, OPTIONS"
        assert "pellucid-verdict" not in answer.headers

    assert track(tmp_path, steps).hits() == []


@pytest.mark.parametrize("origin", ["http://site.example", "https://site.example"])
def test_a_page_of_a_registered_site_reads_what_was_done_with_its_visitors_hit(tmp_path: Path, origin: str) -> None:
    async def steps(one: Tracking) -> None:
        for answer in (
            await one.post(urlencode(PLAIN).encode(), OBJECTION | {"Origin": origin}),
            await one.post(json.encode({"requests": [f"?{urlencode(PLAIN)}"]}), OBJECTION | {"Origin": origin}),
        ):
            assert answer.headers["access-control-expose-headers"] == "Pellucid-Verdict"
            assert answer.headers["pellucid-verdict"] == "refused; reason=opted-out-of-instance"

    track(tmp_path, steps)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://site.example:8080"])
def test_no_other_page_learns_with_cookies_of_an_objection(tmp_path: Path, origin: str) -> None:
    async def steps(one: Tracking) -> None:
        for method, content in (("POST", urlencode(PLAIN)), ("HEAD", ""), ("POST", f'{{"requests": ["{QUERY}"]}}')):
            with_one, without = [
                await one.client.request(
                    method, "/matomo.php", params=PLAIN, content=content, headers=headers | {"Origin": origin}
                )
                for headers in (OBJECTION, {})
            ]

            readable = {"access-control-allow-origin": origin, "access-control-allow-credentials": "true"}
            for answer in (with_one, without):
                told = {name: value for name, value in answer.headers.items() if name.startswith("access-control")}
                assert told == readable
            assert (with_one.status_code, with_one.content) == (without.status_code, without.content)

        without_cookies = await one.get(OBJECTION | {"Origin": origin})
        assert without_cookies.headers["access-control-allow-origin"] == "*", "no browser has this read with cookies"
        assert "access-control-allow-credentials" not in without_cookies.headers

    track(tmp_path, steps)


def test_who_asks_what_may_be_sent_is_told(tmp_path: Path) -> None:
    async def steps(one: Tracking) -> None:
        answer = await one.client.options("/matomo.php", params=PLAIN)

        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["access-control-allow-methods"] == "GET, POST"
        assert answer.headers["access-control-allow-headers"] == "*"
        assert answer.headers["access-control-allow-origin"] == "*"

    assert track(tmp_path, steps).hits() == []


def test_the_bare_address_tells_a_person_what_it_is(tmp_path: Path) -> None:
    async def steps(one: Tracking) -> None:
        answer = await one.client.get("/matomo.php")

        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "tracking address" in answer.text
        assert "pellucid-verdict" not in answer.headers

    assert track(tmp_path, steps).hits() == []


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({}, "http://site.example/é"),
        ({"url": "", "urlref": ""}, "http://site.example/é"),
        ({"urlref": "http://c.example/"}, ""),
    ],
)
def test_the_page_is_the_referring_one_where_none_is_named(tmp_path: Path, given: dict[str, str], url: str) -> None:
    async def steps(one: Tracking) -> None:
        query = {"idsite": "1", "rec": "1"} | given
        referring = {b"Referer": "http://site.example/é".encode()}
        await one.client.get("/matomo.php", params=query, headers=referring)

        await one.client.post("/matomo.php", json={"requests": [query]}, headers=referring)

    assert [hit.url for hit in track(tmp_path, steps).hits()] == [url, url]


@pytest.mark.parametrize("given", [{"search": "bell"}, {"url": "http://site.example/find?q=bell"}])
def test_a_custom_action_that_is_a_search_is_one(tmp_path: Path, given: dict[str, str]) -> None:
    async def steps(one: Tracking) -> None:
        assert (await one.get(ca="1", **given)).status_code == 200

    (hit,) = track(tmp_path, steps).hits()
    assert hit.kind is HitKind.SEARCH


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"idsite": "77"}, "There is no site '77': check idsite in the snippet."),
        ({"idsite": ""}, "no site ''"),
        ({"idsite": "9" * 400}, f"no site '{'9' * 40}'"),
        ({"idsite": "1 or 1"}, "no site"),
        ({"cid": "123"}, "16 hexadecimal digits"),
        ({"cid": "0123456789abcdeg"}, "16 hexadecimal digits"),
        ({"cid": "0123456789abcdef0"}, "16 hexadecimal digits"),
        ({"cip": "1.2.3.4"}, "token_auth"),
        ({"cip": "1.2.3.4", "token_auth": "wrong"}, "token_auth"),
        ({"country": "de"}, "token_auth"),
        ({"city": "Berlin", "region": "BE"}, "token_auth"),
        ({"lat": "52.5", "long": "13.4"}, "token_auth"),
        ({"cdt": "2020-01-01 00:00:00"}, "token_auth"),
        ({"cdo": "90000"}, "token_auth"),
        ({"e_c": " ", "e_a": "x"}, "e_c"),
        ({"e_c": "x", "e_a": "\t"}, "e_a"),
        ({"c_n": " "}, "c_n"),
        ({"ca": "1"}, "ca=1"),
        ({"ca": "1", "idgoal": "0", "ec_id": "7"}, "ca=1"),
        ({"ca": "1", "idgoal": "2"}, "ca=1"),
    ],
)
def test_a_wrong_hit_is_answered_with_400_and_why(tmp_path: Path, given: dict[str, str], told: str) -> None:
    async def steps(one: Tracking) -> None:
        image, text = await one.get(**given), await one.get(**given, send_image="0")

        assert text.headers["content-type"] == "text/plain; charset=utf-8"
        assert (image.headers["content-type"], image.content) == ("image/gif", GIF + text.content)
        assert told in text.text
        for answer in (image, text):
            assert answer.status_code == 400
            assert b"wrong" not in answer.content, "a token is a secret"
            assert "pellucid-verdict" not in answer.headers

    assert track(tmp_path, steps).hits() == []


def test_a_hit_older_than_the_site_keeps_is_answered_with_400(tmp_path: Path) -> None:
    async def steps(one: Tracking) -> None:
        site = SITES[int(NUMBER["cookieless"])]
        told = {"idsite": str(site.id), "token_auth": TOKEN}
        first = datetime.fromtimestamp(NOON / 1000, UTC).date() - timedelta(days=site.privacy.retention_days or 0)
        old = f"{first - timedelta(days=1)} 23:59:59"

        assert (await one.get(**told, cdt=f"{first} 00:00:00")).status_code == 200
        assert (await one.get(**told | {"idsite": NUMBER["matomo"]}, cdt=old)).status_code == 200, "it keeps all"
        for way in ({"cdt": old}, {"cdo": str(86_400 * 1000)}):
            answer = await one.get(**told, **way, send_image="0")
            assert answer.status_code == 400
            assert answer.text == "The site keeps what it records for 750 days, and this hit (cdt, cdo) is older."
        bulk = await one.post(json.encode({"requests": [PLAIN | told, PLAIN | told | {"cdt": old}]}))
        assert bulk.json() == {"status": "success", "tracked": 1, "invalid": 1, "invalid_indices": [1]}

    assert len(track(tmp_path, steps).hits()) == 3


def test_a_hit_that_can_not_be_written_is_answered_with_503(tmp_path: Path) -> None:
    async def append(_rows: object) -> None:
        raise JournalUnavailable("The disk is full.")

    async def steps(one: Tracking) -> None:
        for answer in (await one.get(), await one.post(json.encode({"requests": [QUERY]}))):
            assert (answer.status_code, answer.text) == (503, "The disk is full.")
            assert answer.headers["retry-after"] == "5"
            assert "pellucid-verdict" not in answer.headers

    assert track(tmp_path, steps, append).collector.recorded == 0


def test_do_not_track_is_answered_as_its_text_asks(tmp_path: Path) -> None:
    async def steps(one: Tracking) -> None:
        assert (await one.get({"DNT": "1"})).headers["tk"] == "N"
        assert "tk" not in (await one.get({"Sec-GPC": "1"})).headers

    track(tmp_path, steps)


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ([("Cookie", "matomo_ignore=1"), ("Cookie", "a=1")], "refused; reason=opted-out-of-instance"),
        ([("Cookie", "a=1"), ("Cookie", "mtm_consent_removed=1"), ("Cookie", "b=2")], "refused; reason=opted-out"),
        ([("Sec-GPC", "1"), ("Sec-GPC", "0")], "refused; reason=global-privacy-control"),
        ([("DNT", "1"), ("DNT", "unspecified")], "refused; reason=do-not-track"),
        ([("Cookie", "a=1"), ("Cookie", "b=2"), ("DNT", "0"), ("DNT", "0")], "recorded"),
    ],
)
def test_an_objection_is_heard_in_whichever_of_several_headers_it_is(
    tmp_path: Path, told: list[tuple[str, str]], verdict: str
) -> None:
    async def steps(one: Tracking) -> None:
        answer = await one.client.get("/matomo.php", params=PLAIN, headers=[("User-Agent", FIREFOX), *told])

        assert answer.headers["pellucid-verdict"] == verdict

    track(tmp_path, steps)


def test_the_address_is_found_by_what_knows_the_proxies() -> None:
    asked: list[tuple[str, bytes]] = []

    def address(peer: str, forwarded: bytes) -> str:
        asked.append((peer, forwarded))
        return "1.2.3.4"

    async def sending() -> None:
        endpoint = TrackingEndpoint(a_collector(kept_nowhere), address, lambda _origin: False)
        transport = httpx2.ASGITransport(endpoint, client=("10.0.0.1", 1))
        async with httpx2.AsyncClient(transport=transport, base_url="http://stats.example") as client:
            headers = [("X-Forwarded-For", "9.9.9.9"), ("X-Forwarded-For", "8.8.8.8"), ("User-Agent", FIREFOX)]
            assert (await client.get("/matomo.php", params=PLAIN, headers=headers)).status_code == 200

    asyncio.run(sending())

    assert asked == [("10.0.0.1", b"9.9.9.9, 8.8.8.8")]


def test_a_request_that_ends_early_is_no_hit() -> None:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    collector = a_collector(kept_nowhere)
    scope = {"method": "POST", "headers": [], "query_string": urlencode(PLAIN).encode(), "client": ("1.2.3.4", 1)}
    endpoint = TrackingEndpoint(collector, lambda peer, _forwarded: peer, lambda _origin: False)
    asyncio.run(endpoint(scope, receive, send))

    assert sent[0]["status"] == 400
    assert collector.recorded == 0


def test_an_open_token_never_stands_in_an_answer(tmp_path: Path) -> None:
    async def steps(one: Tracking) -> None:
        for token in (TOKEN, "wrong-token"):
            for agent in (FIREFOX, LIBRARY):
                answer = await one.get({"User-Agent": agent}, token_auth=token, cdt="garbage")
                assert token not in answer.text + str(answer.headers)

    track(tmp_path, steps)
