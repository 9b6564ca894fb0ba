"""How Matomo's reports are answered: a question to our reports, and its rows in Matomo's shape."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from typing import cast
from urllib.parse import quote

from msgspec import Struct, structs

from pellucid.errors import RequestError
from pellucid.matomo import goals_of_pages, goals_of_rows
from pellucid.matomo.answers import Answers, together
from pellucid.matomo.columns import (
    COUNTS_OF_PERFORMANCE,
    FOLLOWING,
    GOALS,
    NOT_ENABLED,
    OF_ACTIONS,
    OF_PERFORMANCE,
    RATIOS_OF_PERFORMANCE,
    RATIOS_OF_VISITS,
    SCHEME,
    SUMMARY,
    Cell,
    Column,
    Ratio,
    Row,
    Sum,
    cell,
    metrics,
    number_in,
    reader,
    row_of,
    shown,
    with_ratios,
)
from pellucid.matomo.labels import Label
from pellucid.matomo.needed import needed, tells_goals
from pellucid.matomo.parameters import Parameters
from pellucid.matomo.rows import (
    DEFAULT_ORDER,
    Finish,
    closed,
    filtered,
    folder,
    looks_below,
    most_left,
    number_folders,
)
from pellucid.matomo.segments import raise_if_not_shown, segment_on
from pellucid.matomo.table import BY_PAGE, Goals, Table
from pellucid.matomo.tree import SUBTABLE, add, escaped_twice, grown, having, path_of, with_scheme
from pellucid.matomo.upper_rows import Numbers, upper_rows
from pellucid.model.hit import SourceKind
from pellucid.model.period import Period, PeriodKind
from pellucid.model.query import Condition, Operator, Query
from pellucid.model.result import Result
from pellucid.model.site import Site

LONG = frozenset({PeriodKind.YEAR, PeriodKind.RANGE})
"""Periods in which Matomo counts no different visitors by default."""
_EVERY_SUBTABLE = "all"
_NOT_ESCAPED = "?=&:;,@!$'()*~"
"""What stands in addresses as it is; of a slash, a plus or a blank it is not known how it stood there."""
_NO_VISITS: Row = {"nb_visits": 0}
_NOT_OF_UNNAMED = ("entry_", "exit_", "sum_daily_entry_", "sum_daily_exit_", "sum_time_spent")
"""What columns begin with that tell nothing of pages without a name."""
_NOT_ENABLED = (
    "The metric {name} is not enabled for the requested period. Please see this FAQ: "
    "https://matomo.org/faq/how-to/faq_113/"
)


class Summary(Struct, frozen=True):
    """A report with one row."""

    columns: tuple[Column, ...]
    ratios: tuple[Ratio | Sum, ...] = ()
    hidden: frozenset[str] = frozenset()


SUMMARIES: Mapping[str, Summary] = {
    "VisitsSummary.get": Summary(SUMMARY, RATIOS_OF_VISITS),
    "Actions.get": Summary(OF_ACTIONS),
    "PagePerformance.get": Summary(OF_PERFORMANCE, RATIOS_OF_PERFORMANCE, COUNTS_OF_PERFORMANCE),
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
    if name in NOT_ENABLED and period.kind in LONG:
        raise RequestError(_NOT_ENABLED.format(name=name))
    column = next(column for column in SUMMARY if column.name == name)
    return cell(reports.answer(query_of(site, period, given, (column,))).rows[0][0])


def summary(report: Summary, reports: Answers, site: Site, period: Period, given: Parameters) -> Row | list[Row]:
    """Return the one row of a report.

    As in Matomo there is none beside those of other sites or periods if nothing was done.
    """
    columns = [column for column in report.columns if not (column.name in NOT_ENABLED and period.kind in LONG)]
    wanted = given.parts("columns")
    answered = reports.answer(query_of(site, period, given, columns)).rows[0]
    if given.beside and not any(answered):
        return []
    row = with_ratios(row_of(columns, answered), report.ratios, written=written_of(given))
    return {name: value for name, value in row.items() if name in wanted or not (wanted or name in report.hidden)}


def table(report: Table, reports: Answers, site: Site, period: Period, given: Parameters) -> list[Row]:
    """Return the rows of a report: flat, or as a tree of folders that are open (`expanded`) or closed."""
    opens = given.flag("expanded") and (report.expands or given.flag("pivotBy"))
    # What has no subtables has as in Matomo no use for the number of one.
    wanted = given.text("idSubtable", "") if report.path else ""
    deep = bool(opens or wanted or looks_below(given))
    rows, reached = _rows(report, reports, site, period, given, deep=deep)
    finish = _finish(report, reached, given)
    number_folders(rows, count(1))
    if wanted == _EVERY_SUBTABLE:
        # To Matomo that is the report itself, and opened one that is not there.
        rows = [] if opens else rows
    elif wanted:
        rows, finish = folder(rows, given.number("idSubtable")), partial(finish, alone=True)
    if not opens and not looks_below(given):
        rows = closed(rows)
    # Rows that are always there stand as they follow each other.
    rows = sorted(rows, key=lambda row: str(row["label"])) if report.whole else rows
    left = filtered(rows, given, finish, () if report.whole else DEFAULT_ORDER)
    return left if opens and not given.text("depth", "") else closed(left, given.number("depth", 0) if opens else 0)


def _rows(
    report: Table, reports: Answers, site: Site, period: Period, given: Parameters, *, deep: bool
) -> tuple[list[Row], Mapping[str, float]]:
    """Return the rows with what is counted, in their folders, and how often each goal was reached in all.

    What is worked out comes to those rows that are left. What lies in folders is told where that is `deep`.
    """
    columns, flat = needed(report, shown(report.columns, period.kind), given), given.flag("flat")
    query = query_of(site, period, given, columns, report)
    of_goals = _queries_of_goals(site, period, given, report)
    answered, *goals = together(*(partial(reports.answer, one) for one in (query, *of_goals)))
    by_page: Mapping[tuple[str, ...], goals_of_pages.Told] = {}
    reached: Mapping[str, float] = {}
    if goals and report.goals is Goals.PAGES:
        by_page, reached = goals_of_pages.goals_by_page(goals, len(report.dimensions))
    told = _told(report, columns, answered, by_page)
    columns = tuple(column for column in columns if column is not SCHEME)
    if report.path and not (deep or flat) and report.goals in {Goals.PAGES, Goals.NONE}:
        path = report.path
        by_path = ((path(*key), numbers, lists) for key, numbers, lists in told)
        rows = upper_rows(by_path, columns, report.apart, report.needs, most_left(given))
        return _chosen(report, rows, site, deep=False), reached
    read = reader(columns)
    found = [(key, read(numbers) | lists) for key, numbers, lists in told]
    nothing: Row = {column.name: 0 for column in columns} if report.whole else _NO_VISITS
    if goals and report.goals is not Goals.PAGES:
        # As in Matomo a day tells no more of where nobody came; longer periods add zeros of other days up.
        alone = _NO_VISITS if period.kind is PeriodKind.DAY else nothing
        found = _with_goals(found, goals[0], of_goals[0], report, alone)
    if flat and report.needs and report.path:
        found = _in_needed_folders(found, report)
    rows = _flat(report, found) if flat else having(_filed(report, found, site, deep=deep), report.needs)
    if flat and (not report.path or report.needs == FOLLOWING):
        rows = having(rows, report.needs)
    if flat and given.flag("include_aggregate_rows"):
        tree = having(_filed(report, found, site, deep=True), report.needs)
        rows = _with_folders(rows, tree, of_pages=report.dimensions == BY_PAGE)
    # As in Matomo nothing is there without any visit at all.
    there = {row["label"] for row in rows}
    # As in Matomo only rows that are whole are always there beside those of other sites or periods.
    always = [one for one in report.always if one.text not in there and (report.whole or not given.beside)]
    return [*rows, *({"label": one.text, **nothing, **one.more} for one in always)] if rows else [], reached


def _told(
    report: Table,
    columns: Sequence[Column],
    answered: Result,
    by_page: Mapping[tuple[str, ...], goals_of_pages.Told],
) -> Iterator[tuple[list[str], Numbers, Row]]:
    """Yield what visits have of a report: values of its dimensions, the number of each metric, and goals of pages.

    As in Matomo no visit begins or ends with pages without a name, and no time is theirs.
    """
    asked, of_key = metrics(columns), len(report.dimensions)
    # A piece of content may be used where others of its name are seen.
    there = [asked.index(column.metric) for column in columns if column.name in {"nb_visits", "nb_interactions"}]
    absent = {asked.index(column.metric) for column in columns if column.name.startswith(_NOT_OF_UNNAMED)}
    scheme = asked.index(SCHEME.metric) if report.dimensions == BY_PAGE else None
    counted = slice(of_key, None if scheme is None else of_key + scheme)
    for values in answered.rows:
        key, numbers = [str(value) for value in values[:of_key]], values[counted]
        if not (any(map(numbers.__getitem__, there)) and (key[0] or not report.only_told)):
            continue
        # As in Matomo nothing is told of entries, exits and goals of what has no name.
        goals = by_page.get(tuple(key)) if key[0] else None
        if report.goals is Goals.PAGES and not key[0]:
            numbers = tuple([0 if place in absent else number for place, number in enumerate(numbers)])
        if scheme is not None:
            key = [with_scheme(key[0], int(number_in(values[of_key + scheme])))]
        yield key, numbers, {GOALS: cast("Cell", goals)} if goals else {}


def _finish(report: Table, reached: Mapping[str, float], given: Parameters) -> Finish:
    """Return what works out the rest of a row: its goals, and its ratios."""
    flat, written = given.flag("flat"), written_of(given)

    def finish(row: Row, *, upper: bool = True, alone: bool = False) -> Row:
        if report.goals is Goals.PAGES:
            told = goals_of_pages.gathered(row, reached if upper and not (flat and _is_inner(row)) else None)
        else:
            told = goals_of_rows.gathered(row, told=(upper and not alone) or report.goals is not Goals.UPPER)
        ratios = report.ratios if upper else report.ratios_in_folders or report.ratios
        return with_ratios(told, ratios, written=written)

    return finish


def _in_needed_folders(found: Sequence[tuple[list[str], Row]], report: Table) -> list[tuple[list[str], Row]]:
    """Return the rows that lie below an uppermost one with some of the column that is needed."""
    if report.path is None:
        return list(found)
    uppermost = {report.path(*key)[0].text for key, row in found if row.get(report.needs)}
    return [(key, row) for key, row in found if report.path(*key)[0].text in uppermost]


def _with_segments(rows: Sequence[Row], start: str, *, deep: bool) -> list[Row]:
    """Return rows whose folders tell by which segment the pages in them are chosen, at the site's main address."""
    done: list[Row] = []
    for row in rows:
        below = row.get(SUBTABLE)
        if isinstance(below, list):
            address = f"{start}{quote(str(row['label']), safe=_NOT_ESCAPED)}"
            chosen_by = f"pageUrl=^{escaped_twice(address)}"
            inner = _with_segments(below, f"{address}/", deep=True) if deep else below
            done.append(row | {"segment": chosen_by, SUBTABLE: inner})
        else:
            done.append(row)
    return done


