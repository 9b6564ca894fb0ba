"""The states in which no script of ours runs: an image, a program, a line of a log. More stands in `states.py`."""

from msgspec import structs

from pellucid.policy.state import Client, Outcome, Signal, State, Step
from pellucid.policy.storage import OPT_OUT

_PAGES = (Step.FIRST_PAGE, Step.NEXT_PAGE, Step.NEXT_DAY)
_ALONE = Outcome(("page view",), asks=(), features=False)
_ALONE_REFUSED = structs.replace(_ALONE, recorded=False)

ALONE: tuple[State, ...] = (
    State(
        name="no JavaScript",
        client=Client.IMAGE,
        steps=dict.fromkeys(_PAGES, _ALONE),
    ),
    State(
        name="no JavaScript, Global Privacy Control",
        client=Client.IMAGE,
        signal=Signal.GLOBAL_PRIVACY_CONTROL,
        steps=dict.fromkeys(_PAGES, _ALONE_REFUSED),
    ),
    State(
        name="no JavaScript, opted out before",
        client=Client.IMAGE,
        had=(OPT_OUT,),
        steps=dict.fromkeys(_PAGES, structs.replace(_ALONE_REFUSED, keeps=(OPT_OUT,))),
    ),
    State(
        name="a program that says nothing of its visitor's wishes",
        client=Client.PROGRAM,
        steps={Step.FIRST_PAGE: _ALONE},
    ),
    State(
        name="a program whose visitor objected",
        client=Client.PROGRAM,
        chooses=("optUserOut",),
        steps={Step.FIRST_PAGE: _ALONE_REFUSED},
    ),
    State(
        name="a program on a site that needs consent",
        client=Client.PROGRAM,
        preset="consent",
        steps={Step.FIRST_PAGE: _ALONE_REFUSED},
    ),
    State(
        name="a program on a site that needs consent, whose visitor gave it",
        client=Client.PROGRAM,
        preset="consent",
        chooses=("rememberConsentGiven",),
        steps={Step.FIRST_PAGE: structs.replace(_ALONE, consent=True)},
    ),
    State(name="a line of a log", client=Client.LOG, steps={Step.FIRST_PAGE: _ALONE}),
    State(
        name="a line of a log that tells of Global Privacy Control",
        client=Client.LOG,
        signal=Signal.GLOBAL_PRIVACY_CONTROL,
        steps={Step.FIRST_PAGE: _ALONE_REFUSED},
    ),
    State(
        name="a line of the log of a site that needs consent",
        client=Client.LOG,
        preset="consent",
        steps={Step.FIRST_PAGE: _ALONE_REFUSED},
    ),
)
