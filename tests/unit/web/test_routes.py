import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec import json
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from builders import a_visit, an_event
from pellucid.edge import status_of
from pellucid.errors import PellucidError
from pellucid.model.account import Access
from pellucid.model.event import Event
from pellucid.model.visit import Visit
from pellucid.policy.storage import SIGN_IN
from pellucid.registry.database import open_database, sqlite_url
from pellucid.registry.registry import Registry
from pellucid.report.run import Reports
from pellucid.store.client import Store
from pellucid.web.routes import routes

PASSWORD = "a few words in a row"
NOW = datetime(2025, 11, 24, 12, 10, tzinfo=UTC)


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    opened = Registry(open_database(sqlite_url(tmp_path / "registry.db")))
    opened.add_account("root", PASSWORD, superuser=True)
    opened.add_site("Shop <script>", ["http://shop.example.org"])
    opened.add_site("Blog", ["http://blog.example.org"])
    yield opened
    opened.close()


@pytest.fixture
def client(registry: Registry, store: Store, clock: Clock) -> TestClient:
    store.insert("visits", Visit, json.encode(a_visit(country="de", exit_title="<b>Home</b>")), token="visits")
    store.insert("events", Event, json.encode(an_event()), token="events")
    return a_client(registry, store, clock, secure=False)


def a_client(registry: Registry, store: Store, clock: Clock, *, secure: bool) -> TestClient:
    application = Starlette(
        routes=routes(registry, Reports(store), store, clock, lambda _request: secure),
        exception_handlers={PellucidError: lambda _request, error: PlainTextResponse(str(error), status_of(error))},
    )
    return TestClient(application, base_url="http://stats.example.org", follow_redirects=False)


def sign_in(client: TestClient, login: str = "root", password: str = PASSWORD) -> int:
    return client.post("/dashboard/sign-in", data={"login": login, "password": password}).status_code


@pytest.mark.parametrize("path", ["/dashboard", "/dashboard?site=1"])
def test_who_is_not_signed_in_is_led_to_the_door(client: TestClient, path: str) -> None:
    answer = client.get(path)

    assert (answer.status_code, answer.headers["location"]) == (303, "/dashboard/sign-in")
    assert client.get("/").headers["location"] == "/dashboard"


@pytest.mark.parametrize("path", ["/dashboard/panels?site=1", "/dashboard/live?site=1"])
def test_parts_of_the_page_are_not_shown_either(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 401


def test_who_knows_the_password_sees_the_numbers(client: TestClient) -> None:
    assert sign_in(client) == 303
    page = client.get("/dashboard?span=day")

    assert page.status_code == 200
    assert re.search(r"<dt>Visits</dt>\s*<dd>1", page.text)
    assert "Germany" in page.text
    assert client.get("/dashboard/panels?site=1&span=day").status_code == 200
    assert client.get("/dashboard/live?site=1").json()["visitors"] == 1


def test_what_visitors_and_owners_write_is_text_and_never_markup(client: TestClient) -> None:
    sign_in(client)

    page = client.get("/dashboard?site=1").text

    assert "Shop &lt;script&gt;" in page
    assert "&lt;b&gt;Home&lt;/b&gt;" in page
    assert "<b>Home" not in page


def test_no_script_or_style_stands_in_the_page(client: TestClient) -> None:
    sign_in(client)

    page = client.get("/dashboard?site=1")

    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=|javascript:", page.text)


def test_a_wrong_password_is_refused_and_soon_not_tried_any_more(client: TestClient, clock: Clock) -> None:
    assert [sign_in(client, password="wrong") for _ in range(6)] == [401] * 5 + [429]
    assert sign_in(client) == 429
    assert sign_in(client, login="somebody-else") == 401

    clock.now += timedelta(minutes=2)
    assert sign_in(client) == 303


def test_the_cookie_is_the_declared_one(client: TestClient, registry: Registry, store: Store, clock: Clock) -> None:
    answer = client.post("/dashboard/sign-in", data={"login": "root", "password": PASSWORD})
    secure = a_client(registry, store, clock, secure=True)
    other = secure.post("/dashboard/sign-in", data={"login": "root", "password": PASSWORD})

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{SIGN_IN.name}=")
    assert "HttpOnly" in cookie
    assert "Path=/dashboard" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert "Secure" in other.headers["set-cookie"]


@pytest.mark.parametrize("path", ["/dashboard/sign-in", "/dashboard/sign-out"])
@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_a_form_of_another_site_is_refused(client: TestClient, path: str, headers: dict[str, str]) -> None:
    assert client.post(path, data={"login": "root", "password": PASSWORD}, headers=headers).status_code == 403


def test_a_form_of_our_own_is_taken(client: TestClient) -> None:
    headers = {"Origin": "http://stats.example.org"}
    answer = client.post("/dashboard/sign-in", data={"login": "root", "password": PASSWORD}, headers=headers)

    assert answer.status_code == 303


def test_signing_out_ends_it_on_the_server_too(client: TestClient) -> None:
    sign_in(client)
    secret = client.cookies[SIGN_IN.name]
    client.post("/dashboard/sign-out")

    client.cookies.clear()
    answer = client.get("/dashboard", headers={"Cookie": f"{SIGN_IN.name}={secret}"})

    assert answer.status_code == 303


def test_a_sign_in_ends_by_itself(client: TestClient, clock: Clock) -> None:
    sign_in(client)
    secret = client.cookies[SIGN_IN.name]
    clock.now += timedelta(days=15)

    assert client.get("/dashboard", headers={"Cookie": f"{SIGN_IN.name}={secret}"}).status_code == 303


def test_a_link_sets_a_password_once(client: TestClient, registry: Registry) -> None:
    registry.add_account("new")
    path = f"/dashboard/welcome/{registry.create_link('new', NOW)}"

    assert "new" in client.get(path).text
    assert client.post(path, data={"password": "short"}).status_code == 400
    assert client.post(path, data={"password": "long enough for all"}).status_code == 303
    assert client.get(path).status_code == 404
    assert client.post(path, data={"password": "another long one"}).status_code == 404
    assert sign_in(client, "new", "long enough for all") == 303


def test_an_account_sees_its_sites_alone(client: TestClient, registry: Registry) -> None:
    registry.add_account("reader", PASSWORD)
    sign_in(client, "reader")
    assert "No sites yet" in client.get("/dashboard").text

    registry.grant("reader", 2, Access.VIEW)

    assert "Blog" in client.get("/dashboard").text
    assert "Shop" not in client.get("/dashboard").text
    for path in ("/dashboard?site=1", "/dashboard/panels?site=1", "/dashboard/live?site=1"):
        assert client.get(path).status_code == 404


def test_a_site_without_visits_shows_what_to_paste(client: TestClient) -> None:
    sign_in(client)

    page = client.get("/dashboard?site=2").text

    assert "http://stats.example.org/matomo.js" in page
    assert '&#34;setSiteId&#34;, "2"' in page or '"setSiteId", "2"' in page


def test_files_are_kept_by_browsers_under_an_address_with_their_hash(client: TestClient) -> None:
    address = re.findall(r'href="(/dashboard/static/[^"]+style\.css)"', client.get("/dashboard/sign-in").text)[0]

    answer = client.get(address)

    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/css")
    assert client.get("/dashboard/static/0/nothing.css").status_code == 404
