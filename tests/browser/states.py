"""Goes through a state, step by step, with whatever engine, and holds what happens against the declaration."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from time import time
from urllib.parse import quote, unquote

from msgspec import structs

from browser.engines import OTHER_STORAGE, Engine, Kept
from browser.site import ELSEWHERE, IS_THERE, PAGE, SETTLE, Sent, SiteServer
from browser.visitor import where as part_of_name
from pellucid.policy import requests
from pellucid.policy.engines import Engine as Row
from pellucid.policy.engines import Shown
from pellucid.policy.presets import PRESETS
from pellucid.policy.requests import HIT, QUESTION, REQUESTS, TRACKER_FILE, UNASKED, Asked
from pellucid.policy.state import Client, Objection, Outcome, Script, Server, Signal, State, Step
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
    Item,
    Setter,
    Since,
)

_SITE = "1"
(_QUESTION,) = QUESTION.paths
_TOLERANCE_SECONDS = 60
_PAGES = (Step.FIRST_PAGE, Step.NEXT_PAGE, Step.NEXT_DAY)
_PRESSED = {
    Objection.FRAME: ("button[value=object]", "#outcome:not([hidden])"),
    Objection.SERVER: ("button[value=object]", ".choice[data-objected=yes]"),
    Objection.SCRIPT: ("#matomo-opt-out input", "#matomo-opt-out input:checked"),
    Objection.SNIPPET: ("#matomo-opt-out input", "#matomo-opt-out input:checked"),
}
"""What a visitor presses to object, and what is then there."""
_SECOND, _MILLISECOND = r"1[789]\d{8}", r"1[789]\d{11}"
_VALUES = {
    VISITOR: rf"[0-9a-f]{{16}}\.{_SECOND}\.",
    VISIT: "1",
    REFERRER: rf'\["(spring)?","(sun)?",{_SECOND},"(https?://[^"]+)?"\]',
    VARIABLES: r'\{"1":\["kind","gold"\]\}',
    CONSENT: _MILLISECOND,
    COOKIE_CONSENT: _MILLISECOND,
    OPT_OUT: f"{_MILLISECOND}|{_SECOND}",
    IGNORE: "ignore=Kg==",
    IGNORE_PARTITIONED: "ignore=Kg==:here=1",
}
"""What each cookie holds: Matomo's format, so that its tracker and ours know each other's visitors."""
_ANSWERED = f"""
{IS_THERE}
const isAnswered = () => performance.getEntriesByType("resource").some((one) => one.name.endsWith("{_QUESTION}"));
while (window.Matomo && !isAnswered()) await new Promise((done) => setTimeout(done, 10));
"""
"""Waits until the tracker, if there is one, has the answer to what it asks before it sends anything."""


_EACH_TIME = frozenset({"host", "user-agent", "accept", "accept-encoding", "accept-language", "connection"})
"""Headers that no request is without."""
_SIGNALS = {Signal.GLOBAL_PRIVACY_CONTROL: "sec-gpc", Signal.DO_NOT_TRACK: "dnt"}
_OF_ACTION = {
    "page view": {"action_name"},
    "ping": {"ping"},
    "event": {"ca", "e_c", "e_a", "e_n", "e_v"},
    "search": {"search", "search_cat", "search_count"},
    "goal": {"idgoal", "revenue"},
    "link": {"ca", "link"},
    "download": {"ca", "download"},
    "content seen": {"ca", "c_n", "c_p", "c_t"},
    "content used": {"ca", "c_n", "c_p", "c_t", "c_i"},
    "order": {"idgoal", "revenue", "ec_id", "ec_items", "ec_st", "ec_tx", "ec_sh", "ec_dt"},
}
_OF_COMMAND = {
    "setUserId": {"uid"},
    "setCustomUrl": {"_rcn", "_rck", "_refts"},
    "setCustomVariable page": {"cvar"},
    "setCustomVariable event": {"e_cvar"},
    "setCustomVariable visit": {"_cvar"},
    "setCustomDimension": {"dimension<number>"},
    "setCustomData": {"data"},
}
"""What each request tells besides, by the first word of a page's command, or by its first and its last."""
_OF_A_PRODUCT = {"_pks", "_pkn", "_pkc", "_pkp"}
_TIMES = {name for name in requests.OF_THE_PAGE if name.startswith("pf_")}


