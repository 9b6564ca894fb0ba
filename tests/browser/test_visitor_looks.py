"""Whoever a visitor is, and whatever with: no violation found by axe-core, nothing wider than its window."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from browser.conftest import Loop
from browser.opt_out_server import FRAME, MATOMOS, SHOP, STATS, Sites
from browser.pages import PATIENCE_SECONDS
from pellucid.visitor.languages import NAMES
from pellucid.visitor.opt_out_box import settings_of, snippet_of

AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
WIDTHS = (360, 768, 1440)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
MARK = {"name": "matomo_ignore", "value": "ignore%3DKg%3D%3D"}
PAGES = {
    "the choice": "/optout",
    "an objection": "/optout?chosen=objection",
    "the window": "/optout/back",
    "what is measured": "/privacy/1",
    "what is measured, in German": "/privacy/1?language=de",
    "no such site": "/privacy/2",
}
FRAMES = {
    "a frame": MATOMOS,
    "a frame in colours": f"{MATOMOS}&backgroundColor=0B2545&fontColor=EEF4ED",
    "a frame on paper": f"{MATOMOS}&backgroundColor=ffffff",
}


@pytest.fixture(scope="module")
def window(_playwright: tuple[Browser, Loop]) -> Iterator[Page]:
    """A page for all that is opened without anything to remember: a browser of one's own takes long to make."""
    browser, loop = _playwright
    with loop.entered():
        context = browser.new_context(ignore_https_errors=True)
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        page = context.new_page()
    yield page
    with loop.entered():
        assert context.cookies() == []
        context.close()


def in_light_and_dark(page: Page, shown: Page | Frame) -> list[str]:
    """What axe-core finds wrong, with the elements."""
    wrong = []
    shown.evaluate(f"() => {{ {AXE} }}")
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found: Any = shown.evaluate("axe.run()")
        assert found["passes"]
        wrong += [f"{scheme}: {one['id']}: {[node['html'] for node in one['nodes']]}" for one in found["violations"]]
    return wrong


@pytest.mark.parametrize("shown", PAGES)
def test_axe_finds_nothing(sites: Sites, context: BrowserContext, page: Page, shown: str) -> None:
    if shown == "an objection":
        context.add_cookies([{**MARK, "url": sites.url(STATS)}])  # type: ignore[typeddict-item]

    page.goto(sites.url(STATS, PAGES[shown]))

    assert in_light_and_dark(page, page) == []


def test_axe_finds_nothing_in_what_is_measured_on_a_telephone(sites: Sites, page: Page) -> None:
    page.set_viewport_size({"width": min(WIDTHS), "height": 780})

    page.goto(sites.url(STATS, PAGES["what is measured"]))

    assert in_light_and_dark(page, page) == []


@pytest.mark.parametrize("shown", FRAMES)
def test_axe_finds_nothing_in_a_frame(sites: Sites, page: Page, shown: str) -> None:
    sites.shows(f"<main><h1>Privacy</h1>{FRAME}</main>", frame=FRAMES[shown])

    page.goto(sites.url(SHOP))
    inside = page.frame_locator("iframe")
    inside.locator("main").wait_for()
    frame = page.frames[1]

    assert in_light_and_dark(page, frame) == []
    inside.get_by_role("button").click()
    expect(inside.get_by_text("Your objection took effect.")).to_be_visible()
    assert in_light_and_dark(page, frame) == []


def test_axe_finds_nothing_in_what_is_refused(sites: Sites, page: Page) -> None:
    sites.shows("<form method='post' action='{stats}/optout'><button>Send</button></form>")
    page.goto(sites.url(SHOP))

    page.get_by_role("button").click()

    expect(page.get_by_role("alert")).to_be_visible()
    assert in_light_and_dark(page, page) == []


def test_axe_finds_nothing_in_the_checkbox(sites: Sites, page: Page) -> None:
    sites.shows(f"<main><h1>Privacy</h1>{snippet_of(settings_of({}, ''))}</main>")
    page.goto(sites.url(SHOP))
    page.get_by_role("checkbox").wait_for()

    assert in_light_and_dark(page, page) == []


@pytest.mark.parametrize("language", NAMES)
def test_the_table_of_cookies_is_read_without_scrolling_it(sites: Sites, page: Page, language: str) -> None:
    page.goto(sites.url(STATS, f"/privacy/1?language={language}"))

    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.locator(".wide").evaluate("table => table.scrollWidth - table.clientWidth") == 0


def test_a_ground_in_the_table_leads_to_what_explains_it(sites: Sites, page: Page) -> None:
    page.goto(sites.url(STATS, "/privacy/1?language=en"))

    page.get_by_role("row", name="_pk_ref").get_by_role("link", name="Consent", exact=True).click()

    expect(page.locator(":target")).to_be_in_viewport()
    expect(page.locator(":target")).to_contain_text("the CNIL's exemption leaves that out")


@pytest.mark.parametrize("language", NAMES)
@pytest.mark.parametrize(
    "address", ["/optout?chosen=objection&", "/optout/back?", f"{MATOMOS}&chosen=objection&", "/privacy/1?"]
)
def test_nothing_is_wider_than_its_window(sites: Sites, window: Page, address: str, language: str) -> None:
    window.goto(sites.url(STATS, f"{address}language={language}"))

    for width in WIDTHS:
        window.set_viewport_size({"width": width, "height": 900})
        assert window.evaluate("document.documentElement.scrollWidth") == width
