from collections.abc import Callable
from datetime import timedelta
from typing import Any

from msgspec import json, structs

from builders import DAY as NOVEMBER_24
from builders import NOON, a_conversion, a_visit
from pellucid.model.goal import DimensionScope
from pellucid.model.visit import Conversion, Visit
from pellucid.registry.registry import Registry
from pellucid.store.client import Store

Ask = Callable[..., Any]
DAY = {"period": "day", "date": "2025-11-24"}


def test_a_profile_tells_what_a_visitor_did_over_all_visits(ask: Ask) -> None:
    profile = ask("Live.getVisitorProfile", idSite="1", visitorId="2", limitVisits="1")

    assert (profile["totalVisits"], profile["totalPageViews"], profile["hasMoreVisits"]) == (2, 1, 0)
    assert [visit["idVisit"] for visit in profile["lastVisits"]] == [3]
    assert (profile["firstVisit"]["date"], profile["firstVisit"]["prettyDate"]) == (
        NOON // 1000,
        "Monday, November 24, 2025",
    )
    assert profile["visitedPages"] == [{"url": "http://shop.example.org/", "count": 1}]
    assert {"country": "fr", "nb_visits": 1, "prettyName": "France", "cities": ["Lyon"]} in profile["countries"]
    assert (profile["nextVisitorId"], profile["previousVisitorId"]) == ("00000000000000ff", False)


def test_without_a_visitor_the_profile_is_of_the_latest(ask: Ask) -> None:
    assert ask("Live.getMostRecentVisitorId", idSite="1") == {"value": "0000000000000002"}
    assert ask("Live.getVisitorProfile", idSite="1")["visitorId"] == "0000000000000002"
    assert ask("Live.getVisitorProfile", idSite="1", visitorId="abc") == []
    assert "16 hexadecimal digits" in ask("Live.getVisitorProfile", idSite="1", visitorId="who")["message"]
    assert ask("Live.getMostRecentVisitorId", idSite="1", segment="countryCode==de") == {"value": "00000000000000ff"}


def test_the_first_visit_and_the_time_of_the_last_are_told(ask: Ask) -> None:
    (first,) = ask("Live.getFirstVisitForVisitorId", idSite="1", visitorId="2")

    assert (first["idVisit"], first["actionDetails"]) == (2, [])
    assert ask("Live.getMostRecentVisitsDateTime", idSite="1") == {"value": "2025-11-25 12:00:00"}
    assert ask("Live.getMostRecentVisitsDateTime", idSite="1", **DAY) == {"value": "2025-11-24 12:00:00"}


def test_of_a_visit_from_google_it_is_told_where_the_page_stood(ask: Ask, store: Store) -> None:
    url = "https://www.google.com/url?q=bell&cd={}#cd=9"
    found = {"source_kind": "search", "source_keyword": "bell"}
    visits = [
        a_visit(visit_id=11, source_name="Google", source_url=url.format("4"), first_time=NOON + 3, **found),
        a_visit(visit_id=12, source_name="Google", source_url=url.format(""), first_time=NOON + 2, **found),
        a_visit(visit_id=13, source_name="Bing", source_url=url.format("4"), first_time=NOON + 1, **found),
    ]
    store.insert("visits", Visit, b"\n".join(map(json.encode, visits)), token="positions")

    told = ask("Live.getLastVisitsDetails", idSite="1", **DAY, segment="referrerKeyword==bell")

    positions = {visit["idVisit"]: visit["referrerKeywordPosition"] for visit in told}
    assert positions == {11: "4", 12: None, 13: None}


def test_visits_since_a_moment_are_asked_for_without_what_was_done(ask: Ask) -> None:
    asked = {"idSite": "1", "period": "range", "date": "2025-11-24,2025-11-25", "minTimestamp": "1763992800"}

    (visit,) = ask("Live.getLastVisitsDetails", **asked, doNotFetchActions="1")

    assert visit["idVisit"] == 3
    assert visit["actionDetails"] == []


