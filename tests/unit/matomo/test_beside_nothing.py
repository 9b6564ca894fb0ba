"""Reports of several periods, of which some have nothing; of one that only one may be asked for; and of columns."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import json

from builders import DAY, NOON, a_conversion, a_visit, an_event
from pellucid.model.event import Event
from pellucid.model.goal import Goal
from pellucid.model.visit import Conversion, Visit
from pellucid.registry.registry import Registry
from pellucid.store.client import Store

Ask = Callable[..., Any]
OF_DAY = {"idSite": "3", "period": "day", "date": str(DAY)}
OF_DAYS = OF_DAY | {"date": "2025-11-23,2025-11-25"}
NEXT = {"visit_day": "2025-11-25", "first_time": NOON + 86_400_000, "last_time": NOON + 86_400_000}
PAGE = "http://bells.example.org/shop/bells/one"
TIMES = {"network_time": 10, "server_time": 107, "transfer_time": 18, "dom_processing_time": 20}


@pytest.fixture(autouse=True)
def bells(registry: Registry, store: Store) -> None:
    """Three visits from a campaign and from nowhere on one day, one on the next; one converted after a page."""
    registry.add_site("Bells", ["http://bells.example.org"])
    registry.add_goal(Goal(site_id=3, id=0, name="Read", match_attribute="manually"))
    spring = {"source_kind": "campaign", "source_name": "spring"}
    visits = [
        a_visit(site_id=3, visit_id=1, entry_url=PAGE, exit_url=PAGE, conversions=1, **spring),
        a_visit(site_id=3, visit_id=2),
        a_visit(site_id=3, visit_id=3),
        a_visit(site_id=3, visit_id=4, **spring, **NEXT),
    ]
    view = an_event(site_id=3, url=PAGE, title="One", **TIMES)
    converted = a_conversion(site_id=3, time=NOON + 1, pages_before=1, revenue=2.0)
    store.insert("visits", Visit, b"\n".join(map(json.encode, visits)), token="visits of bells")
    store.insert("events", Event, json.encode(view), token="events of bells")
    store.insert("conversions", Conversion, json.encode(converted), token="conversions of bells")


@pytest.mark.parametrize("method", ["API.get", "Referrers.get"])
def test_ways_of_several_periods_are_shares_of_all_visits(ask: Ask, method: str) -> None:
    before, first, then = ask(method, **OF_DAYS).values()
    some = ask("API.get", **OF_DAYS, columns="nb_visits,Referrers_visitorsFromCampaigns_percent")

    assert before == []
    assert [one["Referrers_visitorsFromCampaigns_percent"] for one in (first, then)] == ["25%", "25%"]
    assert ask(method, **OF_DAY)["Referrers_visitorsFromCampaigns_percent"] == "33%"
    assert [one.get("Referrers_visitorsFromCampaigns_percent") for one in some.values() if one] == ["33%", "100%"]


def test_days_of_the_week_are_told_of_one_period_and_one_site(ask: Ask) -> None:
    several = ask("VisitTime.getByDayOfWeek", **OF_DAYS)
    sites = ask("VisitTime.getByDayOfWeek", **OF_DAY | {"idSite": "1,3"})

    assert "multiple dates" in several["message"]
    assert "multiple sites" in sites["message"]
    assert ask("VisitTime.getByDayOfWeek", **OF_DAY)[0]["nb_visits"] == 3


@pytest.mark.parametrize("method", ["getNumberOfVisitsPerPage", "getNumberOfVisitsPerVisitDuration"])
def test_ranges_whose_labels_are_hidden_follow_each_other_all_the_same(ask: Ask, method: str) -> None:
    rows = ask(f"VisitorInterest.{method}", **OF_DAY, filter_limit="-1")
    hidden = ask(f"VisitorInterest.{method}", **OF_DAY, filter_limit="-1", hideColumns="nb_visits,label")

    assert len(rows) > 5
    assert hidden == [{"segment": row["segment"]} for row in rows]


def test_a_folder_that_is_asked_for_tells_how_often_its_pages_converted(ask: Ask) -> None:
    (shop,) = ask("Actions.getPageUrls", **OF_DAY, expanded="1")
    (named,) = ask("Actions.getPageUrls", **OF_DAY, label="shop > bells")
    (bells,) = ask("Actions.getPageUrls", **OF_DAY, idSubtable=str(shop["idsubdatatable"]))

    def rate(row: dict[str, Any]) -> float:
        return float(row["goals"]["idgoal=1"]["nb_conversions_page_rate"])

    assert (rate(shop), rate(named), rate(bells), rate(shop["subtable"][0])) == (1, 1, 1, 0)


def test_times_of_loading_are_written_with_two_digits(ask: Ask) -> None:
    (page,) = ask("Actions.getPageTitles", **OF_DAY, format_metrics="1")

    assert [page[f"avg_time_{part}"] for part in ("network", "server", "transfer", "dom_processing")] == [
        "0.01s",
        "0.11s",
        "0.02s",
        "0.02s",
    ]


def test_how_sites_changed_is_a_number_where_no_number_is_written(ask: Ask) -> None:
    then = OF_DAY | {"date": "2025-11-25"}
    (written,) = (one for one in ask("MultiSites.getAll", **then) if one["label"] == "Bells")
    (plain,) = (one for one in ask("MultiSites.getAll", **then, format_metrics="0") if one["label"] == "Bells")

    assert (written["visits_evolution"], plain["visits_evolution"]) == ("-66.7%", -0.667)
    assert (plain["visits_evolution_trend"], written["visits_evolution_trend"]) == (-1, -1)


def test_device_types_that_nobody_has_are_not_followed(ask: Ask) -> None:
    asked = {"apiModule": "DevicesDetection", "apiAction": "getType"}

    assert (
        ask("API.getRowEvolution", **OF_DAYS, **asked)["label"] == ask("DevicesDetection.getType", **OF_DAY)[0]["label"]
    )
    assert len(ask("DevicesDetection.getType", **OF_DAY)) > 1


def test_reports_are_described_with_numbers_and_flags_as_such(ask: Ask) -> None:
    every = {row["uniqueId"]: row for row in ask("API.getReportMetadata", idSite="3")}

    assert every["VisitTime_getByDayOfWeek"]["constantRowsCount"] is True
    assert every["Goals_get_idGoal--1"]["parameters"] == {"idGoal": 1}


def test_goals_of_one_page_do_not_choose_those_of_everything(ask: Ask) -> None:
    assert ask("API.get", **OF_DAY, idGoal="7") == ask("API.get", **OF_DAY)
