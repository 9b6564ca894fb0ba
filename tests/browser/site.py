"""A site and its analytics server as one real server, which takes down every request in full.

It is there twice: at `127.0.0.1`, where both are one host, and behind TLS under names of their own, where the analytics
server may be of the site (`stats.shop.localhost`) or not (`stats.localhost`). Pages have a policy that stops what is
asked of anybody else, and has the browser tell this server of it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path
from threading import Condition, Thread
from time import time
from urllib.parse import parse_qsl, urlencode, urlsplit

import trustme
import uvicorn
from msgspec import Struct, json, structs
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from browser.listener import Listener
from browser.pages import PATIENCE_SECONDS, a_site
from pellucid.collect import tracker_files
from pellucid.collect.endpoint import VERDICT, TrackingEndpoint
from pellucid.collect.tracker_files import BUILT
from pellucid.model.goal import Goal, MatchAttribute
from pellucid.policy.state import Objection, Script, Server, State
from pellucid.visitor import opt_out, opt_out_box, opt_out_state
from pellucid.visitor.opt_out_box import settings_of, snippet_of
from pellucid.visitor.opt_out_tokens import Tokens
from tracking import a_collector, kept_nowhere

TRACKING = "/matomo.php"
PAGE, ELSEWHERE, BARRIER, VIOLATION, LASTING = "/page", "/elsewhere", "/barrier", "/violation", "/lasting"
FOR_EVER = 1000 * 86_400
SHOP = "shop.localhost"
_HOSTS = {Server.HERE: "127.0.0.1", Server.BESIDE: f"stats.{SHOP}", Server.ELSEWHERE: "stats.localhost"}
_AN_IMAGE = {"idsite": "1", "rec": "1", "action_name": "Home", "url": "http://127.0.0.1/page"}
_ACTIONS = {
    "ping": "ping",
    "e_c": "event",
    "ec_id": "order",
    "idgoal": "goal",
    "search": "search",
    "link": "link",
    "download": "download",
    "c_i": "content used",
    "c_n": "content seen",
}
"""What a request tells of, by the parameter that says so."""
_OPT_OUT = {
    Objection.FRAME: "<iframe title='Opt-out' src='{stats}/index.php?module=CoreAdminHome&action=optOut"
    "&language=en&showIntro=0&backgroundColor=ffffff&fontColor=112233&fontSize=14px&fontFamily=Arial'></iframe>",
    Objection.SCRIPT: (
        "<div id='matomo-opt-out'></div>"
        "<script src='{stats}/index.php?module=CoreAdminHome&action=optOutJS&language=en'></script>"
    ),
    Objection.SNIPPET: snippet_of(settings_of({"language": "en"}, "")),
    Objection.SERVER: "",
}

IS_THERE = """
const isThere = () => window.Matomo?.initialized || !document.querySelector("script[src$='/matomo.js']");
while (!isThere()) await new Promise((done) => setTimeout(done, 10));
"""
"""Waits for the tracker, if the page has it."""

SETTLE = f"""
{IS_THERE}
await navigator.userAgentData?.getHighEntropyValues(["model"]);
await new Promise((done) => setTimeout(done, 0));
const name = Math.random().toString(36).slice(2);
await fetch("{BARRIER}");
await fetch("{BARRIER}?" + name);
return name;
"""
"""Waits for the tracker, and for what that waits for before it sends, and then sends something after it."""


class Sent(Struct):
    """A request as it came in, and the verdict of the answer."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: str
    verdict: str

    @property
    def said(self) -> dict[str, str]:
        """The parameters."""
        return dict(parse_qsl(self.query, keep_blank_values=True) + parse_qsl(self.body, keep_blank_values=True))

    @property
    def action(self) -> str:
        """What it tells of."""
        return next((action for parameter, action in _ACTIONS.items() if parameter in self.said), "page view")


