"""Which columns of a report's rows are followed over periods: its own, or those of goals (`showGoalMetricsForGoal`)."""

from pellucid.matomo.goal_columns import ALL_GOALS, THESE_GOALS
from pellucid.matomo.goals_of_rows import ORDER
from pellucid.matomo.listed import Listed
from pellucid.matomo.parameters import Parameters
from pellucid.model.site import Site

_ASKED = "showGoalMetricsForGoal"
_FULL, _RATES = "0", "-1"
"""What stands for all goals: with all of their columns, or with their rates alone."""
_ORDERS = "Ecommerce Orders"


def goals_to_follow(given: Parameters, site: Site) -> Parameters:
    """Return what is asked of the report, with the columns of the goals that are to be followed."""
    asked = given.text(_ASKED, "")
    if not asked:
        return given
    return given.with_text(**{ALL_GOALS: "1", THESE_GOALS: ",".join(_goals(asked, site)), "idGoal": asked})


def names_to_follow(report: Listed, given: Parameters, site: Site) -> dict[str, str]:
    """Return the columns that are followed, with what they are called."""
    own, asked = report.columns | report.ratios, given.text(_ASKED, "")
    if not asked:
        return own
    first = "nb_visits" if "nb_visits" in own else next(iter(own))
    names = {first: own[first]}
    if asked == ORDER:
        return names | {
            f"goal_{ORDER}_nb_conversions": _ORDERS,
            f"goal_{ORDER}_revenue": "Total Revenue",
            f"goal_{ORDER}_conversion_rate": f"{_ORDERS} conversion rate",
            f"goal_{ORDER}_avg_order_revenue": "Average Order Value",
            f"goal_{ORDER}_items": "Purchased Products",
            f"goal_{ORDER}_revenue_per_visit": "Revenue per Visit",
        }
    called = {str(goal.id): goal.name for goal in site.goals} | {ORDER: _ORDERS}
    for goal in _goals(asked, site):
        name = called.get(goal, "")
        names[f"goal_{goal}_conversion_rate"] = f"{name} conversion rate"
        if asked != _RATES:
            names |= {
                f"goal_{goal}_nb_conversions": f"{name} conversions",
                f"goal_{goal}_revenue": f"{name} Revenue",
                f"goal_{goal}_revenue_per_visit": f"{name} Revenue per Visit",
            }
    return names | {"revenue_per_visit": "Revenue per Visit"}


def _goals(asked: str, site: Site) -> list[str]:
    if asked not in {_FULL, _RATES}:
        return [asked]
    return [*([ORDER] if site.ecommerce else []), *(str(goal.id) for goal in site.goals)]
