"""A query as one statement of SQL: text made from our own tables, and every value bound.

Each source that the metrics need is counted on its own, with nothing for the metrics it does not tell; then rows with
the same dimensions are added up, and what is worked out from others is worked out. What was rolled up of days that are
over is one more source, and the others are then counted on the rest of the days.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256

from msgspec import Struct, structs

from pellucid.errors import RequestError
from pellucid.model.journey import Among
from pellucid.model.period import Period
from pellucid.model.query import Query, Segment
from pellucid.report.dimension import Dimension
from pellucid.report.dimensions import DIMENSIONS, dimension_of
from pellucid.report.metric import Metric
from pellucid.report.metrics import METRICS
from pellucid.report.rollups import GROUPS, Day, Group, Marks, days_to_count, group_of, part_of, versions_to_read
from pellucid.report.segment import Bind, Values, condition_on_rows, condition_on_visits
from pellucid.report.source import ALIKE, CHOSEN, OF_CONVERSIONS, OF_VISITS, ROWS, SCOPE, Source
from pellucid.store.client import Bound

_KEY = "key_"
_COUNTED = f"{SCOPE} and (site_id, visit_day) in {{counted:Array(Tuple(UInt32, Date))}}"
"""In place of `SCOPE`: the rows of days that are not rolled up. Told which they are, the engine reads no others."""
_CHOSEN = "with chosen as materialized ({visits})"
_IN_CHOSEN = "(site_id, visit_day, visit_id) in chosen"
"""Where several sources need the visits of a segment, these are looked for once. ClickHouse can since 26.3."""
_KNOWN = "visit_id in {known:Array(UInt64)}"
"""What is left of a segment where its visits were looked for before; rows of every table can be held against it."""
_NONE = Marks()
_PLACEHOLDER = re.compile(r"\{(\w+):")


class Statement(Struct, frozen=True):
    """SQL, and the values its placeholders stand for."""

    sql: str
    parameters: dict[str, Bound]


class Part(Struct, frozen=True):
    """A statement that tells some `metrics` of a query by its dimensions."""

    statement: Statement
    metrics: tuple[str, ...]


def parts(query: Query, marks: Marks) -> list[Part]:
    """Return the statements whose rows add up to those of a query: one that reads what was rolled up, one a source.

    The first always tells the same. Each has the query's dimensions in front, and its rows stand in their order, so
    that they are added up in half the time. There are none where nothing is rolled up, where something is worked out
    from what is counted, and where rows are in an order of their own: then one statement has to tell all of it.
    """
    metrics = [_metric(name) for name in query.metrics]
    group = group_of(query) if marks.days else None
    if group is None or query.order or query.limit is not None or _counted(metrics) != metrics:
        return []
    dimensions = [_dimension(name) for name in query.dimensions]
    sources = _sources(metrics, dimensions)
    by_source: dict[Source, list[Metric]] = {}
    for metric in metrics:
        by_source.setdefault(sources[metric.name], []).append(metric)
    rolled = {
        source: [one.name for one in some]
        for source, some in by_source.items()
        if group.metrics.issuperset(one.name for one in some)
    }
    if not rolled:
        return []
    in_order = f" order by {', '.join(f'k{place}' for place in range(len(dimensions)))}" if dimensions else ""
    read, values = [one for one in metrics if sources[one.name] in rolled], scope_of(query)
    sql = part_of(group, query, read, rolled, values)
    values.bound["versions"] = versions_to_read(query, marks)
    told = [Part(Statement(sql + in_order, values.bound), tuple(one.name for one in read))]
    days = days_to_count(query, marks)
    for source, some in by_source.items():
        if source in rolled and _has_none(source, days, marks):
            continue
        values = scope_of(query)
        sql = _part(source, some, sources, dimensions, "", condition_on_rows(query.where, source, values.bind))
        if source in rolled:
            sql, values.bound["counted"] = sql.replace(SCOPE, _COUNTED), days
        told.append(Part(Statement(sql + in_order, values.bound), tuple(one.name for one in some)))
    return told


def _has_none(source: Source, days: Sequence[Day], marks: Marks) -> bool:
    """Return whether a source has no rows on days that are not rolled up."""
    return not days or (source in OF_CONVERSIONS and marks.converted.isdisjoint(days))


def statement(query: Query, marks: Marks = _NONE, visits: Sequence[int] | None = None) -> Statement:
    """Return the statement that answers a query, or raise `RequestError` telling what can not be asked.

    What is rolled up of the days in `marks` is read, where it is what the query asks for. `visits` are those of its
    segment, where they are known.
    """
    metrics = [_metric(name) for name in query.metrics]
    dimensions = [_dimension(name) for name in query.dimensions]
    counted = _counted(metrics)
    sources = _sources(counted, dimensions)
    values = scope_of(query)
    chosen = _chosen(query, visits, values)
    counting: dict[Source, set[str]] = {}
    for name, source in sources.items():
        counting.setdefault(source, set()).add(name)
    shared = [_CHOSEN.format(visits=_visits(chosen))] if chosen not in {"", _KNOWN} and len(counting) > 1 else []
    anew = {
        source: _part(
            source,
            counted,
            sources,
            dimensions,
            _IN_CHOSEN if shared else chosen if source in OF_VISITS else _in_visits(chosen),
            condition_on_rows(query.where, source, values.bind),
        )
        for source in counting
    }
    group = group_of(query) if marks.days else None
    rolled = {source: names for source, names in counting.items() if group and names <= group.metrics}
    added = [] if group is None or not rolled else [part_of(group, query, counted, rolled, values)]
    if added:
        days = days_to_count(query, marks)
        values.bound |= {"versions": versions_to_read(query, marks), "counted": days}
        anew = {
            source: part.replace(SCOPE, _COUNTED) if source in rolled else part
            for source, part in anew.items()
            if source not in rolled or not _has_none(source, days, marks)
        }
    # A dimension and a metric can have the same name.
    keys = [f"k{place} as {_KEY}{place}" for place in range(len(dimensions))]
    sums = [f"{metric.over_days.format(f'm{place}')} as {metric.name}" for place, metric in enumerate(counted)]
    told = [f"{metric.formula} as {metric.name}" if metric.formula else metric.name for metric in metrics]
    # What is worked out stands around what is counted; where that is all there is, planning it would take time.
    around = f"select {', '.join([*_keys(query), *told])} from (" if told != [one.name for one in counted] else ""
    lines = [
        *shared,
        *([around] if around else []),
        f"select {', '.join([*keys, *sums])}",
        f"from ({' union all '.join([*anew.values(), *added])})",
        *([f"group by {', '.join(f'k{place}' for place in range(len(dimensions)))}"] if dimensions else []),
        *([")"] if around else []),
        *_order(query),
        *([] if query.limit is None else [f"limit {int(query.limit)} offset {int(query.offset)}"]),
    ]
    return Statement("\n".join(lines), values.bound)


def question_of(group: Group, site_id: int, period: Period) -> Query:
    """Return the query whose answer of a day is rolled up."""
    metrics = tuple(sorted(group.metrics))
    return Query(site_ids=(site_id,), period=period, metrics=metrics, dimensions=group.dimensions)


def scope_of(asked: Query | Among) -> Values:
    """Return the values that `SCOPE` and the expressions of dimensions need; more can be bound to them."""
    first, last = asked.period.first, asked.period.last
    return Values({"sites": list(asked.site_ids), "first": first, "last": last, "timezone": asked.timezone})


def comparison(query: Query, earlier: Period, marks: Marks = _NONE) -> Statement:
    """Return the statement that answers a query, and for each of its rows what another period has."""
    now = statement(query, marks)
    then = statement(structs.replace(query, period=earlier, order=(), limit=None), marks)
    keys = _keys(query)
    # No value is a key of another: a label that is none is matched by that.
    matched = " and ".join(f"now.{key} <=> then.{key}" for key in keys)
    chosen = [f"now.{name}" for name in (*keys, *query.metrics)]
    compared = [f"then.{name} as then_{name}" for name in query.metrics]
    lines = [
        f"select {', '.join([*chosen, *compared])}",
        f"from (\n{now.sql}\n) as now",
        f"{'left' if keys else 'cross'} join (",
        _PLACEHOLDER.sub(r"{then_\1:", then.sql),
        f") as then{f' on {matched}' if keys else ''}",
        *_order(query, "now."),
    ]
    return Statement(
        "\n".join(lines), now.parameters | {f"then_{name}": told for name, told in then.parameters.items()}
    )


def _keys(query: Query) -> list[str]:
    return [f"{_KEY}{place}" for place in range(len(query.dimensions))]


def _part(
    source: Source,
    counted: Sequence[Metric],
    sources: Mapping[str, Source],
    dimensions: Sequence[Dimension],
    chosen: str,
    met: str,
) -> str:
    table, rows = ROWS[source]
    keys = [f"{dimension.told[source]} as k{place}" for place, dimension in enumerate(dimensions)]
    numbers = [
        f"{metric.counted[source] if source is sources[metric.name] else metric.nothing} as m{place}"
        for place, metric in enumerate(counted)
    ]
    within = f"and {chosen}" if chosen else ""
    if CHOSEN in table:
        alike = [f", {dimension.told[Source.ENTRIES]}" for dimension in dimensions if Source.ENTRIES in dimension.told]
        table = table.replace(ALIKE, "".join(alike))
        chosen = ""
    part = " ".join(
        [
            f"select {', '.join([*keys, *numbers])}",
            f"from {table}",
            f"where {' and '.join(part for part in (SCOPE, rows, chosen, met) if part)}",
            *([f"group by {', '.join(f'k{place}' for place in range(len(dimensions)))}"] if dimensions else []),
        ],
    )
    return part.replace(CHOSEN, within)


def among(segment: Segment, bind: Bind) -> str:
    """Return the condition that rows of any table have to meet to be of a segment's visits; nothing for everybody."""
    return _in_visits(condition_on_visits(segment, SCOPE, bind))


