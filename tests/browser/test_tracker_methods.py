"""What pages written for Matomo call: every method is there, and each kind of tracking tells what Matomo's tells."""

from typing import Any
from urllib.parse import parse_qsl

import pytest
from msgspec import json
from playwright.sync_api import Page, Request

from browser.pages import VIEW, PageServer, a_page
from browser.visitor import Visitor

METHODS = """
trackPageView trackEvent trackSiteSearch trackGoal trackLink trackRequest ping queueRequest disableQueueRequest
setRequestQueueInterval getRequest getNumTrackedPageViews setPageViewId getPageViewId enableJSErrorTracking
setTrackerUrl getTrackerUrl setSiteId getSiteId getMatomoUrl getPiwikUrl setAPIUrl addTracker setDocumentTitle
setCustomUrl getCurrentUrl setReferrerUrl discardHashTag setExcludedQueryParams setExcludedReferrers
getExcludedReferrers setDomains getDomains setCampaignNameKey setCampaignKeywordKey disableCampaignParameters
setConversionAttributionFirstReferrer setUserId getUserId resetUserId setVisitorId getVisitorId getVisitorInfo
getAttributionInfo getAttributionCampaignName getAttributionCampaignKeyword getAttributionReferrerTimestamp
getAttributionReferrerUrl setCustomData getCustomData setCustomDimension getCustomDimension deleteCustomDimension
setCustomVariable getCustomVariable deleteCustomVariable deleteCustomVariables storeCustomVariablesInCookie
appendToTrackingUrl setRequestMethod setRequestContentType setCustomRequestProcessing alwaysUseSendBeacon
disableAlwaysUseSendBeacon isUsingAlwaysUseSendBeacon disableBrowserFeatureDetection enableBrowserFeatureDetection
setDoNotTrack setCountPreRendered enableFileTracking killFrame redirectFile addPlugin hasConsent setGenerationTimeMs
setIgnoreCampaignsForReferrers getIgnoreCampaignsForReferrers setReferralUrlMaxLength
setIgnoreCampaignAttributionForSources getIgnoreCampaignAttributionForSources disableCookies areCookiesEnabled
hasCookies deleteCookies setCookieNamePrefix setCookieDomain getCookieDomain setCookiePath getCookiePath
setSecureCookie setCookieSameSite setVisitorCookieTimeout setSessionCookieTimeout getSessionCookieTimeout
setReferralCookieTimeout setSessionCookie getCookie requireConsent setConsentGiven rememberConsentGiven
forgetConsentGiven hasRememberedConsent getRememberedConsent isConsentRequired requireCookieConsent
setCookieConsentGiven rememberCookieConsentGiven forgetCookieConsentGiven getRememberedCookieConsent optUserOut
forgetUserOptOut isUserOptedOut setEcommerceView addEcommerceItem removeEcommerceItem clearEcommerceCart
getEcommerceItems trackEcommerceCartUpdate trackEcommerceOrder trackAllContentImpressions
trackVisibleContentImpressions trackContentImpressionsWithinNode trackContentImpression trackContentInteraction
trackContentInteractionNode logAllContentBlocksOnPage enableHeartBeatTimer disableHeartBeatTimer enableLinkTracking
addListener setLinkTrackingTimer getLinkTrackingTimer setDownloadExtensions addDownloadExtensions
removeDownloadExtensions setDownloadClasses setLinkClasses setIgnoreClasses enableCrossDomainLinking
disableCrossDomainLinking isCrossDomainLinkingEnabled setCrossDomainLinkingTimeout getCrossDomainLinkingUrlParameter
disablePerformanceTracking setPagePerformanceTiming
""".split()
"""Of a tracker, as Matomo's documents and its change log name them."""

OF_ALL = (
    "JSON DOM on off trigger addPlugin getTracker getAsyncTrackers addTracker getAsyncTracker retryMissedPluginCalls"
).split()
"""Of `window.Matomo`."""

BLOCKS = """
<div data-track-content data-content-name="Banner">
  <img data-content-piece="autumn.png" src="data:,"><a href="/sale" onclick="return false">Sale</a>
</div>
<div class="piwikTrackContent" title="Teaser">
  <p class="piwikContentPiece"></p><a class="piwikContentTarget" href="/news" onclick="return false">News</a>
</div>
"""


def test_every_method_is_there(page: Page, page_server: PageServer) -> None:
    page_server.page = a_page()
    page.goto(page_server.url())

    missing = page.evaluate(
        """([ofTracker, ofAll]) => [
          ...ofTracker.filter((name) => typeof Matomo.getAsyncTracker()[name] !== "function"),
          ...ofAll.filter((name) => !Matomo[name]),
          ...["addEventListener", "onLoad", "onReady", "isNodeVisible", "isOrWasNodeVisible"].filter(
            (name) => typeof Matomo.DOM[name] !== "function"),
        ]""",
        [METHODS, OF_ALL],
    )

    assert missing == []


