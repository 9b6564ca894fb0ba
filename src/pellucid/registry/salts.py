"""The secrets by which a visitor is known for one day, in a file of their own that backups leave out.

There is one for each site and local day, so nobody is known on two sites or two days. It is destroyed 24 hours after
its day has ended; from then on the numbers made with it mean nothing.

Destroyed means that no file has the bytes any more. `secure_delete` overwrites a deleted row, but not the copies that
moving rows between pages has left, so the file is also written anew (`vacuum`) from what lives; the rollback journal
is gone when a transaction ends, and a write-ahead log, which would keep what it was given, is not used.
https://www.sqlite.org/pragma.html#pragma_secure_delete
"""

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

from pellucid.errors import Unavailable
from pellucid.model.site import Site
from pellucid.policy.retention import SALT_AFTER_ITS_DAY

SALT_BYTES = 32

_EPOCH = date(1970, 1, 1)
_SECONDS_KEPT = SALT_AFTER_ITS_DAY.total_seconds()
_PRAGMAS = ("journal_mode = delete", "synchronous = full", "secure_delete = on", "temp_store = memory")
_TABLES = (
    """
create table if not exists salt (
    site integer not null,
    day integer not null,
    secret blob not null,
    destroy_at real not null,
    primary key (site, day)
)
""",
    """
create table if not exists hold (
    holder text not null,
    site integer not null,
    day integer not null,
    until real not null,
    primary key (holder, site, day)
)
""",
    """
create view if not exists living as
select site, day, secret,
    max(destroy_at, coalesce((select max(until) from hold where (hold.site, hold.day) = (salt.site, salt.day)), 0))
        as until
from salt
""",
)
_FIND = "select secret, until from living where (site, day) = (?, ?)"
_INSERT = "insert into salt values (?, ?, ?, ?) on conflict do nothing"
_HOLD = "insert into hold values (?, ?, ?, ?) on conflict do nothing"
_RELEASE = "delete from hold where holder = ? or until <= ?"
_DESTROY = "delete from salt where (site, day) in (select site, day from living where until <= ?)"


class Salts:
    """The salts in a file that several processes share; `now` counts seconds since 1970. Safe between threads."""

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        self._path = path
        self._now = now
        self._lock = Lock()
        self._known: dict[tuple[int, int], tuple[bytes, float]] = {}
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        self._connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
        with self._told():
            for pragma in _PRAGMAS:
                self._connection.execute(f"pragma {pragma}")
        with self._changing() as connection:
            for table in _TABLES:
                connection.execute(table)

    def salt(self, site: Site, day: int) -> bytes:
        """Return the secret of a site's local day (days since 1970), made when it is first asked for.

        One that would have been destroyed by now, as for a late hit of an old day, is made anew and kept 24 hours.
        """
        known = self._known.get((site.id, day))
        if known and known[1] > self._now():
            return known[0]
        return self._find(site, day)

    @contextmanager
    def held(self) -> Iterator[Callable[[Site, int], bytes]]:
        """Give an import what `salt` does; its salts of old days live until the block ends, 24 hours at most."""
        holder, until = secrets.token_hex(8), self._now() + _SECONDS_KEPT
        holding: set[tuple[int, int]] = set()

        def salt(site: Site, day: int) -> bytes:
            if (site.id, day) not in holding and self._now() < until:
                holding.add((site.id, day))
                return self._find(site, day, (holder, site.id, day, until))
            return self.salt(site, day)

        try:
            yield salt
        finally:
            with self._lock, self._changing() as connection:
                connection.execute(_RELEASE, (holder, self._now()))
                for key in holding:
                    self._known.pop(key, None)
            self.destroy_expired()

    def destroy_expired(self) -> int:
        """Destroy the salts that are due, here and on disk; return how many were on disk."""
        self.forget()
        with self._lock, self._changing() as connection:
            connection.execute(_RELEASE, ("", self._now()))
            destroyed = self._destroy_due()
        with self._lock, self._told():
            # The mark is in the file: whoever was killed before it wrote the file anew, the next one does.
            if self._connection.execute("pragma user_version").fetchone()[0]:
                self._connection.execute("vacuum")
                self._connection.execute("pragma user_version = 0")
        return destroyed

    def forget(self) -> None:
        """Forget in this process the salts that are due."""
        with self._lock:
            now = self._now()
            self._known = {key: known for key, known in self._known.items() if known[1] > now}

    def close(self) -> None:
        """Close the file."""
        self._known.clear()
        self._connection.close()

    def _find(self, site: Site, day: int, hold: tuple[str, int, int, float] | None = None) -> bytes:
        now, due = self._now(), _ended(site, day) + _SECONDS_KEPT
        if due <= now and not hold:
            due = now + _SECONDS_KEPT
        with self._lock, self._changing() as connection:
            self._destroy_due()
            if hold:
                connection.execute(_HOLD, hold)
            connection.execute(_INSERT, (site.id, day, secrets.token_bytes(SALT_BYTES), due))
            secret, until = connection.execute(_FIND, (site.id, day)).fetchone()
            self._known[site.id, day] = (secret, until)
        return bytes(secret)

    def _destroy_due(self) -> int:
        destroyed = self._connection.execute(_DESTROY, (self._now(),)).rowcount
        if destroyed:
            self._connection.execute("pragma user_version = 1")
        return destroyed

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with self._told(), self._connection as connection:
            connection.execute("begin immediate")
            yield connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise Unavailable(f"The salts of the days can not be used in {self._path}: {error}") from error


def _ended(site: Site, day: int) -> float:
    """Return when a local day of a site ends, in seconds since 1970."""
    next_day = _EPOCH + timedelta(days=day + 1)
    return datetime.combine(next_day, time_of_day(), ZoneInfo(site.timezone)).timestamp()
