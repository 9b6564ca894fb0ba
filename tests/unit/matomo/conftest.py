"""Two sites with a few visits, and somebody who asks the Reporting API about them."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec import json
from starlette.applications import Starlette
from starlette.testclient import TestClient

from builders import NOON, a_visit, an_event
from pellucid.edge import client_address, is_secure, networks
from pellucid.matomo.routes import Outside, routes
from pellucid.model.account import Access
from pellucid.model.event import Event
from pellucid.model.hit import Place
from pellucid.model.visit import Visit
from pellucid.registry.database import open_database, sqlite_url
from pellucid.registry.registry import Registry
from pellucid.report.run import Reports
from pellucid.store.client import Store

Ask = Callable[..., Any]
NOW = datetime(2025, 11, 24, 12, 10, tzinfo=UTC)
PROXIES = networks(("10.0.0.1",))
PLACES = {"192.0.2.0": Place(continent="eur", country="fr", region="ARA", city="Lyon", latitude=45.75, longitude=4.85)}
OUTSIDE = Outside(client_address(PROXIES), is_secure(PROXIES), lambda address: PLACES.get(address, Place()))


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    opened = Registry(open_database(sqlite_url(tmp_path / "registry.db")))
    opened.add_account("root", superuser=True)
    opened.add_site("Shop", ["http://shop.example.org"], currency="EUR")
    opened.add_site("Blog", ["http://blog.example.org"])
    yield opened
    opened.close()


@pytest.fixture
def client(registry: Registry, store: Store) -> TestClient:
    visits = [
        a_visit(
            visit_id=1,
            visitor_id=255,
            actions=3,
            pageviews=3,
            seconds=61,
            country="de",
            device_type="desktop",
            browser="Firefox",
            browser_version="140.0",
            system="Ubuntu",
            system_code="UBT",
            system_version="24.04",
            resolution="800x600",
            source_kind="website",
            source_name="news.example.net",
            source_url="https://news.example.net/story?id=3",
            entry_url="http://shop.example.org/",
            exit_url="http://shop.example.org/shop/bikes/b",
        ),
        a_visit(
            visit_id=2,
            visitor_id=2,
            country="fr",
            region="ARA",
            city="Lyon",
            language="fr-fr",
            device_brand="Apple",
            device_model="iPhone",
            device_type="smartphone",
            entry_url="http://shop.example.org/",
            exit_url="http://shop.example.org/",
        ),
        a_visit(
            visit_id=3,
            visitor_id=2,
            visit_day=date(2025, 11, 25),
            first_time=NOON + 86_400_000,
            last_time=NOON + 86_400_000,
        ),
        a_visit(visit_id=4, site_id=2),
    ]
    events = [
        an_event(event_id=1, url="http://shop.example.org/", title="Home"),
        an_event(event_id=2, url="http://shop.example.org/shop/bikes/b", title="Bike", time=NOON + 1),
        an_event(event_id=3, url="http://shop.example.org/shop/bikes/b", title="Bike", time=NOON + 2),
        an_event(event_id=4, visit_id=2, visitor_id=2, url="http://shop.example.org/", title="Home"),
        an_event(event_id=5, kind="download", url="http://shop.example.org/guide.pdf", time=NOON + 3),
        an_event(event_id=6, kind="outlink", url="https://maker.example/specs", time=NOON + 4),
    ]
    store.insert("visits", Visit, b"\n".join(map(json.encode, visits)), token="visits")
    store.insert("events", Event, b"\n".join(map(json.encode, events)), token="events")
    asking = TestClient(Starlette(routes=routes(registry, Reports(store), store, lambda: NOW, OUTSIDE)))
    asking.params = asking.params.set("format", "json")
    return asking


def asked_by(client: TestClient, token: str) -> Ask:
    """Return what asks a method with a token."""

    def asking(method: str, **given: str) -> object:
        return client.post("/index.php", data={"module": "API", "method": method, "token_auth": token, **given}).json()

    return asking


@pytest.fixture
def ask(client: TestClient, registry: Registry) -> Ask:
    return asked_by(client, registry.create_token("root"))


PASSWORD = "correct horse battery"


@pytest.fixture
def accounts(registry: Registry) -> None:
    """An admin of the first site with a password, one who sees it, and one who sees the other."""
    registry.add_account("ada@example.org", PASSWORD)
    registry.grant("ada@example.org", 1, Access.ADMIN)
    registry.add_account("bob")
    registry.grant("bob", 1, Access.VIEW)
    registry.add_account("eve")
    registry.grant("eve", 2, Access.VIEW)
