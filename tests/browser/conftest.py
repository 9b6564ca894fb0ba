"""A real browser, and a real server of pages for it.

`browser` is one Chromium for all tests; `page` is a page in a `context` of its own, without cookies, and `visitor`
tells what that keeps; `page_server` serves the page that a test writes and the tracker, and takes down every tracking
request.
"""

import asyncio
import shutil
import socket
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from threading import Thread

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from browser import firefox, opt_out_server, webkitgtk
from browser.engines import Chromium, Launch, NotInstalled
from browser.opt_out_server import FRAME, Sites
from browser.pages import PATIENCE_SECONDS, PageServer
from browser.site import SiteServer, serving
from browser.visitor import Visitor
from pellucid.policy.state import Client, Signal

# A busy machine is no fault of a page.
expect.set_options(timeout=PATIENCE_SECONDS * 1000)

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-quic"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    # Every name is this machine: sites may have names, and nothing is asked for elsewhere.
    "--host-resolver-rules=MAP * 127.0.0.1",
]

LOOKED_FOR: Mapping[str, Callable[[], object]] = {"firefox": firefox.program, "webkitgtk": webkitgtk.programs}
"""What finds the programs of engines that need not be there."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Have a test that asks for an `engine` run with each that is named on the command line, or that is installed."""
    if "engine" in metafunc.fixturenames:
        names = metafunc.config.getoption("--engine") or ["chromium", *filter(_is_installed, LOOKED_FOR)]
        groups = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in names]
        metafunc.parametrize("engine", groups, scope="module")


def _is_installed(engine: str) -> bool:
    try:
        LOOKED_FOR[engine]()
    except NotInstalled:
        return False
    return True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the engines that the states were gone through with, how often, and how they protect from tracking."""
    passed = terminalreporter.getreports("passed")
    engines = Counter(value for report in passed for name, value in report.user_properties if name == "engine")
    for engine, states in engines.items():
        terminalreporter.line(f"{engine}: {states} states as declared")


class Loop:
    """Playwright's event loop, which it leaves running between two calls; others could start none then."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None

    def leave(self) -> None:
        """Let tests that know nothing of Playwright have a loop."""
        self._loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Have Playwright's loop for as long as it is spoken to."""
        asyncio._set_running_loop(self._loop)
        try:
            yield
        finally:
            asyncio._set_running_loop(None)


def _chromium() -> str:
    executable = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    assert executable, "The tests need Chromium."
    return executable


@pytest.fixture(scope="session")
def _playwright() -> Iterator[tuple[Browser, Loop]]:
    loop = Loop()
    playwright = sync_playwright().start()
    chromium = playwright.chromium.launch(executable_path=_chromium(), headless=True, args=ARGUMENTS)
    loop.leave()
    yield chromium, loop
    with loop.entered():
        chromium.close()
        playwright.stop()


@pytest.fixture(autouse=True)
def _speaking(_playwright: tuple[Browser, Loop]) -> Iterator[None]:
    with _playwright[1].entered():
        yield


@pytest.fixture(scope="session")
def browser(_playwright: tuple[Browser, Loop]) -> Browser:
    """Chromium; what a test opens in it, it has to close."""
    return _playwright[0]


@pytest.fixture
def context(browser: Browser, _speaking: None) -> Iterator[BrowserContext]:
    """A visitor's browser that was never used; the certificate of a run is good enough for it."""
    opened = browser.new_context(ignore_https_errors=True)
    opened.set_default_timeout(PATIENCE_SECONDS * 1000)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def sites_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    with opt_out_server.serving(tmp_path_factory.mktemp("certificate")) as running:
        yield running


@pytest.fixture
def sites(sites_server: Sites) -> Sites:
    """Sites that show the opt-out in a frame."""
    sites_server.shows(FRAME)
    sites_server.verdicts(0)
    sites_server.asked()
    return sites_server


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page of that browser."""
    return context.new_page()


@pytest.fixture
def page_server() -> Iterator[PageServer]:
    """A server for the pages of one test."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        pages = PageServer(listener.getsockname()[1])
        config = uvicorn.Config(pages.application, log_level="error", ws="none", lifespan="off")
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, args=([listener],))
        thread.start()
        yield pages
        server.should_exit = server.force_exit = True
        thread.join()


@pytest.fixture
def opened_alone(tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Open an address in a Chromium that nobody drives: one that is driven prerenders nothing."""
    opened: list[subprocess.Popen[bytes]] = []

    def open_(url: str) -> None:
        profile = f"--user-data-dir={tmp_path / 'profile'}"
        opened.append(
            subprocess.Popen([_chromium(), "--headless", profile, *ARGUMENTS, url], stderr=subprocess.DEVNULL)
        )

    yield open_
    for chromium in opened:
        chromium.terminate()
        chromium.wait()


@pytest.fixture
def visitor(context: BrowserContext, page_server: PageServer) -> Visitor:
    """Whose browser `page` is in."""
    return Visitor(context, page_server.url("/"))


@pytest.fixture(scope="module")
def site_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteServer]:
    """A site and its analytics server."""
    with serving(tmp_path_factory.mktemp("certificate")) as site:
        yield site


@pytest.fixture(scope="module")
def launch(
    engine: str, request: pytest.FixtureRequest, site_server: SiteServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Launch]:
    """Give what opens a browser that was never used, of the engine that is asked for."""
    with ExitStack() as stack:

        @cache
        def a_firefox(signal: Signal, client: Client) -> firefox.Session:
            return stack.enter_context(firefox.running(tmp_path_factory.mktemp("profile"), signal, client))

        try:
            match engine:
                case "chromium":
                    chromium: Browser = request.getfixturevalue("browser")
                    yield lambda signal, client: Chromium(chromium, signal, client)
                case "firefox":
                    a_firefox(Signal.NONE, Client.BROWSER)
                    yield lambda signal, client: firefox.Firefox(a_firefox(signal, client))
                case "webkitgtk":
                    display = stack.enter_context(webkitgtk.screen())
                    yield lambda signal, client: webkitgtk.WebKitGTK(site_server, display, signal, client)
        except NotInstalled as missing:
            pytest.skip(str(missing))
