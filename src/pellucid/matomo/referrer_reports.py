"""Reports on where visits came from that lead further: from the kinds of sources to these, and into their subtables."""

from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import quote_plus

from msgspec import structs

from pellucid.matomo import labels
from pellucid.matomo.answers import Answers, together
from pellucid.matomo.columns import Cell, Row
from pellucid.matomo.labels import Label
from pellucid.matomo.parameters import ALL, Parameters
from pellucid.matomo.reports import table
from pellucid.matomo.rows import closed, filtered, looks_below
from pellucid.matomo.tables import TABLES
from pellucid.matomo.tree import SUBTABLE, path_and_query, without_scheme
from pellucid.model.hit import SourceKind
from pellucid.model.period import Period
from pellucid.model.site import Site

Report = Callable[[Answers, Site, Period, Parameters], list[Row]]

_KINDS = "Referrers.getReferrerType"
_OF_KIND: Mapping[Cell, str] = {
    labels.SOURCES[SourceKind.SEARCH][0]: "Referrers.getKeywords",
    labels.SOURCES[SourceKind.WEBSITE][0]: "Referrers.getWebsites",
    labels.SOURCES[SourceKind.CAMPAIGN][0]: "Referrers.getCampaigns",
    labels.SOURCES[SourceKind.SOCIAL][0]: "Referrers.getSocials",
}
"""By Matomo's number of a kind of source, the report on its sources; a subtable of kinds is asked for by that."""
_NUMBER, _IDENTIFIER = "referrer_type", "idsubdatatable"
_LATE = ("label", "filter_pattern_recursive", "filter_column_recursive")
"""What looks into subtables."""
_JOINING = frozenset(";,\\%+&#")


def kinds(reports: Answers, site: Site, period: Period, given: Parameters) -> list[Row]:
    """Return the kinds of sources, each with the report on its sources as its subtable, or one of these subtables."""
    number = given.text("idSubtable", "")
    if number.isdecimal() and int(number) in _OF_KIND:
        return _sources(_OF_KIND[int(number)], reports, site, period, given)
    wanted = given.text("typeReferrer", "")
    rows = table(TABLES[_KINDS], reports, site, period, given.without(*_LATE, "idSubtable"))
    rows = [row for row in rows if wanted in {"", "0", "false", str(row.get(_NUMBER))}]
    names = [_OF_KIND.get(row.get(_NUMBER), "") for row in rows]
    if not given.flag("hideIdSubDatable"):
        rows = [row | ({_IDENTIFIER: row[_NUMBER]} if name else {}) for row, name in zip(rows, names, strict=True)]
    if not (given.flag("expanded") or looks_below(given)):
        return rows
    every = given.without(*_LATE, "filter_offset", "filter_truncate").with_text(filter_limit=str(ALL))
    below = iter(together(*(partial(_sources, name, reports, site, period, every) for name in names if name)))
    rows = [row | ({SUBTABLE: next(below)} if name else {}) for row, name in zip(rows, names, strict=True)]
    if looks_below(given):
        asked = {name: given.given[name] for name in _LATE if name in given.given}
        rows = filtered(rows, structs.replace(given, given=asked | {"filter_limit": str(ALL)}), order=())
    return rows if given.flag("expanded") else closed(rows)


def _sources(name: str, reports: Answers, site: Site, period: Period, given: Parameters) -> list[Row]:
    """Return the sources of a kind; as in Matomo they lead no further from here."""
    rows = table(TABLES[name], reports, site, period, given.without("idSubtable", "expanded", "flat"))
    return [{column: value for column, value in row.items() if column != _IDENTIFIER} for row in rows]


def _within(outer: str, value: str, kind: SourceKind, inner: str, told: str) -> dict[str, Cell]:
    """Return the segment of a row of a subtable; Matomo leaves what the whole subtable is of as it is."""
    above = quote_plus(value) if _JOINING.intersection(value) else value
    below = f"{inner}=={quote_plus(told)}"
    return {"segment": f"{outer}=={above};referrerType=={labels.SOURCES[kind][2]};{below}"} if told else {}


def _keyword(engine: str, keyword: str) -> tuple[Label, ...]:
    segment = _within("referrerName", engine, SourceKind.SEARCH, "referrerKeyword", keyword)
    return Label(engine), Label(labels.keyword(keyword), {**segment, "url": labels.search_url(engine, keyword)})


def _engine(keyword: str, engine: str) -> tuple[Label, ...]:
    segment = _within("referrerKeyword", keyword, SourceKind.SEARCH, "referrerName", engine)
    return Label(keyword or labels.NO_KEYWORD), Label(engine, {**segment, "url": labels.search_url(engine, keyword)})


def _of_campaign(campaign: str, keyword: str) -> tuple[Label, ...]:
    segment = _within("referrerName", campaign, SourceKind.CAMPAIGN, "referrerKeyword", keyword)
    return (Label(campaign), Label(keyword, segment)) if keyword else (Label(campaign),)


def _page_of_website(website: str, url: str) -> tuple[Label, ...]:
    return Label(website), Label(path_and_query(url)[1:] or "index", _address(url))


def _page_of_network(network: str, url: str) -> tuple[Label, ...]:
    return Label(network), Label(without_scheme(url), _address(url))


def _address(url: str) -> dict[str, Cell]:
    return {"segment": f"referrerUrl=={quote_plus(url)}", "url": url}


_BELOW: Mapping[str, tuple[str, Callable[[str, str], tuple[Label, ...]]]] = {
    "Referrers.getSearchEnginesFromKeywordId": ("Referrers.getKeywords", _engine),
    "Referrers.getKeywordsFromSearchEngineId": ("Referrers.getSearchEngines", _keyword),
    "Referrers.getKeywordsFromCampaignId": ("Referrers.getCampaigns", _of_campaign),
    "Referrers.getUrlsFromWebsiteId": ("Referrers.getWebsites", _page_of_website),
}
"""Methods that answer with a subtable of a report, by the number that the report gives it."""


def _subtable(name: str) -> Report:
    above, path = _BELOW[name]
    report = structs.replace(TABLES[above], path=path)

    def answer(reports: Answers, site: Site, period: Period, given: Parameters) -> list[Row]:
        return table(report, reports, site, period, given.with_text(idSubtable=given.text("idSubtable")))

    return answer


def _leading(above: str, path: Callable[[str, str], tuple[Label, ...]]) -> Report:
    """Return a report in which a path of labels leads, as in Matomo, to a row as its subtable alone tells it."""
    whole = TABLES[above]
    outer = whole.path or path
    led = structs.replace(whole, path=lambda *key: (outer(*key)[0], *path(*key)[1:]))

    def answer(reports: Answers, site: Site, period: Period, given: Parameters) -> list[Row]:
        leads = any(">" in label for label in given.several("label"))
        return table(led if leads else whole, reports, site, period, given)

    return answer


def pages_of_networks(reports: Answers, site: Site, period: Period, given: Parameters) -> list[Row]:
    """Return the pages of a social network; of all of them where none is named."""
    path = _page_of_network if given.text("idSubtable", "") else lambda name, url: _page_of_network(name, url)[1:]
    return table(structs.replace(TABLES["Referrers.getSocials"], path=path), reports, site, period, given)


REPORTS: Mapping[str, Report] = {
    _KINDS: kinds,
    "Referrers.getUrlsForSocial": pages_of_networks,
    **{name: _subtable(name) for name in _BELOW},
    **{above: _leading(above, path) for above, path in _BELOW.values()},
}
