import pytest

from pellucid.report.changes import (
    Change,
    ChangeKind,
    ChangeOrder,
    Worth,
    changes,
    foremost,
    growth,
    movers_and_shakers,
    part,
)

ANY = Worth(0, 0, dict.fromkeys(ChangeKind, 0))


@pytest.mark.parametrize(
    ("before", "now", "percent"), [(2, 3, 50), (3, 2, -33.3), (0, 5, 100), (5, 0, -100), (0, 0, 0)]
)
def test_growth_is_told_in_percent(before: float, now: float, percent: float) -> None:
    assert growth(before, now) == percent


def test_what_came_and_went_is_a_change_too() -> None:
    found = changes({"a": 2, "b": 1}, {"a": 3, "c": 4})

    assert [(one.label, one.kind, one.difference) for one in found] == [
        ("a", ChangeKind.MOVER, 1),
        ("c", ChangeKind.NEW, 4),
        ("b", ChangeKind.DISAPPEARED, -1),
    ]


def test_the_largest_changes_come_first_and_small_ones_not_at_all() -> None:
    found = [Change("a", 100, 130), Change("b", 1, 3), Change("c", 0, 2), Change("d", 50, 10), Change("e", 100, 101)]
    worth = Worth(20, -20, {ChangeKind.MOVER: 2, ChangeKind.NEW: None, ChangeKind.DISAPPEARED: 0})

    def told(order: ChangeOrder) -> list[str]:
        return [one.label for one in foremost(found, worth, 5, 5, order)]

    assert told(ChangeOrder.ABSOLUTE) == ["a", "b", "d"]
    assert told(ChangeOrder.RELATIVE) == ["b", "a", "d"]
    assert told(ChangeOrder.IMPORTANCE) == ["d", "a", "b"]
    assert [one.label for one in foremost(found, ANY, 1, 0)] == ["a"]
    assert [one.label for one in foremost(found, ANY, 0, None)] == ["d"]


def test_of_what_shrank_what_shrank_most_comes_first() -> None:
    found = [Change("a", 10, 9), Change("b", 24, 13), Change("c", 9, 0), Change("d", 2, 10)]

    assert [one.label for one in foremost(found, ANY, 5, 5)] == ["d", "b", "c", "a"]


def test_a_part_of_a_total_is_one_at_least() -> None:
    assert (part(1000, 2), part(10, 2), part(10, 0), part(10, -1)) == (20, 1, 0, None)


def test_where_all_visits_grew_a_change_has_to_be_larger_to_stand_out() -> None:
    assert movers_and_shakers(100, 100).grown == 20
    assert movers_and_shakers(100, 150).grown == 70
    assert movers_and_shakers(100, 300).grown == 240
    assert movers_and_shakers(200, 100).shrunk == -70
    assert movers_and_shakers(10, 10).least[ChangeKind.MOVER] == 2
