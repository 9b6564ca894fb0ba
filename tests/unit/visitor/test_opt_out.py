import re
from collections.abc import Mapping

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from pellucid.edge import OBJECTED, OBJECTED_HERE
from pellucid.visitor.languages import NAMES
from pellucid.visitor.lifetimes import CAPPED, OF_WEBKIT, OTHER, told
from pellucid.visitor.opt_out import LARGEST_FORM, routes
from pellucid.visitor.opt_out_tokens import LIFETIMES, Purpose, Tokens

SERVER = "https://stats.example.org"
OUR_OWN = {"Origin": SERVER, "Sec-Fetch-Site": "same-origin"}
FRAME = {"Sec-Fetch-Dest": "iframe"}
WINDOW = {"Sec-Fetch-Dest": "document"}
MATOMOS = "/index.php?module=CoreAdminHome&action=optOut"
KEPT, KEPT_HERE = f"matomo_ignore={OBJECTED}", f"matomo_ignore={OBJECTED_HERE}"
HERE = f"{KEPT_HERE}; HttpOnly; Max-Age=946080000; Path=/; SameSite=none; Secure; Partitioned"
ALL = f"{KEPT}; HttpOnly; Max-Age=946080000; Path=/; SameSite=none; Secure"


class Clock:
    now = 1_764_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(clock: Clock) -> Tokens:
    return Tokens(b"secret", clock)


def a_client(tokens: Tokens, *, secure: bool = True) -> TestClient:
    async def reporting(_request: Request) -> Response:
        return PlainTextResponse("the Reporting API")

    application = Starlette(
        routes=[*routes(tokens, lambda _request: secure), Route("/index.php", reporting, methods=["GET", "POST"])],
    )
    return TestClient(application, base_url=SERVER if secure else "http://stats.example.org", follow_redirects=False)


@pytest.fixture
def client(tokens: Tokens) -> TestClient:
    return a_client(tokens)


def set_by(answer: httpx2.Response) -> list[str]:
    """The cookies that an answer sets."""
    return answer.headers.get_list("set-cookie")


def mark_in(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page) or re.search(r'data-token="([^"]+)"', page)
    assert found
    return found[1]


def object_(client: TestClient, headers: Mapping[str, str] = OUR_OWN, **fields: str) -> httpx2.Response:
    form = {"choice": "object", "token": mark_in(client.get("/optout").text)} | fields
    return client.post("/optout", data=form, headers=dict(headers))


@pytest.mark.parametrize("address", ["/optout", MATOMOS, "/optout/back", f"{MATOMOS}&language=de&showIntro=0"])
@pytest.mark.parametrize("shown_in", [FRAME, WINDOW, {}])
def test_looking_sets_no_cookie(client: TestClient, address: str, shown_in: dict[str, str]) -> None:
    answer = client.get(address, headers=shown_in)

    assert answer.status_code == 200
    assert set_by(answer) == []
    assert answer.headers["cache-control"] == "no-store"


def test_other_modules_at_matomos_address_are_not_taken(client: TestClient) -> None:
    asked = ["/index.php?module=API", "/index.php?module=CoreAdminHome&action=home", "/index.php"]

    answers = [client.get(address).text for address in asked]

    assert answers == ["the Reporting API"] * 3


def test_only_the_frame_may_be_framed(client: TestClient) -> None:
    frame = client.get(MATOMOS, headers=FRAME)
    page = client.get("/optout", headers=WINDOW)
    window = client.get("/optout/back", headers=FRAME)

    assert "frame-ancestors *" in frame.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in window.headers["content-security-policy"]


def test_no_page_has_a_script_or_a_style_within_it_that_is_not_allowed_by_its_hash(client: TestClient) -> None:
    answer = client.get(f"{MATOMOS}&backgroundColor=112233", headers=FRAME)

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-" in policy
    assert "unsafe" not in policy
    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>|\son\w+=|\sstyle=", answer.text) == []


def test_an_objection_in_a_frame_is_kept_for_this_site_and_for_all(client: TestClient) -> None:
    answer = object_(client, OUR_OWN | FRAME)

    assert set_by(answer) == [ALL, HERE]
    assert answer.status_code == 303


def test_an_objection_on_the_own_page_is_one_for_all_sites(client: TestClient) -> None:
    answer = object_(client, OUR_OWN | WINDOW)

    assert set_by(answer) == [ALL]


