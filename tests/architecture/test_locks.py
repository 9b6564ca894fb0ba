"""What is installed is known: every package is pinned by hash, comes from nowhere in particular, and has a reason."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ROOT / "requirements"
CLIENTS = "../tests/clients/requirements.txt"
"""What tests of others' clients install, in an environment of its own."""
REASONS = ROOT / "docs" / "decisions" / "0011-dependencies.md"

_PINNED = re.compile(r"([A-Za-z0-9._-]+)==(\S+)(?: ; .+?)?")
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def _entries(lock: str) -> dict[str, list[str]]:
    """Return the hashes of each pin; a pin is a name with its version and, at most, where it holds."""
    text = re.sub(r"\\\n\s*", "", (LOCKS / lock).read_text())
    entries = {}
    for line in text.splitlines():
        pin, *hashes = re.split(r"\s+(?=--)", line.strip())
        entries[pin] = hashes
    return entries


def _pinned(lock: str) -> set[str]:
    return {_plain(_NAME.match(pin)) for pin in _entries(lock)}


def _plain(found: re.Match[str] | None) -> str:
    """Return a package's name in its one plain form."""
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else ""


def _declared() -> tuple[set[str], set[str]]:
    """Return the names of what runs, and of what is needed besides to work on it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime, dev = project["project"]["dependencies"], project["dependency-groups"]["dev"]
    return {_plain(_NAME.match(one)) for one in runtime}, {_plain(_NAME.match(one)) for one in dev}


@pytest.mark.parametrize("lock", ["runtime.txt", "dev.txt", CLIENTS])
def test_every_pin_has_a_hash_and_nothing_else(lock: str) -> None:
    entries = _entries(lock)

    loose = [pin for pin in entries if not _PINNED.fullmatch(pin)]
    unhashed = [pin for pin, hashes in entries.items() if not hashes or not all(map(_HASH.fullmatch, hashes))]

    assert entries
    assert loose == []
    assert unhashed == []


@pytest.mark.parametrize("lock", ["runtime.txt", "dev.txt", CLIENTS])
def test_a_lock_names_no_place(lock: str) -> None:
    text = (LOCKS / lock).read_text()

    assert "//" not in text
    assert " @ " not in text
    assert not re.search(r"^\s*--?(i|index-url|extra-index-url|find-links|trusted-host)\b", text, re.MULTILINE)


def test_all_that_is_declared_is_locked() -> None:
    runtime, dev = _declared()

    assert runtime - _pinned("runtime.txt") == set()
    assert (runtime | dev) - _pinned("dev.txt") == set()


def test_both_locks_choose_the_same_versions() -> None:
    runtime, dev = set(_entries("runtime.txt")), set(_entries("dev.txt"))

    assert runtime - dev == set()


def test_every_dependency_has_its_reason_and_licence() -> None:
    runtime, dev = _declared()
    rows = re.findall(r"^\| `([\w.-]+)` \| (.+?) \| (.+?) \|$", REASONS.read_text(), re.MULTILINE)

    reasoned = {name for name, reason, licence in rows if reason.strip() and licence.strip()}

    assert (runtime | dev) - reasoned == set()
    assert reasoned - (runtime | dev) == set(), "a row for what is no longer needed"
