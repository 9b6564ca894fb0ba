"""What hits say, how they leave, and how pages reach a tracker."""

import re
from collections.abc import Callable

import pytest
from msgspec import json, structs
from playwright.sync_api import Page

from browser.pages import VIEW, PageServer, a_page, a_site
from browser.visitor import ID, VISIT, Visitor

# One worker has one browser.


def test_a_page_view_says_what_the_tracking_api_asks_for(page: Page, page_server: PageServer) -> None:
    page_server.page = a_page(VIEW)

    page.goto(page_server.url("/page?a=b#c"))

    (hit,) = page_server.wait_for_hits(1)
    assert hit.method == "POST"
    said = hit.said
    assert said["url"] == page_server.url("/page?a=b#c")
    assert said["action_name"] == "Home"
    assert (said["idsite"], said["rec"], said["send_image"], said["_idn"], said["cookie"]) == ("1", "1", "0", "1", "1")
    assert re.fullmatch(r"\d{1,6}", said["r"])
    assert re.fullmatch("[0-9a-f]{16}", said["_id"])
    assert re.fullmatch("[0-9a-zA-Z]{6}", said["pv_id"])
    assert re.fullmatch(r"\d+x\d+", said["res"])
    assert (int(said["h"]) < 24, int(said["m"]) < 60, int(said["s"]) < 60) == (True, True, True)
    assert {"pdf", "qt", "realp", "wma", "fla", "java", "ag"} <= set(said)
    assert "platform" in json.decode(said["uadata"])
    assert int(said["pf_srv"]) >= 0
    assert not {"urlref", "uid", "cs", "consent", "data"} & set(said)


LINKS = """
<a id="outlink" href="http://elsewhere.test/a?b#c" target="other">out <b>there</b></a>
<a id="download" href="/files/list.pdf" target="other">list</a>
<a id="inside" href="/page/next" target="other">next</a>
<a id="ignored" href="http://elsewhere.test/" target="other" class="matomo_ignore">ignored</a>
<a id="link_class" href="/page/next" target="other" class="piwik_link">link</a>
<a id="own_class" href="/page/next" target="other" class="save">save</a>
<a id="own_domain" href="http://shop.test/" target="other">ours</a>
"""


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("#outlink b", {"link": "http://elsewhere.test/a?b#c"}),
        ("#download", {"download": "http://127.0.0.1/files/list.pdf"}),
        ("#inside", {}),
        ("#ignored", {}),
        ("#link_class", {"link": "http://127.0.0.1/page/next"}),
        ("#own_class", {"download": "http://127.0.0.1/page/next"}),
        ("#own_domain", {}),
    ],
)
def test_links_that_lead_away_or_to_a_file_are_told(
    page: Page, page_server: PageServer, link: str, expected: dict[str, str]
) -> None:
    page_server.page = a_page(
        "['enableLinkTracking']", "['setDomains', 'shop.test']", "['setDownloadClasses', 'save']", body=LINKS
    )
    page.goto(page_server.url())
    page.evaluate("document.addEventListener('click', (event) => event.preventDefault())")

    page.click(link)

    hits = page_server.hits_when_settled(page)
    told = [{name: hit.said[name] for name in ("link", "download") if name in hit.said} for hit in hits]
    here = {name: url.replace("//127.0.0.1/", f"//127.0.0.1:{page_server.port}/") for name, url in expected.items()}
    assert told == ([here] if expected else [])


def test_a_link_is_told_though_the_page_is_left_by_it_and_scripts_stop_the_click(
    page: Page, page_server: PageServer
) -> None:
    body = f'<a href="http://elsewhere.test:{page_server.port}/page" onclick="event.stopPropagation()">out</a>'
    page_server.page = a_page(VIEW, "['enableLinkTracking']", body=body)
    page.goto(page_server.url())
    page_server.wait_for_hits(1)
    page_server.page = "elsewhere"

    page.click("a")

    assert page_server.wait_for_hits(2)[1].said["link"] == f"http://elsewhere.test:{page_server.port}/page"


@pytest.mark.parametrize(("commands", "number"), [("['enableLinkTracking', true]", 1), ("['enableLinkTracking']", 0)])
def test_a_middle_click_is_told_where_the_page_wants_that(
    page: Page, page_server: PageServer, commands: str, number: int
) -> None:
    page_server.page = a_page(commands, body=LINKS)
    page.goto(page_server.url())
    page.evaluate("document.addEventListener('auxclick', (event) => event.preventDefault())")

    page.click("#outlink", button="middle")

    assert len(page_server.hits_when_settled(page)) == number


def test_all_that_can_be_tracked_has_its_own_parameters(page: Page, page_server: PageServer) -> None:
    page_server.page = a_page(
        "['setUserId', 'u1']",
        "['setDocumentTitle', 'Named']",
        "['setCustomUrl', '/named']",
        "['setReferrerUrl', 'http://elsewhere.test/']",
        VIEW,
        "['trackPageView', 'Other', { a: 1 }]",
        "['trackEvent', 'Video', 'play', false, 2.5]",
        "['trackSiteSearch', 'shoes', false, 0]",
        "['trackLink', 'http://elsewhere.test/f', 'download']",
        "['ping']",
    )

    page.goto(page_server.url())

    by_time = page_server.wait_for_hits(6)
    # Beacons may overtake each other.
    said = {next(filter(hit.said.get, KINDS)) + hit.said.get("data", ""): hit.said for hit in by_time}
    assert said["action_name"]["action_name"] == "Named"
    assert said["action_name"]["url"] == page_server.url("/named")
    assert said['action_name{"a":1}']["action_name"] == "Other"
    assert said['action_name{"a":1}']["pv_id"] != said["action_name"]["pv_id"]
    assert [said["e_c"].get(name) for name in ("e_c", "e_a", "e_n", "e_v", "ca")] == ["Video", "play", None, "2.5", "1"]
    assert [said["search"].get(name) for name in ("search", "search_cat", "search_count")] == ["shoes", None, "0"]
    assert said["download"]["download"] == "http://elsewhere.test/f"
    assert said["ping"]["pv_id"] == said['action_name{"a":1}']["pv_id"]
    assert {hit.said["uid"] for hit in by_time} == {"u1"}
    assert {hit.said["urlref"] for hit in by_time} == {"http://elsewhere.test/"}
    assert len({hit.said["_id"] for hit in by_time}) == 1


