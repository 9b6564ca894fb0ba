"""The tracker as browsers get it: the built file, behind one line that says what each site's owner settled.

The line holds numbers of sites and yes or no, nothing else. The answer is the same for everyone and sets nothing.
"""

import gzip
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files

from msgspec import Struct, json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pellucid.model.site import ConsentRule, Privacy, Site

PATHS = ("/pellucid.js", "/matomo.js", "/piwik.js", "/js/", "/js/matomo.js", "/js/piwik.js")
KEPT_BY_BROWSERS = timedelta(hours=1)
"""How long a browser may go without asking for it again, and so without knowing of a changed setting."""

_CORE = files("pellucid.collect").joinpath("static", "pellucid.js").read_bytes()


class SiteRule(Struct, frozen=True):
    """What a browser has to know of a site's settings; the names are those of the tracker's `site.ts`."""

    cookies: bool
    features: bool
    consent: bool
    gpc: bool
    dnt: bool


def rule_of(privacy: Privacy) -> SiteRule:
    """Return what the tracker has to keep to on a site."""
    return SiteRule(
        cookies=privacy.cookies,
        features=privacy.browser_features,
        consent=privacy.consent is ConsentRule.TRACKING,
        gpc=privacy.honour_gpc,
        dnt=privacy.honour_dnt,
    )


class TrackerFile(Struct, frozen=True):
    """The file, plain and compressed."""

    plain: bytes
    compressed: bytes
    tag: str


def tracker_file(sites: Sequence[Site]) -> TrackerFile:
    """Return the tracker that knows the settings of these sites."""
    return _tracker_file(tuple((site.id, rule_of(site.privacy)) for site in sites))


# A process serves one set of sites; the second place is for the moment in which it changes.
@lru_cache(maxsize=2)
def _tracker_file(rules: tuple[tuple[int, SiteRule], ...]) -> TrackerFile:
    told = json.encode({str(site_id): rule for site_id, rule in rules})
    plain = b"window.PellucidSites=" + told + b";\n" + _CORE
    return TrackerFile(plain, gzip.compress(plain, mtime=0), sha256(plain).hexdigest()[:16])


def routes(sites: Callable[[], Sequence[Site]]) -> list[BaseRoute]:
    """Return the addresses of the tracker; `sites` gives all sites as they are now."""

    async def serve(request: Request) -> Response:
        file = tracker_file(sites())
        compresses = _accepts_gzip(request.headers.get("accept-encoding", ""))
        tag = f'"{file.tag}-gzip"' if compresses else f'"{file.tag}"'
        headers = {
            "access-control-allow-origin": "*",
            "cache-control": f"public, max-age={int(KEPT_BY_BROWSERS.total_seconds())}",
            "content-type": "application/javascript; charset=utf-8",
            "cross-origin-resource-policy": "cross-origin",
            "etag": tag,
            "vary": "Accept-Encoding",
            "x-content-type-options": "nosniff",
        }
        if _knows(request.headers.get("if-none-match", ""), tag):
            return Response(status_code=304, headers=headers)
        if compresses:
            return Response(file.compressed, headers=headers | {"content-encoding": "gzip"})
        return Response(file.plain, headers=headers)

    return [Route(path, serve) for path in PATHS]


def _accepts_gzip(accepted: str) -> bool:
    for choice in accepted.lower().split(","):
        coding, _, quality = choice.replace(" ", "").partition(";q=")
        if coding in {"gzip", "*"}:
            return quality.strip("0.") != "" if quality else True
    return False


def _knows(asked: str, tag: str) -> bool:
    """Return whether a browser has this very file; proxies that compress mark a tag as weak."""
    return any(known.strip().removeprefix("W/") in {tag, "*"} for known in asked.split(","))
