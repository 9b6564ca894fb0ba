from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from datetime import UTC, date, datetime
from typing import Any

import pytest
from msgspec import json
from starlette.applications import Starlette
from starlette.testclient import TestClient

from builders import NOON, a_conversion, a_visit, an_event
from pellucid.api.routes import routes
from pellucid.model.account import Access
from pellucid.model.event import Event
from pellucid.model.visit import Conversion, Visit
from pellucid.registry.database import open_database, sqlite_url
from pellucid.registry.registry import Registry
from pellucid.report.run import Reports
from pellucid.store.client import Store
from pellucid.store.schema import ROLLUPS, TABLES

NOW = datetime(2025, 11, 25, 12, 10, tzinfo=UTC)
A_DAY = 86_400_000


class Api:
    """The API, asked as somebody."""

    def __init__(self, client: TestClient, token: str) -> None:
        self.client = client
        self.token = token

    def get(self, path: str, **given: object) -> Any:
        return self.client.get(f"/api/v1{path}", params=given, headers={"Authorization": f"Bearer {self.token}"})

    def post(self, path: str, body: object = None, accept: str = "*/*", **fields: object) -> Any:
        asked = fields if body is None else body
        headers = {"Authorization": f"Bearer {self.token}", "Accept": accept}
        return self.client.post(f"/api/v1{path}", json=asked, headers=headers)

    def query(self, *metrics: str, **fields: object) -> Any:
        plain: dict[str, object] = {"sites": [1], "from": "2025-11-24", "to": "2025-11-25", "metrics": list(metrics)}
        return self.post("/query", plain | fields)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry with two sites, for all tests of a module: anna reads the first, root does everything."""
    opened = Registry(open_database(sqlite_url(tmp_path_factory.mktemp("registry") / "registry.db")))
    opened.add_account("root", superuser=True)
    opened.add_account("anna")
    opened.add_site("Shop", ["http://a"], currency="EUR", timezone="Europe/Berlin")
    opened.add_site("Blog", ["http://b"])
    opened.grant("anna", 1, Access.VIEW)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def stored(store_url: str) -> Iterator[Store]:
    """A store with three visits on two days, the last of them with an order just now."""
    store = Store(store_url)
    store.migrate()
    for table in (*TABLES, *ROLLUPS):
        store.command(f"truncate table {table}")
    visits = [
        a_visit(visit_id=1, visitor_id=2**60, country="de", actions=2, pageviews=2, seconds=60),
        a_visit(visit_id=2, visitor_id=2, country="fr"),
        a_visit(
            visit_id=3,
            visitor_id=2**60,
            visit_day=date(2025, 11, 25),
            first_time=NOON + A_DAY,
            last_time=NOON + A_DAY,
            country="de",
            visit_number=2,
            conversions=1,
        ),
        a_visit(visit_id=4, site_id=2, country="jp"),
    ]
    events = [
        an_event(event_id=1, url="http://a/"),
        an_event(event_id=2, url="http://a/b", time=NOON + 1000),
        an_event(event_id=3, visit_id=2, visitor_id=2, url="http://a/"),
        an_event(event_id=4, visit_id=3, visit_day=date(2025, 11, 25), time=NOON + A_DAY, url='http://a/,"x"'),
    ]
    ordered = a_conversion(visit_id=3, visit_day=date(2025, 11, 25), kind="order", goal_id=0, time=NOON + A_DAY + 1000)
    store.insert("visits", Visit, b"\n".join(map(json.encode, visits)), token="visits")
    store.insert("events", Event, b"\n".join(map(json.encode, events)), token="events")
    store.insert("conversions", Conversion, json.encode(ordered), token="conversions")
    yield store
    store.close()


Within = Callable[[Mapping[str, float]], Api]


def _annas(registry: Registry, store: Store) -> Api:
    application = Starlette(routes=routes(registry, Reports(store), store, lambda: NOW))
    return Api(TestClient(application, raise_server_exceptions=False), registry.create_token("anna"))


@pytest.fixture
def api(registry: Registry, stored: Store) -> Api:
    """Anna's API."""
    return _annas(registry, stored)


@pytest.fixture
def api_within(registry: Registry, stored: Store, store_url: str) -> Iterator[Within]:
    """Make Anna's API of the same store, with an owner's own bounds of what a question may cost."""
    del stored
    with ExitStack() as stack:
        yield lambda bounds: _annas(registry, stack.enter_context(closing(Store(store_url, bounds))))
