"""A site: a measured property, and what its owner settled for its visitors."""

from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from msgspec import Struct

from pellucid.model.goal import CustomDimension, Goal
from pellucid.model.rules import Rules, in_force


class Recognition(StrEnum):
    """How two hits are known to come from one visitor."""

    COOKIE = "cookie"
    """By the identifier the tracker keeps; without one, as `DAILY`."""
    DAILY = "daily"
    """By a keyed hash of address and user agent, under a secret salt of the day."""
    NONE = "none"
    """Not at all: every hit stands alone, and visits are estimated from referrers."""


class ConsentRule(StrEnum):
    """What has to be consented to before anything happens."""

    NOTHING = "nothing"
    TRACKING = "tracking"


class Privacy(Struct, frozen=True, kw_only=True):
    """What a site may learn about its visitors. A preset is a named value of this.

    A visitor's yes is remembered for `consent_days`. `retention_days` is None where events are kept until the owner
    deletes them. `kept_address_bits` counts the leading bits of an IPv4 address that stay on events (0: none),
    `located_address_bits` those that place is found by; for IPv6 the pair is `kept_address_bits_v6` and
    `located_address_bits_v6`. `asks_first`: the tracker asks this server whether the visitor objected to all of its
    sites before it sends anything. Without `attributes` no earlier source of a visitor is remembered, told or kept.
    Without `shows_visits` nobody is shown single visits, without `shows_profiles` not what one visitor did over
    several.
    """

    preset: str
    recognition: Recognition
    cookies: bool
    browser_features: bool
    attributes: bool = True
    user_ids: bool = True
    consent: ConsentRule = ConsentRule.NOTHING
    consent_days: int = 182
    honour_gpc: bool = True
    honour_dnt: bool = True
    signals_ignored_because: str = ""
    counts_refusals: bool = True
    asks_first: bool = False
    shows_visits: bool = True
    shows_profiles: bool = True
    kept_address_bits: int = 0
    kept_address_bits_v6: int = 0
    located_address_bits: int = 24
    located_address_bits_v6: int = 48
    retention_days: int | None = 750


class Site(Struct, frozen=True, kw_only=True):
    """A measured property, with all that is needed to read its hits. Its days are local days of `timezone` (IANA).

    `rules` are its own, beside those `of_all` sites.
    """

    id: int
    name: str
    urls: tuple[str, ...]
    timezone: str
    currency: str
    ecommerce: bool
    privacy: Privacy
    created: datetime
    rules: Rules = Rules()
    of_all: Rules = Rules()
    goals: tuple[Goal, ...] = ()
    dimensions: tuple[CustomDimension, ...] = ()

    @property
    def rules_in_force(self) -> Rules:
        """How its hits are read."""
        return in_force(self.rules, self.of_all)

    @property
    def origins(self) -> frozenset[str]:
        """The origins of its pages; what is registered without https has it by now, perhaps."""
        written = {f"{parts.scheme}://{parts.netloc.lower()}" for parts in map(urlsplit, self.urls)}
        return frozenset(written | {origin.replace("http://", "https://", 1) for origin in written})
