"""The map: every part is built here, and nobody else reads settings or knows two parts at once.

There are three processes: web takes hits and answers questions, ingest moves hits to the store, the engine is the
store. They meet in the data directory alone, whose places `Places` names.
"""

import asyncio
import gc
import os
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from time import monotonic, time, time_ns

import uvloop
from msgspec import Struct
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pellucid.collect.access_log import LineReader
from pellucid.collect.collector import Append, Collector, Parts
from pellucid.collect.endpoint import TrackingEndpoint
from pellucid.collect.log_import import LogImport
from pellucid.collect.tracker_files import routes as tracker_routes
from pellucid.config import Settings
from pellucid.edge import client_address, is_secure, networks, status_of
from pellucid.enrich.device import DeviceParser
from pellucid.enrich.patient import Parse, PatientDevices
from pellucid.enrich.place import Places
from pellucid.enrich.robots import Agents
from pellucid.errors import PellucidError, StoreUnavailable, Unavailable
from pellucid.ingest import Ingest
from pellucid.journal.imports import alone_importing, notes
from pellucid.journal.journal import Journal
from pellucid.journal.outbox import Outbox
from pellucid.journal.reader import JournalReader
from pellucid.journal.standstill import Turn
from pellucid.matomo.routes import routes as matomo_routes
from pellucid.model.site import Site
from pellucid.operators import Numbers
from pellucid.operators import routes as operators_routes
from pellucid.policy.counting import Refused
from pellucid.registry.database import open_database, sqlite_url
from pellucid.registry.registry import Registry
from pellucid.registry.salts import Salts
from pellucid.registry.snapshot import SECONDS_BETWEEN_LOOKS, Snapshot
from pellucid.report.run import Reports
from pellucid.serving import serve, server, until_told_to_end
from pellucid.store.client import Store
from pellucid.store.engine import Engine, EngineServer
from pellucid.upkeep import Upkeep
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

_ALLOCATIONS_BETWEEN_COLLECTIONS = 100_000


class Layout(Struct, frozen=True):
    """What is where in the data directory."""

    data: Path

    @property
    def registry(self) -> Path:
        """What people set up."""
        return self.data / "registry.db"

    @property
    def salts(self) -> Path:
        """The secrets of the days; a backup leaves this file out."""
        return self.data / "salts.db"

    @property
    def journals(self) -> Path:
        """Hits on disk that ingest has not moved."""
        return self.data / "journal"

    @property
    def outbox(self) -> Path:
        """What is on its way to the store."""
        return self.data / "outbox.db"

    @property
    def turn(self) -> Path:
        """Whose turn it is to move hits."""
        return self.data / "ingest.turn"

    @property
    def engine(self) -> Path:
        """The files of the embedded engine."""
        return self.data / "engine"

    @property
    def numbers(self) -> Path:
        """Where the web processes of a running server count together."""
        return self.data / "numbers"

    @property
    def opt_out(self) -> Path:
        """The secret that marks the pages of the opt-out."""
        return self.data / "opt_out.secret"

    @property
    def places(self) -> Path:
        """The owner's own database of places."""
        return self.data / "places.mmdb"


