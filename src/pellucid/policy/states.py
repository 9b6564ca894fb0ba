"""Every state a visitor can be in, and what then happens in the browser: the promise, as data.

A row says what a site's page does, what the visitor did, and for each step which requests leave and what is kept
afterwards. `docs/cookies.md`, `pellucid privacy states` and the visitor's page are made from these rows; real browsers
are held against them, both ways: nothing that is not here, and all that is.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from msgspec import Struct

from pellucid.policy.storage import CONSENT, COOKIE_CONSENT, OPT_OUT, REFERRER, VARIABLES, VISIT, VISITOR, Item


class Step(StrEnum):
    """What a visitor does, in this order."""

    FIRST_PAGE = "first page"
    NEXT_PAGE = "next page"
    INTERACTION = "interaction"
    LEAVING = "leaving"
    NEXT_DAY = "next day"


class Signal(StrEnum):
    """What the browser says of all sites."""

    NONE = "none"
    GLOBAL_PRIVACY_CONTROL = "Global Privacy Control"
    DO_NOT_TRACK = "Do Not Track"


class Client(StrEnum):
    """Who sends."""

    BROWSER = "a browser with JavaScript"
    IMAGE = "a browser without JavaScript, by the image in the page"
    PROGRAM = "a program on the site's own server"


class Outcome(Struct, frozen=True):
    """What a step comes to: the actions told to the server, what they carry, and what is in the browser then."""

    sends: tuple[str, ...] = ()
    keeps: tuple[Item, ...] = ()
    recognised: bool = False
    """Whether requests carry an identifier."""
    features: bool = True
    """Whether requests tell of the browser."""
    consent: bool = False
    """Whether requests say that the visitor consented."""
    recorded: bool = True
    """Whether the server records what is sent."""


class State(Struct, frozen=True, kw_only=True):
    """One state.

    `page` holds the commands that every page gives before it tracks, each with its values behind it, `chooses` those
    that the visitor's choice on the first page comes to, `had` what an earlier page has left.
    """

    name: str
    preset: str = "matomo"
    page: tuple[str, ...] = ()
    chooses: tuple[str, ...] = ()
    had: tuple[Item, ...] = ()
    signal: Signal = Signal.NONE
    honours_signals: bool = True
    client: Client = Client.BROWSER
    referred: bool = False
    """Whether the visitor comes from another site."""
    steps: Mapping[Step, Outcome]


_OF_STEP = {Step.INTERACTION: "event", Step.LEAVING: ""}


def _always(outcome: Outcome, first: Outcome | None = None) -> dict[Step, Outcome]:
    """Return the same for all steps, but for the first page; what is sent follows from the step."""
    steps = {step: _at(step, outcome) for step in Step}
    if first:
        steps[Step.FIRST_PAGE] = first
    return steps


def _at(step: Step, outcome: Outcome) -> Outcome:
    told = _OF_STEP.get(step, "page view") if outcome.sends else ""
    return Outcome(
        sends=(told,) if told else (),
        keeps=outcome.keeps,
        recognised=outcome.recognised,
        features=outcome.features,
        consent=outcome.consent,
        recorded=outcome.recorded,
    )


_VIEW = ("page view",)
_KNOWN = (VISITOR, VISIT)
_NOTHING = Outcome()
_OBJECTED = Outcome(keeps=(OPT_OUT,))
_UNKNOWN = Outcome(_VIEW)
_RECOGNISED = Outcome(_VIEW, _KNOWN, recognised=True)
_CONSENTED = Outcome(_VIEW, (*_KNOWN, CONSENT), recognised=True, consent=True)

STATES: tuple[State, ...] = (
    State(name="nothing chosen", steps=_always(_RECOGNISED)),
    State(
        name="nothing chosen, coming from another site",
        referred=True,
        steps=_always(Outcome(_VIEW, (*_KNOWN, REFERRER), recognised=True)),
    ),
    State(
        name="the page keeps custom variables of the visit",
        page=("storeCustomVariablesInCookie", "setCustomVariable 1 kind gold visit"),
        steps=_always(Outcome(_VIEW, (*_KNOWN, VARIABLES), recognised=True)),
    ),
    State(name="the page disables cookies", page=("disableCookies",), steps=_always(_UNKNOWN)),
    State(
        name="the page disables cookies and browser features",
        page=("disableCookies", "disableBrowserFeatureDetection"),
        steps=_always(Outcome(_VIEW, features=False)),
    ),
    State(name="consent required, none given", page=("requireConsent",), steps=_always(_NOTHING)),
    State(
        name="consent required, given for this page",
        page=("requireConsent",),
        chooses=("setConsentGiven",),
        steps=_always(_NOTHING, first=Outcome(_VIEW, _KNOWN, recognised=True, consent=True)),
    ),
    State(
        name="consent required, given and remembered",
        page=("requireConsent",),
        chooses=("rememberConsentGiven",),
        steps=_always(_CONSENTED),
    ),
    State(
        name="consent required, withdrawn",
        page=("requireConsent",),
        had=(*_KNOWN, CONSENT),
        chooses=("forgetConsentGiven",),
        steps=_always(_OBJECTED, first=Outcome(_VIEW, (OPT_OUT,), recognised=True, consent=True)),
    ),
    State(name="consent for cookies required, none given", page=("requireCookieConsent",), steps=_always(_UNKNOWN)),
    State(
        name="consent for cookies required, given for this page",
        page=("requireCookieConsent",),
        chooses=("setCookieConsentGiven",),
        steps=_always(_UNKNOWN, first=Outcome((*_VIEW, "ping"), _KNOWN)),
    ),
    State(
        name="consent for cookies required, given and remembered",
        page=("requireCookieConsent",),
        had=(COOKIE_CONSENT,),
        steps=_always(Outcome(_VIEW, (*_KNOWN, COOKIE_CONSENT), recognised=True)),
    ),
    State(
        name="consent for cookies required, withdrawn",
        page=("requireCookieConsent",),
        had=(*_KNOWN, COOKIE_CONSENT),
        chooses=("forgetCookieConsentGiven",),
        steps=_always(_UNKNOWN, first=Outcome(_VIEW, recognised=True)),
    ),
    State(
        name="opted out on the first page",
        chooses=("optUserOut",),
        steps=_always(_OBJECTED, first=Outcome(_VIEW, (OPT_OUT,), recognised=True)),
    ),
    State(name="opted out by the page itself", page=("optUserOut",), steps=_always(_OBJECTED)),
    State(name="opted out before", had=(OPT_OUT, *_KNOWN, REFERRER), steps=_always(_OBJECTED)),
    State(
        name="opted out before, on a page that asks for consent and finds one",
        page=("requireConsent",),
        had=(OPT_OUT, CONSENT),
        steps=_always(Outcome(keeps=(OPT_OUT, CONSENT))),
    ),
    State(
        name="objection taken back",
        had=(OPT_OUT,),
        chooses=("forgetUserOptOut",),
        steps=_always(_RECOGNISED, first=_NOTHING),
    ),
    State(name="Global Privacy Control", signal=Signal.GLOBAL_PRIVACY_CONTROL, had=_KNOWN, steps=_always(_NOTHING)),
    State(name="Do Not Track", signal=Signal.DO_NOT_TRACK, had=_KNOWN, steps=_always(_NOTHING)),
    State(
        name="consent given under Global Privacy Control",
        signal=Signal.GLOBAL_PRIVACY_CONTROL,
        had=(CONSENT,),
        steps=_always(_CONSENTED),
    ),
    State(
        name="consent given under Do Not Track",
        signal=Signal.DO_NOT_TRACK,
        had=(CONSENT,),
        steps=_always(_CONSENTED),
    ),
    State(
        name="Global Privacy Control, which the owner does not honour",
        signal=Signal.GLOBAL_PRIVACY_CONTROL,
        honours_signals=False,
        steps=_always(_RECOGNISED),
    ),
    State(name="preset cookieless", preset="cookieless", steps=_always(_UNKNOWN)),
    State(name="preset strict", preset="strict", steps=_always(Outcome(_VIEW, features=False))),
    State(
        name="preset exempt-fr",
        preset="exempt-fr",
        steps=_always(Outcome(_VIEW, _KNOWN, recognised=True, features=False)),
    ),
    State(name="preset consent, none given", preset="consent", steps=_always(_NOTHING)),
    State(
        name="preset consent, given and remembered",
        preset="consent",
        chooses=("rememberConsentGiven",),
        steps=_always(_CONSENTED),
    ),
    State(
        name="no JavaScript",
        client=Client.IMAGE,
        steps={step: Outcome(_VIEW, features=False) for step in (Step.FIRST_PAGE, Step.NEXT_PAGE, Step.NEXT_DAY)},
    ),
    State(
        name="no JavaScript, Global Privacy Control",
        client=Client.IMAGE,
        signal=Signal.GLOBAL_PRIVACY_CONTROL,
        steps={
            step: Outcome(_VIEW, features=False, recorded=False)
            for step in (Step.FIRST_PAGE, Step.NEXT_PAGE, Step.NEXT_DAY)
        },
    ),
    State(
        name="a program that says nothing of its visitor's wishes",
        client=Client.PROGRAM,
        steps={Step.FIRST_PAGE: Outcome(_VIEW, features=False)},
    ),
    State(
        name="a program whose visitor objected",
        client=Client.PROGRAM,
        chooses=("optUserOut",),
        steps={Step.FIRST_PAGE: Outcome(_VIEW, features=False, recorded=False)},
    ),
    State(
        name="a program on a site that needs consent",
        client=Client.PROGRAM,
        preset="consent",
        steps={Step.FIRST_PAGE: Outcome(_VIEW, features=False, recorded=False)},
    ),
)


def rows() -> Iterator[tuple[State, Step, Outcome]]:
    """Yield every state and step."""
    for state in STATES:
        for step, outcome in state.steps.items():
            yield state, step, outcome
