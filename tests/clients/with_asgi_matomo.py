"""Tracks with the PyPI package asgi-matomo: a web application answers a browser, and its middleware tells of it."""

import asyncio
import os

import httpx2
from asgi_matomo import MatomoMiddleware
from asgi_matomo.trackers import PerfMsTracker


async def application(scope, receive, send):
    """Answer with a page, after an event of its own."""
    with PerfMsTracker(scope=scope, key="pf_srv"):
        scope["state"]["asgi_matomo"]["custom_tracking_data"] = {"cvar": {"plan": "free"}}
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"Shoes"})


async def main():
    """Ask the application as a browser would, with and without a token."""
    for token in (os.environ["MATOMO_TOKEN"], None):
        middleware = MatomoMiddleware(
            application,
            matomo_url=os.environ["MATOMO_URL"],
            idsite=1,
            access_token=token,
            assume_https=False,
            exclude_paths=["/health"],
            route_details={"/asgi": {"action_name": "From ASGI"}},
        )
        transport = httpx2.ASGITransport(middleware, client=("81.2.69.142", 1234))
        browser = {"User-Agent": os.environ["USER_AGENT"], "Referer": "https://news.example.net/story"}
        async with httpx2.AsyncClient(transport=transport, base_url="http://site.example") as client:
            for path in ("/asgi", "/health", "/asgi/other" if token else "/asgi/untold"):
                answer = await client.get(path, headers=browser)
                assert answer.text == "Shoes"
        await middleware.shutdown()


asyncio.run(main())
