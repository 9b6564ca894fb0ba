"""The dashboard in a real browser, behind a whole server."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from flow.server import Server, until

PASSWORD = "a few words in a row"
LONGEST_WAY = 60_000
WIDTHS = (360, 768, 1440)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with one site, and an account that the first link has given a password."""
    with Server(tmp_path_factory.mktemp("dashboard") / "data") as running:
        running.site()
        registry = running.registry()
        registry.set_password("admin", PASSWORD)
        registry.close()
        yield running


def sign_in(server: Server, page: Page, path: str = "/dashboard") -> None:
    page.goto(f"{server.url}/dashboard/sign-in")
    page.get_by_label("Login").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{server.url}/dashboard")
    if path != "/dashboard":
        page.goto(f"{server.url}{path}")


def visit(server: Server, title: str) -> None:
    """Visit the site, coming from elsewhere."""
    answer = server.hit(action_name=title, new_visit="1", urlref="http://news.example/")
    assert answer.status_code == 204


def has_come(page: Page, title: str) -> None:
    """Wait until a visit shows, without anything done for it."""
    expect(page.get_by_text(title)).to_be_visible(timeout=LONGEST_WAY)


def test_a_page_that_waits_for_the_first_visit_shows_it_by_itself(server: Server, page: Page) -> None:
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    sign_in(server, page)
    expect(page.get_by_text("Put this into every page")).to_be_visible()

    visit(server, "First page")

    has_come(page, "First page")
    expect(page.get_by_text("Put this into every page")).to_be_hidden()
    expect(page.locator("#live")).to_have_text("1 visitor in the last 30 minutes")
    assert problems == []


def test_what_is_chosen_and_focused_stays_so_when_the_page_renews_itself(server: Server, page: Page) -> None:
    sign_in(server, page)
    page.locator("label", has_text="Names").click()
    page.get_by_role("link", name="30 days").focus()

    visit(server, "Second page")

    has_come(page, "Second page")
    expect(page.get_by_role("rowheader", name="news.example")).to_be_visible()
    expect(page.get_by_role("link", name="30 days")).to_be_focused()


def test_days_of_ones_own_stay_when_the_page_renews_itself(server: Server, page: Page) -> None:
    sign_in(server, page)
    page.get_by_text("Custom").click()
    page.get_by_label("From", exact=True).fill("2024-05-01")
    page.get_by_label("To", exact=True).fill("2024-05-09")
    page.get_by_role("button", name="Show").click()
    days = page.get_by_role("heading", level=1)
    expect(days).to_have_text("1 May \N{EN DASH} 9 May 2024")

    visit(server, "Third page")

    has_come(page, "Third page")
    expect(days).to_have_text("1 May \N{EN DASH} 9 May 2024")
    page.get_by_role("link", name="Earlier").click()
    expect(days).to_have_text("22 Apr \N{EN DASH} 30 Apr 2024")


def test_days_and_numbers_are_chosen_without_loading_the_page_anew(server: Server, page: Page) -> None:
    sign_in(server, page)
    page.evaluate("window.same = true")

    page.get_by_role("link", name="Today").click()
    page.get_by_role("link", name="Bounce rate").click()

    expect(page.get_by_role("figure", name="Bounce rate over time")).to_be_visible()
    expect(page).to_have_url(re.compile(r"span=day&show=bounce_rate"))
    page.go_back()
    expect(page.get_by_role("figure", name="Visitors over time")).to_be_visible()
    assert page.evaluate("window.same")


def test_anything_else_is_chosen_without_loading_the_page_anew(server: Server, page: Page) -> None:
    sign_in(server, page)
    page.evaluate("window.same = true")

    page.get_by_label("By", exact=True).select_option("Source name")
    expect(page.locator("#part-explore").get_by_role("rowheader", name="news.example")).to_be_visible()
    page.get_by_role("link", name="Today").click()
    expect(page).to_have_url(re.compile("by=source_name"))
    page.go_back()
    page.go_back()

    expect(page.get_by_label("By", exact=True)).to_have_value("hour")
    assert page.evaluate("window.same")


