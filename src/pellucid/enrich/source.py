"""Where a visit came from: a campaign in the page's address, else what the referrer is known as.

The tables are data files beside this module. Names of campaigns are kept in lower case, as Matomo tells them.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from urllib.parse import parse_qsl

from msgspec import Struct, convert

from pellucid.enrich.hosts import Hosts, host_of
from pellucid.enrich.page import CAMPAIGN_KEYWORDS, CAMPAIGN_NAMES, as_address, page_url
from pellucid.model.hit import Source, SourceKind

LONGEST_NAME = 255

_DATA = files("pellucid.enrich") / "data"
_IGNORED = "ignore_refer"
_IGNORING = (f"{_IGNORED}rer", f"{_IGNORED}er")
_DIRECT = Source()
_NOTHING: frozenset[str] = frozenset()
_GOOGLES = frozenset("ust usg usd sa sntz ei bvm ved client channel".split())
_OF_CLICKS: Mapping[str, frozenset[str]] = {
    "google.": _GOOGLES,
    "googleusercontent.": _GOOGLES,
    "bing.com": frozenset("cvid refig elv plvar setlang qs cc mkt pc form src".split()),
    "facebook.com": frozenset("hp"),
    "instagram.com": frozenset("es"),
    "youtube.com": frozenset("redir_token html_redirect continuation feature".split()),
}
"""By a part of the host: parameters of its pages that Matomo keeps of no referrer either."""
_ADVERTISING = ("googleads", "doubleclick")
"""What is in the names of hosts that show advertisements on the pages of others."""


class _Engine(Struct):
    name: str
    hosts: list[str]
    keyword: list[str]
    path: str = ""
    untold: str = ""
    """Which pages, beside the first one, are searches that do not tell for what: a regular expression."""


class Home(Struct, frozen=True):
    """Where an engine or a network is at home, and by which path an engine is asked (`{k}` is the keyword)."""

    host: str
    path: str = ""


def _table(name: str) -> dict[str, object]:
    return tomllib.loads((_DATA / name).read_text(encoding="utf-8"))


def _names(name: str) -> Hosts[str]:
    table = convert(_table(name), dict[str, list[str]])
    return Hosts({host: label for label, hosts in table.items() for host in hosts})


_ENGINE_LIST = convert(_table("search_engines.toml")["engine"], list[_Engine])
_ENGINES = {host: engine for engine in _ENGINE_LIST for host in engine.hosts}
_SOCIAL = _names("social_networks.toml")
_ASSISTANTS = _names("assistants.toml")
_DOOR = re.compile(r"^(?:w+[0-9]*|search|m)\.")
"""What an engine's host may begin with."""
_COUNTRY = re.compile(r"(?:\.(?:com|org|net|co|it|edu))?\.[a-z]{2}$|\.com$")
_OF_COUNTRY = re.compile(r"^[a-z]{2}\.")
HOMES: Mapping[str, Home] = {
    engine.name: Home(engine.hosts[0].replace(".*", ".com"), engine.path) for engine in reversed(_ENGINE_LIST)
}
"""By the name of a search engine."""
HOMES_OF_NETWORKS: Mapping[str, str] = {
    name: hosts[0] for name, hosts in convert(_table("social_networks.toml"), dict[str, list[str]]).items()
}
"""By the name of a social network."""
_SPAM = Hosts(
    {
        line: True
        for line in (_DATA / "referrer_spam.txt").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    },
)


def source(url: str, referrer: str, own_hosts: frozenset[str], excluded: frozenset[str] = _NOTHING) -> Source:
    """Return where a hit on the page `url` came from; a page of the site's own hosts, or none, is a direct entry.

    The referrer is kept without what is `excluded` from addresses, as a page's.
    """
    referrer = as_address(referrer)
    told = _campaign(url, referrer, excluded) or _advertised(referrer, excluded)
    return told or _referred(referrer, own_hosts, url, excluded)


def campaign(name: str, keyword: str, referrer: str, excluded: frozenset[str] = _NOTHING) -> Source:
    """Return the campaign of that name; without a keyword it has what was searched for, or else the referrer's host."""
    told, referrer = keyword, as_address(referrer)
    if not keyword and referrer:
        host = host_of(referrer)
        engine = _engine(referrer, host)
        told = (_searched(referrer, engine) if engine else "") or _advertiser(referrer, host)
        keyword = told or host
    return Source(
        SourceKind.CAMPAIGN,
        _label(name).lower(),
        _label(keyword).lower(),
        _kept(referrer, excluded),
        told=bool(told) or not keyword,
    )


