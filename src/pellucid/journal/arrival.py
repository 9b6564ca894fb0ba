"""Whether what was told of the past has come to the store: a program that tells it, and then asks, expects to see it.

What happens now comes in all the time, and no question waits for it. What is told of the past comes from programs, much
of it together, and ingest waits for all of that before it counts it in order. So the first question afterwards waits
until the store has what was received before it. Those who take hits tell those who answer by the time of a file.
"""

import asyncio
import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic, time_ns

from pellucid.journal.reader import JournalReader
from pellucid.journal.standstill import progress, unsent_batches

LONGEST_WAIT_SECONDS = 5.0
PAUSE_SECONDS = 10.0
"""How long nobody waits where somebody waited in vain: ingest has a lot to do, or does not run."""
_SECONDS_BETWEEN_LOOKS = 0.02


class Arrival:
    """What takes hits of the past says `told`, in any process; what answers questions awaits that they `arrived`."""

    def __init__(self, marker: Path, journals: Path, outbox: Path) -> None:
        self._marker = marker
        self._journals = journals
        self._outbox = outbox
        self._arrived = 0
        self._waits_again = 0.0
        self._asking = asyncio.Lock()

    def told(self) -> None:
        """Say that a hit of the past is on disk, before it is answered."""
        now = time_ns()
        # It is on disk: where nobody can be told, who asks sees it a moment later.
        with suppress(OSError):
            marker = os.open(self._marker, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600)
            try:
                os.utime(marker, ns=(now, now))
            finally:
                os.close(marker)

    async def arrived(self) -> None:
        """Return when the store has what was told of the past until now, or after `LONGEST_WAIT_SECONDS`."""
        if self._latest() == self._arrived:
            return
        async with self._asking:
            # Whoever asked before may have waited for the same.
            told = self._latest()
            if told == self._arrived or monotonic() < self._waits_again:
                return
            try:
                if await self._has_arrived(told, time_ns() // 1_000_000):
                    self._arrived = told
            except (OSError, sqlite3.Error):
                # It takes too long, or can not be known.
                self._waits_again = monotonic() + PAUSE_SECONDS

    def _latest(self) -> int:
        try:
            return self._marker.stat().st_mtime_ns
        except OSError:
            return 0

    async def _has_arrived(self, told: int, received_until: int) -> bool:
        """Wait for it; not where more is told meanwhile: then who asks is not who tells, and an import may be long."""
        until = monotonic() + LONGEST_WAIT_SECONDS
        with closing(JournalReader(self._journals)) as reader:
            while await asyncio.to_thread(self._is_left, reader, received_until):
                if not await self._may_wait(told, until):
                    return False
        # It is in the outbox from the moment on that it counts as read.
        unsent = await asyncio.to_thread(unsent_batches, self._outbox)
        while unsent := unsent & await asyncio.to_thread(unsent_batches, self._outbox):
            if not await self._may_wait(told, until):
                return False
        return True

    async def _may_wait(self, told: int, until: float) -> bool:
        """Wait for a moment, and return whether to look again; raise `TimeoutError` if it took too long."""
        # Nothing is cancelled: what looks into files in another thread would have them closed under it.
        if monotonic() > until:
            raise TimeoutError
        await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
        return self._latest() == told

    def _is_left(self, reader: JournalReader, received_until: int) -> bool:
        return bool(reader.read(progress(self._outbox), received_until, 1))
