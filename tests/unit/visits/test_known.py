from datetime import date, timedelta

from builders import DAY, NOON, a_hit, a_visit
from pellucid.model.hit import Hit, HitKind
from pellucid.model.visit import Past, Visit
from pellucid.visits.known import Gap, Known
from pellucid.visits.visits import count
from visit_strategies import MINUTE, after


def taken_in(known: Known, *hits: Hit, stored: tuple[Visit, ...] = (), past: Past | None = None) -> list[Visit | None]:
    """The visit of each hit; the store holds `stored`, and everybody has done `past` before."""
    for gap in known.gaps(hits):
        found = [
            visit
            for visit in stored
            if visit.visitor_id in gap.visitors or visit.fingerprint in gap.fingerprints
            if visit.site_id == gap.site_id and gap.first <= visit.visit_day <= gap.last
        ]
        known.learn(gap, dict.fromkeys(gap.visitors, past) if past else {}, found)
    visits = []
    for number, hit in enumerate(hits, start=100):
        visit = known.visit(hit, number)
        if visit:
            count(hit, visit, number)
        visits.append(visit)
    return visits


def test_what_is_not_known_is_asked_for_once_a_site() -> None:
    hits = [
        a_hit(site_id=1, visitor_id=1),
        a_hit(site_id=1, visitor_id=2, fingerprint=5, day=20414),
        a_hit(site_id=2, visitor_id=1),
        a_hit(site_id=1, visitor_id=1),
    ]

    gaps = list(Known().gaps(hits))

    assert gaps == [
        Gap(1, DAY - timedelta(days=2), DAY, frozenset({1, 2}), frozenset({5})),
        Gap(2, DAY, DAY, frozenset({1}), frozenset()),
    ]


def test_what_is_known_is_not_asked_for_again() -> None:
    known = Known()
    hits = [a_hit(visitor_id=1, fingerprint=5)]
    taken_in(known, *hits)

    assert list(known.gaps(hits)) == []


def test_another_day_of_a_known_visitor_is_asked_for_with_all_days_between() -> None:
    known = Known()
    taken_in(known, a_hit())

    (gap,) = known.gaps([a_hit(day=20410)])

    assert (gap.first, gap.last) == (DAY - timedelta(days=6), DAY)


def test_after_forgetting_everything_is_asked_for() -> None:
    known = Known()
    taken_in(known, a_hit())

    known.forget()

    assert len(known) == 0
    assert len(list(known.gaps([a_hit()]))) == 1


def test_a_stored_visit_goes_on() -> None:
    stored = a_visit(visit_id=9, visitor_id=1)

    (visit,) = taken_in(Known(), after(5), stored=(stored,))

    assert visit is stored
    assert stored.hits == 2


def test_visits_are_numbered_on_from_what_came_before() -> None:
    past = Past(visits=3, last_time=NOON - 10**8)

    first, second = taken_in(Known(), after(0), after(60), past=past)

    assert first
    assert second
    assert (first.visit_number, first.previous_time) == (4, NOON - 10**8)
    assert (second.visit_number, second.previous_time) == (5, NOON)


def test_visits_of_several_days_in_one_batch_are_numbered_through() -> None:
    hits = [a_hit(day=20416 + day, time=NOON + day * 86_400_000) for day in range(3)]

    visits = taken_in(Known(), *hits)

    assert [visit.visit_number for visit in visits if visit] == [1, 2, 3]
    assert [visit.previous_time for visit in visits if visit] == [0, hits[0].time, hits[1].time]


def test_a_late_visit_is_numbered_by_what_came_before_it() -> None:
    _, late = taken_in(Known(), after(120), after(0))

    assert late
    assert (late.visit_number, late.previous_time) == (1, 0)


def test_who_comes_under_a_new_name_is_found_by_the_fingerprint() -> None:
    before, after_it = taken_in(
        Known(),
        after(0, visitor_id=1, fingerprint=5),
        after(10, visitor_id=2, fingerprint=5),
    )

    assert before is after_it
    assert after_it
    assert after_it.visitor_id == 2


def test_who_has_signed_in_goes_on_with_the_visit() -> None:
    visits = taken_in(
        Known(),
        after(0, visitor_id=5, fingerprint=5),
        after(10, visitor_id=8, fingerprint=5, user_id="ada"),
        after(20, visitor_id=5, fingerprint=5),
    )

    assert visits[0] is visits[1] is visits[2]
    assert visits[0]
    assert (visits[0].visitor_id, visits[0].user_id) == (8, "ada")


def test_who_is_named_for_certain_goes_on_with_no_other_visit_and_may_sign_in_later() -> None:
    known = Known()
    one, other = taken_in(
        known,
        after(0, visitor_id=1, fingerprint=5, named=True),
        after(1, visitor_id=2, fingerprint=5, named=True),
    )

    (signed_in,) = taken_in(known, after(2, visitor_id=8, fingerprint=5, user_id="ada"))

    assert one is not other
    assert signed_in is other


