"""Columns of goals beside a report's own, as Matomo's programs ask for them."""

from collections.abc import Callable
from typing import Any, cast

import pytest
from msgspec import json

from builders import DAY, NOON, a_conversion, a_visit, an_event
from pellucid.matomo import goals_of_pages, goals_of_rows
from pellucid.matomo.columns import GOALS, Cell, Row
from pellucid.matomo.goals_of_rows import BETWEEN, CART, ORDER
from pellucid.model.event import Event
from pellucid.model.goal import Goal
from pellucid.model.visit import Conversion, Visit
from pellucid.registry.registry import Registry
from pellucid.store.client import Store

Ask = Callable[..., Any]
OF_DAY = {"idSite": "3", "period": "day", "date": str(DAY)}
SHOWN = {"filter_update_columns_when_show_all_goals": "1"}
PAGE = "http://bells.example.org/a"
ENDS: dict[str, object] = {"entry_url": PAGE, "exit_url": PAGE, "entry_title": "A", "exit_title": "A"}


@pytest.fixture(autouse=True)
def shop(registry: Registry, store: Store) -> None:
    """Three visits of one page: one bought twice and reached the first of two goals, one left a cart."""
    registry.add_site("Bells", ["http://bells.example.org"], ecommerce=True, currency="USD")
    for number, name in enumerate(("Read", "Asked"), 1):
        registry.add_goal(Goal(site_id=3, id=number, name=name, match_attribute="manually"))
    visits = [
        a_visit(site_id=3, visit_id=one, actions=2, seconds=60, conversions=3 * (one == 1), **ENDS) for one in (1, 2, 3)
    ]
    views = [an_event(site_id=3, visit_id=one, event_id=one, url=PAGE, title="A") for one in (1, 2, 3)]
    told: dict[str, object] = {"site_id": 3, "event_id": 9, "pages_before": 1, "time": NOON + 9}
    conversions = [
        a_conversion(conversion_id=1, kind="order", goal_id=0, revenue=1555.56, pieces=5, **told),
        a_conversion(conversion_id=2, kind="order", goal_id=0, revenue=1555.55, pieces=5, **told),
        a_conversion(conversion_id=3, revenue=10.0, **told),
        a_conversion(conversion_id=4, visit_id=2, kind="cart", goal_id=0, revenue=50.0, pieces=1, **told),
    ]
    for table, kind, rows in (
        ("visits", Visit, visits),
        ("events", Event, views),
        ("conversions", Conversion, conversions),
    ):
        store.insert(table, kind, b"\n".join(map(json.encode, rows)), token=f"{table} of a shop")


def of_goals(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name.startswith("goal_") or name == "revenue_per_visit"}


def test_goals_of_a_row_stand_by_their_numbers_after_carts_and_orders() -> None:
    names = ["11", "2", ORDER, CART]
    row: Row = {
        f"goals{BETWEEN}idgoal={name}{BETWEEN}{column}": 1 for name in names for column in ("nb_conversions", "revenue")
    }

    page: Row = {GOALS: cast("Cell", [(name, (1, 1, 1, 1, 1), (0, 0, 0, 0)) for name in names])}

    of_row, of_page = goals_of_rows.gathered(row)["goals"], goals_of_pages.gathered(page, None)["goals"]

    assert isinstance(of_row, dict)
    assert isinstance(of_page, dict)
    assert list(of_row) == list(of_page) == [f"idgoal={name}" for name in reversed(names)]


@pytest.mark.parametrize("reached", [{"5": 3.0}, None])
def test_a_page_that_a_visit_began_with_after_it_had_converted_tells_no_rate_of_views(
    reached: dict[str, float] | None,
) -> None:
    row: Row = {GOALS: cast("Cell", [("5", (0, 0, 0, 0, 0), (1, 0.5, 2, 2))])}
    entered = {
        "nb_conversions_entry": 1,
        "nb_conversions_entry_rate": 0.5,
        "revenue_entry": 2,
        "revenue_per_entry": 2,
    }

    assert goals_of_pages.gathered(row, reached)["goals"] == {"idgoal=5": entered}


