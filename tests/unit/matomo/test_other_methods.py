"""Methods that programs ask for beside the reports, and those that are not there."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import json
from starlette.testclient import TestClient

from builders import a_conversion, a_visit
from pellucid.matomo.absent import ABSENT
from pellucid.matomo.methods import METHODS
from pellucid.model.goal import DimensionScope, Goal
from pellucid.model.visit import Conversion, Visit
from pellucid.registry.registry import Registry
from pellucid.store.client import Store
from unit.matomo.conftest import asked_by

Ask = Callable[..., Any]
DAY = {"idSite": "1", "period": "day", "date": "2025-11-24"}


@pytest.fixture
def reader(client: TestClient, registry: Registry) -> Ask:
    registry.add_account("reader")
    return asked_by(client, registry.create_token("reader"))


@pytest.fixture
def converted(ask: Ask, registry: Registry, store: Store) -> Ask:
    for name in ("Read", "Signed up"):
        registry.add_goal(Goal(site_id=1, id=0, name=name))
    reached = [a_conversion(conversion_id=one, goal_id=one, kind="goal", revenue=one * 2.25) for one in (1, 2)]
    store.insert("conversions", Conversion, b"\n".join(map(json.encode, reached)), token="reached")
    store.insert("visits", Visit, json.encode(a_visit(conversions=2, version=9)), token="converted")
    return ask


def test_what_was_converted_is_told_whoever_converted_it(converted: Ask) -> None:
    every, told = converted("Goals.get", **DAY), converted("Goals.getMetrics", **DAY)

    assert told == {"nb_conversions": 2, "nb_visits_converted": 1, "revenue": 6.75, "conversion_rate": "50%"}
    assert told.items() < every.items()
    assert converted("Goals.getMetrics", **DAY, columns="revenue") == {"value": 6.75}
    assert converted("Goals.getMetrics", **DAY, idGoal="2")["revenue"] == 4.5


@pytest.mark.parametrize("method", ["VisitsSummary.get", "VisitsSummary.getVisits", "Goals.get", "API.get"])
@pytest.mark.parametrize(
    "asked", [{"filter_limit": "0"}, {"filter_offset": "1"}, {"filter_pattern": "a"}, {"label": "Germany"}]
)
def test_the_filters_leave_the_row_of_a_report_that_has_no_other_or_do_not(
    converted: Ask, method: str, asked: dict[str, str]
) -> None:
    assert converted(method, **DAY, **asked) == []
    assert converted(method, **DAY, filter_limit="1", filter_pattern="^") == converted(method, **DAY)


@pytest.mark.parametrize(
    ("method", "number"),
    [("getConversions", 2), ("getNbVisitsConverted", 1), ("getRevenue", 6.75)],
)
def test_what_was_converted_is_told_number_by_number(converted: Ask, method: str, number: float) -> None:
    assert converted(f"Goals.{method}", **DAY) == {"value": number}
    assert converted(f"Goals.{method}", **DAY | {"date": "2025-11-25,2025-11-26"})["2025-11-26"] == 0


def test_the_share_of_converted_visits_is_told_of_all_of_new_ones_and_of_others(converted: Ask) -> None:
    row = converted("Goals.getConversionRate", **DAY)

    assert row == {
        "conversion_rate": "50%",
        "conversion_rate_new_visit": "50%",
        "conversion_rate_returning_visit": "0%",
    }
    assert converted("Goals.getConversionRate", **DAY | {"date": "2025-11-25,2025-11-26"})["2025-11-26"] == []


def test_dimensions_of_one_scope_are_told(ask: Ask, registry: Registry) -> None:
    for scope in DimensionScope:
        registry.add_dimension(1, scope.value, scope, active=True)

    (told,) = ask("CustomDimensions.getConfiguredCustomDimensionsHavingScope", idSite="1", scope="action")
    assert told["name"] == "action"


def test_sites_are_found_by_their_zones(ask: Ask, registry: Registry) -> None:
    registry.update_site(2, timezone="Europe/Vienna")

    assert ask("SitesManager.getSitesIdFromTimezones", **{"timezones[]": "Europe/Vienna"}) == [2]
    assert ask("SitesManager.getSitesIdFromTimezones", timezones="Europe/Vienna,UTC") == [1, 2]


def test_programs_that_set_up_and_import_are_answered(ask: Ask, reader: Ask) -> None:
    (kind,) = ask("API.getAvailableMeasurableTypes")
    assert (kind["id"], kind["settings"]) == ("website", [])
    (told,) = ask("CoreAdminHome.invalidateArchivedReports", idSites="1", dates="2025-11-24")
    assert "Nothing has to be invalidated" in told
    assert reader("CoreAdminHome.invalidateArchivedReports", idSites="1", dates="2025-11-24")["result"] == "error"


def test_an_account_has_one_language_and_one_clock(reader: Ask) -> None:
    assert reader("LanguagesManager.setLanguageForUser", login="reader", languageCode="en") == {"value": True}
    assert reader("LanguagesManager.setLanguageForUser", login="reader", languageCode="de") == {"value": False}
    assert reader("LanguagesManager.setLanguageForUser", login="root", languageCode="en")["result"] == "error"
    assert reader("LanguagesManager.uses12HourClockForUser", login="reader") == {"value": False}


def test_what_is_not_there_says_why(ask: Ask) -> None:
    assert not ABSENT.keys() & METHODS.keys()
    for name, why in ABSENT.items():
        assert ask(name) == {"result": "error", "message": why}
