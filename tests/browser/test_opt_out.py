"""The opt-out in a real browser: names of their own, TLS, and a browser that keeps other sites' cookies apart."""

from time import time
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect

from browser.opt_out_server import BLOG, EVIL, FRAME, IMAGE, MATOMOS, SHOP, STATS, TRACKER, WITHIN, Sites, serving
from pellucid.visitor.opt_out_tokens import Purpose

OBJECTED = "You have objected: your visits are not recorded."
MAY_BE = "Your visits may be recorded."
BUTTON = "Do not record my visits"
FLAG, MARK = "mtm_consent_removed", "matomo_ignore"
REFUSED = "refused; reason=opted-out-of-instance"


def framed(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def layers(frame: FrameLocator | Page) -> dict[str, str | None]:
    """What the page says of each layer that it shows."""
    expect(frame.locator("#outcome")).to_be_visible()
    shown = frame.locator("[data-layer]:visible").all()
    return {str(layer.get_attribute("data-layer")): layer.get_attribute("data-state") for layer in shown}


def kept(context: BrowserContext) -> set[tuple[str, str, str]]:
    """Name, domain and the site it is kept apart for, of each cookie."""
    cookies: list[Any] = list(context.cookies())
    return {(cookie["name"], cookie["domain"], cookie.get("partitionKey", "")) for cookie in cookies}


def soon_over(context: BrowserContext) -> None:
    """Let all cookies have a day left."""
    cookies: list[Any] = list(context.cookies())
    context.add_cookies([cookie | {"expires": time() + 86_400} for cookie in cookies])


def days_left(context: BrowserContext) -> list[tuple[str, int]]:
    """How long each cookie will live."""
    cookies: list[Any] = list(context.cookies())
    return [(cookie["name"], round((cookie["expires"] - time()) / 86_400)) for cookie in cookies]


@pytest.mark.parametrize("address", ["/optout", MATOMOS, "/optout/back"])
def test_looking_keeps_nothing_of_any_kind(sites: Sites, context: BrowserContext, page: Page, address: str) -> None:
    sites.shows(FRAME, frame=MATOMOS)

    page.goto(sites.url(SHOP))
    expect(framed(page).get_by_text(MAY_BE)).to_be_visible()
    page.goto(sites.url(STATS, address))

    assert context.cookies() == []
    stored = "async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length]"
    assert page.evaluate(stored) == [0, 0, 0]


def test_an_objection_in_a_frame_is_kept_by_the_page_and_for_this_site(
    sites: Sites, context: BrowserContext, page: Page
) -> None:
    sites.shows(TRACKER, FRAME)
    page.goto(sites.url(SHOP))
    sites.verdicts(1)

    framed(page).get_by_role("button", name=BUTTON).click()

    expect(framed(page).get_by_text("Your objection took effect.")).to_be_visible()
    assert layers(framed(page)) == {"page": "yes", "here": "yes", "all": "no"}
    expect(framed(page).locator("#outcome").get_by_text("for 400 days from your last visit at most")).to_be_visible()
    assert kept(context) == {(FLAG, SHOP, ""), (MARK, STATS, f"https://{SHOP}")}
    expect(framed(page).get_by_text(OBJECTED)).to_be_visible()
    expect(framed(page).get_by_role("link", name="Object for the other websites")).to_be_visible()


def test_all_three_layers_are_kept_where_the_browser_allows_it(
    sites: Sites, context: BrowserContext, page: Page
) -> None:
    sites.shows(TRACKER, FRAME)
    context.grant_permissions(["storage-access"])
    page.goto(sites.url(SHOP))

    framed(page).get_by_role("button", name=BUTTON).click()

    assert layers(framed(page)) == {"page": "yes", "here": "yes", "all": "yes"}
    assert kept(context) == {(FLAG, SHOP, ""), (MARK, STATS, f"https://{SHOP}"), (MARK, STATS, "")}
    expect(framed(page).get_by_role("link", name="Object for the other websites")).to_be_hidden()


def test_what_is_kept_is_told_while_the_browser_asks_its_user(sites: Sites, page: Page) -> None:
    sites.shows(TRACKER, FRAME)
    page.add_init_script("document.requestStorageAccess = () => new Promise(() => {})")
    page.goto(sites.url(SHOP))

    framed(page).get_by_role("button", name=BUTTON).click()

    assert layers(framed(page)) == {"page": "yes", "here": "yes", "all": "no"}


def test_a_mark_for_all_sites_is_not_shown_where_a_browser_keeps_sites_apart(
    sites: Sites, context: BrowserContext, page: Page
) -> None:
    sites.shows(IMAGE, FRAME)
    context.grant_permissions(["storage-access"])
    page.goto(sites.url(SHOP))
    framed(page).get_by_role("button", name=BUTTON).click()
    assert layers(framed(page)) == {"page": "no", "here": "yes", "all": "yes"}
    sites.verdicts(1)

    page.goto(sites.url(BLOG))

    assert sites.verdicts(1) == ["recorded"]


def test_a_server_that_shares_the_site_needs_nobodys_leave(sites: Sites, context: BrowserContext, page: Page) -> None:
    sites.shows(IMAGE, FRAME, server=WITHIN)
    page.goto(sites.url(SHOP))
    framed(page).get_by_role("button", name=BUTTON).click()
    assert layers(framed(page)) == {"page": "no", "here": "yes", "all": "yes"}
    sites.verdicts(1)

    page.reload()

    assert sites.verdicts(1) == [REFUSED]
    assert (MARK, WITHIN, "") in kept(context)


def test_a_choice_in_a_frame_holds_for_its_site_and_no_other(sites: Sites, page: Page) -> None:
    sites.shows(IMAGE, FRAME)
    page.goto(sites.url(SHOP))
    before = sites.verdicts(1)
    framed(page).get_by_role("button", name=BUTTON).click()
    assert layers(framed(page)) == {"page": "no", "here": "yes", "all": "no"}

    page.reload()
    here = sites.verdicts(1)
    page.goto(sites.url(BLOG))
    elsewhere = sites.verdicts(1)

    assert (before, here, elsewhere) == (["recorded"], [REFUSED], ["recorded"])


def test_a_page_that_is_told_sends_nothing_any_more(sites: Sites, context: BrowserContext, page: Page) -> None:
    sites.shows(TRACKER, FRAME)
    page.goto(sites.url(SHOP))
    sites.verdicts(1)
    framed(page).get_by_role("button", name=BUTTON).click()
    expect(framed(page).get_by_text(OBJECTED)).to_be_visible()
    sites.shows(TRACKER)
    sites.asked()

    page.goto(sites.url(SHOP))
    page.wait_for_function("window.Matomo.initialized")
    page.goto("about:blank")

    assert "/matomo.php" not in sites.asked()
    assert {name for name, _, _ in kept(context)} == {FLAG, MARK}


def test_where_nothing_is_kept_the_frame_says_so_and_what_to_do(page: Page, context: BrowserContext) -> None:
    with serving(None) as plain:
        plain.shows(FRAME)
        page.goto(plain.url(SHOP))

        framed(page).get_by_role("button", name=BUTTON).click()

        assert layers(framed(page)) == {"page": "no", "here": "no", "all": "no"}
        expect(framed(page).get_by_text("Your objection did not take effect")).to_be_visible()
        expect(framed(page).get_by_text("What you can do")).to_be_visible()
        expect(framed(page).get_by_text("This server is reached without https")).to_be_visible()
        expect(framed(page).get_by_text(MAY_BE)).to_be_visible()
        assert kept(context) == set()
        page.goto("about:blank")


def test_an_objection_on_the_own_page_is_one_for_all_sites(sites: Sites, context: BrowserContext, page: Page) -> None:
    page.goto(sites.url(STATS, "/optout"))

    page.get_by_role("button", name=BUTTON).click()

    expect(page.get_by_text(OBJECTED)).to_be_visible()
    assert layers(page) == {"all": "yes"}
    assert kept(context) == {(MARK, STATS, "")}


def test_an_objection_is_taken_back_after_one_more_question_in_a_window(
    sites: Sites, context: BrowserContext, page: Page
) -> None:
    sites.shows(TRACKER, FRAME)
    page.goto(sites.url(SHOP))
    framed(page).get_by_role("button", name=BUTTON).click()
    expect(framed(page).get_by_text(OBJECTED)).to_be_visible()

    with context.expect_page() as opened:
        framed(page).get_by_role("link", name="Take my objection back").click()
    window = opened.value
    assert len(kept(context)) == 2
    window.get_by_role("button", name="Yes, take it back").click()

    expect(window.get_by_role("heading", name="Your objection is taken back")).to_be_visible()
    expect(framed(page).get_by_text(MAY_BE)).to_be_visible()
    names = {name for name, _, _ in kept(context)}
    assert names.isdisjoint({FLAG, MARK, "mtm_consent", "mtm_cookie_consent"})


@pytest.mark.parametrize("host", [STATS, WITHIN])
def test_what_is_renewed_is_each_mark_as_it_is_and_one_taken_back_stays_so(
    sites: Sites, context: BrowserContext, page: Page, host: str
) -> None:
    sites.shows(IMAGE, TRACKER, FRAME, server=host)
    page.goto(sites.url(SHOP))
    framed(page).get_by_role("button", name=BUTTON).click()
    expect(framed(page).get_by_text("Your objection took effect.")).to_be_visible()
    before = kept(context)
    sites.verdicts(1)
    soon_over(context)

    page.reload()
    sites.verdicts(1)

    assert kept(context) == before
    assert {days for name, days in days_left(context) if name == MARK} == {400}
    with context.expect_page() as opened:
        framed(page).get_by_role("link", name="Take my objection back").click()
    opened.value.get_by_role("button", name="Yes, take it back").click()
    expect(framed(page).get_by_text(MAY_BE)).to_be_visible()
    page.reload()
    sites.verdicts(2)
    assert {name for name, _, _ in kept(context)} & {MARK, FLAG} == set()


@pytest.mark.parametrize("name", ["matomo_ignore", "piwik_ignore"])
def test_what_matomo_has_set_is_renewed_and_not_shortened(
    sites: Sites, context: BrowserContext, page: Page, name: str
) -> None:
    sites.shows(IMAGE, server=WITHIN)
    cookie: Any = {"name": name, "value": "ignore%3DKg%3D%3D", "url": sites.url(WITHIN), "sameSite": "Lax"}
    context.add_cookies([cookie | {"expires": time() + 86_400}])

    page.goto(sites.url(SHOP))

    assert sites.verdicts(1) == [REFUSED]
    assert (MARK, 400) in days_left(context)


def test_what_an_earlier_server_set_is_shown_and_taken_back(sites: Sites, context: BrowserContext, page: Page) -> None:
    earlier = [{"name": name, "value": "ignore%3DKg%3D%3D", "url": sites.url(STATS)} for name in (MARK, "piwik_ignore")]
    context.add_cookies(earlier)  # type: ignore[arg-type]
    page.goto(sites.url(STATS, "/optout"))
    expect(page.get_by_text(OBJECTED)).to_be_visible()

    with context.expect_page() as opened:
        page.get_by_role("link", name="Take my objection back").click()
    opened.value.get_by_role("button", name="Yes, take it back").click()

    expect(opened.value.get_by_role("heading", name="Your objection is taken back")).to_be_visible()
    assert kept(context) == set()


def test_the_window_can_not_be_framed(sites: Sites, page: Page) -> None:
    sites.shows(FRAME, frame="/optout/back")
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))

    page.goto(sites.url(EVIL))

    page.wait_for_timeout(0)
    expect(framed(page).get_by_role("button", name="Yes, take it back")).to_have_count(0)
    assert any("frame-ancestors 'none'" in problem for problem in problems)


