"""The query model over JSON: rows, order, pages, comparison, segments."""

from datetime import date
from typing import Any

import pytest
from msgspec import structs

from pellucid.registry.registry import Registry
from pellucid.report.dimension import Dimension
from pellucid.report.dimensions import DIMENSIONS
from pellucid.report.source import Source
from unit.api.conftest import Api, Within


def test_metrics_come_by_dimensions(api: Api) -> None:
    answer = api.query("visits", "seconds_per_visit", dimensions=["country"], order=[{"by": "visits"}]).json()

    assert answer == {
        "period": {"from": "2025-11-24", "to": "2025-11-25"},
        "compared_period": None,
        "rows": [
            {"dimensions": {"country": "de"}, "metrics": {"visits": 2, "seconds_per_visit": 30.0}},
            {"dimensions": {"country": "fr"}, "metrics": {"visits": 1, "seconds_per_visit": 0.0}},
        ],
        "next": None,
        "notes": [],
    }


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ({}, "2025-11-25", "2025-11-25"),
        ({"date": "yesterday"}, "2025-11-24", "2025-11-24"),
        ({"period": "week"}, "2025-11-24", "2025-11-30"),
        ({"period": "month", "date": "2024-02-03"}, "2024-02-01", "2024-02-29"),
        ({"period": "year"}, "2025-01-01", "2025-12-31"),
        ({"from": "2025-11-01", "to": "2025-11-03"}, "2025-11-01", "2025-11-03"),
    ],
)
def test_days_are_meant_in_several_ways(api: Api, asked: dict[str, str], first: str, last: str) -> None:
    answer = api.post("/query", {"sites": [1], "metrics": ["visitors"], **asked}).json()

    assert answer["period"] == {"from": first, "to": last}


def test_unique_visitors_are_those_of_the_whole_period(api: Api) -> None:
    year = api.post("/query", {"sites": [1], "metrics": ["visitors", "daily_visitors"], "period": "year"}).json()

    assert year["rows"][0]["metrics"] == {"visitors": 2, "daily_visitors": 3}


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
@pytest.mark.parametrize(
    "asked",
    [
        {"dimensions": ["visit_id"]},
        {"dimensions": ["day"], "from": "2025-11-23"},
        {"dimensions": ["country", "day"], "order": [{"by": "visits"}, {"by": "day", "descending": False}]},
        {"dimensions": ["country"], "compare_to": "previous_period"},
        {"dimensions": ["day"], "compare_to": {"from": "2025-11-20", "to": "2025-11-21"}},
    ],
)
def test_a_list_comes_page_by_page(api: Api, asked: dict[str, object], limit: int) -> None:
    whole = api.query("visits", **asked).json()["rows"]

    found: list[Any] = []
    page = api.query("visits", **asked, limit=limit).json()
    found += page["rows"]
    while page["next"]:
        page = api.query("visits", **asked, limit=limit, cursor=page["next"]).json()
        assert len(page["rows"]) <= limit
        found += page["rows"]

    assert found == whole


def test_a_cursor_is_good_for_its_question_alone(api: Api) -> None:
    cursor = api.query("visits", dimensions=["country"], limit=1).json()["next"]

    other = api.query("visits", dimensions=["day"], limit=1, cursor=cursor)

    assert (other.status_code, other.json()["type"]) == (409, "/api/v1/problems/unanswerable")


def test_two_periods_stand_beside_each_other(api: Api) -> None:
    days = {"from": "2025-11-25", "to": "2025-11-25"}
    answer = api.query("visits", dimensions=["country"], **days, compare_to="previous_period").json()

    assert answer["compared_period"] == {"from": "2025-11-24", "to": "2025-11-24"}
    assert answer["rows"] == [{"dimensions": {"country": "de"}, "metrics": {"visits": 1}, "compared": {"visits": 1}}]


