"""The registry's database: SQLite in a file, or PostgreSQL, brought to this version's tables when it is opened."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from pellucid.errors import ConfigurationError, Unavailable

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x50656C6C
"""The number of the advisory lock in PostgreSQL under which tables are changed ("Pell")."""


_PATIENCE_SECONDS = 10
"""How long SQLite waits for who holds a lock."""
_BETWEEN_TRIES_SECONDS = 0.02
_CONNECTIONS_KEPT = 8
"""How many to a file of SQLite wait for the next question; of more that are needed at once the rest is closed."""
_FILE = "file"


def sqlite_url(path: Path) -> str:
    """Return the address of a registry in a file."""
    return f"sqlite:///{path}"


def open_database(url: str) -> Engine:
    """Return the database at an address of SQLAlchemy's form, with all migrations done.

    Several processes may open a new one at once.
    """
    try:
        engine = _engine(make_url(url))
        with _alone(engine) as connection:
            _migrate(connection)
    except (ArgumentError, OperationalError, ModuleNotFoundError) as error:
        raise ConfigurationError(f"The registry can not be opened: {str(error).splitlines()[0]}") from None
    event.listen(engine, "handle_error", _tell)
    return engine


def _engine(url: URL) -> Engine:
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    # A new connection reads the whole schema: that would take longer than what is asked.
    engine = create_engine(url, pool_size=_CONNECTIONS_KEPT, max_overflow=-1)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "checkout", partial(_look_at_file, Path(url.database or "")))
    event.listen(engine, "begin", _begin)
    return engine


def for_change(engine: Engine) -> Engine:
    """Return the same database for transactions that write."""
    return engine.execution_options(changes=True)


def _prepare(connection: Any, _record: object) -> None:  # the driver's own connection, of whichever driver
    connection.isolation_level = None
    for pragma in (f"busy_timeout = {_PATIENCE_SECONDS * 1000}", "synchronous = full", "foreign_keys = on"):
        connection.execute(f"pragma {pragma}")
    _log_ahead(connection)


def _look_at_file(path: Path, _connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Have a new connection made where another file, or none, has taken the place of the one it was opened for."""
    try:
        found = path.stat()
    except OSError:
        raise DisconnectionError from None
    if record.info.setdefault(_FILE, (found.st_dev, found.st_ino)) != (found.st_dev, found.st_ino):
        raise DisconnectionError


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Have changes written to a log first; of several who do so with a new file, SQLite refuses some at once."""
    until = monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
        except sqlite3.OperationalError:
            if monotonic() > until:
                raise
            sleep(_BETWEEN_TRIES_SECONDS)
        else:
            return


def _begin(connection: Connection) -> None:
    # Who will write takes the lock first: SQLite lets nobody who has read wait for it.
    changes = connection.get_execution_options().get("changes", False)
    connection.exec_driver_sql("begin immediate" if changes else "begin")


def _tell(context: ExceptionContext) -> Unavailable | None:
    if isinstance(context.sqlalchemy_exception, OperationalError | InterfaceError):
        # The text of the error repeats the statement and its values.
        return Unavailable("The registry's database does not answer now.")
    return None


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    # On SQLite the lock for writing is all that is needed.
    with for_change(engine).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        yield connection


def _migrate(connection: Connection) -> None:
    if _revision(connection) == newest_revision():
        return
    # Loaded where there is something to do alone: it takes long, and most processes open a registry of today.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    known = inspect(connection).has_table("alembic_version")
    return connection.execute(text("select version_num from alembic_version")).scalar() if known else None


def newest_revision() -> str:
    """Return the revision of this version's tables: the name of its file begins with it."""
    return max(file.name for file in _MIGRATIONS.joinpath("versions").glob("*.py")).partition("_")[0]
