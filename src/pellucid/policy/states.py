"""Every state a visitor can be in, and what then happens in the browser: the promise, as data.

A row says what a site's page does, what the visitor did, and for each step which requests leave and what is kept
afterwards. `docs/cookies.md`, `pellucid privacy states` and the visitor's page are made from these rows; real browsers
are held against them, both ways: nothing that is not here, and all that is.
"""

from collections.abc import Iterator

from msgspec import structs

from pellucid.policy.requests import CHOICE, OPT_OUT_PAGE, QUESTION, TRACKER_FILE
from pellucid.policy.state import Objection, Outcome, Script, Server, Signal, State, Step
from pellucid.policy.states_alone import ALONE
from pellucid.policy.storage import (
    CONSENT,
    COOKIE_CONSENT,
    IGNORE,
    IGNORE_PARTITIONED,
    OPT_OUT,
    REFERRER,
    VARIABLES,
    VISIT,
    VISITOR,
)

_OF_STEP = {Step.INTERACTION: "event", Step.LEAVING: ""}


def _always(outcome: Outcome, first: Outcome | None = None) -> dict[Step, Outcome]:
    """Return the same for all steps, but for the first page; what is sent follows from the step."""
    steps = {step: _at(step, outcome) for step in Step}
    if first:
        steps[Step.FIRST_PAGE] = first
    return steps


def _at(step: Step, outcome: Outcome) -> Outcome:
    told = _OF_STEP.get(step, "page view") if outcome.sends else ""
    return structs.replace(outcome, sends=(told,) if told else (), asks=() if step in _OF_STEP else outcome.asks)


