import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event, text

from pellucid.errors import ConfigurationError, Unavailable
from pellucid.registry.database import _MIGRATIONS, newest_revision, open_database, sqlite_url
from pellucid.registry.registry import Registry
from pellucid.registry.tables import METADATA

OPEN_AT_ONCE = """
import sys
from pellucid.registry.database import open_database
from pellucid.registry.registry import Registry
print("ready", flush=True)
sys.stdin.readline()
registry = Registry(open_database(sys.argv[1]))
registry.add_account(sys.argv[2])
registry.close()
"""
LOADED_TO_OPEN = """
import sys
from pellucid.registry.database import open_database
open_database(sys.argv[1]).dispose()
print("alembic" in sys.modules)
"""
REVISIONS = [script.revision for script in ScriptDirectory(str(_MIGRATIONS)).walk_revisions()]


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A connection of our own to a database, which nothing was done to."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def test_the_migrations_make_the_tables_that_are_used(database_url: str) -> None:
    engine = open_database(database_url)

    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)

    engine.dispose()
    assert differences == []


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_database_of_any_revision_keeps_its_data(database_url: str, revision: str) -> None:
    with connected(database_url) as connection:
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.execute(text("insert into account (login, password, superuser) values ('ada', '', true)"))

    registry = Registry(open_database(database_url))

    assert [account.login for account in registry.accounts()] == ["ada"]
    registry.close()


def test_there_is_one_line_of_revisions_and_its_end_is_known_by_the_name_of_a_file() -> None:
    assert ScriptDirectory(str(_MIGRATIONS)).get_heads() == [newest_revision()]


def test_who_opens_a_database_of_today_loads_no_migrations(database_url: str) -> None:
    opening = [sys.executable, "-c", LOADED_TO_OPEN, database_url]

    loaded = [subprocess.run(opening, check=True, capture_output=True, text=True).stdout for _ in range(2)]

    assert loaded == ["True\n", "False\n"]


def test_a_database_is_opened_again_as_it_was(database_url: str) -> None:
    before = Registry(open_database(database_url))
    before.add_site("A", ["http://a"])
    before.close()

    after = Registry(open_database(database_url))

    assert [site.name for site in after.sites()] == ["A"]
    after.close()


def test_several_processes_may_open_a_new_database_at_once(database_url: str) -> None:
    opening = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN_AT_ONCE, database_url, f"account {number}"],
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for number in range(3)
    ]
    for process in opening:
        assert process.stdout is not None
        process.stdout.readline()
    for process in opening:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()

    for process in opening:
        process.communicate()

    assert [process.returncode for process in opening] == [0, 0, 0]
    registry = Registry(open_database(database_url))
    assert len(registry.accounts()) == 3
    assert registry.revision() == 3
    registry.close()


@pytest.mark.parametrize(
    "url",
    ["nonsense", "oracle://host/name", "postgresql://nobody@127.0.0.1:9/none", "sqlite:////proc/none/registry.db"],
)
def test_a_database_that_can_not_be_opened_is_told_in_one_line(url: str) -> None:
    with pytest.raises(ConfigurationError, match="The registry can not be opened") as caught:
        open_database(url)

    assert "\n" not in str(caught.value)


def test_a_database_that_is_gone_is_told_without_a_value(tmp_path: Path) -> None:
    path = tmp_path / "registry.db"
    with closing(Registry(open_database(sqlite_url(path)))) as registry:
        path.unlink()
        path.mkdir()

        with pytest.raises(Unavailable, match="does not answer now") as caught:
            registry.check_password("somebody", "a password")

    assert "somebody" not in str(caught.value)


def test_a_question_does_not_wait_for_a_change(tmp_path: Path) -> None:
    registry = Registry(open_database(sqlite_url(tmp_path / "registry.db")))

    with registry._changing():
        assert registry.sites() == ()

    registry.close()


def test_one_question_after_another_opens_no_connection(tmp_path: Path) -> None:
    engine = open_database(sqlite_url(tmp_path / "registry.db"))
    opened: list[object] = []
    event.listen(engine, "connect", lambda connection, _record: opened.append(connection))

    with closing(Registry(engine)) as registry:
        registry.add_site("Shop", ["http://shop.example"])
        already = len(opened)
        for _ in range(3):
            registry.sites()

    assert len(opened) == already


def test_another_file_in_the_place_of_a_database_is_what_is_asked_and_written(tmp_path: Path) -> None:
    path, other = tmp_path / "registry.db", tmp_path / "other.db"
    with closing(Registry(open_database(sqlite_url(other)))) as registry:
        registry.add_site("Other", ["http://other.example"])

    with closing(Registry(open_database(sqlite_url(path)))) as registry:
        registry.add_site("Shop", ["http://shop.example"])
        assert [site.name for site in (*registry.sites(), registry.site(1))] == ["Shop", "Shop"]
        for file in tmp_path.glob("registry.db*"):
            file.unlink()
        other.rename(path)

        assert [site.name for site in (*registry.sites(), registry.site(1))] == ["Other", "Other"]
        registry.add_site("New", ["http://new.example"])

    with closing(Registry(open_database(sqlite_url(path)))) as registry:
        assert [site.name for site in registry.sites()] == ["Other", "New"]
