"""Reports on what visits converted: goals, orders and carts, how long it took, and the products."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from msgspec import structs

from pellucid.errors import RequestError
from pellucid.matomo.answers import Answers, together
from pellucid.matomo.columns import Cell, Column, Row, cell, number_in, quotient, row_of
from pellucid.matomo.goals_of_rows import CART, ORDER
from pellucid.matomo.labels import chosen
from pellucid.matomo.parameters import Parameters
from pellucid.matomo.reports import query_of, written_of
from pellucid.matomo.rows import filtered
from pellucid.matomo.tree import add, decoded
from pellucid.matomo.visit_reports import FREQUENCIES, by_frequency, counted
from pellucid.model.period import Period, PeriodKind
from pellucid.model.query import Condition, Operator, Query
from pellucid.model.site import Site
from pellucid.report.conversion_metrics import RANGES, name_of

Report = Callable[[Answers, Site, Period, Parameters], Row | list[Row]]

_PLAIN = (
    Column("nb_conversions", "goals_reached"),
    Column("nb_visits_converted", "converting_visits"),
    Column("revenue", "revenue"),
)
_CART = (*_PLAIN, Column("items", "pieces"))
_ORDER = (
    *_PLAIN,
    Column("revenue_subtotal", "subtotal"),
    Column("revenue_tax", "tax"),
    Column("revenue_shipping", "shipping"),
    Column("revenue_discount", "discount"),
    Column("items", "pieces"),
)
_SOLD = {"0": ORDER, "-1": CART}
"""What was sold and what was left, by the numbers that Matomo has for them beside those of goals."""
_ENDINGS = {"": FREQUENCIES, **{f"_{kind}_visit": (kind,) for kind in FREQUENCIES}}


def goals(reports: Answers, site: Site, period: Period, given: Parameters) -> Row | list[Row]:
    """Return what was converted: in all, or of one goal, of orders, of carts.

    Beside other answers, only what visitors of a kind converted is told of which there were any.
    """
    goal = given.text("idGoal", "")
    goal = _SOLD.get(goal, goal)
    columns = {ORDER: _ORDER, CART: _CART}.get(goal, _PLAIN)
    wanted = given.parts("columns")
    query = query_of(site, period, given, columns)
    visits, reached = together(
        partial(by_frequency, reports, structs.replace(query, metrics=("visits", "visits_converted"))),
        partial(by_frequency, reports, structs.replace(query, where=((_goal(goal),),))),
    )
    one_by_one = not goal and given.flag("showAllGoalSpecificMetrics")
    by_goal = _by_goal(reports, query) if one_by_one else {}
    row: Row = {}
    for ending, kinds in _ENDINGS.items():
        of_visits: Row = {"visits": 0, "nb_visits_converted": 0}
        converted = row_of(columns, [0] * len(columns))
        for kind in kinds:
            add(of_visits, dict(zip(of_visits, map(cell, visits[kind]), strict=True)) if kind in visits else {})
            add(converted, row_of(columns, reached[kind]) if kind in reached else {})
        if not goal:
            # In all, Matomo counts visits that say of themselves that they were converted.
            converted["nb_visits_converted"] = of_visits["nb_visits_converted"]
        if given.beside and not of_visits["visits"]:
            continue
        if not site.goals and not site.ecommerce:
            # As in Matomo a site that has set nothing up has visits that were converted, and no conversions.
            kept = {"nb_visits_converted"} if not goal else set()
            converted = {name: number if name in kept else 0 for name, number in converted.items()}
        told = _finished(columns, converted, of_visits["visits"], given)
        if one_by_one:
            told = {
                "nb_visits": of_visits["visits"],
                **told,
                **_goals(by_goal, site, kinds, of_visits["visits"], given),
            }
        row |= {f"{name}{ending}": value for name, value in told.items() if not wanted or name in wanted}
    return row or []


def metrics(reports: Answers, site: Site, period: Period, given: Parameters) -> Row | list[Row]:
    """Return what was converted, whoever converted it."""
    row = goals(reports, site, period, given)
    if not isinstance(row, dict):
        return row
    of_kinds = tuple(ending for ending in _ENDINGS if ending)
    return {name: value for name, value in row.items() if not name.endswith(of_kinds)}


def rates(reports: Answers, site: Site, period: Period, given: Parameters) -> Row | list[Row]:
    """Return which share of the visits was converted: of all, of new ones, and of those that came again."""
    return goals(reports, site, period, given.with_text(columns="conversion_rate"))


def _one(name: str) -> Report:
    def number(reports: Answers, site: Site, period: Period, given: Parameters) -> Row:
        row = goals(reports, site, period, given.without("columns"))
        return {name: row.get(name, 0) if isinstance(row, dict) else 0}

    return number


def _finished(columns: tuple[Column, ...], converted: Row, visits: Cell, given: Parameters) -> Row:
    told = _rounded(converted)
    if columns is not _PLAIN:
        told["avg_order_revenue"] = quotient(told["revenue"], told["nb_conversions"], 2)
    told["conversion_rate"] = _share(told["nb_visits_converted"], visits, given)
    return told


def _by_goal(reports: Answers, query: Query) -> dict[tuple[str, str], Row]:
    """Return what was converted, by whether visitors had been there before and by goal."""
    answered = reports.answer(structs.replace(query, dimensions=("visitor_returns", "goal")))
    return {(str(kind), str(goal)): row_of(_PLAIN, numbers) for kind, goal, *numbers in answered.rows}


def _goals(
    by_goal: Mapping[tuple[str, str], Row], site: Site, kinds: Sequence[str], visits: Cell, given: Parameters
) -> Row:
    """Return what visitors of some kinds converted, goal by goal, those without any too."""
    row: Row = {}
    for goal in site.goals:
        told: Row = {column.name: 0 for column in _PLAIN}
        for kind in kinds:
            add(told, by_goal.get((kind, str(goal.id)), {}))
        told = _finished(_PLAIN, told, visits, given)
        row |= {f"goal_{goal.id}_{name}": value for name, value in told.items()}
    return row


def _rounded(row: Row) -> Row:
    return {name: round(value, 2) if isinstance(value, float) else value for name, value in row.items()}


def _goal(name: str) -> Condition:
    """Return what conversions have to be: all but carts if no goal is named."""
    if not name:
        return Condition("conversion", Operator.DIFFERS, "cart")
    if name in {ORDER, CART}:
        return Condition("conversion", Operator.EQUALS, "order" if name == ORDER else "cart")
    if not name.isdecimal():
        raise RequestError(f"idGoal has to be a number, {ORDER} or {CART}; {name!r} is none of them.")
    return Condition("goal", Operator.EQUALS, name)


def _share(part: Cell, whole: Cell, given: Parameters) -> Cell:
    """Return which part of a whole something is: in percent, or as a number if numbers are asked for as they are."""
    return f"{quotient(number_in(part) * 100, whole, 2)}%" if written_of(given) else quotient(part, whole, 4)


def _until(what: str, label: Callable[[tuple[int, int | None]], str]) -> Report:
    def report(reports: Answers, site: Site, period: Period, given: Parameters) -> list[Row]:
        columns = tuple(Column(name_of(what, within), name_of(what, within)) for within in RANGES[what])
        query = query_of(site, period, given, columns)
        goal = given.text("idGoal", "")
        # As in Matomo 0 stands for all goals here.
        every = goal in {"", "0"}
        condition = Condition("conversion", Operator.EQUALS, "goal") if every else _goal(_SOLD.get(goal, goal))
        answered = reports.answer(structs.replace(query, where=((condition,),))).rows[0]
        if not any(answered):
            return []
        rows: list[Row] = [
            {"label": label(within), "nb_conversions": cell(number)}
            for within, number in zip(RANGES[what], answered, strict=True)
        ]
        return filtered(rows, given)

    return report


_OF_ITEMS = {
    "revenue": "item_revenue",
    "quantity": "item_quantity",
    "orders": "item_orders",
    "nb_visits": "visits",
    "nb_uniq_visitors": "daily_visitors",
    "nb_actions": "views",
    "prices": "item_prices",
    "viewed_prices": "viewed_prices",
}
_LEFT = {
    "item_revenue": "left_revenue",
    "item_quantity": "left_quantity",
    "item_orders": "left_carts",
    "item_prices": "left_prices",
}


def _items(segment: str, none: str, *dimensions: str) -> Report:
    def report(reports: Answers, site: Site, period: Period, given: Parameters) -> list[Row]:
        if not site.ecommerce:
            return []
        left = given.flag("abandonedCarts")
        asked = tuple(_LEFT.get(metric, metric) if left else metric for metric in _OF_ITEMS.values())
        query = query_of(site, period, given, ())
        sold = structs.replace(query, metrics=asked, dimensions=dimensions)
        summed: dict[str, Row] = {}
        for value, *numbers in reports.answer(sold).rows:
            # Matomo counts by each place that a category has in a product, and adds that up.
            told = dict(zip(_OF_ITEMS, map(cell, numbers[len(dimensions) - 1 :]), strict=True))
            add(summed.setdefault(str(value), {}), told)
        rows = []
        for value, told in summed.items():
            row = _item(told, period, given, orders="abandoned_carts" if left else "orders")
            if row:
                text = value or none
                rows.append({"label": decoded(text), **row, **chosen(**{segment: text})})
        return filtered(rows, given, order=("revenue", "nb_visits"))

    return report


def _item(told: Mapping[str, Cell], period: Period, given: Parameters, *, orders: str) -> Row:
    row: Row = {}
    if told["orders"]:
        row |= {"revenue": told["revenue"], "quantity": told["quantity"], orders: told["orders"]}
    if told["nb_visits"]:
        visitors = "nb_uniq_visitors" if period.kind is PeriodKind.DAY else "sum_daily_nb_uniq_visitors"
        row |= {"nb_visits": told["nb_visits"], visitors: told["nb_uniq_visitors"], "nb_actions": told["nb_actions"]}
    if not row:
        return row
    prices, times = (told["prices"], told["orders"]) if told["orders"] else (told["viewed_prices"], 1)
    row["avg_price"] = quotient(prices, times, 2)
    row["avg_quantity"] = quotient(told["quantity"], told["orders"], 1)
    row["conversion_rate"] = _share(told["orders"], told["nb_visits"], given)
    return row


REPORTS: dict[str, Report] = {
    "Goals.get": goals,
    "Goals.getMetrics": metrics,
    "Goals.getConversions": _one("nb_conversions"),
    "Goals.getNbVisitsConverted": _one("nb_visits_converted"),
    "Goals.getConversionRate": rates,
    "Goals.getRevenue": _one("revenue"),
    "Goals.getDaysToConversion": _until("days", counted("day", "days")),
    "Goals.getVisitsUntilConversion": _until("visits", counted("visit", "visits")),
    "Goals.getItemsSku": _items("productSku", "Product SKU not defined", "item_sku"),
    "Goals.getItemsName": _items("productName", "Product Name not defined", "item_name"),
    "Goals.getItemsCategory": _items(
        "productCategory", "Product Category not defined", "item_category", "item_category_place"
    ),
}
