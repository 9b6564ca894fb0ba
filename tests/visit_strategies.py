"""Strategies for hits of one visitor, and the plain way from hits to visits."""

from collections.abc import Iterable

from hypothesis import strategies as st

from builders import NOON, a_hit
from pellucid.model.event import Event
from pellucid.model.hit import Hit, HitKind
from pellucid.model.visit import Past, Visit
from pellucid.visits.visits import count, open_visit, visit_of

MINUTE = 60_000
COUNTED = (HitKind.PAGEVIEW, HitKind.SEARCH, HitKind.EVENT, HitKind.OUTLINK, HitKind.DOWNLOAD)


def after(minutes: float, **fields: object) -> Hit:
    """A hit some minutes after noon."""
    return a_hit(time=NOON + round(minutes * MINUTE), **fields)


def hits_within(minutes: int, start: int = 0) -> st.SearchStrategy[list[Hit]]:
    """Hits of any counted kind, all within some minutes that begin `start` minutes after noon."""
    moments = st.integers(start * MINUTE, (start + minutes) * MINUTE - 1)
    return st.lists(st.builds(lambda time, kind: a_hit(time=NOON + time, kind=kind), moments, st.sampled_from(COUNTED)))


def taken_in(hits: Iterable[Hit]) -> tuple[list[Visit], list[Event]]:
    """The visits and events that hits of one visitor make, taken in one after the other."""
    visits: list[Visit] = []
    events = []
    for number, hit in enumerate(hits):
        visit = visit_of(hit, visits)
        if visit is None:
            visit = open_visit(hit, len(visits) + 1, Past(visits=len(visits)))
            visits.append(visit)
        events.append(count(hit, visit, number))
    return visits, events


def visits_of(*hits: Hit) -> list[Visit]:
    """The visits that hits of one visitor make, taken in one after the other."""
    return taken_in(hits)[0]
