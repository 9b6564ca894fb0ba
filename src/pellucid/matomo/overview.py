"""Reports that bring others together: all numbers of a site, and all sites with how they changed."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from threading import Lock

from babel.numbers import get_currency_symbol
from msgspec import structs

from pellucid.matomo.answers import Answers, together
from pellucid.matomo.columns import (
    COUNTS_OF_PERFORMANCE,
    OF_ACTIONS,
    OF_PERFORMANCE,
    RATIOS_OF_PERFORMANCE,
    RATIOS_OF_VISITS,
    SUMMARY,
    Cell,
    Column,
    Row,
    number_in,
    plain,
)
from pellucid.matomo.goal_reports import goals
from pellucid.matomo.goals_of_rows import ORDER
from pellucid.matomo.parameters import Parameters
from pellucid.matomo.reports import Summary, summary, written_of
from pellucid.matomo.rows import names
from pellucid.matomo.visit_reports import FREQUENCIES, by_kind, frequency, referrers
from pellucid.model.period import Period, PeriodKind
from pellucid.model.query import Query
from pellucid.model.result import Result
from pellucid.model.site import Site
from pellucid.report.changes import growth
from pellucid.report.metrics import TIMINGS
from pellucid.report.periods import before

_OF_VISITS = Summary(
    (*SUMMARY, *OF_ACTIONS, *OF_PERFORMANCE),
    (*RATIOS_OF_VISITS, *RATIOS_OF_PERFORMANCE),
)
"""What is told of visits, of what was done in them, and of how long pages took: one question."""
_OF_SITE = Summary(
    (Column("nb_visits", "visits"), Column("nb_actions", "actions"), Column("nb_pageviews", "pageviews"))
)
_NOT_TOLD = COUNTS_OF_PERFORMANCE | {
    f"{name}_{kind}" for name in ("nb_visits_converted", "bounce_count", "sum_visit_length") for kind in FREQUENCIES
}
_PARTS = {
    "network": ("network_time", "network_hits"),
    "server": ("servery_time", "server_hits"),
    "transfer": ("transfer_time", "transfer_hits"),
    "dom_processing": ("domprocessing_time", "domprocessing_hits"),
    "dom_completion": ("domcompletion_time", "domcompletion_hits"),
    "on_load": ("onload_time", "onload_hits"),
}
"""What Matomo calls the sums and numbers of each part of a page's time; one of them is misspelt there."""


def everything(reports: Answers, site: Site, period: Period, given: Parameters) -> Row | list[Row]:
    """Return the columns of all summaries; `columns` names those that are wanted.

    As in Matomo there are none beside those of other sites or periods if nothing was done.
    """
    wanted = given.parts("columns")
    every = structs.replace(given.without("columns", "flat", "idGoal"), beside=False)
    asked = (partial(summary, _OF_VISITS), frequency, referrers, goals)
    once = _Once(reports, by_kind(site, period, every))
    row: Row = {}
    for told in together(*(partial(one, once, site, period, every) for one in asked)):
        row |= told[0] if isinstance(told, list) else told
    if given.beside and not (row["nb_visits"] or row["nb_conversions"]):
        return []
    row = {name: value for name, value in (row | _performance(row)).items() if name not in _NOT_TOLD}
    return {name: value for name, value in row.items() if not wanted or name in wanted}


class _Once:
    """Answers queries; one of them is asked once, and with it all that ask for some of its metrics."""

    def __init__(self, answers: Answers, query: Query) -> None:
        self._answers = answers
        self._query = query
        self._lock = Lock()
        self._found: Result | None = None

    def of_one_request(self) -> Answers:
        """Return itself."""
        return self

    def answer(self, query: Query) -> Result:
        """Return the rows that a query asks for."""
        names = self._query.metrics
        if structs.replace(query, metrics=names) != self._query or not set(query.metrics) <= set(names):
            return self._answers.answer(query)
        with self._lock:
            self._found = self._found or self._answers.answer(self._query)
        columns = query.dimensions + query.metrics
        places = [self._found.columns.index(name) for name in columns]
        return Result(columns, tuple(tuple(row[place] for place in places) for row in self._found.rows))


def _performance(row: Row) -> Row:
    """Return the times that pages took as they are called beside other numbers."""
    seconds = [row[f"sum_time_{part}"] for part in TIMINGS]
    hits = [row[f"nb_hits_with_time_{part}"] for part in TIMINGS]
    found: Row = {}
    for part, time, number in zip(TIMINGS, seconds, hits, strict=True):
        of_time, of_hits = _PARTS[part]
        found |= {f"PagePerformance_{of_time}": _rounded(time), f"PagePerformance_{of_hits}": number}
    found["PagePerformance_pageload_time"] = _rounded(sum(map(number_in, seconds)))
    found["PagePerformance_pageload_hits"] = max(map(number_in, hits), default=0)
    return found


def _rounded(value: Cell) -> float:
    return round(number_in(value), 3)


