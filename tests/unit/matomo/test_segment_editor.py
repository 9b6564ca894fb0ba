from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from pellucid.model.account import Access
from pellucid.registry.registry import Registry
from unit.matomo.conftest import asked_by

Ask = Callable[..., Any]
GERMANS = {"name": "Germans", "definition": "countryCode==de"}


@pytest.fixture
def reading(client: TestClient, registry: Registry) -> Ask:
    registry.add_account("reader")
    registry.grant("reader", 2, Access.VIEW)
    return asked_by(client, registry.create_token("reader"))


def test_a_segment_is_kept_changed_and_deleted(ask: Ask) -> None:
    assert ask("SegmentEditor.add", **GERMANS, idSite="1", enabledAllUsers="1") == {"value": 1}
    segment = ask("SegmentEditor.get", idSegment="1")
    assert (segment["name"], segment["enable_only_idsite"], segment["enable_all_users"]) == ("Germans", 1, 1)
    assert segment["ts_created"] == "2025-11-24 12:10:00"
    assert ask("SegmentEditor.update", idSegment="1", name="French", definition="countryCode==fr") == {"value": 1}
    assert [one["definition"] for one in ask("SegmentEditor.getAll", idSite="2")] == ["countryCode==fr"]
    assert ask("SegmentEditor.delete", idSegment="1") == {"result": "success", "message": "ok"}
    assert ask("SegmentEditor.getAll") == []
    assert "not found" in ask("SegmentEditor.get", idSegment="1")["message"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"name": " "}, "The name of a segment"),
        ({"definition": "magic==1"}, "not a supported segment"),
        ({"definition": ""}, "The definition of a segment"),
    ],
)
def test_a_segment_that_can_not_be_kept_is_told_why(ask: Ask, given: dict[str, str], told: str) -> None:
    assert told in ask("SegmentEditor.add", **GERMANS | given)["message"]


def test_others_segments_are_seen_where_they_are_shared_and_never_changed(ask: Ask, reading: Ask) -> None:
    ask("SegmentEditor.add", **GERMANS)
    ask("SegmentEditor.add", **GERMANS, enabledAllUsers="1")
    ask("SegmentEditor.add", **GERMANS, enabledAllUsers="1", idSite="1")

    assert [one["idsegment"] for one in reading("SegmentEditor.getAll")] == [2]
    assert "not shared" in reading("SegmentEditor.get", idSegment="1")["message"]
    assert "another account's" in reading("SegmentEditor.delete", idSegment="2")["message"]
    assert "Super User" in reading("SegmentEditor.add", **GERMANS, enabledAllUsers="1")["message"]
    assert "'view' access" in reading("SegmentEditor.add", **GERMANS, idSite="1")["message"]
    assert reading("SegmentEditor.add", **GERMANS, idSite="2") == {"value": 4}
    assert [one["idsegment"] for one in reading("SegmentEditor.getAll")] == [4, 2]
    assert reading("SegmentEditor.isUserCanAddNewSegment", idSite="2") == {"value": True}
