from collections.abc import Callable
from typing import Any
from zoneinfo import available_timezones

import pytest
from starlette.testclient import TestClient

from pellucid.collect.plan import plan_of
from pellucid.matomo.zones import by_continent
from pellucid.model.account import Access
from pellucid.model.rules import SEARCH_KEYWORDS, Rules
from pellucid.registry.registry import Registry
from pellucid.registry.tokens import Reach
from unit.matomo.conftest import asked_by

Ask = Callable[..., Any]

OF_ADMINS = (
    *("SearchKeywordParametersGlobal", "SearchCategoryParametersGlobal", "ExcludedUserAgentsGlobal"),
    *("ExcludedReferrersGlobal", "ExcludedIpsGlobal", "DefaultCurrency"),
)
OF_READERS = ("ExcludedQueryParametersGlobal", "KeepURLFragmentsGlobal", "NumWebsitesToDisplayPerPage")
OF_SUPERUSERS = ("SitesFromGroup", "SitesGroups", "UniqueSiteTimezones")


@pytest.fixture
def reader(client: TestClient, registry: Registry) -> Ask:
    """Somebody who sees the blog, and changes nothing."""
    registry.add_account("reader")
    registry.grant("reader", 2, Access.VIEW)
    return asked_by(client, registry.create_token("reader"))


def test_what_counts_for_all_sites_is_told(ask: Ask) -> None:
    def told(name: str) -> object:
        return ask(f"SitesManager.get{name}")["value"]

    assert told("SearchKeywordParametersGlobal") == ",".join(SEARCH_KEYWORDS)
    for name in ("SearchCategoryParameters", "ExcludedUserAgents", "ExcludedReferrers", "ExcludedIps"):
        assert told(f"{name}Global") == ""
    assert "gclid" in str(told("ExcludedQueryParametersGlobal")).split(",")
    assert told("KeepURLFragmentsGlobal") is False
    assert told("DefaultCurrency") == "USD"
    assert told("DefaultTimezone") == "UTC"
    assert told("NumWebsitesToDisplayPerPage") == 15
    assert ask("SitesManager.isTimezoneSupportEnabled") == {"value": True}


def test_what_counts_for_all_sites_is_told_to_who_needs_it(reader: Ask, client: TestClient, registry: Registry) -> None:
    registry.add_account("keeper")
    registry.grant("keeper", 1, Access.ADMIN)
    keeper, nobody = asked_by(client, registry.create_token("keeper")), asked_by(client, "")

    for name in OF_ADMINS:
        assert "value" in keeper(f"SitesManager.get{name}")
        assert "requires 'admin' access" in reader(f"SitesManager.get{name}")["message"]
    for name in OF_READERS:
        assert "value" in reader(f"SitesManager.get{name}")
        assert "requires 'view' access" in nobody(f"SitesManager.get{name}")["message"]
    for name in OF_SUPERUSERS:
        assert "requires a 'superuser' access" in keeper(f"SitesManager.get{name}")["message"]
    assert "requires 'view' access" in nobody("SitesManager.isTimezoneSupportEnabled")["message"]


def test_currencies_and_zones_are_for_every_account(client: TestClient, registry: Registry) -> None:
    registry.add_account("new")
    new = asked_by(client, registry.create_token("new"))

    currencies = new("SitesManager.getCurrencyList")
    assert currencies["EUR"] == "Euro (€)"
    assert list(currencies.values()) == sorted(currencies.values())
    assert new("SitesManager.getCurrencySymbols")["USD"] == "$"
    zones = new("SitesManager.getTimezonesList")
    assert zones["Europe"]["Europe/Berlin"] == "Germany - Berlin"
    assert zones["Europe"]["Europe/Vienna"] == "Austria"
    assert zones["UTC"] == {"UTC": "UTC"}
    assert new("SitesManager.getDefaultTimezone") == {"value": "UTC"}


def test_every_zone_on_the_list_can_be_a_sites_own() -> None:
    assert {zone for zones in by_continent().values() for zone in zones} <= available_timezones()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"timezone": "Asia/Tokyo"}, "Japan"),
        ({"timezone": "America/Los_Angeles"}, "United States - Los Angeles"),
        ({"timezone": "America/Los_Angeles", "multipleTimezonesInCountry": "0"}, "United States"),
        ({"timezone": "Asia/Tokyo", "countryCode": "jp", "multipleTimezonesInCountry": "1"}, "Japan - Tokyo"),
        ({"timezone": "UTC+5.75"}, "UTC+5:45"),
        ({"timezone": "Etc/Nowhere_Land"}, "Nowhere Land"),
    ],
)
def test_a_zone_is_named_by_its_country(ask: Ask, given: dict[str, str], told: str) -> None:
    assert ask("SitesManager.getTimezoneName", **given) == {"value": told}


