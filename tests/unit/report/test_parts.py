"""What is asked in parts is what one statement tells."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from builders import DAY
from pellucid.errors import RequestError
from pellucid.model.hit import Hit
from pellucid.model.query import Condition, Operator, Order, Query, Segment
from pellucid.report.dimensions import DIMENSIONS
from pellucid.report.metrics import METRICS
from pellucid.report.rolling import Rolling
from pellucid.report.rollups import Marks
from pellucid.report.run import Reports, is_steady
from pellucid.report.sql import parts, statement
from pellucid.store.client import Store
from pellucid.store.schema import ROLLUPS, TABLES
from unit.installation import FAR, Installation
from unit.report.rolled import DAYS, PERIOD, hits, plain, types_of

COUNTED = [name for name, metric in METRICS.items() if not metric.formula]
SEGMENT = Segment(((Condition("page_url", Operator.CONTAINS, "a"),),))
PAGES = Query(site_ids=(1,), period=PERIOD, metrics=("views", "entries", "visit_seconds"), dimensions=())
MARKS = Marks({(1, DAY): 7})


def queries() -> list[Query]:
    """All that can be told in parts, by what it can be told by: what is rolled up, and what is counted beside it."""
    found = []
    for dimensions in ((), *((name,) for name in DIMENSIONS), ("bare_page_url", "day"), ("site", "page_title")):
        asked = structs.replace(PAGES, dimensions=dimensions)
        told = [name for name in COUNTED if tells(structs.replace(asked, metrics=(name,)))]
        query = structs.replace(asked, metrics=tuple(told))
        if told and parts(query, MARKS):
            found.append(query)
    return found


def tells(query: Query) -> bool:
    try:
        return bool(statement(query).sql)
    except RequestError:
        return False


@given(st.lists(hits(), min_size=30, max_size=40))
@settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_parts_tell_what_one_statement_tells(
    installation: Installation, store: Store, rolling: Rolling, some: list[Hit]
) -> None:
    for table in (*TABLES, *ROLLUPS):
        store.command(f"truncate table {table}")
    installation.append(*some)
    installation.ingest(derived=rolling).round(FAR)
    rolling.once()
    asked = queries()
    assert len(asked) > 5

    for query in asked:
        whole = statement(query)
        answered, wanted = Reports(store).answer(query).rows, store.ask(whole.sql, whole.parameters).rows
        if query.dimensions and is_steady(query.dimensions[0]):
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
        {"metrics": ("views", "bounce_rate")},
        {"metrics": ("visit_seconds",)},
        {"segment": SEGMENT},
        {"about": ((Condition("country", Operator.EQUALS, "de"),),)},
    ],
)
def test_what_one_statement_has_to_tell_is_not_parted(other: dict[str, object]) -> None:
    assert [part.metrics for part in parts(PAGES, MARKS)] == [("views",), ("views",), ("entries",), ("visit_seconds",)]

    assert parts(structs.replace(PAGES, **other), MARKS) == []
    assert parts(PAGES, Marks()) == []


def test_days_that_are_all_rolled_up_are_read_and_not_counted() -> None:
    every_day = Marks({(1, DAY + timedelta(days=number)): 7 + number for number in range(DAYS)})

    assert [part.metrics for part in parts(structs.replace(PAGES, metrics=("views",)), every_day)] == [("views",)]
