"""What holds for every file: laws are stated, modules are short, nothing tells of a machine or fetches from afar."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "pellucid"
LONGEST_MODULE = 400

# Put together here, so that this file holds none of them itself.
_REGISTRIES = (
    *(f"{host}.org" for host in ("pypi", "files.pythonhosted", "npmjs", "registry.npmjs", "deb.debian")),
    *(f"{host}.{end}" for host, end in (("yarnpkg", "com"), ("jsdelivr", "net"), ("unpkg", "com"), ("cdnjs", "com"))),
    *(f"{host}.ubuntu.com" for host in ("archive", "security")),
)
_OF_A_MACHINE = re.compile(rb"(?<![\w.*/-])/(?:" + rb"work|ro" + rb"ot|home/\w+)/")
_FETCHING = frozenset(
    "aiohttp ftplib http.client httpx httpx2 pycurl requests telnetlib urllib.request urllib3 webbrowser".split(),
)
_LOADED_FROM_AFAR = re.compile(
    r"""<(?:script|link|img|iframe|source|video|audio)\b[^>]*?\b(?:src|href)\s*=\s*["']?(?:https?:)?//"""
    r"""|url\(\s*["']?(?:https?:)?//"""
    r"""|@import\b"""
    r"""|\b(?:fetch|importScripts|import|WebSocket|EventSource|sendBeacon)\(\s*["'`](?:https?:|wss?:)?//""",
    re.IGNORECASE,
)


def _files() -> list[Path]:
    """Return all files that are in version control, or would be with the next `git add`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 -- whichever git is there
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name]
    return [path for path in paths if path.is_file()]


def _told(text: bytes) -> list[str]:
    """Return what a file tells that it should not: a registry of packages, a path of a machine."""
    registries = [host for host in _REGISTRIES if host.encode() in text]
    return registries + [found[0].decode() for found in _OF_A_MACHINE.finditer(text)]


def _fetching(tree: ast.AST) -> Iterator[str]:
    """Yield what a module imports that could fetch from afar."""
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        yield from (name for name in names if name in _FETCHING or name.partition(".")[0] in _FETCHING)


def test_every_room_states_its_law() -> None:
    rooms = list(PACKAGE.glob("*/__init__.py"))

    without = [
        room.parent.name for room in rooms if "\nLaw: " not in (ast.get_docstring(ast.parse(room.read_text())) or "")
    ]

    assert rooms
    assert without == []


def test_every_module_says_what_it_is() -> None:
    modules = [path for path in PACKAGE.rglob("*.py") if path.stat().st_size and "migrations" not in path.parts]

    silent = [path.name for path in modules if not ast.get_docstring(ast.parse(path.read_text()))]

    assert silent == []


@pytest.mark.parametrize("folder", ["src", "tracker/src"])
def test_no_module_is_two_in_one(folder: str) -> None:
    modules = [path for pattern in ("*.py", "*.ts") for path in (ROOT / folder).rglob(pattern)]

    lengths = {path.name: len(path.read_text().splitlines()) for path in modules}

    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_no_file_tells_of_a_registry_or_a_machine() -> None:
    files = _files()

    telling = {path.relative_to(ROOT).as_posix(): told for path in files if (told := _told(path.read_bytes()))}

    assert files
    assert telling == {}


@pytest.mark.parametrize(
    "planted",
    [
        *(f"https://{host}/simple" for host in _REGISTRIES),
        "open('" + "/ro" + "ot/x')",
        "cd " + "/wo" + "rk/main",
        '"/home/' + 'somebody/pellucid"',
    ],
)
def test_a_planted_registry_or_path_is_noticed(planted: str) -> None:
    told = _told(planted.encode())

    assert told


def test_nothing_in_the_server_can_fetch() -> None:
    found = {
        path.relative_to(PACKAGE).as_posix(): list(_fetching(ast.parse(path.read_text())))
        for path in PACKAGE.rglob("*.py")
    }

    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "planted",
    ["import httpx", "from urllib.request import urlopen", "from urllib import request", "import http.client"],
)
def test_a_planted_fetch_is_noticed(planted: str) -> None:
    found = list(_fetching(ast.parse(planted)))

    assert found


def test_pages_load_nothing_from_afar() -> None:
    pages = [path for pattern in ("*.html", "*.css", "*.js", "*.svg") for path in PACKAGE.rglob(pattern)]

    found = {path.name: _LOADED_FROM_AFAR.findall(path.read_text()) for path in pages}

    assert pages
    assert {name: loaded for name, loaded in found.items() if loaded} == {}


@pytest.mark.parametrize(
    "planted",
    [
        '<script src="https://cdn.example/x.js">',
        "<link rel=stylesheet href=//fonts.example/x.css>",
        "src: url('https://fonts.example/x.woff2')",
        '@import "x.css"',
        "fetch('https://elsewhere.example/')",
    ],
)
def test_a_planted_load_from_afar_is_noticed(planted: str) -> None:
    found = _LOADED_FROM_AFAR.search(planted)

    assert found