def layout(settings: Settings) -> Layout:
    """Return the places in the data directory, which is made if need be and is nobody else's to read."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Layout(settings.data)


def open_registry(settings: Settings) -> Registry:
    """Return what is set up, in the database the settings name."""
    return Registry(open_database(settings.database_url or sqlite_url(layout(settings).registry)))


def run_engine(directory: Path, listener: socket.socket, secret: str) -> None:
    """Serve the embedded engine on a socket until told to end."""
    engine = EngineServer(Engine(directory), secret)
    try:
        serve(engine, listener)
    finally:
        engine.close()


def run_ingest(settings: Settings) -> None:
    """Move hits from the journals to the store until told to end, and do what is due."""
    ending = until_told_to_end()
    at = layout(settings)
    with closing(Store(settings.clickhouse_url)) as store, closing(open_registry(settings)) as registry:
        _migrate(store, ending)
        salts = Salts(at.salts, time)
        upkeep = Upkeep(store, registry, salts, _now)
        due = Thread(target=upkeep.run, args=(ending,), name="upkeep", daemon=True)
        due.start()
        with closing(JournalReader(at.journals)) as reader, closing(Outbox(at.outbox)) as outbox:
            Ingest(reader, outbox, store, Turn(at.turn)).run(ending)
        due.join()
        salts.close()


def _migrate(store: Store, ending: Event) -> None:
    while not ending.is_set():
        with suppress(StoreUnavailable):
            store.migrate()
            return
        ending.wait(0.2)


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
        store = parts.enter_context(closing(Store(settings.clickhouse_url)))
        salts = parts.enter_context(closing(Salts(at.salts, time)))
        snapshot = Snapshot(registry, monotonic)
        journal = parts.enter_context(closing(Journal(at.journals, settings.journal_limit)))
        numbers = Numbers(os.environ)
        collector = await parts.enter_async_context(_collector(settings, snapshot, salts, journal))
        for watching in (_keep_up(snapshot, collector, numbers, registry), _watch_store(store, numbers)):
            parts.callback(asyncio.create_task(watching).cancel)
        reports = Reports(store)
        others = Starlette(
            routes=[
                *operators_routes(lambda: journal.trouble, numbers, settings.metrics_token),
                *tracker_routes(snapshot.sites),
                *privacy_routes(snapshot.site, client_address(proxies)),
                *well_known_routes(snapshot.sites),
                *opt_out_routes(Tokens(kept_secret(at.opt_out), time), is_secure(proxies)),
                *opt_out_box_routes(),
                *opt_out_state_routes(snapshot.is_ours),
                *matomo_routes(registry, reports, store, _now),
                *web_routes(registry, reports, store, _now, is_secure(proxies)),
            ],
            exception_handlers={PellucidError: _answer},
        )
        yield _Front(TrackingEndpoint(collector, client_address(proxies), snapshot.is_ours), others)


@asynccontextmanager
async def _collector(
    settings: Settings,
    snapshot: Snapshot,
    salts: Salts,
    journal: Journal,
) -> AsyncIterator[Collector]:
    devices = DeviceParser(monotonic)
    agents = Agents(monotonic)
    places = Places(_place_database(settings), monotonic)

    async def forget() -> None:
        while True:
            await asyncio.sleep(60)
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
                now=_milliseconds,
                patience=settings.bulk_patience,
            ),
        )
    finally:
        forgetting.cancel()
        await devices.close()
        await warming


@contextmanager
def importer(settings: Settings, site_id: int, parse: Parse) -> Iterator[LogImport]:
    """Give what imports access logs into a site; hits wait in a journal of its own, whatever else runs or does not."""
    at = layout(settings)
    with closing(open_registry(settings)) as registry:
        site = registry.site(site_id)
    with (
        alone_importing(at.journals),
        closing(Journal(at.journals, settings.journal_limit)) as journal,
        patient_collector(settings, site, parse, imported=True) as collector,
    ):
        lines = LineReader(site, Agents(monotonic).agent, _milliseconds)
        yield LogImport(site, lines, collector, journal.append, notes(at.journals), time())


@contextmanager
def patient_collector(
    settings: Settings,
    site: Site,
    parse: Parse,
    *,
    imported: bool,
) -> Iterator[Callable[[Append], Collector]]:
    """Give what makes a collector for many hits of one site's past, whoever brings them being allowed to."""
    agents, places = Agents(monotonic), Places(_place_database(settings), monotonic)
    with closing(Salts(layout(settings).salts, time)) as salts, salts.held() as salt:
        yield lambda append: Collector(
            Parts(
                site={site.id: site}.get,
                may_write=lambda _token, _site_id: True,
                salt=salt,
                agent=agents.agent,
                devices=PatientDevices(parse, monotonic),
                place=places.place,
                append=append,
                now=_milliseconds,
                imported=imported,
            ),
        )


def _place_database(settings: Settings) -> Path | None:
    if settings.place_database:
        return Path(settings.place_database)
    dropped_in = Layout(settings.data).places
    return dropped_in if dropped_in.exists() else None


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


class _Front:
    """Sends tracking requests to the bare application that takes them, and everything else to Starlette."""

    def __init__(self, tracking: ASGIApp, others: ASGIApp) -> None:
        self._tracking = tracking
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if path in TRACKING_PATHS or (path == _TRACKER_OR_TRACKING and _says_something(scope)):
            await self._tracking(scope, receive, send)
        else:
            await self._others(scope, receive, send)


def _says_something(scope: Scope) -> bool:
    return scope["method"] == "POST" or bool(scope["query_string"])


def _answer(_request: Request, error: Exception) -> Response:
    status = status_of(error) if isinstance(error, PellucidError) else 500
    return PlainTextResponse(str(error), status)


def _now() -> datetime:
    return datetime.now(UTC)


def _milliseconds() -> int:
    return time_ns() // 1_000_000
