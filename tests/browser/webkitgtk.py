"""WebKitGTK's own small browser, through its WebDriver. It is WebKit, and is not Safari."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep, time
from typing import Any
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.wait import WebDriverWait
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from browser.engines import LATER, SIGNALS, Kept, NotInstalled, NotPossible
from browser.pages import PATIENCE_SECONDS
from browser.site import SiteServer
from browser.visitor import SECONDS_PER_DAY
from pellucid.policy.engines import WEBKITGTK
from pellucid.policy.state import Client, Signal

DRIVER, DISPLAY = "WebKitWebDriver", "Xvfb"
BROWSERS = ("/usr/lib", "/usr/libexec")

_WRAPS = 1 << 32
"""Its driver tells the time in 32 bits with a sign: what is after 2038 is before 1970."""


class WebKitGTK:
    """One visitor: a browser of their own. A script before a page is none it knows of; the page brings it along."""

    row = WEBKITGTK
    sends_signals = False

    def __init__(self, site: SiteServer, display: str, signal: Signal, client: Client) -> None:
        if client is Client.IMAGE and signal is not Signal.NONE:
            raise NotPossible(
                f"{self.row.name} has no setting that sends {signal}, and without scripts nothing else can."
            )
        options = Options()
        options.binary_location = str(browser())
        options.add_argument("--automation")
        options.add_argument(f"--enable-javascript={str(client is not Client.IMAGE).lower()}")
        options.set_capability("acceptInsecureCerts", True)
        self._service = Service(shutil.which(DRIVER), env={**os.environ, "DISPLAY": display})
        self._service.start()
        self._driver = webdriver.Remote(self._service.service_url, options=options)
        self._driver.set_script_timeout(PATIENCE_SECONDS)
        self.version = str(self._driver.capabilities["browserVersion"])
        self._site = site
        self._site.before = SIGNALS[signal]

    def open(self, url: str) -> None:
        self._driver.get(url)

    def follow(self, url: str) -> None:
        self._driver.execute_script("setTimeout((url) => { location.href = url; }, 0, arguments[0])", url)
        self._wait().until(expected_conditions.url_to_be(url))
        self._wait().until(lambda driver: driver.execute_script("return document.readyState") == "complete")

    def run(self, script: str) -> Any:
        return self._driver.execute_async_script(
            f"const done = arguments[0]; (async () => {{ {script} }})().then(done, (error) => done(String(error)))"
        )

    def press(self, button: str, then: str, *, framed: bool) -> None:
        if framed:
            self._driver.switch_to.frame(self._driver.find_element(By.CSS_SELECTOR, "iframe"))
        self._wait().until(expected_conditions.element_to_be_clickable((By.CSS_SELECTOR, button))).click()
        self._wait().until(expected_conditions.presence_of_element_located((By.CSS_SELECTOR, then)))
        self._driver.switch_to.default_content()

    def kept(self, *urls: str) -> list[Kept]:
        cookies = self._driver.get_cookies()
        page, shown = self._driver.current_window_handle, urlsplit(self._driver.current_url).hostname
        others = {host: url for url in urls if (host := urlsplit(url).hostname) != shown}
        for url in others.values():
            self._driver.switch_to.new_window("tab")
            self._driver.get(url)
            cookies += self._driver.get_cookies()
            self._driver.close()
            self._driver.switch_to.window(page)
        return [
            Kept(
                name=cookie["name"],
                value=cookie["value"],
                domain=cookie["domain"],
                path=cookie["path"],
                seconds=cookie["expiry"] % _WRAPS - time() if "expiry" in cookie else None,
                secure=cookie["secure"],
                http_only=cookie["httpOnly"],
                same_site=cookie["sameSite"],
            )
            for cookie in cookies
        ]

    def have(self, name: str, value: str, url: str) -> None:
        self._driver.get(url)
        self._driver.add_cookie(
            {
                "name": name,
                "value": value,
                "path": "/",
                "expiry": int(time()) + 10 * SECONDS_PER_DAY,
                "sameSite": "Lax",
            }
        )

    def sleep_until_tomorrow(self) -> None:
        cookies = self._driver.get_cookies()
        self._driver.delete_all_cookies()
        for cookie in cookies:
            # With its own domain it would be one of all hosts below, too.
            del cookie["domain"]
            cookie["expiry"] -= SECONDS_PER_DAY
            if cookie["expiry"] > time():
                self._driver.add_cookie(cookie)
        self._site.before += f";{LATER}"

    def close(self) -> None:
        self._site.before = ""
        self._driver.quit()
        self._service.stop()

    def _wait(self) -> WebDriverWait[Any]:
        return WebDriverWait(self._driver, PATIENCE_SECONDS, poll_frequency=0.05)


def browser() -> Path:
    """Return where the browser is; it is in no directory of programs."""
    found = next((path for place in BROWSERS for path in Path(place).glob("**/webkit*gtk*/MiniBrowser")), None)
    if not found or not shutil.which(DRIVER):
        raise NotInstalled("WebKitGTK's browser and driver are not installed (apt install webkit2gtk-driver)")
    return found


def programs() -> tuple[Path, str]:
    """Return where the browser is, and where the screen that nobody sees."""
    screen = shutil.which(DISPLAY)
    if not screen:
        raise NotInstalled("Xvfb is not installed (apt install xvfb)")
    return browser(), screen


def kept_while_preventing(url: str, cookies: int, display: str, directory: Path) -> dict[str, float]:
    """Return how many seconds each of so many cookies of a page will live where Tracking Prevention is on.

    A browser that is driven has it off; so this one is not driven, and its file is read.
    """
    file = directory / "cookies.sqlite"
    address = f"{file.as_uri()}?mode=ro"
    # The first page may be there before it begins to prevent.
    first = f"data:text/html,<meta http-equiv=refresh content='1;url={url}'>"
    arguments = [browser(), "--enable-itp", f"--cookies-file={file}", first]
    homes = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), str(directory))
    environment = {**os.environ, **homes, "DISPLAY": display}
    with subprocess.Popen(arguments, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            end = monotonic() + PATIENCE_SECONDS
            while monotonic() < end:
                # It may not be there yet, or be written just now.
                with suppress(sqlite3.OperationalError), closing(sqlite3.connect(address, uri=True)) as kept:
                    found = dict(kept.execute("select name, expiry from moz_cookies"))
                    if len(found) == cookies:
                        return {name: expiry - time() for name, expiry in found.items()}
                sleep(0.1)
            raise AssertionError(f"WebKitGTK wrote fewer than {cookies} cookies down")
        finally:
            process.terminate()


@contextmanager
def screen() -> Iterator[str]:
    """Give the name of a screen that nobody sees, for as long as it is there."""
    _, program = programs()
    read, write = os.pipe()
    with subprocess.Popen(
        [program, "-displayfd", str(write), "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    ) as process:
        os.close(write)
        try:
            with os.fdopen(read) as told:
                yield f":{told.readline().strip()}"
        finally:
            process.terminate()
