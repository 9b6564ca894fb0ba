"""How Matomo's reports are answered: a question to our reports, and its rows in Matomo's shape."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Protocol

from msgspec import Struct

from pellucid.errors import RequestError
from pellucid.matomo.columns import (
    NOT_ENABLED,
    OF_ACTIONS,
    RATIOS_OF_VISITS,
    SUMMARY,
    Cell,
    Column,
    Ratio,
    Row,
    metrics,
    row_of,
    shown,
    with_ratios,
)
from pellucid.matomo.parameters import Parameters
from pellucid.matomo.rows import closed, filtered, folder, number_folders
from pellucid.matomo.segments import segment_of
from pellucid.matomo.table import Table
from pellucid.matomo.tree import changed, grown, having
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


def summary(report: Summary, reports: Answers, site: Site, period: Period, given: Parameters) -> Row | list[Row]:
    """Return the one row of a report; asked for `flat`, it is a list like any other."""
    columns = [column for column in report.columns if not (column.name in NOT_ENABLED and period.kind in _LONG)]
    wanted = [name for name in given.text("columns", "").split(",") if name]
    answered = reports.answer(_query(site, period, given, columns)).rows[0]
    row = with_ratios(row_of(columns, list(map(_cell, answered))), report.ratios, written=_written(given))
    row = {name: value for name, value in row.items() if not wanted or name in wanted}
    return [row] if given.flag("flat") else row


def table(report: Table, reports: Answers, site: Site, period: Period, given: Parameters) -> list[Row]:
    """Return the rows of a report: flat, or as a tree of folders that are open (`expanded`) or closed."""
    columns = shown(report.columns, period.kind)
    answered = reports.answer(_query(site, period, given, columns, report))
    found = [_told(report, columns, values) for values in answered.rows]
    found = [(key, row) for key, row in found if row["nb_visits"]]
    rows = having(_flat(report, found) if given.flag("flat") else _filed(report, found), report.needs)
    there = {row["label"] for row in rows}
    rows += [{"label": one.text, "nb_visits": 0, **one.more} for one in report.always if one.text not in there]

    def worked_out(row: Row) -> Row:
        return with_ratios(row, report.ratios, written=_written(given))

    rows = changed(rows, worked_out)
    number_folders(rows, count(1))
    if given.text("idSubtable", ""):
        rows = folder(rows, given.number("idSubtable"))
    rows = filtered(rows, given, worked_out)
    return rows if given.flag("expanded") else closed(rows)


def _flat(report: Table, found: Sequence[tuple[Sequence[str], Row]]) -> list[Row]:
    rows = grown([((report.label(*key),), row) for key, row in found])
    return [row | {report.column: row["label"]} for row in rows] if report.column else rows


def _filed(report: Table, found: Sequence[tuple[Sequence[str], Row]]) -> list[Row]:
    if report.path is None:
        return grown([((report.label(*key),), row) for key, row in found])
    return grown([(report.path(*key), row) for key, row in found], report.apart)


def _told(report: Table, columns: Sequence[Column], values: Sequence[Value]) -> tuple[list[str], Row]:
    of_key = len(report.dimensions)
    return [str(value) for value in values[:of_key]], row_of(columns, list(map(_cell, values[of_key:])))


def _query(
    site: Site,
    period: Period,
    given: Parameters,
    columns: Sequence[Column],
    report: Table | None = None,
) -> Query:
    segment = segment_of(given.text("segment", ""))
    if report and report.only:
        segment = Segment((*segment.groups, (_came_by(report.only),)))
    return Query(
        site_ids=(site.id,),
        period=period,
        metrics=metrics(columns),
        dimensions=report.dimensions if report else (),
        segment=segment,
        timezone=site.timezone,
    )


def _came_by(kind: SourceKind) -> Condition:
    return Condition("source_kind", Operator.EQUALS, kind)


def _cell(value: Value) -> Cell:
    return value if value is None or isinstance(value, str | int | float | bool) else value.isoformat()


def _written(given: Parameters) -> bool:
    return given.text("format_metrics", "bc") != "0"