def _is_inner(row: Row) -> bool:
    """Return whether a page of a flat report lies in a folder."""
    return "url" in row and len(path_of(str(row["url"]))) > 1


def _queries_of_goals(site: Site, period: Period, given: Parameters, report: Table) -> tuple[Query, ...]:
    """Return the questions for what was converted, as far as rows of a report tell it."""
    if report.goals is Goals.NONE or (report.goals is Goals.UPPER and given.flag("flat")):
        return ()
    if report.goals is Goals.PAGES:
        return goals_of_pages.queries(query_of(site, period, given, (), report)) if tells_goals(given) else ()
    # A conversion may come from where no visit of the report did.
    query = query_of(site, period, given, (), structs.replace(report, only=None))
    # A conversion has a source of its own, which the tracker may have remembered. Where it makes no difference, a visit
    # that converts from two of them is one.
    by = query.dimensions if report.only is None else (*query.dimensions, "source_kind")
    return (structs.replace(query, metrics=goals_of_rows.METRICS, dimensions=(*by, *goals_of_rows.DIMENSIONS)),)


def _with_goals(
    found: Sequence[tuple[list[str], Row]], answered: Result, asked: Query, report: Table, nothing: Row
) -> list[tuple[list[str], Row]]:
    """Return rows with what their visits converted, and those that only conversions have."""
    every = goals_of_rows.columns_by_key(answered, len(asked.dimensions) - len(goals_of_rows.DIMENSIONS))
    goals: dict[tuple[str, ...], Row] = {}
    for key, columns in every.items():
        if report.only in {None, key[-1]}:
            add(goals.setdefault(key[: len(report.dimensions)], {}), columns)
    rows = [(key, row | goals.pop(tuple(key), {})) for key, row in found]
    alone = [(list(key), nothing | columns) for key, columns in goals.items() if key[0] or not report.only_told]
    return rows + alone