_VIEW = ("page view",)
_TOLD = ("search", "goal", "link", "download", "content seen", "content used", "order")
_KNOWN = (VISITOR, VISIT)
_NOTHING = Outcome()
_OBJECTED = Outcome(keeps=(OPT_OUT,))
_UNKNOWN = Outcome(_VIEW)
_RECOGNISED = Outcome(_VIEW, _KNOWN, recognised=True)
_CONSENTED = Outcome(_VIEW, (*_KNOWN, CONSENT), recognised=True, consent=True)
_SMALL = Outcome(_VIEW, features=False)
_ON_THE_SERVER = Outcome(_VIEW, (*_KNOWN, IGNORE), (TRACKER_FILE, OPT_OUT_PAGE, CHOICE), recognised=True)
_PAGES = (Step.FIRST_PAGE, Step.NEXT_PAGE, Step.NEXT_DAY)

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
    State(
        name="the page tells all that a page can",
        page=(
            "setUserId anna",
            "setCustomUrl http://127.0.0.1/page?mtm_campaign=spring&mtm_kwd=sun",
            "setCustomVariable 1 kind gold page",
            "setCustomVariable 1 size large event",
            "setCustomDimension 1 blue",
            "setCustomData colour blue",
            "setEcommerceView A1 Hat Hats 9",
        ),
        tells=(
            "trackSiteSearch hat hats 3",
            "trackGoal 1 5",
            "trackLink http://elsewhere.example/ link",
            "trackLink http://127.0.0.1/list.pdf download",
            "trackContentImpression hats picture /hats",
            "trackContentInteraction click hats picture /hats",
            "addEcommerceItem A1 Hat Hats 9 1",
            "trackEcommerceOrder 17 12 9 1 3 1",
        ),
        steps={
            step: structs.replace(outcome, sends=(*outcome.sends, *_TOLD)) if step in _PAGES else outcome
            for step, outcome in _always(Outcome(_VIEW, (*_KNOWN, REFERRER), recognised=True)).items()
        },
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
        name="opted out before, on a page that says by itself that the visitor agreed",
        page=("rememberConsentGiven", "rememberCookieConsentGiven"),
        had=(OPT_OUT, *_KNOWN),
        steps=_always(_OBJECTED),
    ),
    State(
        name="objection taken back",
        had=(OPT_OUT,),
        chooses=("forgetUserOptOut",),
        steps=_always(_RECOGNISED, first=_NOTHING),
    ),
    State(
        name="opted out in the frame",
        server=Server.ELSEWHERE,
        objects=Objection.FRAME,
        steps=_always(
            Outcome(keeps=(OPT_OUT, IGNORE_PARTITIONED)),
            first=Outcome(
                _VIEW,
                (OPT_OUT, IGNORE_PARTITIONED),
                (TRACKER_FILE, OPT_OUT_PAGE, CHOICE, QUESTION),
                recognised=True,
            ),
        ),
    ),
    State(
        name="opted out at the server's checkbox",
        server=Server.ELSEWHERE,
        objects=Objection.SCRIPT,
        steps=_always(
            _OBJECTED,
            first=Outcome(_VIEW, (OPT_OUT,), (TRACKER_FILE, OPT_OUT_PAGE), recognised=True),
        ),
    ),
    State(
        name="opted out at the page's own checkbox",
        server=Server.ELSEWHERE,
        objects=Objection.SNIPPET,
        steps=_always(_OBJECTED, first=Outcome(_VIEW, (OPT_OUT,), recognised=True)),
    ),
    State(
        name="objected to all sites of the server, which the site's tracker asks about",
        server=Server.BESIDE,
        asks_first=True,
        objects=Objection.SERVER,
        steps=_always(
            Outcome(keeps=(IGNORE,), asks=(TRACKER_FILE, QUESTION)),
            first=structs.replace(_ON_THE_SERVER, asks=(*_ON_THE_SERVER.asks, QUESTION)),
        ),
    ),
    State(
        name="objected to all sites of the server, and the browser shows it that",
        server=Server.BESIDE,
        objects=Objection.SERVER,
        steps=_always(
            Outcome(_VIEW, (*_KNOWN, IGNORE), recognised=True, recorded=False),
            first=_ON_THE_SERVER,
        ),
    ),
    State(
        name="objected to all sites of the server, and the browser does not show it that",
        server=Server.ELSEWHERE,
        objects=Objection.SERVER,
        steps=_always(Outcome(_VIEW, (*_KNOWN, IGNORE), recognised=True), first=_ON_THE_SERVER),
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
    State(
        name="preset exempt-fr, by a link from elsewhere",
        preset="exempt-fr",
        referred=True,
        had=(REFERRER,),
        steps=_always(Outcome(_VIEW, _KNOWN, recognised=True, features=False)),
    ),
    State(name="preset consent, none given", preset="consent", steps=_always(_NOTHING)),
    State(
        name="preset consent, given and remembered",
        preset="consent",
        chooses=("rememberConsentGiven",),
        steps=_always(_CONSENTED),
    ),
    State(name="the stub, nothing chosen", script=Script.STUB, steps=_always(_RECOGNISED)),
    State(
        name="the stub, opted out before",
        script=Script.STUB,
        had=(OPT_OUT,),
        steps=_always(Outcome(keeps=(OPT_OUT,), asks=())),
    ),
    State(
        name="the stub, opted out before, on a page that says by itself that the visitor agreed",
        script=Script.STUB,
        page=("rememberConsentGiven",),
        had=(OPT_OUT,),
        steps=_always(Outcome(keeps=(OPT_OUT,), asks=())),
    ),
    State(
        name="the stub, opted out on the first page",
        script=Script.STUB,
        chooses=("optUserOut",),
        steps=_always(
            Outcome(keeps=(OPT_OUT,), asks=()),
            first=Outcome(_VIEW, (OPT_OUT,), recognised=True),
        ),
    ),
    State(
        name="the stub, objection taken back",
        script=Script.STUB,
        had=(OPT_OUT,),
        chooses=("forgetUserOptOut",),
        steps=_always(_RECOGNISED),
    ),
    State(
        name="the stub, Global Privacy Control, measured before",
        script=Script.STUB,
        signal=Signal.GLOBAL_PRIVACY_CONTROL,
        had=(VISITOR,),
        steps=_always(Outcome(keeps=(VISITOR,), asks=())),
    ),
    State(
        name="the stub, Global Privacy Control",
        script=Script.STUB,
        signal=Signal.GLOBAL_PRIVACY_CONTROL,
        steps=_always(Outcome(asks=())),
    ),
    State(
        name="the stub, consent required, none given",
        script=Script.STUB,
        preset="consent",
        steps=_always(Outcome(asks=())),
    ),
    State(
        name="the stub, consent required, given and remembered",
        script=Script.STUB,
        preset="consent",
        chooses=("rememberConsentGiven",),
        steps=_always(_CONSENTED),
    ),
    State(name="the small tracker, nothing chosen", script=Script.SMALL, steps=_always(_SMALL)),
    State(
        name="the small tracker, opted out on the first page",
        script=Script.SMALL,
        chooses=("optUserOut",),
        steps=_always(_OBJECTED, first=Outcome(_VIEW, (OPT_OUT,), features=False)),
    ),
    State(
        name="the small tracker, opted out before",
        script=Script.SMALL,
        had=(OPT_OUT, *_KNOWN),
        steps=_always(_OBJECTED),
    ),
    State(
        name="the small tracker, opted out before, on a page that says by itself that the visitor agreed",
        script=Script.SMALL,
        page=("rememberConsentGiven",),
        had=(OPT_OUT, *_KNOWN),
        steps=_always(_OBJECTED),
    ),
    State(
        name="the small tracker, objection taken back",
        script=Script.SMALL,
        had=(OPT_OUT,),
        chooses=("forgetUserOptOut",),
        steps=_always(_SMALL, first=_NOTHING),
    ),
    State(
        name="the small tracker, consent required, given and remembered",
        script=Script.SMALL,
        preset="consent",
        chooses=("rememberConsentGiven",),
        steps=_always(Outcome(_VIEW, (CONSENT,), features=False, consent=True)),
    ),
    *ALONE,
)


def rows() -> Iterator[tuple[State, Step, Outcome]]:
    """Yield every state and step."""
    for state in STATES:
        for step, outcome in state.steps.items():
            yield state, step, outcome
