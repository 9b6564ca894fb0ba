from typing import Any

import pytest

DAYS = {"format": "JSON", "idSite": "1", "period": "day", "date": "2025-11-23,2025-11-24"}


@pytest.mark.parametrize("method", ["VisitsSummary.get", "Actions.get", "VisitFrequency.get", "Goals.get", "API.get"])
def test_a_day_on_which_nothing_was_done_has_no_numbers_beside_others(ask: Any, method: str) -> None:
    days = ask(method, **DAYS)
    alone = ask(method, **DAYS | {"date": "2025-11-23"})

    assert days["2025-11-23"] == []
    assert days["2025-11-24"]
    assert alone
    assert {float(str(number).rstrip("%")) for number in alone.values()} == {0}


def test_visitors_of_a_kind_that_did_not_come_have_no_numbers_beside_others(ask: Any) -> None:
    of_sites = DAYS | {"idSite": "all", "date": "2025-11-24"}

    sites = ask("VisitFrequency.get", **of_sites)
    goals = ask("Goals.get", **of_sites)

    for site, row in sites.items():
        kinds = {name.rpartition("_")[2] for name in row}
        assert {kind for kind in kinds if not row[f"nb_visits_{kind}"]} == set()
        assert {name.split("_")[-2] for name in goals[site] if name.endswith("_visit")} == kinds


def test_a_shown_report_on_several_days_has_nothing_of_a_day_on_which_nothing_was_done(ask: Any) -> None:
    shown = ask("API.getProcessedReport", **DAYS, apiModule="Actions", apiAction="get")

    assert [bool(told) for told in shown["reportData"].values()] == [False, True]


@pytest.mark.parametrize(
    "method",
    [
        "DevicesDetection.getType",
        "VisitTime.getByDayOfWeek",
        "VisitTime.getVisitInformationPerLocalTime",
        "VisitTime.getVisitInformationPerServerTime",
        "VisitorInterest.getNumberOfVisitsByDaysSinceLast",
        "VisitorInterest.getNumberOfVisitsByVisitCount",
        "VisitorInterest.getNumberOfVisitsPerPage",
        "VisitorInterest.getNumberOfVisitsPerVisitDuration",
    ],
)
def test_rows_that_are_always_there_are_not_without_any_visit(ask: Any, method: str) -> None:
    of_day = DAYS | {"date": "2025-11-24"}

    assert len(ask(method, **of_day)) > len(ask(method, **of_day, filter_pattern="^1", filter_column="nb_visits"))
    assert ask(method, **of_day | {"date": "2025-11-23"}) == []
    assert ask(method, **of_day, segment="countryCode==zz") == []
