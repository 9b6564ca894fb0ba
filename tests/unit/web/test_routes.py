import html
import re
from datetime import date, timedelta
from urllib.parse import parse_qsl

import pytest
from msgspec import json, structs
from starlette.testclient import TestClient

from builders import DAY, NOON, a_visit
from pellucid.model.account import Access
from pellucid.policy.presets import PRESETS
from pellucid.policy.storage import SIGN_IN
from pellucid.registry.registry import Registry
from pellucid.store.client import Store
from pellucid.web.board import HEADS
from unit.web.asking import NOW, PASSWORD, Clock, a_client, add_visits


def sign_in(client: TestClient, login: str = "root", password: str = PASSWORD) -> int:
    return client.post("/dashboard/sign-in", data={"login": login, "password": password}).status_code


def totals(page: str) -> dict[str, str]:
    """The numbers of the head, with their change where there is one."""
    found = re.findall(r"<dt><a[^>]*>(.+?)</a></dt>\s*<dd>(.+?)</dd>", page)
    return {name: re.sub(r"<span.*?</span>|<[^>]+>", "", value) for name, value in found}


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
    assert totals(page.text)["Visits"] == "1"
    assert "Germany" in page.text
    assert client.get("/dashboard/panels?site=1&span=day").status_code == 200
    assert client.get("/dashboard/live?site=1").json()["number"] == 1


def test_where_nobody_is_recognised_the_page_says_so_and_shows_no_number_that_says_nothing(
    signed_in: TestClient, registry: Registry, store: Store
) -> None:
    registry.update_site(1, privacy=PRESETS["strict"])
    add_visits(
        store,
        a_visit(visit_id=1, visitor_id=1, version=1, entry_url="http://a/", entry_title="Where it began"),
        a_visit(visit_id=2, visitor_id=2, stray=True),
    )

    page = signed_in.get("/dashboard?site=1&span=day").text
    asked_for_visitors = signed_in.get("/dashboard?site=1&span=day&show=visitors").text

    assert totals(page) == {"Visits": "1", "Page views": "2"}
    assert totals(asked_for_visitors) == totals(page)
    assert "nobody is recognised. Visits are estimated" in page
    assert "Exit page" not in page
    assert "Where it began" in page
    assert signed_in.get("/dashboard/live?site=1").json() | {"mark": ""} == {"number": 1, "what": "visit", "mark": ""}


def test_a_page_has_one_row_whatever_its_scheme_is(signed_in: TestClient, store: Store) -> None:
    addresses = ("http://www.shop.example/here", "https://shop.example/here")
    visits = [
        a_visit(visit_id=number, visitor_id=number, entry_url=address) for number, address in enumerate(addresses, 2)
    ]
    add_visits(store, *visits)

    assert signed_in.get("/dashboard?site=1&span=day").text.count('title="/here"') == 1


def test_where_visitors_are_recognised_nothing_is_called_an_estimate(signed_in: TestClient) -> None:
    assert "estimated" not in signed_in.get("/dashboard?site=1&span=day").text


def test_where_single_visits_are_hidden_the_page_says_so_and_still_notices_what_comes(
    signed_in: TestClient, registry: Registry, store: Store
) -> None:
    registry.update_site(1, privacy=structs.replace(registry.site(1).privacy, shows_visits=False))

    page = signed_in.get("/dashboard?site=1").text
    before = signed_in.get("/dashboard/live?site=1").json()["mark"]
    add_visits(store, a_visit(visit_id=2, first_time=NOON + 1, last_time=NOON + 1))

    assert "single visits are shown to nobody" in page
    assert "No visits today" not in page
    assert signed_in.get("/dashboard/live?site=1").json()["mark"] != before


def test_what_visitors_and_owners_write_is_text_and_never_markup(signed_in: TestClient, store: Store) -> None:
    markup = '"><b>Home</b>'
    places = {"city": markup, "language": markup, "browser": markup, "exit_title": markup, "exit_url": markup}
    add_visits(store, a_visit(visit_id=2, source_kind="website", source_name=markup, **places))

    page = signed_in.get("/dashboard?site=1&span=day").text

    assert "Shop &lt;script&gt;" in page
    assert page.count("&lt;b&gt;Home&lt;/b&gt;") >= 2 * len(places)
    assert "<b>Home" not in page


def test_no_script_or_style_stands_in_the_page(signed_in: TestClient) -> None:
    page = signed_in.get("/dashboard?site=1")

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


@pytest.mark.parametrize("path", ["/dashboard/sign-in", "/dashboard/welcome/nobody"])
def test_looking_at_a_form_tries_no_password(client: TestClient, path: str) -> None:
    assert all(client.head(path).status_code in {200, 404} for _ in range(9))

    assert sign_in(client, "") == 401


def test_a_form_as_large_as_a_file_is_refused(client: TestClient) -> None:
    assert sign_in(client, password="x" * 10_001) == 413


def test_who_is_signed_in_already_is_let_through(signed_in: TestClient) -> None:
    assert signed_in.get("/dashboard/sign-in").headers["location"] == "/dashboard"


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
    for path in ("/dashboard?site=1", "/dashboard?site=3", "/dashboard/panels?site=1", "/dashboard/live?site=1"):
        assert client.get(path).status_code == 404
    assert "Nothing here" in client.get("/dashboard?site=1").text


def test_a_site_without_visits_shows_what_to_paste(signed_in: TestClient, registry: Registry, store: Store) -> None:
    page = html.unescape(signed_in.get("/dashboard?site=2").text)

    secure = a_client(registry, store, Clock(), secure=True)
    secure.cookies.update(signed_in.cookies)
    by_https = html.unescape(secure.get("/dashboard?site=2").text)

    assert 'src="//stats.example.org/matomo.js"' in page
    assert '["setSiteId", "2"]' in page
    assert "<dl" not in page
    assert 'src="https://stats.example.org/matomo.js"' in by_https


