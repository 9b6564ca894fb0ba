"""The opt-out as a checkbox in a site's own page: with a tracker, without one, and without any server."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from browser.opt_out_server import FRAME, SHOP, TRACKER, Sites, serving
from pellucid.visitor.opt_out_box import settings_of, snippet_of

SCRIPT = "{stats}/index.php?module=CoreAdminHome&action=optOutJS&"
LABEL = "Do not record my visits to this website"
FLAG = "mtm_consent_removed"


@pytest.fixture(scope="module")
def sites_server() -> Iterator[Sites]:
    with serving(None) as running:
        yield running


def box(more: str = "language=en") -> str:
    return f"<div id='matomo-opt-out'></div><script src='{SCRIPT}{more}'></script>"


def names(context: BrowserContext) -> set[str]:
    return {cookie["name"] for cookie in context.cookies()}


@pytest.mark.parametrize("order", ["box first", "tracker first"])
def test_it_drives_the_tracker(sites: Sites, context: BrowserContext, page: Page, order: str) -> None:
    parts = [box(), TRACKER]
    sites.shows(*(parts if order == "box first" else reversed(parts)))
    page.goto(sites.url(SHOP))
    sites.verdicts(1)
    assert any(name.startswith("_pk_id") for name in names(context))

    page.get_by_label(LABEL).check()

    expect(page.get_by_role("status")).to_have_text("Your visits are not recorded.")
    assert names(context) == {FLAG}
    assert page.evaluate("Matomo.getAsyncTracker().isUserOptedOut()")


@pytest.mark.parametrize(
    ("maker", "told"),
    [("Google Inc.", "for 400 days from"), ("", "for 400 days from"), ("Apple Computer, Inc.", "for 7 days from")],
)
def test_it_says_how_long_this_very_browser_keeps_an_objection(sites: Sites, page: Page, maker: str, told: str) -> None:
    page.add_init_script(f"Object.defineProperty(navigator, 'vendor', {{ get: () => '{maker}' }})")
    sites.shows(box())

    page.goto(sites.url(SHOP))

    expect(page.locator("#matomo-opt-out > p").last).to_contain_text(told)


def test_a_choice_in_the_frame_beside_it_is_shown(sites: Sites, page: Page) -> None:
    sites.shows(TRACKER, box(), FRAME)
    page.goto(sites.url(SHOP))

    page.frame_locator("iframe").get_by_role("button", name="Do not record my visits").click()

    expect(page.get_by_label(LABEL)).to_be_checked()
    expect(page.get_by_role("status")).to_have_text("Your visits are not recorded.")


def test_a_choice_in_the_banner_is_shown(sites: Sites, page: Page) -> None:
    sites.shows(TRACKER, box())
    page.goto(sites.url(SHOP))
    sites.verdicts(1)

    page.evaluate("_paq.push(['optUserOut']); dispatchEvent(new CustomEvent('ConsentChanged'))")

    expect(page.get_by_label(LABEL)).to_be_checked()


def test_taking_it_back_is_no_consent(sites: Sites, context: BrowserContext, page: Page) -> None:
    sites.shows(TRACKER, box())
    page.goto(sites.url(SHOP))
    page.get_by_label(LABEL).check()

    page.get_by_label(LABEL).uncheck()

    expect(page.get_by_role("status")).to_have_text("Your visits may be recorded.")
    assert names(context) == set()
    assert not page.evaluate("Matomo.getAsyncTracker().hasRememberedConsent()")


def test_where_a_site_asks_first_taking_it_back_changes_nothing_and_is_told_so(sites: Sites, page: Page) -> None:
    sites.shows(TRACKER.replace("['trackPageView']", "['requireConsent']"), box())
    page.goto(sites.url(SHOP))
    expect(page.get_by_label(LABEL)).to_be_checked()

    page.get_by_label(LABEL).click()

    expect(page.get_by_role("alert")).to_contain_text("this website asks for your consent first")
    expect(page.get_by_label(LABEL)).to_be_checked()


def test_without_a_tracker_it_keeps_the_objection_itself(sites: Sites, context: BrowserContext, page: Page) -> None:
    sites.shows(box())
    page.goto(sites.url(SHOP))
    assert names(context) == set()

    page.get_by_label(LABEL).check()
    page.reload()

    expect(page.get_by_label(LABEL)).to_be_checked()
    (cookie,) = context.cookies()
    assert (cookie["name"], cookie["path"], cookie["sameSite"], cookie["domain"]) == (FLAG, "/", "Lax", SHOP)
    assert 399 * 86_400 < cookie["expires"] - page.evaluate("Date.now() / 1000") < 401 * 86_400
    page.get_by_label(LABEL).uncheck()
    assert names(context) == set()


def test_a_tracker_that_comes_later_finds_what_the_box_has_kept(sites: Sites, page: Page) -> None:
    sites.shows(box())
    page.goto(sites.url(SHOP))
    page.get_by_label(LABEL).check()
    sites.shows(TRACKER, box())
    sites.asked()

    page.goto(sites.url(SHOP))

    expect(page.get_by_label(LABEL)).to_be_checked()
    page.wait_for_function("window.Matomo.initialized")
    page.goto("about:blank")
    assert "/matomo.php" not in sites.asked()


def test_where_it_may_keep_nothing_it_says_that_the_choice_is_lost(
    sites: Sites, context: BrowserContext, page: Page
) -> None:
    sites.shows(box("language=en&useCookiesIfNoTracker=0"))
    page.goto(sites.url(SHOP))

    page.get_by_label(LABEL).click()

    expect(page.get_by_role("alert")).to_contain_text("The script that counts is not there")
    expect(page.get_by_label(LABEL)).not_to_be_checked()
    assert names(context) == set()


def test_a_domain_and_path_of_another_site_do_not_lose_the_choice(
    sites: Sites, context: BrowserContext, page: Page
) -> None:
    sites.shows(box("language=en&cookieDomain=elsewhere.test&cookiePath=/elsewhere"))
    page.goto(sites.url(SHOP))

    page.get_by_label(LABEL).check()

    assert names(context) == {FLAG}


def test_a_browser_that_keeps_nothing_is_told_of(sites: Sites, page: Page) -> None:
    page.add_init_script("Object.defineProperty(document, 'cookie', { get: () => '', set: () => {} })")
    sites.shows(box())
    page.goto(sites.url(SHOP))

    page.get_by_label(LABEL).click()

    expect(page.get_by_role("alert")).to_contain_text("Your browser has kept nothing of your objection.")


def test_the_snippet_works_without_this_server(sites: Sites, context: BrowserContext, page: Page) -> None:
    sites.shows(snippet_of(settings_of({"language": "de"}, "")))
    page.goto(sites.url(SHOP))

    page.get_by_label("Meine Besuche dieser Website nicht aufzeichnen").check()

    assert names(context) == {FLAG}
    assert sites.asked() == []


def test_colours_and_fonts_are_those_that_were_asked_for(sites: Sites, page: Page) -> None:
    sites.shows(box("language=en&backgroundColor=112233&fontColor=fff&fontSize=20px&fontFamily=Arial&showIntro=0"))
    page.goto(sites.url(SHOP))

    place = page.locator("#matomo-opt-out")

    expect(place).to_have_css("background-color", "rgb(17, 34, 51)")
    expect(place).to_have_css("color", "rgb(255, 255, 255)")
    expect(place).to_have_css("font-size", "20px")
    expect(place.get_by_text("This website counts")).to_have_count(0)
