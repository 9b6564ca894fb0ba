"""What Matomo's generic filters do to rows, in its order: pattern, sort, limit, then which columns are shown."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from html import unescape
from typing import Protocol, TypeVar
from urllib.parse import unquote_plus

from pellucid.errors import RequestError
from pellucid.matomo.columns import HIDDEN, NO_RESULTS, NUMBERS, Cell, Row, explains, untimed
from pellucid.matomo.goal_columns import ALL_COLUMNS, ALL_GOALS, More, adds, more, visited
from pellucid.matomo.parameters import ALL, DEFAULT_LIMIT, Parameters
from pellucid.matomo.tree import SUBTABLE, add, changed, without_scheme

OF_GOALS = frozenset({"goals", "nb_conversions", "revenue"})
"""What rows have only when their goals are gathered."""
DEFAULT_ORDER = ("nb_visits", "nb_hits", "nb_actions")
LONGEST_PATTERN = 200
MOST_REPETITIONS = 2
_REPETITION = re.compile(r"[*+{]")
_REPEATED_GROUP = re.compile(r"\)[*+{?]")
OTHERS = "Others"
_WITHIN, _WITHOUT_SUBTABLE = ">", "@"
_OF_UPPER_ROWS = (
    *(ALL_COLUMNS, ALL_GOALS, "filter_offset", "filter_pattern", "filter_pattern_recursive", "filter_excludelowpop"),
    "keep_summary_row",
)
"""What leaves rows out of a report, or adds to them, and not those of subtables: these are ordered and truncated."""
_CHOOSING = (
    *("filter_pattern", "filter_pattern_recursive", "filter_excludelowpop", "filter_truncate", "keep_summary_row"),
    "disable_generic_filters",
)
"""What looks at more than the rows with the most visits."""
_LARGEST = frozenset({"", "desc"})
_SIGNIFICANT = 0.02
_VISITS, _LABEL = "nb_visits", "label"
_DIGITS = re.compile(r"([0-9]+)")
_IDENTIFIER = "idsubdatatable"

Told = TypeVar("Told")


class Finish(Protocol):
    """Works out the rest of a row that has what was counted: of an `upper` one, or of one in a folder.

    A folder whose rows are asked for by themselves is told `alone`: they are its upper ones.
    """

    def __call__(self, row: Row, *, upper: bool = True, alone: bool = False) -> Row:
        """Return the whole row; a row twice worked out is wrong."""


def whole(row: Row, *, upper: bool = True, alone: bool = False) -> Row:  # noqa: ARG001 -- a `Finish`
    """Return a row as it is: nothing of it has to be worked out."""
    return row


def filtered(
    rows: Sequence[Row],
    given: Parameters,
    finish: Finish = whole,
    order: Sequence[str] = DEFAULT_ORDER,
    without: frozenset[str] | None = None,
) -> list[Row]:
    """Return the rows that the parameters `filter_*`, `label`, `showColumns` and `hideColumns` leave, subtables too.

    Of a long list few rows are left, and they alone are finished, unless the others have to be told apart by what that
    works out. Without `filter_sort_column` rows stand by the first of the columns `order` that they have, as they are
    if there is none. `without` is what the rows above lack, and these then too.
    """
    if given.several("label"):
        return _filtered_alone(rows, given, finish, order)
    late = _are_told_apart_by_counts(rows, given)
    rest: Finish = finish
    if not late and finish is not whole:
        rows, rest = changed(rows, finish, partial(finish, upper=False)), whole
    also: More = whole
    if adds(given):
        rows = visited(rows, given)
        also = more(rows, given)
        rows = [also(row) for row in rows]
    if not given.flag("disable_generic_filters"):
        left = _populated(_matching_below(_matching(rows, given), given), given)
        rows = _cut(_truncated(_ordered(left, given, order), given, lambda others: also(finish(others))), given)
    if late:
        rows = [rest(row) for row in rows]
    lacking = untimed(rows) if without is None else without
    return _with_columns_left([row | _below(row, given, rest, lacking) for row in rows], given, lacking)


def stays(row: Row, given: Parameters) -> bool:
    """Return whether the filters leave the row of a report that has no other: it has no label."""
    if given.several("label"):
        return False
    return given.flag("disable_generic_filters") or bool(_cut(_populated(_matching([row], given), given), given))


def _filtered_alone(rows: Sequence[Row], given: Parameters, finish: Finish, order: Sequence[str]) -> list[Row]:
    """Return the rows that are named: whoever names a row gets it, however far down it stands."""
    every = given.without("label", "filter_truncate", "filter_offset").with_text(filter_limit=str(ALL))
    found: list[Row] = []
    for row, others in _named(rows, given.several("label")):
        own = finish if others is rows else partial(finish, alone=True)
        found += filtered([row], every, own, order, untimed(others))
    return found


def _with_columns_left(rows: Sequence[Row], given: Parameters, lacking: frozenset[str]) -> list[Row]:
    """Return rows without the columns that are not wanted, that they are `lacking`, or that others come from."""
    unwanted, only = names(given, "hideColumns"), names(given, "showColumns")
    # As in Matomo what others are worked out from is left where somebody says what is to be hidden.
    hidden = unwanted | lacking | (frozenset() if given.whole else {NO_RESULTS} if unwanted else HIDDEN)
    hidden = unwanted if only else hidden
    left = [_columns(row, hidden, only) for row in rows]
    if given.flag("hideIdSubDatable"):
        return [{name: value for name, value in row.items() if name != _IDENTIFIER} for row in left]
    return left


def _are_told_apart_by_counts(rows: Sequence[Row], given: Parameters) -> bool:
    """Return whether it can be told without finished rows which of them are left."""
    if adds(given) or given.number("filter_truncate", ALL) >= 0:
        return False
    columns = looked_at(given)
    counted = {name for name in columns - {"", "label"} - OF_GOALS if any(name in row for row in rows)}
    return columns <= {"", "label", *counted}


def looked_at(given: Parameters) -> frozenset[str]:
    """Return the columns by which filters leave rows out, or order them."""
    return frozenset(
        {
            given.text("filter_sort_column", ""),
            given.text("filter_excludelowpop", ""),
            given.text("filter_column", "") if given.text("filter_pattern", "") else "",
            given.text("filter_column_recursive", "") if given.text("filter_pattern_recursive", "") else "",
        }
    )


def most_left(given: Parameters) -> int | None:
    """Return how many of the rows with the most visits are looked at; None where others may be left."""
    limit = given.number("filter_limit", DEFAULT_LIMIT)
    ordered = given.text("filter_sort_column", "") in {"", _VISITS} and given.text("filter_sort_order", "") in _LARGEST
    chosen = adds(given) or given.several("label") or any(given.text(name, "") for name in _CHOOSING)
    if limit <= ALL or chosen or not ordered:
        return None
    return max(given.number("filter_offset", 0), 0) + limit


def looks_below(given: Parameters) -> bool:
    """Return whether which rows are left depends on what lies in their subtables."""
    return bool(given.several("label") or given.text("filter_pattern_recursive", ""))


def labelled(rows: Sequence[Row], labels: Sequence[str]) -> list[Row]:
    """Return the rows that labels name: `a > b` is the row b in the subtable of a, `@a` a row that has no subtable."""
    return [row for row, _ in _named(rows, labels)]


def _named(rows: Sequence[Row], labels: Sequence[str]) -> Iterator[tuple[Row, Sequence[Row]]]:
    """Yield the rows that labels name, each with those it stands among."""
    for label in labels:
        found = _row_at((label,), rows) or _row_at(label.split(_WITHIN), rows)
        if found:
            yield found


def _row_at(path: Sequence[str], rows: Sequence[Row]) -> tuple[Row, Sequence[Row]] | None:
    """Return the row that a path of labels leads to, each of them escaped or as it is, and those it stands among."""
    wanted = unquote_plus(path[0]).strip()
    row = next((one for text in (wanted, unescape(wanted)) for one in rows if _is_named(one, text)), None)
    if row is None or len(path) == 1:
        return None if row is None else (row, rows)
    below = row.get(SUBTABLE)
    return _row_at(path[1:], below) if isinstance(below, list) else None


def _is_named(row: Row, wanted: str) -> bool:
    text = str(row.get(_LABEL, "")).strip()
    if wanted.startswith(_WITHOUT_SUBTABLE) and SUBTABLE not in row:
        return text.removeprefix("/") == wanted[1:].strip().removeprefix("/")
    if "://" in text:
        # Matomo names pages of other sites, in the row of their site, by their path or without their scheme.
        bare = without_scheme(text)
        return wanted in {text, bare, bare.partition("/")[2]}
    return text == wanted


def _below(row: Row, given: Parameters, finish: Finish, without: frozenset[str]) -> Row:
    below = row.get(SUBTABLE)
    if not isinstance(below, list):
        return {}
    given = given.without(*_OF_UPPER_ROWS).with_text(filter_limit=str(ALL))
    inner: Finish = finish if finish is whole else partial(finish, upper=False)
    return {SUBTABLE: filtered(below, given, inner, without=without)}


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


def closed(rows: Iterable[Row], depth: int = 0) -> list[Row]:
    """Return rows without their subtables, or with those of so many levels."""
    done = []
    for row in rows:
        below = row.get(SUBTABLE)
        shown = {name: value for name, value in row.items() if name != SUBTABLE} if SUBTABLE in row else row
        done.append({**shown, SUBTABLE: closed(below, depth - 1)} if depth > 0 and isinstance(below, list) else shown)
    return done


def _matching(rows: Sequence[Row], given: Parameters) -> Sequence[Row]:
    pattern = given.text("filter_pattern", "")
    if not pattern:
        return rows
    column, wanted = given.text("filter_column", "label"), expression(pattern)
    return [row for row in rows if wanted.search(str(row.get(column, "")))]


def _matching_below(rows: Sequence[Row], given: Parameters) -> Sequence[Row]:
    """Return the rows that match, and those that have some that match in their subtables."""
    pattern = given.text("filter_pattern_recursive", "")
    if not pattern:
        return rows
    column, wanted = given.text("filter_column_recursive", "label"), expression(pattern)

    def matching(some: Sequence[Row]) -> list[Row]:
        kept = []
        for row in some:
            below = row.get(SUBTABLE)
            inside = matching(below) if isinstance(below, list) else []
            if inside or wanted.search(str(row.get(column, ""))):
                kept.append({**row, SUBTABLE: inside} if isinstance(below, list) else row)
        return kept

    return matching(rows)


def _populated(rows: Sequence[Row], given: Parameters) -> Sequence[Row]:
    """Return the rows that have enough of a column: of all that it holds a fiftieth, if no number is named."""
    column = given.text("filter_excludelowpop", "")
    if not column:
        return rows
    numbers = [value if isinstance(value := row.get(column), int | float) else 0 for row in rows]
    least = given.decimal("filter_excludelowpop_value", 0) or sum(numbers) * _SIGNIFICANT
    return [row for row, number in zip(rows, numbers, strict=True) if number >= least]


def expression(text: str) -> re.Pattern[str]:
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


def _ordered(rows: Sequence[Row], given: Parameters, order: Sequence[str]) -> Sequence[Row]:
    """Return rows by a column, equal ones by their visits, then by their labels; those that lack it stand last."""
    wanted = given.text("filter_sort_column", "")
    column = _sorted_by(rows, wanted, order) if rows else ""
    if not column:
        return rows
    descending = given.text("filter_sort_order", "desc").lower() != "asc"
    have = [row for row in rows if isinstance(row.get(column), int | float | str)]
    lack = [row for row in rows if not isinstance(row.get(column), int | float | str)]
    numeric = bool(have) and isinstance(have[0][column], int | float)
    second = _VISITS if column != _VISITS and _VISITS in rows[0] else _LABEL
    for some in (have, lack):
        some.sort(key=lambda row: str(row.get(_LABEL, "")))
        if (numeric or some is lack) and second == _VISITS:
            some.sort(key=lambda row: _rank(row.get(_VISITS)), reverse=descending)
        elif numeric or some is lack:
            # Labels go the other way.
            some.sort(key=_natural, reverse=not descending)
    have.sort(key=lambda row: _rank(row[column]), reverse=descending)
    return [*have, *lack]


def _sorted_by(rows: Sequence[Row], wanted: str, order: Sequence[str]) -> str:
    """Return the column that rows are sorted by: without the one that is wanted it is how many visits they have."""
    if wanted:
        return _VISITS if wanted not in rows[0] and _VISITS in rows[0] else wanted
    return next((name for name in order if any(name in row for row in rows)), "")


def _rank(value: Cell) -> tuple[float, str]:
    """Return what is sorted by: numbers by their size, other values as people sort them."""
    return (float(value), "") if isinstance(value, int | float) else (0, _as_sorted(str(value or "")))


def _natural(row: Row) -> str:
    return _as_sorted(str(row.get(_LABEL, "")))


def _as_sorted(text: str) -> str:
    """Return what texts are sorted by: as people sort them, 9 before 10, without regard to case and to blanks."""
    return _DIGITS.sub(_by_size, "".join(text.upper().split()))


def _by_size(digits: re.Match[str]) -> str:
    """Return a number as what is sorted by its size: with how many digits it has before it, where digits stand."""
    number = digits[0].lstrip("0") or "0"
    return f"0{chr(len(number))}{number}"


def _truncated(rows: Sequence[Row], given: Parameters, finish: More) -> Sequence[Row]:
    """Return the first rows, and one that is the sum of the others."""
    number = given.number("filter_truncate", ALL)
    if number < 0 or len(rows) <= number + 1:
        return rows
    others: Row = {"label": OTHERS}
    for row in rows[number:]:
        add(others, {name: value for name, value in row.items() if name in NUMBERS})
    return [*rows[:number], finish(others)]


def _cut(rows: Sequence[Row], given: Parameters) -> Sequence[Row]:
    offset = max(given.number("filter_offset", 0), 0)
    limit = given.number("filter_limit", DEFAULT_LIMIT)
    left = rows[offset:] if limit <= ALL else rows[offset : offset + limit]
    kept = rows[-1:] if given.flag("keep_summary_row") else []
    return [*left, *(row for row in kept if row.get("label") == OTHERS and row not in left)]


def names(given: Parameters, name: str) -> frozenset[str]:
    """Return the columns that a parameter names."""
    return frozenset(part.strip() for part in given.text(name, "").split(",") if part.strip())


def columns_left(row: Mapping[str, Told], given: Parameters) -> dict[str, Told]:
    """Return what `showColumns` and `hideColumns` leave of what stands under the names of columns."""
    hidden, only = names(given, "hideColumns"), names(given, "showColumns")
    if not (hidden or only):
        return dict(row)
    return {name: told for name, told in row.items() if name not in hidden and (name in only or not only)}


def shown(row: Row, given: Parameters, *, deep: bool = False) -> Row:
    """Return of one row what `showColumns` and `hideColumns` leave; `deep` hides columns of what is in it, too."""
    left, hidden = columns_left(row, given), names(given, "hideColumns")
    return {name: _without(value, hidden) for name, value in left.items()} if deep and hidden else left


def _without(value: Cell, hidden: frozenset[str]) -> Cell:
    if isinstance(value, list):
        return [{name: _without(inner, hidden) for name, inner in row.items() if name not in hidden} for row in value]
    return value


def _columns(row: Row, hidden: frozenset[str], only: frozenset[str]) -> Row:
    """Return a row without the columns that are not wanted; what tells what it is stays."""
    if only:
        row = {name: value for name, value in row.items() if name in only or name not in NUMBERS}
    return {name: value for name, value in row.items() if name not in hidden or explains(name, value)}