def test_one_goal_alone_is_told_with_all_its_columns(ask: Ask) -> None:
    asked = {"idGoal": "ecommerceOrder", "filter_show_goal_columns_process_goals": "ecommerceOrder"}
    (row,) = ask("Referrers.getReferrerType", **OF_DAY, **SHOWN, **asked)
    (plain,) = ask("Referrers.getReferrerType", **OF_DAY, **SHOWN, idGoal="ecommerceOrder")

    assert of_goals(plain) == {"revenue_per_visit": 1040.33}
    assert of_goals(row) == {
        "revenue_per_visit": 1040.33,
        "goal_ecommerceOrder_conversion_rate": "66.67%",
        "goal_ecommerceOrder_nb_conversions": 2,
        "goal_ecommerceOrder_revenue_per_visit": 1037.04,
        "goal_ecommerceOrder_revenue": 3111.11,
        "goal_ecommerceOrder_avg_order_revenue": 1555.56,
        "goal_ecommerceOrder_items": 10,
    }
    assert (row["conversion_rate"], row["nb_actions_per_visit"], row["avg_time_on_site"]) == ("33.33%", 2, 60)


def test_of_all_goals_their_rates_are_told(ask: Ask) -> None:
    (row,) = ask("Referrers.getReferrerType", **OF_DAY, **SHOWN)
    (named,) = ask("Referrers.getReferrerType", **OF_DAY, **SHOWN, filter_show_goal_columns_process_goals="2,1,0")

    assert of_goals(row) == {
        "revenue_per_visit": 1040.33,
        "goal_0_conversion_rate": "66.67%",
        "goal_-1_conversion_rate": "33.33%",
        "goal_1_conversion_rate": "33.33%",
    }
    assert of_goals(named) == of_goals(row) | {"goal_2_conversion_rate": "0%"}


def test_in_flat_reports_orders_and_carts_are_told_by_name(ask: Ask) -> None:
    (row,) = ask("Referrers.getReferrerType", **OF_DAY, **SHOWN, flat="1")

    assert {"goal_ecommerceOrder_conversion_rate", "goal_ecommerceAbandonedCart_conversion_rate"} <= set(row)


def test_a_goal_named_alone_is_told_whether_or_not_it_was_reached(ask: Ask) -> None:
    asked = {"filter_show_goal_columns_process_goals": "2", "format_metrics": "0"}
    (row,) = ask("Referrers.getReferrerType", **OF_DAY, **SHOWN, **asked)

    assert of_goals(row) == {
        "revenue_per_visit": 1040.33,
        "goal_2_conversion_rate": 0,
        "goal_2_nb_conversions": 0,
        "goal_2_revenue_per_visit": 0,
        "goal_2_revenue": 0,
    }


@pytest.mark.parametrize("told", ["", "read", "false"])
def test_what_names_no_goal_adds_nothing(ask: Ask, told: str) -> None:
    (row,) = ask("Referrers.getReferrerType", **OF_DAY, filter_update_columns_when_show_all_goals=told)

    assert of_goals(row) == {}
    assert "conversion_rate" not in row


def test_rows_are_ordered_and_summed_by_the_columns_of_goals(ask: Ask) -> None:
    asked = {"idGoal": "1", "filter_sort_column": "goal_1_nb_conversions", "filter_truncate": "1"}
    first, others = ask("VisitTime.getVisitInformationPerServerTime", **OF_DAY, **SHOWN, **asked)

    assert (first["label"], first["goal_1_nb_conversions"], first["goal_1_revenue_per_visit"]) == ("12", 1, 3.33)
    assert (others["label"], others["goal_1_nb_conversions"], others["nb_actions_per_visit"]) == ("Others", 0, 0)


def test_folders_have_them_and_what_is_in_them_has_none(ask: Ask) -> None:
    (row,) = ask("Referrers.getReferrerType", **OF_DAY, **SHOWN, idGoal="-2")
    (page,) = ask("Actions.getPageUrls", **OF_DAY, **SHOWN, idGoal="1", flat="1")

    assert of_goals(row) == {"revenue_per_visit": 1040.33}
    assert (page["goal_1_revenue"], page["revenue_per_visit"], page["conversion_rate"]) == (10, 0, "0%")


