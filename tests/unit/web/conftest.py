"""A registry, a client, and somebody who has been through the door."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec import json
from starlette.testclient import TestClient

from builders import a_visit, an_event
from pellucid.model.event import Event
from pellucid.model.visit import Visit
from pellucid.policy.storage import SIGN_IN
from pellucid.registry.database import open_database, sqlite_url
from pellucid.registry.registry import Registry
from pellucid.store.client import Store
from unit.web.asking import NOW, PASSWORD, Clock, a_client


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def set_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What every test begins with: made once, for passwords are slow on purpose."""
    path = tmp_path_factory.mktemp("registry") / "registry.db"
    with closing(Registry(open_database(sqlite_url(path)))) as opened:
        opened.add_account("root", PASSWORD, superuser=True)
        opened.add_site("Shop <script>", ["http://shop.example.org"])
        opened.add_site("Blog", ["http://blog.example.org"])
    return path


@pytest.fixture
def registry(set_up: Path, tmp_path: Path) -> Iterator[Registry]:
    copied = shutil.copy(set_up, tmp_path / "registry.db")
    with closing(Registry(open_database(sqlite_url(copied)))) as opened:
        yield opened


@pytest.fixture
def client(registry: Registry, store: Store, clock: Clock) -> TestClient:
    store.insert("visits", Visit, json.encode(a_visit(country="de", exit_title="<b>Home</b>")), token="visits")
    store.insert("events", Event, json.encode(an_event()), token="events")
    return a_client(registry, store, clock, secure=False)


@pytest.fixture
def signed_in(client: TestClient, registry: Registry) -> TestClient:
    """The client of somebody who has been through the door."""
    client.cookies.set(SIGN_IN.name, registry.sign_in("root", NOW))
    return client