_EVOLVING = {
    "visits": ("nb_visits", "previous_nb_visits"),
    "actions": ("nb_actions", "previous_nb_actions"),
    "pageviews": ("nb_pageviews", "previous_Actions_nb_pageviews"),
    "revenue": ("revenue", "previous_Goal_revenue"),
}
_CONVERTING = {"nb_conversions": ("nb_conversions", "previous_Goal_nb_conversions")}
_SELLING = {
    "orders": ("orders", "previous_Goal_0_nb_conversions"),
    "ecommerce_revenue": ("ecommerce_revenue", "previous_Goal_0_revenue"),
}
"""What is told of a site in a period, by what its evolution is called: its column now, and before."""


def _evolving(site: Site, given: Parameters) -> Mapping[str, tuple[str, str]]:
    """Return the columns that are told of a site with how they differ; `enhanced` of conversions, and orders, too."""
    if not given.flag("enhanced"):
        return _EVOLVING
    return _EVOLVING | _CONVERTING | (_SELLING if site.ecommerce else {})


def _site_row(reports: Answers, site: Site, period: Period, given: Parameters) -> Row:
    only = names(given, "showColumns")
    told = {name: columns for name, columns in _evolving(site, given).items() if not only or columns[0] in only}
    earlier = before(period)
    now, then = (_numbers(reports, site, span, given) for span in (period, earlier))
    row: Row = {"label": site.name, **{column: now[column] for column, _ in told.values()}}
    for name, (column, _) in told.items():
        evolved = _evolution(name, number_in(now[column]), number_in(then[column]), written=written_of(given))
        row |= {one: value for one, value in evolved.items() if not only or one in only}
    return row | {
        "idsite": site.id,
        "ratio": 1,
        "currencySymbol": get_currency_symbol(site.currency, "en"),
        **{previous: then[column] for column, previous in told.values()},
        "periodName": period.kind.value,
        "previousRange": written(earlier),
        "group": "",
        "main_url": site.urls[0] if site.urls else "",
    }


def numbers_of(row: Row) -> Row:
    """Return what a site comes to and how that differs, without what tells which site and which periods."""
    told = {column for column, _ in (_EVOLVING | _CONVERTING | _SELLING).values()}
    return {name: value for name, value in row.items() if name in told or "_evolution" in name}


def _numbers(reports: Answers, site: Site, period: Period, given: Parameters) -> Row:
    every = given.without("columns", "flat", "idGoal", "showAllGoalSpecificMetrics")
    every = structs.replace(every, beside=False)
    visits, converted = (partial(one, reports, site, period) for one in (partial(summary, _OF_SITE), goals))
    asked = [partial(visits, every), partial(converted, every)]
    if given.flag("enhanced") and site.ecommerce:
        asked.append(partial(converted, every.with_text(idGoal=ORDER)))
    told, reached, *ordered = (one if isinstance(one, dict) else {} for one in together(*asked))
    row = told | {"revenue": reached["revenue"], "nb_conversions": reached["nb_conversions"]}
    for orders in ordered:
        row |= {"orders": orders["nb_conversions"], "ecommerce_revenue": orders["revenue"]}
    return row


def _evolution(name: str, now: float, then: float, *, written: bool) -> Row:
    percent = Decimal(str(growth(then, now)))
    told: Cell = f"{plain(percent):,}%" if written else plain(percent / 100)
    return {f"{name}_evolution": told, f"{name}_evolution_trend": (percent > 0) - (percent < 0)}


def sites(reports: Answers, some: Sequence[tuple[Site, Period]], given: Parameters) -> list[Row]:
    """Return what sites come to, and how that differs from the period before.

    Each has its own period: their days begin at different times.
    """
    return [_site_row(reports, site, period, given) for site, period in some]


_THIN = "\N{THIN SPACE}\N{EN DASH}\N{THIN SPACE}"


def written(period: Period) -> str:
    """Return a period as Matomo writes it in English."""
    first, last = period.first, period.last
    match period.kind:
        case PeriodKind.DAY:
            return f"{first:%a, %b} {first.day}"
        case PeriodKind.MONTH:
            return f"{first:%b %Y}"
        case PeriodKind.YEAR:
            return f"{first:%Y}"
    return span(first, last)


def span(first: date, last: date, month: str = "%b") -> str:
    """Return a span of days as Matomo writes it in English, its months in a format of `strftime`."""
    begins, ends = f"{first:{month}} {first.day}", f"{last:{month}} {last.day}"
    if first == last:
        return f"{begins}, {first:%Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{begins}{_THIN}{last.day}, {last:%Y}"
    if first.year == last.year:
        return f"{begins}{_THIN}{ends}, {last:%Y}"
    return f"{begins}, {first:%Y}{_THIN}{ends}, {last:%Y}"


def spelled(period: Period) -> str:
    """Return a period as Matomo spells it out in English."""
    first, last = period.first, period.last
    match period.kind:
        case PeriodKind.DAY:
            return f"{first:%A, %B} {first.day}, {first:%Y}"
        case PeriodKind.WEEK:
            return f"week {span(first, last, '%B')}"
        case PeriodKind.MONTH:
            return f"{first:%B %Y}"
        case PeriodKind.YEAR:
            return f"{first:%Y}"
    return span(first, last, "%B")
