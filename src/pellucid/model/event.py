"""An event: one stored row for one hit. Its fields are the columns of the table, in order."""

from msgspec import Struct

from pellucid.model.column import Category, Count, Day, Flag, Identifier, Moment, Parameters, Text


class Event(Struct, frozen=True, array_like=True, kw_only=True, gc=False):
    """One stored row for one hit, under the key of its visit.

    `kind` is a `HitKind`. `url` is the page's, or for an outlink or a download the target's. `previous_*` tell of the
    page the visitor was on before, and `previous_seconds` how long: the time of a page is known when the next begins.
    """

    site_id: Count
    visit_day: Day
    visit_id: Identifier
    event_id: Identifier
    time: Moment
    visitor_id: Identifier
    user_id: Text
    kind: Category
    url: Text
    title: Text
    pageview_id: Text
    previous_url: Text
    previous_title: Text
    previous_seconds: Count
    imported: Flag
    parameters: Parameters
