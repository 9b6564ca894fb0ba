from hypothesis import given
from hypothesis import strategies as st

from pellucid.web.chart import ceiling, chart


@given(st.integers(0, 10**9))
def test_a_chart_ends_at_a_round_number_above_everything(most: int) -> None:
    top = ceiling(most)

    assert top >= most
    assert top % 4 == 0
    assert most <= 4 or top <= 4 * most


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=40))
def test_every_point_lies_within_the_chart(numbers: list[int]) -> None:
    drawn = chart([str(place) for place in range(len(numbers))], numbers, numbers[::-1])

    pairs = [pair.split() for pair in drawn.line.replace("M", "L").split("L") if pair]
    assert len(pairs) == len(numbers)
    assert all(0 <= float(number) <= 100 for pair in pairs for number in pair)
    assert len(drawn.labels) == len(numbers)
    assert sum(bool(label) for label in drawn.labels) <= 7


def test_what_has_not_come_yet_is_not_drawn() -> None:
    drawn = chart(["a", "b", "c"], [1, 2, None], [4, 4, 4])

    assert drawn.line == "M0 75L50 50"
    assert drawn.area == "M0 75L50 50L50 100L0 100Z"
    assert drawn.before == "M0 0L50 0L100 0"
    assert drawn.ticks == (4, 3, 2, 1, 0)
    assert drawn.points[2].now is None


def test_nothing_at_all_is_an_empty_chart() -> None:
    assert chart(["a"], [None], []).line == chart(["a"], [None], []).area == ""