@pytest.mark.parametrize(("layer", "kept"), [("here", [HERE]), ("all", [ALL])])
def test_a_script_asks_for_one_layer_at_a_time(client: TestClient, layer: str, kept: list[str]) -> None:
    answer = object_(client, OUR_OWN | {"Accept": "application/json"}, layer=layer)

    assert set_by(answer) == kept
    assert answer.json() == {}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://shop.example"},
        {"Origin": "null"},
        {"Origin": "http://stats.example.org"},
        {"Origin": "https://stats.example.org:8443"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": SERVER, "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://shop.example", "Sec-Fetch-Site": "same-origin"},
    ],
)
@pytest.mark.parametrize("scripted", [False, True])
def test_what_a_page_of_ours_did_not_send_changes_nothing_and_is_told_so(
    client: TestClient,
    headers: dict[str, str],
    scripted: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    accepts = {"Accept": "application/json"} if scripted else {}

    answer = object_(client, headers | accepts)

    assert set_by(answer) == []
    assert answer.status_code == 403
    assert "Nothing was changed." in answer.text
    assert "This request did not come from a page" in answer.text


@pytest.mark.parametrize("headers", [{"Origin": SERVER}, {"Sec-Fetch-Site": "same-origin"}])
def test_one_of_the_two_headers_is_enough(client: TestClient, headers: dict[str, str]) -> None:
    answer = object_(client, headers)

    assert set_by(answer) == [ALL, HERE]


@pytest.mark.parametrize("token", ["", "x", "6924c400.00", "zz.zz", "é.é"])
def test_a_forged_mark_changes_nothing_and_is_told_so(client: TestClient, token: str) -> None:
    answer = object_(client, token=token)

    assert set_by(answer) == []
    assert answer.status_code == 403
    assert "does not carry the mark" in answer.text


def test_an_old_page_changes_nothing_and_is_told_so(client: TestClient, clock: Clock) -> None:
    token = mark_in(client.get("/optout").text)
    clock.now += LIFETIMES[Purpose.OBJECT].total_seconds()

    answer = object_(client, token=token)

    assert set_by(answer) == []
    assert answer.status_code == 403
    assert "open for too long" in answer.text


def test_a_form_that_is_too_large_changes_nothing(client: TestClient) -> None:
    answer = object_(client, more="x" * LARGEST_FORM)

    assert set_by(answer) == []


def test_the_mark_of_a_frame_does_not_take_an_objection_back(client: TestClient) -> None:
    token = mark_in(client.get(MATOMOS, headers=FRAME).text)

    frame = client.post("/optout", data={"choice": "take back", "token": token}, headers=OUR_OWN)
    window = client.post("/optout/back", data={"token": token}, headers=OUR_OWN)

    assert set_by(frame) == set_by(window) == []
    assert frame.status_code == window.status_code == 403


def test_an_objection_is_taken_back_in_two_steps(client: TestClient) -> None:
    asked = client.get("/optout/back", headers=WINDOW)

    confirmed = client.post("/optout/back", data={"token": mark_in(asked.text)}, headers=OUR_OWN)
    told = client.post(
        "/optout",
        data={"choice": "take back", "token": mark_in(confirmed.text)},
        headers=OUR_OWN | {"Accept": "application/json"},
    )

    deleted = [
        'matomo_ignore=""; HttpOnly; Max-Age=0; Path=/; SameSite=none; Secure; Partitioned',
        'matomo_ignore=""; HttpOnly; Max-Age=0; Path=/; SameSite=none; Secure',
        'piwik_ignore=""; Max-Age=0; Path=/; SameSite=lax; Secure',
    ]
    assert set_by(confirmed) == set_by(told) == deleted
    assert confirmed.status_code == told.status_code == 200


def test_what_was_confirmed_is_good_for_two_minutes(client: TestClient, tokens: Tokens, clock: Clock) -> None:
    token = tokens.give(Purpose.TAKEN_BACK)
    clock.now += 120

    answer = client.post("/optout", data={"choice": "take back", "token": token}, headers=OUR_OWN)

    assert set_by(answer) == []
    assert answer.status_code == 403


def test_the_window_takes_no_form_of_another_site(client: TestClient) -> None:
    token = mark_in(client.get("/optout/back").text)

    answer = client.post("/optout/back", data={"token": token}, headers={"Origin": "https://shop.example"})

    assert set_by(answer) == []
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_an_earlier_objection_is_deleted_without_https_too(tokens: Tokens) -> None:
    client = a_client(tokens, secure=False)
    token = mark_in(client.get("/optout/back").text)

    answer = client.post("/optout/back", data={"token": token}, headers={"Origin": "http://stats.example.org"})

    assert set_by(answer) == [
        'matomo_ignore=""; HttpOnly; Max-Age=0; Path=/; SameSite=lax',
        'piwik_ignore=""; Max-Age=0; Path=/; SameSite=lax',
    ]


@pytest.mark.parametrize(
    ("cookies", "here", "all_sites"),
    [("", "no", "no"), (KEPT_HERE, "yes", "no"), (KEPT, "no", "yes"), (f"{KEPT}; {KEPT_HERE}", "yes", "yes")],
)
def test_without_a_script_a_frame_says_what_the_browser_has_kept(
    client: TestClient, cookies: str, here: str, all_sites: str
) -> None:
    answer = client.get("/optout?chosen=objection", headers=FRAME | {"Cookie": cookies})

    assert layers_in(answer.text) == {"page": "unknown", "here": here, "all": all_sites}


@pytest.mark.parametrize(("cookies", "all_sites"), [("", "no"), (KEPT, "yes"), (KEPT_HERE, "no")])
def test_the_own_page_says_what_the_browser_has_kept(client: TestClient, cookies: str, all_sites: str) -> None:
    answer = client.get("/optout?chosen=objection", headers=WINDOW | {"Cookie": cookies})

    assert layers_in(answer.text) == {"all": all_sites}


@pytest.mark.parametrize("address", ["/optout", MATOMOS, "/optout/back"])
def test_looking_sets_nothing_and_renews_nothing_either(client: TestClient, address: str) -> None:
    answer = client.get(address, headers=FRAME | {"Cookie": f"{KEPT}; {KEPT_HERE}; mtm_consent_removed=1"})

    assert set_by(answer) == []


def layers_in(page: str) -> dict[str, str]:
    return dict(re.findall(r'data-layer="(\w+)" data-state="(\w*)"', page))


@pytest.mark.parametrize("cookie", [KEPT, KEPT_HERE, "piwik_ignore=1", "a=b; matomo_ignore=ignore%3DKg%3D%3D"])
def test_an_objection_that_came_along_is_shown(client: TestClient, cookie: str) -> None:
    answer = client.get("/optout", headers={"Cookie": cookie})

    assert 'data-objected="yes"' in answer.text


@pytest.mark.parametrize("address", ["/optout", MATOMOS])
@pytest.mark.parametrize(
    ("agent", "text"), [("AppleWebKit/605.1.15", OF_WEBKIT), ("Chrome/156.0", CAPPED), ("", OTHER)]
)
def test_it_says_how_long_this_very_browser_keeps_an_objection(
    client: TestClient, address: str, agent: str, text: str
) -> None:
    page = client.get(address, headers={"User-Agent": agent, "Accept-Language": "fr"}).text

    assert [one for one in (OF_WEBKIT, CAPPED, OTHER) if told(one, "fr") in page] == [text]


@pytest.mark.parametrize("language", NAMES)
def test_the_language_is_the_one_asked_for_and_stays(client: TestClient, language: str) -> None:
    page = client.get(f"{MATOMOS}&language={language}", headers=FRAME | {"Accept-Language": "ja"})
    chosen = client.get("/optout", headers={"Accept-Language": f"ja, {language};q=0.9, en;q=0.1"})

    assert f'<html lang="{language}">' in page.text
    assert f'<html lang="{language}">' in chosen.text
    assert f'action="/optout?language={language}"' in page.text


def test_a_refusal_is_told_in_the_language_of_the_page(client: TestClient) -> None:
    answer = client.post("/optout?language=de", headers={"Accept": "application/json"})

    assert answer.json()["why"].startswith("Es wurde nichts geändert.")


@pytest.mark.parametrize(
    "planted",
    [
        "</style><script>alert(1)</script>",
        "red;}*{background:url(//evil.example)",
        '"><img src=x onerror=alert(1)>',
        "expression(alert(1))",
    ],
)
def test_nothing_of_a_query_gets_into_a_page_as_it_is(client: TestClient, planted: str) -> None:
    names = ["language", "showIntro", "chosen", "backgroundColor", "fontColor", "fontSize", "fontFamily"]
    given = dict.fromkeys(names, planted)

    pages = [client.get(path, params=given, headers=FRAME).text for path in ("/optout", "/optout/back")]

    assert all(part not in page for page in pages for part in (planted, "alert", "evil.example"))


def test_colours_stay_when_the_form_is_sent(client: TestClient) -> None:
    page = client.get(f"{MATOMOS}&backgroundColor=112233&fontFamily=Arial", headers=FRAME)

    answer = client.post(
        re.search(r'action="([^"]+)"', page.text)[1].replace("&amp;", "&"),
        data={"choice": "object", "token": mark_in(page.text)},
        headers=OUR_OWN | FRAME,
    )

    assert answer.headers["location"] == "/optout?chosen=objection&backgroundColor=112233&fontFamily=Arial"


def test_files_are_kept_for_ever_and_set_nothing(client: TestClient) -> None:
    page = client.get("/optout").text

    answers = [client.get(path) for path in re.findall(r'"(/optout/static/[^"]+)"', page)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert all("immutable" in answer.headers["cache-control"] for answer in answers)
    assert [set_by(answer) for answer in answers] == [[], []]


def test_the_page_says_that_the_browser_objects_by_itself(client: TestClient) -> None:
    answer = client.get("/optout", headers={"Sec-GPC": "1"})

    assert "Your browser sends Global Privacy Control." in answer.text