def go_through(engine: Engine, server: SiteServer, state: State) -> Sequence[Sent]:
    """Take all steps of a state with a browser; return all that was sent."""
    everything: list[Sent] = []
    server.shows(state)
    for item in state.had:
        engine.have(*_had(item, server.host), server.url(ELSEWHERE))
    for step, declared in state.steps.items():
        expected = _by(engine.row, declared, state, step)
        where = f"{state.name}, {step}"
        _take(engine, server, state, step)
        sent = server.taken(_settled(engine, server, state), hits=len(expected.sends))
        everything += sent
        _asks(sent, expected, step, where)
        for one in sent:
            _adds(one, expected, state, engine, where)
        for hit in _hits(sent):
            _says(hit, expected, state, step, engine.row, where)
        kept = engine.kept(server.url(ELSEWHERE), server.url(ELSEWHERE, server.server_host))
        longest = {Setter.TRACKER: engine.row.of_a_script, Setter.SERVER: engine.row.of_a_server}
        _keeps(kept, expected.keeps, server, where, longest, _ages(expected, state, step, sent))
        if state.client is Client.BROWSER:
            assert engine.run(OTHER_STORAGE) == [], f"{where}: nothing is kept but cookies"
    return everything


def shown(sent: Iterable[Sent]) -> Mapping[str, set[str]]:
    """Return all headers, and the parameters by the kind of request, that there are."""
    found: dict[str, set[str]] = {"headers": set()}
    for one in sent:
        asked = _kind(one)
        assert asked
        found["headers"] |= one.headers.keys()
        found.setdefault(asked.name, set()).update(_parameters(one))
    return found


def _by(row: Row, expected: Outcome, state: State, step: Step) -> Outcome:
    """Return what an engine comes to where it differs from what is declared of all."""
    keeps = tuple(item for item in expected.keeps if row.keeps_apart or not item.partitioned)
    returned = state.objects is Objection.SERVER and state.server is Server.ELSEWHERE and step is not Step.FIRST_PAGE
    recorded = expected.recorded and not (returned and row.shows is not Shown.NEVER)
    return structs.replace(expected, keeps=keeps, recorded=recorded)


def _had(item: Item, host: str) -> tuple[str, str]:
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
    return _named(item, host), values[item]


def _named(item: Item, host: str) -> str:
    return item.name.replace("<site>", _SITE).replace("<hash>", part_of_name(f"{host}/"))


def _take(engine: Engine, server: SiteServer, state: State, step: Step) -> None:
    match step:
        case Step.FIRST_PAGE:
            if state.referred:
                engine.open(server.url(ELSEWHERE, of="localhost"))
                engine.follow(server.url())
            else:
                engine.open(server.url())
            for command in state.chooses:
                _settled(engine, server, state)
                engine.run(f"_paq.push(['{command}'])")
            if state.objects:
                _settled(engine, server, state)
                _object(engine, server, state.objects)
        case Step.NEXT_PAGE:
            engine.open(server.url(f"{PAGE}/next"))
        case Step.INTERACTION:
            engine.run("_paq.push(['trackEvent', 'menu', 'open', 'products', 1])")
        case Step.LEAVING:
            engine.open(server.url(ELSEWHERE))
        case Step.NEXT_DAY:
            engine.sleep_until_tomorrow()
            engine.open(server.url(f"{PAGE}/tomorrow"))


