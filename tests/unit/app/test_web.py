import asyncio

import httpx2
import pytest
from starlette.responses import PlainTextResponse

from pellucid.app.web import TRACKING_PATHS, Front

waited: list[str] = []


async def arrived() -> None:
    waited.append("until all has arrived")


FRONT = Front(PlainTextResponse("tracking"), PlainTextResponse("others"), arrived)


@pytest.fixture(autouse=True)
def nobody_has_waited() -> None:
    waited.clear()


def asked(method: str, target: str) -> str:
    """Who answers a request."""

    async def ask() -> str:
        transport = httpx2.ASGITransport(FRONT)
        async with httpx2.AsyncClient(transport=transport, base_url="http://stats.example") as client:
            return (await client.request(method, target)).text

    return asyncio.run(ask())


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize("path", sorted(TRACKING_PATHS))
def test_a_tracking_address_takes_whatever_it_is_asked(method: str, path: str) -> None:
    assert asked(method, path) == "tracking"


@pytest.mark.parametrize(
    ("method", "target", "answering"),
    [
        ("GET", "/js/", "others"),
        ("GET", "/js/?idsite=1", "tracking"),
        ("POST", "/js/", "tracking"),
        ("OPTIONS", "/js/", "tracking"),
        ("OPTIONS", "/js/?idsite=1", "tracking"),
    ],
)
def test_the_trackers_directory_is_a_tracking_address_for_who_tracks(method: str, target: str, answering: str) -> None:
    assert asked(method, target) == answering


@pytest.mark.parametrize("path", ["/", "/js", "/js/matomo.js", "/matomo.php/x", "/index.php"])
def test_anything_else_is_for_the_others(path: str) -> None:
    assert asked("GET", f"{path}?idsite=1") == "others"


@pytest.mark.parametrize(
    ("target", "waits"),
    [
        ("/index.php?module=API", True),
        ("/?module=API", True),
        ("/", False),
        ("/api/v1/query", True),
        ("/dashboard", False),
        ("/matomo.php?idsite=1", False),
        ("/health", False),
    ],
)
def test_who_asks_an_api_waits_for_what_was_told_of_the_past(target: str, *, waits: bool) -> None:
    asked("GET", target)

    assert bool(waited) is waits
