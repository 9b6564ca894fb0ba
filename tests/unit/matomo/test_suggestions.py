from collections.abc import Callable
from typing import Any

from msgspec import json, structs

from builders import NOON, a_visit, an_event
from pellucid.model.column import Variable
from pellucid.model.event import Event
from pellucid.model.visit import Visit
from pellucid.registry.registry import Registry
from pellucid.store.client import Store

Ask = Callable[..., Any]
DAY = {"idSite": "1", "period": "day", "date": "2025-11-24"}


def values(ask: Ask, name: str) -> Any:
    return ask("API.getSuggestedValuesForSegment", idSite="1", segmentName=name)


def test_the_values_seen_most_of_late_are_suggested_as_matomo_writes_them(ask: Ask) -> None:
    assert values(ask, "browserName") == ["Firefox"]
    assert values(ask, "countryName")[0] in {"France", "Germany"}
    assert "00000000000000ff" in values(ask, "visitorId")
    assert values(ask, "actionType")[0] == "pageviews"
    assert values(ask, "pageUrl")[0] == "http://shop.example.org/"
    assert values(ask, "orderId") == []
    assert values(ask, "searches") == []
    assert values(ask, "visitEndServerQuarter") == ["1", "2", "3", "4"]
    assert values(ask, "referrerType")[0] == "direct"
    assert "not a supported segment" in values(ask, "magic")["message"]


def test_the_first_day_of_the_week_is_sunday(ask: Ask) -> None:
    monday = {
        segment: ask("VisitsSummary.getVisits", **DAY, segment=f"visitEndServerDayOfWeek=={segment}")
        for segment in "12"
    }

    assert monday == {"1": {"value": 0}, "2": {"value": 2}}


def test_goals_are_suggested_and_chosen_by_their_names(ask: Ask) -> None:
    ask("Goals.addGoal", idSite="1", name="Signed up", matchAttribute="manually")

    assert values(ask, "visitConvertedGoalName") == ["Signed up"]
    assert ask("VisitsSummary.getVisits", **DAY, segment="visitConvertedGoalName==signed up") == {"value": 0}
    assert ask("VisitsSummary.getVisits", **DAY, segment="visitConvertedGoalName!@sign") == {"value": 2}


def test_visits_are_chosen_by_custom_variables(ask: Ask, store: Store) -> None:
    variables = (Variable(2, "Plan", "gold"),)
    visit = a_visit(visit_id=8, variables=variables)
    event = an_event(visit_id=8, event_id=80, time=NOON, variables=(Variable(1, "Colour", "red"),))
    store.insert("visits", Visit, json.encode(visit), token="variables of visits")
    store.insert("events", Event, json.encode(event), token="variables of events")

    def visits(segment: str) -> int:
        return int(ask("VisitsSummary.getVisits", **DAY, segment=segment)["value"])

    assert visits("customVariableName2==Plan;customVariableValue2==gold") == 1
    assert visits("customVariableName1==Plan") == 0
    assert visits("customVariableName==Plan") == 1
    assert visits("customVariableName!=Plan") == 2
    assert visits("customVariableName!=") == 1
    assert visits("customVariablePageValue=@re") == 1
    assert visits("customVariablePageName1!=Colour") == 2
    assert values(ask, "customVariableValue2") == ["gold"]


def test_where_single_visits_are_hidden_so_is_who_they_are_of(ask: Ask, registry: Registry) -> None:
    registry.update_site(1, privacy=structs.replace(registry.site(1).privacy, shows_visits=False))

    assert "shows no single visits" in values(ask, "visitorId")["message"]
    assert values(ask, "browserName") == ["Firefox"]
