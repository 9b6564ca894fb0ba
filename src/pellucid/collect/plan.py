"""How the hits of one site are read: what its owner set up, made ready once and not for every hit."""

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import parse_qsl, unquote_plus

import regex
from msgspec import Struct

from pellucid.collect.exclusion import Exclusions, exclusions
from pellucid.enrich.goals import LONGEST_SEARCH_SECONDS, Matcher, matchers
from pellucid.enrich.hosts import host_of
from pellucid.enrich.page import excluded_names
from pellucid.enrich.search import SearchReader
from pellucid.model.goal import CustomDimension, DimensionScope, Extraction, Goal
from pellucid.model.hit import HitKind
from pellucid.model.site import Site

Read = Callable[[str, str], str]
"""Returns what a page's URL and title tell of a dimension, or nothing."""


class OwnDimension(Struct, frozen=True):
    """A custom dimension: by which parameter it is told, under which key its value is kept, and what else tells it."""

    parameter: str
    key: str
    read: tuple[Read, ...] = ()


class Plan(Struct, frozen=True):
    """A site, and all that its hits are held against."""

    site: Site
    hosts: frozenset[str]
    exclusions: Exclusions
    excluded_parameters: frozenset[str]
    ignored_referrers: tuple[str, ...]
    """Hosts that nobody is said to come from, such as that of a bank on the way to an order."""
    search: SearchReader | None
    goals: Mapping[str, Goal]
    """By the number as text, as `idgoal` has it."""
    matchers: Mapping[HitKind, tuple[Matcher, ...]]
    visit_dimensions: tuple[OwnDimension, ...]
    action_dimensions: tuple[OwnDimension, ...]

    def ignores(self, referrer: str) -> bool:
        """Return whether a referrer means nothing."""
        host = host_of(referrer)
        return any(host == ignored or host.endswith(f".{ignored}") for ignored in self.ignored_referrers)


def plan_of(site: Site) -> Plan:
    """Return how the hits of a site are read."""
    rules = site.rules_in_force
    active = [dimension for dimension in site.dimensions if dimension.active]
    return Plan(
        site=site,
        hosts=site_hosts(site.urls),
        exclusions=exclusions(rules, site.urls),
        excluded_parameters=excluded_names(rules.excluded_parameters),
        ignored_referrers=tuple(_host(text) for text in rules.excluded_referrers if text.strip()),
        search=_search(site),
        goals={str(goal.id): goal for goal in site.goals},
        matchers=matchers(site.goals),
        visit_dimensions=tuple(_own(one) for one in active if one.scope is DimensionScope.VISIT),
        action_dimensions=tuple(_own(one) for one in active if one.scope is DimensionScope.ACTION),
    )


def site_hosts(urls: Iterable[str]) -> frozenset[str]:
    """Return the hosts of a site's own pages."""
    return frozenset(map(host_of, urls))


def _host(text: str) -> str:
    return (host_of(text) or text.partition("/")[0]).strip().lower().lstrip(".")


def _search(site: Site) -> SearchReader | None:
    rules = site.rules_in_force
    if not rules.searches:
        return None
    keywords, categories = (
        tuple(name.strip().lower() for name in names if name.strip())
        for names in (rules.search_keywords, rules.search_categories)
    )
    return SearchReader(keywords, categories)


def _own(dimension: CustomDimension) -> OwnDimension:
    read = tuple(
        _read(extraction, case_sensitive=dimension.case_sensitive)
        for extraction in dimension.extractions
        if dimension.scope is DimensionScope.ACTION
    )
    return OwnDimension(f"dimension{dimension.id}", str(dimension.id), read)


def groups_of(pattern: str) -> int:
    """Return how many groups a pattern has that a dimension is read off by; 0 for what is no pattern."""
    try:
        groups: int = regex.compile(pattern).groups
    except regex.error:
        return 0
    return groups


def _read(extraction: Extraction, *, case_sensitive: bool) -> Read:
    if extraction.dimension == "urlparam":

        def spelt(name: str) -> str:
            return name if case_sensitive else name.lower()

        wanted = spelt(extraction.pattern)
        return lambda url, _title: next(
            (value for name, value in parse_qsl(url.partition("?")[2].partition("#")[0]) if spelt(name) == wanted), ""
        )
    try:
        pattern = regex.compile(extraction.pattern, 0 if case_sensitive else regex.IGNORECASE)
    except regex.error:
        return lambda _url, _title: ""

    def read(url: str, title: str) -> str:
        try:
            found = pattern.search(title if extraction.dimension == "action_name" else url, timeout=_LONGEST)
        except TimeoutError:
            return ""
        return unquote_plus(found[1] or "") if found and found.re.groups else ""

    return read


_LONGEST = LONGEST_SEARCH_SECONDS
