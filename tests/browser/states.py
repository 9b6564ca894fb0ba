"""Goes through a state, step by step, with whatever engine, and holds what happens against the declaration."""

from collections.abc import Iterable, Sequence
from time import time
from urllib.parse import quote

from browser.engines import OTHER_STORAGE, Engine, Kept
from browser.site import SETTLE, TRACKING, Sent, SiteServer
from pellucid.policy import requests
from pellucid.policy.requests import HIT, REQUESTS, TRACKER_FILE, UNASKED
from pellucid.policy.states import Client, Outcome, State, Step
from pellucid.policy.storage import CONSENT, COOKIE_CONSENT, OPT_OUT, REFERRER, VISIT, VISITOR, Item

_ELSEWHERE = "/elsewhere"
_SITE = "1"
_TOLERANCE_SECONDS = 60
_PARAMETERS = {
    *requests.OF_THE_REQUEST,
    *requests.OF_THE_PAGE,
    *requests.OF_AN_ACTION,
    *requests.OF_THE_VISITOR,
    *requests.OF_THE_BROWSER,
}


def _had(item: Item) -> tuple[str, str]:
    """Return name and value of a cookie that an earlier page has left."""
    now = int(time())
    values = {
        VISITOR: f"0123456789abcdef.{now - 1000}.",
        VISIT: "1",
        REFERRER: quote(f'["","",{now - 1000},"http://news.example/"]'),
        CONSENT: str(now * 1000),
        COOKIE_CONSENT: str(now * 1000),
        OPT_OUT: str(now * 1000),
    }
    # What an earlier tracker has left may have been valid elsewhere on the site.
    return item.name.replace("<site>", _SITE).replace("<hash>", _HERE), values[item]


_HERE = "dc78"
"""What stands in a cookie's name for `127.0.0.1/`."""


def go_through(engine: Engine, server: SiteServer, state: State) -> None:
    """Take all steps of a state with a browser."""
    server.shows(state)
    for item in state.had:
        engine.have(*_had(item), server.url("/"))
    for step, expected in state.steps.items():
        _take(engine, server, state, step)
        sent = server.taken(_settled(engine, state))
        _holds(engine.kept(), expected, sent, state, where=f"{state.name}, {step}")
        if state.client is Client.BROWSER:
            assert engine.run(OTHER_STORAGE) == [], f"{state.name}, {step}: nothing is kept but cookies"


def _take(engine: Engine, server: SiteServer, state: State, step: Step) -> None:
    page = server.url()
    match step:
        case Step.FIRST_PAGE:
            if state.referred:
                engine.open(server.url(_ELSEWHERE, host="localhost"))
                engine.follow(page)
            else:
                engine.open(page)
            for command in state.chooses:
                engine.run(SETTLE)
                engine.run(f"_paq.push(['{command}'])")
        case Step.NEXT_PAGE:
            engine.open(f"{page}/next")
        case Step.INTERACTION:
            engine.run("_paq.push(['trackEvent', 'menu', 'open', 'products', 1])")
        case Step.LEAVING:
            engine.open(server.url(_ELSEWHERE))
        case Step.NEXT_DAY:
            engine.sleep_until_tomorrow()
            engine.open(f"{page}/tomorrow")


def _settled(engine: Engine, state: State) -> str:
    return "" if state.client is Client.IMAGE else str(engine.run(SETTLE))


def _holds(kept: Sequence[Kept], expected: Outcome, sent: Sequence[Sent], state: State, where: str) -> None:
    hits = [one for one in sent if one.path == TRACKING]
    assert sorted(hit.action for hit in hits) == sorted(expected.sends), f"{where}: what is sent"
    assert {one.path for one in sent} <= {*HIT.paths, *TRACKER_FILE.paths}, f"{where}: what is asked for"
    for one in sent:
        asked = next(asked for asked in REQUESTS if one.path in asked.paths)
        assert one.headers.keys() <= UNASKED.keys(), f"{where}: headers of {asked.name}"
        if asked is not HIT:
            assert (one.method, one.query, one.body) == ("GET", "", ""), f"{where}: {asked.name}"
    for hit in hits:
        _says(hit, expected, state, where)
    _keeps(kept, expected.keeps, where)


def _says(hit: Sent, expected: Outcome, state: State, where: str) -> None:
    said = hit.said
    assert said.keys() <= _PARAMETERS, f"{where}: parameters that are not declared"
    recognised = expected.recognised or hit.action == "ping"
    assert ("_id" in said) == recognised, f"{where}: the identifier"
    assert ("uadata" in said or "res" in said) == expected.features, f"{where}: browser features"
    assert not expected.features or requests.OF_THE_BROWSER.keys() - said.keys() <= {"uadata"}, f"{where}: features"
    assert ("consent" in said) == expected.consent, f"{where}: consent"
    assert ("_ref" in said) == (state.referred and recognised), f"{where}: where the visitor came from"
    assert (hit.verdict == "recorded") == expected.recorded, f"{where}: {hit.verdict}"


def _keeps(kept: Iterable[Kept], items: Sequence[Item], where: str) -> None:
    found = {cookie.name: cookie for cookie in kept}
    declared = {item.name.replace("<site>", _SITE).replace("<hash>", _HERE): item for item in items}
    assert found.keys() == declared.keys(), f"{where}: what is kept"
    for name, cookie in found.items():
        item = declared[name]
        assert cookie.domain == "127.0.0.1", f"{where}: {name}"
        assert (cookie.path, cookie.same_site) == (item.path, item.same_site), f"{where}: {name}"
        assert (cookie.secure, cookie.http_only) == (item.secure, item.http_only), f"{where}: {name}"
        assert item.lifetime is not None
        assert cookie.seconds is not None, f"{where}: {name} has an end"
        assert 0 < cookie.seconds <= item.lifetime.total_seconds() + _TOLERANCE_SECONDS, f"{where}: {name}"
