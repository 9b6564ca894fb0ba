from collections.abc import Callable
from typing import Any

from starlette.testclient import TestClient

from pellucid.model.account import Access
from pellucid.registry.registry import Registry
from unit.matomo.conftest import asked_by

Ask = Callable[..., Any]
METHOD, DAY = "MultiSites.getAllWithGroups", {"period": "day", "date": "2025-11-24"}


def test_all_sites_are_told_with_what_they_come_to(ask: Ask) -> None:
    told = ask(METHOD, **DAY)

    assert told["numSites"] == 2
    assert told["totals"] == {
        "nb_pageviews": "5",
        "nb_visits": "3",
        "nb_actions": "5",
        "revenue": "0",
        "nb_visits_lastdate": 0,
    }
    assert told["lastDate"] == "2025-11-23"
    assert [(row["label"], row["nb_visits"], row["revenue"]) for row in told["sites"]] == [
        ("Shop", "2", "€0"),
        ("Blog", "1", "$0"),
    ]


def test_sites_are_shown_in_pages_and_by_a_part_of_their_name(ask: Ask) -> None:
    second = ask(METHOD, **DAY, filter_limit="1", filter_offset="1")
    named = ask(METHOD, **DAY, pattern="BLO")

    assert (second["numSites"], [row["label"] for row in second["sites"]]) == (2, ["Blog"])
    assert (named["numSites"], [row["label"] for row in named["sites"]]) == (1, ["Blog"])
    assert named["totals"]["nb_visits"] == "3"


def test_the_sum_of_other_sites_is_told_as_a_bare_number(ask: Ask) -> None:
    told = ask(METHOD, **DAY, filter_truncate="0")

    assert [(row["label"], row["nb_visits"], "idsite" in row) for row in told["sites"]] == [("Others", 3, False)]


def test_several_periods_have_no_one_answer(ask: Ask) -> None:
    assert "not supported" in ask(METHOD, period="day", date="last3")["message"]


def test_only_sites_that_one_may_see_are_told(client: TestClient, registry: Registry) -> None:
    registry.add_account("reader")
    registry.add_account("new")
    registry.grant("reader", 2, Access.VIEW)
    reader, new = (asked_by(client, registry.create_token(login)) for login in ("reader", "new"))

    assert [row["label"] for row in reader(METHOD, **DAY)["sites"]] == ["Blog"]
    assert reader(METHOD, **DAY)["totals"]["nb_visits"] == "1"
    assert "requires 'view' access" in new(METHOD, **DAY)["message"]
