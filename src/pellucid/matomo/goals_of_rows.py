"""What the visits of a row converted: Matomo's column `goals`, by goal, and the sums beside it.

While rows are added up, a number of a goal is a column of its own, its name held together by `BETWEEN`.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from pellucid.matomo.columns import Cell, Row
from pellucid.model.hit import HitKind
from pellucid.model.result import Result, Value

BETWEEN = "\x1f"
ORDER, CART = "ecommerceOrder", "ecommerceAbandonedCart"
DIMENSIONS = ("goal", "conversion")

_PLAIN = {
    "nb_conversions": "goals_reached",
    "nb_visits_converted": "converting_visits",
    "revenue": "revenue",
}
_CART = _PLAIN | {"items": "pieces"}
_ORDER = _PLAIN | {
    "revenue_subtotal": "subtotal",
    "revenue_tax": "tax",
    "revenue_shipping": "shipping",
    "revenue_discount": "discount",
    "items": "pieces",
}
_COLUMNS: Mapping[str, Mapping[str, str]] = {HitKind.GOAL: _PLAIN, HitKind.CART: _CART, HitKind.ORDER: _ORDER}
METRICS = tuple(dict.fromkeys(_ORDER.values()))
MOST_GOALS = 1_000
"""How many names are remembered: they are asked for once a row."""


@lru_cache(MOST_GOALS)
def goal_key(goal: Value, kind: Value) -> str:
    """Return what Matomo calls a goal in a row."""
    return {HitKind.ORDER: ORDER, HitKind.CART: CART}.get(HitKind(str(kind)), str(goal))


def columns_by_key(answered: Result, of_key: int) -> dict[tuple[str, ...], Row]:
    """Return the columns of goals of each row, by the first values of what was answered."""
    found: dict[tuple[str, ...], Row] = {}
    for values in answered.rows:
        key = tuple(map(str, values[:of_key]))
        goal, kind = values[of_key : of_key + len(DIMENSIONS)]
        told = dict(zip(METRICS, values[of_key + len(DIMENSIONS) :], strict=True))
        name = f"goals{BETWEEN}idgoal={goal_key(goal, kind)}"
        row = found.setdefault(key, {})
        for column, metric in _COLUMNS[str(kind)].items():
            number = told[metric]
            row[f"{name}{BETWEEN}{column}"] = number if isinstance(number, int | float) else 0
    return found


def gathered(row: Row, *, told: bool = True) -> Row:
    """Return a row with its goals in one column, and with what all of them come to; carts convert nothing."""
    if not any(name.startswith(f"goals{BETWEEN}") for name in row):
        return row
    if not told:
        return {name: value for name, value in row.items() if BETWEEN not in name}
    plain: Row = {}
    goals: dict[str, dict[str, Cell]] = {}
    for name, value in row.items():
        column, *inner = name.split(BETWEEN)
        if inner:
            goal, number = inner
            goals.setdefault(goal, {})[number] = round(value, 2) if isinstance(value, float) else value
        else:
            plain[column] = value
    converted = [told for goal, told in goals.items() if goal != f"idgoal={CART}"]
    plain["goals"] = in_order(goals)
    plain["nb_conversions"] = _sum(converted, "nb_conversions")
    plain["revenue"] = round(_sum(converted, "revenue"), 2)
    return plain


def in_order(goals: Mapping[str, dict[str, Cell]]) -> dict[str, dict[str, Cell]]:
    """Return the goals of a row as they follow each other in Matomo: carts, orders, and then by their numbers."""

    def place(name: str) -> int:
        goal = name.removeprefix("idgoal=")
        return int(goal) if goal.isdecimal() else (CART, ORDER).index(goal) - 2

    return {name: goals[name] for name in sorted(goals, key=place)}


def _sum(goals: Sequence[Mapping[str, Cell]], column: str) -> int | float:
    return sum(number for told in goals if isinstance(number := told[column], int | float))
