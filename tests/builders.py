"""Test data that shows only what a test is about."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import get_args, get_type_hints

from msgspec import Struct, structs

from pellucid.model.event import Event
from pellucid.model.hit import Hit, HitKind
from pellucid.model.visit import Conversion, Visit

NOON = 1_763_985_600_000
"""24 November 2025, 12:00 UTC, in milliseconds."""
DAY = date(2025, 11, 24)

_NOTHING: Mapping[object, Callable[[], object]] = {
    bool: bool,
    int: int,
    float: float,
    str: str,
    list[int]: list,
    dict[str, str]: dict,
}


def a_hit(**fields: object) -> Hit:
    """A page view at noon."""
    plain = Hit(site_id=1, time=NOON, received=NOON, day=20416, kind=HitKind.PAGEVIEW, visitor_id=1, url="http://a/")
    return structs.replace(plain, **fields)


def a_visit(**fields: object) -> Visit:
    """A visit of one page view at noon."""
    told: dict[str, object] = {
        "site_id": 1,
        "visit_day": DAY,
        "visit_id": 1,
        "visitor_since": NOON,
        "visitor_kind": "new",
        "first_time": NOON,
        "last_time": NOON,
        "latest_time": NOON,
        "visit_number": 1,
        "hits": 1,
        "actions": 1,
        "pageviews": 1,
        "source_kind": "direct",
    }
    return Visit(**_empty(Visit) | told | fields)


def an_event(**fields: object) -> Event:
    """A page view at noon, of visit 1."""
    told: dict[str, object] = {
        "site_id": 1,
        "visit_day": DAY,
        "visit_id": 1,
        "event_id": 1,
        "time": NOON,
        "visitor_id": 1,
        "kind": "pageview",
        "url": "http://a/",
    }
    return Event(**_empty(Event) | told | fields)


def a_conversion(**fields: object) -> Conversion:
    """Goal 1, reached at noon in visit 1."""
    told: dict[str, object] = {
        "site_id": 1,
        "visit_day": DAY,
        "visit_id": 1,
        "visitor_since": NOON,
        "visitor_kind": "new",
        "visit_number": 1,
        "source_kind": "direct",
        "conversion_id": 1,
        "goal_id": 1,
        "kind": "goal",
        "time": NOON,
    }
    return Conversion(**_empty(Conversion) | told | fields)


def _empty(rows: type[Struct]) -> dict[str, object]:
    """Return every column of a table with nothing in it: a number may be unknown, a text or a list is empty."""
    hints = get_type_hints(rows, include_extras=True)
    kinds = {name: get_args(hint)[0] if get_args(hint) else hint for name, hint in hints.items()}
    return {name: _nothing(kind) for name, kind in kinds.items()}


def _nothing(kind: object) -> object:
    if kind in _NOTHING:
        return _NOTHING[kind]()
    return () if str(kind).startswith("tuple") else None
