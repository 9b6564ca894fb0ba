"""What is asked source by source is what one statement tells."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from pellucid.errors import RequestError
from pellucid.model.hit import Hit
from pellucid.model.query import Condition, Operator, Order, Query, Segment
from pellucid.report.dimensions import DIMENSIONS
from pellucid.report.metrics import METRICS
from pellucid.report.run import Reports
from pellucid.report.sql import parts, statement
from pellucid.store.client import Store
from pellucid.store.schema import ROLLUPS, TABLES
from unit.installation import FAR, Installation
from unit.report.rolled import PERIOD, hits, plain, types_of

COUNTED = [name for name, metric in METRICS.items() if not metric.formula]
SEGMENT = Segment(((Condition("page_url", Operator.CONTAINS, "a"),),))
PAGES = Query(site_ids=(1,), period=PERIOD, metrics=("views", "entries", "exits"), dimensions=("page_url",))


def queries() -> list[Query]:
    """By each dimension all that is told by it, as far as there are two sources of that."""
    found = []
    for dimensions in ((), *((name,) for name in DIMENSIONS), ("page_url", "day"), ("goal", "conversion")):
        asked = structs.replace(PAGES, dimensions=dimensions)
        told = [name for name in COUNTED if tells(structs.replace(asked, metrics=(name,)))]
        query = structs.replace(asked, metrics=tuple(told))
        if told and parts(query):
            found.append(query)
    return found


def tells(query: Query) -> bool:
    try:
        return bool(statement(query).sql)
    except RequestError:
        return False


@given(st.lists(hits(), min_size=30, max_size=40))
@settings(max_examples=1, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_parts_tell_what_one_statement_tells(installation: Installation, store: Store, some: list[Hit]) -> None:
    for table in (*TABLES, *ROLLUPS):
        store.command(f"truncate table {table}")
    installation.append(*some)
    installation.ingest().round(FAR)
    asked = queries()
    assert len(asked) > 20

    for query in asked:
        whole = statement(query)
        answered, wanted = Reports(store).answer(query).rows, store.ask(whole.sql, whole.parameters).rows
        if query.dimensions and DIMENSIONS[query.dimensions[0]].steady:
            # Steps of the calendar that have nothing have their rows, too.
            told = {row[0] for row in wanted}
            answered = tuple(row for row in answered if row[0] in told)
        assert plain(answered) == plain(wanted), query
        assert types_of(answered) == types_of(wanted), query


@pytest.mark.parametrize(
    "other",
    [
        {"order": (Order("views"),)},
        {"limit": 5},
        {"metrics": ("visits", "bounce_rate"), "dimensions": ()},
        {"metrics": ("entries",)},
        {"segment": SEGMENT},
        {"about": ((Condition("country", Operator.EQUALS, "de"),),)},
    ],
)
def test_what_one_statement_has_to_tell_is_not_parted(other: dict[str, object]) -> None:
    assert len(parts(PAGES)) == 3

    assert parts(structs.replace(PAGES, **other)) == []
