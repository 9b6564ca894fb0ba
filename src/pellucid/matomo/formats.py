"""The formats that Matomo answers in: JSON, XML, tables, and PHP's own form."""

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from msgspec import Struct, json

from pellucid.errors import RequestError
from pellucid.matomo.call import Record
from pellucid.matomo.headings import headings
from pellucid.matomo.lists import NUMBERED
from pellucid.matomo.parameters import Parameters
from pellucid.matomo.tabular import Answer, is_series, name_of_series, separated, table_of, text_of

FEED = "rss"
"""The format of a feed, which tells of a website besides an answer."""
_CALLBACK = re.compile(r"[0-9a-zA-Z_.]+")
_TAG = re.compile(r"[A-Za-z_][\w.-]*")
_TOLD_BY_NUMBER = (*NUMBERED, "Annotations.")
"""Methods whose answers are one result, though numbers stand in them as those of sites do elsewhere."""
_PRETTY = "prettyDate"
_OF_PERIODS = frozenset({"reportData", "reportMetadata"})
"""Elements that hold what is told of each of several periods."""


class Written(Struct, frozen=True):
    """An answer as it is sent."""

    content: bytes
    kind: str


def written(answer: Answer, given: Parameters) -> Written:
    """Return an answer in the format that is asked for, if that is no feed."""
    return WRITERS[format_of(given)](answer, given)


def format_of(given: Parameters) -> str:
    """Return the format that is asked for, XML if none is, or raise `RequestError` if there is none of that name."""
    name, known = given.text("format", "xml").lower(), (*WRITERS, FEED)
    if name not in known:
        raise RequestError(f"The format {name!r} is not there. Try any of these instead: {', '.join(known)}.")
    return name


def error(told: str, given: Parameters) -> Written:
    """Return what is wrong, in the format that is asked for; in JSON if there is no such format."""
    match given.text("format", "xml").lower():
        case "xml":
            return xml_text(f'<result>\n\t<error message="{escape(told)}" />\n</result>')
        case "csv" | "tsv":
            return Written(f"Error: {told}".encode(), "text/plain; charset=utf-8")
        case "html" | "rss" | "console":
            return Written(f"Error: {escape(told)}".encode(), "text/plain; charset=utf-8")
        case "original":
            return Written(_php({"result": "error", "message": told}).encode(), "text/plain; charset=utf-8")
        case _:
            return _json({"result": "error", "message": told}, given)


def _json(answer: Answer, given: Parameters) -> Written:
    body = json.encode(_bare(answer))
    callback = given.text("callback", "") or given.text("jsoncallback", "")
    if not callback:
        return Written(body, "application/json; charset=utf-8")
    if not _CALLBACK.fullmatch(callback):
        raise RequestError("The name of a callback has letters, digits, dots and underscores.")
    return Written(b"%s(%s)" % (callback.encode(), body), "application/javascript; charset=utf-8")


def _bare(answer: Answer) -> Answer:
    """Return an answer as PHP has it: of several, each number that one tells alone as it is; nothing is a list."""
    if not isinstance(answer, Mapping) or not name_of_series(answer):
        return [] if answer == {} else answer
    return {
        key: one["value"] if isinstance(one, Mapping) and one.keys() == {"value"} else _bare(one)
        for key, one in answer.items()
    }


def _xml(answer: Answer, given: Parameters) -> Written:
    if answer == {"result": "success", "message": "ok"}:
        return xml_text('<result>\n\t<success message="ok" />\n</result>')
    told_by_number = given.text("method", "").startswith(_TOLD_BY_NUMBER)
    if isinstance(answer, Mapping) and not told_by_number and (name := name_of_series(answer)):
        return xml_text(f"<results>\n{_results(answer, name, 1)}</results>")
    return xml_text(_result(answer, "", 0).rstrip("\n"))


def _results(series: Mapping[Any, Answer], name: str, depth: int) -> str:
    """Return several answers under what tells them apart: a site, a date, or a date as people read it."""
    return "".join(_result(one, f' {name}="{escape(str(key))}"', depth) for key, one in series.items())


def xml_text(text: str) -> Written:
    """Return a document in XML, given all that follows its declaration."""
    return Written(f'<?xml version="1.0" encoding="utf-8" ?>\n{text}'.encode(), "text/xml; charset=utf-8")


def _result(answer: Answer, attribute: str, depth: int) -> str:
    margin = "\t" * depth
    value = answer.get("value") if isinstance(answer, Mapping) and answer.keys() == {"value"} else answer
    if not isinstance(value, list | tuple | Mapping):
        text = text_of(value)
        return f"{margin}<result{attribute}>{escape(text)}</result>\n" if text else f"{margin}<result{attribute} />\n"
    if isinstance(value, Mapping) and attribute and (name := name_of_series(value)):
        inner = _results(value, name, depth + 1)
    else:
        inner = _elements([value] if isinstance(value, Record) else value, depth + 1)
    return f"{margin}<result{attribute}>\n{inner}{margin}</result>\n" if inner else f"{margin}<result{attribute} />\n"


