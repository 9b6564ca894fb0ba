"""Several hits in one request, as their sender sees it: the verdict, what is told of wrong ones, what is too much."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from msgspec import json

from pellucid.collect.endpoint import LARGEST_BODY, MOST_HITS
from tracking import PLAIN, TOKEN, Tracking, track

QUERY = "?" + urlencode(PLAIN)


@pytest.mark.parametrize(
    "wrong",
    [
        b'"?idsite=77&rec=1"',
        b"3",
        rb'"?idsite=1&rec=1&action_name=\ud83d"',
        b'{"idsite":1,"rec":1,"e_v":NaN}',
        b'"\xff"',
    ],
)
def test_a_bulk_costs_only_its_wrong_entries(tmp_path: Path, wrong: bytes) -> None:
    async def steps(one: Tracking) -> None:
        right = [json.encode(entry) for entry in (QUERY, PLAIN | {"action_name": "x"}, PLAIN | {"optout": "1"})]
        answer = await one.post(b'{"requests":[%b],"token_auth":null,"send_image":null}' % b",".join([wrong, *right]))

        assert answer.headers["content-type"] == "application/json"
        assert answer.json() == {"status": "success", "tracked": 3, "invalid": 1}
        assert answer.headers["pellucid-verdict"] == "partly recorded; reason=opted-out"

    assert [hit.title for hit in track(tmp_path, steps).hits()] == ["", "x"]


@pytest.mark.parametrize(
    ("token", "places"),
    [("", {}), ("wrong", {}), (TOKEN, {"invalid_indices": [0, 2]})],
)
@pytest.mark.parametrize("way", ["body", "bearer"])
def test_the_places_of_wrong_entries_are_told_to_who_may_write(
    tmp_path: Path, token: str, places: dict[str, list[int]], way: str
) -> None:
    async def steps(one: Tracking) -> None:
        entries = ["?idsite=77&rec=1", QUERY, QUERY + "&cid=x"]
        told = {"token_auth": token} if way == "body" else {}
        headers = {"Authorization": f"Bearer {token}"} if way == "bearer" else {}
        answer = await one.post(json.encode({"requests": entries} | told), headers)

        assert answer.json() == {"status": "success", "tracked": 1, "invalid": 2} | places

    track(tmp_path, steps)


@pytest.mark.parametrize("send_image", [0, "0", False])
def test_a_bulk_may_ask_for_no_answer(tmp_path: Path, send_image: object) -> None:
    async def steps(one: Tracking) -> None:
        answer = await one.post(json.encode({"requests": [QUERY], "send_image": send_image}))
        elsewhere = await one.post(json.encode({"requests": [f"{QUERY}&send_image=0"]}))

        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["pellucid-verdict"] == "recorded"
        assert elsewhere.status_code == 200

    assert len(track(tmp_path, steps).hits()) == 2


@pytest.mark.parametrize(
    ("entries", "verdict"),
    [
        ([QUERY], "recorded"),
        ([f"{QUERY}&optout=1", f"{QUERY}&consent=0"], "refused; reason=consent-withdrawn, opted-out"),
        ([QUERY, f"{QUERY}&optout=1"], "partly recorded; reason=opted-out"),
        (["?idsite=77"], "invalid"),
        ([], "invalid"),
    ],
)
def test_the_verdict_of_a_bulk_is_that_of_its_hits(tmp_path: Path, entries: list[str], verdict: str) -> None:
    async def steps(one: Tracking) -> None:
        answer = await one.post(json.encode({"requests": entries}))

        assert answer.headers["pellucid-verdict"] == verdict

    track(tmp_path, steps)


@pytest.mark.parametrize(
    "body",
    [b"{", b'{"requests": "?idsite=1"}', b'{"requests":[{"a":' + b"[" * 100_000],
    ids=["broken", "no list", "without an end"],
)
def test_a_broken_bulk_is_told_why(tmp_path: Path, body: bytes) -> None:
    async def steps(one: Tracking) -> None:
        answer = await one.post(body)

        assert answer.status_code == 400
        assert "The bulk request is no JSON of the form" in answer.text

    track(tmp_path, steps)


def test_what_is_too_large_is_refused_whole(tmp_path: Path) -> None:
    async def pieces() -> Any:
        for _ in range(LARGEST_BODY // 1_000_000 + 1):
            yield b"x" * 1_000_000

    async def steps(one: Tracking) -> None:
        many = json.encode({"requests": ["?idsite=1"] * (MOST_HITS + 1)})

        assert (await one.post(b"x" * (LARGEST_BODY + 1))).status_code == 413
        assert (await one.client.post("/matomo.php", content=pieces())).status_code == 413
        assert (await one.post(many)).status_code == 413
        assert (await one.get(url="http://site.example/" + "x" * 8_200)).status_code == 414

    assert track(tmp_path, steps).hits() == []
