"""The methods of `SitesManager` that answer what to put into pages: the tracker, or an image where no script runs."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from pellucid.matomo.call import Answer, Call, Method
from pellucid.matomo.parameters import Parameters
from pellucid.model.site import Site
from pellucid.snippet import Expression, image, snippet

_SWITCHES = ("setDoNotTrack", "doNotTrack"), ("disableCookies", "disableCookies")
_LISTS = ("setExcludedQueryParams", "excludedQueryParams"), ("setExcludedReferrers", "excludedReferrers")
_TEXTS = (
    ("setCampaignNameKey", "customCampaignNameQueryParam"),
    ("setCampaignKeywordKey", "customCampaignKeywordParam"),
)
_VARIABLES = ("visit", "visitorCustomVariables"), ("page", "pageCustomVariables")
_HEADING = 'document.domain + "/" + document.title'


def _script(call: Call, sites: list[Site]) -> Answer:
    site, origin = sites[0], _origin(call)
    code = snippet(origin, site.id, _commands(site, call.given))
    if call.given.flag("trackNoScript"):
        code += f"\n<noscript><p>{image(origin, {'idsite': str(site.id), 'rec': '1'})}</p></noscript>"
    return {"value": code}


def _commands(site: Site, given: Parameters) -> Iterator[Sequence[object]]:
    """Yield what the tracker is told beside the usual, as a request names it."""
    if given.flag("groupPageTitlesByDomain"):
        yield "setDocumentTitle", Expression(_HEADING)
    if given.flag("mergeSubdomains"):
        yield "setCookieDomain", f"*.{_host(site.urls[0])}"
    if given.flag("mergeAliasUrls") or given.flag("crossDomain"):
        yield "setDomains", list(dict.fromkeys(f"*.{_host(url)}" for url in site.urls))
    if given.flag("crossDomain"):
        yield ("enableCrossDomainLinking",)
    for scope, name in _VARIABLES:
        told = given.several(name)
        for number, pair in enumerate(zip(told[::2], told[1::2], strict=False), 1):
            yield "setCustomVariable", number, *pair, scope
    if given.flag("disableCampaignParameters"):
        yield ("disableCampaignParameters",)
    yield from ((method, given.text(name)) for method, name in _TEXTS if given.text(name, ""))
    yield from ((method, True) for method, name in _SWITCHES if given.flag(name))
    for method, name in _LISTS:
        listed = [part.strip() for text in given.several(name) for part in text.split(",") if part.strip()]
        if listed:
            yield method, listed


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _origin(call: Call) -> str:
    """Return where the tracker is: where the request says, else where it found this server."""
    named = call.given.text("piwikUrl", "").strip().rstrip("/")
    if not named:
        return call.asking.origin
    return named if named.startswith(("//", "https://")) else f"//{named.removeprefix('http://')}"


def _image(call: Call, sites: list[Site]) -> Answer:
    """Return an image for pages and mails alike: mails need the scheme."""
    given, origin = call.given, _origin(call)
    told = {"idsite": str(sites[0].id), "rec": "1"}
    told |= {"action_name": given.text("actionName")} if given.text("actionName", "") else {}
    if given.text("idGoal", ""):
        told |= {"idgoal": str(given.number("idGoal"))}
        told |= {"revenue": str(given.decimal("revenue", 0))} if given.text("revenue", "") else {}
    return {"value": image(f"http:{origin}" if origin.startswith("//") else origin, told)}


METHODS: Mapping[str, Method] = {
    "SitesManager.getJavascriptTag": Method(_script),
    "SitesManager.getImageTrackingCode": Method(_image),
}
