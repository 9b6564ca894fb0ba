"""The web process: it takes hits and answers questions."""

import asyncio
import gc
import os
import socket
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from functools import partial
from time import monotonic, time

import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pellucid.api.routes import routes as api_routes
from pellucid.app.clock import milliseconds, moment
from pellucid.app.layout import layout, place_database, provider_database
from pellucid.app.registry import open_registry
from pellucid.collect.collector import Collector, Parts
from pellucid.collect.endpoint import TrackingEndpoint
from pellucid.collect.tracker_files import routes as tracker_routes
from pellucid.config import Settings
from pellucid.edge import client_address, is_secure, networks, status_of
from pellucid.enrich.device import DeviceParser
from pellucid.enrich.place import Places
from pellucid.enrich.robots import Agents
from pellucid.errors import PellucidError, Unavailable
from pellucid.journal.arrival import Arrival
from pellucid.journal.imports import was_imported
from pellucid.journal.journal import Journal
from pellucid.matomo.routes import Outside
from pellucid.matomo.routes import routes as matomo_routes
from pellucid.operators import Numbers
from pellucid.operators import routes as operators_routes
from pellucid.policy.counting import Refused
from pellucid.registry.registry import Registry
from pellucid.registry.salts import Salts
from pellucid.registry.snapshot import SECONDS_BETWEEN_LOOKS, Snapshot
from pellucid.report.run import Reports
from pellucid.serving import server
from pellucid.store.client import Store
from pellucid.visitor.opt_out import routes as opt_out_routes
from pellucid.visitor.opt_out_box import routes as opt_out_box_routes
from pellucid.visitor.opt_out_state import routes as opt_out_state_routes
from pellucid.visitor.opt_out_tokens import Tokens, kept_secret
from pellucid.visitor.privacy_page import routes as privacy_routes
from pellucid.visitor.well_known import routes as well_known_routes
from pellucid.web.routes import routes as web_routes

TRACKING_PATHS = frozenset({"/matomo.php", "/piwik.php", "/js/tracker.php"})
_TRACKER_OR_TRACKING = "/js/"
"""With parameters a tracking request, without them a request for the tracker."""
_REPORTING_API, _NATIVE_API = "/index.php", "/api/"
_TRACKS = frozenset({"POST", "OPTIONS"})
"""By these nobody asks for a file."""

_ALLOCATIONS_BETWEEN_COLLECTIONS = 100_000
_SECONDS_BETWEEN_CLEANINGS = 60


def run_web(settings: Settings, listener: socket.socket) -> None:
    """Take hits and answer questions on a socket until told to end."""

    async def run() -> None:
        async with web_application(settings) as application:
            # What is here now stays until the end, and a hit leaves no cycles: to look for them is 12 % of the time.
            gc.freeze()
            gc.set_threshold(_ALLOCATIONS_BETWEEN_COLLECTIONS)
            await server(application).serve(sockets=[listener])

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())


@asynccontextmanager
async def web_application(settings: Settings) -> AsyncIterator[ASGIApp]:
    """Give the application of a web process, with all it is made of, for as long as it serves."""
    at = layout(settings)
    proxies = networks(settings.trusted_proxies)
    async with AsyncExitStack() as parts:
        registry = parts.enter_context(closing(open_registry(settings)))
        bounds = {"max_execution_time": settings.query_seconds, "max_memory_usage": settings.query_memory}
        store = parts.enter_context(closing(Store(settings.clickhouse_url, bounds)))
        salts = parts.enter_context(closing(Salts(at.salts, time)))
        snapshot = Snapshot(registry, monotonic)
        journal = parts.enter_context(closing(Journal(at.journals, settings.journal_limit)))
        numbers = Numbers(os.environ)
        places = Places(place_database(settings), monotonic, provider_database(settings))
        arrival = Arrival(at.told_of_past, at.journals, at.outbox)
        collector = await parts.enter_async_context(_collector(settings, snapshot, salts, journal, places, arrival))
        reports = Reports(store)
        for watching in (
            _keep_up(snapshot, collector, numbers, registry),
            _watch_store(store, numbers),
            _forget(reports),
        ):
            parts.callback(asyncio.create_task(watching).cancel)
        outside = Outside(client_address(proxies), is_secure(proxies), places.look_up)
        others = Starlette(
            routes=[
                *operators_routes(lambda: journal.trouble, numbers, settings.metrics_token),
                *tracker_routes(snapshot.sites),
                *privacy_routes(snapshot.site, client_address(proxies), partial(was_imported, at.journals)),
                *well_known_routes(snapshot.sites),
                *opt_out_routes(Tokens(kept_secret(at.opt_out), time), is_secure(proxies)),
                *opt_out_box_routes(),
                *opt_out_state_routes(snapshot.is_ours),
                *api_routes(registry, reports, store, moment),
                *matomo_routes(registry, reports, store, moment, outside),
                *web_routes(registry, reports, store, moment, is_secure(proxies)),
            ],
            exception_handlers={PellucidError: _answer},
        )
        yield Front(TrackingEndpoint(collector, client_address(proxies), snapshot.is_ours), others, arrival.arrived)


