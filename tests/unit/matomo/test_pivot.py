"""Keywords, the search engines they were searched with, and the cities their visitors came from."""

import re
from typing import Any

import pytest
from msgspec import json
from starlette.testclient import TestClient

from builders import a_visit
from pellucid.matomo import pivot
from pellucid.model.goal import DimensionScope
from pellucid.model.visit import Visit
from pellucid.registry.registry import Registry
from pellucid.store.client import Store

DAY = {"idSite": "1", "period": "day", "date": "2025-11-24"}
BY_ENGINE = {**DAY, "pivotBy": "Referrers.SearchEngine", "pivotByColumn": "nb_visits"}
BY_CITY = {**DAY, "pivotBy": "UserCountry.City", "pivotByColumn": "nb_visits"}
LYON, NICE = "1.\xa0Lyon, Auvergne-Rhône-Alpes, France", "2.\xa0Nice, Auvergne-Rhône-Alpes, France"
SEARCHES = (
    ("chain", "Bing", "Lyon"),
    *[("bikes", "Google", "Lyon")] * 4,
    ("bikes", "Bing", "Nice"),
    ("bikes", "label", "Nice"),
)


@pytest.fixture
def search(ask: Any, registry: Registry, store: Store) -> Any:
    registry.add_dimension(1, "Colour", DimensionScope.VISIT, active=True)
    visits = [
        a_visit(
            visit_id=number,
            visitor_id=number % 2,
            source_kind="search",
            source_keyword=keyword,
            source_name=engine,
            country="fr",
            region="ARA",
            city=city,
            dimensions={"1": "red" if number % 2 else "blue"},
        )
        for number, (keyword, engine, city) in enumerate(SEARCHES, 20)
    ]
    store.insert("visits", Visit, b"\n".join(map(json.encode, visits)), token="searches")
    return ask


def test_what_lies_below_a_row_becomes_its_columns(search: Any) -> None:
    rows = search("Referrers.getKeywords", **BY_ENGINE, disable_queued_filters="1")

    assert rows == [
        {"label": "bikes", "Google": 4, "Bing": 1},
        {"label": "chain", "Google": False, "Bing": 1},
    ]


def test_columns_have_their_place_before_their_names_those_that_hold_most_first(search: Any) -> None:
    rows = search("Referrers.getKeywords", **BY_ENGINE)

    assert list(rows[0]) == ["label", "1.\xa0Google", "2.\xa0Bing", "3.\xa0label"]


def test_rows_have_columns_of_what_their_visits_have_of_any_other_dimension(search: Any) -> None:
    assert search("Referrers.getKeywords", **BY_CITY) == [
        {"label": "bikes", LYON: 4, NICE: 2},
        {"label": "chain", LYON: 1, NICE: False},
    ]


def test_a_segment_of_the_question_chooses_beside_those_of_the_rows(search: Any) -> None:
    rows = search("Referrers.getKeywords", **BY_CITY, segment="referrerName==Bing")

    assert rows == [
        {"label": "bikes", LYON: False, NICE: 1},
        {"label": "chain", LYON: 1, NICE: False},
    ]


def test_the_last_of_as_many_columns_as_are_wanted_is_what_the_others_hold(search: Any) -> None:
    assert search("Referrers.getKeywords", **BY_ENGINE, pivotByColumnLimit="2") == [
        {"label": "bikes", "1.\xa0Google": 4, "Others": 2},
        {"label": "chain", "1.\xa0Google": False, "Others": 1},
    ]


def test_what_tells_what_a_row_is_stays_and_what_leads_to_its_visits_goes(search: Any) -> None:
    (row,) = search("UserCountry.getCountry", **DAY, pivotBy="CustomDimension.CustomDimension1", filter_pattern="Fr")

    assert row == {"label": "France", "1.\xa0blue": 1, "2.\xa0red": 1, "code": "fr"}


def test_an_own_dimension_is_pivoted_too(search: Any) -> None:
    rows = search("CustomDimensions.getCustomDimension", **BY_CITY, idDimension="1")

    assert [(row["label"], row[LYON]) for row in rows] == [("blue", 3), ("red", 2)]


def test_a_flat_pivot_tells_the_dimension_and_shows_the_columns_that_are_wanted(search: Any) -> None:
    rows = search("Referrers.getKeywords", **BY_ENGINE, disable_queued_filters="1", flat="1", showColumns="Bing")

    assert rows[1] == {"label": "chain", "Bing": 1, "Referrers_Keyword": "chain"}


def test_rows_stand_by_their_labels_or_by_the_column_that_is_named(search: Any) -> None:
    by_visits = search("Referrers.getKeywords", **BY_ENGINE, filter_sort_column="nb_visits")
    by_bing = search("Referrers.getKeywords", **BY_ENGINE, filter_sort_column="Google", filter_sort_order="asc")

    assert [row["label"] for row in by_visits] == ["bikes", "chain"]
    assert [row["label"] for row in by_bing] == ["chain", "bikes"]


def test_pages_are_pivoted_by_the_pages_in_their_folders(search: Any) -> None:
    rows = search("Actions.getPageUrls", **DAY, pivotBy="Actions.PageUrl", pivotByColumn="nb_hits")

    assert [(row["label"], row["1.\xa0bikes"]) for row in rows] == [("/index", False), ("shop", 2)]


