"""What Matomo's generic filters do to rows, in its order: pattern, sort, limit, then which columns are shown."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from pellucid.errors import RequestError
from pellucid.matomo.columns import HIDDEN, NUMBERS, Cell, Row
from pellucid.matomo.parameters import ALL, DEFAULT_LIMIT, Parameters
from pellucid.matomo.tree import SUBTABLE, add

DEFAULT_ORDER = ("nb_visits", "nb_hits", "nb_actions")
LONGEST_PATTERN = 200
MOST_REPETITIONS = 2
_REPETITION = re.compile(r"[*+{]")
_REPEATED_GROUP = re.compile(r"\)[*+{?]")
_IDENTIFIER = "idsubdatatable"


def filtered(rows: Sequence[Row], given: Parameters, worked_out: Callable[[Row], Row] = dict) -> list[Row]:
    """Return the rows that the parameters `filter_*`, `showColumns` and `hideColumns` leave, subtables included.

    `worked_out` adds to a sum of rows what is not a sum.
    """
    left = _cut(_truncated(_ordered(_matching(rows, given), given), given, worked_out), given)
    hidden, only = _names(given, "hideColumns") | HIDDEN, _names(given, "showColumns")
    return [_columns({**row, **_below(row, given, worked_out)}, hidden, only) for row in left]


def _below(row: Row, given: Parameters, worked_out: Callable[[Row], Row]) -> Row:
    below = row.get(SUBTABLE)
    return {SUBTABLE: filtered(below, given, worked_out)} if isinstance(below, list) else {}


def number_folders(rows: Iterable[Row], numbers: Iterator[int]) -> None:
    """Give each row that has a subtable the number by which that is asked for."""
    for row in rows:
        below = row.get(SUBTABLE)
        if isinstance(below, list):
            row[_IDENTIFIER] = next(numbers)
            number_folders(below, numbers)


def folder(rows: Iterable[Row], number: int) -> list[Row]:
    """Return the subtable with a number; nothing if there is none."""
    for row in rows:
        below = row.get(SUBTABLE)
        if isinstance(below, list):
            found = below if row[_IDENTIFIER] == number else folder(below, number)
            if found:
                return found
    return []


def closed(rows: Iterable[Row]) -> list[Row]:
    """Return rows without their subtables."""
    return [{name: value for name, value in row.items() if name != SUBTABLE} for row in rows]


def _matching(rows: Sequence[Row], given: Parameters) -> Sequence[Row]:
    pattern = given.text("filter_pattern", "")
    if not pattern:
        return rows
    column, wanted = given.text("filter_column", "label"), _pattern(pattern)
    return [row for row in rows if wanted.search(str(row.get(column, "")))]


def _pattern(text: str) -> re.Pattern[str]:
    """Return a regular expression that is soon done with any text: what repeats may not be repeated in turn."""
    if len(text) > LONGEST_PATTERN or len(_REPETITION.findall(text)) > MOST_REPETITIONS or _REPEATED_GROUP.search(text):
        raise RequestError(
            f"filter_pattern may have {LONGEST_PATTERN} characters, {MOST_REPETITIONS} of * + {{, and no group that is "
            "repeated.",
        )
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error as error:
        raise RequestError(f"filter_pattern {text!r} is no regular expression: {error}.") from error


def _ordered(rows: Sequence[Row], given: Parameters) -> Sequence[Row]:
    column = given.text("filter_sort_column", "")
    if not column:
        column = next((name for name in DEFAULT_ORDER if rows and name in rows[0]), "")
        return sorted(rows, key=lambda row: _rank(row.get(column)), reverse=True) if column else rows
    descending = given.text("filter_sort_order", "desc") == "desc"
    return sorted(rows, key=lambda row: _rank(row.get(column)), reverse=descending)


def _rank(value: Cell) -> tuple[bool, float, str]:
    if isinstance(value, int | float):
        return (True, float(value), "")
    return (False, 0.0, str(value or "").lower())


def _truncated(rows: Sequence[Row], given: Parameters, worked_out: Callable[[Row], Row]) -> Sequence[Row]:
    """Return the first rows, and one that is the sum of the others."""
    number = given.number("filter_truncate", ALL)
    if number < 0 or len(rows) <= number + 1:
        return rows
    others: Row = {"label": "Others"}
    for row in rows[number:]:
        add(others, {name: value for name, value in row.items() if name in NUMBERS})
    return [*rows[:number], worked_out(others)]


def _cut(rows: Sequence[Row], given: Parameters) -> Sequence[Row]:
    offset = max(given.number("filter_offset", 0), 0)
    limit = given.number("filter_limit", DEFAULT_LIMIT)
    return rows[offset:] if limit <= ALL else rows[offset : offset + limit]


def _names(given: Parameters, name: str) -> frozenset[str]:
    return frozenset(part.strip() for part in given.text(name, "").split(",") if part.strip())


def _columns(row: Row, hidden: frozenset[str], only: frozenset[str]) -> Row:
    if only:
        return {name: value for name, value in row.items() if name in only or name not in NUMBERS}
    return {name: value for name, value in row.items() if name not in hidden}
