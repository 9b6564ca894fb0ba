from collections.abc import Callable
from typing import Any

from starlette.testclient import TestClient

from pellucid.model.account import Access
from pellucid.registry.registry import Registry

Ask = Callable[..., Any]
DAY = {"idSite": "1", "period": "day", "date": "2025-11-24"}


def test_sites_are_found_by_their_address(ask: Ask) -> None:
    for url in ("http://shop.example.org", "https://www.shop.example.org/"):
        assert ask("SitesManager.getSitesIdFromSiteUrl", url=url) == [{"idsite": 1}]
    assert ask("SitesManager.getSitesIdFromSiteUrl", url="http://shop.example.com") == []


def test_sites_are_told_by_what_one_may_do_with_them(ask: Ask, client: TestClient, registry: Registry) -> None:
    registry.add_account("reader")
    registry.grant("reader", 1, Access.WRITE)
    registry.grant("reader", 2, Access.VIEW)
    token = {"module": "API", "token_auth": registry.create_token("reader")}

    def sites(method: str) -> object:
        return client.post("/index.php", data=token | {"method": f"SitesManager.{method}"}).json()

    assert sites("getSitesIdWithAtLeastViewAccess") == [1, 2]
    assert sites("getSitesIdWithViewAccess") == [2]
    assert sites("getSitesIdWithWriteAccess") == [1]
    assert sites("getSitesIdWithAdminAccess") == []
    assert ask("SitesManager.getSitesIdWithAdminAccess") == [1, 2]
    assert ask("SitesManager.getSitesWithViewAccess") == []


def test_addresses_of_a_site_are_added_and_set(ask: Ask, registry: Registry) -> None:
    assert ask("SitesManager.addSiteAliasUrls", idSite="1", **{"urls[]": "https://shop.example.com"}) == {"value": 1}
    assert ask("SitesManager.addSiteAliasUrls", idSite="1", **{"urls[]": "https://shop.example.com/"}) == {"value": 0}
    assert registry.site(1).urls == ("http://shop.example.org", "https://shop.example.com")
    assert ask("SitesManager.setSiteAliasUrls", idSite="1", **{"urls[]": "https://shop.example.net"}) == {"value": 1}
    assert registry.site(1).urls == ("http://shop.example.org", "https://shop.example.net")


def test_a_slash_at_the_end_of_an_address_is_not_kept(ask: Ask, registry: Registry) -> None:
    added = ask("SitesManager.addSite", siteName="Shop", **{"urls[0]": "https://a.example/", "urls[1]": "http://b/c/"})
    assert registry.site(added["value"]).urls == ("https://a.example", "http://b/c")
    ask("SitesManager.updateSite", idSite="1", urls="https://new.example/")
    assert ask("SitesManager.getSiteFromId", idSite="1")["main_url"] == "https://new.example"


def test_subtables_of_referrers_have_methods_of_their_own(ask: Ask) -> None:
    (website,) = ask("Referrers.getWebsites", **DAY)

    (page,) = ask("Referrers.getUrlsFromWebsiteId", **DAY, idSubtable=str(website["idsubdatatable"]))
    assert page["nb_visits"] == 1


def test_numbers_and_plug_ins_are_told(ask: Ask) -> None:
    assert ask("UserCountry.getNumberOfDistinctCountries", **DAY) == {"value": 2}
    assert ask("VisitsSummary.getSumVisitsLengthPretty", **DAY) == {"value": "1 min 1s"}
    assert ask("API.isPluginActivated", pluginName="Goals") == {"value": True}
    assert ask("API.isPluginActivated", pluginName="Heatmaps") == {"value": False}


def test_a_site_in_xml_is_a_row(client: TestClient, registry: Registry) -> None:
    given = {"module": "API", "method": "SitesManager.getSiteFromId", "idSite": "1", "format": "xml"}

    told = client.post("/index.php", data=given | {"token_auth": registry.create_token("root")}).text

    assert "<result>\n\t<row>\n\t\t<idsite>1</idsite>" in told
