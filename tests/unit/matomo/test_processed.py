from collections.abc import Callable
from typing import Any

import pytest
from msgspec import json

from builders import an_event
from pellucid.matomo.call import Answer
from pellucid.matomo.pretty import all_pretty, clock, money
from pellucid.model.event import Event
from pellucid.registry.registry import Registry
from pellucid.store.client import Store

Ask = Callable[..., Any]
DAY = {"idSite": "1", "period": "day", "date": "2025-11-24"}
COUNTRIES = {"apiModule": "UserCountry", "apiAction": "getCountry"}


def test_the_list_of_reports_names_columns_and_reports_of_what_is_set_up(ask: Ask, registry: Registry) -> None:
    ask("Goals.addGoal", idSite="1", name="Signed up", matchAttribute="manually")
    ask("CustomDimensions.configureNewCustomDimension", idSite="1", name="Plan", scope="visit", active="1")

    reports = {report["uniqueId"]: report for report in ask("API.getReportMetadata", idSite="1")}

    assert reports["UserCountry_getCountry"]["metrics"]["nb_visits"] == "Visits"
    assert reports["Actions_getPageUrls"]["metricTypes"]["avg_time_on_page"] == "duration_s"
    assert reports["Goals_get_idGoal--1"]["name"] == "Goal Signed up"
    assert reports["CustomDimensions_getCustomDimension_idDimension--1"]["dimension"] == "Plan"
    assert "Goals_getItemsSku" not in reports
    registry.update_site(1, ecommerce=True)
    assert "Goals_getItemsSku" in {report["uniqueId"] for report in ask("API.getReportMetadata", idSite="1")}


def test_the_list_of_reports_tells_what_else_rows_hold(ask: Ask) -> None:
    reports = {report["uniqueId"]: report for report in ask("API.getReportMetadata", idSite="1")}

    names = reports["Events_getName"]["dimensions"]
    assert list(names.items()) == [("Events_EventName", "Event Name"), ("Events_EventAction", "Event Action")]
    assert "dimensions" not in reports["Actions_getPageUrls"]
    of_keywords = reports["Actions_getSiteSearchKeywords"]
    assert of_keywords["metricTypes"]["avg_time_on_page"] == "duration_s"
    assert set(of_keywords["processedMetrics"]) == {"exit_rate"}
    assert "label" not in reports["UserId_getUsers"]["metricTypes"]
    of_sites = reports["MultiSites_getAll"]
    assert (of_sites["metrics"]["orders"], of_sites["metricTypes"]["ecommerce_revenue"]) == (
        "Ecommerce Orders",
        "money",
    )
    assert of_sites["processedMetrics"]["orders_evolution"] == "Ecommerce Orders Evolution"


def test_what_is_set_up_is_told_of_sites_in_either_spelling_and_segments_of_none_too(ask: Ask) -> None:
    ask("CustomDimensions.configureNewCustomDimension", idSite="1", name="Plan", scope="visit", active="1")

    def segments(**given: str) -> set[str]:
        return {row["segment"] for row in ask("API.getSegmentsMetadata", **given)}

    assert segments(idSites="1") == segments(idSite="1") == segments() | {"dimension1"}
    assert ask("API.getReportMetadata", idSites="1,2") == ask("API.getReportMetadata", idSite="1")
    assert "idSite" in ask("API.getReportMetadata")["message"]


def test_every_report_of_the_list_is_answered(ask: Ask, registry: Registry) -> None:
    registry.update_site(1, ecommerce=True)

    for report in ask("API.getReportMetadata", idSite="1"):
        named = {"apiModule": report["module"], "apiAction": report["action"], **report.get("parameters", {})}
        answer = ask("API.getProcessedReport", **DAY, **named)
        assert answer.get("metadata", answer)["uniqueId"] == report["uniqueId"]
        assert ask("API.getMetadata", **DAY, **named)[0]["uniqueId"] == report["uniqueId"]


def test_a_processed_report_tells_what_its_columns_and_rows_are(ask: Ask) -> None:
    answer = ask("API.getProcessedReport", **DAY, **COUNTRIES, filter_limit="1", filter_sort_column="nb_actions")

    assert answer["website"] == "Shop"
    assert answer["prettyDate"] == "Monday, November 24, 2025"
    assert answer["columns"]["bounce_rate"] == "Bounce Rate"
    assert "nb_users" not in answer["columns"]
    (row,) = answer["reportData"]
    assert (row["label"], row["avg_time_on_site"], row["revenue"]) == ("Germany", "00:01:01", "€0")
    assert answer["reportMetadata"] == [{"code": "de", "segment": "countryCode==de"}]
    assert (answer["reportTotal"]["nb_visits"], answer["reportTotal"]["nb_actions_per_visit"]) == (2, 2)


def test_a_processed_report_tells_of_those_columns_alone_that_are_asked_for(ask: Ask) -> None:
    asked = {**DAY, "apiModule": "VisitsSummary", "apiAction": "get"}

    shown = ask("API.getProcessedReport", **asked, showColumns="nb_visits")
    hidden = ask("API.getMetadata", **asked, hideColumns="nb_visits,bounce_rate,nb_actions_per_visit,avg_time_on_site")
    reports = ask("API.getReportMetadata", idSite="1", hideColumns="nb_hits")

    assert (shown["metadata"]["metrics"], shown["reportData"]) == ({"nb_visits": "Visits"}, {"value": 2})
    assert "processedMetrics" not in shown["metadata"]
    assert list(shown["metadata"]["metricTypes"]) == ["nb_visits"]
    assert "nb_visits" not in hidden[0]["metrics"]
    assert "processedMetrics" not in hidden[0]
    assert [row["name"] for row in reports if "nb_hits" in row.get("metrics", ())] == []


