from collections.abc import Callable
from typing import Any

from starlette.testclient import TestClient

from pellucid.model.account import Access
from pellucid.model.goal import DimensionScope
from pellucid.registry.registry import Registry
from unit.matomo.conftest import asked_by

Ask = Callable[..., Any]


def test_there_is_always_room_for_more_dimensions(ask: Ask, registry: Registry) -> None:
    for name in ("Plan", "Role"):
        registry.add_dimension(1, name, DimensionScope.VISIT, active=True)

    visit, action = ask("CustomDimensions.getAvailableScopes", idSite="1")
    assert visit == {
        "value": "visit",
        "name": "Visit",
        "numSlotsAvailable": 7,
        "numSlotsUsed": 2,
        "numSlotsLeft": 5,
        "supportsExtractions": False,
    }
    assert (action["value"], action["numSlotsUsed"], action["supportsExtractions"]) == ("action", 0, True)


def test_what_dimensions_are_read_off_is_told(ask: Ask) -> None:
    told = ask("CustomDimensions.getAvailableExtractionDimensions")

    assert [one["value"] for one in told] == ["url", "urlparam", "action_name"]


def test_dimensions_are_told_to_who_may_see_or_set_them_up(client: TestClient, registry: Registry) -> None:
    registry.add_account("reader")
    registry.grant("reader", 2, Access.VIEW)
    reader = asked_by(client, registry.create_token("reader"))

    assert len(reader("CustomDimensions.getAvailableScopes", idSite="2")) == 2
    assert "requires 'view' access" in reader("CustomDimensions.getAvailableScopes", idSite="1")["message"]
    told = reader("CustomDimensions.getAvailableExtractionDimensions")["message"]
    assert "requires 'write' access for at least one website" in told
