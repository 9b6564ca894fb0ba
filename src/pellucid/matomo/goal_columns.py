"""Columns that Matomo adds to a report's rows where somebody asks to see all that can be worked out, or all goals."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from pellucid.matomo.columns import ALL_RATIOS_OF_VISITS, Cell, Row, number_in, plain, quotient, rounded, with_ratios
from pellucid.matomo.goals_of_rows import CART, ORDER
from pellucid.matomo.parameters import Parameters

ALL_COLUMNS, ALL_GOALS = "filter_add_columns_when_show_all_columns", "filter_update_columns_when_show_all_goals"
THESE_GOALS = "filter_show_goal_columns_process_goals"
_SHOPPING = (ORDER, CART)
_NUMBERS = {ORDER: "0", CART: "-1"}
_NAMES = {number: name for name, number in _NUMBERS.items()}
"""As in Matomo orders and carts have columns by numbers, and by names in flat reports and where these are asked for."""
_LONGEST_NUMBER = 15
_PAGES, _ENTRIES, _NO_GOALS, _RATES = "-3", "-4", "-2", "-1"
"""What stands in place of a goal's number: which columns of all goals are told."""
_PAGES_SOLD, _ENTRIES_SOLD = "-5", "-6"
_BY_REPORT: Mapping[str, tuple[str, str]] = {
    "Actions.getPageUrls": (_PAGES, _PAGES_SOLD),
    "Actions.getPageTitles": (_PAGES, _PAGES_SOLD),
    "Actions.getEntryPageUrls": (_ENTRIES, _ENTRIES_SOLD),
    "Actions.getEntryPageTitles": (_ENTRIES, _ENTRIES_SOLD),
}

More = Callable[[Row], Row]


def adds(given: Parameters) -> bool:
    """Return whether columns are asked for that a report does not have of its own."""
    asked = _is_number(given.text(ALL_COLUMNS, "")) or _shows_goals(given)
    return asked and not given.flag("disable_generic_filters")


def more(rows: Sequence[Row], given: Parameters) -> More:
    """Return what adds the columns that are asked for to a row, given all rows with their goals."""
    own = frozenset(name for row in rows for name in row)
    ratios = [ratio for ratio in ALL_RATIOS_OF_VISITS if ratio.name not in own]
    written = given.text("format_metrics", "bc")
    goals = _goals(rows, given) if _shows_goals(given) else None

    def add(row: Row) -> Row:
        row = with_ratios(row, ratios, written=written != "0")
        return row if goals is None else row | _of_goals(row, goals, _goal(given), given)

    return add


def goal_of_report(given: Parameters, method: str) -> Parameters:
    """Return what is asked of a report with all that shows it: pages tell their goals in columns of their own."""
    if not given.text(THESE_GOALS, "") or method not in _BY_REPORT:
        return given
    plain_pages, sold = _BY_REPORT[method]
    return given.with_text(idGoal=sold if given.text("idGoal", "") in _SHOPPING else plain_pages)


def visited(rows: Sequence[Row], given: Parameters) -> Sequence[Row]:
    """Return the rows of which anything was done, where all columns are asked for of those alone."""
    text = given.text(ALL_COLUMNS, "")
    if not _is_number(text) or not int(text):
        return rows
    return [row for row in rows if row.get("nb_visits") or row.get("nb_actions")]


def _shows_goals(given: Parameters) -> bool:
    text = given.text(ALL_GOALS, "")
    return _is_number(text) or text in _SHOPPING


def _is_number(text: str) -> bool:
    return text.removeprefix("-").isdecimal() and len(text) <= _LONGEST_NUMBER


def _named(given: Parameters) -> list[str]:
    return [part.strip() for part in given.text(THESE_GOALS, "").split(",") if part.strip() not in {"", "0"}]


def _goal(given: Parameters) -> str:
    """Return the goal that is asked for; of several, or of none, what all of them are told by."""
    named = _named(given)
    return given.text("idGoal", "") or (named[0] if len(named) == 1 else _RATES)


