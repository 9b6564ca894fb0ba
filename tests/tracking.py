"""The tracking address with real parts behind it, for tests that send hits: a journal, parsers, a site per preset."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import httpx2
from msgspec import msgpack

from builders import NOON
from pellucid.collect.collector import Append, Collector, Devices, Parts
from pellucid.collect.endpoint import TrackingEndpoint
from pellucid.enrich.device import fast_device
from pellucid.enrich.place import Places
from pellucid.enrich.robots import agent
from pellucid.journal.journal import Journal
from pellucid.journal.reader import JournalReader
from pellucid.model.hit import Device, Hit, Place
from pellucid.model.site import Site
from pellucid.policy.presets import PRESETS

ADDRESS = "81.2.69.142"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
LIBRARY = "python-requests/2.32"
PLAIN = {"idsite": "1", "rec": "1", "url": "http://site.example/"}
TOKEN = "a token"


def a_site(number: int, preset: str, timezone: str = "UTC") -> Site:
    """A site of a preset, at http://site.example."""
    return Site(
        id=number,
        name=preset,
        urls=("http://site.example",),
        timezone=timezone,
        currency="EUR",
        ecommerce=False,
        privacy=PRESETS[preset],
        created=datetime(2025, 1, 1, tzinfo=UTC),
    )


SITES = {number: a_site(number, preset) for number, preset in enumerate(PRESETS, start=1)}
NUMBER = {site.name: str(number) for number, site in SITES.items()}
"""The number of the site of a preset."""


class FastDevices:
    """The fast parser alone: a device is known at once."""

    def known(self, user_agent: str, hints: str = "") -> Device | None:
        del hints
        return fast_device(user_agent)

    async def device(self, user_agent: str, hints: str = "", longest: float = 0.0) -> Device:
        del hints, longest
        return fast_device(user_agent)


def a_collector(
    append: Append,
    place: Callable[[str], Place] | None = None,
    devices: Devices | None = None,
    site: Callable[[int], Site | None] = SITES.get,
    token: str = TOKEN,
    now: Callable[[], int] = lambda: NOON,
) -> Collector:
    """A collector at noon, for the sites of all presets if no others are given."""
    return Collector(
        Parts(
            site=site,
            may_write=lambda given, site: given == token and site in SITES,
            salt=lambda site, day: f"{site.id} {day}".encode(),
            agent=agent,
            devices=devices or FastDevices(),
            place=place or Places(None, monotonic).place,
            append=append,
            now=now,
        ),
    )


async def kept_nowhere(_rows: Sequence[tuple[int, bytes]]) -> None:
    """An append that keeps nothing."""


class Tracking:
    """The tracking address, a client of it, and what it leaves in a directory of its own."""

    def __init__(self, directory: Path, client: httpx2.AsyncClient, collector: Collector) -> None:
        self.client = client
        self.collector = collector
        self.bytes_while_open = b""
        self._directory = directory

    async def get(self, headers: Mapping[str, str] | None = None, **given: str) -> httpx2.Response:
        """Send a page view."""
        return await self.client.get("/matomo.php", params=PLAIN | given, headers=dict(headers or {}))

    async def post(self, content: bytes, headers: Mapping[str, str] | None = None) -> httpx2.Response:
        """Send a body."""
        return await self.client.post("/matomo.php", content=content, headers=dict(headers or {}))

    def hits(self) -> list[Hit]:
        """Return what is in the journal."""
        reader = JournalReader(self._directory)
        found = [msgpack.decode(entry.body, type=Hit) for entry in reader.read({}, 1 << 60, 10_000)]
        reader.close()
        return found

    def bytes_on_disk(self) -> bytes:
        """Return all that is in the journal's directory, names included."""
        paths = [path for path in self._directory.rglob("*") if path.is_file()]
        return b"".join(str(path.relative_to(self._directory)).encode() + path.read_bytes() for path in paths)


@asynccontextmanager
async def _tracking(directory: Path, append: Append | None) -> AsyncIterator[Tracking]:
    journal = Journal(directory, 1 << 30)
    collector = a_collector(append or journal.append)
    endpoint = TrackingEndpoint(
        collector, lambda peer, _forwarded: peer, lambda origin: any(origin in site.origins for site in SITES.values())
    )
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(endpoint, client=(ADDRESS, 1234)),
        base_url="http://stats.example",
        headers={"User-Agent": FIREFOX, "Accept-Language": "de-AT,en;q=0.5"},
    ) as client:
        one = Tracking(directory, client, collector)
        yield one
        one.bytes_while_open = one.bytes_on_disk()
    journal.close()


def track(directory: Path, steps: Callable[[Tracking], Awaitable[None]], append: Append | None = None) -> Tracking:
    """Do these steps with the tracking address; return it when its journal has been closed."""

    async def whole() -> Tracking:
        async with _tracking(directory, append) as one:
            await steps(one)
            return one

    return asyncio.run(whole())