def _flat(report: Table, found: Sequence[tuple[Sequence[str], Row]]) -> list[Row]:
    if report.lacks_inner:
        # What is told of the source alone is shown where nothing more is told of it at all.
        told = {key[0] for key, _ in found if key[1]}
        found = [(key, row) for key, row in found if key[1] or key[0] not in told]
    return grown([((_named(report.label(*key), report.column),), row) for key, row in found])


def _named(label: Label, column: str) -> Label:
    """Return a label with its text under the name of its dimension too."""
    return Label(label.text, {**label.more, column: label.text}) if column else label


def _with_folders(rows: Sequence[Row], tree: Sequence[Row], *, of_pages: bool) -> list[Row]:
    """Return the rows of a flat report, and those that are the sums of some of them."""
    column = next((name for row in rows for name in row if name.startswith("Actions_")), "")

    def folders(some: Sequence[Row], above: str = "") -> Iterator[Row]:
        for row in some:
            below = row.get(SUBTABLE)
            if isinstance(below, list):
                text = f"{above}/{row['label']}" if of_pages else str(row["label"])
                told = {name: value for name, value in row.items() if name != SUBTABLE} | {"label": text}
                yield told | ({column: text} if column else {}) | {"is_aggregate": 1}
                yield from folders(below, text)

    return [*folders(tree), *(row | {"is_aggregate": 0} for row in rows)]


