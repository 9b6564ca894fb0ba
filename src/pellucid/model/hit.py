"""A hit on its way: as it came in, and as what may be kept of it.

`RawHit` alone has the address and the user agent. `Hit` has no field for them, so nothing behind the gate can leak
what it never received.
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field


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
    """Where a visit came from: its kind, the name of it, the keyword, and the referrer's URL."""

    kind: SourceKind = SourceKind.DIRECT
    name: str = ""
    keyword: str = ""
    url: str = ""


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
    """Where a visit came from on the map. Codes are ISO 3166 in lower case; unknown is the empty text."""

    continent: str = ""
    country: str = ""
    region: str = ""
    city: str = ""


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
    hash of the day, or 0 where the site's settings have none. `local_second` is the second of the visitor's own day,
    or -1 where it was not said. `parameters` holds what a hit of its kind is about (`../collect/parse.py`).
    """

    site_id: int
    time: int
    received: int
    day: int
    kind: HitKind
    visitor_id: int
    fingerprint: int = 0
    user_id: str = ""
    opens_visit: bool = False
    url: str = ""
    title: str = ""
    source: Source = Source()
    device: Device = Device()
    place: Place = Place()
    language: str = ""
    resolution: str = ""
    local_second: int = -1
    pageview_id: str = ""
    masked_address: str = ""
    imported: bool = False
    parameters: dict[str, str] = field(default_factory=dict)