def _in_visits(chosen: str) -> str:
    if chosen in {"", _KNOWN}:
        return chosen
    return f"(site_id, visit_day, visit_id) in ({_visits(chosen)})"


def _visits(chosen: str) -> str:
    return f"select site_id, visit_day, visit_id from visits final where {SCOPE} and {chosen}"


def _chosen(query: Query, known: Sequence[int] | None, values: Values) -> str:
    """Return the condition on the visits that a query asks for; nothing for everybody."""
    about = condition_on_visits(Segment(query.about), SCOPE, values.bind)
    if known is None:
        chosen = condition_on_visits(query.segment, SCOPE, values.bind)
    else:
        chosen, values.bound["known"] = _KNOWN, known
    return " and ".join(filter(None, (chosen, about)))


def choice(query: Query, most: int) -> Statement:
    """Return the statement that looks for the visits of a query's segment: so many of their numbers at most."""
    values = scope_of(query)
    chosen = condition_on_visits(query.segment, SCOPE, values.bind)
    return Statement(f"select visit_id from visits final where {SCOPE} and {chosen} limit {most}", values.bound)


def _counted(metrics: Sequence[Metric]) -> list[Metric]:
    """Return the metrics that have to be counted: those asked for, and those that others are worked out from."""
    names = dict.fromkeys(name for metric in metrics for name in (metric.of or (metric.name,)))
    return [METRICS[name] for name in names]


