"""Pages as Matomo files them: an address is a path of folders, and a folder is the sum of what is in it.

At most ten levels; a page's own label begins with `/`, and a folder's index is `/index`.
"""

from collections.abc import Sequence
from urllib.parse import unquote

from pellucid.matomo.columns import NEVER_ADDED, Cell, Row

DEEPEST = 10
_INDEX = "index"


def path_of(url: str) -> tuple[str, ...]:
    """Return the labels that lead to a page: folders, then the page with its query behind a `/`."""
    bare, mark, query = url.partition("?")
    _, separator, rest = bare.partition("://")
    path = (rest if separator else bare).partition("/")[2]
    *folders, page = path.split("/")
    folders = [unquote(folder) for folder in folders if folder]
    if len(folders) >= DEEPEST:
        page = "/".join([*folders[DEEPEST - 1 :], page])
        folders = folders[: DEEPEST - 1]
    name = unquote(page) or ("" if mark else _INDEX)
    return (*folders, f"/{name}{mark}{query}")


def flat_label(url: str) -> str:
    """Return the label of a page in a flat report: its path and query."""
    _, separator, rest = url.partition("://")
    return unquote("/" + (rest if separator else url).partition("/")[2])


def grown(rows: Sequence[tuple[tuple[str, ...], Row]]) -> list[Row]:
    """Return rows under the paths of their labels as a tree: `subtable` holds what a folder is the sum of."""
    top: list[Row] = []
    folders: dict[tuple[str, ...], list[Row]] = {(): top}
    summed: dict[tuple[str, ...], Row] = {}
    for path, row in rows:
        for depth in range(1, len(path)):
            folder = path[:depth]
            if folder not in folders:
                folders[folder] = []
                summed[folder] = {"label": folder[-1], "subtable": folders[folder]}
                folders[folder[:-1]].append(summed[folder])
            _add(summed[folder], row)
        folders[path[:-1]].append({"label": path[-1], **row})
    return top


def _add(total: Row, row: Row) -> None:
    for name, value in row.items():
        # Unique visitors of a folder are not the sum of those of its pages, so Matomo leaves them out.
        if isinstance(value, int | float) and "uniq_visitors" not in name:
            total[name] = _sum(name, total.get(name), value)


def _sum(name: str, total: Cell, value: float) -> float:
    if not isinstance(total, int | float):
        return value
    return max(total, value) if name in NEVER_ADDED else total + value
