"""How a page view gets the times that a later hit tells of it: stored rows stay, and one beside them has the rest."""

from collections.abc import Sequence

from msgspec import structs

from pellucid.model.event import TIMES, TIMING, Event
from pellucid.model.hit import Hit, HitKind


def completes(hit: Hit) -> bool:
    """Return whether a hit tells times of a page view that came before it."""
    return hit.timings is not None and hit.kind is not HitKind.PAGEVIEW and bool(hit.pageview_id)


def completed(hit: Hit, told: Sequence[Event], event_id: int) -> Event | None:
    """Return the row that completes a page view, of whose visit and id `told` has the rows; None without anything new.

    It has all that the page view's row has, so that the same dimensions tell it, but for the times that were told.
    """
    view = next((event for event in told if event.kind == HitKind.PAGEVIEW), None)
    if view is None or hit.timings is None:
        return None
    missing = {
        column: time if all(getattr(event, column) is None for event in told) else None
        for column, time in zip(TIMES, structs.astuple(hit.timings), strict=True)
    }
    if not any(time is not None for time in missing.values()):
        return None
    return structs.replace(view, kind=TIMING, event_id=event_id, **missing)
