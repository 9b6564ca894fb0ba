from datetime import timedelta

from msgspec import json

from builders import DAY, NOON, a_visit
from pellucid.model.visit import Past, Visit
from pellucid.store.client import Store
from pellucid.store.schema import TABLES
from pellucid.store.visits import pasts, visits_between

TODAY = DAY + timedelta(days=1)


def insert(store: Store, *visits: Visit) -> None:
    # Each in an insert of its own: versions of a visit are not merged yet.
    for visit in visits:
        store.insert("visits", TABLES["visits"], json.encode(visit), f"{visit.visit_id} {visit.version} of a test")


def test_a_visitor_has_the_visits_of_the_days_before_each_once(store: Store) -> None:
    insert(
        store,
        a_visit(visit_id=1, visitor_id=7, version=1),
        a_visit(visit_id=1, visitor_id=7, version=2, first_time=NOON - 5000),
        a_visit(visit_id=2, visitor_id=7, version=1, first_time=NOON + 5000, orders=1),
        a_visit(visit_id=3, visitor_id=7, visit_day=TODAY, first_time=NOON + 86_400_000),
        a_visit(visit_id=4, visitor_id=8, site_id=2),
    )

    assert pasts(store, 1, [7, 8, 9], TODAY) == {7: Past(2, NOON - 5000, NOON + 5000, NOON + 5000, ordered=True)}


def test_a_visit_is_the_past_of_who_its_visitor_turned_out_to_be(store: Store) -> None:
    insert(store, a_visit(visitor_id=7, version=1), a_visit(visitor_id=8, version=2))

    assert pasts(store, 1, [7], TODAY) == {}
    assert pasts(store, 1, [8], TODAY) == {8: Past(1, NOON, NOON)}


def test_a_visit_is_found_by_its_visitor_or_fingerprint_as_it_is_now(store: Store) -> None:
    insert(
        store,
        a_visit(visit_id=1, visitor_id=7, version=1),
        a_visit(visit_id=1, visitor_id=7, version=2, actions=5),
        a_visit(visit_id=2, visitor_id=8, fingerprint=70),
        a_visit(visit_id=3, visitor_id=7, visit_day=TODAY),
        a_visit(visit_id=4, visitor_id=9),
        a_visit(visit_id=5, visitor_id=7, version=1),
        a_visit(visit_id=5, visitor_id=9, version=2),
    )

    found = visits_between(store, 1, [7], DAY, DAY, fingerprints=[70])

    assert {visit.visit_id: visit.actions for visit in found} == {1: 5, 2: 1}
    assert visits_between(store, 1, [6], DAY, DAY) == []
