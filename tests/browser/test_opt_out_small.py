"""The opt-out's frame on pages of the stub and of the small tracker: a choice is shown, made and taken back there."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from browser.opt_out_server import FRAME, SHOP, Sites
from pellucid.collect.tracker_files import BUILT

FLAG = "mtm_consent_removed"
STUB = f"""<script>window._paq = [['trackPageView']]; window.PellucidStub = {{ server: '{{stats}}/', site: 1 }}</script>
<script>{BUILT["stub"].content.decode()}</script>"""
SMALL = """<script>
    window._paq = [['setTrackerUrl', '{stats}/matomo.php'], ['setSiteId', 1], ['trackPageView']];
</script><script src='{stats}/lite.js'></script>"""
SCRIPTS = {"stub": STUB, "small tracker": SMALL}


def flags(context: BrowserContext) -> list[str]:
    """The site's own cookies."""
    return [cookie["name"] for cookie in context.cookies() if cookie["domain"] == SHOP]


@pytest.mark.parametrize("script", SCRIPTS)
def test_an_objection_in_the_frame_is_kept_by_the_page(
    sites: Sites, context: BrowserContext, page: Page, script: str
) -> None:
    sites.shows(SCRIPTS[script], FRAME)
    page.goto(sites.url(SHOP))
    sites.verdicts(1)
    frame = page.frame_locator("iframe")

    frame.get_by_role("button", name="Do not record my visits").click()

    expect(frame.locator("[data-layer=page]")).to_have_attribute("data-state", "yes")
    assert flags(context) == [FLAG]


@pytest.mark.parametrize("script", SCRIPTS)
def test_an_objection_that_the_page_has_is_shown_in_the_frame_and_taken_back(
    sites: Sites, context: BrowserContext, page: Page, script: str
) -> None:
    context.add_cookies([{"name": FLAG, "value": "1763985600000", "url": sites.url(SHOP)}])
    sites.shows(SCRIPTS[script], FRAME)
    sites.asked()
    page.goto(sites.url(SHOP))
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("You have objected: your visits are not recorded.")).to_be_visible()
    assert {"/matomo.js", "/matomo.php"}.isdisjoint(sites.asked())

    with context.expect_page() as opened:
        frame.get_by_role("link", name="Take my objection back").click()
    opened.value.get_by_role("button", name="Yes, take it back").click()

    expect(frame.get_by_text("Your visits may be recorded.")).to_be_visible()
    assert FLAG not in flags(context)
    page.goto(sites.url(SHOP))
    sites.verdicts(1)
