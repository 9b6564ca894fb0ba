from collections.abc import Iterator
from contextlib import suppress
from itertools import count

import pytest
from msgspec import Struct, json

from builders import a_visit, an_event
from pellucid.model.event import Event
from pellucid.model.visit import Visit
from pellucid.store import schema
from pellucid.store.client import Store
from pellucid.store.schema import MIGRATIONS, columns, migrate

TABLES: dict[str, type[Struct]] = {"events": Event, "visits": Visit}


@pytest.fixture
def bare(store: Store) -> Iterator[Store]:
    """A store without tables; afterwards they are there again."""
    for table in (*TABLES, "schema_history"):
        store.command(f"drop table {table} sync")
    yield store
    for table in (*TABLES, "schema_history"):
        store.command(f"drop table if exists {table} sync")
    store.migrate()


def numbers(store: Store, sql: str) -> list[int]:
    return [int(str(row[0])) for row in store.ask(sql).rows]


def migrate_up_to(store: Store, steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bring the store to what it was when there were so many steps."""
    with monkeypatch.context() as past:
        past.setattr(schema, "MIGRATIONS", MIGRATIONS[:steps])
        store.migrate()


def described(store: Store, table: str) -> dict[str, str]:
    """The columns of a table as the engine has them: name to type and codec."""
    rows = store.ask(
        "select name, type, compression_codec from system.columns "
        "where database = currentDatabase() and table = {table:String} order by position",
        {"table": table},
    ).rows
    return {str(name): f"{kind} {str(codec).lower()}".strip() for name, kind, codec in rows}


@pytest.mark.parametrize("table", TABLES)
def test_the_columns_are_the_fields(store: Store, table: str) -> None:
    wanted = columns(TABLES[table])

    found = described(store, table)

    assert list(found) == list(wanted)
    for name, kind in wanted.items():
        assert found[name].partition(" ")[0] == kind.partition(" codec")[0].partition(" ")[0]
        assert ("zstd" in found[name]) == ("ZSTD" in kind)


@pytest.mark.parametrize("table", ["visits", "conversions"])
def test_months_in_which_nothing_changes_become_one_part(store: Store, table: str) -> None:
    asked = "select engine_full from system.tables where database = currentDatabase() and name = {table:String}"
    ((made,),) = store.ask(asked, {"table": table}).rows

    assert "min_age_to_force_merge_on_partition_only = 1" in str(made)


@pytest.mark.parametrize("steps", range(len(MIGRATIONS) + 1))
def test_a_store_of_any_age_keeps_its_rows(bare: Store, steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate_up_to(bare, steps, monkeypatch)
    there = {str(row[0]) for row in bare.ask("show tables").rows}
    rows: dict[str, Struct] = {"events": an_event(event_id=7), "visits": a_visit(visit_id=7)}
    for table in TABLES.keys() & there:
        bare.insert(table, TABLES[table], json.encode(rows[table]), f"{table} before step {steps}")

    bare.migrate()

    for table, fields in TABLES.items():
        assert numbers(bare, f"select count() from {table}") == [1 if table in there else 0]
        assert list(described(bare, table)) == list(columns(fields))


def test_texts_that_rows_have_in_common_become_numbers(bare: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store from before this version has every text in every row."""
    before = MIGRATIONS.index(schema._repeated("events"))
    migrate_up_to(bare, before, monkeypatch)
    for name in ("url", "previous_title"):
        bare.command(f"alter table events modify column {name} String codec(ZSTD) settings mutations_sync = 1")
    bare.insert("events", Event, json.encode(an_event(url="http://a/é", previous_title="")), "before")

    bare.migrate()

    assert bare.ask("select url, previous_title from events").rows == (("http://a/é", ""),)
    assert described(bare, "events")["url"].startswith("LowCardinality(String)")


def test_a_later_step_finds_the_rows_there_are(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.insert("visits", Visit, json.encode(a_visit(visitor_id=1)), "before the step")
    later = "alter table visits add column if not exists colour String default 'unknown'"
    monkeypatch.setattr(schema, "MIGRATIONS", (*MIGRATIONS, later))

    store.migrate()
    store.migrate()

    assert store.ask("select visitor_id, colour from visits final").rows == ((1, "unknown"),)
    store.command("alter table visits drop column colour")
    store.command(f"alter table schema_history delete where step = {len(MIGRATIONS)} settings mutations_sync = 1")


def test_a_migration_that_was_killed_is_done_again(bare: Store) -> None:
    for steps in count():
        left = iter(range(steps))

        def command(sql: str, left: Iterator[int] = left) -> None:
            # Without a statement left to do, the process is gone.
            next(left)
            bare.command(sql)

        with suppress(StopIteration):
            migrate(command, lambda sql: numbers(bare, sql))
            break

    assert numbers(bare, "select step from schema_history final order by step") == list(range(len(MIGRATIONS)))
    assert list(described(bare, "visits")) == list(columns(Visit))


def test_a_field_that_names_no_kind_of_column_is_told() -> None:
    class Wrong(Struct):
        name: str

    with pytest.raises(TypeError, match=r"see model/column\.py"):
        columns(Wrong)


def test_a_visit_is_its_newest_row(store: Store) -> None:
    for version, pageviews in ((2, 5), (1, 4)):
        visit = a_visit(version=version, pageviews=pageviews)
        store.insert("visits", Visit, json.encode(visit), f"version {version}")

    assert store.ask("select pageviews from visits final").rows == ((5,),)


def test_what_was_inserted_long_before_is_still_known_again(store: Store) -> None:
    def insert(number: int) -> None:
        store.insert("visits", Visit, json.encode(a_visit(visit_id=number)), f"number {number}")

    for number in range(120):
        insert(number)
    insert(0)

    assert numbers(store, "select count() from visits") == [120]


def test_hundreds_of_new_visitors_are_looked_for_in_an_index_that_seldom_errs(store: Store) -> None:
    asked = "select name, type_full from system.data_skipping_indices where table = 'visits'"

    assert store.ask(asked).rows == (("known_visitor", "bloom_filter(0.0001)"),)