@asynccontextmanager
async def _collector(
    settings: Settings,
    snapshot: Snapshot,
    salts: Salts,
    journal: Journal,
    places: Places,
    arrival: Arrival,
) -> AsyncIterator[Collector]:
    devices = DeviceParser(monotonic)
    agents = Agents(monotonic)

    async def forget() -> None:
        while True:
            await asyncio.sleep(_SECONDS_BETWEEN_CLEANINGS)
            for memory in (devices, agents, places, salts):
                memory.forget()

    forgetting = asyncio.create_task(forget())
    # Until the exact parser is warm the fast one answers: a start waits for neither.
    warming = asyncio.create_task(devices.start())
    try:
        yield Collector(
            Parts(
                site=snapshot.site,
                may_write=snapshot.may_write,
                salt=salts.salt,
                agent=agents.agent,
                devices=devices,
                place=places.place,
                append=journal.append,
                now=milliseconds,
                told_of_past=arrival.told,
                patience=settings.bulk_patience,
            ),
        )
    finally:
        forgetting.cancel()
        await devices.close()
        await warming


async def _keep_up(snapshot: Snapshot, collector: Collector, numbers: Numbers, registry: Registry) -> None:
    refused: Counter[Refused] = Counter()
    while True:
        lately = collector.take_refused()
        numbers.count(collector.recorded, lately)
        refused += lately
        # What was known last counts until the registry answers again.
        with suppress(Unavailable):
            await asyncio.to_thread(snapshot.look)
            await asyncio.to_thread(registry.refusals.add, refused)
            refused = Counter()
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


async def _watch_store(store: Store, numbers: Numbers) -> None:
    # By itself: an engine that hangs is waited for, and nobody who looks at anything else should wait too.
    while True:
        numbers.store_is(up=await asyncio.to_thread(store.ready))
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


async def _forget(reports: Reports) -> None:
    while True:
        await asyncio.sleep(_SECONDS_BETWEEN_CLEANINGS)
        reports.forget()


class Front:
    """Sends tracking requests to the bare application that takes them, and everything else to Starlette.

    Who asks the APIs is answered when what was told of the past has arrived.
    """

    def __init__(self, tracking: ASGIApp, others: ASGIApp, arrived: Callable[[], Awaitable[None]]) -> None:
        self._tracking = tracking
        self._others = others
        self._arrived = arrived

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on one request."""
        path = scope.get("path", "")
        if path in TRACKING_PATHS or (path == _TRACKER_OR_TRACKING and _says_something(scope)):
            await self._tracking(scope, receive, send)
        else:
            if _asks(scope):
                await self._arrived()
            await self._others(scope, receive, send)


def _says_something(scope: Scope) -> bool:
    return scope["method"] in _TRACKS or bool(scope["query_string"])


def _asks(scope: Scope) -> bool:
    """Return whether a program asks one of the APIs; at the root people find the dashboard."""
    path: str = scope.get("path", "")
    if path == "/":
        return scope["method"] == "POST" or b"module=API" in scope["query_string"]
    return path == _REPORTING_API or path.startswith(_NATIVE_API)


def _answer(_request: Request, error: Exception) -> Response:
    status = status_of(error) if isinstance(error, PellucidError) else 500
    return PlainTextResponse(str(error), status)
