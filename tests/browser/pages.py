"""A real server of pages for a real browser."""

from datetime import UTC, datetime
from threading import Condition
from urllib.parse import parse_qsl

from msgspec import Struct, structs
from playwright.sync_api import Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from pellucid.collect import tracker_files
from pellucid.model.site import Site
from pellucid.policy.presets import PRESETS

PATIENCE_SECONDS = 60

SETTLE = """async () => {
  await navigator.userAgentData?.getHighEntropyValues(["model"]);
  await new Promise((done) => setTimeout(done, 0));
  const name = Math.random().toString(36).slice(2);
  await fetch("/barrier/first", { method: "POST" });
  await fetch("/barrier/" + name, { method: "POST" });
  return name;
}"""
"""Waits for what the tracker waits for before it sends, and then sends something after it."""


VIEW = "['trackPageView']"


def a_site(preset: str = "matomo", **privacy: object) -> Site:
    """A shop; with Matomo's settings, unless something else is said."""
    return Site(
        id=1,
        name="Shop",
        urls=("http://127.0.0.1",),
        timezone="Europe/Paris",
        currency="EUR",
        ecommerce=False,
        privacy=structs.replace(PRESETS[preset], **privacy),
        created=datetime(2025, 11, 24, tzinfo=UTC),
    )


def a_page(*commands: str, body: str = "", then: str = "") -> str:
    """A page with the usual snippet, and these commands in its queue."""
    queue = ", ".join(["['setTrackerUrl', '/matomo.php']", "['setSiteId', 1]", *commands])
    return f"""<!doctype html><title>Home</title><link rel="icon" href="data:,">
        <body>{body}<script>window._paq = [{queue}]</script><script src="/matomo.js"></script><script>{then}</script>"""


class Hit(Struct):
    """A tracking request as it came in."""

    method: str
    said: dict[str, str]
    cookies: dict[str, str]
    host: str
    purpose: str
    """What the browser says that it is for, other than to be looked at."""


class PageServer:
    """Serves `page`, an HTML text that a test may change, at `/page` and below; keeps what is sent to `/matomo.php`."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.page = ""
        self.sites = [a_site()]
        self.hits: list[Hit] = []
        self._barriers: set[str] = set()
        self._changed = Condition()
        self.application = Starlette(
            routes=[
                Route("/page{rest:path}", self._serve),
                Route("/matomo.php", self._track, methods=["GET", "POST"]),
                Route("/barrier/{name}", self._barrier, methods=["POST"]),
                *tracker_files.routes(lambda: self.sites),
            ],
        )

    def url(self, path: str = "/page", host: str = "127.0.0.1") -> str:
        """Return the address of a page."""
        return f"http://{host}:{self.port}{path}"

    def wait_for_hits(self, number: int) -> list[Hit]:
        """Return what has come in, once it is so many hits or more."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.hits) >= number, PATIENCE_SECONDS), self.hits
            return list(self.hits)

    def hits_when_settled(self, page: Page) -> list[Hit]:
        """Return what has come in when everything that the page has under way is sent."""
        name = page.evaluate(SETTLE)
        with self._changed:
            assert self._changed.wait_for(lambda: name in self._barriers, PATIENCE_SECONDS)
            return list(self.hits)

    async def _serve(self, _request: Request) -> Response:
        return HTMLResponse(self.page, headers={"cache-control": "no-store"})

    async def _track(self, request: Request) -> Response:
        text = request.url.query or (await request.body()).decode()
        said = dict(parse_qsl(text, keep_blank_values=True))
        with self._changed:
            purpose = request.headers.get("sec-purpose", "")
            self.hits.append(Hit(request.method, said, dict(request.cookies), request.headers["host"], purpose))
            self._changed.notify_all()
        return Response(status_code=204)

    async def _barrier(self, request: Request) -> Response:
        with self._changed:
            self._barriers.add(request.path_params["name"])
            self._changed.notify_all()
        return Response(status_code=204)
