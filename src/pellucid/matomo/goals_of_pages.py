"""What was converted after a page was viewed, or in visits that began with it: Matomo's column `goals` of pages.

A conversion counts for each view of a page before it, and is shared out evenly over the page views before it. Shares
are rounded before they are added up, and rates are those of days added up: the numbers have to agree with Matomo's.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import cast

from msgspec import structs

from pellucid.matomo.columns import GOALS, Cell, Row, number_in, quotient
from pellucid.matomo.goals_of_rows import CART, DIMENSIONS, goal_key, in_order
from pellucid.model.query import Query
from pellucid.model.result import Result, Value

_OF_VIEWS: Mapping[str, str] = {
    "nb_conversions": "page_conversions",
    "revenue": "page_revenue",
    "nb_conv_pages_before": "pages_before",
    "nb_conversions_attrib": "page_share",
    "revenue_attrib": "page_revenue_share",
}
_OF_CARTS = ("nb_conversions", "revenue")
"""The first of them: no more is told of carts."""
_IN_SEGMENTS = {"nb_conv_pages_before": "pages_before_least_order"}
"""What is told of views in place of that, where a segment is asked about: Matomo reads orders in another order then."""
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
Numbers = tuple[Value, ...]
Told = list[tuple[str, Numbers, Numbers]]
"""Of a page, or of several: Matomo's name of a goal, and the numbers of views and of entries before it was reached."""


def queries(query: Query) -> tuple[Query, ...]:
    """Return the questions that tell the goals of the pages that a query is about."""
    of_views = {**_OF_VIEWS, **(_IN_SEGMENTS if query.segment.groups else {})}
    metrics = (*of_views.values(), *_OF_ENTRIES.values())
    return (
        structs.replace(query, metrics=metrics, dimensions=(*query.dimensions, *DIMENSIONS)),
        structs.replace(query, metrics=("goals_reached",), dimensions=DIMENSIONS, where=()),
    )


def goals_by_page(answered: Sequence[Result], of_key: int) -> tuple[dict[Key, Told], dict[str, float]]:
    """Return what was converted of each page, and how often each goal was reached in all, by Matomo's name of it."""
    pages, totals = answered
    found: dict[Key, Told] = {}
    entered: list[tuple[Key, tuple[str, Numbers, Numbers]]] = []
    for values in pages.rows:
        key, goal = tuple(map(str, values[:of_key])), goal_key(*values[of_key : of_key + 2])
        numbers = values[of_key + 2 :]
        told = (goal, numbers[: len(_OF_VIEWS)], numbers[len(_OF_VIEWS) :])
        if told[1][0]:
            found.setdefault(key, []).append(told)
        elif told[2][0] and goal != CART:
            entered.append((key, told))
    for key, told in entered:
        if key in found:
            found[key].append(told)
    return found, {goal_key(goal, kind): number_in(number) for goal, kind, number in totals.rows}


def gathered(row: Row, reached: Mapping[str, float] | None) -> Row:
    """Return a row with its goals; `reached` is None for a page within a folder."""
    plain_row = {name: value for name, value in row.items() if name != GOALS}
    of_goals: dict[str, list[tuple[Numbers, Numbers]]] = {}
    for goal, of_views, of_entries in cast("Told", row.get(GOALS, ())):
        of_goals.setdefault(goal, []).append((of_views, of_entries))
    goals: dict[str, dict[str, Cell]] = {}
    for goal, told in of_goals.items():
        of_pages = [views for views, _ in told if views[0]]
        columns = _added_up(_OF_CARTS if goal == CART else _OF_VIEWS, of_pages)
        if of_pages:
            columns[_UNIQUE] = columns["nb_conversions"]
        if goal != CART:
            columns |= _added_up(_OF_ENTRIES, [entries for _, entries in told if entries[0]])
        # Without views a visit was entered there, and had converted before any page was viewed.
        if of_pages and reached is not None:
            columns[_RATE] = min(_rate(number_in(columns["nb_conversions"]), reached.get(goal, 0)), 1)
        elif of_pages and goal != CART:
            columns[_RATE] = 0
        goals[f"idgoal={goal}"] = columns
    if goals:
        plain_row["goals"] = in_order(goals)
    return plain_row


def _added_up(names: Iterable[str], pages: Sequence[Numbers]) -> dict[str, Cell]:
    """Return the numbers of pages, added up one by one, under their names; nothing of no pages."""
    sums = [sum(filter(None, cast("Sequence[float]", numbers))) for numbers in zip(*pages, strict=True)]
    return {
        name: round(number, 4) if isinstance(number, float) else number
        for name, number in zip(names, sums, strict=False)
    }


@lru_cache(_MOST_RATES)
def _rate(above: float, below: float) -> int | float:
    return quotient(above, below, 3)
