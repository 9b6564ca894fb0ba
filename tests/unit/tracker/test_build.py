import gzip
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import json

from pellucid.policy.storage import ITEMS, Setter

TRACKER = Path(__file__).parents[3] / "tracker"
BUILT = TRACKER.parent / "src/pellucid/collect/static"
BUDGETS = {"pellucid": 10 * 1024, "lite": 2 * 1024, "stub": 1024, "consent": 5 * 1024}
"""Bytes, compressed."""

# One worker, because all of them need the same node_modules.

Npm = Callable[..., str]


@pytest.fixture(scope="module")
def npm() -> Npm:
    """The npm of this Python environment, with what the lock names installed."""

    def run(*arguments: str) -> str:
        command = [str(TRACKER / "npm"), "--loglevel=error", *arguments]
        environment = {**os.environ, "PYTHON": sys.executable, "NO_COLOR": "1"}
        done = subprocess.run(command, cwd=TRACKER, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    installed, lock = TRACKER / "node_modules/.package-lock.json", TRACKER / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        run("ci")
    return run


def test_the_files_in_the_package_are_what_the_source_builds(npm: Npm, tmp_path: Path) -> None:
    npm("run", "build", "--", str(tmp_path))

    for path in BUILT.glob("*.js"):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), "Run 'make tracker' and commit what it builds."
    assert {path.stem for path in BUILT.glob("*.js")} == BUDGETS.keys()


def test_types_are_right(npm: Npm) -> None:
    npm("run", "check")


def test_its_own_tests_pass(npm: Npm) -> None:
    told = npm("test")

    assert re.search(r"Tests\s+\d+ passed", told)


@pytest.mark.parametrize(("name", "budget"), BUDGETS.items())
def test_a_built_file_keeps_to_its_budget(name: str, budget: int) -> None:
    assert len(gzip.compress((BUILT / f"{name}.js").read_bytes(), 9)) <= budget


@pytest.mark.parametrize("name", BUDGETS)
def test_a_built_file_asks_no_other_server_for_anything(name: str) -> None:
    assert not re.findall(rb"https?://[a-z0-9.]+", (BUILT / f"{name}.js").read_bytes())


def test_the_tracker_may_keep_what_the_policy_declares_and_for_as_long() -> None:
    table = json.decode((TRACKER / "src/storage.json").read_bytes(), type=dict[str, dict[str, str | int]])

    kept = {(item["name"], item["seconds"], "/", "Lax") for item in table.values()}

    assert kept == {
        (item.name, int(item.lifetime.total_seconds()), item.path, item.same_site)
        for item in ITEMS
        if item.set_by is Setter.TRACKER and item.lifetime
    }
