"""Who may import whom: the contracts hold, and each is seen to fail on a planted breach."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "pellucid"
CONTRACTS = ROOT / ".importlinter"

_SQL = re.compile(r"\b(?:select\s.+\sfrom|insert\s+into|delete\s+from|alter\s+table)\s+[a-z{]", re.DOTALL)
"""Statements as we write them, in lower case: in prose the words are seldom in this order."""

BREACHES = (
    # contract, room that breaks it, what it imports
    ("layers", "app", "pellucid.cli.main"),
    ("layers", "config", "pellucid.app"),
    ("layers", "matomo", "pellucid.app"),
    ("layers", "collect", "pellucid.visitor"),
    ("layers", "visitor", "pellucid.api"),
    ("layers", "api", "pellucid.web"),
    ("layers", "web", "pellucid.collect"),
    ("layers", "operators", "pellucid.web"),
    ("layers", "edge", "pellucid.collect"),
    ("layers", "serving", "pellucid.edge"),
    ("layers", "snippet", "pellucid.web"),
    ("layers", "report", "pellucid.edge"),
    ("layers", "report", "pellucid.upkeep"),
    ("layers", "subject", "pellucid.report"),
    ("layers", "upkeep", "pellucid.subject"),
    ("layers", "ingest", "pellucid.subject"),
    ("layers", "enrich", "pellucid.journal"),
    ("layers", "journal", "pellucid.visits"),
    ("layers", "visits", "pellucid.store"),
    ("layers", "store", "pellucid.registry"),
    ("layers", "registry", "pellucid.ledger"),
    ("layers", "ledger", "pellucid.enrich"),
    ("layers", "policy", "pellucid.enrich"),
    ("layers", "model", "pellucid.policy"),
    ("layers", "log", "pellucid.model"),
    ("layers", "errors", "pellucid.log"),
    ("settings", "web", "pellucid.config"),
    ("settings", "collect", "pellucid.config"),
    ("settings", "ingest", "pellucid.config"),
    ("matomo", "matomo", "pellucid.api"),
    ("matomo", "matomo", "pellucid.web"),
    ("edges-in", "collect", "pellucid.store"),
    ("edges-in", "collect", "pellucid.journal"),
    ("edges-in", "collect", "pellucid.ingest"),
    ("edges-in", "visitor", "pellucid.ingest"),
    ("edges-out", "web", "pellucid.store.schema"),
    ("edges-out", "matomo", "pellucid.store.visits"),
    ("edges-out", "operators", "pellucid.store.engine"),
    ("journal", "web", "pellucid.journal.reader"),
    ("journal", "matomo", "pellucid.journal"),
    ("journal", "report", "pellucid.journal"),
    ("engines", "report", "clickhouse_connect"),
    ("engines", "ingest", "chdb"),
    ("databases", "cli", "sqlalchemy"),
    ("databases", "subject", "alembic"),
    ("files", "app", "sqlite3"),
    ("files", "ingest", "sqlite3"),
    ("cores", "ingest", "starlette.requests"),
    ("cores", "report", "starlette.responses"),
    ("cores", "subject", "uvicorn"),
    ("cores", "upkeep", "http.client"),
    ("cores", "registry", "starlette"),
    ("pure", "policy", "time"),
    ("pure", "policy", "secrets"),
    ("pure", "model", "os"),
    ("pure", "visits", "sqlite3"),
)


LINTER = """
import io, json, sys
from contextlib import redirect_stdout
from importlinter.cli import lint_imports
for contract in map(str.strip, sys.stdin):
    said = io.StringIO()
    with redirect_stdout(said):
        status = lint_imports(sys.argv[1], (contract,), no_cache=True, no_logo=True)
    print(json.dumps([status, said.getvalue()]), flush=True)
"""

Lint = Callable[[str], tuple[int, str]]
"""Holds a copy of the package against a contract, and returns the status and what was said."""


def _contracts() -> dict[str, str]:
    """Return the contracts' names by id."""
    parser = ConfigParser()
    parser.read(CONTRACTS)
    prefix = "importlinter:contract:"
    return {section.removeprefix(prefix): parser[section]["name"] for section in parser if section.startswith(prefix)}


def _file(package: Path, room: str) -> Path:
    module = package / f"{room}.py"
    return module if module.exists() else package / room / "__init__.py"