def test_people_are_told_of_days_and_of_longer_periods_in_the_summary_alone(ask: Ask) -> None:
    def columns(method: str, period: str) -> set[str]:
        module, _, action = method.partition(".")
        of_period = DAY | {"period": period}
        return set(ask("API.getProcessedReport", **of_period, apiModule=module, apiAction=action)["columns"])

    people = {"nb_uniq_visitors", "nb_users"}
    assert columns("DevicesDetection.getType", "day") & people == people
    assert columns("DevicesDetection.getType", "week") & people == set()
    assert columns("VisitsSummary.get", "week") & people == {"nb_uniq_visitors"}
    summary = ask("API.getProcessedReport", **DAY, apiModule="VisitsSummary", apiAction="get")
    assert "nb_users" not in summary["metadata"]["metrics"]
    of_week = DAY | {"period": "week"}
    (metadata,) = ask("API.getMetadata", **of_week, apiModule="DevicesDetection", apiAction="getType")
    assert ("nb_users" in metadata["metrics"], "nb_users" in metadata["metricTypes"]) == (False, True)


def test_what_a_row_does_not_tell_is_shown_as_nothing(ask: Ask) -> None:
    days = DAY | {"date": "2025-11-24,2025-11-25"}

    told = ask("API.getProcessedReport", **days, apiModule="VisitFrequency", apiAction="get")["reportData"]

    first = told["Monday, November 24, 2025"]
    assert (first["nb_visits_returning"], first["avg_time_on_site_returning"]) == (0, "00:00:00")
    assert first["bounce_rate_returning"] == "0%"


def test_a_processed_report_of_several_days_has_each_under_its_name(ask: Ask) -> None:
    days = DAY | {"date": "2025-11-24,2025-11-25"}

    countries = ask("API.getProcessedReport", **days, **COUNTRIES)
    summary = ask("API.getProcessedReport", **days, apiModule="VisitsSummary", apiAction="get", format_metrics="0")

    assert list(countries["reportData"]) == ["Monday, November 24, 2025", "Tuesday, November 25, 2025"]
    assert countries["reportTotal"]["nb_visits"] == 3
    assert summary["reportData"]["Monday, November 24, 2025"]["avg_time_on_site"] == 31
    assert summary["prettyDate"] == "November 24\u2009\u2013\u200925, 2025"


def test_searches_without_results_are_in_no_total(ask: Ask, store: Store) -> None:
    search = an_event(event_id=9, kind="search", url="", search_keyword="bell", search_count=0)
    store.insert("events", Event, json.encode(search), token="a search")

    shown = ask("API.getProcessedReport", **DAY, apiModule="Actions", apiAction="getSiteSearchKeywords")

    assert shown["reportTotal"]["nb_visits"] == 1
    assert "nb_without_results" not in shown["reportTotal"]


def test_a_report_that_is_not_in_the_list_is_told(ask: Ask) -> None:
    ask("Goals.addGoal", idSite="1", name="Signed up", matchAttribute="manually")

    visits = ask("API.getProcessedReport", **DAY, apiModule="Live", apiAction="getLastVisitsDetails")
    goal = ask("API.getProcessedReport", **DAY, apiModule="Goals", apiAction="get", idGoal="no goal")

    for answer, report in ((visits, "Live.getLastVisitsDetails"), (goal, "Goals.get")):
        told = f"Requested report {report} for Website id=1 not found in the list of available reports."
        assert answer["message"] == told
    assert "reportData" in ask("API.getProcessedReport", **DAY, apiModule="Goals", apiAction="get", idGoal="0")


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "00:00:00"), (61, "00:01:01"), (0.05, "00:00:00.05"), (90_061, "1 days 01:01:01"), (59.999, "00:01:00")],
)
def test_a_duration_is_written_as_a_clock_shows_it(seconds: float, written: str) -> None:
    assert clock(seconds) == written


@pytest.mark.parametrize(("value", "written"), [(1500, "€1,500"), (255.605, "€255.61"), (-3, "-€3"), (0, "€0")])
def test_money_is_written_with_its_currency(value: float, written: str) -> None:
    assert money(value, "EUR") == written


def test_a_time_is_written_by_what_it_is_of() -> None:
    row: dict[str, Answer] = {"avg_page_load_time": 1.27, "avg_time_on_page": 61, "avg_time_on_site": 337}

    told = all_pretty(row, "1", "EUR")

    assert told == {"avg_page_load_time": "1.27s", "avg_time_on_page": "00:01:01", "avg_time_on_site": "5 min 37s"}


def test_numbers_of_any_report_can_be_asked_for_as_people_read_them(ask: Ask) -> None:
    assert ask("VisitsSummary.get", **DAY, format_metrics="1")["avg_time_on_site"] == "31s"
    assert ask("VisitsSummary.get", **DAY, format_metrics="0")["bounce_rate"] == 0.5
    assert ask("VisitsSummary.get", **DAY)["avg_time_on_site"] == 31


def test_one_row_of_a_report_is_asked_for_by_its_path(ask: Ask) -> None:
    (row,) = ask("Actions.getPageUrls", **DAY, label="shop > bikes > /b")

    assert row["nb_hits"] == 2
    assert [one["label"] for one in ask("Actions.getPageUrls", **DAY, expanded="1", depth="1")[1]["subtable"]] == [
        "bikes"
    ]
