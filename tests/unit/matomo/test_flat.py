"""Flat reports: what their rows have besides, and reports with one row."""

from datetime import timedelta

import pytest

from builders import DAY, NOON, a_visit, an_event
from pellucid.registry.registry import Registry
from pellucid.store.client import Store
from unit.matomo.shop import OF_DAY, Ask, inserted

PAGES: dict[str, dict[str, object]] = {"": {"previous_search": "bell"}, "b/c": {"previous_search": "bell"}, "b/d": {}}


@pytest.fixture
def asked(ask: Ask, registry: Registry, store: Store) -> Ask:
    """What asks of a visit that looked at three pages, at two of them after a search."""
    registry.add_site("Bells", ["http://bells.example.org"])
    visit = a_visit(site_id=3, country="de", device_type="desktop", plugins=("pdf",), actions=3)
    views = [
        an_event(site_id=3, event_id=place, time=NOON + place, url=f"http://bells.example.org/{page}", **before)
        for place, (page, before) in enumerate(PAGES.items(), 1)
    ]
    inserted(store, visit, *views)
    return ask


@pytest.mark.parametrize(
    ("method", "column", "name"),
    [
        ("UserCountry.getCountry", "UserCountry_Country", "Germany"),
        ("DevicesDetection.getType", "DevicesDetection_DeviceType", "Desktop"),
        ("DevicePlugins.getPlugin", "DevicePlugins_Plugin", "pdf"),
        ("VisitTime.getVisitInformationPerServerTime", "CoreHome_VisitFirstActionTime", "0"),
    ],
)
def test_a_row_of_a_flat_report_is_named_after_its_dimension(asked: Ask, method: str, column: str, name: str) -> None:
    assert name in [row[column] for row in asked(method, **OF_DAY, flat="1")]
    assert not any(column in row for row in asked(method, **OF_DAY))


def test_what_is_left_of_a_flat_report_has_no_such_name(asked: Ask) -> None:
    others = asked("VisitTime.getVisitInformationPerServerTime", **OF_DAY, flat="1", filter_truncate="2")[-1]

    assert (others["label"], "CoreHome_VisitFirstActionTime" in others) == ("Others", False)


@pytest.mark.parametrize("method", ["VisitsSummary.get", "VisitFrequency.get", "Referrers.get", "Goals.get", "API.get"])
def test_a_flat_report_with_one_row_is_a_list(asked: Ask, method: str) -> None:
    assert asked(method, **OF_DAY, flat="1") == [asked(method, **OF_DAY)]


@pytest.mark.parametrize(
    ("method", "row"),
    [
        ("VisitsSummary.getVisits", {"nb_visits": 1}),
        ("UserCountry.getNumberOfDistinctCountries", {"UserCountry_distinctCountries": 1}),
        ("Referrers.getNumberOfDistinctWebsites", {"Referrers_distinctWebsites": 0}),
    ],
)
def test_a_number_of_a_flat_report_says_what_it_is(asked: Ask, method: str, row: dict[str, int]) -> None:
    assert asked(method, **OF_DAY, flat="1") == [row]
    assert asked(method, **OF_DAY) == {"value": next(iter(row.values()))}


def test_of_pages_after_a_search_a_flat_report_has_those_alone_with_their_folder_first(asked: Ask) -> None:
    rows = asked("Actions.getPageUrlsFollowingSiteSearch", **OF_DAY, flat="1")

    assert sorted((row["label"], row["Actions_DestinationPage"]) for row in rows) == [("/", "/"), ("b/c", "b/c")]


def test_kinds_of_device_that_nobody_used_are_not_told_beside_other_days(asked: Ask) -> None:
    days = asked("DevicesDetection.getType", **OF_DAY | {"date": f"{DAY},{DAY + timedelta(1)}"})

    assert [[row["label"] for row in rows] for rows in days.values()] == [["Desktop"], []]
    assert len(asked("DevicesDetection.getType", **OF_DAY)) > 1
