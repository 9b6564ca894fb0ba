"""Funnels: how many do one thing after the other, and where they stop."""

from collections.abc import Mapping
from datetime import timedelta

from pellucid.model.journey import Counted, Funnel, Step
from pellucid.report.segment import condition_on_actions
from pellucid.report.source import ACTIONS, ROWS, SCOPE
from pellucid.report.sql import among, scope_of
from pellucid.store.client import Store

_TABLES = tuple(dict.fromkeys(ROWS[source][0] for source in ACTIONS))
_KEYS: Mapping[Counted, str] = {
    Counted.VISITS: "site_id, visit_day, visit_id",
    Counted.VISITORS: "site_id, visitor_id",
}


def steps(store: Store, funnel: Funnel) -> tuple[Step, ...]:
    """Return what became of those who did the first step; raise `RequestError` if a step can not be told."""
    values = scope_of(funnel)
    chosen = among(funnel.segment, values.bind)
    names = [f"step_{place}" for place in range(len(funnel.steps))]
    parts = []
    for table in _TABLES:
        met = [condition_on_actions(step, table, values.bind) for step in funnel.steps]
        done = ", ".join(f"toUInt8({condition}) as {name}" for condition, name in zip(met, names, strict=True))
        parts.append(
            f"select site_id, visit_day, visit_id, visitor_id, toUInt64(time) as moment, {done} from {table} "
            f"where {SCOPE} and ({' or '.join(names)}){f' and {chosen}' if chosen else ''}",
        )
    window = funnel.within // timedelta(milliseconds=1)
    reached = ", ".join(f"countIf(level > {place})" for place in range(len(names)))
    sql = f"""
select {reached}
from (
select windowFunnel({window}, 'strict_once')(moment, {", ".join(names)}) as level
from ({" union all ".join(parts)})
group by {_KEYS[funnel.counted]}
)
"""
    (row,) = store.ask(sql, values.bound).rows
    counts = [int(str(number)) for number in row]
    following = [*counts[1:], counts[-1]]
    return tuple(
        Step(number, number - then, number / counts[0] if counts[0] else None)
        for number, then in zip(counts, following, strict=True)
    )
