from collections.abc import Callable
from typing import Any

import pytest
from msgspec import structs
from starlette.testclient import TestClient

from pellucid.matomo.glossary import MEANINGS
from pellucid.matomo.methods import METHODS
from pellucid.matomo.metric_names import NAMES
from pellucid.model.account import Access
from pellucid.model.goal import DimensionScope, Goal
from pellucid.registry.registry import Registry
from unit.matomo.conftest import asked_by

Ask = Callable[..., Any]
OF_A_SITE = ("getReportPagesMetadata", "getWidgetMetadata", "getGlossaryReports", "getGlossaryMetrics")


@pytest.fixture(autouse=True)
def shop(registry: Registry) -> None:
    """A site that sells, with a goal and a dimension."""
    registry.update_site(1, ecommerce=True)
    registry.add_goal(Goal(site_id=1, id=0, name="Signed up", match_attribute="manually"))
    registry.add_dimension(1, "Plan", DimensionScope.VISIT, active=True)


def test_reports_stand_on_pages(ask: Ask) -> None:
    pages = {page["uniqueId"]: page for page in ask("API.getReportPagesMetadata", idSite="1")}

    assert "Goals_Goals.1" in pages
    assert pages["General_Visitors.customdimension1"]["subcategory"]["name"] == "Plan"
    devices = pages["General_Visitors.DevicesDetection_Devices"]
    assert (devices["category"]["name"], devices["subcategory"]["name"]) == ("Visitors", "Devices")
    assert devices["widgets"][0] | {"order": 0} == {
        "name": "Device type",
        "module": "DevicesDetection",
        "action": "getType",
        "order": 0,
        "parameters": {"module": "DevicesDetection", "action": "getType"},
        "uniqueId": "widgetDevicesDetectiongetType",
        "isWide": False,
        "viewDataTable": "table",
        "isReport": True,
    }


def test_every_widget_is_a_report_that_is_answered(ask: Ask) -> None:
    widgets = ask("API.getWidgetMetadata", idSite="1")

    assert {f"{widget['module']}.{widget['action']}" for widget in widgets} <= METHODS.keys()
    assert len({widget["uniqueId"] for widget in widgets}) == len(widgets)
    assert widgets[0]["uniqueId"] == "widgetVisitsSummarygetforceView1viewDataTablesparklines"
    orders = [widget["category"]["order"] for widget in widgets]
    assert orders == sorted(orders)


def test_no_widget_shows_visits_that_are_hidden(ask: Ask, registry: Registry) -> None:
    def modules() -> set[str]:
        return {widget["module"] for widget in ask("API.getWidgetMetadata", idSite="1")}

    assert "Live" in modules()
    registry.update_site(1, privacy=structs.replace(registry.site(1).privacy, shows_visits=False))
    assert "Live" not in modules()


def test_reports_and_columns_have_meanings(ask: Ask) -> None:
    reports = {row["name"]: row["documentation"] for row in ask("API.getGlossaryReports", idSite="1")}
    metrics = ask("API.getGlossaryMetrics", idSite="1")

    assert reports["Browsers (Visitors)"].startswith("A row for each Browser: Visits, Unique visitors")
    assert "bounce_rate" in [row["id"] for row in metrics]
    assert [row["name"] for row in metrics] == sorted(row["name"] for row in metrics)
    assert MEANINGS.keys() <= NAMES.keys()


def test_what_a_site_has_is_for_who_may_see_it(client: TestClient, registry: Registry) -> None:
    registry.add_account("reader")
    registry.grant("reader", 2, Access.VIEW)
    reader = asked_by(client, registry.create_token("reader"))

    for name in OF_A_SITE:
        assert reader(f"API.{name}", idSite="2")
        assert "requires 'view' access" in reader(f"API.{name}", idSite="1")["message"]