def test_another_page_changes_nothing_with_a_form_of_its_own(sites: Sites, context: BrowserContext, page: Page) -> None:
    mark = sites.tokens.give(Purpose.OBJECT)
    sites.shows(
        f"<form method='post' action='{{stats}}/optout'><input name='token' value='{mark}'>"
        "<button name='choice' value='object'>Win</button></form>",
    )
    page.goto(sites.url(EVIL))

    page.get_by_role("button", name="Win").click()

    expect(page.get_by_role("heading", name="Nothing was changed.")).to_be_visible()
    assert kept(context) == set()


def test_another_page_takes_nothing_back_with_messages_to_the_frame(
    sites: Sites, context: BrowserContext, page: Page
) -> None:
    mark = sites.tokens.give(Purpose.TAKEN_BACK)
    page.goto(sites.url(EVIL))
    framed(page).get_by_role("button", name=BUTTON).click()
    expect(framed(page).get_by_text(OBJECTED)).to_be_visible()
    sites.asked()

    page.evaluate(
        """async (mark) => {
          const texts = ['{"maq_opted_in":true}', '{"maq_confirm_opted_in":true}', "{"];
          for (const said of [{ takenBack: mark }, null, ...texts]) {
            document.querySelector("iframe").contentWindow.postMessage(said, "*");
          }
          await new Promise((done) => setTimeout(done, 0));
        }""",
        mark,
    )
    framed(page).locator("body").evaluate("() => fetch('/optout/state')")

    assert sites.asked() == ["/optout/state"]
    assert kept(context) == {(MARK, STATS, f"https://{EVIL}")}


