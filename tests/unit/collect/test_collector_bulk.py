"""What a bulk of hits does to others, and when it was received."""

import asyncio
from collections.abc import Sequence
from itertools import count

from builders import NOON
from tracking import PLAIN, a_collector
from unit.collect.asking import an_asker, collected


def test_a_bulk_gives_way_to_others() -> None:
    collector, _ = collected()
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def sending() -> None:
        other = asyncio.create_task(others())
        await collector.collect_each(an_asker(), [PLAIN] * 1000, "")
        other.cancel()

    asyncio.run(sending())

    assert collector.recorded == 1000
    assert turns >= 9


def test_a_bulk_is_received_at_one_moment_however_long_it_takes_to_read() -> None:
    clock = count(NOON, 1000)
    kept: list[tuple[int, bytes]] = []

    async def keep(rows: Sequence[tuple[int, bytes]]) -> None:
        kept.extend(rows)

    asyncio.run(a_collector(keep, now=lambda: next(clock)).collect_each(an_asker(), [PLAIN] * 3, ""))

    assert [received for received, _ in kept] == [NOON] * 3
