"""The methods of `SitesManager` on what counts for all sites, and on what one may choose of: currencies, zones."""

from collections.abc import Callable, Mapping
from functools import cache
from ipaddress import ip_address, ip_network

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_name, get_currency_symbol, get_territory_currencies
from msgspec import structs

from pellucid.collect.exclusion import check
from pellucid.enrich.page import NEVER_KEPT
from pellucid.matomo.administration import listed
from pellucid.matomo.call import SUCCESS, Answer, Call, Method, Record
from pellucid.matomo.zones import UTC, as_matomo_names, by_continent, name_of, zone_of
from pellucid.model.account import Access
from pellucid.model.rules import Rules
from pellucid.model.site import Site

SITES_PER_PAGE = 15
"""How many sites Matomo's own lists show at once."""

_ENGLISH = Locale("en")
_LISTS: Mapping[str, tuple[str, str]] = {
    "ExcludedIps": ("excludedIps", "excluded_addresses"),
    "ExcludedUserAgents": ("excludedUserAgents", "excluded_agents"),
    "ExcludedReferrers": ("excludedReferrers", "excluded_referrers"),
    "ExcludedQueryParameters": ("excludedQueryParameters", "excluded_parameters"),
}
"""By what Matomo calls it: the parameter that sets it for all sites, and the rule that it is."""
_SILENT = frozenset({"ExcludedUserAgents", "ExcludedReferrers"})
"""What Matomo says no more of than that it is set."""

_IPV4_PARTS = 4


@cache
def _symbols() -> Mapping[str, str]:
    """Return the symbols of the currencies that are legal tender somewhere."""
    used = {code for territory in get_global("territory_currencies") for code in get_territory_currencies(territory)}
    return {code: get_currency_symbol(code, "en") for code in sorted(used)}


def _currencies(_call: Call, _sites: list[Site]) -> Answer:
    named = {code: f"{get_currency_name(code, locale='en')} ({symbol})" for code, symbol in _symbols().items()}
    ordered = dict(sorted(named.items(), key=lambda row: row[1]))
    return Record(ordered)


def _zone(call: Call, _sites: list[Site]) -> Answer:
    given = call.given
    zone, several = given.text("timezone"), given.text("multipleTimezonesInCountry", "")
    if zone.startswith(UTC):
        return {"value": zone.replace(".25", ":15").replace(".5", ":30").replace(".75", ":45")}
    asked = given.flag("multipleTimezonesInCountry") if several else None
    return {"value": name_of(zone, given.text("countryCode", ""), several=asked)}


def _range(call: Call, _sites: list[Site]) -> Answer:
    """Return the first and last address of a network, or of an address with stars at its end."""
    text = call.given.text("ipRange").strip()
    plain, star, more = text.partition("*")
    parts = plain.split(".")[:-1]
    if star and not more.strip(".*") and 0 < len(parts) < _IPV4_PARTS:
        text = f"{'.'.join([*parts, *['0'] * (_IPV4_PARTS - len(parts))])}/{8 * len(parts)}"
    try:
        network = ip_network(text if "/" in text else ip_address(text), strict=False)
    except ValueError:
        return {"value": False}
    return [str(network[0]), str(network[-1])]


def _told(answer: Answer) -> Callable[[Call, list[Site]], Answer]:
    return lambda _call, _sites: {"value": answer}


def _line(rule: str, *always: str) -> Callable[[Call, list[Site]], Answer]:
    def line(call: Call, _sites: list[Site]) -> Answer:
        names: tuple[str, ...] = getattr(call.registry.for_all_sites().rules, rule)
        return {"value": ",".join(dict.fromkeys((*names, *always)))}

    return line


def _set(given: Mapping[str, str], answer: Answer = SUCCESS) -> Method:
    """Return a method that sets rules for all sites, each from a parameter that lists names."""

    def change(call: Call, _sites: list[Site]) -> Answer:
        changes = {rule: listed(call.given.text(name)) for name, rule in given.items()}
        check(structs.replace(Rules(), **changes))
        call.registry.change_for_all_sites(
            lambda told: structs.replace(told, rules=structs.replace(told.rules, **changes))
        )
        return answer

    return Method(change, access=None, superuser=True, changes=True)


def _set_place(name: str, field: str, read: Callable[[str], str] = str) -> Method:
    """Return a method that sets what a site has that is added without saying."""

    def change(call: Call, _sites: list[Site]) -> Answer:
        value = read(call.given.text(name))
        call.registry.change_for_all_sites(lambda told: structs.replace(told, **{field: value}))
        return {"value": True}

    return Method(change, access=None, superuser=True, changes=True)


def _currency(call: Call, _sites: list[Site]) -> Answer:
    return {"value": call.registry.for_all_sites().currency}


def _time_zone(call: Call, _sites: list[Site]) -> Answer:
    return {"value": as_matomo_names(call.registry.for_all_sites().timezone)}


def _for(access: Access, answer: Callable[[Call, list[Site]], Answer]) -> Method:
    return Method(answer, access=None, somewhere=access)


def _for_all(answer: Callable[[Call, list[Site]], Answer]) -> Method:
    """Return a method for whoever has an account; to everybody else this server tells nothing."""
    return Method(answer, access=None)


METHODS: Mapping[str, Method] = {
    **{f"SitesManager.get{name}Global": _for(Access.ADMIN, _line(rule)) for name, (_, rule) in _LISTS.items()},
    **{
        f"SitesManager.setGlobal{name}": _set({parameter: rule}, SUCCESS if name in _SILENT else {"value": True})
        for name, (parameter, rule) in _LISTS.items()
    },
    "SitesManager.getSearchKeywordParametersGlobal": _for(Access.ADMIN, _line("search_keywords")),
    "SitesManager.getSearchCategoryParametersGlobal": _for(Access.ADMIN, _line("search_categories")),
    "SitesManager.setGlobalSearchParameters": _set(
        {"searchKeywordParameters": "search_keywords", "searchCategoryParameters": "search_categories"}, {"value": True}
    ),
    "SitesManager.getExcludedQueryParametersGlobal": _for(
        Access.VIEW, _line("excluded_parameters", *sorted(NEVER_KEPT))
    ),
    "SitesManager.getKeepURLFragmentsGlobal": _for(Access.VIEW, _told(answer=False)),
    "SitesManager.getDefaultCurrency": _for(Access.ADMIN, _currency),
    "SitesManager.setDefaultCurrency": _set_place("defaultCurrency", "currency"),
    "SitesManager.getDefaultTimezone": _for_all(_time_zone),
    "SitesManager.setDefaultTimezone": _set_place("defaultTimezone", "timezone", zone_of),
    "SitesManager.getCurrencyList": _for_all(_currencies),
    "SitesManager.getCurrencySymbols": _for_all(lambda _call, _sites: Record(_symbols())),
    "SitesManager.isTimezoneSupportEnabled": _for(Access.VIEW, _told(answer=True)),
    "SitesManager.getTimezonesList": _for_all(lambda _call, _sites: by_continent()),
    "SitesManager.getTimezoneName": _for_all(_zone),
    "SitesManager.getIpsForRange": _for_all(_range),
    "SitesManager.getNumWebsitesToDisplayPerPage": _for(Access.VIEW, _told(SITES_PER_PAGE)),
}
