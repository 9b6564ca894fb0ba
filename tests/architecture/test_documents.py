"""What documents say is there: links lead somewhere, commands and settings exist, decisions are listed."""

import re
from pathlib import Path

import pytest

from pellucid.cli.main import commands
from pellucid.config import PREFIX, SETTINGS

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("changelog.d/README.md"), *ROOT.glob("docs/**/*.md")])
DEPLOYMENT = sorted(path for path in (ROOT / "deploy").iterdir() if path.is_file())
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))

_LINK = re.compile(r"\[[^\]]+\]\(([^)#\s]+)")
_COMMAND = re.compile(r"(?:`|\bbin/|^)pellucid ([a-z][a-z-]*)\b", re.MULTILINE)
_SETTING = re.compile(rf"\b{PREFIX}([A-Z][A-Z_]*)\b")


def _relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("document", DOCUMENTS, ids=_relative)
def test_links_lead_somewhere(document: Path) -> None:
    links = [link for link in _LINK.findall(document.read_text()) if "://" not in link]

    assert [link for link in links if not (document.parent / link).exists()] == []


def test_commands_that_documents_name_exist() -> None:
    named = {name for document in DOCUMENTS for name in _COMMAND.findall(document.read_text())}
    known = set(commands.list_commands(commands.make_context("pellucid", ["--help"], resilient_parsing=True)))

    assert "serve" in named
    assert named - known == set()


def test_settings_that_documents_name_exist() -> None:
    texts = [path.read_text() for path in (*DOCUMENTS, *DEPLOYMENT)]

    named = {name.lower() for text in texts for name in _SETTING.findall(text)}

    assert "trusted_proxies" in named
    assert named - {setting.name for setting in SETTINGS} - {"data"} == set()


def test_every_decision_has_the_form_of_one() -> None:
    form = re.compile(
        r"# (?P<number>\d{4}) .+\n\n"
        r"(?:Accepted|Replaced by \d{4}), \d{4}-\d\d-\d\d\n\n"
        r"## Context\n(?s:.+)\n## Decision\n(?s:.+)\n## Consequences\n",
    )

    found = {path.name: form.match(path.read_text()) for path in DECISIONS}

    assert [name for name, match in found.items() if match is None or match["number"] != name[:4]] == []


def test_decisions_are_numbered_without_gaps_and_listed() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]
    listed = re.findall(
        r"^- \[(\d{4})\]\((0[^)]+)\) (.+)$", (ROOT / "docs/decisions/README.md").read_text(), re.MULTILINE
    )

    titles = [(path.name[:4], path.name, path.read_text().splitlines()[0][7:]) for path in DECISIONS]

    assert numbers == list(range(1, len(DECISIONS) + 1))
    assert listed == titles
