from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from msgspec import json

from builders import a_visit
from pellucid.model.visit import Visit
from pellucid.store.client import Store

Ask = Callable[..., Any]
DAY = {"idSite": "1", "period": "day", "date": "2025-11-24", "compare": "1"}
SPAN = {**DAY, "period": "range", "date": "2025-11-24,2025-11-25"}
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


def test_a_segment_that_is_kept_is_called_by_its_name(ask: Ask) -> None:
    ask("SegmentEditor.add", name="Germans", definition="countryCode==de", idSite="1")

    (_, told) = ask("VisitsSummary.get", **DAY, **{"compareSegments[]": "countryCode%3D%3Dde"})["comparisons"]

    assert (told["compareSegmentPretty"], told["compareSegment"]) == ("Germans", "countryCode%3D%3Dde")
    assert told["compareSeriesPretty"] == "(Monday, November 24, 2025) (Germans)"


def test_what_grew_a_thousandfold_is_told_in_whole_numbers(ask: Ask, store: Store) -> None:
    long = a_visit(visit_id=9, visit_day=date(2025, 11, 25), seconds=1_234_567)
    store.insert("visits", Visit, json.encode(long), token="a long visit")

    changed = ask("VisitsSummary.get", **DAY, **NEXT)["comparisons"][1]

    assert changed["sum_visit_length_change"] == "+2,023,780.3%"


def test_every_row_stands_beside_the_one_of_its_name(ask: Ask) -> None:
    countries = {row["label"]: row for row in ask("UserCountry.getCountry", **DAY, **NEXT, filter_limit="1")}

    (row,) = countries.values()
    assert [one["nb_visits"] for one in row["comparisons"]] == [1, 0]
    assert row["comparisons"][1]["nb_visits_change"] == "-100%"
    assert "code" not in row["comparisons"][1]
    assert [one["segment"] for one in row["comparisons"]] == [row["segment"]] * 2


def test_the_segment_of_a_row_is_joined_with_the_one_that_it_is_compared_in(ask: Ask) -> None:
    compared = {"compareSegments[]": "actions%3E0"}
    (tree, *_), (flat, *_) = (ask("UserCountry.getCountry", **DAY, **compared, flat=flat) for flat in "01")

    assert tree["comparisons"][1]["segment"] == f"actions%3E0;{tree['segment']}"
    assert flat["comparisons"][1]["segment"] == flat["segment"]


def test_several_periods_are_compared_one_by_one(ask: Ask) -> None:
    beside = {"compareDates[]": "2025-11-25,2025-11-25", "comparePeriods[]": "day"}
    days = ask("VisitsSummary.get", **DAY | {"date": "2025-11-24,2025-11-25"}, **beside)

    first, second = (days[day]["comparisons"] for day in ("2025-11-24", "2025-11-25"))
    assert [(row["compareDate"], row["nb_visits"]) for row in first] == [("2025-11-24", 2), ("2025-11-25", 1)]
    assert [(row["compareDate"], row["nb_visits"]) for row in second] == [
        ("2025-11-25", 1),
        ("2025-11-25,2025-11-25", 0),
    ]
    assert second[0]["compareSeriesPretty"] == "(November 24\u2009\N{EN DASH}\u200925, 2025) (All visits)"


def test_people_are_compared_where_they_are_counted(ask: Ask) -> None:
    beside = {"compareDates[]": "2025-11-24,2025-11-25", "comparePeriods[]": "range"}
    day = ask("VisitsSummary.get", **DAY, **beside)["comparisons"]
    span = ask("VisitsSummary.get", **SPAN, **NEXT)["comparisons"]

    assert ["nb_uniq_visitors" in row for row in (*day, *span)] == [True, False, False, True]
    assert (day[1]["nb_visits"], span[1]["nb_uniq_visitors_change"]) == (3, "+100%")
    assert ["referer_type" in row for row in ask("Referrers.getAll", **DAY, **NEXT)[0]["comparisons"]] == [False, False]


def test_rows_in_folders_are_compared_too(ask: Ask) -> None:
    pages = ask("Actions.getPageUrls", **DAY, **NEXT, expanded="1")

    (shop,) = (row for row in pages if row["label"] == "shop")
    assert shop["subtable"][0]["comparisons"][0]["nb_hits"] == 2


@pytest.mark.parametrize("written", ["[{}, {}]", '{{"0": {}, "1": {}}}'])
def test_a_subtable_is_compared_with_those_that_rows_tell(ask: Ask, written: str) -> None:
    beside = {"compareSegments[]": "countryCode==de"}
    (shop,) = (row for row in ask("Actions.getPageUrls", **DAY, **beside) if row["label"] == "shop")
    number = str(shop["idsubdatatable"])
    numbers = written.format(*(one["idsubdatatable"] for one in shop["comparisons"]))

    (bikes,) = ask("Actions.getPageUrls", **DAY, **beside, idSubtable=number, comparisonIdSubtables=numbers)
    assert [one["nb_hits"] for one in bikes["comparisons"]] == [2, 2]
    for other in (-1, 2):
        numbers = f"[{number},{other}]"
        (bikes,) = ask("Actions.getPageUrls", **DAY, **beside, idSubtable=number, comparisonIdSubtables=numbers)
        assert [one["nb_hits"] for one in bikes["comparisons"]] == [2, 0]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"compareDates[]": "2025-11-25"}, "as many values"),
        ({"compareDates[]": "last3", "comparePeriods[]": "day"}, "cannot be compared with multiple periods"),
        ({**NEXT, "date": "last3"}, "cannot be compared with single periods"),
        ({**NEXT, "idSubtable": "1"}, "those of the 2 series"),
        ({**NEXT, "idSubtable": "1", "comparisonIdSubtables": "1"}, "those of the 2 series"),
        ({**NEXT, "idSubtable": "1", "comparisonIdSubtables": "[1]"}, "those of the 2 series"),
        ({f"compareSegments[{number}]": "actions>1" for number in range(6)}, "At most 5"),
    ],
)
def test_what_can_not_be_compared_is_told(ask: Ask, given: dict[str, str], told: str) -> None:
    assert told in ask("Actions.getPageUrls", **DAY | given)["message"]


@pytest.mark.parametrize("compare", [{}, {"compare": "0"}])
def test_nothing_is_compared_unless_it_is_asked_for(ask: Ask, compare: dict[str, str]) -> None:
    asked = {name: value for name, value in DAY.items() if name != "compare"}

    assert "comparisons" not in ask("VisitsSummary.get", **asked, **NEXT, **compare)
