"""What is due by the clock: salts are destroyed, and what is older than a site keeps it is deleted.

Times of keeping are those of `policy/retention.py` and of each site's settings; nothing here names one.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event as Signal
from zoneinfo import ZoneInfo

from pellucid.errors import Unavailable
from pellucid.policy.retention import REFUSALS
from pellucid.registry.registry import Registry
from pellucid.registry.salts import Salts
from pellucid.store.client import Store
from pellucid.store.purge import purge

BETWEEN_ROUNDS = timedelta(minutes=1)
BETWEEN_PURGES = timedelta(hours=1)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

log = logging.getLogger("pellucid.upkeep")


class Upkeep:
    """Does what is due; one of it per installation. `now` returns a moment with its zone."""

    def __init__(self, store: Store, registry: Registry, salts: Salts, now: Callable[[], datetime]) -> None:
        self._store = store
        self._registry = registry
        self._salts = salts
        self._now = now
        self._purged = datetime.min.replace(tzinfo=UTC)

    def run(self, ending: Signal) -> None:
        """Do what is due, again and again, until told to end."""
        while not ending.is_set():
            try:
                self.once()
            except Unavailable as error:
                log.warning("What is due waits for a minute: %s", error)
            ending.wait(BETWEEN_ROUNDS.total_seconds())

    def once(self) -> None:
        """Do what is due now. Salts come first, whatever the store does."""
        self._salts.destroy_expired()
        if self._now() - self._purged >= BETWEEN_PURGES:
            self._registry.forget_expired(self._now())
            self._registry.refusals.forget((self._now() - REFUSALS - EPOCH).days)
            self._purge()
            self._purged = self._now()

    def _purge(self) -> None:
        for site in self._registry.sites():
            if site.privacy.retention_days is None:
                continue
            today = self._now().astimezone(ZoneInfo(site.timezone)).date()
            purge(self._store, site.id, today - timedelta(days=site.privacy.retention_days))
