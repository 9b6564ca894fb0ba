"""Every state and step in Chromium: what is sent and what is kept is what is declared, both ways."""

import socket
from collections.abc import Iterator
from threading import Thread

import httpx2
import pytest
import uvicorn
from playwright.sync_api import Browser

from browser.engines import Chromium
from browser.site import TRACKING, SiteServer
from browser.states import go_through
from pellucid.policy.states import STATES, Client, State, Step, rows

FEWEST_ROWS = 60
IN_A_BROWSER = [state for state in STATES if state.client is not Client.PROGRAM]
BY_A_PROGRAM = [state for state in STATES if state.client is Client.PROGRAM]


@pytest.fixture(scope="module")
def site_server() -> Iterator[SiteServer]:
    """A site and its analytics server."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        site = SiteServer(listener.getsockname()[1])
        server = uvicorn.Server(uvicorn.Config(site, log_level="error", ws="none", lifespan="off"))
        thread = Thread(target=server.run, args=([listener],))
        thread.start()
        yield site
        server.should_exit = server.force_exit = True
        thread.join()


def test_every_state_has_a_name_of_its_own_and_there_are_enough_of_them() -> None:
    assert len({state.name for state in STATES}) == len(STATES)
    assert len(list(rows())) >= FEWEST_ROWS


@pytest.mark.parametrize("state", IN_A_BROWSER, ids=lambda state: state.name)
def test_a_browser_does_what_is_declared(browser: Browser, site_server: SiteServer, state: State) -> None:
    engine = Chromium(browser, state.signal, state.client)

    try:
        go_through(engine, site_server, state)
    finally:
        engine.close()


@pytest.mark.parametrize("state", BY_A_PROGRAM, ids=lambda state: state.name)
def test_a_program_is_answered_as_is_declared(site_server: SiteServer, state: State) -> None:
    site_server.shows(state)
    objects = {"optout": "1"} if "optUserOut" in state.chooses else {}
    hit = {"idsite": "1", "rec": "1", "url": "http://127.0.0.1/page", "_id": "0123456789abcdef"}

    answer = httpx2.get(site_server.url(TRACKING), params=hit | objects)

    recorded = answer.headers["pellucid-verdict"] == "recorded"
    assert recorded == state.steps[Step.FIRST_PAGE].recorded
    assert "set-cookie" not in answer.headers
