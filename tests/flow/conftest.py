from collections.abc import Iterator

import pytest

from flow.server import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A whole server with one site, for all tests of a module: they leave it as they found it."""
    with Server(tmp_path_factory.mktemp("server") / "data") as running:
        running.site()
        yield running
