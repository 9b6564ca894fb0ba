"""Reports with all that a program needs to show them: headings, columns in words, numbers as people read them."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from time import monotonic

from msgspec import structs

from pellucid.errors import RequestError
from pellucid.matomo.call import Answer, Ask, Call, alone
from pellucid.matomo.catalogue_of_site import reports_of, row_of_report
from pellucid.matomo.columns import (
    ALL_RATIOS_OF_VISITS,
    NO_RESULTS,
    NOT_ENABLED,
    Cell,
    Row,
    explains,
    plain,
    rounded,
    with_ratios,
)
from pellucid.matomo.dates import date_of
from pellucid.matomo.goal_columns import ALL_GOALS, goal_of_report
from pellucid.matomo.listed import GOALS, Listed
from pellucid.matomo.metric_names import NAMES
from pellucid.matomo.overview import spelled
from pellucid.matomo.parameters import Parameters
from pellucid.matomo.pretty import money, pretty
from pellucid.matomo.rows import columns_left, filtered, names
from pellucid.matomo.tree import add
from pellucid.model.period import Period, PeriodKind
from pellucid.model.site import Site

_OUTER = (
    "filter_add_columns_when_show_all_columns",
    "apiModule",
    "apiAction",
    "expanded",
    "showColumns",
    "hideColumns",
)
_FILTERS = ("filter_offset", "filter_pattern", "filter_sort_column", "filter_sort_order", "filter_truncate")
_SUMMARY = "VisitsSummary.get"
_SHOWN_IF_ANY = {"nb_users": (_SUMMARY,), "avg_time_generation": ()}
"""Columns that are left out where no row has any of them; of all reports if none is named."""
_PER_VISIT = next(ratio for ratio in ALL_RATIOS_OF_VISITS if ratio.name == "nb_actions_per_visit")
_OF_COLUMNS = frozenset({"metrics", "processedMetrics", "metricTypes"})
_OF_GOAL = re.compile(r"goal_[0-9]+_")
_OF_EACH_VISIT = frozenset({_PER_VISIT.name, "revenue_per_visit"})
_NOT_SUMMED = ("_rate", "_evolution", "_percentage", "_trend")


def report_metadata(call: Call, sites: list[Site]) -> Answer:
    """Return the list of the reports of a site."""
    return [_with_columns(row_of_report(report), call.given) for report in reports_of(sites[0])]


def metadata(call: Call, sites: list[Site]) -> Answer:
    """Return the row of one report in the list."""
    report = listed(call, sites[0])
    row = row_of_report(report, people=_tells_people(report, call.given.text("period", "")))
    return [_with_columns(row, call.given)]


def _with_columns(row: dict[str, Answer], given: Parameters) -> dict[str, Answer]:
    """Return what is told of a report without the columns that are not asked for."""
    told = row.copy()
    for kind in _OF_COLUMNS & row.keys():
        some = row[kind]
        if isinstance(some, Mapping):
            told[kind] = columns_left(some, given)
    return {name: one for name, one in told.items() if one or name not in _OF_COLUMNS}


def _tells_people(report: Listed, kind: str) -> bool:
    """Return whether a report tells how many people there were: unique ones are not additive over days."""
    return kind in {"", PeriodKind.DAY} or report.method == _SUMMARY


def listed(call: Call, site: Site) -> Listed:
    """Return the report that a request names; one on a goal or dimension by its parameter."""
    given = call.given
    method = f"{given.text('apiModule')}.{given.text('apiAction')}"
    of_a_goal = method == "Goals.get" and given.text("idGoal", "") not in {"", "0"}
    of_method = [report for report in reports_of(site) if report.method == method]
    for report in sorted(of_method, key=lambda report: -len(report.parameters)):
        if of_a_goal and not report.parameters:
            continue
        if all(given.text(name, "") == value for name, value in report.parameters.items()):
            return report
    told = f"Requested report {method} for Website id={site.id} not found in the list of available reports."
    raise RequestError(told)


def processed(ask: Ask, call: Call, sites: list[Site]) -> Answer:
    """Return a report as it is shown; `ask` answers the method that it comes from."""
    began, site = monotonic(), sites[0]
    report = _with_rate(listed(call, site), call.given)
    wanted = call.periods(site)
    beside = structs.replace(call, given=structs.replace(call.given, beside=wanted.several))
    found = {period: _Found(ask, beside, site, report, period) for period in wanted.periods}
    columns = _columns(report, call.given)
    for one in found.values():
        columns = one.without_nothing(columns)
    data: Mapping[str, Answer] = {spelled(period): one.shown(columns) for period, one in found.items()}
    more: Mapping[str, Answer] = {spelled(period): one.explained() for period, one in found.items()}
    last = wanted.periods[-1]
    answered: dict[str, Answer] = {
        "website": site.name,
        "prettyDate": spelled(last if not wanted.several else Period(wanted.periods[0].first, last.last)),
        "metadata": _with_columns(
            row_of_report(_known_users(report, columns), people=_tells_people(report, last.kind)), call.given
        ),
        "columns": columns,
        "reportData": data if wanted.several else data[spelled(last)],
        "reportMetadata": more if wanted.several else more[spelled(last)],
        "reportTotal": _total(found.values(), columns) or [],
    }
    if call.given.flag("showTimer", default=True):
        answered["timerMillis"] = str(round((monotonic() - began) * 1000))
    return answered


def _known_users(report: Listed, columns: Mapping[str, str]) -> Listed:
    """Return the summary without users where there are none; any other report as it is."""
    if report.method != _SUMMARY or "nb_users" in columns:
        return report
    return structs.replace(report, metrics=report.metrics.replace(" nb_users", ""))


def _with_rate(report: Listed, given: Parameters) -> Listed:
    """Return a report that tells how many visits converted, too, where columns of goals are asked for."""
    if not given.text(ALL_GOALS, "") or report.goals != GOALS or "avg_time_on_site" not in report.ratios:
        return report
    return structs.replace(report, processed=f"{report.processed} conversion_rate")


class _Found:
    """The rows of a report in one period."""

    def __init__(self, ask: Ask, call: Call, site: Site, report: Listed, period: Period) -> None:
        self._report, self._given, self._site = report, call.given, site
        given = call.given.without(*_OUTER, *_FILTERS).with_text(
            method=report.method,
            idSite=str(site.id),
            period=period.kind,
            date=date_of(period),
            filter_limit="-1",
            format_metrics="0" if call.given.text("format_metrics", "bc") == "0" else "bc",
            **report.parameters,
        )
        given = goal_of_report(given, report.method)
        told = ask(structs.replace(call, given=structs.replace(given, whole=True)))
        self.is_one = isinstance(told, Mapping)
        rows = [told] if self.is_one else told
        self.every: list[Row] = (
            [dict(row) for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
        )
        self._rows = self.every if self.is_one else self._left()

    def _left(self) -> list[Row]:
        """Return the rows with what is worked out from them, filtered as the request asks."""
        worked_out = {ratio.name for ratio in ALL_RATIOS_OF_VISITS} & self._report.ratios.keys()
        ratios = (
            [ratio for ratio in ALL_RATIOS_OF_VISITS if ratio.name in worked_out]
            if "avg_time_on_site" in worked_out
            else []
        )
        rows = self.every
        if self._report.ratios and not self._report.constant and "nb_visits" in self._report.columns:
            rows = [row for row in rows if row.get("nb_visits") or "orders" in row or "quantity" in row]

        def finish(row: Row, *, upper: bool = True, **_alone: bool) -> Row:
            written = self._given.text("format_metrics", "bc") != "0"
            return with_ratios(row, ratios if upper else (), written=written)

        given = structs.replace(self._given.without("showColumns", "hideColumns", ALL_GOALS), whole=True)
        return filtered(rows, given, finish, order=())

    def without_nothing(self, columns: Mapping[str, str]) -> dict[str, str]:
        """Return the columns that are shown: some only where a row has any of them."""
        some = {name for name, methods in _SHOWN_IF_ANY.items() if not methods or self._report.method in methods}
        told = {name for row in self.every for name in some if row.get(name)}
        return {name: text for name, text in columns.items() if name not in some - told}

    def shown(self, columns: Mapping[str, str]) -> Answer:
        """Return the rows as people read them; a report without rows as one."""
        raw = self._given.flag("showRawMetrics")
        rows = [self._shown(row, columns, raw=raw) for row in self._rows]
        return alone(rows[0]) if self.is_one and rows else rows

    def _shown(self, row: Row, columns: Mapping[str, str], *, raw: bool) -> dict[str, Answer]:
        told: dict[str, Answer] = {name: self._pretty(name, row.get(name)) for name in columns}
        told |= {name: self._pretty(name, value) for name, value in row.items() if _OF_GOAL.match(name)}
        more = {name: value for name, value in row.items() if raw and name not in told and not explains(name, value)}
        return told | more

    def _pretty(self, name: str, value: Cell) -> Answer:
        if isinstance(value, str):
            return value
        if not isinstance(value, int | float):
            value = 0
            if "_rate" in name:
                return "0%"
        if self._given.text("format_metrics", "bc") == "0":
            return value
        if _OF_GOAL.match(name) and "revenue" in name:
            return money(value, self._site.currency)
        if _OF_GOAL.match(name) and name.endswith("_rate"):
            return f"{plain(rounded(Decimal(str(value)) * 100, 2))}%"
        return pretty(name, value, self._site.currency)

    def explained(self) -> Answer:
        """Return what tells what each row is."""
        if self.is_one:
            return []
        rows = [
            {name: value for name, value in row.items() if explains(name, value) and not name.startswith("goal_")}
            for row in self._rows
        ]
        return rows if any(rows) else []


def _columns(report: Listed, given: Parameters) -> dict[str, str]:
    """Return the columns that are asked for, in words."""
    named = ({"label": report.dimension} if report.dimension else {}) | report.columns | report.ratios
    if "revenue" in report.goals[0].split():
        named["revenue"] = NAMES["revenue"]
    if not _tells_people(report, given.text("period", "")):
        named = {name: text for name, text in named.items() if name not in NOT_ENABLED}
    hidden, only = names(given, "hideColumns"), names(given, "showColumns")
    return {
        name: text
        for name, text in named.items()
        if name not in hidden and (not only or name in only or name == "label")
    }


def _total(found: Iterable[_Found], columns: Mapping[str, str]) -> Row:
    """Return the sum of all rows, also of those that are not shown; of ratios that of the periods' own."""
    total: Row = {}
    for one in found:
        of_period: Row = {}
        for row in [] if one.is_one else one.every:
            add(of_period, {name: value for name, value in row.items() if _is_summed(name, value)})
        if of_period and _PER_VISIT.name in columns:
            of_period |= with_ratios(of_period, [_PER_VISIT], written=True)
        add(total, of_period)
    return total


def _is_summed(name: str, value: Cell) -> bool:
    return (
        isinstance(value, int | float | dict)
        and not explains(name, value)
        and not name.startswith("avg_")
        and name not in _OF_EACH_VISIT
        and not name.startswith("goal_")
        and not name.endswith(_NOT_SUMMED)
        and name != NO_RESULTS
    )
