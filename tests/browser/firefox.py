"""Firefox, over WebDriver BiDi (https://w3c.github.io/webdriver-bidi/), which it speaks by itself."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep, time
from typing import Any
from urllib.parse import urlsplit

import websocket
from msgspec import json

from browser.engines import LATER, Kept, NotInstalled, browser_function
from browser.pages import PATIENCE_SECONDS
from browser.visitor import SECONDS_PER_DAY
from pellucid.policy.engines import FIREFOX
from pellucid.policy.state import Client, Signal

PROGRAMS = ("firefox-esr", "firefox")
PREFERENCES = {
    Signal.NONE: "",
    Signal.GLOBAL_PRIVACY_CONTROL: 'user_pref("privacy.globalprivacycontrol.enabled", true);\n',
    Signal.DO_NOT_TRACK: 'user_pref("privacy.donottrackheader.enabled", true);\n',
}
"""The settings are Firefox's own: header and property come from the browser itself."""
WITHOUT_SCRIPTS = 'user_pref("javascript.enabled", false);\n'
_LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")


class Session:
    """A running Firefox, and what is said to it."""

    def __init__(self, address: str) -> None:
        self._socket = websocket.create_connection(f"{address}/session", timeout=PATIENCE_SECONDS, suppress_origin=True)
        self._last = 0
        told = self("session.new", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})["capabilities"]
        self.version = str(told["browserVersion"])

    def __call__(self, method: str, **parameters: object) -> Any:
        """Give a command, and return its result."""
        self._last += 1
        self._socket.send(json.encode({"id": self._last, "method": method, "params": parameters}).decode())
        while True:
            answer = json.decode(self._socket.recv())
            if answer.get("id") == self._last:
                assert answer["type"] == "success", f"{method}: {answer}"
                return answer["result"]

    def close(self) -> None:
        """End Firefox."""
        self("browser.close")
        self._socket.close()


def program() -> str:
    """Return where Firefox is."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if not found:
        raise NotInstalled("Firefox is not installed (apt install firefox-esr)")
    return found


@contextmanager
def running(profile: Path, signal: Signal, client: Client) -> Iterator[Session]:
    """Give a Firefox for as long as it runs; it keeps nothing but what is in `profile`."""
    (profile / "user.js").write_text(PREFERENCES[signal] + WITHOUT_SCRIPTS * (client is Client.IMAGE))
    with subprocess.Popen(
        [program(), "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stderr
            address = next(found[1] for line in process.stderr if (found := _LISTENING.search(line)))
            session = Session(address)
            yield session
            session.close()
            process.stderr.read()
        finally:
            process.terminate()


class Firefox:
    """One visitor: a container of their own, as Firefox calls it."""

    row = FIREFOX
    sends_signals = True

    def __init__(self, session: Session) -> None:
        self.version = session.version
        self._session = session
        self._urls: tuple[str, ...] = ()
        self._container = session("browser.createUserContext")["userContext"]
        self._tab = session("browsingContext.create", type="tab", userContext=self._container)["context"]

    def open(self, url: str) -> None:
        self._session("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def follow(self, url: str) -> None:
        self.run(f"setTimeout(() => location.href = {json.encode(url).decode()})")
        self._wait_for(
            self._tab, f"location.href === {json.encode(url).decode()} && document.readyState === 'complete'"
        )

    def run(self, script: str) -> Any:
        return self._evaluate(self._tab, browser_function(script))

    def press(self, button: str, then: str, *, framed: bool) -> None:
        place = self._frame() if framed else self._tab
        self._wait_for(place, f"!!document.querySelector({button!r})")
        self._evaluate(place, f"document.querySelector({button!r}).scrollIntoView()")
        found = self._session("browsingContext.locateNodes", context=place, locator={"type": "css", "value": button})
        origin = {"type": "element", "element": {"sharedId": found["nodes"][0]["sharedId"]}}
        press = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": origin},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self._session(
            "input.performActions", context=place, actions=[{"type": "pointer", "id": "mouse", "actions": press}]
        )
        self._wait_for(place, f"!!document.querySelector({then!r})")

    def kept(self, *urls: str) -> list[Kept]:
        self._urls = urls
        return [
            Kept(
                name=cookie["name"],
                value=cookie["value"]["value"],
                domain=cookie["domain"],
                path=cookie["path"],
                seconds=cookie["expiry"] - time() if "expiry" in cookie else None,
                secure=cookie["secure"],
                http_only=cookie["httpOnly"],
                same_site=cookie["sameSite"].capitalize(),
                partition=partition,
            )
            for cookie, partition in self._cookies()
        ]

    def have(self, name: str, value: str, url: str) -> None:
        self._keep(
            {
                "name": name,
                "value": {"type": "string", "value": value},
                "domain": urlsplit(url).hostname,
                "path": "/",
                "expiry": int(time()) + 10 * SECONDS_PER_DAY,
                "sameSite": "lax",
            }
        )

    def sleep_until_tomorrow(self) -> None:
        cookies = self._cookies()
        self._session("storage.deleteCookies", partition=self._everything)
        for cookie, partition in cookies:
            del cookie["size"]
            cookie["expiry"] -= SECONDS_PER_DAY
            if cookie["expiry"] > time():
                self._keep(cookie, partition)
        self._session("script.addPreloadScript", functionDeclaration=f"() => {LATER}", contexts=[self._tab])

    def close(self) -> None:
        self._session("browser.removeUserContext", userContext=self._container)

    @property
    def _everything(self) -> dict[str, str]:
        return {"type": "storageKey", "userContext": self._container}

    def _cookies(self) -> list[tuple[dict[str, Any], str]]:
        """Return all cookies, each with the site it is kept for alone.

        Firefox lists for an origin its own cookies, and those that others have there; it does not say which is which.
        """
        found = {}
        for url in self._urls:
            parts = urlsplit(url)
            partition = {**self._everything, "sourceOrigin": f"{parts.scheme}://{parts.netloc}"}
            for cookie in self._session("storage.getCookies", partition=partition)["cookies"]:
                apart = (
                    "" if _of_one_site(cookie["domain"], parts.hostname or "") else f"{parts.scheme}://{parts.hostname}"
                )
                found[cookie["domain"], cookie["name"], apart] = cookie, apart
        everything = self._session("storage.getCookies", partition=self._everything)["cookies"]
        assert len(everything) == len(found), f"There are cookies elsewhere: {everything}"
        return list(found.values())

    def _keep(self, cookie: dict[str, Any], partition: str = "") -> None:
        where = {**self._everything, **({"sourceOrigin": partition} if partition else {})}
        self._session("storage.setCookie", cookie=cookie, partition=where)

    def _frame(self) -> str:
        (tree,) = self._session("browsingContext.getTree", root=self._tab)["contexts"]
        return str(tree["children"][0]["context"])

    def _evaluate(self, place: str, expression: str) -> Any:
        """Return what an expression comes to; JSON carries it over."""
        told = self._session(
            "script.evaluate",
            expression=f"(async () => JSON.stringify((await ({expression})) ?? null))()",
            target={"context": place},
            awaitPromise=True,
        )
        assert told["type"] == "success", told
        return json.decode(told["result"]["value"])

    def _wait_for(self, place: str, expression: str) -> None:
        end = monotonic() + PATIENCE_SECONDS
        while monotonic() < end:
            try:
                if self._evaluate(place, expression):
                    return
            except AssertionError:
                pass  # The page is being exchanged for the next one.
            sleep(0.05)
        raise AssertionError(f"Firefox waited in vain for {expression}")


def _of_one_site(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")
