"""The secrets by which a visitor is known for one day, in a file of their own that backups leave out.

There is one for each site and local day, so nobody is known on two sites or two days. It is destroyed 24 hours after
its day has ended; from then on the numbers made with it mean nothing. `secure_delete` overwrites what is deleted, and a
truncating checkpoint empties the write-ahead log (https://www.sqlite.org/pragma.html#pragma_secure_delete).
"""

import os
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

from pellucid.model.site import Site
from pellucid.policy.retention import SALT_AFTER_ITS_DAY

SALT_BYTES = 32

_KEPT_AFTER = SALT_AFTER_ITS_DAY.total_seconds()
_EPOCH = date(1970, 1, 1)
_SCHEMA = """
create table if not exists salt (
    site integer not null,
    day integer not null,
    secret blob not null,
    ended real not null,
    destroy_at real not null,
    primary key (site, day)
) without rowid
"""


class Salts:
    """The salts in a file that several processes share; `now` counts seconds since 1970. Safe between threads."""

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = Lock()
        self._known: dict[tuple[int, int], tuple[bytes, float]] = {}
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode = wal", "synchronous = full", "secure_delete = on"):
            self._connection.execute(f"pragma {pragma}")
        self._connection.execute(_SCHEMA)

    def salt(self, site: Site, day: int) -> bytes:
        """Return the secret of a site's local day (days since 1970), made when it is first asked for.

        One for a day that is over for longer than 24 hours, as an import asks for, is kept 24 hours from now at most.
        """
        known = self._known.get((site.id, day))
        if known and known[1] > self._now():
            return known[0]
        with self._lock:
            return self._make(site, day)

    def destroy_expired(self) -> int:
        """Destroy the salts that are due, here and on disk; return how many were on disk."""
        return self._destroy("destroy_at <= ?", (self._now(),))

    def release(self, site_id: int, days: range) -> int:
        """Destroy those of a site's days that were only kept for an import, which has ended; return how many."""
        over = self._now() - _KEPT_AFTER
        return self._destroy("site = ? and day >= ? and day < ? and ended <= ?", (site_id, days.start, days.stop, over))

    def close(self) -> None:
        """Close the file."""
        self._known.clear()
        self._connection.close()

    def _make(self, site: Site, day: int) -> bytes:
        ended, now = _ended(site, day), self._now()
        # A day that is long over is asked for by an import or a late hit: they have 24 hours.
        until = ended + _KEPT_AFTER if ended + _KEPT_AFTER > now else now + _KEPT_AFTER
        self._connection.execute(
            "insert into salt values (?, ?, ?, ?, ?) on conflict do nothing",
            (site.id, day, secrets.token_bytes(SALT_BYTES), ended, until),
        )
        with closing(
            self._connection.execute("select secret, destroy_at from salt where (site, day) = (?, ?)", (site.id, day)),
        ) as found:
            secret, until = found.fetchone()
        self._known[site.id, day] = (secret, until)
        return bytes(secret)

    def _destroy(self, condition: str, values: tuple[float, ...]) -> int:
        with self._lock:
            self._known = {key: known for key, known in self._known.items() if known[1] > self._now()}
            destroyed = self._connection.execute(f"delete from salt where {condition}", values).rowcount
            self._connection.execute("pragma wal_checkpoint(truncate)")
        return destroyed


def _ended(site: Site, day: int) -> float:
    """Return when a local day of a site ends, in seconds since 1970."""
    next_day = _EPOCH + timedelta(days=day + 1)
    return datetime(next_day.year, next_day.month, next_day.day, tzinfo=ZoneInfo(site.timezone)).timestamp()
