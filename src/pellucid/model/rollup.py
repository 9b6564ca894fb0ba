"""What is counted once of days that are over. The fields are the columns of the tables, in order."""

from msgspec import Struct

from pellucid.model.column import Amount, Category, Count, Day, Flag, Identifier, Identifiers, Measure, Text, Total


class Rollup(Struct, frozen=True, array_like=True, kw_only=True):
    """Whether the rows that were counted of a day stand for what happened on it; the highest `version` says.

    `definition` is a hash of the questions that were asked to count them.
    """

    site_id: Count
    visit_day: Day
    version: Identifier
    definition: Identifier
    valid: Flag


class LongRollup(Struct, frozen=True, array_like=True, kw_only=True):
    """That the rows of `version` are those of several days added up: those of the versions of these days.

    The days are of one week or month (`unit`), which begins on `first_day`; the first of them is `visit_day`.
    """

    site_id: Count
    unit: Category
    first_day: Day
    visit_day: Day
    version: Identifier
    of: Identifiers


class PageOfDay(Struct, frozen=True, kw_only=True):
    """What happened on a page or with a product, or on all pages, on a day, or on several of which this is the first.

    The numbers are those of the metrics of the same names. `page` is an address or a title, or what names a product:
    `told_by` is the dimension whose value it is, and nothing for all pages. A page's row with a `kind` counts one kind
    of conversion, with the `goal_id` of a goal, and no visits; a row without counts visits, and no conversions. Of a
    product's category, `goal_id` is its place.
    """

    site_id: Count
    visit_day: Day
    version: Identifier
    told_by: Category
    page: Text
    goal_id: Count
    kind: Category
    visits: Count
    daily_visitors: Count
    views: Count
    unique_views: Count
    unique_downloads: Count
    unique_outlinks: Count
    views_after_search: Count
    longest_scheme: Count
    page_seconds: Total
    steps: Count
    entries: Count
    daily_entry_visitors: Count
    entry_actions: Total
    entry_seconds: Total
    entry_bounces: Count
    exits: Count
    daily_exit_visitors: Count
    network_views: Count
    network_seconds: Amount
    shortest_network: Measure
    longest_network: Measure
    server_views: Count
    server_seconds: Amount
    shortest_server: Measure
    longest_server: Measure
    transfer_views: Count
    transfer_seconds: Amount
    shortest_transfer: Measure
    longest_transfer: Measure
    dom_processing_views: Count
    dom_processing_seconds: Amount
    shortest_dom_processing: Measure
    longest_dom_processing: Measure
    dom_completion_views: Count
    dom_completion_seconds: Amount
    shortest_dom_completion: Measure
    longest_dom_completion: Measure
    on_load_views: Count
    on_load_seconds: Amount
    shortest_on_load: Measure
    longest_on_load: Measure
    page_conversions: Count
    page_revenue: Amount
    page_share: Amount
    page_revenue_share: Amount
    pages_before: Total
    entry_conversions: Count
    entry_revenue: Amount
    entry_rate: Amount
    entry_worth: Amount
    viewed_prices: Amount
    item_revenue: Amount
    item_quantity: Total
    item_orders: Count
    item_prices: Amount
    left_revenue: Amount
    left_quantity: Total
    left_carts: Count
    left_prices: Amount