def test_shown_pages_tell_what_was_converted_after_them(ask: Ask) -> None:
    asked = {"apiModule": "Actions", "filter_show_goal_columns_process_goals": "1"}
    told = ask("API.getProcessedReport", **OF_DAY, **SHOWN, **asked, apiAction="getPageTitles")
    began = ask("API.getProcessedReport", **OF_DAY, **SHOWN, **asked, apiAction="getEntryPageTitles")

    (row,), (entry,) = told["reportData"], began["reportData"]
    assert {name.split("_")[1] for name in of_goals(row)} == {"0", "1"}
    assert (row["goal_0_nb_conversions"], row["goal_0_revenue"]) == (2, "$3,111.11")
    assert {name: value for name, value in of_goals(row).items() if name.startswith("goal_1")} == {
        "goal_1_conversion_rate": "33.33%",
        "goal_1_nb_conversions": 1,
        "goal_1_revenue_per_visit": "$3.33",
        "goal_1_revenue": "$10",
        "goal_1_nb_conversions_attrib": 1,
        "goal_1_revenue_attrib": "$10",
        "goal_1_nb_conversions_page_rate": "100%",
    }
    assert {name: value for name, value in of_goals(entry).items() if name.startswith("goal_1") and "ent" in name} == {
        "goal_1_nb_conversions_entry": 1,
        "goal_1_revenue_per_entry": "$3.33",
        "goal_1_revenue_entry": "$10",
        "goal_1_nb_conversions_entry_rate": "33.3%",
    }


def test_shown_reports_on_visits_tell_how_many_converted_beside_goals(ask: Ask) -> None:
    asked = {"apiModule": "DevicesDetection", "apiAction": "getBrowsers"}
    told = ask("API.getProcessedReport", **OF_DAY, **SHOWN, **asked, filter_show_goal_columns_process_goals="1")
    plain = ask("API.getProcessedReport", **OF_DAY, **asked)

    (row,) = told["reportData"]
    assert (row["conversion_rate"], row["goal_1_revenue_per_visit"], told["columns"]["conversion_rate"]) == (
        "33.33%",
        "$3.33",
        "Conversion Rate",
    )
    assert "conversion_rate" not in plain["columns"]


def test_all_goals_are_told_in_one_row(ask: Ask) -> None:
    row = ask("Goals.get", **OF_DAY, showAllGoalSpecificMetrics="1")
    wanted = ask("Goals.get", **OF_DAY, showAllGoalSpecificMetrics="1", columns="goal_1_conversion_rate")

    assert {name: value for name, value in row.items() if not name.endswith("visit")} == {
        "nb_visits": 3,
        "nb_conversions": 3,
        "nb_visits_converted": 1,
        "revenue": 3121.11,
        "goal_1_nb_conversions": 1,
        "goal_1_nb_visits_converted": 1,
        "goal_1_revenue": 10,
        "goal_1_conversion_rate": "33.33%",
        "goal_2_nb_conversions": 0,
        "goal_2_nb_visits_converted": 0,
        "goal_2_revenue": 0,
        "goal_2_conversion_rate": "0%",
        "conversion_rate": "33.33%",
    }
    assert list(wanted) == [f"goal_1_conversion_rate{kind}" for kind in ("", "_new_visit", "_returning_visit")]


def test_a_site_that_sells_nothing_and_has_no_goal_has_no_conversions(ask: Ask, registry: Registry) -> None:
    registry.update_site(3, ecommerce=False)
    with_goals = ask("Goals.get", **OF_DAY)
    for number in (1, 2):
        registry.delete_goal(3, number)

    without = ask("Goals.get", **OF_DAY)

    assert (with_goals["nb_conversions"], with_goals["revenue"]) == (3, 3121.11)
    assert (without["nb_conversions"], without["revenue"], without["nb_visits_converted"]) == (0, 0, 1)
    assert without["conversion_rate"] == "33.33%"
    assert ask("Goals.get", **OF_DAY, idGoal="ecommerceOrder")["nb_conversions"] == 0


