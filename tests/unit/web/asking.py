"""What asks the dashboard in tests, and when."""

from datetime import UTC, datetime
from hashlib import sha256

from msgspec import json
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from pellucid.edge import status_of
from pellucid.errors import PellucidError
from pellucid.model.visit import Visit
from pellucid.registry.registry import Registry
from pellucid.report.run import Reports
from pellucid.store.client import Store
from pellucid.web.routes import routes

PASSWORD = "a few words in a row"
NOW = datetime(2025, 11, 24, 12, 10, tzinfo=UTC)


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


def a_client(registry: Registry, store: Store, clock: Clock, *, secure: bool) -> TestClient:
    application = Starlette(
        routes=routes(registry, Reports(store), store, clock, lambda _request: secure),
        exception_handlers={PellucidError: lambda _request, error: PlainTextResponse(str(error), status_of(error))},
    )
    return TestClient(application, base_url="http://stats.example.org", follow_redirects=False)


def add_visits(store: Store, *visits: Visit) -> None:
    lines = b"\n".join(map(json.encode, visits))
    store.insert("visits", Visit, lines, token=sha256(lines).hexdigest())