def test_a_segment_chooses_visits_and_where_what_is_counted_in_them(api: Api) -> None:
    germans = [[{"dimension": "country", "operator": "==", "value": "de"}]]
    second = [[{"dimension": "visit_number", "operator": ">", "value": 1}]]
    page = [[{"dimension": "page_url", "operator": "=$", "value": "/b"}]]

    assert api.query("visits", segment=germans).json()["rows"][0]["metrics"] == {"visits": 2}
    assert api.query("visits", segment=germans + second).json()["rows"][0]["metrics"] == {"visits": 1}
    assert api.query("views", segment=page).json()["rows"][0]["metrics"] == {"views": 2}
    assert api.query("views", where=page).json()["rows"][0]["metrics"] == {"views": 1}


def test_numbers_too_large_for_readers_of_json_come_as_text(api: Api) -> None:
    rows = api.query("visits", dimensions=["visitor_id"]).json()["rows"]

    assert [row["dimensions"]["visitor_id"] for row in rows] == [2, str(2**60)]


@pytest.mark.parametrize(
    ("shown", "dimension", "status"),
    [
        ({"shows_visits": False, "shows_profiles": False}, "visit_id", 403),
        ({"shows_visits": False, "shows_profiles": False}, "visitor_id", 403),
        ({"shows_profiles": False}, "user_id", 403),
        ({"shows_profiles": False}, "visit_id", 200),
        ({"shows_visits": False, "shows_profiles": False}, "country", 200),
    ],
)
def test_single_visits_and_visitors_are_hidden_where_the_owner_says_so(
    api: Api, registry: Registry, shown: dict[str, bool], dimension: str, status: int
) -> None:
    plain = registry.site(1).privacy
    condition = [[{"dimension": dimension, "operator": "!=", "value": "7"}]]
    registry.update_site(1, privacy=structs.replace(plain, **shown))

    rows = api.query("visits", dimensions=[dimension])
    chosen = api.query("visits", segment=condition)
    funnel = api.post("/funnel", {"sites": [1], "segment": condition, "steps": [{"conditions": condition[0]}]})
    registry.update_site(1, privacy=plain)

    assert {rows.status_code, chosen.status_code} == {status}
    assert (funnel.status_code == 403) == (status == 403)


def test_several_sites_are_asked_together_by_whoever_may_see_them_all(api: Api, registry: Registry) -> None:
    alone = api.query("visits", sites=[1, 2])
    api.token = registry.create_token("root")
    both = api.query("visits", sites=[1, 2])

    assert alone.status_code == 404
    assert both.json()["rows"][0]["metrics"] == {"visits": 4}


def test_a_dimension_that_is_added_to_the_table_is_there_at_once(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    told = Dimension("weekend", "Whether it was a weekend.", {Source.VISITS: "toUInt8(toDayOfWeek(visit_day) > 5)"})
    monkeypatch.setitem(DIMENSIONS, "weekend", told)  # type: ignore[arg-type]

    names = [one["name"] for one in api.get("/dimensions").json()["dimensions"]]
    visits = next(one for one in api.get("/metrics").json()["metrics"] if one["name"] == "visits")
    rows = api.query("visits", dimensions=["weekend"]).json()["rows"]
    chosen = api.query("visits", segment=[[{"dimension": "weekend", "operator": "==", "value": "1"}]]).json()["rows"]

    assert "weekend" in names
    assert "weekend" in visits["dimensions"]
    assert rows == [{"dimensions": {"weekend": 0}, "metrics": {"visits": 3}}]
    assert chosen == [{"dimensions": {}, "metrics": {"visits": 0}}]


@pytest.mark.parametrize("name", ["max_execution_time", "max_memory_usage"])
def test_a_question_has_its_bounds(api_within: Within, name: str) -> None:
    bound = {"max_execution_time": 0.000001, "max_memory_usage": 1000}[name]

    answer = api_within({name: bound}).query("visitors", "conversions")

    assert (answer.status_code, answer.json()["type"]) == (422, "/api/v1/problems/query-too-expensive")


def test_days_of_a_year_before_are_compared_by_their_order(api: Api) -> None:
    answer = api.query("visits", dimensions=["day"], compare_to="previous_year").json()

    assert answer["compared_period"] == {"from": "2024-11-24", "to": "2024-11-25"}
    assert [row["dimensions"]["day"] for row in answer["rows"]] == [str(date(2025, 11, day)) for day in (24, 25)]
    assert [row["compared"]["visits"] for row in answer["rows"]] == [0, 0]
