"""What the dashboard shows: each panel is a row that names a query, and nothing is counted here."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Protocol

from msgspec import Struct, structs

from pellucid.model.hit import SourceKind
from pellucid.model.period import Period
from pellucid.model.query import EVERYBODY, Condition, Operator, Order, Query, Segment
from pellucid.model.result import Result, Value
from pellucid.model.site import Privacy, Site
from pellucid.report import untold
from pellucid.web import words
from pellucid.web.chart import Chart, Scale, chart
from pellucid.web.explore import Explored
from pellucid.web.spans import Span, so_far

ROWS = 8

_Rows = Sequence[tuple[Value, ...]]
_EVER = Period(date(2000, 1, 1), date(2100, 1, 1))


class Answers(Protocol):
    """What answers queries."""

    def answer(self, query: Query) -> Result:
        """Return the rows that a query asks for."""


class Head(Struct, frozen=True):
    """A metric of the head, which the chart can show over time."""

    name: str
    metric: str
    written: Callable[[Value], str]
    scale: Scale = Scale.COUNT
    more_is_better: bool = True


class Total(Struct, frozen=True):
    """One number of the head: what it was before, how it has changed, and whether that is welcome (None: neither)."""

    head: Head
    value: str
    before: str
    change: str
    better: bool | None


class Point(Struct, frozen=True):
    """One step of the chart in words, and where it is; `before` also says when that was, and is empty if never."""

    x: float
    y: float | None
    name: str
    now: str
    before: str


class Graph(Struct, frozen=True):
    """A metric over time: its chart, the points in words, labels with where they stand, and the point that is now."""

    head: Head
    chart: Chart
    points: tuple[Point, ...]
    labels: tuple[tuple[float, str], ...]
    current: Point | None


class Row(Struct, frozen=True):
    """One row of a panel; `width` is its part of the largest row, `part` that of everything, both in per cent."""

    label: str
    value: str
    width: float
    part: str


class Tab(Struct, frozen=True):
    """One list of a panel, and what its columns hold."""

    name: str
    label: str
    column: str
    rows: tuple[Row, ...]
    note: str = ""
    """What has to be known to read the rows."""


class Panel(Struct, frozen=True):
    """Lists that belong together."""

    name: str
    tabs: tuple[Tab, ...]


class Board(Struct, frozen=True):
    """All that the dashboard shows of one site and span.

    `compared` are the days whose numbers the totals are compared with. Where the span is empty, `latest` is the last
    day with visits; None if there never were any. `estimated`: nobody is recognised, and less can be told.
    `explored` is the list that somebody has chosen among all there are.
    """

    totals: tuple[Total, ...]
    compared: Period
    graph: Graph
    panels: tuple[Panel, ...]
    explored: Tab | None
    empty: bool
    latest: date | None
    estimated: bool


class _List(Struct, frozen=True):
    name: str
    label: str
    dimension: str
    """What rows are told apart by; an address from its host on, so that a page has one row whatever its scheme is."""
    written: Callable[[str], str] = words.known
    metric: str = "visits"
    segment: Segment = EVERYBODY
    optional: bool = False
    """Not shown where nothing is known of it."""
    noted: Callable[[Privacy], str] = lambda _privacy: ""
    """What has to be known to read it, by a site's settings."""
    column: str = ""
    """What is counted, where it has no name of its own in the head."""


HEADS: Mapping[str, Head] = {
    head.metric: head
    for head in (
        Head("Visitors", "visitors", words.number),
        Head("Visits", "visits", words.number),
        Head("Page views", "pageviews", words.number),
        Head("Actions per visit", "actions_per_visit", words.decimal, Scale.MEAN),
        Head("Visit duration", "seconds_per_visit", words.duration, Scale.TIME),
        Head("Bounce rate", "bounce_rate", words.share, Scale.SHARE, more_is_better=False),
    )
}
_HEADS_TOLD: Mapping[str, Head] = {name: head for name, head in HEADS.items() if name not in untold.METRICS}
_COLUMNS: Mapping[str, tuple[str, str]] = {"visits": ("Visits", "visits"), "views": ("Views", "pageviews")}
"""The name of a list's column, and the metric of the head that adds up to it."""


def _kind(operator: Operator, kind: SourceKind) -> tuple[Condition, ...]:
    return (Condition("source_kind", operator, kind),)


_SENT = Segment((_kind(Operator.DIFFERS, SourceKind.DIRECT), _kind(Operator.DIFFERS, SourceKind.CAMPAIGN)))
_CAMPAIGNS = Segment((_kind(Operator.EQUALS, SourceKind.CAMPAIGN),))
_PANELS: Mapping[str, tuple[_List, ...]] = {
    "Pages": (
        _List("Top", "Page", "bare_page_url", words.path, "views"),
        _List("Entry", "Entry page", "bare_entry_url", words.path),
        _List("Exit", "Exit page", "bare_exit_url", words.path),
    ),
    "Sources": (
        _List("Kinds", "Kind", "source_kind", lambda kind: words.SOURCES[kind]),
        _List("Names", "Source", "source_name", segment=_SENT),
        _List("Campaigns", "Campaign", "source_name", segment=_CAMPAIGNS),
    ),
    "Places": (
        _List("Countries", "Country", "country", words.country, noted=words.placed),
        _List("Cities", "City", "city", optional=True, noted=words.placed),
        _List("Languages", "Language", "language", words.language),
    ),
    "Devices": (
        _List("Types", "Type", "device_type", words.kind),
        _List("Browsers", "Browser", "browser"),
        _List("Systems", "System", "system"),
    ),
}
_WRITTEN: Mapping[str, Callable[[str], str]] = {
    **{one.dimension: one.written for lists in _PANELS.values() for one in lists},
    "hour": words.clock,
}
"""How values of a dimension are written, where not as they are."""