KINDS = ("e_c", "search", "download", "ping", "action_name")


def test_the_times_of_a_page_are_told_in_full_once(page: Page, page_server: PageServer) -> None:
    page_server.page = a_page(VIEW)
    page.goto(page_server.url())
    page.wait_for_function("performance.getEntriesByType('navigation')[0].loadEventEnd > 0")

    page.evaluate("_paq.push(['ping'])")
    page_server.hits_when_settled(page)
    page.evaluate("_paq.push(['ping'])")

    pings = [hit.said for hit in page_server.hits_when_settled(page) if "ping" in hit.said]
    assert [sorted(name for name in said if name.startswith("pf_")) for said in pings] == [
        ["pf_dm1", "pf_dm2", "pf_net", "pf_onl", "pf_srv", "pf_tfr"],
        [],
    ]


def test_a_page_that_was_loaded_ahead_counts_when_it_is_looked_at(page: Page, page_server: PageServer) -> None:
    page.add_init_script("Object.defineProperty(Document.prototype, 'prerendering', { get: () => !window.looked })")
    page_server.page = a_page(VIEW)
    page.goto(page_server.url())
    assert page_server.hits_when_settled(page) == []

    page.evaluate("window.looked = true; document.dispatchEvent(new Event('prerenderingchange'))")

    page_server.wait_for_hits(1)


def test_a_page_that_chromium_prerenders_counts_before_it_is_looked_at_if_its_owner_says_so(
    opened_alone: Callable[[str], None], page_server: PageServer
) -> None:
    seen, ahead = page_server.url(), page_server.url("/page/ahead")
    rules = json.encode({"prerender": [{"urls": [ahead], "eagerness": "immediate"}]}).decode()
    body = f'<script type="speculationrules">{rules}</script>'
    page_server.page = a_page("['setCountPreRendered', true]", VIEW, body=body)

    opened_alone(seen)

    assert {hit.said["url"]: hit.purpose for hit in page_server.wait_for_hits(2)} == {
        seen: "",
        ahead: "prefetch;prerender",
    }


@pytest.mark.parametrize(
    ("commands", "method"),
    [
        (("['setRequestMethod', 'GET']", VIEW), "GET"),
        (("['disableAlwaysUseSendBeacon']", VIEW), "GET"),
        (("['disableAlwaysUseSendBeacon']", "['trackPageView', 'x'.repeat(2001)]"), "POST"),
        (("['disableAlwaysUseSendBeacon']", "['setRequestMethod', 'POST']", VIEW), "POST"),
    ],
)
def test_without_a_beacon_requests_leave_as_an_image_or_if_long_as_a_form(
    page: Page, page_server: PageServer, commands: tuple[str, ...], method: str
) -> None:
    page_server.page = a_page(*commands)

    page.goto(page_server.url())

    assert page_server.wait_for_hits(1)[0].method == method


def test_the_page_is_called_back_when_a_hit_has_left(page: Page, page_server: PageServer) -> None:
    page_server.page = a_page("['trackPageView', '', null, (answer) => { window.answer = answer }]")

    page.goto(page_server.url())

    page.wait_for_function("window.answer")
    answer = page.evaluate("window.answer")
    assert (answer["trackerUrl"], answer["success"], answer["isSendBeacon"]) == ("/matomo.php", True, True)
    assert "action_name=Home" in answer["request"]


def test_a_second_tracker_measures_for_another_site(visitor: Visitor, page: Page, page_server: PageServer) -> None:
    page_server.sites = [a_site(), structs.replace(a_site("cookieless"), id=2)]
    page_server.page = a_page("['addTracker', '/matomo.php', 2]", VIEW)

    page.goto(page_server.url())

    hits = page_server.wait_for_hits(2)
    assert {hit.said["idsite"]: "_id" in hit.said for hit in hits} == {"1": True, "2": False}
    assert visitor.names() == {ID, VISIT}


def test_trackers_are_reached_by_name_and_by_initialiser(page: Page, page_server: PageServer) -> None:
    page_server.page = """<!doctype html><title>Home</title><link rel="icon" href="data:,"><script>
        window._paq = [['trackPageView']];
        window.matomoAsyncInit = () => Matomo.addTracker('/matomo.php', 1);
        </script><script src="/piwik.js"></script><script src="/piwik.js"></script>"""
    page.goto(page_server.url())
    page_server.wait_for_hits(1)

    seen = page.evaluate(
        """() => {
          const own = Piwik.getTracker('/matomo.php', 2);
          own.trackPageView('Own');
          return [Matomo === Piwik, Matomo.getAsyncTrackers().length, own.getSiteId(),
                  Matomo.getAsyncTracker('/matomo.php', 1).getSiteId(), Matomo.getAsyncTracker('/matomo.php', 2)];
        }"""
    )

    assert seen == [True, 1, 2, 1, None]
    assert sorted(hit.said["idsite"] for hit in page_server.hits_when_settled(page)) == ["1", "2"]
