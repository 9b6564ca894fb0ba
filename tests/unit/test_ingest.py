from datetime import date

import pytest

from builders import DAY, NOON, a_hit
from pellucid.journal.journal import Journal
from pellucid.model.hit import HitKind
from pellucid.store.client import Store
from pellucid.store.visits import visits_between
from unit.installation import A_DAY, FAR, Installation, assert_each_is_stored_once, events_in, visits_in
from visit_strategies import MINUTE, after


def test_hits_of_a_batch_are_counted_in_the_order_they_happened(installation: Installation, store: Store) -> None:
    hits = [after(minutes) for minutes in (50, 0, 25)]
    installation.append(*hits)

    installation.ingest().round(FAR)

    (visit,) = visits_in(store)
    assert (visit.hits, visit.seconds) == (3, 50 * 60 + 1)


def test_a_late_hit_goes_into_the_stored_visit(installation: Installation, store: Store) -> None:
    installation.take_in(after(0), after(20))

    installation.take_in(after(10))

    (visit,) = visits_in(store)
    assert (visit.hits, visit.actions, visit.first_time, visit.last_time) == (3, 3, NOON, NOON + 20 * MINUTE)
    assert_each_is_stored_once(store, [after(0), after(10), after(20)])


def test_two_visits_within_reach_of_a_late_hit_stay_two(installation: Installation, store: Store) -> None:
    installation.take_in(after(0), after(50), after(28))

    assert [visit.hits for visit in visits_in(store)] == [2, 1]


def test_after_a_restart_a_visit_goes_on(installation: Installation, store: Store) -> None:
    for minutes in (0, 10, 20):
        installation.take_in(after(minutes))

    (visit,) = visits_in(store)
    assert (visit.hits, visit.seconds) == (3, 20 * 60 + 1)


def test_visits_are_numbered_whether_they_are_remembered_or_stored(installation: Installation, store: Store) -> None:
    days = [a_hit(day=20416 + day, time=NOON + day * A_DAY) for day in range(5)]
    installation.take_in(*days[:2])
    installation.append(*days[2:4])
    installation.ingest().round(FAR)
    installation.take_in(days[4])

    visits = visits_in(store)

    assert [visit.visit_number for visit in visits] == [1, 2, 3, 4, 5]
    assert [visit.previous_time for visit in visits] == [0, *(hit.time for hit in days[:-1])]


def test_the_same_visitor_of_another_site_is_another(installation: Installation, store: Store) -> None:
    installation.take_in(a_hit(site_id=1), a_hit(site_id=2))

    assert [len(visits_in(store, site)) for site in (1, 2)] == [1, 1]


@pytest.mark.parametrize("restarts", [False, True])
def test_a_visit_is_found_by_its_fingerprint_and_takes_the_newest_name(
    installation: Installation,
    store: Store,
    *,
    restarts: bool,
) -> None:
    hits = [after(minutes, visitor_id=name, fingerprint=5) for minutes, name in ((0, 1), (5, 2), (10, 1), (15, 3))]

    if restarts:
        for hit in hits:
            installation.take_in(hit)
    else:
        installation.take_in(*hits)

    (visit,) = visits_in(store)
    assert (visit.hits, visit.visitor_id) == (4, 3)
    assert visits_between(store, 1, [1, 2], DAY, DAY) == [], "by its earlier names it is found no more"


def test_a_ping_without_a_visit_is_nothing(installation: Installation, store: Store) -> None:
    installation.take_in(after(0, kind=HitKind.PING))

    assert events_in(store) == []
    assert visits_in(store) == []


def test_hits_of_many_months_in_one_batch_are_stored(installation: Installation, store: Store) -> None:
    first = date(2006, 1, 15)
    days = [
        (first.replace(year=2006 + month // 12, month=1 + month % 12) - date(1970, 1, 1)).days for month in range(60)
    ]
    hits = [a_hit(visitor_id=number, day=day, time=day * A_DAY) for number, day in enumerate(days)]
    installation.append(*hits)

    installation.ingest().round(FAR)

    assert len(events_in(store)) == len(visits_in(store)) == 60


def test_a_batch_of_ten_thousand_visitors_is_looked_up_and_stored(installation: Installation, store: Store) -> None:
    hits = [
        a_hit(visitor_id=2**63 + number, fingerprint=2**62 + number, time=NOON + number) for number in range(10_000)
    ]
    installation.append(*hits)

    assert installation.ingest().round(FAR) == 10_000

    assert store.ask("select count(), uniqExact(visitor_id) from visits final").rows == ((10_000, 10_000),)


def test_journals_of_those_who_died_are_taken_away_and_forgotten(
    installation: Installation,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pellucid.ingest.SECONDS_BETWEEN_CLEANINGS", -1.0)
    installation.append(after(0))
    installation.journal.close()
    ingest = installation.ingest()

    ingest.round(FAR)
    ingest.round(FAR)

    assert list((installation.directory / "journal").iterdir()) == []
    assert ingest._progress == {}
    installation.journal = Journal(installation.directory / "journal", 1 << 30)
    installation.take_in(after(1))
    assert_each_is_stored_once(store, [after(0), after(1)])


def test_what_is_remembered_of_visitors_is_bounded(
    installation: Installation,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pellucid.ingest.SECONDS_BETWEEN_CLEANINGS", -1.0)
    monkeypatch.setattr("pellucid.ingest.MOST_VISITORS_IN_MEMORY", 1)
    installation.append(after(0, visitor_id=1), after(0, visitor_id=2))
    ingest = installation.ingest()

    ingest.round(FAR)

    assert len(ingest._known) == 0
    installation.append(after(5, visitor_id=1))
    ingest.round(FAR)
    assert len(visits_in(store)) == 2
