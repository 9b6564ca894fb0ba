"""What the tracker sends and leaves in a browser, for each thing that an owner, a page or a consenting visitor says."""

from time import time

import pytest
from playwright.sync_api import Page

from browser.pages import VIEW, PageServer, a_page, a_site
from browser.visitor import CONSENT, COOKIE_CONSENT, ID, OBJECTION, VISIT, Visitor
from pellucid.policy import retention

# One worker has one browser.


def test_a_page_on_which_nothing_is_tracked_keeps_nothing(
    visitor: Visitor, page: Page, page_server: PageServer
) -> None:
    page_server.page = a_page("['enableLinkTracking']")

    page.goto(page_server.url())
    assert page_server.hits_when_settled(page) == []
    page.goto("about:blank")

    assert visitor.names() == set()


@pytest.mark.parametrize("preset", ["cookieless", "strict"])
def test_where_the_owner_settled_on_no_cookies_none_is_set_and_old_ones_go(
    visitor: Visitor, page: Page, page_server: PageServer, preset: str
) -> None:
    page_server.sites = [a_site(preset)]
    visitor.was_here()
    page_server.page = a_page("['setCookieConsentGiven']", VIEW)

    page.goto(page_server.url())

    (hit,) = page_server.wait_for_hits(1)
    assert "_id" not in hit.said
    assert visitor.names() == set()


def test_where_the_owner_settled_on_no_features_none_is_read(page: Page, page_server: PageServer) -> None:
    page_server.sites = [a_site("strict")]
    page_server.page = a_page(VIEW)
    page.add_init_script("Object.defineProperty(Screen.prototype, 'width', { get() { window.wasRead = true } })")

    page.goto(page_server.url())

    (hit,) = page_server.wait_for_hits(1)
    assert not {"res", "cookie", "uadata", "pdf", "java"} & set(hit.said)
    assert page.evaluate("window.wasRead") is None


def test_of_a_site_that_the_server_does_not_name_nothing_is_kept(
    visitor: Visitor, page: Page, page_server: PageServer
) -> None:
    page_server.sites = []
    page_server.page = a_page(VIEW)

    page.goto(page_server.url())

    (hit,) = page_server.wait_for_hits(1)
    assert not {"_id", "res", "uadata"} & set(hit.said)
    assert visitor.names() == set()


def test_with_cookies_disabled_by_the_page_hits_name_nobody_and_old_cookies_go(
    visitor: Visitor, page: Page, page_server: PageServer
) -> None:
    visitor.was_here()
    page_server.page = a_page(VIEW, "['disableCookies']")

    page.goto(page_server.url())

    (hit,) = page_server.wait_for_hits(1)
    assert "_id" not in hit.said
    assert hit.said["cookie"] == "1"
    assert visitor.names() == set()


def test_with_features_disabled_by_the_page_none_is_told(page: Page, page_server: PageServer) -> None:
    page_server.page = a_page("['disableBrowserFeatureDetection']", VIEW)

    page.goto(page_server.url())

    (hit,) = page_server.wait_for_hits(1)
    assert not {"res", "cookie", "uadata", "pdf"} & set(hit.said)


def test_before_consent_nothing_is_sent_kept_or_read(visitor: Visitor, page: Page, page_server: PageServer) -> None:
    visitor.was_here()
    page_server.page = a_page("['requireConsent']", VIEW)
    page.add_init_script("Object.defineProperty(Screen.prototype, 'width', { get() { window.wasRead = true } })")

    page.goto(page_server.url())

    assert page_server.hits_when_settled(page) == []
    assert visitor.names() == set()
    assert page.evaluate("window.wasRead") is None


def test_a_preset_that_asks_for_consent_needs_no_word_of_the_page(
    visitor: Visitor, page: Page, page_server: PageServer
) -> None:
    page_server.sites = [a_site("consent")]
    page_server.page = a_page(VIEW)

    page.goto(page_server.url())

    assert page_server.hits_when_settled(page) == []
    assert visitor.names() == set()


def test_what_waited_is_sent_when_consent_is_given_and_no_page_later(
    visitor: Visitor, page: Page, page_server: PageServer
) -> None:
    page_server.page = a_page("['requireConsent']", VIEW)
    page.goto(page_server.url())
    page_server.hits_when_settled(page)

    page.evaluate("_paq.push(['setConsentGiven'])")

    (hit,) = page_server.wait_for_hits(1)
    assert (hit.said["action_name"], hit.said["consent"]) == ("Home", "1")
    assert hit.said["_id"] == visitor.value(ID)[:16]

    page.goto(page_server.url("/page/next"))

    assert len(page_server.hits_when_settled(page)) == 1
    assert visitor.names() == set()


