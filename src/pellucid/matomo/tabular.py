"""Answers as rows under columns, and as text whose columns are parted by a comma or a tab."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pellucid.matomo.columns import explains
from pellucid.matomo.headings import headings
from pellucid.matomo.parameters import Parameters
from pellucid.matomo.tree import SUBTABLE

Answer = object
"""What JSON can hold: texts, numbers, lists and mappings."""

_DATED = re.compile(r"\d{4}(-\d\d(-\d\d(,\d{4}-\d\d-\d\d)?)?)?")
_KEYS = frozenset({"label", "date", "idSite"})
_NUMBER = "idsubdatatable"
_METADATA = frozenset({"url", "segment", "logo", "code", _NUMBER, "region", "country", "referrer_type"})
"""Columns of reports that tell more of a row and count nothing."""
_NOT_TOLD = frozenset({SUBTABLE, "comparisons", _NUMBER})
"""What no line has."""
_FORMULA = ("=", "+", "-", "@")
_HIDDEN = re.compile(r"(\0|%00)*")
_NUMERIC = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*", re.IGNORECASE)
_QUOTED = re.compile(r'[",;\t\r\n]')


def name_of_series(answer: Mapping[object, object]) -> str:
    """Return what the keys of several answers are: dates, or sites; nothing if it is one answer."""
    if not is_series(answer):
        return ""
    if all(_DATED.fullmatch(str(key)) for key in answer):
        return "date"
    return "idSite" if all(str(key).isdecimal() for key in answer) else ""


def is_series(answer: Mapping[object, object]) -> bool:
    """Return whether an answer holds nothing but others."""
    return bool(answer) and all(isinstance(value, list | Mapping) for value in answer.values())


def text_of(value: Answer) -> str:
    """Return a value as texts hold it: yes and no are numbers."""
    if value is None:
        return ""
    if isinstance(value, float):
        return _php_number(value)
    return str(int(value)) if isinstance(value, bool) else str(value)


def _php_number(value: float) -> str:
    """Return a number with 14 digits, as PHP prints it (https://www.php.net/manual/en/ini.core.php#ini.precision)."""
    mantissa, _, exponent = f"{value:.14g}".partition("e")
    if not exponent:
        return mantissa
    return f"{mantissa if '.' in mantissa else f'{mantissa}.0'}E{int(exponent):+d}"


def table_of(answer: Answer) -> tuple[list[str], list[str], list[Mapping[str, Answer]]]:
    """Return the columns of an answer, those that tell what its rows are, and these; without nested columns."""
    rows = list(_rows(answer))
    names = dict.fromkeys(name for row in rows for name, value in row.items() if not isinstance(value, list | Mapping))
    told = _metadata(rows)
    return [name for name in names if name not in told], [name for name in names if name in told], rows


def separated(answer: Answer, delimiter: str, given: Parameters) -> str:
    """Return an answer as lines below a head; as in Matomo what columns hold is spread over columns of their own."""
    rows = list(_rows(answer))
    told, words = _metadata(rows), headings(given)
    apart = "Metadata: " if words else "metadata_"
    lines: list[dict[str, Answer]] = []
    for row in rows:
        counted = {name: value for name, value in row.items() if name not in told and name not in _NOT_TOLD}
        more = {f"{apart}{name}": value for name, value in row.items() if name in told and name not in _NOT_TOLD}
        lines.append(_spread(counted, words) | more)
    # A column stands where the first row that has it has it, and rows have what tells more of them last.
    head = list(dict.fromkeys(name for line in lines for name in line)) or [
        words.get(name, name) for name in _keys(answer)
    ]
    if not head:
        return "No data available"
    cells: list[Sequence[Answer]] = [head, *([line.get(name) for name in head] for line in lines)]
    return "\n".join(delimiter.join(_cell(value, delimiter) for value in line) for line in cells)


def _spread(row: Mapping[str, Answer], words: Mapping[str, str], template: str = "{}") -> dict[str, Answer]:
    """Return a row with a column for each value that its columns hold, named by the way that leads there."""
    done: dict[str, Answer] = {}
    for name, value in row.items():
        called = template.format(words.get(name, name))
        inner = _named(value)
        if inner is None:
            done[called] = value
        elif words and any(_named(one) is not None for one in inner.values()):
            for key, one in inner.items():
                within = f"Goal {key}" if name == "goals" else f"{name} {key}"
                done |= _spread(_named(one) or {}, words, f"{{}} ({_escaped(within)})")
        else:
            done |= _spread(inner, words, f"{_escaped(called)}_{{}}")
    return done


def _named(value: Answer) -> Mapping[str, Answer] | None:
    """Return what a column holds by its names or places; nothing if it is a value."""
    if isinstance(value, Mapping):
        return {str(name): one for name, one in value.items()}
    return {str(place): one for place, one in enumerate(value)} if isinstance(value, list | tuple) else None


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _cell(value: Answer, delimiter: str) -> str:
    """Return a value so that it is one cell, and what could be taken for a formula so that no spreadsheet does."""
    text = text_of(value)
    if isinstance(value, str):
        text = text.replace("\t", " ")
        shown = _HIDDEN.sub("", text, count=1).replace("%", "", 1)
        text = f"'{text}" if shown.startswith(_FORMULA) and not _NUMERIC.fullmatch(shown) else text
    return '"{}"'.format(text.replace('"', '""')) if delimiter in text or _QUOTED.search(text) else text


def _metadata(rows: Iterable[Mapping[str, Answer]]) -> set[str]:
    """Return the columns that tell more of rows with labels and count nothing."""
    return {
        name
        for row in rows
        if "label" in row
        for name, value in row.items()
        if name in _METADATA or _tells_what_it_is(name, value)
    }


def _tells_what_it_is(name: str, value: object) -> bool:
    return name not in _KEYS and explains(name, value) and not (isinstance(value, str) and value.endswith("%"))


def _rows(answer: Answer) -> Iterator[Mapping[str, Answer]]:
    if isinstance(answer, Mapping):
        name = name_of_series(answer)
        if not name:
            yield answer
            return
        for key, one in answer.items():
            for row in _rows(one):
                yield {name: key, **row}
    elif isinstance(answer, list | tuple):
        yield from (row if isinstance(row, Mapping) else {"value": row} for row in answer)
    else:
        yield {"value": answer}


def _keys(answer: Answer) -> Sequence[str]:
    """Return what tells the answers of a series apart, and those in it."""
    name = name_of_series(answer) if isinstance(answer, Mapping) else ""
    return [name, *_keys(next(iter(answer.values())))] if isinstance(answer, Mapping) and name else []
