"""The methods of `SitesManager`: which sites there are, and what is set up of each."""

from collections.abc import Mapping
from functools import partial
from urllib.parse import urlsplit

from msgspec import structs

from pellucid.enrich.page import NEVER_KEPT
from pellucid.matomo import administration as setup
from pellucid.matomo.call import NOBODY, SUCCESS, Answer, Call, Method, Record
from pellucid.matomo.site_codes import METHODS as SITE_CODES
from pellucid.matomo.site_defaults import METHODS as SITE_DEFAULTS
from pellucid.matomo.zones import as_matomo_names, zone_of
from pellucid.model.account import Access
from pellucid.model.site import Site


def _visible_sites(access: Access, call: Call, _sites: list[Site]) -> Answer:
    account = call.account or NOBODY
    return [setup.site_row(site) for site in setup.visible(call.registry, account, access)]


def _add_site(call: Call, _sites: list[Site]) -> Answer:
    return {"value": setup.add_site(call.registry, call.given)}


def _update_site(call: Call, sites: list[Site]) -> Answer:
    setup.update_site(call.registry, sites[0], call.given)
    return SUCCESS


def _ids(access: Access, call: Call, _sites: list[Site]) -> Answer:
    return [site.id for site in setup.visible(call.registry, call.account or NOBODY, access)]


def _with_exactly(access: Access, call: Call, _sites: list[Site]) -> list[Site]:
    """Return the sites with which an account may do this and no more."""
    account, ranks = call.account or NOBODY, list(Access)
    more = ranks[ranks.index(access) + 1 :]
    return [
        site
        for site in setup.visible(call.registry, account, access)
        if not any(account.may(site.id, higher) for higher in more)
    ]


def _rows_with_exactly(access: Access, call: Call, sites: list[Site]) -> Answer:
    return [setup.site_row(site) for site in _with_exactly(access, call, sites)]


def _ids_with_exactly(access: Access, call: Call, sites: list[Site]) -> Answer:
    return [site.id for site in _with_exactly(access, call, sites)]


def _bare(url: str) -> str:
    parts = urlsplit(url.strip())
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}"


def _ids_of_url(call: Call, _sites: list[Site]) -> Answer:
    """Return the sites that have an address, with or without `www.` and whatever its scheme."""
    wanted = _bare(call.given.text("url"))
    visible = setup.visible(call.registry, call.account or NOBODY)
    return [{"idsite": site.id} for site in visible if wanted in map(_bare, site.urls)]


def _add_urls(call: Call, sites: list[Site]) -> Answer:
    before, given = sites[0], call.given.several("urls")
    changed = call.registry.change_site(before.id, lambda site: structs.replace(site, urls=(*site.urls, *given)))
    return {"value": len(set(changed.urls) - set(before.urls))}


def _set_urls(call: Call, sites: list[Site]) -> Answer:
    """Set the addresses beside the main one."""
    given = call.given.several("urls")
    changed = call.registry.change_site(sites[0].id, lambda site: structs.replace(site, urls=(site.urls[0], *given)))
    return {"value": len(changed.urls) - 1}


def _of_group(call: Call, _sites: list[Site]) -> Answer:
    """Return the sites of a group; there are none, so all are in the one without a name."""
    group = call.given.text("group", "").strip()
    return [] if group else [setup.site_row(site) for site in call.registry.sites()]


def _zones(call: Call, _sites: list[Site]) -> Answer:
    return list(dict.fromkeys(as_matomo_names(site.timezone) for site in call.registry.sites()))


def _ids_in_zones(call: Call, _sites: list[Site]) -> Answer:
    zones = {zone_of(part.strip()) for text in call.given.several("timezones") for part in text.split(",")}
    return [site.id for site in call.registry.sites() if site.timezone in zones]


def _matching(call: Call, _sites: list[Site]) -> Answer:
    """Return the sites whose name, address or number is like a pattern."""
    given = call.given
    pattern, left_out = given.text("pattern").lower(), frozenset(given.several("sitesToExclude"))
    limit = given.number("limit", 0)
    visible = setup.visible(call.registry, call.account or NOBODY)
    found = [
        setup.site_row(site)
        for site in sorted(visible, key=lambda site: site.name)
        if (pattern in site.name.lower() or pattern in site.urls[0].lower() or pattern == str(site.id))
        and str(site.id) not in left_out
    ]
    return found[:limit] if limit > 0 else found


def _excluded_parameters(_call: Call, sites: list[Site]) -> Answer:
    """Return the parameters that are kept of no page of a site: its own, and those of all sites."""
    return list(dict.fromkeys([*sites[0].rules_in_force.excluded_parameters, *sorted(NEVER_KEPT)]))


METHODS: Mapping[str, Method] = {
    "SitesManager.getAllSites": Method(partial(_visible_sites, Access.VIEW), access=None, superuser=True),
    "SitesManager.getAllSitesId": Method(partial(_ids, Access.VIEW), access=None, superuser=True),
    "SitesManager.getSitesWithAtLeastViewAccess": Method(partial(_visible_sites, Access.VIEW), access=None),
    "SitesManager.getSitesWithAdminAccess": Method(partial(_visible_sites, Access.ADMIN), access=None),
    "SitesManager.getSiteFromId": Method(lambda _call, sites: Record(setup.site_row(sites[0]))),
    "SitesManager.getSiteUrlsFromId": Method(lambda _call, sites: list(sites[0].urls)),
    "SitesManager.getSiteSettings": Method(lambda _call, sites: setup.settings_row(sites[0]), access=Access.ADMIN),
    "SitesManager.addSite": Method(_add_site, access=None, superuser=True),
    "SitesManager.updateSite": Method(_update_site, access=Access.ADMIN),
    "SitesManager.getSitesWithViewAccess": Method(partial(_rows_with_exactly, Access.VIEW), access=None),
    "SitesManager.getSitesIdWithAtLeastViewAccess": Method(partial(_ids, Access.VIEW), access=None),
    "SitesManager.getSitesIdWithViewAccess": Method(partial(_ids_with_exactly, Access.VIEW), access=None),
    "SitesManager.getSitesIdWithWriteAccess": Method(partial(_ids_with_exactly, Access.WRITE), access=None),
    "SitesManager.getSitesIdWithAdminAccess": Method(partial(_ids, Access.ADMIN), access=None),
    "SitesManager.getSitesIdFromSiteUrl": Method(_ids_of_url, access=None),
    "SitesManager.addSiteAliasUrls": Method(_add_urls, access=Access.ADMIN),
    "SitesManager.setSiteAliasUrls": Method(_set_urls, access=Access.ADMIN),
    "SitesManager.getSitesFromGroup": Method(_of_group, access=None, superuser=True),
    "SitesManager.getSitesGroups": Method(lambda _call, _sites: [""], access=None, superuser=True),
    "SitesManager.getSitesIdFromTimezones": Method(_ids_in_zones, access=None, superuser=True),
    "SitesManager.getUniqueSiteTimezones": Method(_zones, access=None, superuser=True),
    "SitesManager.getPatternMatchSites": Method(_matching, access=None),
    "SitesManager.getExcludedQueryParameters": Method(_excluded_parameters),
    "SitesManager.getExcludedReferrers": Method(lambda _call, sites: list(sites[0].rules_in_force.excluded_referrers)),
    **SITE_CODES,
    **SITE_DEFAULTS,
}
