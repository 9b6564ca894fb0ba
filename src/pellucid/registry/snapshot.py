"""What the hit path asks of the registry, in memory: looked up for every hit, and read again when it has changed."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Lock

from pellucid.errors import Unavailable
from pellucid.model.account import Access, Account
from pellucid.model.site import Site
from pellucid.registry.registry import Registry

SECONDS_BETWEEN_LOOKS = 1.0
"""How long a change of another process may go unseen; what is not known at all is looked for at once."""

_SECONDS_BETWEEN_MISSES = 0.02
_MOST_TOKENS = 10_000


class Snapshot:
    """Sites and tokens as they were at the last look; `now` counts seconds. Safe between threads."""

    def __init__(self, registry: Registry, now: Callable[[], float]) -> None:
        self._registry = registry
        self._now = now
        self._lock = Lock()
        self._missed = self._asked = float("-inf")
        self._revision = -1
        self._changes = registry.changes
        self._sites: Mapping[int, Site] = {}
        self._origins: frozenset[str] = frozenset()
        self._bearers: dict[str, Account] = {}
        self.look()

    def look(self) -> None:
        """Read again what has changed since the last look."""
        with self._lock:
            # A token expires without anything being set up anew.
            if self._now() - self._asked >= SECONDS_BETWEEN_LOOKS:
                self._bearers, self._asked = {}, self._now()
            revision = self._registry.revision()
            if revision != self._revision:
                self._sites = {site.id: site for site in self._registry.sites()}
                self._origins = frozenset().union(*(site.origins for site in self._sites.values()))
                self._bearers = {}
                self._revision = revision

    def sites(self) -> tuple[Site, ...]:
        """Return all sites, by id."""
        return tuple(self._sites.values())

    def site(self, site_id: int) -> Site | None:
        """Return a site, or None if there is none."""
        self._see_own_changes()
        found = self._sites.get(site_id)
        if found is None:
            self._look_for_what_is_missed()
            found = self._sites.get(site_id)
        return found

    def is_ours(self, origin: str) -> bool:
        """Return whether an origin is that of a site's pages."""
        return origin in self._origins

    def may_write(self, token: str, site_id: int) -> bool:
        """Return whether a token may send hits to a site that claim what a browser can not."""
        self._see_own_changes()
        account = self._bearers.get(token)
        if account is None:
            self._look_for_what_is_missed()
            account = self._bearers.get(token) or self._registry.bearer(token)
            if account and len(self._bearers) < _MOST_TOKENS:
                self._bearers[token] = account
        return account is not None and account.may(site_id, Access.WRITE)

    def _see_own_changes(self) -> None:
        """Look at once for what was changed in this process: whoever sets a goal up may send hits right after that."""
        if self._registry.changes != self._changes:
            self._changes = self._registry.changes
            # What was known last counts until the registry answers again.
            with suppress(Unavailable):
                self.look()

    def _look_for_what_is_missed(self) -> None:
        # Somebody who asks for nothing that exists must not keep the registry busy.
        if self._now() - self._missed > _SECONDS_BETWEEN_MISSES:
            self._missed = self._now()
            self.look()