def _object(engine: Engine, server: SiteServer, objection: Objection) -> None:
    if objection is Objection.SERVER:
        engine.open(server.url("/optout", server.server_host))
    engine.press(*_PRESSED[objection], framed=objection is Objection.FRAME)


def _settled(engine: Engine, server: SiteServer, state: State) -> str:
    if state.client is Client.IMAGE:
        return ""
    if state.asks_first:
        # What is sent waits for an answer.
        engine.run(_ANSWERED)
        server.wait_for(str(engine.run(SETTLE)))
    return str(engine.run(SETTLE))


def _hits(sent: Iterable[Sent]) -> list[Sent]:
    return [one for one in sent if _kind(one) is HIT]


def _kind(sent: Sent) -> Asked | None:
    """Return what a request is by the declaration, None if it is not there."""
    for asked in REQUESTS:
        known = any(sent.path.startswith(path) if path.endswith("/") else sent.path == path for path in asked.paths)
        if known and (sent.method == asked.method or (asked is HIT and sent.method == "POST")):
            return asked
    return None


def _asks(sent: Sequence[Sent], expected: Outcome, step: Step, where: str) -> None:
    """Hold all requests against the declaration: that they are there, and what each says."""
    assert sorted(hit.action for hit in _hits(sent)) == sorted(expected.sends), f"{where}: what is sent"
    declared = {asked.name for asked in expected.asks}
    asked_for = {asked.name if (asked := _kind(one)) else f"{one.method} {one.path}" for one in sent} - {HIT.name}
    if step is not Step.FIRST_PAGE:
        # What was fetched with the first page is in the browser's own cache now.
        asked_for |= declared
    assert asked_for == declared, f"{where}: what is asked for"
    for one in sent:
        asked = _kind(one)
        assert asked
        assert one.headers.keys() <= UNASKED.keys(), f"{where}: headers of {asked.name}"
        assert _parameters(one) <= asked.says.keys(), f"{where}: parameters of {asked.name}"


def _parameters(sent: Sent) -> set[str]:
    """Return the names of what a request says, as they are declared."""
    return {re.sub(r"^dimension\d+$", "dimension<number>", name) for name in sent.said}


def _adds(sent: Sent, expected: Outcome, state: State, engine: Engine, where: str) -> None:
    """Hold what the browser adds by itself against the declaration of this very state."""
    assert sent.headers.keys() >= _EACH_TIME, f"{where}: headers"
    wishes = {header for signal, header in _SIGNALS.items() if signal is state.signal and engine.sends_signals}
    assert sent.headers.keys() & set(_SIGNALS.values()) == wishes, f"{where}: signals"
    pairs = sent.headers.get("cookie", "").split("; ") if "cookie" in sent.headers else []
    names = {pair.partition("=")[0].partition(".")[0] for pair in pairs}
    of_the_page = {*state.had, *expected.keeps, *(VISITOR, VISIT, REFERRER, VARIABLES, CONSENT, COOKIE_CONSENT)}
    known = of_the_page if state.server is Server.HERE else {IGNORE}
    assert names <= {item.name.partition(".")[0] for item in known}, f"{where}: cookies that are shown"


def _says(hit: Sent, expected: Outcome, state: State, step: Step, row: Row, where: str) -> None:
    """Hold a tracking request against the declaration: what it tells is told, and nothing else is."""
    told, times = _parameters(hit), set() if state.script is Script.SMALL or state.client is Client.IMAGE else _TIMES
    assert told - times == _told(hit, expected, state, step, row), f"{where}: {hit.action}"
    assert (hit.verdict == "recorded") == expected.recorded, f"{where}: {hit.verdict}"


