"""`pellucid backup` and `pellucid restore`.

A hit that was acknowledged is in one of three places: in a journal behind the position up to which the outbox says it
is read, in the outbox, or in the store. A backup takes the turn to move hits (`journal/standstill.py`) and has the
outbox sent. Now the outbox is empty, and until the turn is given back no hit changes its place: those behind the
positions and those in the store are all there are, each once. Hits that come in meanwhile are added to journals; all
are copied that were there when copying began. A visit is copied as what it has become. No import runs at the same time,
so the notes of how far logs were imported agree with the hits.

What is restored is a new installation with the same content: waiting hits are in a journal of a new name, and the
outbox is new and so has an id of its own. So no position and no token of the old one ever means something in the new
one, however old the backup. Salts are never copied: a visitor of that day counts as a new one after a restore.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

import click

from pellucid.app.layout import Layout, layout
from pellucid.cli.archive import JOURNALS, REGISTRY, Archive, check, entries, new_archive
from pellucid.cli.options import data_option, example, settings_of
from pellucid.cli.running import running_on, store_of
from pellucid.config import Settings
from pellucid.errors import ConfigurationError, StoreUnavailable
from pellucid.ingest import LARGEST_BATCH, Ingest
from pellucid.journal.imports import alone_importing, notes
from pellucid.journal.journal import SUFFIX, Journal
from pellucid.journal.outbox import Outbox
from pellucid.journal.reader import JournalReader
from pellucid.journal.standstill import Turn, progress, unsent
from pellucid.registry.copy import copy_registry
from pellucid.store.client import Store
from pellucid.store.dump import count, pieces
from pellucid.store.schema import ROLLUPS, TABLES

_WITHOUT_LIMIT = 1 << 62


@click.command(epilog=example("pellucid backup /var/backups/pellucid --data /var/lib/pellucid"))
@click.argument("target", metavar="DIR_OR_FILE", type=click.Path(path_type=Path))
@data_option
def backup(target: Path, data: Path) -> None:
    """Write all that is kept into one file, and print its name.

    The server may run or not. Hits are taken meanwhile, and counted when the backup is done. In a directory the file is
    named after the time.

    It holds sites, accounts, events, visits and waiting hits, and is for the account alone that made it. It does not
    hold settings, the secrets of the day, and a registry in PostgreSQL.
    """
    settings = settings_of(data)
    if not layout(settings).registry.exists() and not settings.database_url:
        raise ConfigurationError(f"There is nothing in {data} yet, or the setting database_url is missing here.")
    if not _has_its_store(settings):
        raise ConfigurationError(f"The events of {data} are elsewhere: set clickhouse_url, as the server has it.")
    made = datetime.now(UTC)
    path = target / f"pellucid-{made:%Y%m%dT%H%M%SZ}.tar.gz" if target.is_dir() else target
    try:
        with new_archive(path, made) as archive:
            _fill(archive, settings)
    except OSError as error:
        raise ConfigurationError(f"{path} can not be written: {error.strerror}.") from error
    if settings.database_url:
        click.echo("Sites and accounts are in PostgreSQL and not in this file: pg_dump copies them.", err=True)
    click.echo(path)


@click.command(epilog=example("pellucid restore pellucid-20260102T030405Z.tar.gz --data /var/lib/pellucid"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
def restore(file: Path, data: Path) -> None:
    """Make a new installation of the FILE of a backup.

    The data directory may hold nothing yet. Then start the server on it. Hits that were waiting are counted then.
    """
    settings = settings_of(data)
    at = layout(settings)
    for kept in (at.registry, at.outbox, at.engine, at.salts, at.journals):
        if kept.exists():
            raise ConfigurationError(
                f"{kept} is there already: a backup is restored where nothing is kept yet. What an interrupted restore "
                "has left can be deleted.",
            )
    check(file)
    with store_of(settings) as store:
        store.migrate()
        if any(count(store, table) for table in TABLES):
            raise ConfigurationError("The store holds events already: a backup is restored where nothing is kept yet.")
        # What is counted of events of before is not of these.
        for table in ROLLUPS:
            store.command(f"truncate table {table}")
        _restore(file, at, store)
    click.echo(f"{file} is restored. Start the server: pellucid serve --data {data}", err=True)


def _has_its_store(settings: Settings) -> bool:
    """Return whether the store can be found: where hits were moved to one, it is here or is named."""
    at = layout(settings)
    return bool(settings.clickhouse_url or running_on(at.data)) or at.engine.exists() or not at.outbox.exists()


def _fill(archive: Archive, settings: Settings) -> None:
    at = layout(settings)
    with alone_importing(at.journals), store_of(settings) as store, _standing_still(at, store) as reached:
        with TemporaryDirectory(prefix="backup-", dir=at.data) as directory:
            _add_journal(archive, at, reached, Path(directory))
            if at.registry.exists() and not settings.database_url:
                copy = Path(directory) / REGISTRY
                copy_registry(at.registry, copy)
                archive.add_file(REGISTRY, copy)
        for piece in pieces(store):
            archive.add_piece(piece)


@contextmanager
def _standing_still(at: Layout, store: Store) -> Iterator[Mapping[str, int]]:
    """Have no hit change its place and the outbox empty; give the positions up to which journals are read."""
    with Turn(at.turn).awaited():
        if unsent(at.outbox):
            _send(at, store)
        yield progress(at.outbox)


def _send(at: Layout, store: Store) -> None:
    with (
        suppress(ConfigurationError),
        closing(JournalReader(at.journals)) as reader,
        closing(Outbox(at.outbox)) as outbox,
    ):
        # No hit was received before 1970: nothing is read, and what was is sent.
        Ingest(reader, outbox, store).round(0)
    if unsent(at.outbox):
        raise StoreUnavailable("The store does not take what is on its way to it; make the backup when it does.")


def _add_journal(archive: Archive, at: Layout, reached: Mapping[str, int], directory: Path) -> None:
    """Add the hits that wait, and how far logs were imported, as one journal without an owner."""
    positions, waiting = dict(reached), LARGEST_BATCH
    with closing(JournalReader(at.journals)) as reader, closing(Journal(directory, _WITHOUT_LIMIT)) as journal:
        asyncio.run(journal.append([], *notes(at.journals).items()))
        # Fewer than were asked for: so each journal was read to its end.
        while waiting >= LARGEST_BATCH:
            read = reader.read(positions, _WITHOUT_LIMIT, LARGEST_BATCH)
            positions |= {entry.journal: entry.position for entry in sorted(read, key=lambda entry: entry.position)}
            asyncio.run(journal.append([(entry.received, entry.body) for entry in read]))
            waiting = len(read)
    archive.add_file(f"{JOURNALS}hits{SUFFIX}", directory / f"{journal.id}{SUFFIX}")


def _restore(file: Path, at: Layout, store: Store) -> None:
    """Put what is in a backup in its places; the registry and waiting hits when all rows are in the store."""
    rows, beside = f"restore-{token_hex(8)}", {}
    for name, content in entries(file):
        table = name.partition("/")[0]
        if table in TABLES:
            store.insert(table, TABLES[table], content, f"{rows}:{name}")
        elif name == REGISTRY:
            beside[at.registry] = content
        elif name.startswith(JOURNALS):
            beside[at.journals / f"{token_hex(8)}{SUFFIX}"] = content
    at.journals.mkdir()
    for path, content in beside.items():
        path.touch(0o600)
        path.write_bytes(content)
