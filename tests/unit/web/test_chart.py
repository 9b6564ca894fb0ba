import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.web.chart import Scale, chart, round_numbers

NUMBERS = st.none() | st.integers(0, 10**6)


@given(st.floats(0, 10**9), st.sampled_from(Scale))
def test_ticks_end_at_a_round_number_just_above_everything(most: float, scale: Scale) -> None:
    ticks = round_numbers(most, scale)

    assert ticks[0] == 0
    assert ticks[-1] >= most - 1e-6 * most
    assert 2 <= len(ticks) <= 6
    assert len(ticks) == 2 or ticks[-2] < most


@pytest.mark.parametrize(
    ("most", "scale", "ticks"),
    [
        (0, Scale.COUNT, (0, 1)),
        (3, Scale.COUNT, (0, 1, 2, 3)),
        (460, Scale.COUNT, (0, 100, 200, 300, 400, 500)),
        (1_100, Scale.COUNT, (0, 250, 500, 750, 1_000, 1_250)),
        (2.8, Scale.MEAN, (0, 1, 2, 3)),
        (0.41, Scale.SHARE, (0, 0.1, 0.2, 0.3, 0.4, 0.5)),
        (250, Scale.TIME, (0, 60, 120, 180, 240, 300)),
        (9_000, Scale.TIME, (0, 1_800, 3_600, 5_400, 7_200, 9_000)),
        (20_000, Scale.TIME, (0, 7_200, 14_400, 21_600)),
    ],
)
def test_numbers_are_round_for_what_they_are(most: float, scale: Scale, ticks: tuple[float, ...]) -> None:
    assert round_numbers(most, scale) == ticks


@given(st.lists(NUMBERS, min_size=1, max_size=40))
def test_every_point_lies_within_the_chart(numbers: list[int | None]) -> None:
    drawn = chart(numbers, numbers[::-1], Scale.COUNT)

    pairs = [pair.removesuffix("h0").split() for pair in drawn.line.replace("M", "L").split("L") if pair]
    assert len(pairs) == sum(number is not None for number in numbers)
    assert all(0 <= float(number) <= 100 for pair in pairs for number in pair)
    assert len(drawn.places) == len(numbers)
    assert len(drawn.labelled) <= 8


def test_a_line_has_gaps_where_nothing_is_known_and_dots_between_gaps() -> None:
    drawn = chart([1, 2, None, 2, None], [4, 4, 4, 4, 4], Scale.COUNT)

    assert drawn.line == "M0 75L25 50M75 50h0"
    assert drawn.area == "M0 75L25 50L25 100L0 100ZM75 50h0L75 100L75 100Z"
    assert drawn.before == "M0 0L25 0L50 0L75 0L100 0"
    assert [(tick.y, tick.number) for tick in drawn.ticks] == [(0, 4), (25, 3), (50, 2), (75, 1), (100, 0)]
    assert drawn.places[2].y is None


def test_what_is_not_over_is_drawn_apart() -> None:
    drawn = chart([1, 2, 3, None, None], [], Scale.COUNT, running=2)

    assert drawn.line.startswith("M0 ")
    assert drawn.line.count("L") == 1
    assert drawn.running.startswith(drawn.line.partition("L")[2].join(["M", "L"]))
    assert drawn.running.endswith("L50 0")


def test_the_first_step_that_is_not_over_is_a_dot() -> None:
    drawn = chart([3, None], [], Scale.COUNT, running=0)

    assert (drawn.line, drawn.running) == ("", "M0 0h0")


def test_nothing_at_all_is_an_empty_chart() -> None:
    drawn = chart([None], [], Scale.COUNT)

    assert drawn.line == drawn.area == drawn.before == ""