def _told(hit: Sent, expected: Outcome, state: State, step: Step, row: Row) -> set[str]:
    """Return the parameters of a request, but for how long the page took: that is told once it is known."""
    if state.client is Client.IMAGE:
        return {"idsite", "rec", "url", "action_name"}
    told = {*requests.OF_THE_REQUEST, "url", "pv_id"} | _OF_ACTION[hit.action]
    if not expected.consent:
        told -= {"consent"}
    if state.script is Script.SMALL:
        return told
    told |= {"_idn"}
    recognised = expected.recognised or hit.action == "ping"
    if recognised:
        told |= {"_id"}
    if expected.features:
        told |= requests.OF_THE_BROWSER.keys() - (set() if row.tells_hints else {"uadata"})
    if state.referred and step is Step.FIRST_PAGE:
        told |= {"urlref"}
    if state.referred and recognised and PRESETS[state.preset].attributes:
        told |= {"_ref", "_refts"}
    for command in state.page:
        words = command.split()
        name, last = words[0], words[-1]
        told |= _OF_COMMAND.get(name, _OF_COMMAND.get(f"{name} {last}", set()))
        if name == "setEcommerceView" and hit.action == "page view":
            told |= _OF_A_PRODUCT
    return told


def _ages(expected: Outcome, state: State, step: Step, sent: Sequence[Sent]) -> Mapping[Item, timedelta]:
    """Return how long ago each cookie was set, where that is known: by an earlier page is not."""
    lived = timedelta(days=1) if step is Step.NEXT_DAY else timedelta()
    by_script = state.client is Client.BROWSER
    renewed = {Since.REQUEST: by_script and bool(expected.sends), Since.PAGE: by_script and step in _PAGES}
    # Not every engine lets the cookies of other hosts age.
    known = {
        item: lived for item in expected.keeps if item not in state.had and not (lived and item.set_by is Setter.SERVER)
    }
    return known | {
        item: timedelta() for item in expected.keeps if renewed.get(item.since) or _is_renewed(item, state, sent)
    }


def _is_renewed(item: Item, state: State, sent: Sequence[Sent]) -> bool:
    """Return whether the server was shown a cookie, and renews it; a script's where the site is the server's own."""
    renewing = (TRACKER_FILE, HIT, QUESTION) if item.set_by is Setter.SERVER else (TRACKER_FILE, HIT)
    answered = [one for one in sent if _kind(one) in renewing]
    from_here = any(one.headers.get("sec-fetch-site") == "same-origin" for one in answered)
    is_seen = item.set_by is Setter.SERVER or (state.server is Server.HERE and from_here)
    return item.is_renewed and is_seen and any(f"{item.name}=" in one.headers.get("cookie", "") for one in answered)


def _keeps(
    kept: Iterable[Kept],
    items: Sequence[Item],
    server: SiteServer,
    where: str,
    longest: Mapping[Setter, timedelta | None],
    ages: Mapping[Item, timedelta],
) -> None:
    site = server.url("").rpartition(":")[0]
    found = {(cookie.name, cookie.domain, cookie.partition): cookie for cookie in kept}
    declared = {
        (
            _named(item, server.host),
            server.server_host if item.set_by is Setter.SERVER else server.host,
            site if item.partitioned else "",
        ): item
        for item in items
    }
    assert found.keys() == declared.keys(), f"{where}: what is kept"
    for key, cookie in found.items():
        item, name = declared[key], cookie.name
        assert (cookie.path, cookie.same_site) == (item.path, item.same_site), f"{where}: {name}"
        assert (cookie.secure, cookie.http_only) == (item.secure, item.http_only), f"{where}: {name}"
        assert re.fullmatch(_VALUES[item], unquote(cookie.value)), f"{where}: {name} holds {cookie.value}"
        assert item.lifetime is not None
        assert cookie.seconds is not None, f"{where}: {name} has an end"
        lifetime = min(item.lifetime, longest[item.set_by] or item.lifetime)
        left = (lifetime - ages.get(item, timedelta())).total_seconds()
        shortest = left - _TOLERANCE_SECONDS if item in ages else 0
        assert shortest < cookie.seconds <= left + _TOLERANCE_SECONDS, f"{where}: {name}"
