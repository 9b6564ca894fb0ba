"""An event: one stored row for one hit. Its fields are the columns of the table, in order."""

from msgspec import Struct

from pellucid.model.column import (
    Categories,
    Category,
    Count,
    Day,
    Flag,
    Identifier,
    Measure,
    Moment,
    Repeated,
    Text,
    Told,
    Values,
    Variables,
)

TIMING = "timing"
"""The kind of a row that is no hit's own: it has the times of a page view that a later hit told."""

TIMES = (
    "network_time",
    "server_time",
    "transfer_time",
    "dom_processing_time",
    "dom_completion_time",
    "on_load_time",
)
"""The columns of the times that a page took to load, in the order of `Timings`."""


class Event(Struct, frozen=True, array_like=True, kw_only=True, gc=False):
    """One stored row for one hit, under the key of its visit.

    `kind` is a `HitKind`, or `TIMING`. `url` is the page's, or for an outlink or a download the target's. `previous_*`
    tell of the page or the search (its keyword) that the visitor was on before, and `previous_seconds` how long it was
    since the action before: the time of a page is known when the next begins. What the kind does not have is empty.

    `dimensions` and `variables` are those of the action; those of the visit stand on the visit. The parts of the time
    that a page took to load, from `network_time` on, count milliseconds.
    """

    site_id: Count
    visit_day: Day
    visit_id: Identifier
    event_id: Identifier
    time: Moment
    visitor_id: Identifier
    user_id: Text
    kind: Category
    url: Repeated
    title: Repeated
    pageview_id: Text
    previous_url: Repeated
    previous_title: Repeated
    previous_search: Repeated
    previous_seconds: Count
    imported: Flag
    event_category: Category
    event_action: Category
    event_name: Repeated
    event_value: Measure
    search_keyword: Repeated
    search_category: Category
    search_count: Told
    content_name: Repeated
    content_piece: Repeated
    content_target: Repeated
    content_interaction: Category
    product_sku: Repeated
    product_name: Repeated
    product_categories: Categories
    product_price: Measure
    network_time: Told
    server_time: Told
    transfer_time: Told
    dom_processing_time: Told
    dom_completion_time: Told
    on_load_time: Told
    dimensions: Values
    variables: Variables