def test_a_site_with_visits_of_long_ago_is_not_one_without(signed_in: TestClient, store: Store) -> None:
    add_visits(store, a_visit(site_id=2, visit_day=date(2020, 3, 7), first_time=1_583_575_200_000))
    page = signed_in.get("/dashboard?site=2").text

    assert "Put this into every page" not in page
    assert "The latest were on 7 Mar 2020" in page
    (address,) = re.findall(r'href="([^"]+)">Show that month', page)
    assert totals(signed_in.get(address.replace("&amp;", "&")).text)["Visits"] == "1"


def test_days_that_are_not_over_are_compared_with_as_much_of_those_before(signed_in: TestClient, store: Store) -> None:
    yesterday, hour = DAY - timedelta(days=1), 3_600_000
    morning, night = NOON - 27 * hour, NOON - 16 * hour
    add_visits(
        store,
        a_visit(visit_day=yesterday, visit_id=2, visitor_id=2, first_time=morning, last_time=morning),
        a_visit(visit_day=yesterday, visit_id=3, visitor_id=3, first_time=night, last_time=night),
    )
    assert totals(signed_in.get("/dashboard?span=day").text)["Visits"] == "1 \N{PLUS-MINUS SIGN}0%"
    assert totals(signed_in.get("/dashboard?span=day&on=2025-11-23").text)["Visits"] == "2"


def test_links_lead_to_the_same_site_number_and_days(signed_in: TestClient) -> None:
    page = signed_in.get("/dashboard?site=1&span=custom&from=2025-11-20&to=2025-11-24&show=visits").text

    links = [dict(parse_qsl(link.replace("&amp;", "&"))) for link in re.findall(r'href="/dashboard\?([^"]+)"', page)]
    custom = {"span": "custom", "from": "2025-11-20", "to": "2025-11-24"}
    assert {"site": "2", "show": "visits"} | custom in links
    assert {"site": "1", "show": "bounce_rate"} | custom in links
    assert {"site": "1", "show": "visits", "span": "custom", "from": "2025-11-15", "to": "2025-11-19"} in links
    assert {"site": "1", "show": "visits", "span": "day"} in links


@pytest.mark.parametrize("span", ["day", "7d", "year"])
def test_every_number_has_its_chart(signed_in: TestClient, span: str) -> None:
    pages = {metric: signed_in.get(f"/dashboard/panels?site=1&span={span}&show={metric}").text for metric in HEADS}

    for metric, page in pages.items():
        assert f'aria-label="{HEADS[metric].name} over time"' in page
        points = json.decode(html.unescape(re.findall(r'data-points="([^"]+)"', page)[0]))
        assert sum(point["y"] is not None for point in points) >= 1
        assert all(point["before"] for point in points)


@pytest.mark.parametrize("query", ["span=x&on=y&show=z", "span=custom&from=0001-01-01&to=9999-12-31", "on=0001-01-01"])
def test_anything_asked_is_a_page(signed_in: TestClient, query: str) -> None:
    assert signed_in.get(f"/dashboard?site=1&{query}").status_code == 200


def test_sources_are_told_by_name_where_visits_were_sent(signed_in: TestClient, store: Store) -> None:
    add_visits(
        store,
        a_visit(visit_id=2, source_kind="social", source_name="Mastodon"),
        a_visit(visit_id=3, source_kind="campaign", source_name="autumn"),
    )
    page = signed_in.get("/dashboard?site=1&span=day").text

    assert rows(page, "sources-names") == ["Mastodon"]
    assert rows(page, "sources-campaigns") == ["autumn"]
    assert sorted(rows(page, "sources-kinds")) == ["Campaigns", "Direct", "Social networks"]


def test_cities_are_shown_where_they_are_known(signed_in: TestClient, store: Store) -> None:
    without = signed_in.get("/dashboard?site=1&span=day").text
    add_visits(store, a_visit(visit_id=2, city="Leipzig"))

    page = signed_in.get("/dashboard?site=1&span=day").text

    assert "places-cities" not in without
    assert rows(page, "places-cities") == ["Unknown", "Leipzig"]


def test_where_addresses_are_masked_the_lists_of_places_say_that_they_are_coarser(
    signed_in: TestClient, registry: Registry, store: Store
) -> None:
    site = registry.add_site("Moved", ["http://moved.example.org"], preset="matomo")
    add_visits(store, *(a_visit(site_id=of, visit_id=3, city="Leipzig") for of in (1, site.id)))

    masked = signed_in.get("/dashboard?site=1&span=day").text
    whole = signed_in.get(f"/dashboard?site={site.id}&span=day").text

    for tab in ("places-countries", "places-cities"):
        assert "masked to /24 (IPv6 /48)" in part(masked, tab)
        assert rows(whole, tab)
        assert "masked" not in part(whole, tab)
    assert "masked" not in part(masked, "places-languages")


def part(page: str, tab: str) -> str:
    """What stands in a list."""
    return page.partition(f'id="part-{tab}"')[2].partition('<div class="tab"')[0]


def rows(page: str, tab: str) -> list[str]:
    """The labels of the rows of a list."""
    return re.findall(r'<span title="([^"]*)">', part(page, tab))


def test_files_are_kept_by_browsers_under_an_address_with_their_hash(client: TestClient) -> None:
    address = re.findall(r'href="(/dashboard/static/[^"]+style\.css)"', client.get("/dashboard/sign-in").text)[0]

    answer = client.get(address)

    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/css")
    assert client.get("/dashboard/static/0/nothing.css").status_code == 404
