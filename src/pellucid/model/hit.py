"""A hit on its way: as it came in, and as what may be kept of it.

`RawHit` alone has the address and the user agent. `Hit` has no field for them, so nothing behind the gate can leak
what it never received.
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from pellucid.model.column import Item, Variable

_LONG_AGO_MS = 60_000
"""What is sent at once is received sooner."""


class HitKind(StrEnum):
    """What the visitor did. Where several could be meant, the later name here wins (`../collect/parse.py`)."""

    PAGEVIEW = "pageview"
    SEARCH = "search"
    CONTENT = "content"
    EVENT = "event"
    OUTLINK = "outlink"
    DOWNLOAD = "download"
    GOAL = "goal"
    CART = "cart"
    ORDER = "order"
    PING = "ping"


class SourceKind(StrEnum):
    """Where a visit came from."""

    DIRECT = "direct"
    SEARCH = "search"
    WEBSITE = "website"
    CAMPAIGN = "campaign"
    SOCIAL = "social"
    ASSISTANT = "assistant"


class Source(Struct, frozen=True, array_like=True, gc=False):
    """Where a visit came from: its kind, the name of it, the keyword, and the referrer's URL.

    `told` is False where the referrer's host stands in for a campaign's keyword.
    """

    kind: SourceKind = SourceKind.DIRECT
    name: str = ""
    keyword: str = ""
    url: str = ""
    told: bool = True


class Device(Struct, frozen=True, array_like=True, gc=False):
    """What a visit was made with. Unknown is the empty text; codes are Matomo's (`CH`, `WIN`)."""

    type: str = ""
    brand: str = ""
    model: str = ""
    system: str = ""
    system_code: str = ""
    system_version: str = ""
    browser: str = ""
    browser_code: str = ""
    browser_version: str = ""
    engine: str = ""


class Place(Struct, frozen=True, array_like=True, gc=False):
    """Where a visit came from on the map, and by whose network. Codes are ISO 3166; unknown is the empty text."""

    continent: str = ""
    country: str = ""
    region: str = ""
    city: str = ""
    provider: str = ""
    latitude: float | None = None
    longitude: float | None = None


class SiteEvent(Struct, frozen=True, array_like=True, gc=False):
    """An event that the site names itself."""

    category: str
    action: str
    name: str = ""
    value: float | None = None


class Search(Struct, frozen=True, array_like=True, gc=False):
    """What was searched for on the site, where, and how many results there were, if that was told."""

    keyword: str
    category: str = ""
    count: int | None = None


class Content(Struct, frozen=True, array_like=True, gc=False):
    """A piece of content that was seen, or with an `interaction` used."""

    name: str
    piece: str = ""
    target: str = ""
    interaction: str = ""


class Product(Struct, frozen=True, array_like=True, gc=False):
    """The product that a page shows, or the category of products."""

    sku: str = ""
    name: str = ""
    categories: tuple[str, ...] = ()
    price: float | None = None


class Timings(Struct, frozen=True, array_like=True, gc=False):
    """The parts of the time that a page took to load, in milliseconds."""

    network: int | None = None
    server: int | None = None
    transfer: int | None = None
    dom_processing: int | None = None
    dom_completion: int | None = None
    on_load: int | None = None


class Sale(Struct, frozen=True, array_like=True, gc=False):
    """What is in a cart, or was ordered; a cart has no order id."""

    items: tuple[Item, ...] = ()
    revenue: float = 0.0
    order_id: str = ""
    subtotal: float = 0.0
    tax: float = 0.0
    shipping: float = 0.0
    discount: float = 0.0


class Reached(Struct, frozen=True, array_like=True, gc=False):
    """A goal that a hit reaches: each time or once a visit, and if it says so in a visit of more than some seconds."""

    goal_id: int
    revenue: float = 0.0
    repeats: bool = False
    after_seconds: int | None = None


class RawHit(Struct, kw_only=True, gc=False):
    """One tracking request as it arrived: it lives in memory, for as long as the request does.

    `parameters` holds every parameter of the request, the last of repeated ones, as text. `time` is when it happened,
    `received` when it arrived: milliseconds since 1970, UTC.
    """

    site_id: int
    time: int
    received: int
    address: str
    user_agent: str
    language: str
    parameters: Mapping[str, str]
    authorised: bool = False
    imported: bool = False


class Hit(Struct, frozen=True, array_like=True, kw_only=True, gc=False):
    """One admitted tracking request: all that may be kept of it, and nothing else. The journal holds these.

    `day` is the local day of the site as days since 1970. `visitor_id` is below 2 ** 64; `fingerprint` is the keyed
    hash of the day, or 0 where the site's settings have none, and `profilable` says that the visitor is known by more
    than that. `alone` says that nobody is recognised by it, `named` that it goes on with a visit of this very visitor
    or with none, and `nameless` that its visitor is nobody's but that of the visit it may open. `local_second` is the
    second of the visitor's own day. `attributed` is where a conversion came from, if that was told apart from where the
    visit did. `dimensions` are by number, `visit_dimensions` those of the visit.
    """

    site_id: int
    time: int
    received: int
    day: int
    kind: HitKind
    visitor_id: int
    fingerprint: int = 0
    profilable: bool = False
    user_id: str = ""
    opens_visit: bool = False
    url: str = ""
    title: str = ""
    source: Source = Source()
    device: Device = Device()
    place: Place = Place()
    language: str = ""
    resolution: str = ""
    plugins: tuple[str, ...] = ()
    local_second: int | None = None
    pageview_id: str = ""
    masked_address: str = ""
    imported: bool = False
    dimensions: dict[str, str] = {}
    visit_dimensions: dict[str, str] = {}
    variables: tuple[Variable, ...] = ()
    visit_variables: tuple[Variable, ...] = ()
    event: SiteEvent | None = None
    search: Search | None = None
    content: Content | None = None
    product: Product | None = None
    timings: Timings | None = None
    sale: Sale | None = None
    attributed: Source | None = None
    reached: tuple[Reached, ...] = ()
    alone: bool = False
    named: bool = False
    nameless: bool = False


def is_of_the_past(hit: RawHit | Hit) -> bool:
    """Return whether a hit tells of what had happened long before it was received."""
    return hit.received - hit.time > _LONG_AGO_MS
