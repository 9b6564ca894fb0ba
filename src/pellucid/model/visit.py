"""A visit: hits by one visitor, at most 30 minutes apart. Its fields are the columns of the table, in order."""

from msgspec import Struct

from pellucid.model.column import Category, Count, Day, Flag, Identifier, Moment, Small, Text


class Visit(Struct, array_like=True, kw_only=True, gc=False):
    """One visit as far as it is known; a row with a higher `version` takes the place of an earlier one.

    The key (`site_id`, `visit_day`, `visit_id`) is fixed when the visit opens. `hits` counts all, `actions` page views,
    searches, events, outlinks and downloads; `seconds` is 0 for one hit, else one more than from the first to the last.
    `visit_number` counts the visitor's visits so far, this one included; `previous_time` is when the one before began,
    0 if there was none. `local_hour` is the visitor's own hour, 255 if it was not said.
    """

    site_id: Count
    visit_day: Day
    visit_id: Identifier
    version: Identifier
    visitor_id: Identifier
    fingerprint: Identifier
    user_id: Text
    first_time: Moment
    last_time: Moment
    seconds: Count
    visit_number: Count
    previous_time: Moment
    hits: Count
    actions: Count
    pageviews: Count
    searches: Count
    events: Count
    outlinks: Count
    downloads: Count
    conversions: Count
    entry_url: Text
    entry_title: Text
    exit_url: Text
    exit_title: Text
    source_kind: Category
    source_name: Text
    source_keyword: Text
    source_url: Text
    device_type: Category
    device_brand: Category
    device_model: Category
    system: Category
    system_code: Category
    system_version: Category
    browser: Category
    browser_code: Category
    browser_version: Category
    engine: Category
    continent: Category
    country: Category
    region: Category
    city: Category
    language: Category
    resolution: Category
    local_hour: Small
    masked_address: Text
    imported: Flag


class Past(Struct, frozen=True):
    """What a visitor did before a day: how many visits, and when the last of them began (0: none)."""

    visits: int = 0
    last_time: int = 0
