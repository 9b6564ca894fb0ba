"""What stands in a registry."""

from sqlalchemy import select

from pellucid.registry.registry import Registry
from pellucid.registry.tables import METADATA


def everything_in(registry: Registry) -> str:
    with registry._engine.connect() as connection:
        return repr([tuple(row) for table in METADATA.sorted_tables for row in connection.execute(select(table))])
