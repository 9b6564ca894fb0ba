"""Everything that any part may set in a browser, or read there. What is not in this table is not set.

Names follow Matomo's, so that a visitor it knows stays known, and one who objected stays refused.
"""

from datetime import timedelta
from enum import StrEnum

from msgspec import Struct

from pellucid.policy import retention


class Setter(StrEnum):
    """Who sets an item."""

    TRACKER = "tracker"
    SERVER = "server"
    EARLIER = "an earlier Matomo or Piwik"
    """Never set by us; honoured where it is found."""


class Item(Struct, frozen=True, kw_only=True):
    """One cookie. `name` may hold `<site>` and `<hash>`; `lifetime` None means until the browser closes."""

    name: str
    value: str
    purpose: str
    set_by: Setter
    lifetime: timedelta | None
    path: str = "/"
    same_site: str = "Lax"
    http_only: bool = False


VISITOR = Item(
    name="_pk_id.<site>.<hash>",
    value="16 random hexadecimal digits, and the time of creation",
    purpose="Recognises the visitor on later visits to this site.",
    set_by=Setter.TRACKER,
    lifetime=retention.VISITOR_COOKIE,
)
VISIT = Item(
    name="_pk_ses.<site>.<hash>",
    value="1",
    purpose="Says that a visit is running.",
    set_by=Setter.TRACKER,
    lifetime=retention.VISIT_COOKIE,
)
REFERRER = Item(
    name="_pk_ref.<site>.<hash>",
    value="campaign, keyword, time and referrer of the visit",
    purpose="Attributes a later conversion to where the visitor came from.",
    set_by=Setter.TRACKER,
    lifetime=retention.REFERRER_COOKIE,
)
CONSENT = Item(
    name="mtm_consent",
    value="the time of the choice",
    purpose="Remembers that the visitor consented to being measured.",
    set_by=Setter.TRACKER,
    lifetime=retention.CHOICE,
)
COOKIE_CONSENT = Item(
    name="mtm_cookie_consent",
    value="the time of the choice",
    purpose="Remembers that the visitor consented to cookies.",
    set_by=Setter.TRACKER,
    lifetime=retention.CHOICE,
)
OPT_OUT = Item(
    name="mtm_consent_removed",
    value="the time of the choice",
    purpose="Remembers that the visitor objected to being measured.",
    set_by=Setter.TRACKER,
    lifetime=retention.OBJECTION,
)
SIGN_IN = Item(
    name="pellucid_sign_in",
    value="a random secret",
    purpose="Keeps someone with an account signed in to the dashboard.",
    set_by=Setter.SERVER,
    lifetime=retention.SIGN_IN,
    path="/dashboard",
    http_only=True,
)
MATOMO_IGNORE = Item(
    name="matomo_ignore",
    value="any",
    purpose="Says that the visitor objected to being measured by any site of this server.",
    set_by=Setter.EARLIER,
    lifetime=None,
)
PIWIK_IGNORE = Item(
    name="piwik_ignore",
    value="any",
    purpose="Says that the visitor objected to being measured by any site of this server.",
    set_by=Setter.EARLIER,
    lifetime=None,
)

ITEMS: tuple[Item, ...] = (
    VISITOR,
    VISIT,
    REFERRER,
    CONSENT,
    COOKIE_CONSENT,
    OPT_OUT,
    SIGN_IN,
    MATOMO_IGNORE,
    PIWIK_IGNORE,
)

OBJECTIONS_TO_THE_INSTANCE: tuple[str, ...] = (MATOMO_IGNORE.name, PIWIK_IGNORE.name)
"""Cookies on this server's host that mean a visitor wants none of its sites to measure."""
