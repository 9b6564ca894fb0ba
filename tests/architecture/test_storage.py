"""Nothing is set in a browser past the table in `policy/storage.py`: one door on the server, one in the tracker."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "pellucid"
DOOR = PACKAGE / "edge.py"
DOORS_OF_THE_TRACKERS = (ROOT / "tracker/src/storage.ts", ROOT / "tracker/src/small/cookies.ts")
"""The full tracker has its own, and the small scripts one that knows a visitor's choice alone."""
CHECKBOX = PACKAGE / "visitor" / "static" / "opt_out_box.js"
"""Where a site has no tracker on its page, the opt-out's checkbox keeps the objection, and nothing else."""

_METHODS = frozenset({"set_cookie", "delete_cookie"})
_HEADER = "set-cookie"
_IN_A_BROWSER = re.compile(
    r"\.cookie\b|\bcookieStore\b|\blocalStorage\b|\bsessionStorage\b|\bindexedDB\b|\bserviceWorker\b|\bcaches\.",
)


def _cookies_set(tree: ast.AST) -> Iterator[str]:
    """Yield what sets a cookie by itself: a response's method, or the header."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS:
            yield f"line {node.lineno}: .{node.func.attr}()"
        if isinstance(node, ast.Constant) and _text(node.value).lower() == _HEADER:
            yield f"line {node.lineno}: {_HEADER}"
        if isinstance(node, ast.Import | ast.ImportFrom) and "http.cookies" in ast.unparse(node):
            yield f"line {node.lineno}: http.cookies"


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _storage_used(script: str) -> list[str]:
    """Return what a script (or a page with one in it) stores or reads in a browser."""
    return [found[0] for found in _IN_A_BROWSER.finditer(script)]


def test_cookies_are_set_at_one_door_alone() -> None:
    found = {
        path.relative_to(PACKAGE).as_posix(): list(_cookies_set(ast.parse(path.read_text())))
        for path in PACKAGE.rglob("*.py")
    }

    assert [path for path, calls in found.items() if calls] == [DOOR.name]
    assert len(found[DOOR.name]) == 1


@pytest.mark.parametrize(
    "planted",
    [
        "response.set_cookie('seen', '1')",
        "response.delete_cookie('seen')",
        "Response(headers={'Set-Cookie': 'seen=1'})",
        "send([(b'set-cookie', b'seen=1')])",
        "from http.cookies import SimpleCookie",
    ],
)
def test_a_planted_cookie_is_noticed(planted: str) -> None:
    found = list(_cookies_set(ast.parse(planted)))

    assert found


def test_each_tracker_stores_at_one_door_alone() -> None:
    sources = [path for path in (ROOT / "tracker" / "src").rglob("*.ts") if path not in DOORS_OF_THE_TRACKERS]

    found = {path.name: _storage_used(path.read_text()) for path in sources}

    assert sources
    assert {name: used for name, used in found.items() if used} == {}


def test_pages_and_their_scripts_store_nothing() -> None:
    tracker = PACKAGE / "collect"
    pages = [
        path
        for pattern in ("*.js", "*.html", "*.svg")
        for path in PACKAGE.rglob(pattern)
        if not path.is_relative_to(tracker) and path != CHECKBOX
    ]

    found = {path.name: _storage_used(path.read_text()) for path in pages}

    assert pages
    assert {name: used for name, used in found.items() if used} == {}


def test_the_checkbox_of_the_opt_out_keeps_one_cookie_that_it_is_told_and_no_other() -> None:
    script = CHECKBOX.read_text()

    assert set(_storage_used(script)) == {".cookie"}
    assert re.findall(r"document\.cookie\s*=\s*(\S+?)=", script) == ["`${settings.cookie}"]


def test_the_built_tracker_uses_cookies_and_no_other_storage() -> None:
    built = list((PACKAGE / "collect" / "static").glob("*.js"))

    used = {what for path in built for what in _storage_used(path.read_text())}

    assert built
    assert used <= {".cookie"}


@pytest.mark.parametrize(
    "planted",
    [
        "document.cookie = 'seen=1'",
        "const d = document; d.cookie",
        "window.localStorage.setItem('seen', '1')",
        "sessionStorage['seen'] = 1",
        "indexedDB.open('seen')",
        "navigator.serviceWorker.register('/w.js')",
        "cookieStore.set('seen', '1')",
    ],
)
def test_a_planted_storage_is_noticed(planted: str) -> None:
    found = _storage_used(planted)

    assert found
