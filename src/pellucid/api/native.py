"""The answers of the API: each operation asks the reports or the registry, and writes down what they say."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from msgspec import Struct

from pellucid.api import asked
from pellucid.api.answers import (
    Days,
    DimensionsAnswer,
    DimensionTold,
    FamilyTold,
    FunnelAnswer,
    GoalTold,
    KindTold,
    LocatedBy,
    MetricsAnswer,
    MetricTold,
    Note,
    OwnDimension,
    PageViews,
    PathsAnswer,
    PathTold,
    QueryAnswer,
    RealtimeAnswer,
    RetentionAnswer,
    Row,
    SitesAnswer,
    SiteTold,
    StepTold,
)
from pellucid.api.bodies import MOST_SITES, AmongBody, FunnelBody, PathsBody, QueryBody, RetentionBody
from pellucid.api.cursor import cursor, place
from pellucid.api.problem import KINDS, NOT_FOUND, UNANSWERABLE, Problem
from pellucid.errors import NotAllowed, NotFound
from pellucid.model.account import Access, Account
from pellucid.model.journey import Funnel, Paths
from pellucid.model.period import Period
from pellucid.model.query import Query
from pellucid.model.result import Value
from pellucid.model.site import Site
from pellucid.registry.registry import Registry
from pellucid.report import funnel, paths, retention, untold
from pellucid.report.dimensions import DIMENSIONS, FAMILIES, hidden, own_numbers
from pellucid.report.live import counters, lately
from pellucid.report.metrics import METRICS
from pellucid.report.run import Reports, is_steady
from pellucid.report.tellable import tellable
from pellucid.store.client import Store

REALTIME_MINUTES = 30
EXPORTS: Mapping[str, tuple[str, str]] = {
    "csv": ("text/csv; charset=utf-8", "CSVWithNames"),
    "parquet": ("application/vnd.apache.parquet", "Parquet"),
}
"""Each format a question can be exported in: its media type, and what the store calls it."""

_FIRST_ROUNDED = 2**53
_EVERY_SITE = "sites"


class Export(Struct, frozen=True):
    """An answer that is sent as it is made."""

    name: str
    media_type: str
    pieces: Iterator[bytes]


class Call(Struct, frozen=True):
    """Who asks what: the body and the parameters as their operation declares them, and the format wished for."""

    account: Account
    body: Struct | None = None
    parameters: Mapping[str, int | str] = {}
    format: str = "json"


class Native:
    """What the operations answer from."""

    def __init__(self, registry: Registry, reports: Reports, store: Store, now: Callable[[], datetime]) -> None:
        self._registry = registry
        self._reports = reports
        self._store = store
        self._now = now

    def query(self, call: Call, body: QueryBody) -> QueryAnswer | Export:
        """Answer a question of the query model."""
        sites, today = self._asked(call, body)
        question = asked.query(body, today, sites[0].timezone)
        then = asked.compared(body, question.period)
        at = place(body.cursor, question)
        if call.format in EXPORTS:
            if then:
                raise Problem(UNANSWERABLE, "An export has one period: leave 'compare_to' out, or ask for JSON.")
            return self._exported(asked.from_place(question, at, body.limit), call.format)
        limit = asked.rows_of(body)
        rows = self._rows(question, then, at, limit + 1)
        return QueryAnswer(
            _days(question.period),
            _days(then) if then else None,
            [_row(question, row) for row in rows[:limit]],
            cursor(at + limit, question) if len(rows) > limit else None,
            _notes(sites, untold.ESTIMATED, untold.untold(question.metrics, asked.names(body))),
        )

    def _rows(self, question: Query, then: Period | None, at: int, limit: int) -> Sequence[Sequence[Value]]:
        if len(question.dimensions) == 1 and is_steady(question.dimensions[0]) and not question.order:
            # Steps without anything have their row, and no limit is known to the store.
            whole = self._reports.compare(question, then) if then else self._reports.answer(question)
            return whole.rows[at : at + limit]
        wanted = asked.from_place(question, at, limit)
        return (self._reports.compare(wanted, then) if then else self._reports.answer(wanted)).rows

    def _exported(self, question: Query, name: str) -> Export:
        media_type, store_format = EXPORTS[name]
        pieces = self._reports.stream(question, store_format)
        # What can not be asked is told as a problem, before the answer has begun.
        first = next(pieces, b"")
        return Export(f"pellucid.{name}", media_type, chain((first,), pieces))

    def sites(self, call: Call) -> SitesAnswer:
        """Answer which sites there are to see."""
        limit = int(call.parameters.get("limit", MOST_SITES))
        text = call.parameters.get("cursor")
        # A cursor of sites names the last one told, so that those added meanwhile shift nothing.
        after = place(str(text), _EVERY_SITE) if text else 0
        seen = [site for site in self._registry.sites() if site.id > after and call.account.may(site.id, Access.VIEW)]
        told = seen[:limit]
        return SitesAnswer(
            [_site(site) for site in told], cursor(told[-1].id, _EVERY_SITE) if len(seen) > limit else None
        )

    def site(self, call: Call) -> SiteTold:
        """Answer what is set up for a site."""
        return _site(self._site(call, int(call.parameters["site"])))

    def realtime(self, call: Call) -> RealtimeAnswer:
        """Answer what happened in the last minutes."""
        site = self._site(call, int(call.parameters["site"]))
        minutes, now = int(call.parameters.get("minutes", REALTIME_MINUTES)), int(self._now().timestamp() * 1000)
        counted = counters(self._store, site.id, minutes, now)
        by_minute, pages = lately(self._store, site.id, minutes, now)
        return RealtimeAnswer(
            minutes=minutes,
            visits=counted.visits,
            visitors=counted.visitors,
            visits_converted=counted.visits_converted,
            actions=counted.actions,
            actions_by_minute=by_minute,
            pages=[PageViews(url, views) for url, views in pages],
            notes=_notes([site], untold.ESTIMATED, untold.untold(RealtimeAnswer.__struct_fields__, ())),
        )

    def metrics(self, _call: Call) -> MetricsAnswer:
        """Answer which metrics there are."""
        return MetricsAnswer(
            [
                MetricTold(
                    name=metric.name,
                    meaning=metric.meaning,
                    unit=metric.unit,
                    formula=metric.formula,
                    of=metric.of,
                    expressions={source.value: sql for source, sql in metric.counted.items()},
                    dimensions=tellable(metric),
                    needs_recognition=metric.name in untold.METRICS,
                )
                for metric in METRICS.values()
            ],
        )

    def dimensions(self, _call: Call) -> DimensionsAnswer:
        """Answer which dimensions there are."""
        return DimensionsAnswer(
            [
                DimensionTold(
                    one.name, one.meaning, one.number, {source.value: sql for source, sql in one.told.items()}
                )
                for one in DIMENSIONS.values()
            ],
            [FamilyTold(f"^{pattern}$", meaning) for pattern, meaning in FAMILIES.items()],
        )

    def funnel(self, call: Call, body: FunnelBody) -> FunnelAnswer:
        """Answer how many go how far."""
        sites, today = self._asked(call, body)
        visits = asked.among(body, today, sites[0].timezone)
        question = Funnel(
            site_ids=visits.site_ids,
            period=visits.period,
            segment=visits.segment,
            timezone=visits.timezone,
            steps=tuple(asked.conditions(step.conditions) for step in body.steps),
            within=timedelta(seconds=body.within_seconds),
            counted=body.counted,
        )
        told = zip(body.steps, funnel.steps(self._store, question), strict=True)
        return FunnelAnswer(
            _days(visits.period),
            [StepTold(written.name, step.reached, step.dropped, step.share) for written, step in told],
            _notes(sites, untold.ALONE),
        )

    def retention(self, call: Call, body: RetentionBody) -> RetentionAnswer:
        """Answer how many come again."""
        sites, today = self._asked(call, body)
        visits = asked.among(body, today, sites[0].timezone)
        return RetentionAnswer(
            _days(visits.period),
            retention.cohorts(self._store, visits, body.step, body.steps),
            _notes(sites, untold.ALONE),
        )

    def paths(self, call: Call, body: PathsBody) -> PathsAnswer:
        """Answer which ways visits take."""
        sites, today = self._asked(call, body)
        visits = asked.among(body, today, sites[0].timezone)
        question = Paths(
            site_ids=visits.site_ids,
            period=visits.period,
            segment=visits.segment,
            timezone=visits.timezone,
            dimension=body.page.dimension,
            page=body.page.value,
            direction=body.direction,
            steps=body.steps,
            limit=0,
        )
        at = place(body.cursor, question)
        found = paths.paths(self._store, asked.part(question, at, body.limit + 1))
        return PathsAnswer(
            _days(visits.period),
            [PathTold(path.pages, path.visits, path.share) for path in found[: body.limit]],
            cursor(at + body.limit, question) if len(found) > body.limit else None,
            _notes(sites, untold.ALONE),
        )

    def problem(self, call: Call) -> KindTold:
        """Answer what a kind of problem means."""
        kind = KINDS.get(str(call.parameters["name"]))
        if kind is None:
            raise Problem(NOT_FOUND, f"There is no problem of the kind {call.parameters['name']!r}.")
        return KindTold(kind.address, kind.title, kind.status, kind.meaning)

    def _asked(self, call: Call, body: AmongBody) -> tuple[list[Site], date]:
        """Return the sites a body names, and today at the first; all of them have to have and show what it asks."""
        sites = [self._site(call, site_id) for site_id in body.sites]
        names = asked.names(body)
        for site in sites:
            missing = own_numbers(names) - {own.id for own in site.dimensions if own.active}
            if missing:
                raise Problem(UNANSWERABLE, f"The site {site.id} has no active dimension {min(missing)} of its own.")
            unshown = hidden(site.privacy) & names
            if unshown:
                told = ", ".join(sorted(unshown))
                raise NotAllowed(f"The owner of site {site.id} shows no single visitors or visits: leave out {told}.")
        return sites, self._now().astimezone(ZoneInfo(sites[0].timezone)).date()

    def _site(self, call: Call, site_id: int) -> Site:
        if not call.account.may(site_id, Access.VIEW):
            # Who may not see a site does not learn either whether there is one.
            raise NotFound(f"There is no site {site_id}, or it is not yours to see.")
        return self._registry.site(site_id)


def _site(site: Site) -> SiteTold:
    return SiteTold(
        id=site.id,
        name=site.name,
        urls=site.urls,
        timezone=site.timezone,
        currency=site.currency,
        ecommerce=site.ecommerce,
        created=site.created,
        preset=site.privacy.preset,
        located_by=LocatedBy(site.privacy.located_address_bits, site.privacy.located_address_bits_v6),
        goals=[GoalTold(goal.id, goal.name) for goal in site.goals],
        dimensions=[
            OwnDimension(own.id, own.name, own.scope, f"dimension{own.id}") for own in site.dimensions if own.active
        ],
    )


def _notes(sites: Sequence[Site], text: str, names: Sequence[str] = ()) -> list[Note]:
    alone = [site.id for site in sites if not untold.recognises(site)]
    return [Note(alone, text, list(names))] if alone else []


def _days(period: Period) -> Days:
    return Days(period.first, period.last)


def _row(question: Query, row: Sequence[Value]) -> Row:
    labels, numbers = len(question.dimensions), len(question.metrics)
    compared = row[labels + numbers :]
    return Row(
        dict(zip(question.dimensions, map(_label, row), strict=False)),
        dict(zip(question.metrics, map(_number, row[labels : labels + numbers]), strict=True)),
        dict(zip(question.metrics, map(_number, compared), strict=True)) if compared else None,
    )


def _label(value: Value) -> str | int | float | bool | None:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int) and abs(value) >= _FIRST_ROUNDED else value


def _number(value: Value) -> int | float | None:
    if value is None or isinstance(value, int | float):
        return value
    raise TypeError(f"A metric is a number, and {value!r} is none.")
