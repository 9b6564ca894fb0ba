from collections.abc import Iterator
from datetime import date

import pytest
from msgspec import json

from builders import DAY, a_visit, an_event
from pellucid.model.event import Event
from pellucid.model.visit import Visit
from pellucid.store import dump
from pellucid.store.client import Store
from pellucid.store.dump import count, pieces
from pellucid.store.schema import TABLES

ANOTHER_DAY = date(2024, 2, 29)


def insert(store: Store, table: str, rows: Iterator[Event | Visit]) -> None:
    lines = [json.encode(row) for row in rows]
    store.insert(table, TABLES[table], b"\n".join(lines), f"{table} of a test")


def test_every_row_is_in_one_piece_as_it_is(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dump, "ROWS_AT_ONCE", 7)
    told = {"event_category": 'quotes " and \\', "dimensions": {"1": "ä\u2028\n\t"}}
    insert(
        store,
        "events",
        (
            an_event(event_id=number, visit_day=DAY if number % 3 else ANOTHER_DAY, **told)
            for number in range(2**53 - 100, 2**53)
        ),
    )
    before = store.ask("select * from events order by event_id").rows

    found = list(pieces(store))
    store.command("truncate table events")
    for piece in found:
        store.insert(piece.table, TABLES[piece.table], piece.lines, piece.name)

    assert len({piece.name for piece in found}) == len(found) > 10
    assert sum(piece.rows for piece in found) == 100
    assert store.ask("select * from events order by event_id").rows == before


def test_a_visit_is_what_it_has_become(store: Store) -> None:
    insert(store, "visits", (a_visit(version=version, hits=version) for version in (1, 3, 2)))

    (piece,) = pieces(store)

    assert json.decode(piece.lines, type=Visit) == a_visit(version=3, hits=3)
    assert count(store, "visits") == 1


def test_an_empty_store_has_no_pieces(store: Store) -> None:
    assert list(pieces(store)) == []
    assert count(store, "events") == 0