def test_a_visitor_stays_the_same_from_one_of_the_sites_hosts_to_another(
    visitor: Visitor, page: Page, page_server: PageServer
) -> None:
    link = page_server.url("/page/two?x=1#y", "b.test")
    page_server.page = a_page(
        "['setDomains', ['a.test', 'b.test']]",
        "['enableCrossDomainLinking']",
        VIEW,
        body=f'<a href="{link}">On</a>',
    )
    page.goto(page_server.url(host="a.test"))
    page_server.wait_for_hits(1)

    page.get_by_role("link").click()

    there, here = page_server.wait_for_hits(2)
    assert "pk_vid=" in page.url
    assert here.said["_id"] == there.said["_id"]
    assert here.said["url"] == link
    ids = {
        cookie["domain"]: cookie["value"].partition(".")[0] for cookie in visitor.cookies() if "_id" in cookie["name"]
    }
    assert ids == dict.fromkeys(["a.test", "b.test"], there.said["_id"])


def test_a_link_to_another_host_names_nobody_who_has_objected(page: Page, page_server: PageServer) -> None:
    link = page_server.url("/page/two", "b.test")
    page_server.page = a_page(
        "['setDomains', ['a.test', 'b.test']]",
        "['enableCrossDomainLinking']",
        "['optUserOut']",
        body=f'<a href="{link}">On</a>',
    )
    page.goto(page_server.url(host="a.test"))

    page.get_by_role("link").click()

    page.wait_for_url(link)


def test_that_a_page_was_looked_at_is_told_when_it_no_longer_is(page: Page, page_server: PageServer) -> None:
    page.clock.install()
    page_server.page = a_page("['enableHeartBeatTimer', 10]", VIEW)
    page.goto(page_server.url())
    page_server.wait_for_hits(1)

    for seconds in (9, 11):
        page.evaluate("dispatchEvent(new Event('blur')); dispatchEvent(new Event('focus'))")
        page.clock.run_for(seconds * 1000)
        page.evaluate("dispatchEvent(new Event('blur'))")

    (_, ping) = page_server.wait_for_hits(2)
    assert ping.said["ping"] == "1"


def test_content_is_told_when_it_is_there_and_when_it_is_clicked(page: Page, page_server: PageServer) -> None:
    bulks = bulks_of(page)
    page_server.page = a_page("['trackAllContentImpressions']", body=BLOCKS)
    page.goto(page_server.url())
    page_server.wait_for_hits(1)

    page.get_by_role("link", name="News").click()

    clicked = page_server.wait_for_hits(2)[1].said
    told = [[said.get(name) for name in ("c_n", "c_p", "c_t", "ca")] for said in bulks[0]]
    assert told == [["Banner", "autumn.png", None, "1"], ["Teaser", "Unknown", page_server.url("/news"), "1"]]
    assert [clicked[name] for name in ("c_n", "c_i", "c_t")] == ["Teaser", "click", page_server.url("/news")]


def test_content_out_of_sight_is_told_when_it_is_seen(page: Page, page_server: PageServer) -> None:
    below = '<div style="height: 5000px"></div><div data-track-content data-content-name="Below">Text</div>'
    page_server.page = a_page("['trackVisibleContentImpressions', true, 0]", body=below)
    page.goto(page_server.url())
    page.wait_for_load_state()
    assert page_server.hits_when_settled(page) == []

    page.evaluate("scrollTo(0, 5000)")

    assert page_server.wait_for_hits(1)[0].said["c_n"] == "Below"


def test_a_shop_tells_products_carts_orders_and_goals(page: Page, page_server: PageServer) -> None:
    page_server.page = a_page(
        "['setEcommerceView', 'S1', 'Lantern', ['Light', 'Outdoor'], 9.5]",
        VIEW,
        "['addEcommerceItem', 'S1', 'Lantern', 'Light', 9.5, 2]",
        "['addEcommerceItem', 'S2']",
        "['removeEcommerceItem', 'S2']",
        "['trackEcommerceCartUpdate', 19]",
        "['trackEcommerceOrder', 'A7', 21, 19, 3.5, 2, false]",
        "['trackEcommerceCartUpdate', 0]",
        "['trackGoal', 3, 4.5]",
    )

    page.goto(page_server.url())

    said = [hit.said for hit in page_server.wait_for_hits(5)]
    (view,) = [one for one in said if "action_name" in one]
    (order,) = [one for one in said if "ec_id" in one]
    (goal,) = [one for one in said if one.get("idgoal") == "3"]
    carts = {one["revenue"]: one["ec_items"] for one in said if one.get("idgoal") == "0" and one is not order}
    item = '["S1","Lantern","Light",9.5,2]'
    assert [view[name] for name in ("_pks", "_pkn", "_pkc", "_pkp")] == ["S1", "Lantern", '["Light","Outdoor"]', "9.5"]
    assert [order.get(name) for name in ("ec_id", "revenue", "ec_st", "ec_tx", "ec_sh", "ec_dt", "ec_items")] == [
        *("A7", "21", "19", "3.5", "2", None, f"[{item}]")
    ]
    assert carts == {"19": f"[{item}]", "0": "[]"}
    assert goal["revenue"] == "4.5"


