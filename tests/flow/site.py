"""A web site that a whole server measures, and a browser that visits it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from playwright.sync_api import Browser, sync_playwright

from browser.conftest import ARGUMENTS, CHROMIUMS


@contextmanager
def site_of(page: str, script: str = "") -> Iterator[str]:
    """Give the address of a site on a host of its own: `page` at every address, `script` at those that end in .js."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_script = self.path.endswith(".js")
            self.send_response(200)
            self.send_header("Content-Type", f"text/{'javascript' if is_script else 'html'}; charset=utf-8")
            self.end_headers()
            self.wfile.write((script if is_script else page).encode())

        def log_message(self, *_: object) -> None:
            pass

    site = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = Thread(target=site.serve_forever)
    thread.start()
    try:
        yield f"http://site.example:{site.server_port}"
    finally:
        site.shutdown()
        thread.join()
        site.server_close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give a browser."""
    executable = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    assert executable, "This test needs Chromium."
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, headless=True, args=ARGUMENTS)
        yield launched
        launched.close()
