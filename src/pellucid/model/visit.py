"""A visit: hits by one visitor, at most 30 minutes apart. Fields are the columns of the tables, in order."""

from enum import StrEnum

from msgspec import Struct

from pellucid.model.column import (
    Amount,
    Categories,
    Category,
    Count,
    Day,
    Flag,
    Identifier,
    Items,
    Measure,
    Moment,
    Numbers,
    Repeated,
    Text,
    Told,
    Values,
    Variables,
)


class VisitorKind(StrEnum):
    """What a visitor was when a visit began. Who has just ordered is a customer from the visit after the next."""

    NEW = "new"
    RETURNING = "returning"
    CUSTOMER = "customer"


class Circumstances(Struct, array_like=True, kw_only=True, gc=False):
    """Who came, from where and with what: a visit and its conversions are told apart by the same.

    The key of the visit (`site_id`, `visit_day`, `visit_id`) is fixed when it opens; of rows with the same key the
    one with the highest `version` counts.

    `profilable` says that the visitor is known by more than the hash of the day. `visitor_kind` is a `VisitorKind`,
    `visit_number` counts the visitor's visits so far, this one included. `visitor_since` is when the first of them
    began, `previous_time` the one before this, and `previous_order_time` the last one before this with an order.
    `local_second` is the second of the visitor's own day. `dimensions` holds the custom dimensions of the visit, the
    last value that was told of each.
    """

    site_id: Count
    visit_day: Day
    visit_id: Identifier
    version: Identifier
    visitor_id: Identifier
    user_id: Text
    profilable: Flag
    visitor_kind: Category
    visit_number: Count
    visitor_since: Moment
    previous_time: Moment
    previous_order_time: Moment
    source_kind: Category
    source_name: Repeated
    source_keyword: Repeated
    source_url: Repeated
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
    provider: Category
    latitude: Measure
    longitude: Measure
    language: Category
    resolution: Category
    plugins: Categories
    local_second: Told
    dimensions: Values
    variables: Variables
    imported: Flag


class Visit(Circumstances, array_like=True, kw_only=True, gc=False):
    """One visit as far as it is known.

    `last_time` is that of the last hit, and `latest_time` also counts pings, which make a visit longer and do not keep
    it open. `seconds` is how long it took, by Matomo's rules (`../visits/visits.py`), with the `added_seconds` that the
    latest hit adds as a conversion.

    `hits` counts all, `actions` page views, searches, events, outlinks and downloads, `conversions` goals and orders.
    `goals` names the goals reached, each once. `cart_id` is the conversion that is a cart not ordered yet, 0 without;
    `cart_dimensions` are those that the visit had when it was filled.

    A `stray` is no visit: a hit of one that is not known, as nobody is recognised.
    """

    fingerprint: Identifier
    first_time: Moment
    last_time: Moment
    latest_time: Moment
    seconds: Count
    added_seconds: Count
    hits: Count
    actions: Count
    pageviews: Count
    searches: Count
    events: Count
    outlinks: Count
    downloads: Count
    conversions: Count
    goals: Numbers
    orders: Count
    cart_id: Identifier
    cart_dimensions: Values
    entry_time: Moment
    entry_url: Repeated
    entry_title: Repeated
    exit_time: Moment
    exit_url: Repeated
    exit_title: Repeated
    exit_search: Repeated
    masked_address: Text
    stray: Flag


class Conversion(Circumstances, array_like=True, kw_only=True, gc=False):
    """A goal reached, an order, or a cart that was left: under the key of its visit, with the visit's circumstances.

    The source is the one that the conversion is attributed to. `kind` is a `HitKind`: goal, order or cart. A visit has
    one cart at most: the next cart, or the order it becomes, takes its `conversion_id`.

    `event_id` is the action by which a goal was reached, 0 where the site said so itself. `url` is the page's.
    `pages_before` counts the page views of the visit up to there. `pieces` counts what `items` hold.
    """

    conversion_id: Identifier = 0
    goal_id: Count = 0
    kind: Category = ""
    time: Moment = 0
    event_id: Identifier = 0
    pageview_id: Text = ""
    url: Repeated = ""
    pages_before: Count = 0
    revenue: Amount = 0.0
    subtotal: Amount = 0.0
    tax: Amount = 0.0
    shipping: Amount = 0.0
    discount: Amount = 0.0
    order_id: Text = ""
    pieces: Count = 0
    items: Items = ()


class Past(Struct, frozen=True):
    """What a visitor did before: how many visits, when the first and the last of them began, and what was ordered.

    `order_time` is when the last visit with an order began, 0 without one; `ordered` says that it is the last visit.
    """

    visits: int = 0
    first_time: int = 0
    last_time: int = 0
    order_time: int = 0
    ordered: bool = False
