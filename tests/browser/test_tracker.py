"""What the tracker sends and leaves in a browser, for each thing that a visitor, an owner or a page can say."""

from time import time

import pytest
from playwright.sync_api import Page

from browser.pages import VIEW, PageServer, a_page, a_site
from browser.visitor import CONSENT, COOKIE_CONSENT, ID, KNOWN, OBJECTION, VISIT, Visitor
from pellucid.model.site import ConsentRule
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


@pytest.mark.parametrize(
    "commands",
    [("['optUserOut']", VIEW), (VIEW, "['optUserOut']"), (VIEW, "[function () { this.optUserOut() }]")],
    ids=["before", "after", "in a function"],
)
def test_the_order_of_objection_and_page_view_does_not_matter(
    visitor: Visitor, page: Page, page_server: PageServer, commands: tuple[str, ...]
) -> None:
    visitor.was_here()
    page_server.page = a_page(*commands)

    page.goto(page_server.url())

    assert page_server.hits_when_settled(page) == []
    assert visitor.names() == {OBJECTION}


def test_what_waited_for_consent_is_not_sent_after_an_objection(
    visitor: Visitor, page: Page, page_server: PageServer
) -> None:
    page_server.page = a_page("['requireConsent']", VIEW)
    page.goto(page_server.url())
    page_server.hits_when_settled(page)

    page.evaluate("_paq.push(['optUserOut'], ['setConsentGiven'])")

    assert page_server.hits_when_settled(page) == []
    assert visitor.names() == set()


def test_after_an_objection_on_a_page_nothing_more_is_sent_from_it(
    visitor: Visitor, page: Page, page_server: PageServer
) -> None:
    page_server.page = a_page(VIEW)
    page.goto(page_server.url())
    page_server.wait_for_hits(1)

    page.evaluate("_paq.push(['optUserOut'], ['trackEvent', 'Video', 'play'], ['ping'], ['setCookieConsentGiven'])")

    assert len(page_server.hits_when_settled(page)) == 1
    assert visitor.names() == {OBJECTION}


def test_after_an_objection_no_later_page_sends_or_keeps_anything(
    visitor: Visitor, page: Page, page_server: PageServer
) -> None:
    visitor.had(OBJECTION, "1763985600000")
    page_server.page = a_page(
        "['enableLinkTracking']", VIEW, body='<a href="mailto:a" onclick="_paq.push([\'ping\'])">'
    )

    for path in ("/page", "/page/next"):
        page.goto(page_server.url(path))
        page.evaluate("_paq.push(['trackEvent', 'Video', 'play'])")
        page.evaluate("document.querySelector('a').click()")
        assert page_server.hits_when_settled(page) == []
        page.goto("about:blank")

    assert visitor.names() == {OBJECTION}


def by_a_server_elsewhere(page_server: PageServer, script: str = "/matomo.js") -> str:
    """A page whose server is not shown the site's cookies, so that the script alone can renew them."""
    return a_page(VIEW).replace('src="/matomo.js"', f'src="{page_server.url(script, "localhost")}"')


def test_an_objection_is_renewed_on_each_visit_and_keeps_its_time(
    visitor: Visitor, page: Page, page_server: PageServer
) -> None:
    visitor.had(OBJECTION, "1763985600000", expires=time() + 86_400)
    page_server.page = by_a_server_elsewhere(page_server)

    page.goto(page_server.url())

    page_server.hits_when_settled(page)
    assert visitor.value(OBJECTION) == "1763985600000"
    assert visitor.days_left(OBJECTION) == pytest.approx(400, abs=0.1)


@pytest.mark.parametrize("command", [VIEW, "['optUserOut']", "['forgetConsentGiven']"])
def test_the_sites_own_server_renews_an_objection_and_no_script_takes_the_place_of_that(
    visitor: Visitor, page: Page, page_server: PageServer, command: str
) -> None:
    visitor.had(OBJECTION, "1763985600000", expires=time() + 86_400)
    page_server.page = a_page(VIEW, command)

    page.goto(page_server.url())

    page_server.hits_when_settled(page)
    assert int(visitor.value(OBJECTION)) == pytest.approx(time(), abs=60), "in seconds, as the server writes it"
    assert visitor.days_left(OBJECTION) == pytest.approx(400, abs=0.1)


