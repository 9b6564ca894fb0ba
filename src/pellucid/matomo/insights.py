"""What changed since the period before, as Matomo's `Insights` tells it."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial

from msgspec import structs

from pellucid.errors import RequestError
from pellucid.matomo.call import Answer, Ask, Call, Method
from pellucid.matomo.catalogue_of_site import reports_of
from pellucid.matomo.columns import NOT_ENABLED, plain
from pellucid.matomo.dates import date_of
from pellucid.matomo.listed import Listed
from pellucid.matomo.parameters import Parameters
from pellucid.matomo.reports import query_of
from pellucid.model.period import Period, PeriodKind
from pellucid.model.site import Site
from pellucid.report.changes import Change, ChangeKind, ChangeOrder, Worth, changes, foremost, movers_and_shakers, part
from pellucid.report.periods import before

_OVERVIEW = (
    *("Actions_getPageUrls", "Actions_getPageTitles", "Actions_getDownloads", "Referrers_getWebsites"),
    *("Referrers_getCampaigns", "Referrers_getSocials", "Referrers_getSearchEngines", "UserCountry_getCountry"),
)
_METRIC = "nb_visits"
_FILTERS: Mapping[str, tuple[ChangeKind, ...]] = {
    "": tuple(ChangeKind),
    "movers": (ChangeKind.MOVER,),
    "new": (ChangeKind.NEW,),
    "disappeared": (ChangeKind.DISAPPEARED,),
}
_MOST_PERIODS_BACK = 1000
_OF_THE_OVERVIEW = {"limitIncreaser": "3", "limitDecreaser": "3", "minImpactPercent": "1", "minGrowthPercent": "25"}


class _Compared:
    """A report in a period and in an earlier one, with all visits of each."""

    def __init__(self, ask: Ask, call: Call, site: Site, report: Listed) -> None:
        self._ask, self._call, self._site, self._report = ask, call, site, report
        now = call.periods(site).periods[-1]
        back = call.given.number("comparedToXPeriods", 1)
        if not 0 < back <= _MOST_PERIODS_BACK:
            raise RequestError(f"comparedToXPeriods is a number from 1 to {_MOST_PERIODS_BACK}, and not {back}.")
        earlier = now
        for _ in range(back):
            earlier = before(earlier)
        self.total, self.total_before = self._visits(now), self._visits(earlier)
        rows, rows_before = self._rows(now), self._rows(earlier)
        self.of_report = sum(rows.values())
        self.changes = changes(rows_before, rows)

    def _visits(self, period: Period) -> int:
        query = structs.replace(query_of(self._site, period, self._call.given, ()), metrics=("visits",))
        return int(str(self._call.reports.answer(query).rows[0][0]))

    def _rows(self, period: Period) -> dict[str, float]:
        given = self._call.given.with_text(
            method=self._report.method,
            idSite=str(self._site.id),
            period=period.kind,
            date=date_of(period),
            flat="1",
            filter_limit="-1",
            showColumns=_METRIC,
            **self._report.parameters,
        )
        told = self._ask(structs.replace(self._call, given=given))
        found: dict[str, float] = {}
        for row in told if isinstance(told, list) else []:
            columns = row if isinstance(row, Mapping) else {}
            label, visits = str(columns.get("label", "")), columns.get(_METRIC)
            if isinstance(visits, int | float):
                found[label] = found.get(label, 0) + visits
        return found

    @property
    def shaking(self) -> Worth:
        """From when on a change stands out."""
        return movers_and_shakers(self.total_before, self.total)


def _report(call: Call, site: Site) -> Listed:
    name = call.given.text("reportUniqueId")
    found = next((report for report in reports_of(site) if report.unique_id == name), None)
    if found is None or not found.dimension or _METRIC not in found.columns or _METRIC in NOT_ENABLED:
        raise RequestError(f"A report with rows of visits having the ID {name} does not exist.")
    return found


def _insights(compared: _Compared, call: Call) -> list[Answer]:
    given = call.given
    kinds, order = given.text("filterBy", ""), given.text("orderBy", ChangeOrder.ABSOLUTE)
    if kinds not in _FILTERS or order not in set(ChangeOrder):
        orders = ", ".join(ChangeOrder)
        raise RequestError(f"filterBy is {', '.join(filter(None, _FILTERS))} or nothing, orderBy {orders}.")
    # A report on a part of all visits is measured against that part.
    own = compared.of_report
    total = own if own > compared.total or own * 2 < compared.total else compared.total
    percent, least_growth = given.decimal("minImpactPercent", 2), abs(given.decimal("minGrowthPercent", 20))
    worth = Worth(
        least_growth,
        -least_growth,
        {kind: part(total, percent) if kind in _FILTERS[kinds] else None for kind in ChangeKind},
    )
    told = foremost(compared.changes, worth, *_limits(given, 5), ChangeOrder(order))
    shaking = compared.shaking
    return [_row(change) | {"isMoverAndShaker": shaking.tells(change)} for change in told]


def _movers(compared: _Compared, call: Call) -> list[Answer]:
    return [_row(change) for change in foremost(compared.changes, compared.shaking, *_limits(call.given, 4))]


def _limits(given: Parameters, usual: int) -> tuple[int | None, int | None]:
    """Return how many changes are told that grew, and that did not; as in Matomo a negative number is no limit."""
    grown, shrunk = given.number("limitIncreaser", usual), given.number("limitDecreaser", usual)
    return None if grown < 0 else grown, None if shrunk < 0 else shrunk


def _row(change: Change) -> dict[str, Answer]:
    return {
        "label": change.label,
        _METRIC: change.now or change.before,
        "growth_percent": f"{plain(Decimal(str(change.growth)))}%",
        "growth_percent_numeric": change.growth,
        "grown": change.growth >= 0,
        "value_old": change.before,
        "value_new": change.now,
        "difference": change.difference,
        "importance": abs(change.difference),
        "isDisappeared": change.kind is ChangeKind.DISAPPEARED,
        "isNew": change.kind is ChangeKind.NEW,
        "isMover": change.kind is ChangeKind.MOVER,
    }


Tell = Callable[[_Compared, Call], list[Answer]]


def _one(tell: Tell, ask: Ask, call: Call, sites: list[Site]) -> Answer:
    return tell(_Compared(ask, call, sites[0], _report(call, sites[0])), call)


def _overview(tell: Tell, defaults: Mapping[str, str], ask: Ask, call: Call, sites: list[Site]) -> Answer:
    """Return what changed in each of the reports that matter most, under their names."""
    site, given = sites[0], call.given.with_text(**{**defaults, **call.given.given})
    call = structs.replace(call, given=given)
    by_name = {report.unique_id: report for report in reports_of(site)}
    return {by_name[name].name: tell(_Compared(ask, call, site, by_name[name]), call) for name in _OVERVIEW}


def _can_generate(call: Call, _sites: list[Site]) -> Answer:
    """Return whether a period has one before it: a series of periods has not."""
    kind, date = call.given.text("period"), call.given.text("date")
    return {
        "value": kind in set(PeriodKind) and (kind == PeriodKind.RANGE or not date.startswith(("last", "previous")))
    }


def methods(ask: Ask) -> Mapping[str, Method]:
    """Return the methods of `Insights`; `ask` answers the methods of the reports that are compared."""
    return {
        "Insights.canGenerateInsights": Method(_can_generate, access=None),
        "Insights.getInsights": Method(partial(_one, _insights, ask)),
        "Insights.getInsightsOverview": Method(partial(_overview, _insights, _OF_THE_OVERVIEW, ask)),
        "Insights.getMoversAndShakers": Method(partial(_one, _movers, ask)),
        "Insights.getMoversAndShakersOverview": Method(partial(_overview, _movers, {}, ask)),
    }
