"""The tables, and how an older store becomes this one.

Columns are read off the fields of the structs in `model/`, in their order. Every step of `MIGRATIONS` has run
once and in order when `migrate` returns; a change of the structs is a new step that grows the tables, and a test holds
the outcome against the structs.
"""

from collections.abc import Callable
from types import GenericAlias
from typing import Annotated, get_args, get_origin, get_type_hints

from msgspec import Struct

from pellucid.model.column import ColumnKind
from pellucid.model.event import Event
from pellucid.model.rollup import LongRollup, PageOfDay, Rollup
from pellucid.model.visit import Conversion, Visit

COLUMN_TYPES = {
    "flag": "Bool",
    "count": "UInt32",
    "total": "UInt64",
    "told": "Nullable(UInt32)",
    "amount": "Float64",
    "measure": "Nullable(Float64)",
    "identifier": "UInt64",
    "moment": "Int64 codec(Delta, ZSTD)",
    "day": "Date",
    "text": "String codec(ZSTD)",
    # Each text once in a block, and a number in each row: https://clickhouse.com/docs/sql-reference/data-types/lowcardinality
    "repeated": "LowCardinality(String)",
    "category": "LowCardinality(String)",
    "categories": "Array(LowCardinality(String))",
    "numbers": "Array(UInt32)",
    "identifiers": "Array(UInt64)",
    "values": "Map(LowCardinality(String), String) codec(ZSTD)",
    "variables": "Array(Tuple(place UInt8, name String, value String)) codec(ZSTD)",
    "items": (
        "Array(Tuple(sku String, name String, categories Array(String), price Float64, quantity UInt32)) codec(ZSTD)"
    ),
}

TABLES: dict[str, type[Struct]] = {"events": Event, "visits": Visit, "conversions": Conversion}
"""Every table of what happened, and what a row of it is."""

ROLLUPS: dict[str, type[Struct]] = {
    "rollups": Rollup,
    "long_rollups": LongRollup,
    "pages_by_day": PageOfDay,
}
"""The tables of what is counted of the others, and can be counted again."""

MAXIMUM_PARTITIONS = 50
"""How many months one insert may touch: the engine refuses more than 100."""

DEDUPLICATION_WINDOW = 100 * MAXIMUM_PARTITIONS
"""How many inserts of a table the engine remembers, so that one that comes again is not stored again."""

_MONTH = "toYYYYMM(visit_day)"
_SYNCED = "\n    fsync_after_insert = 1,\n    fsync_part_directory = 1,"

OLD_PARTS_LIFETIME_SECONDS = 30
"""How long what was rewritten or erased stays on disk."""

QUIET_SECONDS = 3_600
"""How old all rows of a month are when they are put together for good."""


def columns(rows: type[Struct]) -> dict[str, str]:
    """Return the columns of a struct's table: name to ClickHouse type with codec."""
    hints = get_type_hints(rows, include_extras=True)
    return {name: COLUMN_TYPES[_kind(hints[name])] for name in rows.__struct_fields__}


def _kind(hint: type | GenericAlias) -> ColumnKind:
    if get_origin(hint) is not Annotated:
        raise TypeError(f"{hint} is no kind of column: see model/column.py")
    kind: ColumnKind = get_args(hint)[1]
    return kind


def _create(table: str, engine: str, order: str, index: str = "", partition: str = _MONTH, settings: str = "") -> str:
    fields = columns((TABLES | ROLLUPS)[table]).items()
    lines = ",\n    ".join([*(f"{name} {kind}" for name, kind in fields), *([index] if index else [])])
    return f"""
create table if not exists {table} (
    {lines}
)
engine = {engine}
partition by {partition}
order by ({order})
settings{settings}
    non_replicated_deduplication_window = {DEDUPLICATION_WINDOW},
    old_parts_lifetime = {OLD_PARTS_LIFETIME_SECONDS}
"""


