"""A query as one statement of SQL: text made from our own tables, and every value bound.

Each source that the metrics need is counted on its own, with nothing for the metrics it does not tell; then rows with
the same dimensions are added up, and what is worked out from others is worked out.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from pellucid.errors import RequestError
from pellucid.model.query import Query
from pellucid.report.dimension import Dimension
from pellucid.report.dimensions import DIMENSIONS, dimension_of
from pellucid.report.metric import Metric
from pellucid.report.metrics import METRICS
from pellucid.report.segment import Values, condition_on_rows, condition_on_visits
from pellucid.report.source import OF_VISITS, ROWS, SCOPE, Source
from pellucid.store.client import Bound


class Statement(Struct, frozen=True):
    """SQL, and the values its placeholders stand for."""

    sql: str
    parameters: dict[str, Bound]


def statement(query: Query) -> Statement:
    """Return the statement that answers a query, or raise `RequestError` telling what can not be asked."""
    metrics = [_metric(name) for name in query.metrics]
    dimensions = [_dimension(name) for name in query.dimensions]
    counted = _counted(metrics)
    sources = {metric.name: _source(metric, dimensions) for metric in counted}
    values = Values(
        {
            "sites": list(query.site_ids),
            "first": query.period.first,
            "last": query.period.last,
            "timezone": query.timezone,
        },
    )
    chosen = condition_on_visits(query.segment, SCOPE, values.bind)
    parts = [
        _part(source, counted, sources, dimensions, chosen, condition_on_rows(query.where, source, values.bind))
        for source in dict.fromkeys(sources.values())
    ]
    keys = [f"k{place} as {name}" for place, name in enumerate(query.dimensions)]
    sums = [f"sum(m{place}) as {metric.name}" for place, metric in enumerate(counted)]
    worked_out = [f"{metric.formula} as {metric.name}" for metric in metrics if metric.formula]
    lines = [
        f"select {', '.join(query.dimensions + query.metrics)}",
        "from (",
        f"select {', '.join([*keys, *sums, *worked_out])}",
        f"from ({' union all '.join(parts)})",
        *([f"group by {', '.join(f'k{place}' for place in range(len(dimensions)))}"] if dimensions else []),
        ")",
        *_order(query),
        *([] if query.limit is None else [f"limit {int(query.limit)} offset {int(query.offset)}"]),
    ]
    return Statement("\n".join(lines), values.bound)


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
    if chosen and source not in OF_VISITS:
        visits = f"select site_id, visit_day, visit_id from visits final where {SCOPE} and {chosen}"
        chosen = f"(site_id, visit_day, visit_id) in ({visits})"
    return " ".join(
        [
            f"select {', '.join([*keys, *numbers])}",
            f"from {table}",
            f"where {' and '.join(part for part in (SCOPE, rows, chosen, met) if part)}",
            *([f"group by {', '.join(f'k{place}' for place in range(len(dimensions)))}"] if dimensions else []),
        ],
    )


def _counted(metrics: Sequence[Metric]) -> list[Metric]:
    """Return the metrics that have to be counted: those asked for, and those that others are worked out from."""
    names = dict.fromkeys(name for metric in metrics for name in (metric.of or (metric.name,)))
    return [METRICS[name] for name in names]


def _source(metric: Metric, dimensions: Sequence[Dimension]) -> Source:
    for source in metric.counted:
        if all(source in dimension.told for dimension in dimensions):
            return source
    by = " and ".join(dimension.name for dimension in dimensions)
    raise RequestError(f"{metric.name} can not be told by {by}.")


def _order(query: Query) -> list[str]:
    known = {*query.metrics, *query.dimensions}
    for order in query.order:
        if order.by not in known:
            raise RequestError(f"Rows can be ordered by what is asked for, and {order.by!r} is not.")
    asked = [f"{order.by} {'desc' if order.descending else 'asc'}" for order in query.order]
    ordered = {order.by for order in query.order}
    # The rest of the dimensions, so that equal rows stand in the same order every time.
    rest = [f"{name} asc" for name in query.dimensions if name not in ordered]
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