def _goals(rows: Sequence[Row], given: Parameters) -> list[str]:
    """Return the goals that have columns: those of any row, and those that are named."""
    wanted = _goal(given)
    if wanted == _NO_GOALS:
        return []
    keys = (
        str(key).removeprefix("idgoal=") for row in rows if isinstance(told := row.get("goals"), dict) for key in told
    )
    every = dict.fromkeys(key if given.flag("flat") else _NUMBERS.get(key, key) for key in keys)
    found = sorted({*every, *_named(given)}, key=_by_number) if _named(given) else list(every)
    one_alone = wanted in _SHOPPING or not wanted.removeprefix("-").isdecimal() or int(wanted) > 0
    return [goal for goal in found if goal == wanted] if one_alone else found


def _by_number(goal: str) -> tuple[bool, int, str]:
    return (not _is_number(goal), int(goal) if _is_number(goal) else 0, goal)


def _of_goals(row: Row, goals: Sequence[str], wanted: str, given: Parameters) -> Row:
    every = row.get("goals")
    told = every if isinstance(every, dict) else {}
    columns: Row = {"revenue_per_visit": _of_all(row, {} if given.flag("flat") else told)}
    for goal in goals:
        one = told.get(f"idgoal={_NAMES.get(goal, goal)}", {})
        for name, value in _of_goal(row, one, wanted, given).items():
            columns[f"goal_{goal}_{name}"] = value
    return columns


def _of_all(row: Row, told: Mapping[str, Row]) -> int | float:
    """Return what a visit brought; whole units of money are added up, as in Matomo."""
    revenue = sum(int(number_in(one.get("revenue"))) for goal, one in told.items() if goal != f"idgoal={CART}")
    below = number_in(row.get("nb_visits")) or number_in(row.get("nb_conversions"))
    return quotient(revenue or int(number_in(row.get("revenue"))), int(below), 2)


def _of_goal(row: Row, one: Row, wanted: str, given: Parameters) -> Row:
    form = given.text("format_metrics", "bc")

    def percent(value: Cell, *, always: bool) -> Cell:
        told = form not in {"0", "bc"} or (always and form == "bc")
        if not told or not isinstance(value, int | float):
            return value
        return f"{plain(rounded(Decimal(str(value)) * 100, 2))}%"

    visits, entries = number_in(row.get("nb_visits")), number_in(row.get("entry_nb_visits"))
    conversions, revenue = number_in(one.get("nb_conversions")), number_in(one.get("revenue"))
    columns: Row = {"conversion_rate": percent(quotient(conversions, visits, 4), always=True)}
    if wanted == _RATES:
        return columns
    columns |= {
        "nb_conversions": int(conversions),
        "revenue_per_visit": quotient(revenue, visits or conversions, 2),
        "revenue": revenue,
    }
    if wanted in {_PAGES, _PAGES_SOLD}:
        columns |= {
            "nb_conversions_attrib": one.get("nb_conversions_attrib"),
            "revenue_attrib": number_in(one.get("revenue_attrib")),
            "nb_conversions_page_rate": percent(one.get("nb_conversions_page_rate"), always=False),
        }
    if wanted in {_ENTRIES, _ENTRIES_SOLD}:
        began = number_in(one.get("nb_conversions_entry"))
        columns |= {
            "nb_conversions_entry": int(began),
            "revenue_per_entry": quotient(revenue, entries or conversions, 2),
            "revenue_entry": number_in(one.get("revenue_entry")),
            "nb_conversions_entry_rate": percent(quotient(began, entries, 3), always=False),
        }
    if wanted in {*_SHOPPING, _PAGES_SOLD, _ENTRIES_SOLD}:
        columns |= {"avg_order_revenue": quotient(revenue, conversions, 2), "items": int(number_in(one.get("items")))}
    return columns