@pytest.mark.parametrize(
    ("written", "bounds"),
    [
        ("192.0.2.7", ["192.0.2.7", "192.0.2.7"]),
        ("192.0.2.*", ["192.0.2.0", "192.0.2.255"]),
        ("10.*.*.*", ["10.0.0.0", "10.255.255.255"]),
        ("192.0.2.130/25", ["192.0.2.128", "192.0.2.255"]),
        ("2001:db8::/32", ["2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"]),
        ("10.*.1.1", {"value": False}),
        ("somewhere", {"value": False}),
        ("1.2.3.4.*", {"value": False}),
        ("*", {"value": False}),
    ],
)
def test_a_range_of_addresses_has_a_first_and_a_last(ask: Ask, written: str, bounds: object) -> None:
    assert ask("SitesManager.getIpsForRange", ipRange=written) == bounds


def test_all_sites_are_in_the_group_without_a_name(ask: Ask) -> None:
    assert ask("SitesManager.getSitesGroups") == [""]
    assert [site["idsite"] for site in ask("SitesManager.getSitesFromGroup")] == [1, 2]
    assert ask("SitesManager.getSitesFromGroup", group="Shops") == []


@pytest.mark.parametrize(
    ("zone", "told"),
    [("America/New_York", "United States - New York"), ("Asia/Kolkata", "India"), ("UTC+5", "UTC+5"), ("UTC", "UTC")],
)
def test_the_zone_of_a_site_has_its_name_beside_it(ask: Ask, zone: str, told: str) -> None:
    ask("SitesManager.updateSite", idSite="1", timezone=zone)

    site = ask("SitesManager.getSiteFromId", idSite="1")

    assert (site["timezone"], site["timezone_name"]) == (zone, told)


def test_zones_that_sites_have_are_told_once(ask: Ask, registry: Registry) -> None:
    registry.add_site("Forum", ["http://forum.example.org"], timezone="Europe/Berlin")

    assert ask("SitesManager.getUniqueSiteTimezones") == ["UTC", "Europe/Berlin"]


def test_sites_are_found_by_a_part_of_their_name_or_address(ask: Ask, reader: Ask) -> None:
    def found(asking: Ask, pattern: str, **given: str) -> list[int]:
        return [site["idsite"] for site in asking("SitesManager.getPatternMatchSites", pattern=pattern, **given)]

    assert found(ask, "SHO") == [1]
    assert found(ask, "example.org") == [2, 1]
    assert found(ask, "example.org", limit="1") == [2]
    assert found(ask, "example.org", **{"sitesToExclude[]": "2"}) == [1]
    assert found(ask, "2") == [2]
    assert found(reader, "example.org") == [2]


def test_what_is_left_out_of_a_sites_pages_is_told(ask: Ask, reader: Ask, registry: Registry) -> None:
    registry.update_site(1, rules=Rules(excluded_parameters=("nonce",), excluded_referrers=("pay.example",)))

    parameters = ask("SitesManager.getExcludedQueryParameters", idSite="1")
    assert parameters[0] == "nonce"
    assert "gclid" in parameters
    assert ask("SitesManager.getExcludedReferrers", idSite="1") == ["pay.example"]
    for method in ("ExcludedQueryParameters", "ExcludedReferrers"):
        assert "requires 'view' access" in reader(f"SitesManager.get{method}", idSite="1")["message"]


def test_a_site_is_not_deleted_and_that_is_said(ask: Ask, registry: Registry) -> None:
    assert "not deleted here" in ask("SitesManager.deleteSite", idSite="1")["message"]
    assert len(registry.sites()) == 2


