"""The stub and the small tracker in Chromium: after a no the server is asked for nothing at all."""

from collections.abc import Sequence
from time import time

import pytest
from msgspec import json
from playwright.sync_api import BrowserContext, Page, Request

from browser.pages import PageServer, a_site
from browser.visitor import Visitor
from pellucid.collect.tracker_files import BUILT

GPC = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })"


def with_stub(
    page_server: PageServer, script: str = "matomo.js", commands: Sequence[str] = (), **settings: object
) -> str:
    """A page with the stub in it."""
    told = json.encode({"server": page_server.url("/"), "site": 1, "script": script} | settings).decode()
    queue = ", ".join([*commands, "['trackPageView']"])
    return f"""<!doctype html><title>Home</title><link rel="icon" href="data:,"><body>
        <script>window._paq = [{queue}]; window.PellucidStub = {told}</script>
        <script>{BUILT["stub"].content.decode()}</script>"""


def asked(context: BrowserContext, page_server: PageServer) -> list[str]:
    """What the analytics server is asked for from now on, by path."""
    paths: list[str] = []

    def take(request: Request) -> None:
        path = request.url.removeprefix(page_server.url("")).partition("?")[0]
        if not path.startswith(("/page", "/barrier")):
            paths.append(path)

    context.on("request", take)
    return paths


def test_the_stub_fetches_the_tracker_for_who_does_not_object(page: Page, page_server: PageServer) -> None:
    page_server.page = with_stub(page_server)
    page.goto(page_server.url())

    assert page_server.wait_for_hits(1)[0].said["action_name"] == "Home"


@pytest.mark.parametrize("way", ["stored", "signal", "consent missing", "the page"])
def test_after_a_no_the_server_is_asked_for_nothing(
    page: Page, context: BrowserContext, page_server: PageServer, visitor: Visitor, way: str
) -> None:
    commands = ["['optUserOut']"] if way == "the page" else []
    page_server.page = with_stub(page_server, commands=commands, consent=way == "consent missing")
    if way == "stored":
        context.add_cookies([{"name": "mtm_consent_removed", "value": "1", "url": page_server.url("/")}])
    if way == "signal":
        page.add_init_script(GPC)
    paths = asked(context, page_server)

    for number in range(3):
        page.goto(page_server.url(f"/page/{number}"))
        assert page_server.hits_when_settled(page) == []

    assert paths == []
    assert visitor.names() == ({"mtm_consent_removed"} if way in {"stored", "the page"} else set())


def test_consent_loads_the_tracker_at_once(page: Page, context: BrowserContext, page_server: PageServer) -> None:
    page_server.page = with_stub(page_server, commands=["['requireConsent']"], consent=True)
    paths = asked(context, page_server)
    page.goto(page_server.url())
    assert page_server.hits_when_settled(page) == []
    assert paths == []

    page.evaluate("_paq.push(['rememberConsentGiven'])")

    assert page_server.wait_for_hits(1)[0].said["consent"] == "1"


def test_an_objection_with_the_stub_removes_what_an_earlier_tracker_has_left(
    page: Page, context: BrowserContext, page_server: PageServer, visitor: Visitor
) -> None:
    visitor.was_here()
    page_server.page = with_stub(page_server, consent=True)
    paths = asked(context, page_server)
    page.goto(page_server.url())

    page.evaluate("_paq.push(['optUserOut'])")

    assert visitor.names() == {"mtm_consent_removed"}
    assert paths == []


@pytest.mark.parametrize("domain", ["127.0.0.1", ".shop.test", ".www.shop.test"])
@pytest.mark.parametrize("command", ["forgetUserOptOut", "setConsentGiven"])
def test_an_objection_is_taken_back_for_whatever_domain_it_was_kept(
    page: Page, page_server: PageServer, visitor: Visitor, domain: str, command: str
) -> None:
    host = "127.0.0.1" if domain == "127.0.0.1" else "www.shop.test"
    visitor.had("mtm_consent_removed", "1763985600000", domain=domain, path="/")
    page_server.page = with_stub(page_server, server=page_server.url("/", host))
    page.goto(page_server.url(host=host))
    assert page_server.hits_when_settled(page) == []

    page.evaluate(f"_paq.push(['{command}'])")

    page_server.wait_for_hits(1)
    assert "mtm_consent_removed" not in visitor.names()


