"""The scripts as browsers get them: built files, the trackers behind one line that says what each site's owner settled.

The line holds numbers of sites, yes or no, and a number of days, nothing else. A file is the same for everyone, and
nothing is set with it but the objection of who shows one, anew. Each file is there too as it was built, the same bytes
for every server, at an address that holds its hash: for subresource integrity, and to be held against the source.
"""

import gzip
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import lru_cache, partial
from hashlib import sha256, sha384
from importlib.resources import files
from time import time

from msgspec import Struct, json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pellucid.edge import renewals_of
from pellucid.model.site import ConsentRule, Privacy, Site
from pellucid.policy.retention import CHOICE

PATHS = ("/pellucid.js", "/matomo.js", "/piwik.js", "/js/", "/js/matomo.js", "/js/piwik.js")
LITE, CONSENT = "/lite.js", "/consent.js"
KEPT_BY_BROWSERS = timedelta(hours=1)
"""How long a browser may go without asking for it again, and so without knowing of a changed setting."""

_NEVER_CHANGES = "max-age=31536000, immutable"
_HASH_DIGITS = 16


class BuiltFile(Struct, frozen=True):
    """A script as it was built; `integrity` is what a page puts beside its address."""

    name: str
    content: bytes
    path: str
    integrity: str


def _built(name: str) -> BuiltFile:
    content = files("pellucid.collect").joinpath("static", f"{name}.js").read_bytes()
    path = f"/{name}.{sha256(content).hexdigest()[:_HASH_DIGITS]}.js"
    return BuiltFile(name, content, path, f"sha384-{b64encode(sha384(content).digest()).decode()}")


BUILT: dict[str, BuiltFile] = {name: _built(name) for name in ("pellucid", "lite", "consent", "stub")}


class SiteRule(Struct, frozen=True, omit_defaults=True):
    """What a browser has to know of a site's settings; the names are those of the tracker's `site.ts`.

    What is as here by default goes without saying. `days` is how long consent is remembered.
    """

    cookies: bool = False
    features: bool = False
    sources: bool = False
    consent: bool = False
    gpc: bool = True
    dnt: bool = True
    instance: bool = False
    days: int = CHOICE.days


def rule_of(privacy: Privacy) -> SiteRule:
    """Return what the tracker has to keep to on a site."""
    return SiteRule(
        cookies=privacy.cookies,
        features=privacy.browser_features,
        sources=privacy.attributes,
        consent=privacy.consent is ConsentRule.TRACKING,
        gpc=privacy.honour_gpc,
        dnt=privacy.honour_dnt,
        instance=privacy.asks_first,
        days=privacy.consent_days,
    )


class ServedFile(Struct, frozen=True):
    """A file, plain and compressed."""

    plain: bytes
    compressed: bytes
    tag: str


def tracker_file(sites: Sequence[Site], name: str = "pellucid") -> ServedFile:
    """Return the tracker that knows the settings of these sites."""
    return _tracker_file(name, tuple((site.id, rule_of(site.privacy)) for site in sites))


# A process serves one set of sites and two trackers; twice that is for the moment in which the set changes.
@lru_cache(maxsize=4)
def _tracker_file(name: str, rules: tuple[tuple[int, SiteRule], ...]) -> ServedFile:
    told = json.encode({str(site_id): rule for site_id, rule in rules})
    return _served(b"window.PellucidSites=" + told + b";\n" + BUILT[name].content)


def _served(plain: bytes) -> ServedFile:
    return ServedFile(plain, gzip.compress(plain, mtime=0), sha256(plain).hexdigest()[:_HASH_DIGITS])


def routes(sites: Callable[[], Sequence[Site]], now: Callable[[], float] = time) -> list[BaseRoute]:
    """Return the addresses of the scripts; `sites` gives all sites as they are now."""

    def route(path: str, file: Callable[[], ServedFile], kept: str) -> Route:
        async def serve(request: Request) -> Response:
            return _answer(request, file(), kept, renewals_of(dict(request.headers.raw), now()))

        return Route(path, serve)

    plain = {name: _served(built.content) for name, built in BUILT.items()}
    for_an_hour = f"max-age={int(KEPT_BY_BROWSERS.total_seconds())}"
    return [
        *(route(path, lambda: tracker_file(sites()), for_an_hour) for path in PATHS),
        route(LITE, lambda: tracker_file(sites(), "lite"), for_an_hour),
        route(CONSENT, lambda: plain["consent"], for_an_hour),
        *(route(built.path, partial(plain.__getitem__, name), _NEVER_CHANGES) for name, built in BUILT.items()),
    ]


def _answer(request: Request, file: ServedFile, kept: str, renewed: list[tuple[bytes, bytes]]) -> Response:
    compresses = _accepts_gzip(request.headers.get("accept-encoding", ""))
    tag = f'"{file.tag}-gzip"' if compresses else f'"{file.tag}"'
    headers = {
        "access-control-allow-origin": "*",
        # A cache that many share would set one visitor's objection with all of them.
        "cache-control": f"{'private' if renewed else 'public'}, {kept}",
        "content-type": "application/javascript; charset=utf-8",
        "cross-origin-resource-policy": "cross-origin",
        "etag": tag,
        "vary": "Accept-Encoding",
        "x-content-type-options": "nosniff",
    }
    if _knows(request.headers.get("if-none-match", ""), tag):
        response = Response(status_code=304, headers=headers)
    elif compresses:
        response = Response(file.compressed, headers=headers | {"content-encoding": "gzip"})
    else:
        response = Response(file.plain, headers=headers)
    response.raw_headers += renewed
    return response


def _accepts_gzip(accepted: str) -> bool:
    for choice in accepted.lower().split(","):
        coding, _, quality = choice.replace(" ", "").partition(";q=")
        if coding in {"gzip", "*"}:
            return quality.strip("0.") != "" if quality else True
    return False


def _knows(asked: str, tag: str) -> bool:
    """Return whether a browser has this very file; proxies that compress mark a tag as weak."""
    return any(known.strip().removeprefix("W/") in {tag, "*"} for known in asked.split(","))
