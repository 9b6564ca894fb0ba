"""Matomo's reports: each is a row that names our dimension, the columns, and how a value is labelled."""

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Protocol
from urllib.parse import quote, quote_plus

from msgspec import Struct
from msgspec.structs import replace

from pellucid.errors import RequestError
from pellucid.matomo.columns import (
    NOT_ENABLED,
    OF_ACTIONS,
    OF_PAGES,
    OF_VISITS,
    RATIOS_OF_PAGES,
    RATIOS_OF_VISITS,
    SUMMARY,
    Cell,
    Column,
    Ratio,
    Row,
    Shown,
    shown,
    with_ratios,
)
from pellucid.matomo.labels import LABELS, Label
from pellucid.matomo.parameters import Parameters
from pellucid.matomo.rows import closed, filtered, folder, number_folders
from pellucid.matomo.segments import segment_of
from pellucid.matomo.tree import flat_label, grown, path_of
from pellucid.model.hit import SourceKind
from pellucid.model.period import Period, PeriodKind
from pellucid.model.query import Condition, Operator, Query, Segment
from pellucid.model.result import Result, Value
from pellucid.model.site import Site

_LONG = frozenset({PeriodKind.YEAR, PeriodKind.RANGE})
_NOT_ENABLED = (
    "The metric {name} is not enabled for the requested period. Please see this FAQ: "
    "https://matomo.org/faq/how-to/faq_113/"
)


class Answers(Protocol):
    """What answers queries."""

    def answer(self, query: Query) -> Result:
        """Return the rows that a query asks for."""


class Table(Struct, frozen=True):
    """A report with a row for each value of a dimension.

    `only` is the kind of source the visits must have come from. `folders` says how a value is filed, `flat_label` how
    it is written when it is not. `segment` is the name under which a row's visits can be chosen; a row has to have
    some of the column it `needs`.
    """

    dimension: str
    columns: tuple[Column, ...] = OF_VISITS
    ratios: tuple[Ratio, ...] = ()
    only: SourceKind | None = None
    label: Callable[[str], Label] = LABELS["plain"]
    folders: Callable[[str], tuple[str, ...]] | None = None
    flat_label: Callable[[str], str] | None = None
    segment: str = ""
    needs: str = ""


def _of_address(url: str) -> tuple[str, ...]:
    host, _, path = _without_scheme(url).partition("/")
    return (host, f"/{path}")


def _without_scheme(url: str) -> str:
    return url.partition("://")[2]


def _hits(metric: str, unique: str) -> tuple[Column, ...]:
    return (
        Column("nb_visits", unique),
        Column("nb_hits", metric),
        Column("sum_daily_nb_uniq_visitors", "daily_visitors", Shown.OF_DAYS),
        Column("nb_uniq_visitors", "visitors", Shown.OF_A_DAY),
    )


_PAGES = Table(
    "page_url",
    OF_PAGES,
    RATIOS_OF_PAGES,
    folders=path_of,
    flat_label=flat_label,
    segment="pageUrl",
    needs="nb_hits",
)
_TITLES = Table("page_title", OF_PAGES, RATIOS_OF_PAGES, label=LABELS["title"], segment="pageTitle", needs="nb_hits")
_FILES = Table("download_url", folders=_of_address, flat_label=_without_scheme)

TABLES: Mapping[str, Table] = {
    "Actions.getPageUrls": _PAGES,
    "Actions.getEntryPageUrls": replace(_PAGES, needs="entry_nb_visits"),
    "Actions.getExitPageUrls": replace(_PAGES, needs="exit_nb_visits"),
    "Actions.getPageTitles": _TITLES,
    "Actions.getEntryPageTitles": replace(_TITLES, needs="entry_nb_visits"),
    "Actions.getExitPageTitles": replace(_TITLES, needs="exit_nb_visits"),
    "Actions.getDownloads": replace(_FILES, columns=_hits("downloads", "unique_downloads"), segment="downloadUrl"),
    "Actions.getOutlinks": replace(
        _FILES,
        dimension="outlink_url",
        columns=_hits("outlinks", "unique_outlinks"),
        segment="outlinkUrl",
    ),
    "Referrers.getReferrerType": Table("source_kind", label=LABELS["source_kind"], segment="referrerType"),
    "Referrers.getWebsites": Table("source_name", only=SourceKind.WEBSITE, segment="referrerName"),
    "Referrers.getSearchEngines": Table("source_name", only=SourceKind.SEARCH, segment="referrerName"),
    "Referrers.getSocials": Table("source_name", only=SourceKind.SOCIAL, segment="referrerName"),
    "Referrers.getCampaigns": Table("source_name", only=SourceKind.CAMPAIGN, segment="referrerName"),
    "Referrers.getKeywords": Table(
        "source_keyword", only=SourceKind.SEARCH, label=LABELS["keyword"], segment="referrerKeyword"
    ),
    "DevicesDetection.getBrowsers": Table("browser", label=LABELS["known"]),
    "DevicesDetection.getBrowserEngines": Table("engine", label=LABELS["engine"], segment="browserEngine"),
    "DevicesDetection.getOsFamilies": Table("system", label=LABELS["known"]),
    "DevicesDetection.getType": Table("device_type", label=LABELS["device_type"], segment="deviceType"),
    "DevicesDetection.getBrand": Table("device_brand", label=LABELS["known"], segment="deviceBrand"),
    "UserCountry.getCountry": Table("country", label=LABELS["country"], segment="countryCode"),
    "UserCountry.getContinent": Table("continent", label=LABELS["continent"]),
    "UserLanguage.getLanguageCode": Table("language", label=LABELS["language"], segment="languageCode"),
    "Resolution.getResolution": Table("resolution", label=LABELS["known_in_lower_case"], segment="resolution"),
}


