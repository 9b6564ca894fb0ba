"""What is declared of engines is what they do."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from browser import webkitgtk
from browser.engines import Launch
from browser.site import ELSEWHERE, FOR_EVER, LASTING, SETTLE, TRACKING, SiteServer
from pellucid.policy.engines import WEBKITGTK_PREVENTING, Engine, Shown
from pellucid.policy.state import Client, Server, Signal, State

_TOLERANCE_SECONDS = 60


@pytest.fixture(autouse=True)
def _a_plain_site(site_server: SiteServer) -> None:
    site_server.shows(State(name="here", steps={}))


def test_cookies_live_as_long_as_is_declared(launch: Launch, site_server: SiteServer) -> None:
    browser = launch(Signal.NONE, Client.BROWSER)

    browser.open(site_server.url(LASTING))
    seconds = {cookie.name: cookie.seconds or 0 for cookie in browser.kept(site_server.url(LASTING))}

    _live(seconds, browser.row)
    browser.close()


def test_a_server_of_another_site_is_shown_an_objection_as_is_declared(launch: Launch, site_server: SiteServer) -> None:
    site_server.shows(State(name="measured by another site", server=Server.ELSEWHERE, steps={}))
    browser = launch(Signal.NONE, Client.BROWSER)
    browser.open(site_server.url("/optout", site_server.server_host))
    browser.press("button[value=object]", ".choice[data-objected=yes]", framed=False)

    browser.open(site_server.url())
    settled = browser.run(SETTLE)

    (verdict,) = (one.verdict for one in site_server.taken(settled) if one.path == TRACKING)
    assert (verdict == "recorded") == (browser.row.shows is not Shown.ALWAYS)
    browser.close()


def test_prevention_shortens_what_scripts_keep_as_is_declared(
    engine: str, launch: Launch, site_server: SiteServer, tmp_path: Path
) -> None:
    del launch
    if engine != "webkitgtk":
        pytest.skip("No row says anything of this engine with more protection than it comes with.")

    with webkitgtk.screen() as display:
        seconds = webkitgtk.kept_while_preventing(site_server.url(LASTING), 2, display, tmp_path)

    _live(seconds, WEBKITGTK_PREVENTING)


def _live(seconds: Mapping[str, float], row: Engine) -> None:
    for name, longest in {"of_a_script": row.of_a_script, "of_a_server": row.of_a_server}.items():
        expected = (longest or timedelta(seconds=FOR_EVER)).total_seconds()
        assert abs(seconds[name] - expected) < _TOLERANCE_SECONDS, f"{name}: {seconds[name] / 86_400} days"


def test_it_is_of_the_version_that_was_measured_and_has_what_is_declared(
    launch: Launch, site_server: SiteServer
) -> None:
    browser = launch(Signal.NONE, Client.BROWSER)

    browser.open(site_server.url(ELSEWHERE))
    told = browser.run("return [!!navigator.userAgentData, 'globalPrivacyControl' in navigator, navigator.doNotTrack]")

    row = browser.row
    assert browser.version.startswith(f"{row.version}."), "the engine is another: look at its row in policy/engines.py"
    hints, knows_gpc, tracking = told
    assert (hints, knows_gpc) == (row.tells_hints, Signal.GLOBAL_PRIVACY_CONTROL in row.signals)
    assert tracking in {None, "unspecified"}
    browser.close()