@lru_cache(maxsize=8192)
def is_referrer_spam(referrer: str) -> bool:
    """Return whether a referrer is one of those that were never followed."""
    return bool(referrer) and _SPAM.find(host_of(referrer)) is not None


def _campaign(url: str, referrer: str, excluded: frozenset[str]) -> Source | None:
    if "?" not in url and "#" not in url:
        return None
    given = _parameters(url)
    name = next((given[key] for key in CAMPAIGN_NAMES if given.get(key)), "")
    if not name:
        return None
    keyword = next((given[key] for key in CAMPAIGN_KEYWORDS if given.get(key)), "")
    return campaign(name, keyword, referrer, excluded)


def _advertised(referrer: str, excluded: frozenset[str]) -> Source | None:
    """Return the campaign of a network of advertisements that tells on whose page it showed one."""
    if not any(network in referrer for network in _ADVERTISING):
        return None
    told = _advertiser(referrer, host_of(referrer))
    if not told:
        return None
    kind = _parameters(referrer).get("ad_type", "").strip()
    return campaign(f"AdWords ({kind})" if kind else "AdWords", told, referrer, excluded)


def _advertiser(referrer: str, host: str) -> str:
    if not any(network in host for network in _ADVERTISING):
        return ""
    shown_on = host_of(_parameters(referrer).get("url", ""))
    return f"(adwords) {shown_on}" if shown_on else ""


def _referred(referrer: str, own: frozenset[str], url: str, excluded: frozenset[str]) -> Source:
    if not referrer or _is_ignored(url):
        return _DIRECT
    return _known(referrer, own, host_of(url), excluded)


def _kept(referrer: str, excluded: frozenset[str]) -> str:
    """Return a referrer's address as a page's is kept, and without what tells one click at its host from another."""
    host = host_of(referrer)
    of_clicks = (names for part, names in _OF_CLICKS.items() if part in host)
    return page_url(referrer, excluded.union(*of_clicks))


def _is_ignored(url: str) -> bool:
    if _IGNORED not in url:
        return False
    given = _parameters(url)
    return any(given.get(name) == "1" for name in _IGNORING)


@lru_cache(maxsize=8192)
def _known(referrer: str, own_hosts: frozenset[str], page_host: str, excluded: frozenset[str]) -> Source:
    host = host_of(referrer)
    own = {name.removeprefix("www.") for name in (*own_hosts, page_host)}
    if not host:
        return _DIRECT
    told = _kept(referrer, excluded)
    if host.removeprefix("www.") in own:
        return Source(url=told)
    assistant = _ASSISTANTS.find(host)
    if assistant:
        return Source(SourceKind.ASSISTANT, assistant, "", told)
    engine = _engine(referrer, host)
    if engine and _is_search(referrer, engine):
        return Source(SourceKind.SEARCH, engine.name, _searched(referrer, engine), told)
    network = _SOCIAL.find(host)
    if network:
        return Source(SourceKind.SOCIAL, network, "", told)
    return Source(SourceKind.WEBSITE, _label(host), "", told)


def _engine(referrer: str, host: str) -> _Engine | None:
    """Return the search engine of an address: of its host with the path, of its host, or of one like it anywhere."""
    path = referrer.partition("://")[2].partition("?")[0].partition("#")[0].partition("/")[2]
    within = _DOOR.sub("", host)
    anywhere = (_COUNTRY.sub(".*", _OF_COUNTRY.sub("*.", name)) for name in (host, within))
    for name in (host, within, *anywhere):
        engine = _ENGINES.get(f"{name}/{path}") or _ENGINES.get(name)
        if engine:
            return engine
    return None


def _is_search(referrer: str, engine: _Engine) -> bool:
    if _searched(referrer, engine):
        return True
    page = "/" + referrer.partition("://")[2].partition("/")[2]
    return page == "/" or (engine.untold != "" and re.match(engine.untold, page) is not None)


def _searched(referrer: str, engine: _Engine) -> str:
    given = _parameters(referrer)
    return _label(next((given[key] for key in engine.keyword if given.get(key)), "")).lower()


def _parameters(url: str) -> Mapping[str, str]:
    """Return the parameters of a URL's fragment and query; those of the query count first."""
    rest, _, fragment = url.partition("#")
    query = rest.partition("?")[2]
    pairs = [*parse_qsl(fragment.lstrip("?!/"), errors="replace"), *parse_qsl(query, errors="replace")]
    return {name.lower(): value for name, value in pairs}


def _label(text: str) -> str:
    return text.strip().replace("\0", "")[:LONGEST_NAME]