def _elements(node: Answer, depth: int) -> str:
    if isinstance(node, Mapping):
        key = _PRETTY if _PRETTY in node else ""
        # As in Matomo a report that has one column whose name is no name of an element has none that is.
        as_columns = "label" in node and not all(_TAG.fullmatch(str(name)) for name in node)
        return "".join(
            _element(str(name), value, depth, key, _column(str(name)) if as_columns else None)
            for name, value in node.items()
        )
    if isinstance(node, list | tuple):
        return "".join(_element("row", value, depth) for value in node)
    return ""


def _element(name: str, value: Answer, depth: int, key: str = "", tags: tuple[str, str] | None = None) -> str:
    margin = "\t" * depth
    opening, closing = tags or _tags(name)
    if isinstance(value, list | tuple | Mapping):
        if isinstance(value, Mapping) and name in _OF_PERIODS and is_series(value):
            inner = _results(value, key or name_of_series(value) or _PRETTY, depth + 1)
        else:
            inner = _elements(value, depth + 1)
        return f"{margin}<{opening}>\n{inner}{margin}</{closing}>\n" if inner else f"{margin}<{opening} />\n"
    text = text_of(value)
    return f"{margin}<{opening}>{escape(text)}</{closing}>\n" if text else f"{margin}<{opening} />\n"


def _column(name: str) -> tuple[str, str]:
    return f'col name="{escape(name)}"', "col"


def _tags(name: str) -> tuple[str, str]:
    """Return what an element begins and ends with: what is no name of one stands in an attribute."""
    if _TAG.fullmatch(name):
        return name, name
    attribute, equals, value = name.partition("=")
    told = bool(equals) and _TAG.fullmatch(attribute) is not None
    return (f'row {attribute}="{escape(value)}"' if told else f'row key="{escape(name)}"'), "row"


def _joined(answer: Answer) -> tuple[list[str], list[Mapping[str, Answer]]]:
    columns, metadata, rows = table_of(answer)
    return [*columns, *metadata], rows


def _separated(delimiter: str, kind: str) -> Callable[[Answer, Parameters], Written]:
    def write(answer: Answer, given: Parameters) -> Written:
        if answer == {"result": "success", "message": "ok"}:
            text = "message\nok"
        else:
            text = separated(answer, delimiter, given)
        if given.flag("convertToUnicode", default=True):
            return Written(b"\xff\xfe" + text.encode("utf-16-le"), f"{kind}; charset=utf-16le")
        return Written(text.encode(), f"{kind}; charset=utf-8")

    return write


def _html(answer: Answer, given: Parameters) -> Written:
    columns, rows = _joined(answer)
    words = headings(given)
    head = "".join(f"<th>{escape(words.get(name, name))}</th>" for name in columns)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(text_of(row.get(name)))}</td>' for name in columns)}</tr>\n" for row in rows
    )
    table = f'<table border="1">\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n'
    return Written(table.encode(), "text/html; charset=utf-8")


def _console(answer: Answer, _given: Parameters) -> Written:
    columns, rows = _joined(answer)
    lines = [" | ".join(f"{name}: {text_of(row.get(name))}" for name in columns) for row in rows]
    return Written("\n".join(lines).encode(), "text/plain; charset=utf-8")


def _original(answer: Answer, _given: Parameters) -> Written:
    return Written(_php(answer).encode(), "text/plain; charset=utf-8")


def _php(value: Answer) -> str:
    """Return a value as PHP's `serialize` writes it (https://www.php.net/manual/en/function.serialize.php)."""
    match value:
        case None:
            return "N;"
        case bool():
            return f"b:{int(value)};"
        case int():
            return f"i:{value};"
        case float():
            return f"d:{value!r};"
        case Mapping():
            return _php_array(list(value.items()))
        case list() | tuple():
            return _php_array(list(enumerate(value)))
        case _:
            text = str(value)
            return f's:{len(text.encode())}:"{text}";'


def _php_array(pairs: Sequence[tuple[object, object]]) -> str:
    return f"a:{len(pairs)}:{{{''.join(f'{_php(key)}{_php(value)}' for key, value in pairs)}}}"


WRITERS: Mapping[str, Callable[[Answer, Parameters], Written]] = {
    "xml": _xml,
    "json": _json,
    "csv": _separated(",", "application/vnd.ms-excel"),
    "tsv": _separated("\t", "application/vnd.ms-excel"),
    "html": _html,
    "original": _original,
    "console": _console,
}
