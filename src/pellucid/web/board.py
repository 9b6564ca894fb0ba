"""What the dashboard shows: each panel is a row that names a query, and nothing is counted here."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from msgspec import Struct

from pellucid.model.hit import SourceKind
from pellucid.model.period import Period
from pellucid.model.query import EVERYBODY, Condition, Operator, Order, Query, Segment
from pellucid.model.result import Result, Value
from pellucid.model.site import Site
from pellucid.web import words
from pellucid.web.chart import Chart, chart
from pellucid.web.spans import Span

ROWS = 9


class Answers(Protocol):
    """What answers queries."""

    def answer(self, query: Query) -> Result:
        """Return the rows that a query asks for."""


class Total(Struct, frozen=True):
    """One number of the head: `change` against the period before, and whether more of it is welcome."""

    name: str
    value: str
    change: str
    better: bool | None


class Row(Struct, frozen=True):
    """One row of a panel; `share` is its part of the largest, in per cent."""

    label: str
    value: str
    share: float


class Tab(Struct, frozen=True):
    """One list of a panel."""

    name: str
    column: str
    rows: tuple[Row, ...]


class Panel(Struct, frozen=True):
    """Lists that belong together."""

    name: str
    tabs: tuple[Tab, ...]


class Board(Struct, frozen=True):
    """All that the dashboard shows of one site and span."""

    totals: tuple[Total, ...]
    chart: Chart
    panels: tuple[Panel, ...]
    empty: bool


class _Head(Struct, frozen=True):
    name: str
    metric: str
    written: Callable[[Value], str]
    more_is_better: bool | None = True


class _List(Struct, frozen=True):
    name: str
    dimension: str
    metric: str
    column: str
    label: Callable[[str], str] = words.known
    segment: Segment = EVERYBODY


def _came_by(kind: SourceKind) -> Segment:
    return Segment(((Condition("source_kind", Operator.EQUALS, kind),),))


_HEADS = (
    _Head("Visitors", "visitors", words.number),
    _Head("Visits", "visits", words.number),
    _Head("Page views", "pageviews", words.number),
    _Head("Actions per visit", "actions_per_visit", words.decimal),
    _Head("Visit duration", "seconds_per_visit", words.duration),
    _Head("Bounce rate", "bounce_rate", words.share, more_is_better=False),
)
_PANELS = (
    (
        "Pages",
        (
            _List("Top", "page_url", "views", "Views", words.path),
            _List("Entry", "entry_url", "visits", "Visits", words.path),
            _List("Exit", "exit_url", "visits", "Visits", words.path),
        ),
    ),
    (
        "Sources",
        (
            _List("Kinds", "source_kind", "visits", "Visits", lambda kind: words.SOURCES[kind]),
            _List("Search", "source_name", "visits", "Visits", segment=_came_by(SourceKind.SEARCH)),
            _List("Websites", "source_name", "visits", "Visits", segment=_came_by(SourceKind.WEBSITE)),
            _List("Campaigns", "source_name", "visits", "Visits", segment=_came_by(SourceKind.CAMPAIGN)),
        ),
    ),
    (
        "Places",
        (
            _List("Countries", "country", "visits", "Visits", words.country),
            _List("Cities", "city", "visits", "Visits"),
            _List("Languages", "language", "visits", "Visits"),
        ),
    ),
    (
        "Devices",
        (
            _List("Browsers", "browser", "visits", "Visits"),
            _List("Systems", "system", "visits", "Visits"),
            _List("Types", "device_type", "visits", "Visits", words.kind),
        ),
    ),
)


def board(reports: Answers, pool: ThreadPoolExecutor, site: Site, span: Span, now: datetime) -> Board:
    """Ask all that the dashboard shows, at once."""

    def query(period: Period, *metrics: str, **more: object) -> Query:
        return Query(site_ids=(site.id,), period=period, metrics=metrics, timezone=site.timezone, **more)  # type: ignore[arg-type]

    heads = tuple(head.metric for head in _HEADS)
    lists = [one for _, tabs in _PANELS for one in tabs]
    asked = [
        query(span.period, *heads),
        query(span.before, *heads),
        query(span.period, "visitors", dimensions=(span.step,)),
        query(span.before, "visitors", dimensions=(span.step,)),
        *(
            query(
                span.period,
                one.metric,
                dimensions=(one.dimension,),
                segment=one.segment,
                order=(Order(one.metric),),
                limit=ROWS,
            )
            for one in lists
        ),
    ]
    totals, before, series, compared, *answers = pool.map(reports.answer, asked)
    tabs = iter([_tab(one, answer) for one, answer in zip(lists, answers, strict=True)])
    return Board(
        totals=tuple(map(_total, _HEADS, totals.rows[0], before.rows[0])),
        chart=_chart(span, series, compared, now.astimezone(ZoneInfo(site.timezone))),
        panels=tuple(Panel(name, tuple(next(tabs) for _ in own)) for name, own in _PANELS),
        empty=totals.rows[0][1] == 0,
    )


def _total(head: _Head, now: Value, before: Value) -> Total:
    changed = words.change(now, before)
    better = None if changed in {"", "+0%", "-0%"} else (changed[0] == "+") is head.more_is_better
    return Total(head.name, head.written(now), changed, better)


def _tab(one: _List, answer: Result) -> Tab:
    most = max((_count(value) for _, value in answer.rows), default=0)
    rows = tuple(
        Row(one.label(str(label)), words.number(value), round(100 * _count(value) / most, 1) if most else 0)
        for label, value in answer.rows
        if value
    )
    return Tab(one.name, one.column, rows)


def _chart(span: Span, series: Result, compared: Result, now: datetime) -> Chart:
    names = [words.step(span.step, step) for step, _ in series.rows]
    numbers = [None if _is_to_come(span, step, now) else _count(value) for step, value in series.rows]
    return chart(names, numbers, [_count(value) for _, value in compared.rows][: len(names)])


def _is_to_come(span: Span, step: Value, now: datetime) -> bool:
    if span.step == "hour":
        return span.period.first == now.date() and int(str(step)) > now.hour
    return str(step) > now.date().isoformat()


def _count(value: Value) -> int:
    return int(value) if isinstance(value, int | float) else 0
