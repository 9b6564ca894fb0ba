"""A segment as a condition on visits, in SQL with every value bound."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from pellucid.errors import RequestError
from pellucid.model.query import Condition, Operator, Segment
from pellucid.report.dimension import Dimension, from_host_on
from pellucid.report.dimensions import DIMENSIONS, dimension_of
from pellucid.report.source import ACTIONS, OF_VISITS, ROWS, Source
from pellucid.store.client import Bound
from pellucid.store.schema import TABLES, columns

Bind = Callable[[str, Bound], str]
"""Keeps a value under a ClickHouse type, and returns the placeholder that stands for it."""

_COMPARED: Mapping[Operator, str] = {
    Operator.EQUALS: "{told} = {value}",
    Operator.DIFFERS: "{told} != {value}",
    Operator.AT_MOST: "{told} <= {value}",
    Operator.LESS: "{told} < {value}",
    Operator.AT_LEAST: "{told} >= {value}",
    Operator.MORE: "{told} > {value}",
    Operator.ALIKE: "lowerUTF8({told}) = lowerUTF8({value})",
    Operator.UNLIKE: "lowerUTF8({told}) != lowerUTF8({value})",
    Operator.CONTAINS: "positionCaseInsensitiveUTF8({told}, {value}) > 0",
    Operator.LACKS: "positionCaseInsensitiveUTF8({told}, {value}) = 0",
    Operator.STARTS: "positionCaseInsensitiveUTF8({told}, {value}) = 1",
    Operator.ENDS: "endsWith(lowerUTF8({told}), lowerUTF8({value}))",
}
_MOST = 10**38
_OF_NUMBERS = frozenset({Operator.AT_MOST, Operator.LESS, Operator.AT_LEAST, Operator.MORE})
_OF_TEXT = frozenset(Operator) - _OF_NUMBERS - {Operator.EQUALS, Operator.DIFFERS}
_TEXTS = frozenset(
    text
    for rows in TABLES.values()
    for name, kind in columns(rows).items()
    if kind.startswith(("String", "LowCardinality(String"))
    for text in (name, from_host_on(name))
)
"""What is a text. Of what is stored once each, every different one is compared once; `toString` makes rows of it."""
_OPPOSITE: Mapping[Operator, Operator] = {
    Operator.DIFFERS: Operator.EQUALS,
    Operator.UNLIKE: Operator.ALIKE,
    Operator.LACKS: Operator.CONTAINS,
}


class Values(Struct):
    """The bound values of a statement, by the name of their placeholder."""

    bound: dict[str, Bound]

    def bind(self, kind: str, value: Bound) -> str:
        """Return the placeholder of a value."""
        name = f"value_{len(self.bound)}"
        self.bound[name] = value
        return f"{{{name}:{kind}}}"


def condition_on_visits(segment: Segment, scope: str, bind: Bind) -> str:
    """Return the condition that a row of `visits` has to meet; `scope` restricts the events that are looked through."""
    groups = [" or ".join(_condition(condition, scope, bind) for condition in group) for group in segment.groups]
    return " and ".join(f"({group})" for group in groups)


def looks_elsewhere(segment: Segment) -> bool:
    """Return whether something else than visits has to be looked through to find those of a segment."""
    dimensions = [dimension_of(condition.dimension) for group in segment.groups for condition in group]
    return not all(dimension is None or _is_of_visit_alone(dimension) for dimension in dimensions)


def _is_of_visit_alone(dimension: Dimension) -> bool:
    return Source.VISITS in dimension.told and not dimension.scattered and not _has_several(dimension)


def _has_several(dimension: Dimension) -> bool:
    # Of what a visit has several of, each value is a row: as many would be counted.
    return "arrayJoin" in dimension.told.get(Source.VISITS, "")


def condition_on_rows(groups: tuple[tuple[Condition, ...], ...], source: Source, bind: Bind) -> str:
    """Return the condition that a row of a source has to meet."""
    told = [" or ".join(_of_row(condition, source, bind) for condition in group) for group in groups]
    return " and ".join(f"({group})" for group in told)


def condition_on_actions(conditions: tuple[Condition, ...], table: str, bind: Bind) -> str:
    """Return the condition that what was done has to meet as a row of a table; "0" if that table has no such rows."""
    met = []
    for condition in conditions:
        source = _source_of_action(condition)
        if ROWS[source][0] != table:
            return "0"
        met.append(f"({ROWS[source][1]} and {_of_row(condition, source, bind)})")
    return f"({' and '.join(met)})"


def _source_of_action(condition: Condition) -> Source:
    dimension = dimension_of(condition.dimension)
    told = () if dimension is None else dimension.told
    for source in ACTIONS:
        # What a conversion has of its visit says nothing of what was done.
        if source in told and not (source is Source.CONVERSIONS and Source.VISITS in told):
            return source
    raise RequestError(f"What was done can not be told by {condition.dimension!r}.")


def _of_row(condition: Condition, source: Source, bind: Bind) -> str:
    dimension = dimension_of(condition.dimension)
    if dimension is None or source not in dimension.told:
        raise RequestError(f"{source} can not be chosen by {condition.dimension!r}.")
    return _compared(condition, condition.operator, dimension, source, bind)


def _condition(condition: Condition, scope: str, bind: Bind) -> str:
    dimension = dimension_of(condition.dimension)
    if dimension is None:
        names = ", ".join(sorted(DIMENSIONS))
        raise RequestError(f"There is no dimension {condition.dimension!r} to choose visits by; there are {names}.")
    of_visit = ""
    several = _has_several(dimension)
    if Source.VISITS in dimension.told and not several:
        of_visit = _compared(condition, condition.operator, dimension, Source.VISITS, bind)
        if not dimension.scattered:
            return of_visit
    source = Source.HITS if dimension.scattered else Source.VISITS
    if not dimension.scattered and not several:
        source = next(one for one in dimension.told if one not in OF_VISITS)
    table, rows = ROWS[source]
    # A visit lacks a page when none of its pages is that page.
    asked = _OPPOSITE.get(condition.operator, condition.operator)
    within = "in" if asked is condition.operator else "not in"
    met = _compared(condition, asked, dimension, source, bind)
    in_it = (
        f"(visit_day, visit_id) {within} (select visit_day, visit_id from {table} where {scope} and {rows} and {met})"
    )
    if not of_visit:
        return in_it
    return f"({of_visit} {'or' if asked is condition.operator else 'and'} {in_it})"


def _compared(condition: Condition, operator: Operator, dimension: Dimension, source: Source, bind: Bind) -> str:
    told = dimension.told[source]
    if not dimension.number or operator in _OF_TEXT:
        text = told if told in _TEXTS else f"toString({told})"
        value = bind("String", condition.value)
        if operator in _OF_NUMBERS:
            # Of two texts that comes first which does so in letters of one case.
            text, value = f"lowerUTF8({text})", f"lowerUTF8({value})"
        return _COMPARED[operator].format(told=text, value=value)
    decimal = dimension.decimal or "." in condition.value
    try:
        number = float(condition.value or "0") if decimal else int(condition.value or "0")
    except ValueError as error:
        raise RequestError(f"{condition.dimension} is a number, and {condition.value!r} is none.") from error
    if abs(number) > _MOST:
        raise RequestError(f"{condition.dimension} is compared with numbers of up to 38 digits, and not with more.")
    kind = "Float64" if decimal else "Int128"
    return _COMPARED[operator].format(told=f"to{kind}({told})", value=bind(kind, number))
