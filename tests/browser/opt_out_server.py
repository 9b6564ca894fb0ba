"""Sites and their analytics server under names of their own, behind TLS: what a frame may keep depends on both.

`shop.test` and `blog.test` are registered with the server at `stats.test`; `evil.test` is not. All are this machine.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Condition, Thread
from time import time

import trustme
import uvicorn
from msgspec import structs
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Host, Route
from starlette.types import Message, Receive, Scope, Send

from browser.listener import Listener
from browser.pages import PATIENCE_SECONDS, a_site
from pellucid.collect import tracker_files
from pellucid.collect.endpoint import VERDICT, TrackingEndpoint
from pellucid.visitor import opt_out, opt_out_box, opt_out_state, privacy_page
from pellucid.visitor.opt_out_tokens import Tokens
from tracking import a_collector, kept_nowhere

SHOP, BLOG, EVIL, STATS = "shop.test", "blog.test", "evil.test", "stats.test"
WITHIN = "stats.shop.test"
"""The same server under a name that shares the site of `shop.test`."""
MATOMOS = "/index.php?module=CoreAdminHome&action=optOut"
FRAME = "<iframe title='Opt-out' src='{src}' style='width: 600px; height: 320px; border: 0'></iframe>"
TRACKER = """<script>
    window._paq = [['setTrackerUrl', '{stats}/matomo.php'], ['setSiteId', 1], ['trackPageView']];
</script><script src='{stats}/matomo.js'></script>"""
IMAGE = "<img src='{stats}/matomo.php?idsite=1&rec=1&url=https%3A%2F%2Fshop.test%2F' alt=''>"


class Sites:
    """Serves `page`, the same at all sites; `verdicts` is what became of hits, `origins` who sent them."""

    def __init__(self, port: int, scheme: str) -> None:
        self.port = port
        self.scheme = scheme
        self.page = ""
        self.tokens = Tokens(b"secret of the tests", time)
        self.site = structs.replace(a_site(), urls=(self.url(SHOP, ""), self.url(BLOG, "")))
        self._verdicts: list[str] = []
        self._asked: list[str] = []
        self._changed = Condition()
        tracking = TrackingEndpoint(
            a_collector(kept_nowhere, site=lambda _id: self.site), lambda peer, _by: peer, self.is_ours
        )
        server = Starlette(
            routes=[
                *tracker_files.routes(lambda: [self.site]),
                *opt_out.routes(self.tokens, lambda request: request.url.scheme == "https"),
                *opt_out_box.routes(),
                *opt_out_state.routes(self.is_ours),
                *privacy_page.routes(
                    lambda site: self.site if site == 1 else None, lambda peer, _by: peer, lambda _site: True
                ),
            ],
        )

        async def stats(scope: Scope, receive: Receive, send: Send) -> None:
            with self._changed:
                self._asked.append(scope["path"])
            if scope["path"] != "/matomo.php":
                await server(scope, receive, send)
                return

            async def answered(message: Message) -> None:
                if message["type"] == "http.response.start":
                    with self._changed:
                        self._verdicts.append(dict(message["headers"]).get(VERDICT, b"").decode())
                        self._changed.notify_all()
                await send(message)

            await tracking(scope, receive, answered)

        pages = Starlette(routes=[Route("/{rest:path}", self._serve)])
        self.application = Starlette(
            routes=[Host(STATS, stats), Host(WITHIN, stats), *(Host(host, pages) for host in (SHOP, BLOG, EVIL))]
        )

    def is_ours(self, origin: str) -> bool:
        """Return whether an origin is that of a registered site."""
        return origin in self.site.origins

    def url(self, host: str, path: str = "/") -> str:
        """Return an address."""
        return f"{self.scheme}://{host}:{self.port}{path}"

    def shows(self, *parts: str, frame: str = MATOMOS, server: str = STATS) -> None:
        """Have the sites show what the parts are; `FRAME` shows an address of the server."""
        stats = self.url(server, "")
        written = "".join(part.replace("{src}", f"{stats}{frame}").replace("{stats}", stats) for part in parts)
        self.page = f"<!doctype html><html lang='en'><title>Shop</title><link rel='icon' href='data:,'>{written}"

    def verdicts(self, number: int) -> list[str]:
        """Return what became of so many hits, and forget them."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self._verdicts) >= number, PATIENCE_SECONDS), self._verdicts
            told, self._verdicts = self._verdicts, []
        return told

    def asked(self) -> list[str]:
        """Return which paths of the server were asked for since this was asked last."""
        with self._changed:
            told, self._asked = self._asked, []
        return told

    async def _serve(self, _request: Request) -> Response:
        return HTMLResponse(self.page, headers={"cache-control": "no-store"})


@contextmanager
def serving(directory: Path | None) -> Iterator[Sites]:
    """Give the sites for as long as they serve; `directory` is for a certificate, and without it there is no https."""
    with Listener() as listener:
        sites = Sites(listener.port, "https" if directory else "http")
        # uvloop closes with an error where a browser still holds a connection of TLS.
        config = uvicorn.Config(sites.application, log_level="error", ws="none", lifespan="off", loop="asyncio")
        if directory:
            config.ssl_certfile, config.ssl_keyfile = _certificate(directory)
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, args=([listener],))
        thread.start()
        yield sites
        server.should_exit = server.force_exit = True
        thread.join()


def _certificate(directory: Path) -> tuple[Path, Path]:
    """Return a certificate and its key, from an authority that nobody knows after this run."""
    issued = trustme.CA().issue_cert(SHOP, BLOG, EVIL, STATS, WITHIN)
    chain, key = directory / "chain.pem", directory / "key.pem"
    chain.write_bytes(b"".join(part.bytes() for part in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(str(key))
    return chain, key