def test_a_page_that_shows_the_frame_does_not_learn_of_an_objection(sites: Sites, page: Page) -> None:
    sites.shows("<script>heard = []; onmessage = ({ data }) => heard.push(data);</script>", FRAME)
    page.goto(sites.url(EVIL))
    framed(page).get_by_role("button", name=BUTTON).click()
    expect(framed(page).get_by_text(OBJECTED)).to_be_visible()

    page.reload()

    expect(framed(page).get_by_text(OBJECTED)).to_be_visible()
    page.wait_for_function("heard.length > 1")
    assert set(page.evaluate("heard")) == {'{"maq_initial_value":true}'}


def test_only_a_registered_site_reads_whether_there_is_an_objection(sites: Sites, page: Page) -> None:
    ask = "(url) => fetch(url, { credentials: 'include' }).then((answer) => answer.json(), () => 'not told')"
    page.goto(sites.url(STATS, "/optout"))
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_text(OBJECTED)).to_be_visible()
    state = sites.url(STATS, "/optout/state")

    page.goto(sites.url(SHOP))
    registered = page.evaluate(ask, state)
    page.goto(sites.url(EVIL))
    other = page.evaluate(ask, state)

    # This browser does not show the server's own cookies to it from within other sites.
    assert registered == {"objected": False}
    assert other == "not told"


def test_the_frame_works_without_javascript(sites: Sites, browser: Browser) -> None:
    context = browser.new_context(ignore_https_errors=True, java_script_enabled=False)
    page = context.new_page()
    page.goto(sites.url(SHOP))

    framed(page).get_by_role("button", name=BUTTON).click()

    expect(framed(page).get_by_text(OBJECTED)).to_be_visible()
    assert layers(framed(page)) == {"page": "unknown", "here": "yes", "all": "no"}
    assert kept(context) == {(MARK, STATS, f"https://{SHOP}")}
    context.close()


def test_an_objection_is_made_with_the_keyboard_alone(sites: Sites, page: Page) -> None:
    page.goto(sites.url(STATS, "/optout"))

    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=BUTTON)).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_text(OBJECTED)).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Take my objection back")).to_be_focused()


def test_a_browser_that_objects_by_itself_is_told_what_that_means(sites: Sites, browser: Browser) -> None:
    context = browser.new_context(ignore_https_errors=True, extra_http_headers={"Sec-GPC": "1"})
    page = context.new_page()

    page.goto(sites.url(STATS, "/optout"))

    expect(page.get_by_text("Your browser sends Global Privacy Control.")).to_be_visible()
    context.close()
