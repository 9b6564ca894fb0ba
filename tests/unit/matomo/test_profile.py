from datetime import UTC, datetime
from typing import Any

from builders import NOON, a_visit, an_event
from pellucid.matomo.actions import Setting
from pellucid.matomo.profile import profile_row
from pellucid.model.visit import Visit
from pellucid.report.live import VisitDetails
from tracking import a_site

MORNING = datetime(2025, 11, 25, 6, tzinfo=UTC)


def profile(*visits: Visit, shown: int = 10, urls: str = "") -> dict[str, Any]:
    """The profile of a visitor who viewed these pages in each visit, the latest first."""
    events = [an_event(url=url) for url in urls]
    told = [VisitDetails(visit, events, []) for visit in visits]
    return profile_row(told, Setting(a_site(1, "matomo"), ()), shown, MORNING)


def test_pages_and_places_and_devices_stand_in_matomos_order() -> None:
    paris, lyon, nowhere = a_visit(country="fr", city="Paris"), a_visit(country="fr", city="Lyon"), a_visit(country="")

    told = profile(*[paris] * 2, lyon, nowhere, *[a_visit(device_type="desktop")] * 10, urls="cbba")

    assert [page["url"] for page in told["visitedPages"]] == ["b", "a", "c"]
    assert [country["country"] for country in told["countries"]][-1] == "xx"
    assert told["countries"][0]["cities"] == {"0": "Paris", "2": "Lyon"}, "under the number of the first visit"
    assert [device["count"] for device in told["devices"]] == [4, 10], "sorted as texts"


def test_the_user_is_whoever_the_earliest_visit_shown_names() -> None:
    anna, nobody = a_visit(user_id="anna"), a_visit()

    assert profile(nobody, anna)["userId"] == "anna"
    assert profile(anna, nobody)["userId"] is False
    assert profile(anna, nobody, shown=1)["userId"] == "anna"


def test_the_first_and_the_last_visit_tell_when_they_began_and_from_where() -> None:
    search = a_visit(source_kind="search", source_name="Google", source_keyword="bell")
    campaign = a_visit(source_kind="campaign", source_name="june", source_keyword="sun")
    website = a_visit(source_kind="website", source_name="a.example")

    told = [profile(one)["firstVisit"] for one in (search, campaign, website, a_visit())]

    assert [one["referralSummary"] for one in told] == [
        "Google (bell)",
        "Campaign: june - sun",
        "a.example",
        "Direct Entry",
    ]
    assert {(one["date"], one["prettyDate"]) for one in told} == {(NOON // 1000, "Monday, November 24, 2025")}
    assert told[0]["daysAgo"] == 0, "whole days before today began"


def test_revenue_by_goal_is_told_if_there_is_any() -> None:
    assert "totalRevenueByGoal" not in profile(a_visit())
    assert profile(a_visit())["totalPageViewsWithTiming"] == 0