def test_amounts_of_a_visit_are_in_the_currency_of_its_site(ask: Ask) -> None:
    ask("SitesManager.updateSite", idSite="1", currency="GBP")

    (visit, _) = ask("Live.getLastVisitsDetails", idSite="1", **DAY)

    assert (visit["siteCurrency"], visit["siteCurrencySymbol"]) == ("GBP", "£")


def test_a_dimension_that_is_switched_off_is_not_told_of_visits(ask: Ask, registry: Registry) -> None:
    on, off = (registry.add_dimension(1, name, DimensionScope.VISIT, active=name == "on").id for name in ("on", "off"))

    (visit, _) = ask("Live.getLastVisitsDetails", idSite="1", **DAY)

    assert [f"dimension{number}" in visit for number in (on, off)] == [True, False]


def test_columns_of_visits_are_hidden_however_deep_they_lie(ask: Ask) -> None:
    asked = {"idSite": "1", "period": "day", "date": "2025-11-24", "countVisitorsToFetch": "1"}

    (visit,) = ask("Live.getLastVisitsDetails", **asked, hideColumns="url,visitIp")
    (few,) = ask("Live.getLastVisitsDetails", **asked, showColumns="idVisit,actionDetails")

    assert not {"visitIp"} & set(visit)
    assert [action for action in visit["actionDetails"] if "url" in action] == []
    assert few["actionDetails"][0]["url"]
    assert list(few) == ["idVisit", "actionDetails"]


def test_visits_are_told_from_either_end_and_of_several_sites_in_one_list(ask: Ask) -> None:
    asked = {"period": "range", "date": "2025-11-24,2025-11-25"}

    def told(**given: str) -> list[int]:
        return [visit["idVisit"] for visit in ask("Live.getLastVisitsDetails", **(asked | given))]

    assert told(idSite="1") == [3, 2, 1]
    assert told(idSite="1", filter_sort_order="asc") == [1, 2, 3]
    assert told(idSite="1", filter_sort_order="asc", filter_limit="1", filter_offset="1") == [2]
    assert told(idSite="1", filter_limit="0", minTimestamp="soon") == [3, 2, 1]
    assert told(idSite="1", countVisitorsToFetch="2", filter_offset="1", filter_limit="1") == [3, 2]
    assert sorted(told(idSite="1,2")) == [1, 2, 3, 4]
    assert told(idSite="1,2", filter_limit="2")[0] == 3
    assert len(told(idSite="1,2", filter_limit="2", filter_offset="1")) == 2


def test_what_is_going_on_is_told_of_whom_and_as_far_as_it_is_asked(ask: Ask, store: Store) -> None:
    reached = b"\n".join(json.encode(a_conversion(conversion_id=number, goal_id=number)) for number in (1, 2))
    store.insert("conversions", Conversion, reached, "reached")
    asked = {"idSite": "1", "lastMinutes": "2880"}

    assert ask("Live.getCounters", **asked) == [{"visits": 2, "actions": 6, "visitors": 2, "visitsConverted": 2}]
    assert ask("Live.getCounters", **asked, segment="countryCode==de", hideColumns="visitors") == [
        {"visits": 1, "actions": 5, "visitsConverted": 2},
    ]
    assert ask("Live.getCounters", **asked, segment="countryCode==fr")[0]["visitsConverted"] == 0
    assert ask("Live.getCounters", **asked, showColumns="visits") == [{"visits": 2}]
    for minutes in ("0", "-5", "2881"):
        assert "between 1 and 2880" in ask("Live.getCounters", idSite="1", lastMinutes=minutes)["message"]


