from collections.abc import Callable
from typing import Any

import pytest

Ask = Callable[..., Any]
DAY = {"idSite": "1", "period": "day", "date": "2025-11-24"}
NEXT = {"compareDates[]": "2025-11-25", "comparePeriods[]": "day"}


def test_a_report_stands_beside_another_period_and_another_segment(ask: Ask) -> None:
    told = ask("VisitsSummary.get", **DAY, **NEXT, **{"compareSegments[]": "countryCode==de"})

    assert told["nb_visits"] == 2
    assert [(row["compareSeriesPretty"], row["nb_visits"]) for row in told["comparisons"]] == [
        ("(Monday, November 24, 2025) (All visits)", 2),
        ("(Monday, November 24, 2025) (countryCode==de)", 1),
        ("(Tuesday, November 25, 2025) (All visits)", 1),
        ("(Tuesday, November 25, 2025) (countryCode==de)", 0),
    ]
    changed = told["comparisons"][2]
    assert (changed["nb_visits_change"], changed["nb_visits_change_from"]) == ("-50%", "+100%")
    assert changed["bounce_rate_change"] == "+100%"
    assert "nb_visits_change" not in told["comparisons"][1]


def test_every_row_stands_beside_the_one_of_its_name(ask: Ask) -> None:
    countries = {row["label"]: row for row in ask("UserCountry.getCountry", **DAY, **NEXT, filter_limit="1")}

    (row,) = countries.values()
    assert [one["nb_visits"] for one in row["comparisons"]] == [1, 0]
    assert row["comparisons"][1]["nb_visits_change"] == "-100%"
    assert "code" not in row["comparisons"][1]


def test_rows_in_folders_are_compared_too(ask: Ask) -> None:
    pages = ask("Actions.getPageUrls", **DAY, **NEXT, expanded="1")

    (shop,) = (row for row in pages if row["label"] == "shop")
    assert shop["subtable"][0]["comparisons"][0]["nb_hits"] == 2


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"compareDates[]": "2025-11-25"}, "as many values"),
        ({"compareDates[]": "last3", "comparePeriods[]": "day"}, "a series of them"),
        ({**NEXT, "idSubtable": "1"}, "ask for expanded=1"),
        ({f"compareSegments[{number}]": "actions>1" for number in range(6)}, "At most 5"),
    ],
)
def test_what_can_not_be_compared_is_told(ask: Ask, given: dict[str, str], told: str) -> None:
    assert told in ask("Actions.getPageUrls", **DAY, **given)["message"]


def test_comparing_can_be_switched_off(ask: Ask) -> None:
    assert "comparisons" not in ask("VisitsSummary.get", **DAY, **NEXT, compare="0")
