"""The checks of `pellucid doctor`, in the order in which they are told. None of them changes anything that is kept."""

import os
import shutil
import socket
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryFile
from time import monotonic
from urllib.parse import urlsplit

from msgspec import Struct

from pellucid.app.layout import Layout, place_database, provider_database
from pellucid.app.registry import open_registry
from pellucid.cli.running import Running, running_on
from pellucid.config import Settings
from pellucid.enrich.place import Places
from pellucid.errors import ConfigurationError, PellucidError, StoreUnavailable
from pellucid.journal.reader import JournalReader
from pellucid.journal.standstill import progress
from pellucid.model.site import Site
from pellucid.store.client import Store, Urgency

OLDEST_PYTHON = (3, 11)
LITTLE_SPACE = 2 * 1024**3
NO_SPACE = 200 * 1024**2
MANY_WAITING = 100_000
_SECONDS_FOR_HEALTH = 10
_WRONG_CLOCK = timedelta(minutes=5)
_OTHERS = 0o077
_READ = "select site_id, count() from events group by site_id"


class State(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


class Check(Struct, frozen=True):
    """What was looked at, how it is, and what to do."""

    name: str
    state: State
    told: str
    advice: str = ""


def checks(settings: Settings) -> list[Check]:
    """Return all that can be told of an installation now."""
    at = Layout(settings.data)
    found = [*_python(), *_directory(at.data)]
    if any(check.state is State.PROBLEM for check in found):
        return found
    try:
        running = running_on(at.data)
    except ConfigurationError as error:
        return [*found, Check("server", State.WARNING, str(error))]
    found += [*_disk(at.data), *_server(running), *_waiting(at, settings, running), *_proxies(settings)]
    found += [*_logs(settings), *_places(settings)]
    sites, told = _registry(settings, at)
    return [*found, *told, *_clock(sites), *_signals(sites), *_hits(sites, settings, running)]


def _python() -> Iterator[Check]:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST_PYTHON:
        yield Check("python", State.PROBLEM, f"Python {version}", "Pellucid needs Python 3.11 or later.")
    else:
        yield Check("python", State.OK, f"Python {version}")


def _directory(data: Path) -> Iterator[Check]:
    name = "data directory"
    if not data.is_dir():
        yield Check(
            name,
            State.PROBLEM,
            f"{data} is not there",
            "Name the right one with --data or PELLUCID_DATA; 'pellucid serve' makes a new one.",
        )
        return
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        yield Check(
            name, State.PROBLEM, f"{data} can not be written to", "Run this as the account that the server runs as."
        )
        return
    if data.stat().st_mode & _OTHERS:
        yield Check(name, State.WARNING, f"others on this machine can look into {data}", f"chmod 700 {data}")
    else:
        yield Check(name, State.OK, f"{data} is ours alone, and can be written to")


def _disk(data: Path) -> Iterator[Check]:
    free = shutil.disk_usage(data).free
    told, advice = f"{free / 1024**3:.1f} GB are free", "Make room, elsewhere than in the data directory."
    state = State.PROBLEM if free < NO_SPACE else State.WARNING if free < LITTLE_SPACE else State.OK
    yield Check("disk", state, told, "" if state is State.OK else advice)
    try:
        with TemporaryFile(dir=data) as file:
            file.write(b"is this on disk?")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        advice = "Hits can not be kept on this disk; put the data directory on another."
        yield Check("fsync", State.PROBLEM, f"the disk does not say that it has written: {error.strerror}", advice)
    else:
        yield Check("fsync", State.OK, "the disk says when it has written")


def _server(running: Running | None) -> Iterator[Check]:
    if running is None:
        yield Check("server", State.WARNING, "does not run", "pellucid serve")
        return
    try:
        status = _health(running.address)
    except OSError as error:
        yield Check(
            "server",
            State.PROBLEM,
            f"runs at {running.address} and does not answer: {error}",
            "Look into its log; start it again.",
        )
        return
    if status == "ok":
        yield Check("server", State.OK, f"answers at {running.address}")
    else:
        bad = State.WARNING if status == "degraded" else State.PROBLEM
        yield Check("server", bad, f"says that it is {status}", f"{running.address}/health says why.")


def _health(address: str) -> str:
    """Return what a server says of itself. Nothing here can ask any other machine."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 -- where such a server is reached
    with socket.create_connection((reachable, parts.port or 80), _SECONDS_FOR_HEALTH) as connection:
        connection.sendall(f"GET /health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
    for status in ("ok", "degraded", "unavailable"):
        if f'"status":"{status}"'.encode() in answer:
            return status
    return "not itself: another program answers"


def _waiting(at: Layout, settings: Settings, running: Running | None) -> Iterator[Check]:
    if not at.journals.exists():
        yield Check("hits that wait", State.OK, "none")
        return
    try:
        with closing(JournalReader(at.journals)) as reader:
            count = reader.waiting(progress(at.outbox))
    except sqlite3.Error as error:
        advice = "Move the broken file away, or restore a backup; is the disk well?"
        yield Check("hits that wait", State.PROBLEM, f"{at.journals} or {at.outbox} can not be read: {error}", advice)
        return
    largest = max((path.stat().st_size for path in at.journals.iterdir()), default=0)
    told = f"{count:,}" if count else "none"
    if largest > 0.8 * settings.journal_limit:
        yield Check(
            "hits that wait",
            State.PROBLEM,
            f"{told}; a journal is nearly at its limit of {settings.journal_limit:,} bytes",
            "Start the server, or find out in its log why ingest or the engine does not run.",
        )
    elif count > MANY_WAITING or (count and running is None):
        advice = "They are counted when the server runs." if running is None else "Ingest is behind; look again soon."
        yield Check("hits that wait", State.WARNING, told, advice)
    else:
        yield Check("hits that wait", State.OK, told)


def _proxies(settings: Settings) -> Iterator[Check]:
    name = "trusted proxies"
    if settings.trusted_proxies:
        yield Check(name, State.OK, ", ".join(settings.trusted_proxies))
    elif _is_loopback(settings.host):
        yield Check(
            name,
            State.WARNING,
            f"none, and the server listens on {settings.host} alone",
            "If a proxy is in front, set trusted_proxies to its address, or all visitors have the proxy's.",
        )
    else:
        yield Check(name, State.OK, "none: visitors come to the server themselves")


def _logs(settings: Settings) -> Iterator[Check]:
    """Show how to keep a proxy from writing what this server does not; its logs can not be looked at from here."""
    told = "this server writes nothing about visitors"
    if settings.trusted_proxies or _is_loopback(settings.host):
        told += (
            ". A proxy in front does, unless its logs are off: in nginx 'access_log off;' and 'error_log /dev/null;', "
            "in Caddy no 'log' for the site, and 'log default { exclude http.log.error }'. docs/deploy.md says more"
        )
    yield Check("logs", State.OK, told)


def _places(settings: Settings) -> Iterator[Check]:
    places, providers = place_database(settings), provider_database(settings)
    try:
        Places(places, monotonic, providers)
    except ConfigurationError as error:
        yield Check("places", State.PROBLEM, str(error), "Get the file again, or take it away for countries alone.")
        return
    by = [str(database) for database in (places, providers) if database]
    yield Check("places", State.OK, f"by {' and '.join(by)}" if by else "countries alone")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _registry(settings: Settings, at: Layout) -> tuple[tuple[Site, ...], list[Check]]:
    name = "sites"
    if not settings.database_url and not at.registry.exists():
        return (), [Check(name, State.WARNING, "none yet", 'pellucid site add "My site" https://example.org')]
    try:
        with closing(open_registry(settings)) as registry:
            sites, accounts = registry.sites(), registry.accounts()
    except PellucidError as error:
        return (), [Check(name, State.PROBLEM, str(error), "Restore the registry from a backup, or mend database_url.")]
    found = [
        Check(name, State.OK, str(len(sites)))
        if sites
        else Check(name, State.WARNING, "none yet", 'pellucid site add "My site" https://example.org'),
    ]
    if not any(account.superuser for account in accounts):
        found.append(Check("accounts", State.WARNING, "no superuser", "pellucid account add LOGIN --superuser"))
    else:
        found.append(Check("accounts", State.OK, str(len(accounts))))
    return sites, found


def _clock(sites: tuple[Site, ...]) -> Iterator[Check]:
    now = datetime.now(UTC)
    newest = max((site.created for site in sites), default=now)
    if newest - now > _WRONG_CLOCK:
        yield Check(
            "clock",
            State.PROBLEM,
            f"it is {now:%Y-%m-%d %H:%M} UTC here, and a site was added at {newest:%Y-%m-%d %H:%M}",
            "Set the clock (timedatectl set-ntp true): hits are counted at the wrong time.",
        )
    else:
        yield Check("clock", State.OK, f"{now:%Y-%m-%d %H:%M} UTC; see that it is right")


def _signals(sites: tuple[Site, ...]) -> Iterator[Check]:
    for site in sites:
        ignored = [
            signal
            for signal, honoured in (
                ("Global Privacy Control", site.privacy.honour_gpc),
                ("Do Not Track", site.privacy.honour_dnt),
            )
            if not honoured
        ]
        if ignored:
            reason = site.privacy.signals_ignored_because or "no reason is given"
            told = f"site {site.id} ({site.name}) ignores {' and '.join(ignored)}: {reason}"
            yield Check("objections", State.WARNING, told, "Honour them, unless there is a good reason not to.")
    if all(site.privacy.honour_gpc and site.privacy.honour_dnt for site in sites):
        yield Check("objections", State.OK, "Global Privacy Control and Do Not Track are honoured")


def _hits(sites: tuple[Site, ...], settings: Settings, running: Running | None) -> Iterator[Check]:
    url = settings.clickhouse_url or (running.clickhouse_url if running else "")
    if not url:
        yield Check("events", State.OK, "not looked at: the store runs with the server")
        return
    try:
        with closing(Store(url)) as store:
            counted = {int(str(site)): int(str(count)) for site, count in store.ask(_READ, urgency=Urgency.SHORT).rows}
    except StoreUnavailable as error:
        yield Check("events", State.PROBLEM, str(error), "Hits wait until the store answers; look into its log.")
        return
    for site in sites:
        if not counted.get(site.id):
            yield Check(
                "events",
                State.WARNING,
                f"site {site.id} ({site.name}) has none",
                "Put the snippet from the dashboard into its pages, or import a log.",
            )
    yield Check("events", State.OK, f"{sum(counted.values()):,} of {len(counted)} sites")
