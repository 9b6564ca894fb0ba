from itertools import count

import pytest

from pellucid.errors import RequestError
from pellucid.matomo.columns import Ratio, Row, with_ratios
from pellucid.matomo.parameters import parameters_of
from pellucid.matomo.rows import closed, filtered, folder, number_folders

ROWS: list[Row] = [
    {"label": "b", "nb_visits": 1, "nb_hits": 9},
    {"label": "C", "nb_visits": 3, "nb_hits": 3},
    {"label": "a", "nb_visits": 2, "nb_hits": 5},
]


def labels(**given: str) -> list[object]:
    return [row["label"] for row in filtered(ROWS, parameters_of(list(given.items())))]


def test_the_most_visited_come_first() -> None:
    assert labels() == ["C", "a", "b"]


def test_rows_are_sorted_cut_and_matched_as_asked() -> None:
    assert labels(filter_sort_column="nb_hits") == ["b", "a", "C"]
    assert labels(filter_sort_column="label", filter_sort_order="asc") == ["a", "b", "C"]
    assert labels(filter_limit="1", filter_offset="1") == ["a"]
    assert labels(filter_limit="-1") == ["C", "a", "b"]
    assert labels(filter_pattern="^[ab]$") == ["a", "b"]
    assert labels(filter_pattern="9", filter_column="nb_hits") == ["b"]


def test_columns_are_chosen_and_left_out() -> None:
    chosen = filtered(ROWS, parameters_of([("showColumns", "nb_hits")]))
    others = filtered(ROWS, parameters_of([("hideColumns", "nb_hits,nb_visits")]))

    assert chosen[0] == {"label": "C", "nb_hits": 3}
    assert others[0] == {"label": "C"}


def test_what_tells_of_a_row_stays_beside_the_columns_that_are_chosen() -> None:
    rows: list[Row] = [{"label": "/a", "nb_visits": 1, "nb_hits": 2, "url": "http://s/a"}]

    assert filtered(rows, parameters_of([("showColumns", "nb_visits")])) == [
        {"label": "/a", "nb_visits": 1, "url": "http://s/a"}
    ]


def test_rows_behind_the_first_are_summed_up() -> None:
    cut = filtered(ROWS, parameters_of([("filter_truncate", "1")]), lambda row: row | {"worked_out": True})

    assert cut == [ROWS[1], {"label": "Others", "nb_visits": 3, "nb_hits": 14, "worked_out": True}]
    assert labels(filter_truncate="2") == ["C", "a", "b"]


def test_a_hundred_rows_are_shown_unless_asked_otherwise() -> None:
    many: list[Row] = [{"label": str(number), "nb_visits": 1} for number in range(150)]

    assert len(filtered(many, parameters_of([]))) == 100


def test_a_wrong_number_or_pattern_is_said() -> None:
    with pytest.raises(RequestError, match="filter_limit has to be a whole number"):
        labels(filter_limit="many")
    with pytest.raises(RequestError, match="no regular expression"):
        labels(filter_pattern="(")


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(ab){2}", ".*.*.*x", "a" * 201])
def test_a_pattern_that_could_take_for_ever_is_refused(pattern: str) -> None:
    with pytest.raises(RequestError, match="no group that is repeated"):
        labels(filter_pattern=pattern)


def test_folders_have_numbers_to_be_asked_for_by() -> None:
    rows: list[Row] = [
        {"label": "shop", "subtable": [{"label": "bikes", "subtable": [{"label": "/b"}]}]},
        {"label": "/"},
    ]

    number_folders(rows, count(1))

    assert folder(rows, 2) == [{"label": "/b"}]
    assert folder(rows, 9) == []
    assert closed(rows) == [{"label": "shop", "idsubdatatable": 1}, {"label": "/"}]


@pytest.mark.parametrize(
    ("ratio", "row", "written", "value"),
    [
        (Ratio("rate", "some", "all"), {"some": 5, "all": 20}, True, "25%"),
        (Ratio("rate", "some", "all"), {"some": 5, "all": 20}, False, 0.25),
        (Ratio("rate", "some", "all"), {"some": 0, "all": 0}, True, "0%"),
        (Ratio("mean", "some", "all", 1), {"some": 83, "all": 20}, True, 4.2),
        (Ratio("mean", "some", "all", 0), {"some": 5, "all": 2}, True, 3),
    ],
)
def test_a_ratio_is_written_as_matomo_writes_it(ratio: Ratio, row: Row, *, written: bool, value: object) -> None:
    assert with_ratios(row, [ratio], written=written)[ratio.name] == value
