"""What was converted after a page was viewed, or in visits that began with it: Matomo's column `goals` of pages.

A conversion counts for each view of a page before it, and is shared out evenly over the page views before it. Shares
are rounded before they are added up, and rates are those of days added up: the numbers have to agree with Matomo's.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from msgspec import structs

from pellucid.matomo.columns import Cell, Row, number_in, quotient
from pellucid.matomo.goals_of_rows import BETWEEN, CART, DIMENSIONS, MOST_GOALS, goal_key, in_order
from pellucid.model.query import Query
from pellucid.model.result import Result

_OF_VIEWS: Mapping[str, str] = {
    "nb_conversions": "page_conversions",
    "revenue": "page_revenue",
    "nb_conv_pages_before": "pages_before",
    "nb_conversions_attrib": "page_share",
    "revenue_attrib": "page_revenue_share",
}
_OF_CARTS = ("nb_conversions", "revenue")
"""The first of them: no more is told of carts."""
_OF_ENTRIES: Mapping[str, str] = {
    "nb_conversions_entry": "entry_conversions",
    "nb_conversions_entry_rate": "entry_rate",
    "revenue_entry": "entry_revenue",
    "revenue_per_entry": "entry_worth",
}
_UNIQUE, _RATE = "nb_conversions_page_uniq", "nb_conversions_page_rate"

_MOST_RATES = 10_000
"""How many are remembered: most are of small numbers."""

Key = tuple[str, ...]


def queries(query: Query) -> tuple[Query, ...]:
    """Return the questions that tell the goals of the pages that a query is about."""
    metrics = (*_OF_VIEWS.values(), *_OF_ENTRIES.values())
    return (
        structs.replace(query, metrics=metrics, dimensions=(*query.dimensions, *DIMENSIONS)),
        structs.replace(query, metrics=("goals_reached",), dimensions=DIMENSIONS, where=()),
    )


def columns_by_page(answered: Sequence[Result], of_key: int) -> tuple[dict[Key, Row], dict[str, float]]:
    """Return the columns of goals of each page, and how often each goal was reached in all, by Matomo's name of it."""
    pages, totals = answered
    found: dict[Key, Row] = {}
    entered: list[tuple[Key, str, list[float]]] = []
    for values in pages.rows:
        key, goal = tuple(map(str, values[:of_key])), goal_key(*values[of_key : of_key + 2])
        numbers = list(map(number_in, values[of_key + 2 :]))
        of_views, of_entries = numbers[: len(_OF_VIEWS)], numbers[len(_OF_VIEWS) :]
        if of_views[0]:
            row = found.setdefault(key, {})
            row.update(zip(_names(goal, *(_OF_CARTS if goal == CART else _OF_VIEWS)), of_views, strict=False))
            row.update(zip(_names(goal, _UNIQUE), of_views, strict=False))
        if of_entries[0] and goal != CART:
            entered.append((key, goal, of_entries))
    for key, goal, of_entries in entered:
        if key in found:
            found[key].update(zip(_names(goal, *_OF_ENTRIES), of_entries, strict=True))
    return found, {goal_key(goal, kind): number_in(number) for goal, kind, number in totals.rows}


def gathered(row: Row, reached: Mapping[str, float] | None) -> Row:
    """Return a row with its goals; `reached` is None for a page within a folder."""
    plain_row: Row = {}
    goals: dict[str, dict[str, Cell]] = {}
    for name, value in row.items():
        column, *inner = name.split(BETWEEN)
        if not inner:
            plain_row[column] = value
            continue
        goal, number = inner
        goals.setdefault(goal, {})[number] = round(value, 4) if isinstance(value, float) else value
    for goal, told in goals.items():
        key = goal.removeprefix("idgoal=")
        if reached is not None:
            told[_RATE] = min(_rate(number_in(told["nb_conversions"]), reached.get(key, 0)), 1)
        elif key != CART:
            told[_RATE] = 0
    if goals:
        plain_row["goals"] = in_order(goals)
    return plain_row


@lru_cache(MOST_GOALS)
def _names(goal: str, *columns: str) -> tuple[str, ...]:
    return tuple(f"goals{BETWEEN}idgoal={goal}{BETWEEN}{column}" for column in columns)


@lru_cache(_MOST_RATES)
def _rate(above: float, below: float) -> int | float:
    return quotient(above, below, 3)