@pytest.mark.parametrize(
    ("script", "command"), [("/matomo.js", VIEW), ("/matomo.js", "['optUserOut']"), ("/lite.js", VIEW)]
)
@pytest.mark.parametrize(("days_ago", "left"), [(0, 7), (0.9, 7), (1.1, 400), (-1.1, 400)])
def test_a_script_renews_what_the_server_has_not_of_late(
    visitor: Visitor, page: Page, page_server: PageServer, script: str, command: str, days_ago: float, left: int
) -> None:
    visitor.had(OBJECTION, str(int(time() - days_ago * 86_400)), expires=time() + 7 * 86_400)
    page_server.page = by_a_server_elsewhere(page_server, script).replace(VIEW, f"{VIEW}, {command}")

    page.goto(page_server.url())

    page_server.hits_when_settled(page)
    assert visitor.days_left(OBJECTION) == pytest.approx(left, abs=0.1)


def test_an_objection_of_few_hours_stands_as_long_as_any(visitor: Visitor, page: Page, page_server: PageServer) -> None:
    page_server.page = a_page("['optUserOut', 1]")

    page.goto(page_server.url())

    assert visitor.days_left(OBJECTION) == pytest.approx(400, abs=0.1)


@pytest.mark.parametrize("setting", ["['setCookiePath', '/page/part']", "['setCookieDomain', 'elsewhere.test']"])
def test_an_objection_counts_on_the_whole_site_however_its_cookies_are_set(
    visitor: Visitor, page: Page, page_server: PageServer, setting: str
) -> None:
    page_server.page = a_page(setting, "['optUserOut']")
    page.goto(page_server.url("/page/part/one"))
    page_server.page = a_page(setting, VIEW)

    page.goto(page_server.url("/page"))

    assert page_server.hits_when_settled(page) == []
    assert visitor.names() == {OBJECTION}


@pytest.mark.parametrize("setting", ["['setSecureCookie', true]", "['setCookieSameSite', 'None']"])
def test_an_objection_is_kept_and_taken_back_where_cookies_for_https_alone_can_not_be(
    visitor: Visitor, page: Page, page_server: PageServer, setting: str
) -> None:
    address = page_server.url(host="www.shop.test")
    visitor.had(ID, f"{KNOWN}.{int(time())}.", domain="www.shop.test", path="/")
    page_server.page = a_page(setting, "['optUserOut']", VIEW)
    page.goto(address)
    assert visitor.names() == {OBJECTION}
    page_server.page = a_page(setting, VIEW)
    page.goto(address)
    assert page_server.hits_when_settled(page) == []

    page.evaluate("_paq.push(['forgetUserOptOut'])")

    assert visitor.names() == set()


def test_an_objection_taken_back_is_no_consent(visitor: Visitor, page: Page, page_server: PageServer) -> None:
    page_server.sites = [a_site(consent=ConsentRule.TRACKING)]
    visitor.had(OBJECTION, "1763985600000")
    page_server.page = a_page("['forgetUserOptOut']", VIEW)

    page.goto(page_server.url())

    assert page_server.hits_when_settled(page) == []
    assert visitor.names() == set()


def test_who_took_an_objection_back_is_measured_again(visitor: Visitor, page: Page, page_server: PageServer) -> None:
    visitor.had(OBJECTION, "1763985600000")
    page_server.page = a_page(VIEW, "['forgetUserOptOut']")

    page.goto(page_server.url())

    page_server.wait_for_hits(1)
    assert visitor.names() == {ID, VISIT}


def test_a_page_can_ask_whether_the_visitor_objected(page: Page, page_server: PageServer) -> None:
    page_server.page = a_page()
    page.goto(page_server.url())

    asked = page.evaluate(
        """() => {
          const tracker = Matomo.getAsyncTracker(), seen = [];
          const ask = () => seen.push([tracker.isUserOptedOut(), tracker.hasConsent(), tracker.getVisitorId().length]);
          ask(); tracker.optUserOut(); ask(); tracker.forgetUserOptOut(); ask();
          return seen;
        }"""
    )

    assert asked == [[False, True, 16], [True, False, 0], [False, True, 16]]


def test_a_command_that_is_none_does_not_keep_an_objection_from_being_heard(
    visitor: Visitor, page: Page, page_server: PageServer
) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(error.name))
    page_server.page = a_page(VIEW, "['noSuchMethod']", "['optUserOut']")

    page.goto(page_server.url())

    assert page_server.hits_when_settled(page) == []
    assert visitor.names() == {OBJECTION}
    assert errors == ["TypeError"]
