import re
from datetime import timedelta

import pytest

from pellucid.policy import retention
from pellucid.policy.storage import (
    CONSENT,
    IGNORE,
    IGNORE_PARTITIONED,
    ITEMS,
    OBJECTIONS_TO_THE_INSTANCE,
    OPT_OUT,
    REMEMBERS_A_CHOICE,
    VISITOR,
    Item,
    Setter,
)

SET = [item for item in ITEMS if item.set_by is not Setter.EARLIER]
LONGEST_THAT_BROWSERS_ALLOW = timedelta(days=400)
AS_MATOMO_ASKS = timedelta(days=30 * 365)
LONGEST_NAME = 30
"""What a column of a small table has room for."""


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)
def test_every_item_says_what_it_is_for(item: Item) -> None:
    assert re.fullmatch(r"[A-Z].*\.", item.purpose)
    assert item.value
    assert re.fullmatch(r"[a-z_]+(\.<site>\.<hash>)?", item.name)
    assert item.ground.reason
    assert item.ground.source
    assert item.path.startswith("/")
    assert item.same_site in {"Lax", "Strict", "None"}


@pytest.mark.parametrize("item", SET, ids=lambda item: item.name)
def test_every_item_that_is_set_has_an_end(item: Item) -> None:
    assert item.lifetime is not None
    longest = AS_MATOMO_ASKS if item.name in OBJECTIONS_TO_THE_INSTANCE else LONGEST_THAT_BROWSERS_ALLOW
    assert timedelta(0) < item.lifetime <= longest
    assert item.lifetime in vars(retention).values(), "a time of keeping is named in one place"
    if item.same_site == "None":
        assert item.ground is REMEMBERS_A_CHOICE, "nothing but a visitor's no follows to other sites"
        assert item.secure


def test_what_is_renewed_is_a_visitors_no_and_nothing_else() -> None:
    renewed = {item.name for item in ITEMS if item.is_renewed}

    assert renewed == {OPT_OUT.name, IGNORE.name}
    assert all(item.ground is REMEMBERS_A_CHOICE for item in ITEMS if item.is_renewed)


def test_to_renew_what_matomo_has_stored_does_not_shorten_it() -> None:
    assert IGNORE.lifetime == IGNORE_PARTITIONED.lifetime == AS_MATOMO_ASKS


def test_what_scripts_need_not_read_they_can_not() -> None:
    assert all(item.http_only for item in SET if item.set_by is Setter.SERVER)
    assert not any(item.http_only for item in SET if item.set_by is Setter.TRACKER)


def test_no_item_is_declared_twice() -> None:
    assert len({(item.name, item.partitioned) for item in ITEMS}) == len(ITEMS)


def test_the_name_of_a_ground_is_short_and_its_own() -> None:
    grounds = {item.ground for item in ITEMS}

    assert len({ground.name for ground in grounds}) == len(grounds)
    assert [ground.name for ground in grounds if not 0 < len(ground.name) <= LONGEST_NAME] == []


def test_who_matomo_knows_stays_known_and_who_objected_stays_refused() -> None:
    assert VISITOR.name == "_pk_id.<site>.<hash>"
    assert (CONSENT.name, OPT_OUT.name) == ("mtm_consent", "mtm_consent_removed")
    assert OBJECTIONS_TO_THE_INSTANCE == ("matomo_ignore", "piwik_ignore")


def test_an_objection_to_the_instance_can_not_be_read_by_a_page() -> None:
    ours = [item for item in SET if item.name in OBJECTIONS_TO_THE_INSTANCE]

    assert {item.partitioned for item in ours} == {False, True}
    assert all(item.http_only and item.secure and item.set_by is Setter.SERVER for item in ours)


def test_a_no_is_remembered_for_longer_than_a_yes() -> None:
    assert OPT_OUT.lifetime is not None
    assert CONSENT.lifetime is not None
    assert OPT_OUT.lifetime > CONSENT.lifetime