def test_what_is_set_for_all_sites_counts_beside_what_a_site_has_of_its_own(ask: Ask, registry: Registry) -> None:
    registry.update_site(1, rules=Rules(excluded_addresses=("192.0.2.1",), search_keywords=("find",)))

    assert ask("SitesManager.setGlobalExcludedIps", excludedIps="10.0.0.0/8, 192.0.2.*") == {"value": True}
    assert ask("SitesManager.setGlobalExcludedQueryParameters", excludedQueryParameters="sid") == {"value": True}
    assert ask("SitesManager.setGlobalExcludedUserAgents", excludedUserAgents="probe")["result"] == "success"
    assert ask("SitesManager.setGlobalExcludedReferrers", excludedReferrers="pay.example")["result"] == "success"
    searched = {"searchKeywordParameters": "w,word", "searchCategoryParameters": "shelf"}
    assert ask("SitesManager.setGlobalSearchParameters", **searched) == {"value": True}

    shop, blog = (site.rules_in_force for site in registry.sites())
    assert shop.excluded_addresses == ("192.0.2.1", "10.0.0.0/8", "192.0.2.*")
    assert (shop.search_keywords, blog.search_keywords) == (("find",), ("w", "word"))
    assert (shop.search_categories, blog.excluded_parameters) == (("shelf",), ("sid",))
    assert (blog.excluded_agents, blog.excluded_referrers) == (("probe",), ("pay.example",))
    assert plan_of(registry.site(2)).ignores("https://pay.example/done")
    assert ask("SitesManager.getExcludedIpsGlobal") == {"value": "10.0.0.0/8,192.0.2.*"}
    assert ask("SitesManager.getExcludedQueryParametersGlobal")["value"].split(",")[0] == "sid"
    assert "sid" in ask("SitesManager.getExcludedQueryParameters", idSite="2")
    assert ask("SitesManager.getExcludedReferrers", idSite="1") == ["pay.example"]
    assert ask("SitesManager.getSiteFromId", idSite="1")["excluded_ips"] == "192.0.2.1"


def test_a_site_changed_later_has_of_its_own_what_it_had(ask: Ask, registry: Registry) -> None:
    ask("SitesManager.setGlobalExcludedIps", excludedIps="10.0.0.1")

    ask("SitesManager.updateSite", idSite="1", excludedIps="192.0.2.1")
    ask("SitesManager.setGlobalExcludedIps", excludedIps="")

    assert registry.site(1).rules_in_force.excluded_addresses == ("192.0.2.1",)


def test_a_site_is_added_with_the_currency_and_the_zone_that_are_set(ask: Ask, registry: Registry) -> None:
    assert ask("SitesManager.setDefaultCurrency", defaultCurrency="eur") == {"value": True}
    assert ask("SitesManager.setDefaultTimezone", defaultTimezone="Europe/Vienna") == {"value": True}

    added = registry.site(ask("SitesManager.addSite", siteName="New", urls="https://new.example")["value"])
    assert (added.currency, added.timezone) == ("EUR", "Europe/Vienna")
    assert ask("SitesManager.getDefaultTimezone") == {"value": "Europe/Vienna"}


@pytest.mark.parametrize(
    ("method", "given", "told"),
    [
        ("setGlobalExcludedIps", {"excludedIps": "everybody"}, "'everybody' is no address"),
        ("setGlobalExcludedIps", {}, "Please specify a value for 'excludedIps'"),
        ("setDefaultCurrency", {"defaultCurrency": "money"}, "A currency has three letters"),
        ("setDefaultTimezone", {"defaultTimezone": "Mars/Base"}, "There is no time zone 'Mars/Base'"),
        ("setKeepURLFragmentsGlobal", {"enabled": "1"}, "with keepURLFragments=1 of SitesManager.updateSite"),
    ],
)
def test_what_can_not_be_set_for_all_sites_is_told(ask: Ask, method: str, given: dict[str, str], told: str) -> None:
    assert told in ask(f"SitesManager.{method}", **given)["message"]


def test_superusers_alone_set_what_counts_for_all_sites(client: TestClient, registry: Registry) -> None:
    registry.add_account("keeper")
    registry.grant("keeper", 1, Access.ADMIN)
    keeper = asked_by(client, registry.create_token("keeper"))
    reads = asked_by(client, registry.create_token("root", "", Reach(most=Access.VIEW)))

    for name in ("GlobalExcludedIps", "GlobalSearchParameters", "DefaultCurrency", "DefaultTimezone"):
        assert "requires a 'superuser' access" in keeper(f"SitesManager.set{name}")["message"]
        assert reads(f"SitesManager.set{name}")["result"] == "error"
