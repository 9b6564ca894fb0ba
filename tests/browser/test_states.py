"""Every state and step in real browsers: what is sent and what is kept is what is declared, both ways."""

from collections.abc import Callable

import httpx2
import pytest

from browser.engines import Launch, NotPossible
from browser.pages import PATIENCE_SECONDS
from browser.site import TRACKING, SiteServer
from browser.states import go_through
from pellucid.policy.state import Client, State, Step
from pellucid.policy.states import STATES, rows

FEWEST_ROWS = 60
IN_A_BROWSER = [state for state in STATES if state.client in {Client.BROWSER, Client.IMAGE}]
BY_A_PROGRAM = [state for state in STATES if state.client is Client.PROGRAM]


def test_every_state_has_a_name_of_its_own_and_there_are_enough_of_them() -> None:
    assert len({state.name for state in STATES}) == len(STATES)
    assert len(list(rows())) >= FEWEST_ROWS


@pytest.mark.parametrize("state", IN_A_BROWSER, ids=lambda state: state.name)
def test_a_browser_does_what_is_declared(
    launch: Launch, site_server: SiteServer, state: State, record_property: Callable[[str, object], None]
) -> None:
    try:
        engine = launch(state.signal, state.client)
    except NotPossible as reason:
        pytest.skip(str(reason))
    record_property("engine", f"{engine.row.name} {engine.version} ({engine.row.mode})")

    try:
        go_through(engine, site_server, state)
    finally:
        engine.close()


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