def test_the_chart_tells_the_day_under_the_pointer(server: Server, page: Page) -> None:
    sign_in(server, page, "/dashboard?span=7d")
    box = page.locator(".plot").bounding_box()
    assert box

    page.locator(".plot").hover(position={"x": box["width"] - 2, "y": 20})

    expect(page.locator(".tip")).to_contain_text(re.compile(r"^\w{3} \d+ \w{3}[1-9]"))
    page.locator(".newest").hover()
    expect(page.locator(".tip")).to_be_hidden()


def test_the_chart_tells_its_days_to_the_arrow_keys(server: Server, page: Page) -> None:
    sign_in(server, page, "/dashboard?span=7d")
    page.locator("#plot").focus()

    page.keyboard.press("ArrowLeft")
    last = page.get_by_role("status").inner_text()
    page.keyboard.press("ArrowLeft")

    assert re.match(r"\w{3} \d+ \w{3}: [1-9]", last)
    expect(page.get_by_role("status")).not_to_have_text(last)
    expect(page.locator(".tip")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".tip")).to_be_hidden()


def test_the_page_says_when_it_has_lost_the_server(server: Server, page: Page) -> None:
    sign_in(server, page)
    expect(page.locator("#live")).not_to_have_class(re.compile("lost"))

    page.route("**/dashboard/live*", lambda route: route.abort())
    expect(page.locator("#live")).to_have_class(re.compile("lost"))

    page.unroute("**/dashboard/live*")
    expect(page.locator("#live")).not_to_have_class(re.compile("lost"))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_runs_over_the_edge(server: Server, page: Page, width: int, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(server, page)
    page.get_by_text("Custom").click()

    expect(page.get_by_role("button", name="Show")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.evaluate(
        "[...document.querySelectorAll('.totals dd, h1, .choice > a, .arrow')]"
        ".every((part) => part.scrollWidth <= part.clientWidth)"
    )


def test_without_javascript_the_numbers_are_there(server: Server, context: BrowserContext, page: Page) -> None:
    sign_in(server, page)
    assert context.browser
    plain = context.browser.new_context(java_script_enabled=False, storage_state=context.storage_state())
    still = plain.new_page()

    still.goto(f"{server.url}/dashboard")
    still.get_by_role("link", name="Page views").click()
    still.locator("label", has_text="Entry").click()

    expect(still.get_by_role("figure", name="Page views over time")).to_be_visible()
    expect(still.locator("#part-pages-entry").get_by_role("rowheader", name="/")).to_be_visible()
    still.get_by_label("By", exact=True).select_option("Source name")
    still.locator(".explore").get_by_role("button", name="Show").click()
    expect(still.locator("#part-explore").get_by_role("rowheader", name="news.example")).to_be_visible()
    expect(still.get_by_role("figure", name="Page views over time")).to_be_visible()
    plain.close()


def test_one_signs_in_to_a_server_without_https_under_a_name(server: Server, page: Page) -> None:
    # Browsers say less of where a form comes from there than to this machine's own address.
    named = f"http://stats.example:{server.port}"
    page.goto(f"{named}/dashboard/sign-in")
    page.get_by_label("Login").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)

    with page.expect_request("**/dashboard/sign-in") as sent:
        page.get_by_role("button", name="Sign in").click()

    expect(page).to_have_url(f"{named}/dashboard")
    headers = sent.value.all_headers()
    assert "sec-fetch-site" not in headers
    assert headers["origin"] == named


def test_a_link_lets_somebody_in_once(server: Server, page: Page) -> None:
    link = re.findall(r"http://\S+/dashboard/welcome/\S+", server.said())[0]
    page.goto(link)

    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Set password").click()

    expect(page).to_have_url(f"{server.url}/dashboard")
    page.goto(link)
    expect(page.get_by_role("heading", name="This link is used up")).to_be_visible()


def test_signing_out_leads_to_the_door(server: Server, page: Page) -> None:
    sign_in(server, page)

    page.get_by_role("button", name="Sign out").click()

    expect(page).to_have_url(f"{server.url}/dashboard/sign-in")
    assert until(lambda: page.context.cookies() == [])
