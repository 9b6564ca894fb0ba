from collections.abc import Callable
from typing import Any

from starlette.testclient import TestClient

from pellucid.matomo.methods import METHODS
from pellucid.model.account import Access
from pellucid.registry.registry import Registry
from pellucid.registry.tokens import Reach
from unit.matomo.conftest import asked_by

Ask = Callable[..., Any]
NOTE = {"idSite": "1", "date": "2025-11-24", "note": "Sale"}


def a_reader(client: TestClient, registry: Registry) -> Ask:
    registry.add_account("reader")
    registry.grant("reader", 1, Access.VIEW)
    return asked_by(client, registry.create_token("reader"))


def test_notes_are_added_changed_and_deleted(ask: Ask) -> None:
    added = ask("Annotations.add", **NOTE, starred="1")
    assert added == {
        "date": "2025-11-24",
        "note": "Sale",
        "starred": 1,
        "user": "root",
        "idNote": 0,
        "canEditOrDelete": True,
    }
    assert ask("Annotations.save", idSite="1", idNote="0", note="Snow", starred="0")["note"] == "Snow"
    assert ask("Annotations.get", idSite="1", idNote="0")["starred"] == 0
    assert ask("Annotations.delete", idSite="1", idNote="0") == {"result": "success", "message": "ok"}
    assert ask("Annotations.getAll", idSite="1") == []
    assert "no note with id 0" in ask("Annotations.get", idSite="1", idNote="0")["message"]
    assert "has to say something" in ask("Annotations.add", **NOTE | {"note": " "})["message"]


def test_notes_are_counted_by_period(ask: Ask) -> None:
    for day in ("2025-11-17", "2025-11-23", "2025-11-24"):
        ask("Annotations.add", **NOTE | {"date": day, "note": day})

    weeks = {"idSite": "1", "period": "week", "date": "2025-11-24", "lastN": "2", "getAnnotationText": "1"}
    assert ask("Annotations.getAnnotationCountForDates", **weeks) == [
        [
            ["2025-11-17", {"count": 2, "starred": 0}],
            ["2025-11-24", {"count": 1, "starred": 0, "note": "2025-11-24"}],
        ]
    ]
    (one,) = ask("Annotations.getAll", idSite="1,2", period="week", date="2025-11-24")
    assert [note["date"] for note in one] == ["2025-11-24"]
    assert "1000 at most" in ask("Annotations.getAll", **weeks | {"lastN": "5000"})["message"]


def test_who_sees_a_site_writes_notes_and_changes_no_others(ask: Ask, client: TestClient, registry: Registry) -> None:
    reading = a_reader(client, registry)
    ask("Annotations.add", **NOTE)

    assert reading("Annotations.add", **NOTE)["canEditOrDelete"] is True
    assert [note["canEditOrDelete"] for note in reading("Annotations.getAll", idSite="1")[0]] == [False, True]
    assert "permission" in reading("Annotations.delete", idSite="1", idNote="0")["message"]
    assert "permission" in reading("Annotations.save", idSite="1", idNote="0", note="x")["message"]
    assert "superuser" in reading("Annotations.deleteAll", idSite="1")["message"]
    assert "view" in reading("Annotations.add", **NOTE | {"idSite": "2"})["message"]
    ask("Annotations.deleteAll", idSite="1")
    assert ask("Annotations.getAll", idSite="1") == []


def test_a_token_that_reads_changes_nothing(client: TestClient, registry: Registry) -> None:
    reading = asked_by(client, registry.create_token("root", reach=Reach(most=Access.VIEW)))
    changing = [
        name for name, method in METHODS.items() if method.changes or method.access in {Access.WRITE, Access.ADMIN}
    ]

    told = {
        name: reading(name, **NOTE, idNote="0", idSegment="1", name="A", definition="actions>1") for name in changing
    }

    assert {"Annotations.add", "SegmentEditor.add", "Goals.addGoal"} <= told.keys()
    assert [name for name, answer in told.items() if answer.get("result") != "error"] == []
    assert reading("Annotations.getAll", idSite="1") == []


def test_a_range_is_counted_by_its_days_whatever_number_is_asked_for(ask: Ask) -> None:
    ask("Annotations.add", **NOTE)
    days = {"idSite": "1", "period": "range", "date": "2025-11-23,2025-11-25", "lastN": "9"}

    counts = ask("Annotations.getAnnotationCountForDates", **days)[0]

    assert [(day, told["count"]) for day, told in counts] == [("2025-11-23", 0), ("2025-11-24", 1), ("2025-11-25", 0)]
    assert [note["idNote"] for note in ask("Annotations.getAll", **days)[0]] == [0]


def test_notes_stand_under_the_numbers_of_their_sites_where_they_are_not_cut(ask: Ask) -> None:
    for site in "12":
        ask("Annotations.add", **NOTE | {"idSite": site})

    told = ask("Annotations.getAll", idSite="1,2", filter_limit="-1")

    assert list(told) == ["1", "2"]
    assert ask("Annotations.getAll", idSite="1,2") == list(told.values())
    assert ask("Annotations.getAll", idSite="1,2", filter_limit="1") == [told["1"]]
    assert ask("Annotations.getAll", idSite="1,2", filter_offset="1", filter_limit="-1") == [told["2"]]
