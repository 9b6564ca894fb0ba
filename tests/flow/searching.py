"""All that a server keeps, read out."""

import sqlite3
from contextlib import closing
from pathlib import Path

from clickhouse_connect.driver.exceptions import ClickHouseError

from pellucid.store.client import Store

_SQLITE = b"SQLite format 3\0"
_THE_SAME_EVERYWHERE = "('documentation', 'licenses', 'unicode')"
"""Tables of many megabytes that come with the engine."""

_MOST_ROWS = 10_000
"""More than any table has here that ends: `system.numbers` does not."""


def files(directory: Path) -> dict[str, bytes]:
    """Return every file below a directory as it is."""
    found = {}
    for path in sorted(directory.rglob("*")):
        # What runs deletes files meanwhile.
        try:
            found[str(path.relative_to(directory))] = path.read_bytes() if path.is_file() else b""
        except FileNotFoundError:
            continue
    return found


def sqlite_tables(directory: Path) -> dict[str, bytes]:
    """Return the rows of every table of every SQLite file below a directory that nobody has open."""
    found = {}
    for name, content in files(directory).items():
        if not content.startswith(_SQLITE):
            continue
        with closing(sqlite3.connect(directory / name)) as connection:
            tables = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
            for (table,) in tables:
                rows = connection.execute(f'select * from "{table}"').fetchall()
                found[f"{name}: {table}"] = b"\n".join(_cell(value) for row in rows for value in row)
    return found


def _cell(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def clickhouse_tables(store: Store) -> dict[str, bytes]:
    """Return the rows of every table of the engine, also of those in which it tells of itself."""
    found = {}
    named = f"""
select database, name
from system.tables
where lower(database) != 'information_schema'
    and name not in {_THE_SAME_EVERYWHERE}
"""
    for database, table in store.ask(named).rows:
        try:
            rows = store._client().raw_query(
                f"select * from `{database}`.`{table}` limit {_MOST_ROWS}", fmt="JSONEachRow"
            )
        except ClickHouseError:
            # Some tell of what is not there, such as a cluster.
            assert database == "system", f"{database}.{table} can not be read"
        else:
            found[f"{database}.{table}"] = rows
    return found
