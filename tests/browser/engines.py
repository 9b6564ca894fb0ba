"""What a test of the states needs of a browser, whichever engine it is."""

from time import time
from typing import Any, Protocol

from msgspec import Struct
from playwright.sync_api import Browser, BrowserContext

from browser.visitor import SECONDS_PER_DAY
from pellucid.policy.states import Client, Signal

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


class Kept(Struct, frozen=True):
    """A cookie that is in the browser; `seconds` is how long it will live from now, None until the browser closes."""

    name: str
    value: str
    domain: str
    path: str
    seconds: float | None
    secure: bool
    http_only: bool
    same_site: str


class Engine(Protocol):
    """A visitor's browser."""

    def open(self, url: str) -> None:
        """Go to an address as if it were typed, and wait until the page is there."""

    def follow(self, url: str) -> None:
        """Go to an address from the page that is shown."""

    def run(self, script: str) -> Any:
        """Return what the body of an asynchronous function returns in the page."""

    def kept(self) -> list[Kept]:
        """Return all cookies."""

    def have(self, name: str, value: str, url: str) -> None:
        """Have a cookie that an earlier page has left."""

    def sleep_until_tomorrow(self) -> None:
        """Let a day go by: the pages' clocks are put forward, and cookies age."""


class Chromium:
    """Chromium, by Playwright: a context of its own for each visitor."""

    def __init__(self, browser: Browser, signal: Signal, client: Client) -> None:
        self.context: BrowserContext = browser.new_context(
            extra_http_headers=HEADERS[signal],
            java_script_enabled=client is not Client.IMAGE,
        )
        if SIGNALS[signal]:
            self.context.add_init_script(SIGNALS[signal])
        self._page = self.context.new_page()

    def open(self, url: str) -> None:
        self._page.goto(url)

    def follow(self, url: str) -> None:
        with self._page.expect_navigation():
            self._page.evaluate("(url) => { location.href = url; }", url)

    def run(self, script: str) -> Any:
        return self._page.evaluate(f"async () => {{ {script} }}")

    def kept(self) -> list[Kept]:
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
            )
            for cookie in self._cookies()
        ]

    def have(self, name: str, value: str, url: str) -> None:
        self.context.add_cookies([{"name": name, "value": value, "url": url, "expires": time() + 10 * SECONDS_PER_DAY}])

    def sleep_until_tomorrow(self) -> None:
        cookies = self._cookies()
        self.context.clear_cookies()
        for cookie in cookies:
            cookie["expires"] -= SECONDS_PER_DAY
        self.context.add_cookies([cookie for cookie in cookies if cookie["expires"] > time()])
        self.context.add_init_script(LATER)

    def close(self) -> None:
        """Forget this visitor."""
        self.context.close()

    def _cookies(self) -> Any:
        return self.context.cookies()
