"""From a page with Matomo's snippet, opened in a browser, to the report and the dashboard."""

import re
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from flow.server import Server
from flow.site import chromium, site_of

LONGEST_WAY_SECONDS = 20

PAGE = """<!doctype html>
<title>Spring collection</title>
<link rel="icon" href="data:,">
<script>
  var _paq = window._paq = window._paq || [];
  _paq.push(['trackPageView']);
  _paq.push(['enableLinkTracking']);
  (function() {
    var u="%s/";
    _paq.push(['setTrackerUrl', u+'matomo.php']);
    _paq.push(['setSiteId', '1']);
    var d=document, g=d.createElement('script'), s=d.getElementsByTagName('script')[0];
    g.async=true; g.src=u+'matomo.js'; s.parentNode.insertBefore(g,s);
  })();
</script>
<p>Shoes
"""
"""What a page of a site that comes from Matomo has: only the address in `u` is ours."""


@pytest.fixture
def shop(server: Server) -> Iterator[str]:
    """The address of a web site of one page, on a host of its own."""
    with site_of(PAGE % server.url) as address:
        yield address


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


def sign_in(server: Server, page: Page) -> None:
    (link,) = re.findall(r"http://\S+/dashboard/welcome/\S+", server.said())
    page.goto(link)
    page.get_by_label("New password").fill("a few words in a row")
    page.get_by_role("button", name="Set password").click()


def test_a_visit_to_a_page_with_the_snippet_is_in_the_report_and_on_the_dashboard(
    server: Server,
    shop: str,
    browser: Browser,
    record_property: Callable[[str, object], None],
) -> None:
    token = server.token()
    owner = browser.new_context().new_page()
    sign_in(server, owner)
    expect(owner.get_by_text("Put this into every page")).to_be_visible()

    began = monotonic()
    browser.new_context().new_page().goto(f"{shop}/shoes?size=42")
    server.until(lambda: report(server, token, "VisitsSummary.get").get("nb_visits"))
    seconds = round(monotonic() - began, 2)

    record_property("seconds_from_page_to_report", seconds)
    print(f"From opening the page to the report: {seconds} seconds.")  # noqa: T201 -- shown with -s or -rP
    expect(owner.get_by_text("Spring collection")).to_be_visible(timeout=LONGEST_WAY_SECONDS * 1000)
    summary = report(server, token, "VisitsSummary.get")
    assert (summary["nb_visits"], summary["nb_actions"], summary["nb_uniq_visitors"]) == (1, 1, 1)
    assert [row["label"].strip() for row in report(server, token, "Actions.getPageTitles")] == ["Spring collection"]


def report(server: Server, token: str, method: str) -> Any:
    return server.report(token, method, idSite="1", period="day", date="today")
