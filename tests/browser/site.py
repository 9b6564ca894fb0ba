"""A site and its analytics server as one real server, which takes down every request in full."""

from collections.abc import Sequence
from html import escape
from threading import Condition
from urllib.parse import parse_qsl, urlencode, urlsplit

from msgspec import Struct
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from browser.pages import PATIENCE_SECONDS, a_site
from pellucid.collect import tracker_files
from pellucid.collect.endpoint import VERDICT, TrackingEndpoint
from pellucid.policy.states import State
from tracking import a_collector, kept_nowhere

TRACKING = "/matomo.php"
_OWN = ("/page", "/elsewhere", "/barrier")
_AN_IMAGE = {"idsite": "1", "rec": "1", "action_name": "Home", "url": "http://127.0.0.1/page"}

SETTLE = """
await navigator.userAgentData?.getHighEntropyValues(["model"]);
await new Promise((done) => setTimeout(done, 0));
const name = Math.random().toString(36).slice(2);
await fetch("/barrier?" + name, { method: "POST" });
return name;
"""
"""Waits for what the tracker waits for before it sends, and then sends something after it."""


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
        said = self.said
        return "ping" if "ping" in said else "event" if "e_c" in said else "page view"


class SiteServer:
    """Serves the pages of one state at `/page`; `sent` is what its analytics server was asked."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.page = ""
        self.site = a_site()
        self._sent: list[Sent] = []
        self._barriers: set[str] = set()
        self._changed = Condition()
        tracking = TrackingEndpoint(
            a_collector(kept_nowhere, site=lambda _id: self.site), lambda peer, _by: peer, self.is_ours
        )
        pages = Starlette(
            routes=[
                Route("/page{rest:path}", self._serve),
                Route("/elsewhere", self._elsewhere),
                Route("/barrier", self._barrier, methods=["POST"]),
                *tracker_files.routes(lambda: [self.site]),
            ],
        )

        async def front(scope: Scope, receive: Receive, send: Send) -> None:
            await (tracking if scope["path"] == TRACKING else pages)(scope, receive, send)

        self._front = front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and take it down if it is one to the analytics server."""
        if scope["path"].startswith(_OWN):
            await self._front(scope, receive, send)
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

        await self._front(scope, received, answered)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        query = scope["query_string"].decode()
        with self._changed:
            self._sent.append(Sent(scope["method"], scope["path"], query, headers, body.decode(), verdict))
            self._changed.notify_all()

    def is_ours(self, origin: str) -> bool:
        """Return whether an origin is that of the site."""
        return origin in self.site.origins

    def shows(self, state: State) -> None:
        """Serve the pages, and have the site's settings, of a state."""
        privacy = {} if state.honours_signals else {"honour_gpc": False, "honour_dnt": False}
        self.site = a_site(state.preset, **privacy)
        commands = [str(command.split()) for command in state.page]
        queue = ", ".join(["['setTrackerUrl', '/matomo.php']", "['setSiteId', 1]", *commands, "['trackPageView']"])
        image = escape(f"{TRACKING}?{urlencode(_AN_IMAGE)}")
        self.page = f"""<!doctype html><html lang="en"><title>Home</title><link rel="icon" href="data:,">
            <script>window._paq = [{queue}]</script><script async src="/matomo.js"></script>
            <noscript><img src="{image}" alt=""></noscript>"""

    def url(self, path: str = "/page", host: str = "127.0.0.1") -> str:
        """Return the address of a page."""
        return f"http://{host}:{self.port}{path}"

    def taken(self, barrier: str = "") -> Sequence[Sent]:
        """Return what was sent since this was asked last, when the request named is there too."""
        with self._changed:
            assert self._changed.wait_for(lambda: not barrier or barrier in self._barriers, PATIENCE_SECONDS)
            taken, self._sent = self._sent, []
        return taken

    async def _serve(self, _request: Request) -> Response:
        return HTMLResponse(self.page, headers={"cache-control": "no-store"})

    async def _elsewhere(self, _request: Request) -> Response:
        return HTMLResponse("<!doctype html><title>Elsewhere</title><link rel=icon href='data:,'>")

    async def _barrier(self, request: Request) -> Response:
        with self._changed:
            self._barriers.add(urlsplit(str(request.url)).query)
            self._changed.notify_all()
        return Response(status_code=204)
