from msgspec import Struct, json

from builders import DAY, NOON, a_conversion, a_visit, an_event
from pellucid.model.period import Period, PeriodKind
from pellucid.report.live import MOST_EVENTS, Sales, last_visits
from pellucid.store.client import Store
from pellucid.store.schema import TABLES


def insert(store: Store, table: str, *rows: Struct) -> None:
    store.insert(table, TABLES[table], b"\n".join(map(json.encode, rows)), f"{table} of a test")


def test_of_a_long_visit_the_first_events_are_told(store: Store) -> None:
    insert(store, "visits", a_visit(visit_id=1), a_visit(visit_id=2, last_time=NOON + 1))
    insert(
        store,
        "events",
        *(an_event(visit_id=1, event_id=number, time=NOON + number) for number in range(MOST_EVENTS + 100)),
        an_event(visit_id=2, event_id=MOST_EVENTS + 100),
    )

    short, long = last_visits(store, 1, Period(first=DAY, last=DAY, kind=PeriodKind.DAY), 10)

    assert [event.event_id for event in long.events] == list(range(MOST_EVENTS))
    assert len(short.events) == 1


def test_what_a_visitor_ordered_is_told_of_all_visits(store: Store) -> None:
    insert(
        store,
        "visits",
        a_visit(visit_id=1, orders=1),
        a_visit(visit_id=2, last_time=NOON + 1, orders=1, cart_id=3),
        a_visit(visit_id=3, visitor_id=8, orders=1),
    )
    insert(
        store,
        "conversions",
        a_conversion(visit_id=1, kind="order", revenue=20.0, pieces=2),
        a_conversion(visit_id=2, kind="order", conversion_id=2, revenue=5.5, pieces=1),
        a_conversion(visit_id=2, kind="cart", conversion_id=3, revenue=7.0, pieces=4),
        a_conversion(visit_id=3, visitor_id=8, kind="order", conversion_id=4, revenue=100.0, pieces=1),
    )

    told = {
        one.visit.visit_id: one for one in last_visits(store, 1, Period(first=DAY, last=DAY, kind=PeriodKind.DAY), 10)
    }

    assert told[1].orders == told[2].orders == Sales(2, 25.5, 3)
    assert told[1].carts == Sales(1, 7.0, 4)
    assert told[3].orders == Sales(1, 100.0, 1)