def test_visits_of_the_named_are_not_asked_for_by_their_fingerprint_until_somebody_looks_like_them() -> None:
    known = Known()
    (gap,) = known.gaps([after(0, visitor_id=1, fingerprint=5, named=True)])
    (visit,) = taken_in(known, after(0, visitor_id=1, fingerprint=5, named=True))
    assert visit
    (later,) = known.gaps([after(1, visitor_id=2, fingerprint=5)])

    (alike,) = taken_in(known, after(1, visitor_id=2, fingerprint=5), stored=(visit,))

    assert (gap.fingerprints, later.fingerprints) == (frozenset(), {5})
    assert alike is visit


def test_two_who_have_signed_in_stay_two_though_they_look_alike() -> None:
    ada, bob = taken_in(
        Known(),
        after(0, visitor_id=1, fingerprint=5, user_id="ada"),
        after(1, visitor_id=2, fingerprint=5, user_id="bob"),
    )

    assert ada is not bob


def test_a_fingerprint_is_good_for_30_minutes() -> None:
    before, after_it = taken_in(Known(), after(0, visitor_id=1, fingerprint=5), after(30, visitor_id=2, fingerprint=5))

    assert before is not after_it


def test_who_is_nameless_is_somebody_for_as_long_as_a_visit_goes_on() -> None:
    known = Known()
    first, again, later = taken_in(
        known,
        after(0, visitor_id=11, fingerprint=5, nameless=True),
        after(29, visitor_id=12, fingerprint=5, nameless=True),
        after(59, visitor_id=13, fingerprint=5, nameless=True),
    )

    assert first is again
    assert (first.visitor_id, first.visit_number, later.visitor_id, later.visit_number) == (11, 1, 13, 1)
    assert list(known.gaps([after(60, visitor_id=14, fingerprint=5, nameless=True)])) == []


def test_the_nameless_are_counted_among_those_who_are_in_memory() -> None:
    known = Known()

    taken_in(known, *(after(0, visitor_id=one, fingerprint=one, nameless=True) for one in range(1, 8)))

    assert len(known) == 7


def test_a_visit_that_a_nameless_one_opens_at_once_is_the_next_of_the_same_visitor() -> None:
    known = Known()
    taken_in(known, after(0, visitor_id=1, fingerprint=5))
    (named, opened) = taken_in(
        known,
        after(1, visitor_id=11, fingerprint=5, nameless=True),
        after(2, visitor_id=12, fingerprint=5, nameless=True, opens_visit=True),
    )
    (back,) = taken_in(known, after(3, visitor_id=1, fingerprint=5))

    assert (named.visitor_id, named.hits) == (1, 2)
    assert (opened.visitor_id, opened.visit_number) == (1, 2)
    assert back is opened


def test_who_comes_anew_under_another_name_is_no_new_visitor() -> None:
    first = a_hit(visitor_id=7, fingerprint=5, user_id="ada", named=True)
    later = (after(minutes, visitor_id=8, fingerprint=5, opens_visit=True) for minutes in (1, 2))

    _, *visits = taken_in(Known(), first, *later)

    told = [(visit.visitor_id, visit.visit_number, visit.visitor_since) for visit in visits if visit]
    assert told == [(8, 2, first.time), (8, 3, first.time)]


def test_who_was_here_before_is_not_looked_for_by_the_fingerprint() -> None:
    stranger, returning = taken_in(
        Known(),
        after(0, visitor_id=1, fingerprint=5),
        after(1, visitor_id=2, fingerprint=5),
        past=Past(visits=1, last_time=NOON - 10**9),
    )

    assert stranger is not returning


def test_without_a_fingerprint_nobody_is_found_by_it() -> None:
    one, other = taken_in(Known(), after(0, visitor_id=1), after(1, visitor_id=2))

    assert one is not other


def test_a_visit_that_has_another_name_now_is_not_counted_for_the_old_one() -> None:
    known = Known()
    taken_in(known, after(0, visitor_id=1, fingerprint=5), after(1, visitor_id=2, fingerprint=5))

    (returning,) = taken_in(known, after(60, visitor_id=1, fingerprint=5))

    assert returning
    assert returning.visit_number == 1, "as if the store had been asked"


def test_a_visit_is_one_though_it_is_found_by_name_and_by_fingerprint() -> None:
    known = Known()
    stored = a_visit(visit_id=9, visitor_id=1, fingerprint=5)
    again = a_visit(visit_id=9, visitor_id=1, fingerprint=5)
    taken_in(known, after(1, visitor_id=1), stored=(stored,))

    visits = taken_in(known, after(2, visitor_id=2, fingerprint=5), stored=(again,))

    assert visits[0] is stored
    assert stored.hits == 3


def test_a_ping_opens_no_visit() -> None:
    assert taken_in(Known(), after(0, kind=HitKind.PING)) == [None]


def test_a_ping_reaches_the_visit_that_is_open() -> None:
    view, ping, too_late = taken_in(Known(), after(0), after(5, kind=HitKind.PING), after(31, kind=HitKind.PING))

    assert view is ping
    assert too_late is None


def test_days_that_are_not_asked_for_are_not_known() -> None:
    old = a_visit(visit_day=date(2025, 11, 20), first_time=NOON - 4 * 1440 * MINUTE, last_time=NOON)

    (visit,) = taken_in(Known(), after(1), stored=(old,))

    assert visit is not old