def test_what_a_page_says_besides_is_told(page: Page, page_server: PageServer) -> None:
    page_server.page = a_page(
        "['setCustomDimension', 2, 'member']",
        "['setCustomVariable', 1, 'kind', 'gold', 'visit']",
        "['setCustomVariable', 2, 'part', 'shop', 'page']",
        "['setCustomData', 'a', 1]",
        "['setExcludedQueryParams', ['secret']]",
        "['discardHashTag', true]",
        "['appendToTrackingUrl', 'more=1']",
        "['setCustomRequestProcessing', (request) => request.includes('drop') ? '' : request + '&last=1']",
        VIEW,
        "['trackEvent', 'drop', 'it']",
    )

    page.goto(page_server.url("/page?secret=1&b=2#c"))

    (hit,) = page_server.hits_when_settled(page)
    names = ("dimension2", "_cvar", "cvar", "data", "url", "more", "last")
    assert [hit.said[name] for name in names] == [
        *("member", '{"1":["kind","gold"]}', '{"2":["part","shop"]}', '{"a":1}', page_server.url("/page?b=2"), "1", "1")
    ]


def test_requests_that_wait_for_each_other_leave_by_fifty(page: Page, page_server: PageServer) -> None:
    bulks = bulks_of(page)
    page_server.page = a_page(*(f"['queueRequest', 'e_c=a&e_a={number}&ca=1']" for number in range(51)), VIEW)
    page.goto(page_server.url())

    page.evaluate("_paq.push(['disableQueueRequest'])")

    page_server.wait_for_hits(3)
    assert sorted([said["e_a"] for said in bulk] for bulk in bulks) == [list(map(str, range(50))), ["50"]]


def test_errors_of_the_page_are_told_once_each(page: Page, page_server: PageServer) -> None:
    page_server.page = a_page("['enableJSErrorTracking']")
    page.goto(page_server.url())

    page.evaluate(
        "for (const _ of '12') dispatchEvent(new ErrorEvent('error', { message: 'Oh', filename: 'a.js', lineno: 7 }))"
    )

    (hit,) = page_server.hits_when_settled(page)
    assert [hit.said[name] for name in ("e_c", "e_a", "e_n")] == ["JavaScript Errors", "a.js:7:0", "Oh"]


def test_plugins_are_called_by_name_and_add_to_what_is_told(page: Page, page_server: PageServer) -> None:
    plugin = """
        const log = ({ request }) => "&mine=" + request.includes("action_name");
        Matomo.addPlugin("Mine", { log, unload: () => {} });
        Matomo.Mine = { set: (value) => { window.once = (window.once ?? 0) + value } };
        for (const tracker of Matomo.getAsyncTrackers()) tracker.Mine = { set: (value) => { window.own = value } };
        Matomo.retryMissedPluginCalls(); Matomo.retryMissedPluginCalls();
        _paq.push(["trackPageView"], ["trackEvent", "a", "b"]);"""
    page_server.page = a_page("['addTracker', '/matomo.php', 2]", "['Mine::set', 1]", "['Mine.set', 2]", then=plugin)

    page.goto(page_server.url())

    said = [hit.said for hit in page_server.wait_for_hits(4)]
    assert [one["mine"] for one in said if "action_name" in one] == ["true", "true"]
    assert not any("mine" in one for one in said if "e_c" in one)
    assert page.evaluate("[window.once, window.own]") == [1, 2]


def test_pages_of_old_are_tracked(page: Page, page_server: PageServer) -> None:
    page_server.page = """<!doctype html><title>Old</title><link rel="icon" href="data:,">
        <script src="/piwik.js"></script><script>
        piwik_log("Named", 1, "/matomo.php");
        piwik_track("http://elsewhere.test/", 1, "/matomo.php", "link");
        </script>"""

    page.goto(page_server.url())

    said = [hit.said for hit in page_server.wait_for_hits(2)]
    assert {one.get("action_name", "") + one.get("link", "") for one in said} == {"Named", "http://elsewhere.test/"}


@pytest.mark.parametrize("initialiser", ["matomoAsyncInit", "piwikAsyncInit", "matomoPluginAsyncInit"])
@pytest.mark.parametrize("form", ["run", "[run, run]"])
def test_a_page_is_called_when_the_tracker_is_there(
    page: Page, page_server: PageServer, initialiser: str, form: str
) -> None:
    page_server.page = f"""<!doctype html><title>Home</title><link rel="icon" href="data:,">
        <script>
        window.calls = 0;
        const run = () => {{ calls += Boolean(Matomo) }};
        window.{initialiser} = {form};
        </script><script src="/matomo.js"></script>"""

    page.goto(page_server.url())

    assert page.evaluate("calls") == form.count("run")


def bulks_of(page: Page) -> list[list[dict[str, str]]]:
    """What is sent in bulk from now on, each request by its parameters."""
    bulks: list[list[dict[str, str]]] = []

    def take(request: Request) -> None:
        if (request.post_data or "").startswith("{"):
            sent: Any = json.decode(request.post_data or "")
            bulks.append([dict(parse_qsl(one.removeprefix("?"))) for one in sent["requests"]])

    page.on("request", take)
    return bulks
