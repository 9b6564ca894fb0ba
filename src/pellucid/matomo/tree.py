"""Rows as Matomo files them: an address is a path of folders, and a folder is the sum of what is in it.

At most ten levels; a page's own label begins with `/`, and a folder's index is `/index`.
"""

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import unquote

from pellucid.matomo.columns import Cell, Row, total
from pellucid.matomo.labels import Label

DEEPEST = 10
SUBTABLE = "subtable"
_INDEX = "index"


def path_of(url: str) -> tuple[str, ...]:
    """Return the labels that lead to a page: folders, then the page with its query behind a `/`."""
    bare, mark, query = url.partition("?")
    path = without_scheme(bare).partition("/")[2]
    *folders, page = path.split("/")
    folders = [unquote(folder) for folder in folders if folder]
    if len(folders) >= DEEPEST:
        page = "/".join([*folders[DEEPEST - 1 :], page])
        folders = folders[: DEEPEST - 1]
    name = unquote(page) or ("" if mark else _INDEX)
    return (*folders, f"/{name}{mark}{query}")


def path_and_query(url: str) -> str:
    """Return the path and query of an address, as they are escaped."""
    return "/" + without_scheme(url).partition("/")[2]


def without_scheme(url: str) -> str:
    """Return an address from its host on."""
    _, separator, rest = url.partition("://")
    return rest if separator else url


def grown(rows: Sequence[tuple[Sequence[Label], Row]], apart: frozenset[str] = frozenset()) -> list[Row]:
    """Return rows under the paths of their labels as a tree: `subtable` holds what a folder is the sum of.

    Rows under the same labels are one row. A folder has none of the columns `apart`: the visitors of a folder are
    fewer than those of its pages.
    """
    top: list[Row] = []
    found: dict[tuple[str, ...], Row] = {}
    inside: dict[tuple[str, ...], list[Row]] = {(): top}
    for path, row in rows:
        names = tuple(label.text for label in path)
        of_folder = {name: value for name, value in row.items() if name not in apart}
        for depth, label in enumerate(path, 1):
            here, is_folder = names[:depth], depth < len(path)
            if here not in found:
                found[here] = {"label": label.text, **label.more}
                inside[here[:-1]].append(found[here])
            if is_folder and here not in inside:
                found[here][SUBTABLE] = inside[here] = []
            add(found[here], of_folder if is_folder else row)
    return top


def add(to: Row, row: Mapping[str, Cell]) -> None:
    """Add the numbers of a row to another."""
    for name, value in row.items():
        if isinstance(value, int | float):
            to[name] = total(name, to.get(name), value)
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
