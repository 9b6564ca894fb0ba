"""The snippets of `docs/snippet.md`, as they stand there: only the server's address is another."""

import re
from pathlib import Path
from textwrap import dedent

import pytest
from playwright.sync_api import BrowserContext, Page, Request

from browser.pages import PageServer
from browser.visitor import ID, OBJECTION, VISIT, Visitor
from pellucid.collect.tracker_files import BUILT

DOCUMENT = Path(__file__).parents[2] / "docs" / "snippet.md"
OPT_OUT = "<script>_paq.push(['optUserOut'])</script>"
LATER_PAGES = 10


def a_page_with(page_server: PageServer, heading: str, more: str = "") -> str:
    """A page with the snippet that stands under a heading."""
    section = DOCUMENT.read_text().partition(f"## {heading}\n")[2].partition("\n## ")[0]
    snippet = dedent("\n".join(re.findall(r"^(?: {4}.*)?$", section, re.MULTILINE)))
    assert snippet.count("https://stats.example/")
    snippet = snippet.replace("https://stats.example/", page_server.url("/"))
    snippet = snippet.replace("/* the stub */", BUILT["stub"].content.decode())
    return f'<!doctype html><title>Home</title><link rel="icon" href="data:,"><body>{snippet}{more}'


def test_matomos_snippet_tracks(page: Page, page_server: PageServer, visitor: Visitor) -> None:
    page_server.page = a_page_with(page_server, "Matomo's snippet")

    page.goto(page_server.url())

    (hit,) = page_server.wait_for_hits(1)
    assert (hit.said["idsite"], hit.said["action_name"]) == ("1", "Home")
    assert visitor.names() == {ID, VISIT}


@pytest.mark.parametrize("known", [False, True])
def test_with_matomos_snippet_an_objection_leaves_one_cookie_on_ten_pages_and_no_hit(
    page: Page, page_server: PageServer, visitor: Visitor, *, known: bool
) -> None:
    if known:
        visitor.was_here()
    page_server.page = a_page_with(page_server, "Matomo's snippet", OPT_OUT)
    page.goto(page_server.url())
    assert page_server.hits_when_settled(page) == []
    page_server.page = a_page_with(page_server, "Matomo's snippet")

    for number in range(LATER_PAGES):
        page.goto(page_server.url(f"/page/{number}"))
        assert page_server.hits_when_settled(page) == []
        assert [cookie["name"] for cookie in visitor.cookies()] == [OBJECTION]


def test_with_the_stub_an_objection_leaves_one_cookie_on_ten_pages_and_no_request(
    page: Page, context: BrowserContext, page_server: PageServer, visitor: Visitor
) -> None:
    asked: list[str] = []

    def take(request: Request) -> None:
        if not request.url.startswith((page_server.url("/page"), page_server.url("/barrier"))):
            asked.append(request.url)

    context.on("request", take)
    page_server.page = a_page_with(page_server, "The stub").replace(
        "_paq.push(['trackPageView'])", "_paq.push(['trackPageView'], ['optUserOut'])"
    )
    page.goto(page_server.url())
    page_server.page = a_page_with(page_server, "The stub")

    for number in range(LATER_PAGES):
        page.goto(page_server.url(f"/page/{number}"))
        assert page_server.hits_when_settled(page) == []
        assert [cookie["name"] for cookie in visitor.cookies()] == [OBJECTION]

    assert asked == []
