import subprocess
import sys
from pathlib import Path

import pytest

from pellucid.api.operations import OPERATIONS
from pellucid.api.problem import KINDS
from pellucid.cli import documents
from pellucid.cli.main import _COMMANDS
from pellucid.config import SETTINGS
from pellucid.policy.decision import EXPLANATIONS, Refusal
from pellucid.policy.presets import DESCRIPTIONS, PRESETS
from pellucid.policy.requests import REQUESTS
from pellucid.policy.states import STATES
from pellucid.policy.storage import ITEMS
from pellucid.report.dimensions import DIMENSIONS
from pellucid.report.metrics import METRICS


def test_the_documents_are_what_the_code_says() -> None:
    checked = subprocess.run([sys.executable, "-m", "pellucid.cli.documents", "--check"], check=False)

    assert checked.returncode == 0


def test_a_stale_document_is_told_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(documents, "DIRECTORY", tmp_path / "docs")

    assert documents.main(["--check"]) == 1
    assert "docs/settings.md is not what the code says" in capsys.readouterr().err
    assert documents.main([]) == 0
    assert documents.main(["--check"]) == 0
    (tmp_path / "docs" / "cookies.md").write_text("edited by hand")
    assert documents.main(["--check"]) == 1


def test_every_row_of_every_table_is_in_its_document() -> None:
    made = documents.documents()

    assert [row.path for row in OPERATIONS if f"/api/v1{row.path}`" not in made["api.md"]] == []
    assert [name for name in (*KINDS, *METRICS, *DIMENSIONS) if f"`{name}`" not in made["api.md"]] == []
    assert [row.name for row in SETTINGS if f"`{row.name}`" not in made["settings.md"]] == []
    assert [row.name for row in ITEMS if f"`{row.name}`" not in made["cookies.md"]] == []
    assert [state.name for state in STATES if f"**{state.name}**" not in made["cookies.md"]] == []
    assert [path for asked in REQUESTS for path in asked.paths if f"`{path}`" not in made["cookies.md"]] == []
    assert [name for name in Refusal if f"`{name}`" not in made["refusals.md"]] == []
    assert [name for name in PRESETS if f"`{name}`" not in made["presets.md"]] == []
    shown = [name for name in _COMMANDS if f"## pellucid {name}\n" in made["commands.md"]]
    assert set(_COMMANDS) - set(shown) == {"web", "ingest", "engine"}


def test_every_command_has_an_example() -> None:
    pages = documents.documents()["commands.md"].split("\n## ")[2:]

    without = [page.splitlines()[0] for page in pages if "Example:" not in page and "COMMAND [ARGS]" not in page]

    assert without == []


def test_every_refusal_and_every_preset_is_explained() -> None:
    assert set(EXPLANATIONS) == set(Refusal)
    assert set(DESCRIPTIONS) == set(PRESETS)
