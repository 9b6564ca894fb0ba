"""Every state and step in real browsers: what is sent and what is kept is what is declared, both ways."""

from collections.abc import Callable, Sequence

import httpx2
import pytest

from browser.engines import Launch, NotPossible
from browser.pages import PATIENCE_SECONDS
from browser.site import TRACKING, Sent, SiteServer
from browser.states import go_through, shown
from pellucid.policy.requests import HIT, PRIVACY_PAGE, REQUESTS, UNASKED
from pellucid.policy.state import Client, State, Step
from pellucid.policy.states import STATES, rows

FEWEST_ROWS = 60
SELDOM_ADDED = {"if-none-match", "priority"}
"""The one when a script that was fetched is an hour old, the other with HTTP/2 and by Firefox."""
SELDOM_SAID = {HIT.name: {"cs"}, PRIVACY_PAGE.name: {"language"}}
"""The one by pages that are not written in UTF-8, the other by who follows a link there."""
IN_A_BROWSER = [state for state in STATES if state.client in {Client.BROWSER, Client.IMAGE}]
BY_A_PROGRAM = [state for state in STATES if state.client is Client.PROGRAM]


def test_every_state_has_a_name_of_its_own_and_there_are_enough_of_them() -> None:
    assert len({state.name for state in STATES}) == len(STATES)
    assert len(list(rows())) >= FEWEST_ROWS


@pytest.fixture(scope="module")
def sent_so_far(engine: str) -> dict[str, Sequence[Sent]]:
    """What was sent in each state that an engine was brought into."""
    del engine
    return {}


@pytest.mark.parametrize("state", IN_A_BROWSER, ids=lambda state: state.name)
def test_a_browser_does_what_is_declared(
    launch: Launch,
    site_server: SiteServer,
    state: State,
    sent_so_far: dict[str, Sequence[Sent]],
    record_property: Callable[[str, object], None],
) -> None:
    try:
        engine = launch(state.signal, state.client)
    except NotPossible as reason:
        pytest.skip(str(reason))
    record_property("engine", f"{engine.row.name} {engine.version} ({engine.row.mode})")

    try:
        sent_so_far[state.name] = go_through(engine, site_server, state)
    finally:
        engine.close()


def test_nothing_is_declared_that_no_state_shows(engine: str, sent_so_far: dict[str, Sequence[Sent]]) -> None:
    if engine != "chromium" or len(sent_so_far) < len(IN_A_BROWSER):
        pytest.skip("Only who was in every state can say what none of them shows.")

    found = shown(one for sent in sent_so_far.values() for one in sent)

    assert UNASKED.keys() - found["headers"] == SELDOM_ADDED
    missing = {asked.name: asked.says.keys() - found.get(asked.name, set()) for asked in REQUESTS}
    assert {name: names for name, names in missing.items() if names} == SELDOM_SAID


@pytest.mark.parametrize("state", BY_A_PROGRAM, ids=lambda state: state.name)
def test_a_program_is_answered_as_is_declared(site_server: SiteServer, state: State) -> None:
    site_server.shows(state)
    objects = {"optout": "1"} if "optUserOut" in state.chooses else {}
    consents = {"consent": "1"} if "rememberConsentGiven" in state.chooses else {}
    hit = {"idsite": "1", "rec": "1", "url": "http://127.0.0.1/page", "_id": "0123456789abcdef"}

    answer = httpx2.get(site_server.url(TRACKING), params=hit | objects | consents, timeout=PATIENCE_SECONDS)

    recorded = answer.headers["pellucid-verdict"] == "recorded"
    assert recorded == state.steps[Step.FIRST_PAGE].recorded
    assert "set-cookie" not in answer.headers