class Summary(Struct, frozen=True):
    """A report with one row."""

    columns: tuple[Column, ...]
    ratios: tuple[Ratio, ...] = ()


SUMMARIES: Mapping[str, Summary] = {
    "VisitsSummary.get": Summary(SUMMARY, RATIOS_OF_VISITS),
    "Actions.get": Summary(OF_ACTIONS),
}
NUMBERS: Mapping[str, str] = {
    "VisitsSummary.getVisits": "nb_visits",
    "VisitsSummary.getUniqueVisitors": "nb_uniq_visitors",
    "VisitsSummary.getUsers": "nb_users",
    "VisitsSummary.getActions": "nb_actions",
    "VisitsSummary.getMaxActions": "max_actions",
    "VisitsSummary.getBounceCount": "bounce_count",
    "VisitsSummary.getVisitsConverted": "nb_visits_converted",
    "VisitsSummary.getSumVisitsLength": "sum_visit_length",
}
"""Methods that answer with one number, and the column of the summary that it is."""


def number(name: str, reports: Answers, site: Site, period: Period, given: Parameters) -> Cell:
    """Return one number of the summary."""
    if name in NOT_ENABLED and period.kind in _LONG:
        raise RequestError(_NOT_ENABLED.format(name=name))
    column = next(column for column in SUMMARY if column.name == name)
    return _cell(reports.answer(_query(site, period, given, (column,))).rows[0][0])


def summary(report: Summary, reports: Answers, site: Site, period: Period, given: Parameters) -> Row:
    """Return the one row of a report."""
    columns = [column for column in report.columns if not (column.name in NOT_ENABLED and period.kind in _LONG)]
    wanted = [name for name in given.text("columns", "").split(",") if name]
    row = _row(columns, reports.answer(_query(site, period, given, tuple(columns))).rows[0])
    row = with_ratios(row, report.ratios, written=_written(given))
    return {name: value for name, value in row.items() if not wanted or name in wanted}


def table(report: Table, reports: Answers, site: Site, period: Period, given: Parameters) -> list[Row]:
    """Return the rows of a report: flat, or as a tree of folders that are open (`expanded`) or closed."""
    columns = shown(report.columns, period.kind)
    answered = reports.answer(_query(site, period, given, columns, report))
    found = [(str(key), _row(columns, numbers)) for key, *numbers in answered.rows]
    found = [(key, row | _chosen_by(report, key)) for key, row in found if not report.needs or row[report.needs]]
    if report.folders and not given.flag("flat"):
        rows = grown([(report.folders(key), row | {"url": key}) for key, row in found])
    else:
        rows = [_labelled(report, key, row, flat=given.flag("flat")) for key, row in found]
    rows = [_worked_out(row, report.ratios, written=_written(given)) for row in rows]
    number_folders(rows, count(1))
    if given.text("idSubtable", ""):
        rows = folder(rows, given.number("idSubtable"))
    rows = filtered(rows, given)
    return rows if given.flag("expanded") else closed(rows)


def _labelled(report: Table, key: str, row: Row, *, flat: bool) -> Row:
    if report.flat_label:
        return {"label": report.flat_label(key), **row, "url": key}
    label = report.label(key)
    # Matomo keeps titles apart from folders by a space before them.
    text = f" {label.text}" if report.dimension == "page_title" and not flat else label.text
    return {"label": text, **row, **label.more}


def _worked_out(row: Row, ratios: Sequence[Ratio], *, written: bool) -> Row:
    below = row.get("subtable")
    if isinstance(below, list):
        row = row | {"subtable": [_worked_out(child, ratios, written=written) for child in below]}
    return with_ratios(row, ratios, written=written)


def _query(
    site: Site,
    period: Period,
    given: Parameters,
    columns: tuple[Column, ...],
    report: Table | None = None,
) -> Query:
    segment = segment_of(given.text("segment", ""))
    if report and report.only:
        came = Condition("source_kind", Operator.EQUALS, report.only)
        segment = Segment((*segment.groups, (came,)))
    return Query(
        site_ids=(site.id,),
        period=period,
        metrics=tuple(dict.fromkeys(column.metric for column in columns)),
        dimensions=(report.dimension,) if report else (),
        segment=segment,
        timezone=site.timezone,
    )


def _row(columns: tuple[Column, ...] | list[Column], numbers: tuple[Value, ...] | list[Value]) -> Row:
    told = dict(zip(dict.fromkeys(column.metric for column in columns), numbers, strict=True))
    return {column.name: _cell(told[column.metric]) for column in columns}


def _cell(value: Value) -> Cell:
    return value if value is None or isinstance(value, str | int | float | bool) else value.isoformat()


def _written(given: Parameters) -> bool:
    return given.text("format_metrics", "bc") != "0"


def _chosen_by(report: Table, key: str) -> Row:
    """Return the segment that chooses the visits of a row; addresses are escaped twice, as they have to be sent."""
    if not report.segment:
        return {}
    value = report.label(key).code or key
    escaped = quote(quote(value, safe=""), safe="") if report.folders else quote_plus(value)
    return {"segment": f"{report.segment}=={escaped}"}
