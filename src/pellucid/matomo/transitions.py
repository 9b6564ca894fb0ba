"""What visitors did right before and right after a page, as Matomo's `Transitions` tells it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial

from msgspec import structs

from pellucid.errors import RequestError
from pellucid.matomo.answers import Answers, together
from pellucid.matomo.call import Answer
from pellucid.matomo.labels import NO_KEYWORD, SOURCES, title
from pellucid.matomo.overview import written
from pellucid.matomo.parameters import Parameters
from pellucid.matomo.reports import query_of
from pellucid.matomo.rows import OTHERS
from pellucid.matomo.tree import SCHEMES, without_www
from pellucid.model.hit import HitKind, SourceKind
from pellucid.model.period import Period
from pellucid.model.query import Condition, Operator
from pellucid.model.site import Site

ROWS_SHOWN = 5
PARTS = ("internalReferrers", "followingActions", "externalReferrers")
_URL, _TITLE = "url", "title"
_SOURCES: Mapping[str, str] = {
    SourceKind.DIRECT: "Direct entries",
    SourceKind.SEARCH: "From search engines",
    SourceKind.SOCIAL: "From social networks",
    SourceKind.ASSISTANT: "From AI assistants",
    SourceKind.WEBSITE: "From websites",
    SourceKind.CAMPAIGN: "From campaigns",
}
_FOLLOWING: Mapping[str, str] = {
    HitKind.SEARCH: "followingSiteSearches",
    HitKind.OUTLINK: "outlinks",
    HitKind.DOWNLOAD: "downloads",
}
_OF_SOURCES = ("source_kind", "source_name", "source_url", "source_keyword")

Told = Sequence[tuple[list[str], int]]
"""How often something happened, by the values of some dimensions."""


class _Page:
    """A page in a period; answers how often something happened before or after it."""

    def __init__(self, kind: str, name: str, reports: Answers, site: Site, period: Period, given: Parameters) -> None:
        self.is_url, self.names = kind == _URL, _spellings(name) if kind == _URL else (name,)
        self._reports = reports
        dimension = "page_url" if self.is_url else "page_title"
        conditions = tuple(Condition(dimension, Operator.EQUALS, spelled) for spelled in self.names)
        self._query = structs.replace(query_of(site, period, given, ()), where=(conditions,))

    def questions(self, parts: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return the metrics that tell of some parts, and the dimensions of each.

        Last but one is what names a page before or after: one that is known by its address needs no titles.
        """
        before, after = ((), ()) if self.is_url else (("previous_page_title",), ("next_title",))
        asked: dict[str, tuple[str, ...]] = {}
        if "internalReferrers" in parts:
            asked["views"] = ("previous_page", *before, "previous_search")
        if "externalReferrers" in parts:
            asked["entries"] = _OF_SOURCES
        if "followingActions" in parts:
            asked |= {"exits": (), "steps": ("next_kind", "next_address", *after, "next_search")}
        return asked

    def told(self, metric: str, dimensions: tuple[str, ...]) -> Told:
        """Return how often, by the values of dimensions."""
        query = structs.replace(self._query, metrics=(metric,), dimensions=dimensions)
        return [(list(map(str, key)), int(str(number))) for *key, number in self._reports.answer(query).rows]


def of_url(reports: Answers, site: Site, period: Period, given: Parameters) -> dict[str, Answer]:
    """Return what was done before and after a page by its address."""
    return _transitions(_URL, given.text("pageUrl"), reports, site, period, given)


def of_title(reports: Answers, site: Site, period: Period, given: Parameters) -> dict[str, Answer]:
    """Return what was done before and after a page by its title."""
    return _transitions(_TITLE, given.text("pageTitle"), reports, site, period, given)


def of_action(reports: Answers, site: Site, period: Period, given: Parameters) -> dict[str, Answer]:
    """Return what was done before and after a page, by what `actionType` says that its name is."""
    kind = given.text("actionType")
    if kind not in {_URL, _TITLE}:
        raise RequestError(f"The actionType is {_URL} or {_TITLE}; there are no transitions of {kind!r}.")
    return _transitions(kind, given.text("actionName"), reports, site, period, given)


