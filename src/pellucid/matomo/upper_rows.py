"""The upper rows of a report whose folders nobody looks into: they are added up before they are made.

A row of each page, and of each folder in it, would take as long as all the rest of a report.
"""

from collections.abc import Callable, Iterable, Sequence
from heapq import nlargest
from typing import cast

from msgspec import Struct, field

from pellucid.matomo.columns import Column, Row, metrics, number_in, reader, total_of
from pellucid.matomo.labels import Label
from pellucid.matomo.tree import SUBTABLE, decoded
from pellucid.model.result import Value

_VISITS = "nb_visits"
Numbers = Sequence[Value]
Told = tuple[tuple[Label, ...], Numbers, Row]
"""The labels that lead to a page, the number of each metric, and what else is told of it: lists that are joined."""


class _Upper(Struct):
    """What an upper row is the sum of; `folders` are those in it with something to show, itself among them."""

    label: Label
    rows: list[Numbers] = field(default_factory=list)
    lists: dict[str, list[Row]] = field(default_factory=dict)
    folders: set[tuple[str, ...]] = field(default_factory=set)
    is_folder: bool = False


def upper_rows(
    told: Iterable[Told], columns: Sequence[Column], apart: frozenset[str], needs: str, most: int | None = None
) -> list[Row]:
    """Return the upper rows that `tree.grown` would; of what lies in them, so many folders as `tree.having` leaves.

    A row is left if it has some of the column that it `needs`, where one is named. A folder has none of the columns
    `apart`; no page is called like one. Of pages in no folder those may be left out that are not among so many rows
    with the `most` visits.
    """
    asked = metrics(columns)
    by_metric = {column.metric: column.name for column in reversed(columns)}
    totals = [total_of(by_metric[metric]) for metric in asked]
    places = {column.name: asked.index(column.metric) for column in columns}
    needed, visits = places[needs] if needs else None, places.get(_VISITS)
    found: dict[str, _Upper] = {}
    for path, numbers, lists in told:
        upper = found.get(path[0].text)
        if upper is None:
            upper = found[path[0].text] = _Upper(path[0])
        upper.rows.append(numbers)
        for name, some in lists.items():
            upper.lists.setdefault(name, []).extend(cast("list[Row]", some))
        if len(path) > 1:
            upper.is_folder = True
            if needed is None or numbers[needed]:
                _add_folders(upper.folders, [label.text for label in path[:-1]])
    summed = [(upper, _added_up(upper.rows, totals)) for upper in found.values()]
    left = [(upper, numbers) for upper, numbers in summed if needed is None or numbers[needed]]
    if most and visits is not None:
        # Equal ones are told apart later.
        least = min(nlargest(most, (number_in(numbers[visits]) for _, numbers in left)), default=0)
        left = [one for one in left if one[0].is_folder or number_in(one[1][visits]) >= least]
    read, rows = reader(columns), list[Row]()
    for upper, numbers in left:
        row: Row = {"label": decoded(upper.label.text), **upper.label.more, **read(numbers), **upper.lists}
        if upper.is_folder:
            row = {name: cell for name, cell in row.items() if name not in apart}
            row[SUBTABLE] = [{SUBTABLE: []} for _ in range(len(upper.folders) - 1)]
        rows.append(row)
    return rows


def _add_folders(folders: set[tuple[str, ...]], names: list[str]) -> None:
    """Add a folder, and those it lies in, as far as they are not known yet."""
    while names and (here := tuple(names)) not in folders:
        folders.add(here)
        names.pop()


def _added_up(rows: Sequence[Numbers], totals: Sequence[Callable[[Sequence[float]], float]]) -> Numbers:
    if len(rows) == 1:
        return rows[0]
    return [_total(numbers, total) for numbers, total in zip(zip(*rows, strict=True), totals, strict=True)]


def _total(numbers: Sequence[Value], total: Callable[[Sequence[float]], float]) -> Value:
    try:
        return total(cast("Sequence[float]", numbers))
    except TypeError:
        some = [number for number in numbers if number is not None]
        return total(cast("Sequence[float]", some)) if some else None