def heads(site: Site) -> Mapping[str, Head]:
    """Return the metrics of the head that say something of a site."""
    return HEADS if untold.recognises(site) else _HEADS_TOLD


def board(
    reports: Answers,
    pool: ThreadPoolExecutor,
    site: Site,
    span: Span,
    shown: Head,
    chosen: Explored,
    now: datetime,
) -> Board:
    """Ask all that the dashboard shows, at once; `now` is the site's own time."""

    def query(period: Period, metrics: tuple[str, ...], *dimensions: str, segment: Segment = EVERYBODY) -> Query:
        return Query(
            site_ids=(site.id,),
            period=period,
            metrics=metrics,
            dimensions=dimensions,
            segment=segment,
            timezone=site.timezone,
        )

    compared, passed = so_far(span, now)
    told = heads(site)
    says = untold.recognises(site)
    panels = {
        name: [one for one in lists if says or one.dimension.removeprefix("bare_") not in untold.DIMENSIONS]
        for name, lists in _PANELS.items()
    }
    written = _WRITTEN.get(chosen.name, words.known)
    by = _List(chosen.name, chosen.label, chosen.name, written, chosen.metric, column=chosen.column)
    lists = [by, *(one for lists in panels.values() for one in lists)]
    whole = (*told, *({chosen.metric} - told.keys()))
    asked = [
        query(span.period, whole),
        query(compared, tuple(told), segment=passed),
        query(span.period, (shown.metric,), span.step),
        query(span.before, (shown.metric,), span.step),
        *(
            _first(query(span.period, (one.metric,), one.dimension, segment=one.segment), one.metric, ROWS)
            for one in lists
        ),
    ]
    totals, before, series, series_before, *answers = pool.map(reports.answer, asked)
    everything = dict(zip(whole, totals.rows[0], strict=True))
    tabs = {one: _tab(one, answer, everything, site.privacy) for one, answer in zip(lists, answers, strict=True)}
    empty = not everything["visits"]
    return Board(
        totals=tuple(map(_total, told.values(), totals.rows[0], before.rows[0])),
        compared=compared,
        graph=_graph(shown, span, series.rows, series_before.rows, now),
        panels=tuple(
            Panel(name, tuple(tab for tab in map(tabs.get, own) if tab is not None)) for name, own in panels.items()
        ),
        explored=tabs[by],
        empty=empty,
        latest=_latest(reports, query(_EVER, ("visits",), "day")) if empty else None,
        estimated=not untold.recognises(site),
    )


def _first(query: Query, by: str, rows: int) -> Query:
    return structs.replace(query, order=(Order(by),), limit=rows)


def _latest(reports: Answers, days: Query) -> date | None:
    days_with_visits = (row[0] for row in reports.answer(_first(days, "day", 1)).rows)
    return next((day for day in days_with_visits if isinstance(day, date)), None)


def _total(head: Head, now: Value, before: Value) -> Total:
    change = percent_of_change(now, before)
    better = (change > 0) is head.more_is_better if change else None
    return Total(head, head.written(now), head.written(before), words.change(change), better)


def percent_of_change(now: Value, before: Value) -> int | None:
    """Return by how many per cent a number has changed; None where it can not be compared."""
    if not isinstance(now, int | float) or not isinstance(before, int | float) or not before:
        return None
    return round(100 * (now - before) / before)


def _tab(one: _List, answer: Result, everything: Mapping[str, Value], privacy: Privacy) -> Tab | None:
    column, adds_up_to = _COLUMNS.get(one.metric, (one.column, one.metric))
    rows = [(str(label), _number(value) or 0) for label, value in answer.rows]
    if one.optional and not any(label for label, _ in rows):
        return None
    most = max((number for _, number in rows), default=0)
    whole = _number(everything[adds_up_to]) or most
    return Tab(
        one.name,
        one.label,
        column,
        tuple(
            Row(one.written(label), words.number(number), round(100 * number / most, 1), words.share(number / whole))
            for label, number in rows
            if number
        ),
        one.noted(privacy),
    )


def _graph(shown: Head, span: Span, series: _Rows, before: _Rows, now: datetime) -> Graph:
    running = None
    if span.period.first <= now.date() <= span.period.last:
        running = sum(_has_begun(step, now) for step, _ in series) - 1
    numbers = [
        None if running is not None and place > running else _number(value) for place, (_, value) in enumerate(series)
    ]
    drawn = chart(numbers, [_number(value) for _, value in before], shown.scale, running)
    compared = [_before(shown, span, *row) for row in before] + [""] * len(series)
    points = tuple(
        Point(place.x, place.y, words.step(span.step, step), shown.written(number), then)
        for place, (step, _), number, then in zip(drawn.places, series, numbers, compared, strict=False)
    )
    return Graph(
        head=shown,
        chart=drawn,
        points=points,
        labels=tuple((points[place].x, words.short_step(span.step, series[place][0])) for place in drawn.labelled),
        current=None if running is None else points[running],
    )


def _before(shown: Head, span: Span, step: Value, value: Value) -> str:
    when = words.step("day", span.before.first) if span.step == "hour" else words.step(span.step, step)
    return f"{when}: {shown.written(value)}"


def _has_begun(step: Value, now: datetime) -> bool:
    return step <= now.date() if isinstance(step, date) else int(str(step)) <= now.hour


def _number(value: Value) -> int | float | None:
    return value if isinstance(value, int | float) else None
