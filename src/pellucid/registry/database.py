"""The registry's database: SQLite in a file, or PostgreSQL, brought to this version's tables when it is opened."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import NullPool

from pellucid.errors import ConfigurationError

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x50656C6C
"""The number of the advisory lock in PostgreSQL under which tables are changed ("Pell")."""


def sqlite_url(path: Path) -> str:
    """Return the address of a registry in a file."""
    return f"sqlite:///{path}"


def open_database(url: str) -> Engine:
    """Return the database at an address of SQLAlchemy's form, with all migrations done.

    Several processes may open a new one at once.
    """
    try:
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        engine = create_engine(parsed, pool_pre_ping=True) if parsed.database else create_engine(parsed)
        if engine.dialect.name == "sqlite":
            engine = create_engine(parsed, poolclass=NullPool)
            event.listen(engine, "connect", _prepare)
            event.listen(engine, "begin", _begin)
        with _alone(engine) as connection:
            _migrate(connection)
    except (ArgumentError, OperationalError, ModuleNotFoundError) as error:
        raise ConfigurationError(f"The registry can not be opened: {str(error).splitlines()[0]}") from None
    return engine


def _prepare(connection: Any, _record: object) -> None:  # the driver's own connection, of whichever driver
    connection.isolation_level = None
    for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on", "busy_timeout = 10000"):
        connection.execute(f"pragma {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("begin immediate")


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    # On SQLite every transaction begins with the lock for writing, which is all that is needed.
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        yield connection


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