def _grow(table: str, *gone: str) -> str:
    """Return the statement that gives a table from before the columns it lacks, and takes away those that are gone."""
    fields = columns((TABLES | ROLLUPS)[table])
    places = zip(["first", *(f"after {name}" for name in fields)], fields.items(), strict=False)
    lacking = [f"add column if not exists {name} {kind} {place}" for place, (name, kind) in places]
    return f"alter table {table} {', '.join([*lacking, *(f'drop column if exists {name}' for name in gone)])}"


def _repeated(table: str) -> str:
    """Return the statement that stores each text once that many rows have in common.

    The engine rewrites columns beside its other work, and reads what is not rewritten yet as it was.
    """
    fields = get_type_hints(TABLES[table], include_extras=True)
    kind = COLUMN_TYPES["repeated"]
    changes = [f"modify column {name} {kind}" for name, hint in fields.items() if _kind(hint) == "repeated"]
    return f"alter table {table} {', '.join(changes)}"


def _merge_months_that_are_quiet(table: str) -> str:
    """Return the statement that makes one part of each month in which nothing changes: `final` reads it as it is."""
    return (
        f"alter table {table} modify setting min_age_to_force_merge_seconds = {QUIET_SECONDS}, "
        "min_age_to_force_merge_on_partition_only = 1"
    )


# Steps are never edited once released: a change is a new step at the end.
MIGRATIONS: tuple[str, ...] = (
    _create("events", "MergeTree", "site_id, visit_day, visit_id, time, event_id"),
    _create(
        "visits",
        "ReplacingMergeTree(version)",
        "site_id, visit_day, visit_id",
        index="index visitor visitor_id type bloom_filter(0.01) granularity 4",
    ),
    _create(
        "conversions",
        "ReplacingMergeTree(version)",
        "site_id, visit_day, visit_id, conversion_id, goal_id",
        index="index ordered order_id type bloom_filter(0.01) granularity 4",
    ),
    _grow("events", "parameters"),
    _grow("visits", "local_hour"),
    # A mark that is gone has to stay gone when the power fails, and one that stays has to have its rows.
    _create("rollups", "ReplacingMergeTree(version)", "site_id, visit_day", partition="tuple()", settings=_SYNCED),
    _create("pages_by_day", "MergeTree", "site_id, told_by, visit_day, page", settings=_SYNCED),
    _grow("visits"),
    _grow("visits"),
    _grow("pages_by_day"),
    _merge_months_that_are_quiet("visits"),
    _merge_months_that_are_quiet("conversions"),
    *map(_repeated, TABLES),
    _grow("pages_by_day"),
    # A query reads some versions, and of a week's days none: in order of versions it skips them. All is counted again.
    "truncate table rollups",
    "drop table if exists pages_by_day",
    _create("pages_by_day", "MergeTree", "site_id, told_by, version, page", settings=_SYNCED),
    _create(
        "long_rollups",
        "ReplacingMergeTree(version)",
        "site_id, unit, first_day",
        partition="tuple()",
        settings=_SYNCED,
    ),
    _grow("pages_by_day"),
    # Ingest asks for hundreds of visitors at once, most of them new: an index that errs for one of a hundred lets most
    # of the table be read. With twice the size it errs for one of ten thousand.
    "alter table visits drop index if exists visitor",
    "alter table visits add index if not exists known_visitor visitor_id type bloom_filter(0.0001) granularity 4",
    "alter table visits materialize index known_visitor",
)

_CREATE_HISTORY = """
create table if not exists schema_history (step UInt32)
engine = ReplacingMergeTree
order by step
"""


def migrate(command: Callable[[str], object], numbers: Callable[[str], list[int]]) -> None:
    """Bring a store of any age to this schema.

    `command` runs a statement, `numbers` returns the first column of a question. Both may be run again after a
    crash: every step can be repeated.
    """
    command(_CREATE_HISTORY)
    done = set(numbers("select step from schema_history final"))
    for step, statement in enumerate(MIGRATIONS):
        if step not in done:
            command(statement)
            command(f"insert into schema_history select {step}")
