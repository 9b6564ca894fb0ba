from collections.abc import Callable
from typing import Any

from starlette.testclient import TestClient

from pellucid.model.account import Access
from pellucid.registry.registry import Registry
from pellucid.snippet import snippet
from unit.matomo.conftest import asked_by

Ask = Callable[..., Any]
TAG, IMAGE = "SitesManager.getJavascriptTag", "SitesManager.getImageTrackingCode"


def test_the_code_of_a_site_is_the_one_its_dashboard_shows(ask: Ask) -> None:
    assert ask(TAG, idSite="1")["value"] == snippet("//testserver", 1)


def test_the_code_names_the_server_that_is_asked_for(ask: Ask) -> None:
    for named in ("http://stats.example/", "stats.example", "//stats.example"):
        assert ask(TAG, idSite="1", piwikUrl=named)["value"] == snippet("//stats.example", 1)
    assert 'src="https://stats.example/matomo.js"' in ask(TAG, idSite="1", piwikUrl="https://stats.example")["value"]


def test_the_code_tells_the_tracker_what_is_asked_for(ask: Ask, registry: Registry) -> None:
    registry.update_site(1, urls=("http://www.shop.example.org", "https://shop.example.net"))

    code = ask(
        *(TAG,),
        idSite="1",
        **dict.fromkeys(("groupPageTitlesByDomain", "mergeSubdomains", "crossDomain", "doNotTrack"), "1"),
        **dict.fromkeys(("disableCookies", "disableCampaignParameters", "trackNoScript"), "true"),
        mergeAliasUrls="0",
        customCampaignNameQueryParam="cmp",
        customCampaignKeywordParam="</script>",
        excludedQueryParams="a, b",
        **{"excludedReferrers[]": "pay.example", "visitorCustomVariables[0][0]": "plan"},
        **{"visitorCustomVariables[0][1]": "gold"},
    )["value"]

    for command in (
        '["setDocumentTitle", document.domain + "/" + document.title]',
        '["setCookieDomain", "*.shop.example.org"]',
        '["setDomains", ["*.shop.example.org", "*.shop.example.net"]]',
        '["enableCrossDomainLinking"]',
        '["setCustomVariable", 1, "plan", "gold", "visit"]',
        '["disableCampaignParameters"]',
        '["setCampaignNameKey", "cmp"]',
        '["setCampaignKeywordKey", "\\u003c/script>"]',
        '["setDoNotTrack", true]',
        '["disableCookies", true]',
        '["setExcludedQueryParams", ["a", "b"]]',
        '["setExcludedReferrers", ["pay.example"]]',
    ):
        assert f"_paq.push({command});" in code
    assert code.endswith("</p></noscript>")


def test_an_image_measures_a_mail(ask: Ask) -> None:
    told = ask(IMAGE, idSite="1", actionName="Spring & co", idGoal="2", revenue="5")["value"]

    assert 'src="http://testserver/matomo.php?idsite=1&amp;rec=1&amp;action_name=Spring+%26+co&amp;idgoal=2' in told
    assert "revenue=5.0" in told
    assert "revenue" not in ask(IMAGE, idSite="1", revenue="5")["value"]


def test_the_code_is_for_who_may_see_the_site(client: TestClient, registry: Registry) -> None:
    registry.add_account("reader")
    registry.grant("reader", 2, Access.VIEW)
    reader = asked_by(client, registry.create_token("reader"))

    for method in (TAG, IMAGE):
        assert "value" in reader(method, idSite="2")
        assert "requires 'view' access" in reader(method, idSite="1")["message"]
