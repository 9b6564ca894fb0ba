"""Rows as Matomo files them: an address is a path of folders, and a folder is the sum of what is in it.

At most ten levels; a page's own label begins with `/`, and a folder's index is `/index`.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import cast
from urllib.parse import quote_plus, unquote_plus

from pellucid.matomo.columns import Cell, Row, total_of
from pellucid.matomo.labels import Label

DEEPEST = 10
SUBTABLE = "subtable"
SCHEMES = ("http://", "https://", "http://www.", "https://www.")
"""What addresses of one page begin with; each has another length."""
_INDEX = "index"
_BLANKS = " \t\n\r\0\x0b"
_SCHEME = re.compile(r"^https?://(www\.)?", re.IGNORECASE)
_ANY_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_OF_LENGTH = {len(scheme): scheme for scheme in SCHEMES}
_ESCAPED_TWICE = {number: quote_plus(quote_plus(chr(number))) for number in range(128)}


def path_of(url: str) -> tuple[str, ...]:
    """Return the labels that lead to a page: folders, then the page behind a `/`.

    As in Matomo any slash behind the host ends a folder, one in a query too, and nothing but blanks is none.
    """
    path, mark, fragment = _ANY_SCHEME.sub("", url).partition("/")[2].partition("#")
    if not path or path.endswith("/"):
        path += _INDEX
    parts = f"{path}{mark}{fragment}" if fragment else path
    told = [part.strip(_BLANKS) for part in parts.split("/", DEEPEST - 1)]
    *folders, page = [part for part in told if part] or [""]
    return (*folders, f"/{page}")


def flat_path(url: str) -> str:
    """Return what a page is called where no folders are shown: the labels that lead to it."""
    *folders, page = path_of(url)
    return "".join(f"/{folder}" for folder in folders) + ("/" if page == f"/{_INDEX}" else page)


def decoded(label: str) -> str:
    """Return a label as Matomo shows it: whatever it is of, as if it were escaped like an address."""
    return unquote_plus(label, errors="ignore") if "%" in label or "+" in label else label


def escaped_twice(address: str) -> str:
    """Return an address as it stands in a segment that is shown, which has to be sent escaped."""
    return address.translate(_ESCAPED_TWICE) if address.isascii() else quote_plus(quote_plus(address))


def path_and_query(url: str) -> str:
    """Return the path and query of an address, as they are escaped."""
    return "/" + without_scheme(url).partition("/")[2]


def without_scheme(url: str) -> str:
    """Return an address from its host on."""
    _, separator, rest = url.partition("://")
    return rest if separator else url


def without_www(url: str) -> str:
    """Return an address from its host on, as Matomo keeps those of pages."""
    return _SCHEME.sub("", url)


def with_scheme(bare: str, length: int) -> str:
    """Return an address that Matomo keeps from its host on, with what stands before: so many characters."""
    return f"{_OF_LENGTH.get(length, '')}{bare}"


def grown(rows: Sequence[tuple[Sequence[Label], Row]], apart: frozenset[str] = frozenset()) -> list[Row]:
    """Return rows under the paths of their labels as a tree: `subtable` holds what a folder is the sum of.

    Rows under the same labels are one row. A folder has none of the columns `apart`: the visitors of a folder are
    fewer than those of its pages.
    """
    tree = _Tree(apart)
    for path, row in rows:
        tree.put(path, row)
    return tree.rows()


_Path = tuple[str, ...]


class _Tree:
    """Rows by their paths: what each tells of its own, and what lies in it."""

    def __init__(self, apart: frozenset[str]) -> None:
        self._apart = apart
        self._labels: dict[_Path, Label] = {}
        self._numbers: dict[_Path, Row] = {}
        self._inside: dict[_Path, list[_Path]] = {(): []}

    def put(self, path: Sequence[Label], row: Row) -> None:
        names = tuple([label.text for label in path])
        self._numbers[names] = _summed([self._numbers[names], row]) if names in self._numbers else row
        for depth in range(len(path), 0, -1):
            here = names[:depth]
            if here in self._labels:
                break
            self._labels[here] = path[depth - 1]
            self._inside.setdefault(here[:-1], []).append(here)

    def rows(self) -> list[Row]:
        return [self._row(here)[1] for here in self._inside[()]]

    def _of_label(self, here: _Path) -> Row:
        label = self._labels[here]
        return {"label": decoded(label.text), **label.more}

    def _sum(self, rows: Sequence[Row]) -> Row:
        return _summed(rows, self._apart)

    def _row(self, here: _Path) -> tuple[Row, Row]:
        """Return what a row tells of its own, and all of it: its label and what is in it, too."""
        told, below = self._numbers.get(here, {}), self._inside.get(here)
        if not below:
            return told, self._of_label(here) | told
        rows = [self._row(child) for child in below]
        told = self._sum([told, *(of_child for of_child, _ in rows)])
        return told, {**self._of_label(here), SUBTABLE: [whole for _, whole in rows], **told}


def _summed(rows: Sequence[Row], apart: frozenset[str] = frozenset()) -> Row:
    """Return what rows come to together; of the columns `apart` what the first of them has.

    A column at a time, of all rows with the same columns: there are a hundred thousand numbers in a report on pages.
    """
    alike: dict[tuple[str, ...], list[Iterable[Cell]]] = defaultdict(list)
    for row in rows:
        alike[tuple(row)].append(row.values())
    columns: dict[str, list[Cell]] = defaultdict(list)
    for names, some in alike.items():
        for name, of_name in zip(names, zip(*some, strict=True), strict=True):
            columns[name] += of_name
    whole = dict(rows[0])
    for name, values in columns.items():
        if name in apart:
            continue
        try:
            whole[name] = total_of(name)(cast("Sequence[float]", values))
        except TypeError:
            for value in values[name in whole :]:
                add(whole, {name: value})
    return whole


def add(to: Row, row: Mapping[str, Cell]) -> None:
    """Add the numbers of a row to another."""
    for name, value in row.items():
        # The types themselves: this is done a hundred thousand times for a report, and most numbers are nothing.
        if type(value) is int or type(value) is float:
            so_far = to.get(name)
            to[name] = total_of(name)((so_far, value)) if type(so_far) is int or type(so_far) is float else value
        elif isinstance(value, dict):
            of_name = to.setdefault(name, {})
            for inner, told in value.items():
                if isinstance(of_name, dict) and isinstance(told, dict):
                    add(of_name.setdefault(inner, {}), told)
        elif not isinstance(value, list):
            to.setdefault(name, value)


def having(rows: Sequence[Row], column: str) -> list[Row]:
    """Return the rows that have some of a column, folders and what is in them alike; all where none is named."""
    if not column:
        return list(rows)
    kept = []
    for row in rows:
        below = row.get(SUBTABLE)
        if row.get(column):
            kept.append({**row, SUBTABLE: having(below, column)} if isinstance(below, list) else row)
    return kept


def changed(rows: Sequence[Row], change: Callable[[Row], Row], in_folder: Callable[[Row], Row]) -> list[Row]:
    """Return the rows as they are changed one by one; those in folders by `in_folder`."""
    done = []
    for row in rows:
        below = row.get(SUBTABLE)
        done.append(change({**row, SUBTABLE: changed(below, in_folder, in_folder)} if isinstance(below, list) else row))
    return done
