"""What a test of the states needs of a browser, whichever engine it is."""

from collections.abc import Callable
from time import time
from typing import Any, Protocol
from urllib.parse import urljoin

from msgspec import Struct
from playwright.sync_api import Browser, BrowserContext

from browser.pages import PATIENCE_SECONDS
from browser.visitor import SECONDS_PER_DAY
from pellucid.policy.engines import CHROMIUM
from pellucid.policy.engines import Engine as Row
from pellucid.policy.state import Client, Signal

SIGNALS = {
    Signal.NONE: "",
    Signal.GLOBAL_PRIVACY_CONTROL: (
        "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { configurable: true, get: () => true })"
    ),
    Signal.DO_NOT_TRACK: (
        "Object.defineProperty(Navigator.prototype, 'doNotTrack', { configurable: true, get: () => '1' })"
    ),
}
HEADERS = {
    Signal.NONE: {},
    Signal.GLOBAL_PRIVACY_CONTROL: {"Sec-GPC": "1"},
    Signal.DO_NOT_TRACK: {"DNT": "1"},
}
LATER = f"""{{
  const Now = Date;
  const shift = {SECONDS_PER_DAY * 1000};
  globalThis.Date = class extends Now {{
    constructor(...given) {{ given.length ? super(...given) : super(Now.now() + shift); }}
    static now() {{ return Now.now() + shift; }}
  }};
}}"""
"""Has a page believe that it is tomorrow."""

OTHER_STORAGE = """
const databases = indexedDB.databases ? await indexedDB.databases() : [];
const workers = navigator.serviceWorker ? await navigator.serviceWorker.getRegistrations() : [];
return [
  ...Object.keys(localStorage), ...Object.keys(sessionStorage), ...databases.map((one) => one.name),
  ...(globalThis.caches ? await caches.keys() : []), ...workers.map((one) => one.scope),
];
"""


def browser_function(body: str) -> str:
    """Return an expression that calls an asynchronous function with this body."""
    return f"(async () => {{ {body} }})()"


class NotInstalled(Exception):
    """An engine is not on this machine; the text says what to install."""


class NotPossible(Exception):
    """An engine can not be brought into a state; the text says why."""


class Kept(Struct, frozen=True):
    """A cookie that is in the browser.

    `seconds` is how long it will live from now, None until the browser closes; `partition` is the site it is kept for
    alone, as `https://shop.example`, empty where it is kept for all.
    """

    name: str
    value: str
    domain: str
    path: str
    seconds: float | None
    secure: bool
    http_only: bool
    same_site: str
    partition: str = ""


class Engine(Protocol):
    """A visitor's browser; `row` is what is declared of its engine, `version` the one that runs.

    `sends_signals` says whether it can be made to send a visitor's signals; pages are shown them in any case.
    """

    row: Row
    version: str
    sends_signals: bool

    def open(self, url: str) -> None:
        """Go to an address as if it were typed, and wait until the page is there."""

    def follow(self, url: str) -> None:
        """Go to an address from the page that is shown."""

    def run(self, script: str) -> Any:
        """Return what the body of an asynchronous function returns in the page."""

    def press(self, button: str, then: str, *, framed: bool) -> None:
        """Press what a selector names, in the page or in the frame that it shows, and wait for what another names."""

    def kept(self, *urls: str) -> list[Kept]:
        """Return all cookies; at which addresses there may be some, an engine may need to be told."""

    def have(self, name: str, value: str, url: str) -> None:
        """Have a cookie that an earlier page has left at an address."""

    def sleep_until_tomorrow(self) -> None:
        """Let a day go by: the pages' clocks are put forward, and cookies age."""

    def close(self) -> None:
        """Forget this visitor."""


Launch = Callable[[Signal, Client], Engine]
"""Opens a browser that was never used."""


class Chromium:
    """Chromium, by Playwright: a context of its own for each visitor."""

    row = CHROMIUM
    sends_signals = True

    def __init__(self, browser: Browser, signal: Signal, client: Client) -> None:
        self.version = browser.version
        self.context: BrowserContext = browser.new_context(
            extra_http_headers=HEADERS[signal],
            java_script_enabled=client is not Client.IMAGE,
            ignore_https_errors=True,
        )
        self.context.set_default_timeout(PATIENCE_SECONDS * 1000)
        if SIGNALS[signal]:
            self.context.add_init_script(SIGNALS[signal])
        self._page = self.context.new_page()

    def open(self, url: str) -> None:
        self._page.goto(url)

    def follow(self, url: str) -> None:
        with self._page.expect_navigation():
            self._page.evaluate("(url) => { location.href = url; }", url)

    def run(self, script: str) -> Any:
        return self._page.evaluate(f"() => {browser_function(script)}")

    def press(self, button: str, then: str, *, framed: bool) -> None:
        place = self._page.frame_locator("iframe") if framed else self._page
        place.locator(button).click()
        place.locator(then).wait_for()

    def kept(self, *urls: str) -> list[Kept]:
        del urls
        return [
            Kept(
                name=cookie["name"],
                value=cookie["value"],
                domain=cookie["domain"],
                path=cookie["path"],
                seconds=None if cookie["expires"] < 0 else cookie["expires"] - time(),
                secure=cookie["secure"],
                http_only=cookie["httpOnly"],
                same_site=cookie["sameSite"],
                partition=cookie.get("partitionKey", ""),
            )
            for cookie in self._cookies()
        ]

    def have(self, name: str, value: str, url: str) -> None:
        self.context.add_cookies(
            [{"name": name, "value": value, "url": urljoin(url, "/"), "expires": time() + 10 * SECONDS_PER_DAY}]
        )

    def sleep_until_tomorrow(self) -> None:
        cookies = self._cookies()
        self.context.clear_cookies()
        for cookie in cookies:
            cookie["expires"] -= SECONDS_PER_DAY
        self.context.add_cookies([cookie for cookie in cookies if cookie["expires"] > time()])
        self.context.add_init_script(LATER)

    def close(self) -> None:
        self.context.close()

    def _cookies(self) -> Any:
        return self.context.cookies()