def _as_reported(imported: str) -> str:
    """Return a module's name as it is reported: of other packages, the package's."""
    return imported if imported.startswith("pellucid.") else imported.partition(".")[0]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package, for breaches to be planted in."""
    package: Path = tmp_path_factory.mktemp("rooms") / "pellucid"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__", "static", "data"))
    return package


@pytest.fixture(scope="module")
def lint(copy: Path) -> Iterator[Lint]:
    """One linter for all breaches, which reads the copy anew each time: it takes longer to start than to read."""
    with subprocess.Popen(
        [sys.executable, "-c", LINTER, CONTRACTS],
        env={**os.environ, "PYTHONPATH": os.fspath(copy.parent)},
        cwd=copy.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as linter:
        asked, told = linter.stdin, linter.stdout
        assert asked
        assert told

        def held_against(contract: str) -> tuple[int, str]:
            print(contract, file=asked, flush=True)
            status, said = json.loads(told.readline())
            return status, said

        yield held_against


def test_every_contract_holds() -> None:
    command = [Path(sys.executable).with_name("lint-imports"), "--config", CONTRACTS, "--no-cache", "--no-logo"]

    outcome = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": os.fspath(PACKAGE.parent)},
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=False,
    )

    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize("contract", _contracts())
def test_a_copy_without_a_breach_is_held_to_be_well(lint: Lint, contract: str) -> None:
    status, said = lint(contract)

    assert status == 0, said


def test_every_contract_has_a_planted_breach() -> None:
    planted = {contract for contract, _, _ in BREACHES}

    assert planted == set(_contracts())


@pytest.mark.parametrize(("contract", "room", "imported"), BREACHES)
def test_a_planted_breach_is_noticed(copy: Path, lint: Lint, contract: str, room: str, imported: str) -> None:
    file = _file(copy, room)
    text = file.read_text()
    file.write_text(f"{text}\nimport {imported}\n")

    try:
        status, said = lint(contract)
    finally:
        file.write_text(text)

    assert status == 1
    assert f"{_contracts()[contract]} BROKEN" in said
    assert f"pellucid.{room} -> {_as_reported(imported)}" in said


def test_a_room_without_a_place_in_the_table_is_noticed(copy: Path, lint: Lint) -> None:
    room = copy / "helpers.py"
    room.touch()

    try:
        status, said = lint("layers")
    finally:
        room.unlink()

    assert status == 1
    assert "helpers" in said


def _modules(*rooms: str) -> Iterator[tuple[Path, ast.Module]]:
    for room in rooms:
        file = _file(PACKAGE, room)
        for path in sorted(file.parent.rglob("*.py")) if file.name == "__init__.py" else [file]:
            yield path, ast.parse(path.read_text())


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def _reads_a_clock_or_a_file(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}:
            yield f"line {node.lineno}: .{node.attr}"
        if isinstance(node, ast.Name) and node.id in {"open", "print", "input"}:
            yield f"line {node.lineno}: {node.id}"


def test_policy_model_and_visits_ask_no_clock_and_open_no_file() -> None:
    found = [
        (path.name, what)
        for path, tree in _modules("policy", "model", "visits")
        for what in _reads_a_clock_or_a_file(tree)
    ]

    assert found == []


@pytest.mark.parametrize("planted", ["day = date.today()", "datetime.now(UTC)", "open('x')"])
def test_a_planted_clock_or_file_is_noticed(planted: str) -> None:
    found = list(_reads_a_clock_or_a_file(ast.parse(planted)))

    assert found


def _knows(rooms: tuple[str, ...], allowed: frozenset[str]) -> list[tuple[str, str]]:
    return [
        (path.name, name)
        for path, tree in _modules(*rooms)
        for name in _imports(tree)
        if name.partition(".")[0] not in allowed and not name.startswith(("pellucid.model", "pellucid.errors"))
    ]


def test_model_and_errors_know_msgspec_and_the_standard_library_alone() -> None:
    foreign = _knows(("model", "errors"), frozenset(sys.stdlib_module_names) | {"msgspec"})

    assert foreign == []


def test_a_noun_that_knows_more_is_noticed() -> None:
    foreign = _knows(("report", "registry"), frozenset(sys.stdlib_module_names) | {"msgspec"})

    assert ("database.py", "sqlalchemy") in foreign


def test_what_edges_share_knows_no_route() -> None:
    routing = [name for _, tree in _modules("edge", "serving", "snippet") for name in _imports(tree) if "rout" in name]

    assert routing == []


def _statements(tree: ast.AST) -> Iterator[str]:
    """Yield the SQL in a module's texts."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _SQL.search(node.value):
            yield f"line {node.lineno}: {node.value.strip()[:60]}"


def test_edges_hold_no_sql() -> None:
    edges = ("matomo", "api", "web", "visitor", "collect", "operators", "edge")

    found = [(path.name, sql) for path, tree in _modules(*edges) for sql in _statements(tree)]

    assert found == []


@pytest.mark.parametrize("planted", ["sql = 'select count() from events'", "f'delete from visits where {x}'"])
def test_planted_sql_is_noticed(planted: str) -> None:
    found = list(_statements(ast.parse(planted)))

    assert found
