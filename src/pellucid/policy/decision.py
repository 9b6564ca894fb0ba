"""The one decision about a visitor's wishes: pure, total, and with a reason.

What counts as an objection, in the order it is asked for, stands in `decide` and nowhere else. That Global Privacy
Control and Do Not Track count as objections to being measured is our policy: their texts speak of sale and sharing,
and of tracking across sites (https://privacycg.github.io/gpc-spec/, https://www.w3.org/TR/tracking-dnt/).
"""

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
    REFERRER_SPAM = "referrer-spam"


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
