"""The reports of one site: those of all sites, and those on what it has set up and sells."""

from collections.abc import Sequence

from pellucid.matomo.call import Answer
from pellucid.matomo.catalogue import REPORTS
from pellucid.matomo.goals_of_rows import CART, ORDER
from pellucid.matomo.listed import GOALS, NO_GOALS, Listed, report_row
from pellucid.model.goal import CustomDimension, DimensionScope, Goal
from pellucid.model.site import Site

_VISITORS, _ACTIONS, _ECOMMERCE, _OF_GOALS = "Visitors", "Actions", "Ecommerce", "Goals"
_ITEMS = {
    "revenue": "Product Revenue",
    "orders": "Unique Purchases",
    "conversion_rate": "Product Conversion Rate",
}


def _until(category: str, heading: str, goal: str) -> tuple[Listed, ...]:
    """Return the reports on how long a goal took; of all goals if none is named."""
    return tuple(
        Listed(
            *(category, "", f"{heading} - {name}" if heading else name, f"Goals.get{method}", name, "nb_conversions"),
            goals=NO_GOALS if goal else GOALS,
            constant=True,
            parameters={"idGoal": goal} if goal else {},
        )
        for name, method in (
            ("Visits to Conversion", "VisitsUntilConversion"),
            ("Days to Conversion", "DaysToConversion"),
        )
    )


_CONVERTED = ("nb_conversions nb_visits_converted revenue", "conversion_rate")
_SOLD = (
    Listed(
        *(_ECOMMERCE, "", "Ecommerce Orders", "Goals.get"),
        metrics="nb_conversions nb_visits_converted conversion_rate revenue revenue_subtotal revenue_tax "
        "revenue_shipping revenue_discount items",
        processed="avg_order_revenue",
        names={"nb_conversions": "Ecommerce Orders"},
        parameters={"idGoal": ORDER},
    ),
    *_until(_ECOMMERCE, "Ecommerce Orders", ORDER),
    Listed(
        *(_ECOMMERCE, "", "Abandoned Carts", "Goals.get"),
        metrics="nb_conversions conversion_rate revenue items",
        processed="avg_order_revenue",
        names={
            "nb_conversions": "Abandoned Carts",
            "revenue": "Revenue left in cart",
            "items": "Products left in cart",
        },
        parameters={"idGoal": CART},
    ),
    *_until(_ECOMMERCE, "Abandoned Carts", CART),
    *(
        Listed(
            *(_ECOMMERCE, "Products", f"Product {name}", f"Goals.getItems{method}", f"Product {name}"),
            *("revenue quantity orders nb_visits", "avg_price avg_quantity conversion_rate"),
            names=_ITEMS,
        )
        for name, method in (("Name", "Name"), ("SKU", "Sku"), ("Category", "Category"))
    ),
)
"""The reports of a site that sells."""


def _of_goals(goals: Sequence[Goal]) -> tuple[Listed, ...]:
    plain = Listed(_OF_GOALS, "", "Goals", "Goals.get", "", *_CONVERTED)
    named = [("Goals Overview", "Goals Overview", "0")]
    named += [(f"Goal {goal.name}", goal.name, str(goal.id)) for goal in goals]
    each = [
        one
        for name, heading, number in named
        for one in (
            Listed(_OF_GOALS, "", name, "Goals.get", "", *_CONVERTED, parameters={"idGoal": number}),
            *_until(_OF_GOALS, heading, number),
        )
    ]
    return (plain, *_until(_OF_GOALS, "", ""), *each)


def _own(dimension: CustomDimension) -> Listed:
    of_visits = dimension.scope is DimensionScope.VISIT
    return Listed(
        _VISITORS if of_visits else _ACTIONS,
        f"customdimension{dimension.id}",
        dimension.name,
        "CustomDimensions.getCustomDimension",
        dimension.name,
        "nb_visits nb_actions" if of_visits else "nb_hits nb_visits",
        "avg_time_on_site bounce_rate nb_actions_per_visit"
        if of_visits
        else "avg_time_on_dimension bounce_rate exit_rate avg_time_generation",
        subtables="getCustomDimension",
        names={} if of_visits else {"nb_hits": "Actions", "nb_visits": "Unique Actions"},
        parameters={"idDimension": str(dimension.id)},
    )


def reports_of(site: Site) -> tuple[Listed, ...]:
    """Return the reports of a site: those of all, and those of what it has set up."""
    return (
        *REPORTS,
        *(_own(dimension) for dimension in site.dimensions if dimension.active),
        *(_SOLD if site.ecommerce else ()),
        *(_of_goals(site.goals) if site.goals or site.ecommerce else ()),
    )


def row_of_report(report: Listed, *, people: bool = True) -> dict[str, Answer]:
    """Return what is told of a report; without what counts `people` where a period has no such column."""
    return report_row(report, {one.method: one.name for one in REPORTS}, people=people)
