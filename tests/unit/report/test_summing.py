"""Rows of several statements are added up as the engine adds them up."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from pellucid.model.result import Rows, Value
from pellucid.report.summing import Told, added_up


def by_column(metrics: Sequence[str], rows: Rows) -> Told:
    """What the engine tells: no columns of no rows."""
    return metrics, list(zip(*rows, strict=True))


METRICS = ("visits", "network_seconds", "shortest_network", "longest_network")
_KEYS = st.sampled_from(["a", "b", "é", "ﬁ", "𐍈"])
_MILLISECONDS = st.integers(0, 10**6).map(lambda number: number / 1000)
_TIMES = st.none() | _MILLISECONDS
_ROWS = st.dictionaries(_KEYS, st.tuples(st.integers(0, 9), _MILLISECONDS, _TIMES, _TIMES)).map(
    lambda rows: [(key, *numbers) for key, numbers in rows.items()]
)


@given(st.lists(_ROWS, min_size=1, max_size=4))
def test_each_metric_is_added_up_in_its_way(
    parts: list[list[tuple[str, int, float, float | None, float | None]]],
) -> None:
    by_key: dict[str, list[tuple[int, float, float | None, float | None]]] = {}
    for key, *numbers in (row for part in parts for row in part):
        by_key.setdefault(key, []).append(tuple(numbers))

    found = added_up(METRICS, 1, [by_column(METRICS, part) for part in parts])

    assert [row[0] for row in found] == sorted(by_key)
    for key, visits, seconds, shortest, longest in found:
        views, times, least, most = zip(*by_key[str(key)], strict=True)
        assert visits == sum(views)
        assert seconds == round(sum(times), 3)
        assert shortest == min((time for time in least if time is not None), default=None)
        assert longest == max((time for time in most if time is not None), default=None)


def test_what_nobody_tells_of_a_row_is_what_no_row_of_its_source_has() -> None:
    views: Rows = [("a", 2, 0.5), ("b", 1, 0.25)]
    left: Rows = [("b", 3), ("c", 1)]
    told: list[Told] = [by_column(("views", "network_seconds"), views), by_column(("exits",), left)]

    found = added_up(("exits", "views", "network_seconds", "shortest_network"), 1, told)

    assert found == (("a", 0, 2, 0.5, None), ("b", 3, 1, 0.25, None), ("c", 1, 0, 0.0, None))
    assert isinstance(found[2][3], float)


def test_rows_may_be_told_in_any_order() -> None:
    told = [by_column(("views",), [("a", 1), ("b", 2)]), by_column(("exits",), [("b", 3), ("a", 4)])]

    assert added_up(("views", "exits"), 1, told) == (("a", 1, 4), ("b", 2, 3))


def test_rows_of_no_dimension_are_one() -> None:
    one: Rows = [(3, None)]
    other: Rows = [(4, 1.5)]

    assert added_up(
        ("views", "longest_network"), 0, [by_column(("views", "longest_network"), rows) for rows in (one, other)]
    ) == ((7, 1.5),)


def test_rows_that_are_told_are_left_as_they_are() -> None:
    first: list[list[Value]] = [["a"], [1]]

    for _ in range(2):
        assert added_up(("views",), 1, [(("views",), first), by_column(("views",), [("a", 2)])]) == (("a", 3),)


def test_what_has_no_value_stands_last_and_is_one_row() -> None:
    told: list[Told] = [
        by_column(("views",), [(None, "b", 1), ("b", None, 2), ("a", "b", 3)]),
        by_column(("exits",), [("a", "b", 4), (None, "b", 5)]),
    ]

    assert added_up(("views", "exits"), 2, told) == (("a", "b", 3, 4), ("b", None, 2, 0), (None, "b", 1, 5))
