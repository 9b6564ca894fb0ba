"""The dashboard in a real browser, behind a whole server."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from flow.server import Server, until

pytestmark = pytest.mark.xdist_group("browser")
WIDTHS = (360, 768, 1440)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with one site, and an account that the first link has given a password."""
    with Server(tmp_path_factory.mktemp("dashboard") / "data") as running:
        running.site()
        yield running


def sign_in(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/dashboard/sign-in")
    page.get_by_label("Login").fill("admin")
    page.get_by_label("Password").fill("a few words in a row")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{server.url}/dashboard")


def test_the_first_link_leads_to_a_page_that_waits_for_the_first_visit(server: Server, page: Page) -> None:
    link = re.findall(r"http://\S+/dashboard/welcome/\S+", server.said())[0]
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))

    page.goto(link)
    page.get_by_label("New password").fill("a few words in a row")
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_text("Put this into every page")).to_be_visible()
    assert server.hit(action_name="First page", urlref="http://news.example/").status_code == 204

    expect(page.get_by_text("First page")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("Put this into every page")).to_be_hidden()
    expect(page.locator("#lately")).to_have_text("1")
    assert problems == []


def test_what_is_chosen_stays_chosen_when_the_page_renews_itself(server: Server, page: Page) -> None:
    sign_in(server, page)
    page.locator("label", has_text="Websites").click()
    expect(page.get_by_role("rowheader", name="news.example")).to_be_visible()

    server.hit(action_name="Second page", new_visit="1")

    expect(page.get_by_text("Second page")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("rowheader", name="news.example")).to_be_visible()


def test_the_chart_tells_the_day_under_the_pointer(server: Server, page: Page) -> None:
    sign_in(server, page)
    page.get_by_role("link", name="7 days").click()

    page.locator(".plot").hover(position={"x": page.locator(".plot").bounding_box()["width"] - 2, "y": 20})

    expect(page.locator(".tip")).to_contain_text("visitor")


def test_days_are_chosen_by_links_and_dates(server: Server, page: Page) -> None:
    sign_in(server, page)
    page.get_by_role("link", name="Year").click()
    expect(page.get_by_role("link", name="Year")).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="Earlier").click()
    expect(page.get_by_text("Nothing in these days.").first).to_be_visible()
    page.get_by_text("Custom").click()
    page.get_by_label("From", exact=True).fill("2024-05-01")
    page.get_by_label("To", exact=True).fill("2024-05-09")
    page.get_by_role("button", name="Show").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("1 May \N{EN DASH} 9 May 2024")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_runs_over_the_edge(server: Server, page: Page, width: int, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(server, page)
    expect(page.locator(".plot")).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_without_javascript_the_numbers_are_there(server: Server, context: BrowserContext, page: Page) -> None:
    sign_in(server, page)
    cookies = context.cookies()
    plain = context.browser.new_context(java_script_enabled=False)
    plain.add_cookies(cookies)
    still = plain.new_page()

    still.goto(f"{server.url}/dashboard")

    expect(still.locator("dt", has_text="Page views")).to_be_visible()
    expect(still.get_by_role("rowheader", name="/")).to_be_visible()
    plain.close()


def test_signing_out_leads_to_the_door(server: Server, page: Page) -> None:
    sign_in(server, page)

    page.get_by_role("button", name="Sign out").click()

    expect(page).to_have_url(f"{server.url}/dashboard/sign-in")
    assert until(lambda: page.context.cookies() == [])