def _transitions(
    kind: str, name: str, reports: Answers, site: Site, period: Period, given: Parameters
) -> dict[str, Answer]:
    page = _Page(kind, name.strip(), reports, site, period, given)
    shown = given.number("limitBeforeGrouping", ROWS_SHOWN) or ROWS_SHOWN
    wanted = given.text("parts", "all")
    parts = PARTS if wanted == "all" else tuple(part.strip() for part in wanted.split(","))
    metrics: dict[str, Answer] = {}
    answered: dict[str, Answer] = {"date": written(period)}
    asked = page.questions(parts)
    found = dict(zip(asked, together(*(partial(page.told, *one) for one in asked.items())), strict=True))
    if "internalReferrers" in parts:
        before = _before(page, found["views"], shown)
        metrics |= {"loops": before.pop("loops"), "pageviews": before.pop("pageviews")}
        if not metrics["pageviews"]:
            raise RequestError("NoDataForAction")
        answered |= before
    if "externalReferrers" in parts:
        metrics |= {"entries": sum(visits for _, visits in found["entries"])}
        answered |= {"referrers": _sources(found["entries"], shown)}
    if "followingActions" in parts:
        metrics |= {"exits": sum(visits for _, visits in found["exits"])}
        answered |= _after(page, found["steps"], shown)
    return answered | {"pageMetrics": metrics}


def _before(page: _Page, found: Told, shown: int) -> dict[str, Answer]:
    pages, searches, loops, every = Counter[str](), Counter[str](), 0, 0
    for key, views in found:
        address, name, keyword = key[0], key[-2], key[-1]
        every += views
        if keyword:
            searches[keyword] += views
        elif not address:
            continue
        elif name in page.names:
            loops += views
        else:
            pages[without_www(name) if page.is_url else title(name)] += views
    return {
        "pageviews": every,
        "loops": loops,
        "previousPages": _shown(pages, shown),
        "previousSiteSearches": _shown(searches, shown),
    }


def _after(page: _Page, found: Told, shown: int) -> dict[str, Answer]:
    following = {name: Counter[str]() for name in ("followingPages", *_FOLLOWING.values())}
    for key, times in found:
        kind, address, name, keyword = key[0], key[1], key[-2], key[-1]
        if kind == HitKind.PAGEVIEW and name not in page.names:
            following["followingPages"][without_www(name) if page.is_url else title(name)] += times
        elif kind in _FOLLOWING:
            following[_FOLLOWING[kind]][keyword if kind == HitKind.SEARCH else address] += times
    return {name: _shown(counted, shown) for name, counted in following.items()}


def _shown(counted: Counter[str], shown: int) -> list[Answer]:
    """Return the commonest, and the sum of the others."""
    rows = sorted(counted.items(), key=lambda row: (-row[1], row[0]))
    others = sum(times for _, times in rows[shown:])
    rows = [*rows[:shown], *([(OTHERS, others)] if others else [])]
    return [{"label": label, "referrals": times} for label, times in rows]


def _sources(found: Told, shown: int) -> list[Answer]:
    by_kind: dict[str, Counter[str]] = {kind: Counter() for kind in _SOURCES}
    for (kind, name, url, keyword), visits in found:
        by_kind[kind][_source(kind, name, url, keyword)] += visits
    return [
        {
            "label": label,
            "shortName": SOURCES[kind][2],
            "visits": by_kind[kind].total(),
            "details": [] if kind == SourceKind.DIRECT else _shown(by_kind[kind], shown),
        }
        for kind, label in _SOURCES.items()
        if by_kind[kind]
    ]


def _source(kind: str, name: str, url: str, keyword: str) -> str:
    if kind == SourceKind.WEBSITE:
        return url or name
    # As in Matomo with the blank that stands before a keyword, be there one or not.
    return f"{name} {keyword}" if kind == SourceKind.CAMPAIGN else name or NO_KEYWORD


def _spellings(url: str) -> tuple[str, ...]:
    """Return an address with each beginning that means the same page."""
    return tuple(f"{scheme}{without_www(url)}" for scheme in SCHEMES)


REPORTS = {
    "Transitions.getTransitionsForPageUrl": of_url,
    "Transitions.getTransitionsForPageTitle": of_title,
    "Transitions.getTransitionsForAction": of_action,
}
