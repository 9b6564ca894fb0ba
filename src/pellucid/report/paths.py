"""Paths: which pages come after a page, or before it."""

from msgspec import convert

from pellucid.errors import RequestError
from pellucid.model.journey import Direction, Path, Paths
from pellucid.report.dimensions import dimension_of
from pellucid.report.source import ROWS, SCOPE, Source
from pellucid.report.sql import among, scope_of
from pellucid.store.client import Store


def paths(store: Store, asked: Paths) -> tuple[Path, ...]:
    """Return the ways that visits took, those of most visits first; raise `RequestError` for what tells no pages."""
    dimension = dimension_of(asked.dimension)
    if dimension is None or Source.VIEWS not in dimension.told or dimension.number:
        raise RequestError(f"Pages can not be told apart by {asked.dimension!r}.")
    values = scope_of(asked)
    page, most = values.bind("String", asked.page), values.bind("UInt32", asked.steps + 1)
    chosen = among(asked.segment, values.bind)
    table, rows = ROWS[Source.VIEWS]
    # Paths to a page are read backwards, and told forwards.
    read, told = ("arrayReverse(viewed)", "arrayReverse(way)") if asked.direction is Direction.TO else ("viewed", "way")
    sql = f"""
select {told} as pages, count() as visits, visits / sum(count()) over () as share
from (
select arraySlice(read, indexOf(read, {page}), {most}) as way
from (
select arrayCompact(arrayMap(view -> view.3, arraySort(groupArray((time, event_id, {dimension.told[Source.VIEWS]})))))
    as viewed, {read} as read
from {table}
where {SCOPE} and {rows}{f" and {chosen}" if chosen else ""}
group by site_id, visit_day, visit_id
having has(viewed, {page})
)
)
group by pages
order by visits desc, pages
limit {int(asked.limit)} offset {int(asked.offset)}
"""
    found = convert(store.ask(sql, values.bound).rows, list[tuple[tuple[str, ...], int, float]])
    return tuple(Path(*row) for row in found)
