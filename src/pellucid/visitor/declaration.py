"""The declaration as machines read it: `/.well-known/analytics-storage.json`, and its schema.

It is made from `policy/storage.py`, `policy/requests.py` and `policy/states.py`, and says nothing that they do not.
"""

from msgspec import Struct, json

from pellucid import __version__
from pellucid.policy.requests import READ, REQUESTS
from pellucid.policy.state import Outcome, State, Step
from pellucid.policy.states import STATES
from pellucid.policy.storage import ITEMS, Item, Since

VERSION = 1


class DeclaredItem(Struct, kw_only=True):
    """A cookie; `seconds` is its longest life, which counts from `since`; both are null where another set it.

    `id` is what states name it by. `ground` is the ground to keep it, and to read it again. What `is_renewed` the
    server sets anew, where it is shown it.
    """

    id: str
    name: str
    value: str
    purpose: str
    ground: str
    ground_source: str
    set_by: str
    seconds: int | None
    since: Since | None
    path: str
    same_site: str
    http_only: bool
    secure: bool
    partitioned: bool
    is_renewed: bool


class DeclaredRead(Struct, kw_only=True):
    """What is no cookie, and is read from the browser, sent by it or calculated of it; and on what ground."""

    what: str
    ground: str
    ground_source: str


class DeclaredRequest(Struct, kw_only=True):
    """A kind of request that a browser makes to this server."""

    name: str
    method: str
    parameters: tuple[str, ...]
    paths: tuple[str, ...]
    purpose: str
    carries: str
    answer_sets: str


class DeclaredStep(Struct, kw_only=True):
    """What a step of a state comes to: requests and actions that are sent, and the ids of what is kept then.

    Of what is fetched, a browser asks only for what it does not have already.
    """

    step: str
    fetches: tuple[str, ...]
    sends: tuple[str, ...]
    with_identifier: bool
    with_browser_features: bool
    says_consent: bool
    recorded: bool
    keeps: tuple[str, ...]


class DeclaredState(Struct, kw_only=True):
    """A state a visitor can be in.

    `page`, `tells` and `choices` are the tracker's calls, `had` the ids of what was there.
    """

    name: str
    preset: str
    client: str
    signal: str
    script: str
    server: str
    asks_first: bool
    objects: str | None
    page: tuple[str, ...]
    tells: tuple[str, ...]
    choices: tuple[str, ...]
    had: tuple[str, ...]
    steps: tuple[DeclaredStep, ...]


class Declaration(Struct, kw_only=True):
    """What this server's software keeps in a browser and what it makes a browser send, in every state."""

    version: int
    software: str
    software_version: str
    storage: tuple[DeclaredItem, ...]
    reads: tuple[DeclaredRead, ...]
    requests: tuple[DeclaredRequest, ...]
    states: tuple[DeclaredState, ...]


def declaration() -> bytes:
    """Return the declaration as JSON."""
    declared = Declaration(
        version=VERSION,
        software="Pellucid",
        software_version=__version__,
        storage=tuple(map(_item, ITEMS)),
        reads=tuple(
            DeclaredRead(what=read.what, ground=read.ground.reason, ground_source=read.ground.source) for read in READ
        ),
        requests=tuple(
            DeclaredRequest(
                name=asked.name,
                method=asked.method,
                paths=asked.paths,
                parameters=tuple(asked.says),
                purpose=asked.purpose,
                carries=asked.carries,
                answer_sets=asked.answer_sets,
            )
            for asked in REQUESTS
        ),
        states=tuple(map(_state, STATES)),
    )
    return json.format(json.encode(declared))


def schema() -> bytes:
    """Return the JSON Schema of the declaration."""
    return json.format(json.encode(json.schema(Declaration)))


def _id(item: Item) -> str:
    return f"{item.name.partition('.')[0]}{'-partitioned' * item.partitioned}"


def _item(item: Item) -> DeclaredItem:
    return DeclaredItem(
        id=_id(item),
        name=item.name,
        value=item.value,
        purpose=item.purpose,
        ground=item.ground.reason,
        ground_source=item.ground.source,
        set_by=item.set_by.value,
        seconds=int(item.lifetime.total_seconds()) if item.lifetime else None,
        since=item.since if item.lifetime else None,
        path=item.path,
        same_site=item.same_site,
        http_only=item.http_only,
        secure=item.secure,
        partitioned=item.partitioned,
        is_renewed=item.is_renewed,
    )


def _state(state: State) -> DeclaredState:
    return DeclaredState(
        name=state.name,
        preset=state.preset,
        client=state.client.value,
        signal=state.signal.value,
        script=state.script.value,
        server=state.server.value,
        asks_first=state.asks_first,
        objects=state.objects.value if state.objects else None,
        page=state.page,
        tells=state.tells,
        choices=state.chooses,
        had=tuple(map(_id, state.had)),
        steps=tuple(_step(step, outcome) for step, outcome in state.steps.items()),
    )


def _step(step: Step, outcome: Outcome) -> DeclaredStep:
    return DeclaredStep(
        step=step.value,
        fetches=tuple(asked.name for asked in outcome.asks),
        sends=outcome.sends,
        with_identifier=bool(outcome.sends) and outcome.recognised,
        with_browser_features=bool(outcome.sends) and outcome.features,
        says_consent=outcome.consent,
        recorded=bool(outcome.sends) and outcome.recorded,
        keeps=tuple(map(_id, outcome.keeps)),
    )
