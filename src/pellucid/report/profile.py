"""What one visitor did over several visits: totals, the pages viewed, and where and with what they came."""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from pellucid.model.hit import HitKind
from pellucid.report.live import VisitDetails


class Profile(Struct, frozen=True):
    """Totals over visits; whatever is counted by value comes with the commonest first.

    `load_milliseconds` are of the `timed_views` that told how long they took to load. `goals` and `revenues` are by the
    number of the goal; `devices` counts visits by type and by brand and model.
    """

    visits: int
    seconds: int
    actions: int
    kinds: Counter[str]
    pages: Counter[str]
    searches: Counter[str]
    timed_views: int
    load_milliseconds: int
    goals: Counter[int]
    revenues: dict[int, float]
    devices: Counter[tuple[str, str, str]]
    has_position: bool

    @property
    def revisited(self) -> int:
        """How many pages were viewed more than once."""
        return sum(times > 1 for times in self.pages.values())


def profile_of(visits: Sequence[VisitDetails]) -> Profile:
    """Return what visits come to."""
    events = [event for details in visits for event in details.events]
    reached = [one for details in visits for one in details.conversions if one.kind == HitKind.GOAL]
    views = [event for event in events if event.kind == HitKind.PAGEVIEW]
    timings = [
        [
            *(view.network_time, view.server_time, view.transfer_time),
            *(view.dom_processing_time, view.dom_completion_time, view.on_load_time),
        ]
        for view in views
    ]
    known = [[part for part in parts if part is not None] for parts in timings]
    revenues: dict[int, float] = {}
    for one in reached:
        revenues[one.goal_id] = revenues.get(one.goal_id, 0) + one.revenue
    told = [details.visit for details in visits]
    return Profile(
        visits=len(visits),
        seconds=sum(visit.seconds for visit in told),
        actions=sum(visit.actions for visit in told),
        kinds=Counter(event.kind for event in events),
        pages=Counter(view.url for view in views if view.url),
        searches=Counter(event.search_keyword for event in events if event.kind == HitKind.SEARCH),
        timed_views=sum(bool(parts) for parts in known),
        load_milliseconds=sum(map(sum, known)),
        goals=Counter(one.goal_id for one in reached),
        revenues=revenues,
        devices=Counter((visit.device_type, visit.device_brand, visit.device_model) for visit in told),
        has_position=any(visit.latitude is not None for visit in told),
    )
