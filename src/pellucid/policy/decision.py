"""The one decision about a visitor's wishes: pure, total, and with a reason.

What counts as an objection, in the order it is asked for, stands in `decide` and nowhere else. That Global Privacy
Control and Do Not Track count as objections to being measured is our policy: their texts speak of sale and sharing,
and of tracking across sites (https://privacycg.github.io/gpc-spec/, https://www.w3.org/TR/tracking-dnt/).
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from pellucid.model.site import ConsentRule, Privacy, Recognition


class Refusal(StrEnum):
    """Why a hit is not recorded."""

    OPTED_OUT = "opted-out"
    OPTED_OUT_OF_INSTANCE = "opted-out-of-instance"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    GLOBAL_PRIVACY_CONTROL = "global-privacy-control"
    DO_NOT_TRACK = "do-not-track"
    CONSENT_MISSING = "consent-missing"
    NOT_FOR_RECORDING = "not-for-recording"
    PREFETCH = "prefetch"
    ROBOT = "robot"
    EXCLUDED_REQUEST = "excluded-request"
    EXCLUDED_ADDRESS = "excluded-address"
    EXCLUDED_AGENT = "excluded-agent"
    REFERRER_SPAM = "referrer-spam"
    UNKNOWN_PAGE = "unknown-page"


EXPLANATIONS: Mapping[Refusal, str] = {
    Refusal.OPTED_OUT: "The visitor objected on this site (`optout=1`).",
    Refusal.OPTED_OUT_OF_INSTANCE: "The visitor objected to being measured by any site of this server (a cookie).",
    Refusal.CONSENT_WITHDRAWN: "The visitor was asked and said no, or took back a yes (`consent=0`).",
    Refusal.GLOBAL_PRIVACY_CONTROL: "The browser sends Global Privacy Control, and the visitor has not consented here.",
    Refusal.DO_NOT_TRACK: "The browser sends Do Not Track, and the visitor has not consented here.",
    Refusal.CONSENT_MISSING: "The site records only who has consented, and this visitor has not.",
    Refusal.NOT_FOR_RECORDING: "The request says that it is not to be recorded (no `rec=1`).",
    Refusal.PREFETCH: "The browser fetched the page ahead; nobody has seen it yet.",
    Refusal.ROBOT: "By its user agent or its address it is a robot, or a program that does not say for whom it asks.",
    Refusal.EXCLUDED_REQUEST: "The site's owner excludes hits that say this.",
    Refusal.EXCLUDED_ADDRESS: "The site's owner excludes the address it comes from.",
    Refusal.EXCLUDED_AGENT: "The site's owner excludes the user agent.",
    Refusal.REFERRER_SPAM: "The referrer is one that nobody followed.",
    Refusal.UNKNOWN_PAGE: "The page is under none of the site's addresses, and the owner counts no others.",
}


class Consent(StrEnum):
    """What a visitor said when asked, as far as this request tells."""

    UNSAID = "unsaid"
    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class Signals(Struct, frozen=True):
    """Everything a request says of the visitor's wishes."""

    opted_out: bool = False
    opted_out_of_instance: bool = False
    consent: Consent = Consent.UNSAID
    global_privacy_control: bool = False
    do_not_track: bool = False


class Allowance(Struct, frozen=True):
    """What may be kept of an admitted hit."""

    recognition: Recognition
    browser_features: bool


def decide(signals: Signals, privacy: Privacy) -> Allowance | Refusal:
    """Return what may be kept of this visitor's hit, or why nothing may."""
    if signals.opted_out:
        return Refusal.OPTED_OUT
    if signals.opted_out_of_instance:
        return Refusal.OPTED_OUT_OF_INSTANCE
    if signals.consent is Consent.WITHDRAWN:
        return Refusal.CONSENT_WITHDRAWN
    if signals.consent is not Consent.GIVEN:
        if signals.global_privacy_control and privacy.honour_gpc:
            return Refusal.GLOBAL_PRIVACY_CONTROL
        if signals.do_not_track and privacy.honour_dnt:
            return Refusal.DO_NOT_TRACK
        if privacy.consent is ConsentRule.TRACKING:
            return Refusal.CONSENT_MISSING
    return Allowance(privacy.recognition, privacy.browser_features)
