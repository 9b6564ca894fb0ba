"""What tests of reports of a shop have in common: its days, a product, and how rows of it are stored and found."""

from collections.abc import Callable
from typing import Any

from msgspec import json

from builders import DAY
from pellucid.model.column import Item
from pellucid.model.event import Event
from pellucid.model.visit import Conversion, Visit
from pellucid.store.client import Store

Ask = Callable[..., Any]
OF_DAY = {"idSite": "3", "period": "day", "date": str(DAY)}
OF_WEEK = OF_DAY | {"period": "week", "date": "2025-11-26"}
BELL = Item("B", "Bell", ("Parts", "Fun"), 10.0, 2)


def inserted(store: Store, *rows: Visit | Event | Conversion) -> None:
    tables: dict[type, str] = {Visit: "visits", Event: "events", Conversion: "conversions"}
    for kind, table in tables.items():
        some = [json.encode(row) for row in rows if type(row) is kind]
        if some:
            store.insert(table, kind, b"\n".join(some), token=f"{table} of a shop")


def by_label(answer: Any) -> dict[str, Any]:
    return {row["label"]: row for row in answer}
