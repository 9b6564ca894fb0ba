"""The URL of a page as it is kept: without what names the visitor, the campaign or the click."""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from urllib.parse import unquote_plus

import regex

LONGEST_URL = 1024
_LONGEST_SEARCH_SECONDS = 0.02
"""How long a pattern may look at one name."""

CAMPAIGN_NAMES = (
    *("pk_cpn", "pk_campaign", "piwik_campaign", "mtm_campaign", "matomo_campaign"),
    *("utm_campaign", "utm_source", "utm_medium"),
)
"""Parameters that name a campaign; the first that is there counts. Matomo's, and Google's that it reads too."""

CAMPAIGN_KEYWORDS = (
    *("pk_kwd", "pk_keyword", "piwik_kwd", "mtm_kwd", "mtm_keyword", "matomo_kwd"),
    "utm_term",
)

_OF_PEOPLE = frozenset(
    "gclid fbclid msclkid twclid wbraid gbraid yclid fb_xd_fragment fb_comment_id phpsessid jsessionid sessionid "
    "aspsessionid doing_wp_cron sid pk_vid token_auth token ignore_referrer ignore_referer".split(" "),
)
NEVER_KEPT = _OF_PEOPLE | {*CAMPAIGN_NAMES, *CAMPAIGN_KEYWORDS}
"""Parameters that no site keeps: they tell of a click, of a person's visit, or of a campaign."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_NO_ADDRESS = re.compile(r"(?:javascript|vbscript|data):|[a-z][a-z0-9+.-]*:(?!//)", re.IGNORECASE)
"""How what would run in a page, or name a person (`mailto:`), begins, and no page does: `scheme:` without `//`."""


@lru_cache(maxsize=8192)
def page_url(url: str, excluded: frozenset[str] = frozenset(), *, keep_fragment: bool = False) -> str:
    """Return a page's URL without account, its host in lower case, without parameters that are not kept.

    `excluded` adds to those that are never kept (`excluded_names`); matrix parameters (`;a=b`) count as a query.
    The fragment goes too, unless the site keeps it. What is no page's address is the empty text.
    """
    url = as_address(url)
    bare, _, fragment = url.partition("#")
    if fragment and keep_fragment:
        kept = _fragment(fragment, excluded)
        return (f"{_page(bare, excluded)}#{kept}" if kept else _page(bare, excluded))[:LONGEST_URL]
    return _page(bare.strip(), excluded)[:LONGEST_URL]


def as_address(url: str) -> str:
    """Return an address without what browsers leave out of it, or the empty text if it is none of a page."""
    url = _CONTROLS.sub("", url).strip()
    return "" if _NO_ADDRESS.match(url) else url


def target_url(url: str, excluded: frozenset[str] = frozenset()) -> str:
    """Return the address of a download or of another site as it is, but for the account and what tells of people.

    Its campaigns are not the site's own, and its fragment may be all that tells it from others.
    """
    bare, _, fragment = as_address(url).partition("#")
    path, _, query = bare.partition("?")
    scheme, separator, rest = path.partition("://")
    authority, slash, below = rest.partition("/")
    if separator:
        path = f"{scheme}://{authority.rpartition('@')[2]}{slash}{below}"
    kept = "&".join(pair for pair in query.split("&") if pair and _is_kept(pair, excluded, _OF_PEOPLE))
    place = _fragment(fragment, excluded, _OF_PEOPLE)
    return f"{path}{'?' if kept else ''}{kept}{'#' if place else ''}{place}"[:LONGEST_URL]


def _page(bare: str, excluded: frozenset[str]) -> str:
    path, _, query = bare.partition("?")
    path, _, matrix = path.partition(";")
    scheme, separator, rest = path.partition("://")
    if separator:
        authority, slash, below = rest.partition("/")
        host = authority.rpartition("@")[2]
        path = f"{scheme.lower()}://{host.lower()}{slash}{below}"
    kept = [pair for pair in _pairs(matrix, query) if _is_kept(pair, excluded)]
    return f"{path}?{'&'.join(kept)}" if kept else path


def _fragment(fragment: str, excluded: frozenset[str], never: frozenset[str] = NEVER_KEPT) -> str:
    """Return a fragment without what is not kept; it may be a page's address itself (`#/find?q=bell`)."""
    route, mark, query = fragment.rpartition("?")
    kept = "&".join(pair for pair in query.split("&") if _is_kept(pair, excluded, never))
    return f"{route}{mark}{kept}" if kept else route


def _pairs(matrix: str, query: str) -> list[str]:
    if not matrix and not query:
        return []
    return [pair for pair in [*matrix.replace("&", ";").split(";"), *query.split("&")] if pair]


def _is_kept(pair: str, excluded: frozenset[str], never: frozenset[str] = NEVER_KEPT) -> bool:
    name = _name(pair)
    return name not in never and name not in excluded and not any(map(_finds(name), _patterns(excluded)))


def excluded_names(told: Iterable[str]) -> frozenset[str]:
    """Return the parameters that a site's owner excludes: names in lower case, and patterns (`/^sess/`) as they are."""
    stripped = (text.strip() for text in told)
    return frozenset(text if _is_pattern(text) else text.lower() for text in stripped if text)


def _is_pattern(text: str) -> bool:
    return len(text) > 1 and text.startswith("/") and text.endswith("/")


@lru_cache(maxsize=1024)
def _patterns(excluded: frozenset[str]) -> tuple[regex.Pattern[str], ...]:
    found = []
    for text in filter(_is_pattern, excluded):
        # What is no pattern excludes nothing, as in Matomo.
        with suppress(regex.error):
            found.append(regex.compile(text[1:-1], regex.IGNORECASE))
    return tuple(found)


def _finds(name: str) -> Callable[[regex.Pattern[str]], bool]:
    def finds(pattern: regex.Pattern[str]) -> bool:
        try:
            return pattern.search(name, timeout=_LONGEST_SEARCH_SECONDS) is not None
        except TimeoutError:
            # Rather one parameter too few than one that names somebody.
            return True

    return finds


def _name(pair: str) -> str:
    name = pair.partition("=")[0]
    return (unquote_plus(name) if "%" in name else name).lower()