def _filed(report: Table, found: Sequence[tuple[Sequence[str], Row]], site: Site, *, deep: bool) -> list[Row]:
    if report.path is None:
        return grown([((report.label(*key),), row) for key, row in found])
    # Where upper rows alone tell of conversions, those that no visit came with have nothing below.
    deepest = 1 if report.goals is Goals.UPPER else None
    rows = grown(
        [(report.path(*key)[: None if row.get("nb_visits") else deepest], row) for key, row in found], report.apart
    )
    return _chosen(report, rows, site, deep=deep)


def _chosen(report: Table, rows: list[Row], site: Site, *, deep: bool) -> list[Row]:
    """Return rows of pages with the segments that choose the folders; others as they are."""
    if report.dimensions != BY_PAGE:
        return rows
    return _with_segments(rows, f"{next(iter(site.urls), '').rstrip('/')}/", deep=deep)


def query_of(
    site: Site,
    period: Period,
    given: Parameters,
    columns: Sequence[Column],
    report: Table | None = None,
) -> Query:
    """Return the question for these columns, by the dimensions of a report if one is named."""
    segment = segment_on(given.segment, site)
    if report:
        raise_if_not_shown(site, report.dimensions)
    return Query(
        site_ids=(site.id,),
        period=period,
        metrics=metrics(columns),
        dimensions=report.dimensions if report else (),
        where=tuple((condition,) for condition in report.rows) if report else (),
        segment=segment,
        about=_about(report) if report else (),
        timezone=site.timezone,
    )


def _about(report: Table) -> tuple[tuple[Condition, ...], ...]:
    """Return what the visits of a report have in common."""
    only = (_came_by(report.only),) if report.only else ()
    return tuple((condition,) for condition in (*only, *report.where))


def _came_by(kind: SourceKind) -> Condition:
    return Condition("source_kind", Operator.EQUALS, kind)


def written_of(given: Parameters) -> bool:
    """Return whether shares are wanted as percentages."""
    return given.text("format_metrics", "bc") != "0"
