from typing import get_type_hints

import pytest

from pellucid.model import column
from pellucid.model.event import Event
from pellucid.model.rollup import LongRollup, PageOfDay, Rollup
from pellucid.model.visit import Conversion, Visit

KINDS = [value for value in vars(column).values() if hasattr(value, "__metadata__")]


@pytest.mark.parametrize("table", [Event, Visit, Conversion, Rollup, LongRollup, PageOfDay])
def test_every_field_that_is_stored_says_what_it_can_hold(table: type) -> None:
    hints = get_type_hints(table, include_extras=True)

    assert [name for name in table.__struct_fields__ if hints[name] not in KINDS] == []


def test_no_two_kinds_are_called_the_same() -> None:
    names = [kind.__metadata__[0] for kind in KINDS]

    assert len(set(names)) == len(names) == 18


def test_an_event_stands_under_the_key_of_its_visit() -> None:
    key = ("site_id", "visit_day", "visit_id")

    assert Event.__struct_fields__[:3] == Visit.__struct_fields__[:3] == key
