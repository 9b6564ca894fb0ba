from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from builders import NOON, a_hit
from pellucid.model.hit import Hit, HitKind, Search, Source, SourceKind
from pellucid.model.visit import Past, Visit, VisitorKind
from pellucid.visits.visits import MOST_ACTIONS, open_visit, visit_of
from visit_strategies import COUNTED, MINUTE, after, hits_within, taken_in, visits_of

JUST_UNDER_30_MINUTES = 30 - 1 / MINUTE
SPRING = Source(SourceKind.CAMPAIGN, "spring", "shoes")
SUMMER = Source(SourceKind.CAMPAIGN, "summer", "hats")
WEBSITE = Source(SourceKind.WEBSITE, "b.example", "", "https://b.example/")
BOUNDARIES = 60


def shapes(visits: list[Visit]) -> list[tuple[int, ...]]:
    """What is counted of visits, in order of time."""
    return sorted(
        (visit.first_time, visit.last_time, visit.seconds, visit.hits, visit.actions, visit.pageviews, visit.searches)
        for visit in visits
    )


def test_a_hit_within_30_minutes_continues_the_visit() -> None:
    assert len(visits_of(after(0), after(JUST_UNDER_30_MINUTES))) == 1


def test_a_hit_30_minutes_later_opens_another() -> None:
    assert len(visits_of(after(0), after(30))) == 2


def test_the_30_minutes_run_from_the_last_hit() -> None:
    assert len(visits_of(after(0), after(20), after(40), after(60))) == 1


def test_a_visit_ends_at_the_sites_midnight() -> None:
    assert len(visits_of(a_hit(day=20416), a_hit(day=20417, time=NOON + 1))) == 2


def test_new_visit_opens_one_whatever_the_time() -> None:
    assert len(visits_of(after(0), after(1, opens_visit=True), after(2))) == 2


def test_a_visit_takes_10000_actions_and_no_more() -> None:
    full = visits_of(after(0))
    full[0].actions = MOST_ACTIONS

    assert visit_of(after(1), full) is None


@pytest.mark.parametrize(
    ("first", "second", "visits"),
    [
        (SPRING, SPRING, 1),
        (SPRING, SUMMER, 2),
        (SPRING, Source(SourceKind.CAMPAIGN, "spring", "hats"), 2),
        (WEBSITE, SPRING, 2),
        (Source(), SPRING, 1),
        (SPRING, Source(), 1),
        (SPRING, WEBSITE, 1),
        (Source(), WEBSITE, 1),
    ],
)
def test_another_campaign_opens_a_visit_unless_the_one_there_is_came_from_nowhere(
    first: Source,
    second: Source,
    visits: int,
) -> None:
    assert len(visits_of(after(0, source=first), after(1, source=second))) == visits


def test_a_visit_that_came_from_nowhere_takes_the_source_of_a_later_hit() -> None:
    (visit,) = visits_of(after(0), after(1, source=WEBSITE), after(2, source=Source(SourceKind.SEARCH, "Other")))

    assert (visit.source_kind, visit.source_name) == ("website", "b.example")
    assert visit.source_url == "https://b.example/"


def test_a_late_hit_goes_into_the_visit_whose_span_it_lies_in() -> None:
    visits = visits_of(after(0), after(20), after(50), after(70))

    assert visit_of(after(10), visits) is visits[0]
    assert visit_of(after(60), visits) is visits[1]


def test_a_late_hit_between_two_visits_goes_into_the_one_that_had_begun_and_they_stay_two() -> None:
    visits = visits_of(after(0), after(50), after(28))

    assert [visit.hits for visit in visits] == [2, 1]


def test_a_late_hit_goes_into_the_next_visit_where_the_one_before_had_ended() -> None:
    visits = visits_of(after(0), after(50), after(31))

    assert [visit.hits for visit in visits] == [1, 2]


def test_a_late_hit_just_before_a_campaign_belongs_to_what_was_before_it() -> None:
    visits = visits_of(after(0, source=SPRING), after(20, source=SUMMER), after(19))

    assert [(visit.source_name, visit.hits) for visit in visits] == [("spring", 2), ("summer", 1)]


def test_a_campaign_that_comes_late_belongs_to_the_visit_that_it_began() -> None:
    visits = visits_of(after(0, source=SPRING), after(20, source=SUMMER), after(19, source=SUMMER))

    assert [(visit.source_name, visit.hits) for visit in visits] == [("spring", 1), ("summer", 2)]


def test_a_campaign_that_was_left_for_another_opens_a_visit_again() -> None:
    visits = visits_of(after(0, source=SPRING), after(5, source=SUMMER), after(10, source=SPRING), after(12))

    assert [(visit.source_name, visit.hits) for visit in visits] == [("spring", 1), ("summer", 1), ("spring", 2)]