@pytest.mark.parametrize("by", ["UserCountry.Country", "Referrers.ReferrerType", "Actions.PageTitle"])
def test_pages_are_pivoted_by_what_their_visits_have(search: Any, by: str) -> None:
    rows = search("Actions.getPageUrls", **DAY, pivotBy=by, pivotByColumn="nb_visits", filter_pattern="shop")

    wanted = {"UserCountry.Country": "Germany", "Referrers.ReferrerType": "Websites", "Actions.PageTitle": " Bike"}[by]
    assert [{name.partition("\xa0")[2]: value for name, value in row.items()}[wanted] for row in rows] == [1]


@pytest.mark.parametrize("column", ["nb_visits", "nb_actions"])
@pytest.mark.parametrize(
    ("method", "by"),
    [
        ("Referrers.getKeywords", "UserCountry.City"),
        ("Referrers.getReferrerType", "DevicesDetection.DeviceType"),
        ("UserCountry.getCity", "CoreHome.VisitFirstActionTime"),
        ("UserCountry.getCountry", "Referrers.Keyword"),
        ("UserCountry.getRegion", "DevicesDetection.DeviceType"),
        ("UserCountry.getContinent", "Referrers.ReferrerType"),
        ("DevicesDetection.getOsFamilies", "UserCountry.City"),
        ("DevicesDetection.getType", "UserCountry.City"),
        ("VisitTime.getVisitInformationPerServerTime", "UserCountry.Region"),
    ],
)
def test_what_is_told_at_once_is_what_is_told_row_by_row(
    search: Any, monkeypatch: pytest.MonkeyPatch, method: str, by: str, column: str
) -> None:
    asked = {**DAY, "pivotBy": by, "pivotByColumn": column}
    at_once = search(method, **asked, pivotByColumnLimit="-1")
    monkeypatch.setattr(pivot, "_ADDED_UP", frozenset())

    assert at_once == search(method, **asked, pivotByColumnLimit="-1")
    assert any(value is not False for row in at_once for name, value in row.items() if "\xa0" in name)


def test_of_a_long_report_the_rows_with_the_most_visits_are_pivoted(
    search: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pivot, "MOST_ROWS", 1)

    assert len(search("Actions.getPageTitles", **BY_CITY)) == 1
    assert len(search("Referrers.getKeywords", **BY_CITY)) == len({keyword for keyword, *_ in SEARCHES})


@pytest.mark.parametrize(
    ("method", "by", "told"),
    [
        ("Referrers.getKeywords", "UserCountry.Town", "Invalid dimension 'UserCountry.Town'. There are .*City"),
        ("Referrers.getKeywords", "CustomDimension.CustomDimension9", "Invalid dimension"),
        ("Referrers.getKeywords", "Referrers.WebsitePage", "No report for pivot dimension 'Referrers.WebsitePage'"),
        ("Referrers.getCampaigns", "UserCountry.City", "No segment for dimension of report 'Referrers.getCampaigns'"),
        ("VisitsSummary.get", "UserCountry.City", "No segment for dimension of report 'VisitsSummary.get'"),
    ],
)
def test_what_can_not_be_pivoted_is_told(search: Any, method: str, by: str, told: str) -> None:
    answer = search(method, **DAY, pivotBy=by)

    assert answer["result"] == "error"
    assert re.search(told, answer["message"])


@pytest.mark.usefixtures("search")
def test_what_is_no_name_of_an_element_stands_in_an_attribute_in_xml(client: TestClient, registry: Registry) -> None:
    asked = {"module": "API", "method": "Referrers.getKeywords", "format": "xml", "filter_limit": "1", **BY_ENGINE}
    asked["token_auth"] = registry.create_token("root")
    numbered, plain = (client.post("/index.php", data={**asked, "disable_queued_filters": flag}).text for flag in "01")

    assert '<col name="label">bikes</col>' in numbered
    assert '<col name="1.\xa0Google">4</col>' in numbered
    assert "<label>bikes</label>\n\t\t<Google>4</Google>" in plain


def test_rows_are_followed_by_their_columns_and_not_by_those_of_a_pivot(search: Any) -> None:
    given = DAY | {"date": "2025-11-23,2025-11-24", "apiModule": "Referrers", "apiAction": "getKeywords"}

    told = search("API.getRowEvolution", **given, label="bikes", pivotBy="UserCountry.City")
    assert told["reportData"]["2025-11-24"][0]["nb_visits"] == 6


def test_what_is_not_known_of_visits_is_pivoted_too(search: Any) -> None:
    rows = search("UserCountry.getCity", **DAY, pivotBy="Referrers.ReferrerType", pivotByColumn="nb_visits")

    assert {row["label"]: row["1.\xa0Search Engines"] for row in rows}["Unknown"] is False
    assert {row["label"]: row.get("3.\xa0Websites") for row in rows}["Unknown"] == 1


def test_what_takes_a_question_for_each_row_is_not_asked_of_many_days(search: Any) -> None:
    ten_days, eleven_days = (BY_CITY | {"date": f"2025-11-{first},2025-11-24"} for first in (15, 14))

    assert "2025-11-24" in search("Actions.getPageUrls", **ten_days)
    assert search("Actions.getPageUrls", **eleven_days)["message"].endswith("and these are 11.")
    # What is told at once may be asked of any number.
    assert "2025-11-24" in search("Referrers.getKeywords", **eleven_days)
