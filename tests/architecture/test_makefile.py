"""`make help` is the list of commands: nothing is in it without a sentence, and nothing is left out."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
STAYING = "install serve test check format tracker bench parity browsers faults lock help".split()
"""Commands that people and documents rely on."""


def _help() -> dict[str, str]:
    """Return the sentence of each command that `make help` prints."""
    printed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S607 -- whichever make is there
    return dict(re.findall(r"^  make ([\w-]+) +(.+)$", printed, re.MULTILINE))


def _targets() -> set[str]:
    """Return the Makefile's commands: what it declares to be no file."""
    declared = re.search(r"^\.PHONY:(.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return set(declared[1].split()) if declared else set()


def test_help_says_a_sentence_of_every_command() -> None:
    told = _help()

    assert set(told) == _targets()
    assert [name for name, sentence in told.items() if len(sentence.split()) < 3 or not sentence[0].isupper()] == []


def test_the_commands_that_stay_are_there() -> None:
    told = _help()

    assert [name for name in STAYING if name not in told] == []
