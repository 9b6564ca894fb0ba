"""The methods of `SitesManager`: which sites there are, and what is set up of each."""

from collections.abc import Mapping
from functools import partial
from urllib.parse import urlsplit

from pellucid.matomo import administration as setup
from pellucid.matomo.call import NOBODY, SUCCESS, Answer, Call, Method
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
    added = [url for url in call.given.several("urls") if url not in sites[0].urls]
    call.registry.update_site(sites[0].id, urls=(*sites[0].urls, *added))
    return {"value": len(added)}


def _set_urls(call: Call, sites: list[Site]) -> Answer:
    """Set the addresses beside the main one."""
    others = [url for url in call.given.several("urls") if url != sites[0].urls[0]]
    call.registry.update_site(sites[0].id, urls=(sites[0].urls[0], *others))
    return {"value": len(others)}


METHODS: Mapping[str, Method] = {
    "SitesManager.getAllSites": Method(partial(_visible_sites, Access.VIEW), access=None, superuser=True),
    "SitesManager.getAllSitesId": Method(partial(_ids, Access.VIEW), access=None, superuser=True),
    "SitesManager.getSitesWithAtLeastViewAccess": Method(partial(_visible_sites, Access.VIEW), access=None),
    "SitesManager.getSitesWithAdminAccess": Method(partial(_visible_sites, Access.ADMIN), access=None),
    "SitesManager.getSiteFromId": Method(lambda _call, sites: setup.site_row(sites[0])),
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
}
