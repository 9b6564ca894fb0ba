"""Clients from npm that nobody here wrote, against a whole server: in Node, and in pages that Chromium opens."""

from collections.abc import Callable, Iterator

import pytest
from msgspec import json
from playwright.sync_api import Browser

from clients.conftest import Run
from clients.seen import actions, recorded
from flow.server import Server
from flow.site import chromium, site_of

PAGE = """<!doctype html><html lang="en"><title>Shoes</title><link rel="icon" href="data:,">
<div id="app"></div><script>window.server = "%s"</script><script src="/bundle.js"></script>"""


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Chromium."""
    with chromium() as launched:
        yield launched


def test_matomo_tracker_tracks_from_node(server: Server, token: str, run_node: Run) -> None:
    answer = json.decode(run_node("with_matomo_tracker.mjs"))

    assert (answer["status"], answer["tracked"], answer["invalid"]) == ("success", 2, 0)
    first, second = recorded(server, token, "/node/bulk", 2)
    assert (first["pageTitle"], second["pageTitle"]) == ("First", "Second")
    (event,) = recorded(server, token, "/node/titled")
    assert (event["type"], event["eventCategory"], event["eventValue"]) == ("event", "Film", 3)
    assert event["visit"]["userId"] == "node"
    assert recorded(server, token, "/node/somebodys")
    # Node's requests name no user agent: of whom this one is nobody can tell, so it is taken for a robot's.
    assert not [action for action in actions(server, token) if (action.get("url") or "").endswith("/nobodys")]


def test_jonkoops_matomo_tracker_tracks_in_a_page(
    server: Server, token: str, bundled: Callable[[str], str], browser: Browser
) -> None:
    with site_of(PAGE % server.url, bundled("with_jonkoops.js")) as site:
        page = browser.new_page()
        page.goto(f"{site}/story")

        told = recorded(server, token, "/story", 2)
        visit = told[0]["visit"]
        server.until(lambda: len(recorded(server, token, "/story")[0]["visit"]["actionDetails"]) == 4)

    kinds = [action["type"] for action in recorded(server, token, "/story")[0]["visit"]["actionDetails"]]
    assert sorted(kinds) == ["action", "event", "outlink", "search"]
    assert {action["pageTitle"] for action in told if action["type"] == "action"} == {"A story"}
    assert (visit["userId"], visit["browserName"]) == ("reader", "Headless Chrome")


def test_vue_matomo_tracks_an_application_of_vue(
    server: Server, token: str, bundled: Callable[[str], str], browser: Browser
) -> None:
    with site_of(PAGE % server.url, bundled("with_vue.js")) as site:
        page = browser.new_page()
        page.goto(f"{site}/shoes")
        recorded(server, token, "/shoes")
        page.evaluate("window.follow('/shoes/red')")
        page.evaluate("window.tracksEvents()")

        (red, event) = recorded(server, token, "/shoes/red", 2)

    assert red["pageTitle"] == "Red shoes"
    assert event["eventAction"] == "try on"
    # Whoever reads both pages in one browser is one visitor.
    shoes = [action for action in red["visit"]["actionDetails"] if "/shoes" in (action.get("url") or "")]
    assert [action["pageTitle"] for action in shoes if action["type"] == "action"] == ["All shoes", "Red shoes"]
