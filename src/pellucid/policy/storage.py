"""Everything that any part may set in a browser, or read there. What is not in this table is not set.

Names follow Matomo's, so that a visitor it knows stays known, and one who objected stays refused.
"""

from datetime import timedelta
from enum import StrEnum

from msgspec import Struct, structs

from pellucid.policy import retention


class Setter(StrEnum):
    """Who sets an item."""

    TRACKER = "tracker"
    SERVER = "server"
    EARLIER = "an earlier Matomo or Piwik"
    """Never set by us; honoured where it is found."""


class Since(StrEnum):
    """From when an item's lifetime counts; what is set again lives on."""

    CREATION = "its creation"
    CHOICE = "the choice"
    SIGN_IN = "signing in"
    PAGE = "the last page"
    SHOWN = "the last time that the server was shown it"
    REQUEST = "the last request"


class Ground(Struct, frozen=True):
    """On what ground an item may be set or read, as we read a source. Not legal advice: it says where to look."""

    reason: str
    source: str


class NamedGround(Ground, frozen=True):
    """A ground with a few words for it, where there is no room for more."""

    name: str


DIRECTIVE = "Directive 2002/58/EC, article 5(3) (in Germany TDDDG, § 25; in France loi 78-17, article 82)"

MEASURED = NamedGround(
    "Not without consent, unless an exemption holds for the site, as the CNIL's may in France (preset `exempt-fr`).",
    f"{DIRECTIVE}; CNIL, délibération 2020-091, article 5",
    "Consent, or an exemption",
)
ATTRIBUTED = NamedGround(
    "Not without consent: it tells how visitors were won, as by campaigns, and the CNIL's exemption leaves that out.",
    f"{DIRECTIVE}; CNIL, « Cookies : solutions pour les outils de mesure d'audience » (4 July 2025)",
    "Consent",
)
REMEMBERS_A_CHOICE = NamedGround(
    "Without consent: it keeps nothing but the visitor's own choice on being measured.",
    f"CNIL, délibération 2020-091, article 5; elsewhere than in France read off {DIRECTIVE}",
    "The visitor's own choice",
)
ASKED_FOR = NamedGround(
    "Without consent: a service that its user asks for can not be had without it.",
    DIRECTIVE,
    "A service asked for",
)


class Item(Struct, frozen=True, kw_only=True):
    """One cookie. `name` may hold `<site>` and `<hash>`; `lifetime` None means that it is another's to say.

    It counts from `since`. `secure` cookies are set by https alone. A `partitioned` one is kept apart for each site
    that shows the server's page within its own
    (https://developer.mozilla.org/en-US/docs/Web/Privacy/Guides/Privacy_sandbox/Partitioned_cookies).
    One that `is_renewed` the server sets again, with whatever it answers to a browser that shows it.
    """

    name: str
    value: str
    purpose: str
    ground: NamedGround
    set_by: Setter
    lifetime: timedelta | None
    since: Since
    path: str = "/"
    same_site: str = "Lax"
    http_only: bool = False
    secure: bool = False
    partitioned: bool = False
    is_renewed: bool = False


VISITOR = Item(
    name="_pk_id.<site>.<hash>",
    value="16 random hexadecimal digits, and the time of creation",
    purpose="Recognises the visitor on later visits to this site.",
    ground=MEASURED,
    set_by=Setter.TRACKER,
    lifetime=retention.VISITOR_COOKIE,
    since=Since.CREATION,
)
VISIT = Item(
    name="_pk_ses.<site>.<hash>",
    value="1",
    purpose="Says that a visit is running.",
    ground=MEASURED,
    set_by=Setter.TRACKER,
    lifetime=retention.VISIT_COOKIE,
    since=Since.REQUEST,
)
REFERRER = Item(
    name="_pk_ref.<site>.<hash>",
    value="campaign, keyword, time and referrer of the visit",
    purpose="Attributes a later conversion to where the visitor came from.",
    ground=ATTRIBUTED,
    set_by=Setter.TRACKER,
    lifetime=retention.REFERRER_COOKIE,
    since=Since.REQUEST,
)
VARIABLES = Item(
    name="_pk_cvar.<site>.<hash>",
    value="the custom variables of the visit, as JSON",
    purpose="Keeps what the site's owner says of the visit, where the page asks for that, until the visit ends.",
    ground=MEASURED,
    set_by=Setter.TRACKER,
    lifetime=retention.VISIT_COOKIE,
    since=Since.REQUEST,
)
CONSENT = Item(
    name="mtm_consent",
    value="the time of the choice",
    purpose="Remembers that the visitor consented to being measured.",
    ground=REMEMBERS_A_CHOICE,
    set_by=Setter.TRACKER,
    lifetime=retention.CHOICE,
    since=Since.CHOICE,
)
COOKIE_CONSENT = Item(
    name="mtm_cookie_consent",
    value="the time of the choice, or 0 for a no",
    purpose="Remembers whether the visitor consented to cookies.",
    ground=REMEMBERS_A_CHOICE,
    set_by=Setter.TRACKER,
    lifetime=retention.CHOICE,
    since=Since.CHOICE,
)
OPT_OUT = Item(
    name="mtm_consent_removed",
    value="the time of the choice or renewal, in seconds where the server wrote it; the domain, where it holds for one",
    purpose="Remembers that the visitor objected to being measured.",
    ground=REMEMBERS_A_CHOICE,
    set_by=Setter.TRACKER,
    lifetime=retention.OBJECTION,
    since=Since.PAGE,
    is_renewed=True,
)
SIGN_IN = Item(
    name="pellucid_sign_in",
    value="a random secret",
    purpose="Keeps someone with an account signed in to the dashboard.",
    ground=ASKED_FOR,
    set_by=Setter.SERVER,
    lifetime=retention.SIGN_IN,
    since=Since.SIGN_IN,
    path="/dashboard",
    http_only=True,
)
IGNORE = Item(
    name="matomo_ignore",
    value="`ignore=Kg==`, as Matomo writes it: the same for everyone",
    purpose="Says that the visitor objected to being measured by any site of this server.",
    ground=REMEMBERS_A_CHOICE,
    set_by=Setter.SERVER,
    lifetime=retention.OBJECTION_TO_THE_SERVER,
    since=Since.SHOWN,
    same_site="None",
    http_only=True,
    secure=True,
    is_renewed=True,
)
IGNORE_PARTITIONED = structs.replace(
    IGNORE,
    value="`ignore=Kg==:here=1`: the same for everyone",
    purpose="Says that the visitor objected to being measured by this server on the site that shows its opt-out page.",
    partitioned=True,
)
PIWIK_IGNORE = Item(
    name="piwik_ignore",
    value="any",
    purpose="Says that the visitor objected to being measured by any site of this server.",
    ground=REMEMBERS_A_CHOICE,
    set_by=Setter.EARLIER,
    lifetime=None,
    since=Since.CHOICE,
)

ITEMS: tuple[Item, ...] = (
    VISITOR,
    VISIT,
    REFERRER,
    VARIABLES,
    CONSENT,
    COOKIE_CONSENT,
    OPT_OUT,
    SIGN_IN,
    IGNORE,
    IGNORE_PARTITIONED,
    PIWIK_IGNORE,
)

OBJECTIONS_TO_THE_SITE: tuple[str, ...] = (OPT_OUT.name,)
"""Cookies of a site by which its visitor objects; the server sees them where it has the site's own host."""

OBJECTIONS_TO_THE_INSTANCE: tuple[str, ...] = (IGNORE.name, PIWIK_IGNORE.name)
"""Cookies on this server's host that mean a visitor wants none of its sites to measure."""