def _sources(counted: Sequence[Metric], dimensions: Sequence[Dimension]) -> dict[str, Source]:
    """Return what each metric is counted from; page views are among their times, where these are read anyway."""
    sources = {metric.name: _source(metric, dimensions) for metric in counted}
    if Source.LOADS in sources.values():
        return {name: Source.LOADS if source is Source.VIEWS else source for name, source in sources.items()}
    return sources


def _source(metric: Metric, dimensions: Sequence[Dimension]) -> Source:
    for source in metric.counted:
        if all(source in dimension.told for dimension in dimensions):
            return source
    by = " and ".join(dimension.name for dimension in dimensions)
    raise RequestError(f"{metric.name} can not be told by {by}.")


def _order(query: Query, table: str = "") -> list[str]:
    known = {*query.metrics, *query.dimensions}
    for order in query.order:
        if order.by not in known:
            raise RequestError(f"Rows can be ordered by what is asked for, and {order.by!r} is not.")
    places = {name: f"{table}{_KEY}{place}" for place, name in enumerate(query.dimensions)}
    columns = places | {name: f"{table}{name}" for name in query.metrics}
    asked = [f"{columns[order.by]} {'desc' if order.descending else 'asc'}" for order in query.order]
    ordered = {columns[order.by] for order in query.order}
    # The rest of the dimensions, so that equal rows stand in the same order every time.
    rest = [f"{place} asc" for place in places.values() if place not in ordered]
    return [f"order by {', '.join([*asked, *rest])}"] if asked or rest else []


def _metric(name: str) -> Metric:
    if name not in METRICS:
        raise RequestError(f"There is no metric {name!r}; there are {', '.join(METRICS)}.")
    return METRICS[name]


def _dimension(name: str) -> Dimension:
    dimension = dimension_of(name)
    if dimension is None:
        raise RequestError(f"There is no dimension {name!r}; there are {', '.join(DIMENSIONS)}.")
    return dimension


def _definition() -> int:
    day = Period(date.min, date.min)
    texts = [f"{group.columns} {statement(question_of(group, 0, day)).sql}" for group in GROUPS]
    return int.from_bytes(sha256("\n".join(texts).encode()).digest()[:8], "big")


DEFINITION = _definition()
"""What days are rolled up by: a day that was by another (that of an earlier version) is counted anew."""