def with_lite(*commands: str) -> str:
    """A page with the small tracker."""
    queue = ", ".join(["['setTrackerUrl', '/matomo.php']", "['setSiteId', 1]", *commands])
    return f"""<!doctype html><title>Home</title><link rel="icon" href="data:,"><body>
        <a href="http://elsewhere.test/">Elsewhere</a>
        <script>window._paq = [{queue}]</script><script src="/lite.js"></script>"""


def test_the_small_tracker_tells_of_pages_events_and_links_and_keeps_nothing(
    page: Page, page_server: PageServer, visitor: Visitor
) -> None:
    page_server.page = with_lite("['trackPageView', 'Lanterns']", "['enableLinkTracking']")
    page.goto(page_server.url())
    page_server.wait_for_hits(1)
    page.evaluate("_paq.push(['trackEvent', 'menu', 'open', 'products', 2])")
    page.get_by_role("link").click()

    view, event, link = (hit.said for hit in page_server.wait_for_hits(3))
    assert (view["action_name"], "_id" in view, "res" in view) == ("Lanterns", False, False)
    assert (event["e_c"], event["e_a"], event["e_v"], event["ca"]) == ("menu", "open", "2", "1")
    assert link["link"] == "http://elsewhere.test/"
    assert visitor.names() == set()


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
def test_an_objection_to_the_small_tracker_leaves_one_cookie(
    page: Page, page_server: PageServer, visitor: Visitor, order: slice
) -> None:
    page_server.page = with_lite(*["['optUserOut']", "['trackPageView']"][order])
    for number in range(3):
        page.goto(page_server.url(f"/page/{number}"))
        assert page_server.hits_when_settled(page) == []
        assert visitor.names() == {"mtm_consent_removed"}


def test_the_small_tracker_waits_for_consent_and_remembers_it(
    page: Page, page_server: PageServer, visitor: Visitor
) -> None:
    page_server.sites = [a_site("consent")]
    page_server.page = with_lite("['trackPageView']")
    page.goto(page_server.url())
    assert page_server.hits_when_settled(page) == []
    assert visitor.names() == set()

    page.evaluate("_paq.push(['rememberConsentGiven'])")

    assert page_server.wait_for_hits(1)[0].said["consent"] == "1"
    assert visitor.names() == {"mtm_consent"}


def test_the_small_tracker_hears_the_browsers_objection(page: Page, page_server: PageServer) -> None:
    page.add_init_script(GPC)
    page_server.page = with_lite("['trackPageView']")
    page.goto(page_server.url())

    assert page_server.hits_when_settled(page) == []


@pytest.mark.parametrize("way", ["stored", "signal", "the page"])
def test_with_the_small_tracker_a_refused_visitors_old_cookies_go(
    page: Page, page_server: PageServer, visitor: Visitor, way: str
) -> None:
    visitor.was_here()
    page_server.page = with_lite("['trackPageView']", *["['optUserOut']"] * (way == "the page"))
    if way == "stored":
        visitor.had("mtm_consent_removed", "1763985600000")
    if way == "signal":
        page.add_init_script(GPC)

    page.goto(page_server.url())

    assert page_server.hits_when_settled(page) == []
    assert visitor.names() == (set() if way == "signal" else {"mtm_consent_removed"})


@pytest.mark.parametrize(("hours", "days"), [("24", 1), ("0.5", 1 / 48), ("99999", 182), ("", 182)])
def test_the_small_tracker_remembers_consent_no_longer_than_the_page_asks_for(
    page: Page, page_server: PageServer, visitor: Visitor, hours: str, days: float
) -> None:
    page_server.page = with_lite(f"['rememberConsentGiven', {hours}]")

    page.goto(page_server.url())

    page_server.hits_when_settled(page)
    assert visitor.days_left("mtm_consent") == pytest.approx(days, abs=0.01)


def test_the_small_tracker_remembers_consent_for_as_long_as_the_site_settled(
    page: Page, page_server: PageServer, visitor: Visitor
) -> None:
    page_server.sites = [a_site("consent", consent_days=30)]
    page_server.page = with_lite("['rememberConsentGiven']", "['trackPageView']")
    page.goto(page_server.url())
    page_server.wait_for_hits(1)
    assert visitor.days_left("mtm_consent") == pytest.approx(30, abs=0.1)

    visitor.had("mtm_consent", str(int((time() - 31 * 86_400) * 1000)))
    page_server.page = with_lite("['trackPageView']")
    page.goto(page_server.url())

    assert len(page_server.hits_when_settled(page)) == 1
