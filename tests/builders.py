"""Test data that shows only what a test is about."""

from datetime import date

from msgspec import structs

from pellucid.model.event import Event
from pellucid.model.hit import Hit, HitKind
from pellucid.model.visit import Visit

NOON = 1_763_985_600_000
"""24 November 2025, 12:00 UTC, in milliseconds."""
DAY = date(2025, 11, 24)


def a_hit(**fields: object) -> Hit:
    """A page view at noon."""
    plain = Hit(site_id=1, time=NOON, received=NOON, day=20416, kind=HitKind.PAGEVIEW, visitor_id=1, url="http://a/")
    return structs.replace(plain, **fields)


def a_visit(**fields: object) -> Visit:
    """A visit of one page view at noon."""
    empty: dict[str, object] = dict.fromkeys(Visit.__struct_fields__, "")
    numbers = (
        "version visitor_id fingerprint seconds previous_time searches events outlinks downloads conversions".split()
    )
    return Visit(
        **empty
        | dict.fromkeys(numbers, 0)
        | {
            "site_id": 1,
            "visit_day": DAY,
            "visit_id": 1,
            "first_time": NOON,
            "last_time": NOON,
            "visit_number": 1,
            "hits": 1,
            "actions": 1,
            "pageviews": 1,
            "local_hour": 255,
            "source_kind": "direct",
            "imported": False,
        }
        | fields,
    )


def an_event(**fields: object) -> Event:
    """A page view at noon, of visit 1."""
    texts = dict.fromkeys("user_id title pageview_id previous_url previous_title".split(), "")
    return Event(
        **texts
        | {
            "site_id": 1,
            "visit_day": DAY,
            "visit_id": 1,
            "event_id": 1,
            "time": NOON,
            "visitor_id": 1,
            "kind": "pageview",
            "url": "http://a/",
            "previous_seconds": 0,
            "imported": False,
            "parameters": {},
        }
        | fields,
    )
