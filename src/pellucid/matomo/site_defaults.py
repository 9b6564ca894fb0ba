"""The methods of `SitesManager` that tell what counts for all sites, and what one may choose of: currencies, zones."""

from collections.abc import Callable, Mapping
from functools import cache
from ipaddress import ip_address, ip_network

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_name, get_currency_symbol, get_territory_currencies

from pellucid.enrich.page import NEVER_KEPT
from pellucid.matomo.administration import CURRENCY, TIMEZONE
from pellucid.matomo.call import Answer, Call, Method, Record
from pellucid.matomo.zones import UTC, by_continent, name_of
from pellucid.model.account import Access
from pellucid.model.rules import Rules
from pellucid.model.site import Site

SITES_PER_PAGE = 15
"""How many sites Matomo's own lists show at once."""

_ENGLISH = Locale("en")
_OF_ALL = Rules()
"""What counts for a site whose owner says nothing."""

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


def _line(*names: str) -> Callable[[Call, list[Site]], Answer]:
    return _told(",".join(names))


def _for(access: Access, answer: Callable[[Call, list[Site]], Answer]) -> Method:
    return Method(answer, access=None, somewhere=access)


def _for_all(answer: Callable[[Call, list[Site]], Answer]) -> Method:
    """Return a method for whoever has an account; to everybody else this server tells nothing."""
    return Method(answer, access=None)


METHODS: Mapping[str, Method] = {
    "SitesManager.getSearchKeywordParametersGlobal": _for(Access.ADMIN, _line(*_OF_ALL.search_keywords)),
    "SitesManager.getSearchCategoryParametersGlobal": _for(Access.ADMIN, _line(*_OF_ALL.search_categories)),
    "SitesManager.getExcludedUserAgentsGlobal": _for(Access.ADMIN, _line(*_OF_ALL.excluded_agents)),
    "SitesManager.getExcludedReferrersGlobal": _for(Access.ADMIN, _line(*_OF_ALL.excluded_referrers)),
    "SitesManager.getExcludedIpsGlobal": _for(Access.ADMIN, _line(*_OF_ALL.excluded_addresses)),
    "SitesManager.getExcludedQueryParametersGlobal": _for(Access.VIEW, _line(*sorted(NEVER_KEPT))),
    "SitesManager.getKeepURLFragmentsGlobal": _for(Access.VIEW, _told(_OF_ALL.keeps_fragments)),
    "SitesManager.getDefaultCurrency": _for(Access.ADMIN, _told(CURRENCY)),
    "SitesManager.getDefaultTimezone": _for_all(_told(TIMEZONE)),
    "SitesManager.getCurrencyList": _for_all(_currencies),
    "SitesManager.getCurrencySymbols": _for_all(lambda _call, _sites: Record(_symbols())),
    "SitesManager.isTimezoneSupportEnabled": _for(Access.VIEW, _told(answer=True)),
    "SitesManager.getTimezonesList": _for_all(lambda _call, _sites: by_continent()),
    "SitesManager.getTimezoneName": _for_all(_zone),
    "SitesManager.getIpsForRange": _for_all(_range),
    "SitesManager.getNumWebsitesToDisplayPerPage": _for(Access.VIEW, _told(SITES_PER_PAGE)),
}
