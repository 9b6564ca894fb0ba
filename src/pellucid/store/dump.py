"""Everything the store holds, in pieces that can be inserted again as they are."""

from collections.abc import Iterator

from msgspec import Struct, convert, json

from pellucid.store.client import Store
from pellucid.store.schema import TABLES, columns

ROWS_AT_ONCE = 50_000

_SOURCES = {
    "events": ("events", "event_id"),
    "visits": ("visits final", "visit_id"),
    "conversions": ("conversions final", "visit_id"),
}


class Piece(Struct, frozen=True):
    """Rows of one day and table, as `Store.insert` takes them: `name` is no other piece's."""

    table: str
    name: str
    rows: int
    lines: bytes


def pieces(store: Store) -> Iterator[Piece]:
    """Yield every row once, a day after the other. Of a visit or a cart, yield what it has become."""
    encoder = json.Encoder()
    for table, kind in TABLES.items():
        source, key = _SOURCES[table]
        chosen = f"""
select {", ".join(columns(kind))}
from {source}
where visit_day = {{day:Date}}
    and {key} % {{parts:UInt32}} = {{part:UInt32}}
"""
        for day, count in store.ask(f"select visit_day, count() from {source} group by visit_day order by 1").rows:
            parts = int(str(count)) // ROWS_AT_ONCE + 1
            for part in range(parts):
                rows = convert(store.ask(chosen, {"day": str(day), "parts": parts, "part": part}).rows, list[kind])  # type: ignore[valid-type]
                if rows:
                    yield Piece(table, f"{table}/{day}-{part}", len(rows), b"\n".join(map(encoder.encode, rows)))


def count(store: Store, table: str) -> int:
    """Return how many rows a table has."""
    return int(str(store.ask(f"select count() from {_SOURCES[table][0]}").rows[0][0]))
