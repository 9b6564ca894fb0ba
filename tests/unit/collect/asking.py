"""A collector and who asks it, for tests that look at what it encodes."""

from collections.abc import Callable, Sequence

from pellucid.collect.collector import Asker, Collector, Devices
from pellucid.model.hit import Place
from tracking import ADDRESS, FIREFOX, a_collector


def collected(
    place: Callable[[str], Place] | None = None, devices: Devices | None = None
) -> tuple[Collector, list[bytes]]:
    """A collector, and what it encoded."""
    kept: list[bytes] = []

    async def append(rows: Sequence[tuple[int, bytes]]) -> None:
        kept.extend(body for _, body in rows)

    return a_collector(append, place, devices), kept


def an_asker(**headers: str) -> Asker:
    """Someone with Firefox, at `ADDRESS`."""
    told = {"user-agent": FIREFOX} | {name.replace("_", "-"): value for name, value in headers.items()}
    return Asker(ADDRESS, {name.encode(): value.encode() for name, value in told.items()})
