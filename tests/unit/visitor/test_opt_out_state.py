from datetime import UTC, datetime

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pellucid.model.site import Site
from pellucid.policy.presets import PRESETS
from pellucid.visitor.opt_out_state import routes

SITE = Site(
    id=1,
    name="Shop",
    urls=("http://shop.example", "https://Shop.example:8443/start", "https://www.shop.example"),
    timezone="UTC",
    currency="EUR",
    ecommerce=False,
    privacy=PRESETS["cookieless"],
    created=datetime(2026, 1, 1, tzinfo=UTC),
)
HERE = "matomo_ignore=ignore%3DKg%3D%3D%3Ahere%3D1"
OBJECTION = {"Cookie": "matomo_ignore=ignore%3DKg%3D%3D"}


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=routes(SITE.origins.__contains__)), base_url="https://stats.example")


@pytest.mark.parametrize(
    ("cookie", "objected"),
    [
        ("", False),
        ("a=b", False),
        ("matomo_ignored=1", False),
        ("matomo_ignore=ignore%3DKg%3D%3D", True),
        ("piwik_ignore=anything", True),
        ("a=b; matomo_ignore=x; c=d", True),
    ],
)
def test_the_answer_is_one_bit(client: TestClient, cookie: str, objected: bool) -> None:  # noqa: FBT001 -- expected
    answer = client.get("/optout/state", headers={"Cookie": cookie, "Origin": "https://www.shop.example"})

    assert answer.json() == {"objected": objected}
    assert answer.headers["cache-control"] == "no-store"
    assert ("set-cookie" in answer.headers) == objected


def test_both_answers_are_equally_long(client: TestClient) -> None:
    answers = [client.get("/optout/state", headers=headers).content for headers in ({}, OBJECTION)]

    assert answers[0] != answers[1]
    assert len(answers[0]) == len(answers[1])


@pytest.mark.parametrize(
    "origin",
    ["http://shop.example", "https://shop.example", "https://shop.example:8443", "https://www.shop.example"],
)
def test_a_page_of_a_registered_site_may_read_it_with_credentials(client: TestClient, origin: str) -> None:
    answer = client.get("/optout/state", headers=OBJECTION | {"Origin": origin, "Sec-Fetch-Site": "cross-site"})

    assert answer.json() == {"objected": True}
    assert answer.headers["access-control-allow-origin"] == origin
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "Origin" in answer.headers["vary"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://shop.example.evil.example"},
        {"Origin": "https://evil-shop.example"},
        {"Origin": "http://www.shop.example"},
        {"Origin": "https://shop.example:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_no_other_page_learns_of_an_objection(client: TestClient, headers: dict[str, str]) -> None:
    with_one = client.get("/optout/state", headers=OBJECTION | headers)
    without = client.get("/optout/state", headers=headers)

    assert with_one.status_code == 403
    assert with_one.content == without.content
    assert "access-control-allow-origin" not in with_one.headers
    assert with_one.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("cookie", "here", "everywhere"),
    [
        ("", False, False),
        ("matomo_ignore=x", False, True),
        (HERE, True, False),
        (f"{HERE}; matomo_ignore=x", True, True),
    ],
)
def test_the_servers_own_page_learns_which_there_are(
    client: TestClient,
    cookie: str,
    here: bool,  # noqa: FBT001 -- expected
    everywhere: bool,  # noqa: FBT001 -- expected
) -> None:
    answer = client.get("/optout/state", headers={"Cookie": cookie, "Sec-Fetch-Site": "same-origin"})

    assert answer.json() == {"objected": here or everywhere, "here": here, "everywhere": everywhere}


def test_a_sites_own_objection_is_not_kept_for_the_servers_host(client: TestClient) -> None:
    asked_by_the_frame = {"Cookie": "mtm_consent_removed=1764000000000", "Sec-Fetch-Site": "same-origin"}

    answer = client.get("/optout/state", headers=asked_by_the_frame)

    assert "set-cookie" not in answer.headers


def test_who_asks_gets_the_objection_anew(client: TestClient) -> None:
    cookie = f"{HERE}; piwik_ignore=1; a=b"

    answer = client.get("/optout/state", headers={"Cookie": cookie, "Origin": "https://www.shop.example"})

    assert [one.partition(";")[0] for one in answer.headers.get_list("set-cookie")] == [HERE, OBJECTION["Cookie"]]