def test_rows_of_any_report_are_followed_with_the_columns_it_is_listed_with(ask: Ask) -> None:
    asked = {"idSite": "3", "period": "range", "date": "2025-11-23,2025-11-24", "idGoal": "1"}
    exits = ask("API.getRowEvolution", **asked, apiModule="Actions", apiAction="getExitPageUrls", label="/a")
    until = ask(
        "API.getRowEvolution", **asked, apiModule="Goals", apiAction="getVisitsUntilConversion", label="1 visit"
    )

    assert exits["reportData"] == {
        "2025-11-23": [],
        "2025-11-24": [{"exit_nb_visits": 3, "nb_visits": 3, "exit_rate": "100%"}],
    }
    assert exits["metadata"]["metrics"]["exit_nb_visits"] == {"name": "Exits", "min": 3, "max": 3}
    assert until["reportData"]["2025-11-24"] == [{"nb_conversions": 1}]
    assert "message" in ask("API.getRowEvolution", **OF_DAY, apiModule="Actions", apiAction="getPageUrls")
    assert "message" in ask("API.getRowEvolution", **asked, apiModule="VisitsSummary", apiAction="get")


@pytest.mark.parametrize(
    ("goal", "followed"),
    [
        ("1", {"goal_1_conversion_rate": "33.33%", "goal_1_nb_conversions": 1, "goal_1_revenue_per_visit": 3.33}),
        ("-1", {"goal_ecommerceOrder_conversion_rate": "66.67%", "goal_2_conversion_rate": "0%"}),
        ("ecommerceOrder", {"goal_ecommerceOrder_items": 10, "goal_ecommerceOrder_avg_order_revenue": 1555.56}),
    ],
)
def test_goals_are_followed_beside_a_report(ask: Ask, goal: str, followed: dict[str, object]) -> None:
    asked = {"idSite": "3", "period": "day", "date": "2025-11-24,2025-11-25", "showGoalMetricsForGoal": goal}
    told = ask("API.getRowEvolution", **asked, apiModule="Referrers", apiAction="getReferrerType", label="Direct Entry")

    (row,) = told["reportData"]["2025-11-24"]
    assert row["nb_visits"] == 3
    assert {name: row.get(name) for name in followed} == followed
    assert set(row) <= set(told["metadata"]["metrics"])


def test_sites_are_told_with_what_they_sold_where_more_is_asked_for(ask: Ask) -> None:
    rows = {row["idsite"]: row for row in ask("MultiSites.getAll", period="day", date=str(DAY), enhanced="1")}
    alone = ask("MultiSites.getOne", **OF_DAY, enhanced="1")
    plain = ask("MultiSites.getOne", **OF_DAY)

    told = {"nb_conversions": 3, "orders": 2, "ecommerce_revenue": 3111.11, "orders_evolution": "100%"}
    assert {name: rows[3][name] for name in told} == told
    assert {name: alone[name] for name in told} == told
    assert rows[3]["previous_Goal_0_nb_conversions"] == 0
    assert rows[1]["nb_conversions_evolution_trend"] == 0
    assert not {"orders", "ecommerce_revenue_evolution"} & set(rows[1])
    assert not set(told) & set(plain)


def test_columns_of_goals_are_no_totals_and_tell_nothing_of_a_row(ask: Ask) -> None:
    asked = {"apiModule": "Actions", "apiAction": "getPageTitles", "filter_show_goal_columns_process_goals": "1"}

    told = ask("API.getProcessedReport", **OF_DAY, **SHOWN, **asked)

    assert [name for name in told["reportData"][0] if name.startswith("goal_1_")]
    assert [list(row) for row in told["reportMetadata"]] == [["segment"]]
    of_goals = [name for name in told["reportTotal"] if name.startswith("goal_") or name.endswith("_per_visit")]
    assert of_goals == []