def test_of_two_visits_that_lasted_as_long_the_later_one_goes_on() -> None:
    # Times given by a server have whole seconds only, so a campaign may begin in the second of the hit before.
    visits = visits_of(after(0), after(0, source=Source(SourceKind.WEBSITE, "b")), after(0, source=SPRING))
    earlier, later = visits_of(after(0, source=WEBSITE), after(5), after(5, source=SPRING))

    assert len(visits) == 2
    assert visit_of(after(6), [earlier, later]) is later
    assert visit_of(after(6), [later, earlier]) is later


def test_one_hit_takes_no_time() -> None:
    assert visits_of(after(0))[0].seconds == 0


def test_who_begins_with_an_order_is_a_customer() -> None:
    ordered, before = Past(visits=1, first_time=1, last_time=1, order_time=1, ordered=True), Past(visits=1)

    assert _kind(HitKind.ORDER, Past()) == VisitorKind.CUSTOMER
    assert _kind(HitKind.PAGEVIEW, Past()) == VisitorKind.NEW
    assert _kind(HitKind.PAGEVIEW, before) == VisitorKind.RETURNING
    assert _kind(HitKind.PAGEVIEW, ordered) == VisitorKind.RETURNING
    assert _kind(HitKind.PAGEVIEW, structs.replace(ordered, ordered=False)) == VisitorKind.CUSTOMER


def _kind(kind: HitKind, past: Past) -> str:
    return open_visit(a_hit(kind=kind), 1, past).visitor_kind


@pytest.mark.parametrize("order", [(0, 2, 5), (5, 2, 0), (2, 0, 5), (5, 0, 2)])
def test_a_visit_takes_a_second_more_than_from_its_first_hit_to_its_last(order: tuple[int, ...]) -> None:
    (visit,) = visits_of(*(after(minutes) for minutes in order))

    assert visit.seconds == 5 * 60 + 1
    assert (visit.first_time, visit.last_time) == (NOON, NOON + 5 * MINUTE)


def test_a_ping_makes_the_visit_longer_and_is_no_action() -> None:
    (visit,) = visits_of(after(0), after(10, kind=HitKind.PING))

    assert (visit.hits, visit.actions, visit.pageviews) == (2, 1, 1)
    assert visit.seconds == 10 * 60 + 1


def test_a_ping_does_not_keep_the_visit_open() -> None:
    assert len(visits_of(after(0), after(25, kind=HitKind.PING), after(35))) == 2


@pytest.mark.parametrize("kind", list(HitKind))
def test_what_counts_as_an_action(kind: HitKind) -> None:
    (visit,) = visits_of(after(0, kind=kind))

    assert visit.actions == (1 if kind in COUNTED else 0)
    assert visit.hits == 1


def test_the_time_on_a_page_is_known_when_the_next_action_comes() -> None:
    _, (first, second, third) = taken_in(
        [after(0, url="http://a/1", title="One"), after(2, url="http://a/2"), after(5, kind=HitKind.EVENT)],
    )

    assert (first.previous_url, first.previous_seconds) == ("", 0)
    assert (second.previous_url, second.previous_title, second.previous_seconds) == ("http://a/1", "One", 120)
    assert (third.previous_url, third.previous_seconds) == ("http://a/2", 180)


def test_a_piece_of_content_ends_the_time_on_a_page_too() -> None:
    _, events = taken_in([after(0), after(2, kind=HitKind.CONTENT)])

    assert (events[1].previous_url, events[1].previous_seconds) == ("http://a/", 120)


def test_the_first_action_of_a_visit_leaves_no_page() -> None:
    _, events = taken_in([after(0), after(60)])

    assert [event.previous_seconds for event in events] == [0, 0]


def test_a_late_hit_leaves_no_page() -> None:
    _, events = taken_in([after(10), after(5)])

    assert events[1].previous_url == ""


@pytest.mark.parametrize("kind", [HitKind.GOAL, HitKind.ORDER, HitKind.PING])
def test_what_tells_of_no_page_leaves_no_page(kind: HitKind) -> None:
    _, events = taken_in([after(0), after(5, kind=kind)])

    assert (events[1].previous_url, events[1].previous_seconds) == ("", 0)


def test_a_visit_enters_and_leaves_on_pages_and_searches() -> None:
    (visit,) = visits_of(
        after(1, url="http://a/1", title="One"),
        after(2, url="http://a/2", title="Two"),
        after(3, kind=HitKind.OUTLINK, url="http://b/"),
    )

    assert (visit.entry_url, visit.entry_title) == ("http://a/1", "One")
    assert (visit.exit_url, visit.exit_title) == ("http://a/2", "Two")


