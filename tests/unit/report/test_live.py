from msgspec import Struct, json

from builders import DAY, NOON, a_visit, an_event
from pellucid.model.period import Period, PeriodKind
from pellucid.report.live import MOST_EVENTS, last_visits
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
