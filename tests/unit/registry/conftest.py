"""A registry on each kind of database, and as another process has it open."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from pellucid.registry.database import open_database
from pellucid.registry.registry import Registry

NOW = datetime(2025, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PASSWORD = "correct horse"


@pytest.fixture
def registry(database_url: str) -> Iterator[Registry]:
    with closing(Registry(open_database(database_url))) as registry:
        yield registry


@pytest.fixture
def another(database_url: str, registry: Registry) -> Iterator[Registry]:
    """The registry as another process has it open."""
    assert registry.sites() == ()
    with closing(Registry(open_database(database_url))) as another:
        yield another