@pytest.mark.parametrize("between", [(), (after(1, kind=HitKind.SEARCH, search=Search("bell", "", None)),)])
@pytest.mark.parametrize("kind", [HitKind.EVENT, HitKind.OUTLINK, HitKind.DOWNLOAD, HitKind.CONTENT, HitKind.GOAL])
def test_a_visit_that_begins_on_no_page_enters_on_the_next_without_its_title(
    kind: HitKind, between: tuple[Hit, ...]
) -> None:
    begins, page = after(0, kind=kind, url="http://b/"), after(2, url="http://a/1", title="One")

    (visit,) = visits_of(begins, *between, page, after(3, url="http://a/2", title="Two"))

    assert (visit.entry_url, visit.entry_title) == ("http://a/1", "")


def test_a_page_that_comes_late_and_was_first_is_where_a_visit_enters() -> None:
    (visit,) = visits_of(after(1, kind=HitKind.EVENT), after(0, url="http://a/1", title="One"))

    assert (visit.entry_url, visit.entry_title) == ("http://a/1", "One")


def test_a_page_without_a_title_leaves_what_was_titled_last_as_it_is() -> None:
    (visit,), events = taken_in(
        [
            after(0, url="http://a/1", title="One"),
            after(1, url="http://a/2"),
            after(2, kind=HitKind.SEARCH, search=Search("bell", "", None)),
            after(3, url="http://a/3"),
            after(4, kind=HitKind.EVENT),
        ]
    )

    assert [(event.previous_title, event.previous_search) for event in events[2:]] == [
        ("One", ""),
        ("", "bell"),
        ("", "bell"),
    ]
    assert (visit.exit_url, visit.exit_title, visit.exit_search) == ("http://a/3", "", "bell")


def test_a_visit_that_begins_with_a_search_is_entered_on_no_page() -> None:
    (visit,) = visits_of(
        after(0, kind=HitKind.SEARCH, search=Search("bell", "", None)),
        after(1, url="http://a/1", title="One"),
    )

    assert (visit.entry_url, visit.entry_title, visit.exit_url) == ("", "", "http://a/1")


def test_a_page_that_comes_late_can_be_the_entry() -> None:
    (visit,) = visits_of(after(5, url="http://a/2"), after(0, url="http://a/1"))

    assert (visit.entry_url, visit.exit_url) == ("http://a/1", "http://a/2")


def test_a_visit_is_known_by_the_newest_name_its_visitor_gave() -> None:
    names = (7, 1, 7)
    visits, events = taken_in([after(minute, visitor_id=name, fingerprint=7) for minute, name in enumerate(names)])

    assert visits[0].visitor_id == 1
    assert [event.visitor_id for event in events] == [7, 1, 1]


def test_the_second_of_the_visitors_own_day_is_kept_or_unknown() -> None:
    seconds = [open_visit(a_hit(local_second=second), 1, Past()).local_second for second in (None, 0, 86_399)]

    assert seconds == [None, 0, 86_399]


@given(st.data())
def test_the_hits_of_visits_shorter_than_30_minutes_make_the_same_visits_in_any_order(data: st.DataObject) -> None:
    hits = [hit for number in range(3) for hit in data.draw(hits_within(30, start=number * BOUNDARIES))]
    in_order = sorted(hits, key=lambda hit: hit.time)

    shuffled = data.draw(st.permutations(hits))

    assert shapes(visits_of(*shuffled)) == shapes(visits_of(*in_order))


@given(st.data())
def test_no_order_loses_a_hit_or_makes_fewer_visits_than_there_are_pauses(data: st.DataObject) -> None:
    hits = data.draw(hits_within(240))
    times = sorted(hit.time for hit in hits)
    pauses = sum(later - earlier >= 30 * MINUTE for earlier, later in pairwise(times))

    visits = visits_of(*data.draw(st.permutations(hits)))

    assert sum(visit.hits for visit in visits) == len(hits)
    assert sum(visit.actions for visit in visits) == len(hits)
    assert len(visits) >= (pauses + 1 if hits else 0)


@given(hits_within(240))
def test_in_order_of_time_each_pause_of_30_minutes_opens_a_visit(hits: list[Hit]) -> None:
    hits.sort(key=lambda hit: hit.time)
    pauses = sum(later.time - earlier.time >= 30 * MINUTE for earlier, later in pairwise(hits))

    assert len(visits_of(*hits)) == (pauses + 1 if hits else 0)


@given(hits_within(240), st.randoms(use_true_random=False))
def test_a_visit_holds_what_its_events_say(hits: list[Hit], order: Random) -> None:
    order.shuffle(hits)

    visits, events = taken_in(hits)

    for visit in visits:
        times = [event.time for event in events if event.visit_id == visit.visit_id]
        assert (visit.first_time, visit.last_time, visit.hits) == (min(times), max(times), len(times))
        assert visit.seconds == (0 if len(times) == 1 else max(times) // 1000 - min(times) // 1000 + 1)
        assert all(event.previous_seconds <= 1800 for event in events)
