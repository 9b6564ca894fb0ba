from collections.abc import Callable
from datetime import date
from typing import Any

from msgspec import json

from builders import a_visit
from pellucid.model.visit import Visit
from pellucid.store.client import Store

Ask = Callable[..., Any]
DAY = {"idSite": "1", "period": "day", "date": "2025-11-25"}
COUNTRIES = {"reportUniqueId": "UserCountry_getCountry"}


def test_what_changed_since_the_day_before_is_told(ask: Ask) -> None:
    found = {row["label"]: row for row in ask("Insights.getInsights", **DAY, **COUNTRIES)}

    germany = found["Germany"]
    assert (germany["value_old"], germany["value_new"], germany["growth_percent"]) == (1, 0, "-100%")
    assert (germany["isDisappeared"], germany["isNew"], germany["grown"]) == (True, False, False)
    assert found["Unknown"]["isNew"] is True


def test_what_grew_a_thousandfold_is_told_in_whole_numbers(ask: Ask, store: Store) -> None:
    germans = [a_visit(visit_id=9 + number, visit_day=date(2025, 11, 25), country="de") for number in range(12_346)]
    store.insert("visits", Visit, b"\n".join(map(json.encode, germans)), token="germans")

    (germany, *_) = ask("Insights.getInsights", **DAY, **COUNTRIES)

    assert (germany["label"], germany["growth_percent"]) == ("Germany", "1234500%")


def test_only_what_came_can_be_asked_for(ask: Ask) -> None:
    assert [row["label"] for row in ask("Insights.getInsights", **DAY, **COUNTRIES, filterBy="new")] == ["Unknown"]
    assert ask("Insights.getInsights", **DAY, **COUNTRIES, limitIncreaser="0", limitDecreaser="0") == []
    assert ask("Insights.getInsights", **DAY, **COUNTRIES, limitIncreaser="-1", limitDecreaser="-1") == ask(
        "Insights.getInsights", **DAY, **COUNTRIES
    )
    assert "filterBy is" in ask("Insights.getInsights", **DAY, **COUNTRIES, filterBy="magic")["message"]
    assert "from 1 to 1000" in ask("Insights.getInsights", **DAY, **COUNTRIES, comparedToXPeriods="0")["message"]


def test_an_overview_tells_of_the_reports_that_matter_most(ask: Ask) -> None:
    for method in ("Insights.getInsightsOverview", "Insights.getMoversAndShakersOverview"):
        overview = ask(method, **DAY)

        assert list(overview)[:2] == ["Page URLs", "Page titles"]
        assert overview["Campaigns"] == []
    assert ask("Insights.getMoversAndShakers", **DAY, **COUNTRIES) == []


def test_a_report_without_rows_of_visits_is_refused(ask: Ask) -> None:
    for name in ("VisitsSummary_get", "Magic_get"):
        assert f"having the ID {name}" in ask("Insights.getInsights", **DAY, reportUniqueId=name)["message"]


def test_a_series_has_no_insights(ask: Ask) -> None:
    assert ask("Insights.canGenerateInsights", period="day", date="today") == {"value": True}
    assert ask("Insights.canGenerateInsights", period="day", date="last7") == {"value": False}