class SiteServer:
    """Serves the pages of one state, and takes down what its analytics server is asked; `ports` are by scheme."""

    def __init__(self, ports: dict[str, int]) -> None:
        self.before = ""
        """A script that runs in every page before the page's own, for engines that can be given none."""
        self._ports = ports
        self._page = self._first = ""
        self._site, self._server = a_site(), Server.HERE
        self._sent: list[Sent] = []
        self._barriers: set[str] = set()
        self._under_way = 0
        self._changed = Condition()
        self._tracking = TrackingEndpoint(
            a_collector(kept_nowhere, site=lambda _id: self._site), lambda peer, _by: peer, self._is_ours
        )
        self._own = Starlette(
            routes=[
                Route(f"{PAGE}{{rest:path}}", self._serve),
                Route(ELSEWHERE, self._elsewhere),
                Route(BARRIER, self._barrier),
                Route(LASTING, self._lasting),
            ],
        )
        tokens = Tokens(b"secret of the tests", time)
        self._analytics = Starlette(
            routes=[
                *tracker_files.routes(lambda: [self._site]),
                *opt_out.routes(tokens, lambda request: request.url.scheme == "https"),
                *opt_out_box.routes(),
                *opt_out_state.routes(self._is_ours),
            ],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and take it down if it is not for one of the site's pages."""
        path = scope["path"]
        if path.startswith((PAGE, ELSEWHERE, BARRIER, LASTING)):
            await self._own(scope, receive, send)
            return
        body, verdict = bytearray(), ""

        async def received() -> Message:
            message = await receive()
            body.extend(message.get("body", b""))
            return message

        async def answered(message: Message) -> None:
            nonlocal verdict
            verdict = verdict or dict(message.get("headers", ())).get(VERDICT, b"").decode()
            await send(message)

        self._goes_on(1)
        try:
            await (self._tracking if path == TRACKING else self._analytics)(scope, received, answered)
        finally:
            headers = {name.decode(): value.decode() for name, value in scope["headers"]}
            query = scope["query_string"].decode()
            self._sent.append(Sent(scope["method"], path, query, headers, body.decode(), verdict))
            self._goes_on(-1)

    def shows(self, state: State) -> None:
        """Serve the pages, and have the site's settings, of a state."""
        self._server = state.server
        signals = {} if state.honours_signals else {"honour_gpc": False, "honour_dnt": False}
        plain = a_site(state.preset, **signals, asks_first=state.asks_first)
        goal = Goal(site_id=1, id=1, name="Ordered", match_attribute=MatchAttribute.MANUALLY)
        self._site = structs.replace(plain, urls=(self.url(""),), goals=(goal,))
        with self._changed:
            self._sent = []
        stats = self.url("", of=self.server_host)
        self._page = f"""<!doctype html><html lang="en"><title>Home</title><link rel="icon" href="data:,"><body>
            {_scripts(state, stats)}<noscript><img src="{stats}{_image()}" alt=""></noscript>"""
        self._first = self._page + (_OPT_OUT[state.objects].replace("{stats}", stats) if state.objects else "")

    @property
    def host(self) -> str:
        """The site's host."""
        return "127.0.0.1" if self._server is Server.HERE else SHOP

    @property
    def server_host(self) -> str:
        """The analytics server's host."""
        return _HOSTS[self._server]

    def url(self, path: str = PAGE, of: str = "") -> str:
        """Return an address of the site, or of another host."""
        scheme = "http" if self._server is Server.HERE else "https"
        return f"{scheme}://{of or self.host}:{self._ports[scheme]}{path}"

    def taken(self, barrier: str = "", hits: int = 0) -> Sequence[Sent]:
        """Return what was sent since this was asked last, when the request named is there and all are answered.

        Browsers send at most six requests at once to a host, and what tells the server of something after all else: if
        there should be hits, they are waited for, and are not there only if they never come.
        """
        with self._changed:
            self._changed.wait_for(lambda: sum(one.path == TRACKING for one in self._sent) >= hits, PATIENCE_SECONDS)
            self.wait_for(barrier)
            taken, self._sent = self._sent, []
        return taken

    def wait_for(self, barrier: str) -> None:
        """Wait until the request named is there, if one is, and all others are answered."""
        with self._changed:
            assert self._changed.wait_for(
                lambda: (not barrier or barrier in self._barriers) and not self._under_way, PATIENCE_SECONDS
            )

    def _is_ours(self, origin: str) -> bool:
        return origin in self._site.origins

    def _goes_on(self, more: int) -> None:
        with self._changed:
            self._under_way += more
            self._changed.notify_all()

    async def _serve(self, request: Request) -> Response:
        ours = self.url("", of=self.server_host)
        policy = f"default-src 'self' 'unsafe-inline' data: {ours}; report-uri {VIOLATION}"
        page = self._first if request.url.path == PAGE else self._page
        page = page.replace("<title>", f"<script>{self.before}</script><title>", 1)
        return HTMLResponse(page, headers={"cache-control": "no-store", "content-security-policy": policy})

    async def _elsewhere(self, _request: Request) -> Response:
        return HTMLResponse("<!doctype html><title>Elsewhere</title><link rel=icon href='data:,'>")

    async def _lasting(self, _request: Request) -> Response:
        """Keep a cookie of the server's and one of a script's for longer than any browser should."""
        keep = f"document.cookie = 'of_a_script=1; path=/; SameSite=Lax; max-age={FOR_EVER}'"
        response = HTMLResponse(
            f"<!doctype html><title>Home</title><link rel=icon href='data:,'><script>{keep}</script>"
        )
        response.set_cookie("of_a_server", "1", max_age=FOR_EVER, samesite="lax")
        return response

    async def _barrier(self, request: Request) -> Response:
        with self._changed:
            self._barriers.add(urlsplit(str(request.url)).query)
            self._changed.notify_all()
        return Response(status_code=204, headers={"cache-control": "no-store"})


def _scripts(state: State, stats: str) -> str:
    commands = [str(command.split()) for command in (*state.page, "trackPageView", *state.tells)]
    if state.script is Script.STUB:
        told = json.encode({"server": f"{stats}/", "site": 1, "consent": state.preset == "consent"}).decode()
        stub = BUILT["stub"].content.decode()
        return f"<script>_paq = [{', '.join(commands)}]; PellucidStub = {told}</script><script>{stub}</script>"
    file = "lite.js" if state.script is Script.SMALL else "matomo.js"
    queue = ", ".join([f"['setTrackerUrl', '{stats}/matomo.php']", "['setSiteId', 1]", *commands])
    return f"<script>_paq = [{queue}]</script><script async src='{stats}/{file}'></script>"


def _image() -> str:
    return escape(f"{TRACKING}?{urlencode(_AN_IMAGE)}")


@contextmanager
def serving(directory: Path) -> Iterator[SiteServer]:
    """Give the site for as long as it serves; `directory` is for a certificate, of an authority that nobody knows."""
    issued = trustme.CA().issue_cert(SHOP, *_HOSTS.values())
    chain, key = directory / "chain.pem", directory / "key.pem"
    chain.write_bytes(b"".join(part.bytes() for part in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(str(key))
    with Listener() as plain, Listener() as secure:
        site = SiteServer({"http": plain.port, "https": secure.port})
        # uvloop closes with an error where a browser still holds a connection of TLS.
        configs = [uvicorn.Config(site, log_level="error", ws="none", lifespan="off", loop="asyncio") for _ in range(2)]
        configs[1].ssl_certfile, configs[1].ssl_keyfile = chain, key
        servers = [uvicorn.Server(config) for config in configs]
        threads = [
            Thread(target=server.run, args=([listener],))
            for server, listener in zip(servers, (plain, secure), strict=True)
        ]
        for thread in threads:
            thread.start()
        yield site
        for server in servers:
            server.should_exit = server.force_exit = True
        for thread in threads:
            thread.join()