def test_no_segment_and_no_report_tells_a_visitor_whom_the_owner_hides(ask: Ask) -> None:
    hides = {"settingValues[Live][0][name]": "disable_visitor_profile", "settingValues[Live][0][value]": "1"}
    told = [
        ("VisitsSummary.get", {"segment": "visitorId==0000000000000002"}),
        ("Actions.getPageUrls", {"segment": "actions>0;userId==anna,countryCode==de"}),
        ("Live.getLastVisitsDetails", {"segment": "fingerprint==0000000000000002"}),
        ("Live.getLastVisitsDetails", {"segment": "userId!="}),
        ("UserId.getUsers", {}),
    ]
    for method, asked in told:
        assert "message" not in ask(method, idSite="1", **DAY, **asked), method

    ask("SitesManager.updateSite", idSite="1", **hides)

    for method, asked in told:
        assert "shows no single visits or visitors" in ask(method, idSite="1", **DAY, **asked)["message"], method
    assert ask("VisitsSummary.get", idSite="1", **DAY, segment="countryCode==de")["nb_visits"] == 1


def test_an_owner_can_hide_profiles_and_single_visits(ask: Ask, registry: Registry) -> None:
    log = {"settingValues[Live][0][name]": "disable_visitor_log", "settingValues[Live][0][value]": "1"}
    profile = {"settingValues[Live][0][name]": "disable_visitor_profile", "settingValues[Live][0][value]": "1"}

    ask("SitesManager.updateSite", idSite="1", **profile)
    assert "Visitor profile is deactivated" in ask("Live.getVisitorProfile", idSite="1")["message"]
    assert (
        "Visitor profile is deactivated" in ask("Live.getFirstVisitForVisitorId", idSite="1", visitorId="2")["message"]
    )
    assert len(ask("Live.getLastVisitsDetails", idSite="1", **DAY)) == 2
    ask("SitesManager.updateSite", idSite="1", **log)
    for method in (
        "getLastVisitsDetails",
        "getMostRecentVisitorId",
        "getVisitorProfile",
        "getMostRecentVisitsDateTime",
    ):
        assert "Visits log is deactivated" in ask(f"Live.{method}", idSite="1", **DAY)["message"]
    assert ask("Live.getCounters", idSite="1", lastMinutes="30")[0]["visits"] == 2
    assert ask("SitesManager.getSiteSettings", idSite="1")[0]["settings"][0] == {
        "name": "disable_visitor_log",
        "value": True,
    }
    registry.update_site(1, privacy=structs.replace(registry.site(1).privacy, shows_visits=True))
    assert len(ask("Live.getLastVisitsDetails", idSite="1", **DAY)) == 2


def test_a_site_can_hide_visits_from_the_start(ask: Ask, registry: Registry) -> None:
    log = {"settingValues[Live][0][name]": "disable_visitor_log", "settingValues[Live][0][value]": "1"}

    ask("SitesManager.addSite", siteName="New", urls="http://new.example", **log)

    assert registry.site(3).privacy.shows_visits is False


def test_columns_of_visits_are_chosen_and_hidden_in_what_was_done_too(ask: Ask) -> None:
    asked = {"idSite": "1", **DAY}

    chosen = ask("Live.getLastVisitsDetails", **asked, showColumns="actions,visitorType")
    hidden = ask("Live.getLastVisitsDetails", **asked, hideColumns="userId,timeSpent")
    upper = ask("Live.getLastVisitsDetails", **asked, hideColumns="userId,timeSpent", hideColumnsRecursively="0")

    assert {tuple(sorted(visit)) for visit in chosen} == {("actions", "visitorType")}
    assert not any("userId" in visit for visit in (*hidden, *upper))
    assert [
        any("timeSpent" in one for visit in visits for one in visit["actionDetails"]) for visits in (hidden, upper)
    ] == [
        False,
        True,
    ]


def test_visits_of_the_day_before_belong_to_todays(ask: Ask, store: Store) -> None:
    noon = NOON - 86_400_000
    before = a_visit(
        visit_id=9, visit_day=NOVEMBER_24 - timedelta(days=1), first_time=noon, last_time=noon, latest_time=noon
    )
    store.insert("visits", Visit, json.encode(before), token="the day before")

    def told(date: str) -> list[int]:
        visits = ask("Live.getLastVisitsDetails", idSite="1", period="day", date=date)
        return sorted(visit["idVisit"] for visit in visits)

    assert told("today") == told("2025-11-24") == [1, 2, 9]
    assert told("yesterday") == [9]
    assert told("2025-11-25") == [3]