def test_consent_is_remembered_for_six_months(visitor: Visitor, page: Page, page_server: PageServer) -> None:
    page_server.page = a_page("['requireConsent']", VIEW)
    page.goto(page_server.url())
    page.evaluate("_paq.push(['rememberConsentGiven', 300000])")
    page_server.wait_for_hits(1)

    page.goto(page_server.url("/page/next"))

    hit = page_server.wait_for_hits(2)[1]
    assert hit.said["consent"] == "1"
    assert visitor.names() == {CONSENT, ID, VISIT}
    assert visitor.days_left(CONSENT) == pytest.approx(182, abs=0.1)


@pytest.mark.parametrize("days", [30, 400])
def test_consent_is_remembered_for_as_long_as_the_site_settled(
    visitor: Visitor, page: Page, page_server: PageServer, days: int
) -> None:
    page_server.sites = [a_site(consent_days=days)]
    page_server.page = a_page("['rememberConsentGiven']", "['rememberCookieConsentGiven', 300000]", VIEW)

    page.goto(page_server.url())

    page_server.wait_for_hits(1)
    assert visitor.days_left(CONSENT) == pytest.approx(days, abs=0.1)
    assert visitor.days_left(COOKIE_CONSENT) == pytest.approx(days, abs=0.1)
    assert 390 < visitor.days_left(ID) < 394, "nothing else follows it"


@pytest.mark.parametrize(("ago", "counts"), [(29, True), (31, False)])
def test_consent_counts_for_as_long_as_the_site_settled(
    visitor: Visitor, page: Page, page_server: PageServer, ago: int, *, counts: bool
) -> None:
    page_server.sites = [a_site("consent", consent_days=30)]
    visitor.had(CONSENT, str(int((time() - ago * 86_400) * 1000)))
    page_server.page = a_page(VIEW)

    page.goto(page_server.url())

    assert len(page_server.hits_when_settled(page)) == counts


def test_consent_of_long_ago_counts_no_more(visitor: Visitor, page: Page, page_server: PageServer) -> None:
    long_ago = time() - retention.CHOICE.total_seconds() - 60
    visitor.had(CONSENT, str(int(long_ago * 1000)))
    page_server.page = a_page("['requireConsent']", VIEW)

    page.goto(page_server.url())

    assert page_server.hits_when_settled(page) == []


def test_withdrawn_consent_leaves_the_objection_alone(visitor: Visitor, page: Page, page_server: PageServer) -> None:
    page_server.page = a_page("['requireConsent']", VIEW)
    page.goto(page_server.url())
    page.evaluate("_paq.push(['rememberConsentGiven'], ['rememberCookieConsentGiven'])")
    page_server.wait_for_hits(1)
    page_server.hits_when_settled(page)
    before = len(page_server.hits)

    page.evaluate("_paq.push(['forgetConsentGiven'], ['trackPageView'])")

    assert len(page_server.hits_when_settled(page)) == before
    assert visitor.names() == {OBJECTION}


def test_without_consent_to_cookies_hits_name_nobody(visitor: Visitor, page: Page, page_server: PageServer) -> None:
    visitor.was_here()
    page_server.page = a_page("['requireCookieConsent']", VIEW)

    page.goto(page_server.url())

    (hit,) = page_server.wait_for_hits(1)
    assert not {"_id", "consent"} & set(hit.said)
    assert visitor.names() == set()


def test_consent_to_cookies_tells_the_server_at_once_who_it_was(
    visitor: Visitor, page: Page, page_server: PageServer
) -> None:
    page_server.page = a_page("['requireCookieConsent']", VIEW)
    page.goto(page_server.url())
    page_server.wait_for_hits(1)

    page.evaluate("_paq.push(['rememberCookieConsentGiven'])")

    page_server.wait_for_hits(2)
    ping = page_server.hits_when_settled(page)[1].said
    assert (ping["ping"], ping["_id"]) == ("1", visitor.value(ID)[:16])
    assert visitor.names() == {COOKIE_CONSENT, ID, VISIT}

    page.evaluate("_paq.push(['forgetCookieConsentGiven'])")
    page_server.hits_when_settled(page)

    assert visitor.names() == set()
