"""What the tracker does where the browser says of all sites that its visitor objects."""

from time import time

import pytest
from playwright.sync_api import Page

from browser.pages import VIEW, PageServer, a_page, a_site
from browser.visitor import CONSENT, ID, OBJECTION, VISIT, Visitor

# One worker has one browser.

GPC = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })"
DNT = "Object.defineProperty(Navigator.prototype, 'doNotTrack', { get: () => '1' })"


@pytest.mark.parametrize("signal", [GPC, DNT], ids=["global privacy control", "do not track"])
class TestSignals:
    def test_a_signal_of_the_browser_is_an_objection(
        self, visitor: Visitor, page: Page, page_server: PageServer, signal: str
    ) -> None:
        visitor.was_here()
        page.add_init_script(signal)
        page_server.page = a_page(VIEW, "['setDoNotTrack', false]")

        page.goto(page_server.url())

        assert page_server.hits_when_settled(page) == []
        assert visitor.names() == set()

    def test_consent_on_the_site_is_stronger_and_the_server_is_told_of_it(
        self, visitor: Visitor, page: Page, page_server: PageServer, signal: str
    ) -> None:
        visitor.had(CONSENT, str(int(time() * 1000)))
        page.add_init_script(signal)
        page_server.page = a_page(VIEW)

        page.goto(page_server.url())

        assert page_server.wait_for_hits(1)[0].said["consent"] == "1"
        assert visitor.names() == {CONSENT, ID, VISIT}

    def test_where_consent_is_asked_for_who_says_yes_is_measured(
        self, page: Page, page_server: PageServer, signal: str
    ) -> None:
        page.add_init_script(signal)
        page_server.page = a_page("['requireConsent']", VIEW)
        page.goto(page_server.url())
        assert page_server.hits_when_settled(page) == []

        page.evaluate("_paq.push(['setConsentGiven'])")

        assert page_server.wait_for_hits(1)[0].said["consent"] == "1"

    def test_an_owner_may_switch_it_off(self, page: Page, page_server: PageServer, signal: str) -> None:
        page_server.sites = [a_site(honour_gpc=False, honour_dnt=False)]
        page.add_init_script(signal)
        page_server.page = a_page(VIEW)

        page.goto(page_server.url())

        page_server.wait_for_hits(1)


def test_a_page_may_honour_do_not_track_where_the_owner_does_not_in_any_order(
    visitor: Visitor, page: Page, page_server: PageServer
) -> None:
    page_server.sites = [a_site(honour_dnt=False)]
    page.add_init_script(DNT)
    page_server.page = a_page(VIEW, "['setDoNotTrack', true]")

    page.goto(page_server.url())

    assert page_server.hits_when_settled(page) == []
    assert visitor.names() == set()


@pytest.mark.parametrize("command", ["setConsentGiven", "rememberConsentGiven"])
def test_a_page_that_says_by_itself_that_the_visitor_agreed_changes_nothing_about_an_objection(
    visitor: Visitor, page: Page, page_server: PageServer, command: str
) -> None:
    visitor.was_here()
    visitor.had(OBJECTION, str(int(time() * 1000)))
    yes = f"<button onclick=\"_paq.push(['{command}'], ['trackPageView'])\">Yes</button>"
    page_server.page = a_page(f"['{command}']", "['rememberCookieConsentGiven']", VIEW, body=yes)

    for number in range(3):
        page.goto(page_server.url(f"/page/{number}"))
        assert page_server.hits_when_settled(page) == []
        assert visitor.names() == {OBJECTION}

    page.goto(page_server.url())
    page.get_by_role("button").click()

    assert page_server.wait_for_hits(1)[0].said["action_name"] == "Home"
    assert visitor.names() >= {ID, VISIT}
    assert OBJECTION not in visitor.names()


def test_after_an_objection_on_a_page_its_own_word_changes_nothing_but_taking_it_back_does(
    visitor: Visitor, page: Page, page_server: PageServer
) -> None:
    page_server.page = a_page("['optUserOut']", "[function () { this.setConsentGiven() }]", VIEW)
    page.goto(page_server.url())
    assert page_server.hits_when_settled(page) == []
    assert visitor.names() == {OBJECTION}

    page_server.page = a_page("['forgetUserOptOut']", VIEW)
    page.goto(page_server.url())

    page_server.wait_for_hits(1)
    assert visitor.names() == {ID, VISIT}
