"""What the tracker sends and leaves in a browser once its visitor has objected."""

from time import time

import pytest
from playwright.sync_api import Page

from browser.pages import VIEW, PageServer, a_page, a_site
from browser.visitor import ID, KNOWN, OBJECTION, VISIT, Visitor
from pellucid.model.site import ConsentRule

# One worker has one browser.


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
