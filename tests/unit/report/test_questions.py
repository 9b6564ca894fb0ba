"""Whatever can be asked is answered, or told to be no question: never does the engine have to say so."""

from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec import json

from builders import a_conversion, a_visit, an_event
from pellucid.errors import RequestError
from pellucid.model.column import Item
from pellucid.model.event import Event
from pellucid.model.period import Period
from pellucid.model.query import Condition, Operator, Order, Query, Segment
from pellucid.model.visit import Conversion, Visit
from pellucid.report.dimensions import DIMENSIONS
from pellucid.report.metrics import METRICS
from pellucid.report.run import Reports
from pellucid.report.tellable import tellable
from pellucid.store.client import Store

WEEK = Period(date(2025, 11, 24), date(2025, 11, 30))
BEFORE = Period(date(2025, 11, 17), date(2025, 11, 23))
VALUES = st.one_of(
    st.integers(-(2**130), 2**130).map(str),
    st.floats().map(str),
    st.sampled_from(
        ["", "de", "0", "2025-11-24", "\x00", "'", "\\", "\\N", "{x:String}", "\t\n\r", "a\x7f\u2028", "%"]
    ),
    st.text(max_size=20),
)
NAMES = st.sampled_from([*DIMENSIONS, "dimension1", "dimension999"])
CONDITIONS = st.builds(Condition, dimension=NAMES, operator=st.sampled_from(list(Operator)), value=VALUES)
GROUPS = st.lists(st.lists(CONDITIONS, min_size=1, max_size=2).map(tuple), max_size=2).map(tuple)


@st.composite
def queries(draw: st.DrawFn) -> Query:
    """Questions by a metric and dimensions that can tell it, one by one."""
    metric = draw(st.sampled_from(list(METRICS)))
    others = draw(st.lists(st.sampled_from(list(METRICS)), max_size=2))
    dimensions = draw(st.lists(st.sampled_from([*tellable(METRICS[metric]), "dimension1"]), max_size=3, unique=True))
    columns = [metric, *others, *dimensions]
    return Query(
        site_ids=(1,),
        period=WEEK,
        metrics=tuple(dict.fromkeys([metric, *others])),
        dimensions=tuple(dimensions),
        segment=Segment(draw(GROUPS)),
        where=draw(GROUPS) if draw(st.booleans()) else (),
        timezone=draw(st.sampled_from(["UTC", "Europe/Berlin"])),
        order=tuple(draw(st.lists(st.builds(Order, st.sampled_from(columns), st.booleans()), max_size=2))),
        limit=draw(st.sampled_from([None, 1, 100])),
    )


@pytest.fixture
def reports(store: Store) -> Reports:
    """Reports on one row of each kind, for all questions: none of them changes anything."""
    bought = (Item("s", "n", ("c", "d"), 1.5, 2), Item("t", "m", (), 0.0, 1))
    store.insert("visits", Visit, json.encode(a_visit(plugins=("pdf", "java"), dimensions={"1": "x"})), "questions")
    store.insert(
        "events",
        Event,
        b"\n".join(
            json.encode(an_event(event_id=place, kind=kind, product_categories=("c", "d"), event_value=1.5))
            for place, kind in enumerate(["pageview", "search", "event", "download", "outlink", "content"])
        ),
        "questions",
    )
    store.insert("conversions", Conversion, json.encode(a_conversion(kind="order", items=bought)), "questions")
    return Reports(store)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(asked=queries(), beside=st.booleans())
@example(asked=Query(site_ids=(1,), period=WEEK, metrics=("visits",), dimensions=("actions",)), beside=True)
def test_the_engine_is_asked_only_what_it_can_answer(reports: Reports, asked: Query, beside: bool) -> None:  # noqa: FBT001 -- drawn
    try:
        told = reports.compare(asked, BEFORE) if beside else reports.answer(asked)
    except RequestError:
        return

    assert all(len(row) == len(told.columns) for row in told.rows)
