from functools import partial
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.errors import RequestError
from pellucid.matomo.columns import Ratio, Row, with_ratios
from pellucid.matomo.parameters import parameters_of
from pellucid.matomo.rows import closed, filtered, folder, number_folders
from pellucid.matomo.tree import changed

ROWS: list[Row] = [
    {"label": "b", "nb_visits": 1, "nb_hits": 9},
    {"label": "C", "nb_visits": 3, "nb_hits": 3},
    {"label": "a", "nb_visits": 2, "nb_hits": 5},
]


def labels(**asked: str) -> list[object]:
    return [row["label"] for row in filtered(ROWS, parameters_of(list(asked.items())))]


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


def test_what_is_hidden_is_not_shown_and_what_tells_what_a_row_is_stays() -> None:
    rows: list[Row] = [{"label": "a", "segment": "x==a", "nb_visits": 1, "nb_hits": 2}]

    (row,) = filtered(rows, parameters_of([("showColumns", "nb_hits,nb_visits"), ("hideColumns", "nb_visits,segment")]))

    assert row == {"label": "a", "segment": "x==a", "nb_hits": 2}


def timed(seconds: float, hits: int) -> Row:
    """A row of a page: how long it took to load, beside a part of that which no page tells."""
    row: Row = {"label": "/a", "nb_visits": 1, "max_time_server": None, "max_time_network": None}
    for part, time in (("server", seconds), ("network", 0)):
        row |= {f"sum_time_{part}": time, f"nb_hits_with_time_{part}": hits, f"avg_time_{part}": time}
    return row


def test_parts_of_loading_that_no_row_tells_a_time_of_have_no_columns() -> None:
    (row, _) = filtered([timed(0.5, 1), timed(0, 0)], parameters_of([]))

    assert list(row) == ["label", "nb_visits", "max_time_server", "nb_hits_with_time_server", "avg_time_server"]


def test_what_no_row_tells_of_loading_is_not_in_subtables_either_and_else_in_all() -> None:
    def below(first: float, second: float) -> list[Row]:
        folder: Row = {**timed(first, 1), "label": "folder", "nb_visits": 9, "subtable": [timed(0, 0)]}
        (row, _) = filtered([folder, timed(second, 1)], parameters_of([]))
        return row["subtable"]  # type: ignore[return-value]

    assert list(below(0, 0)[0]) == ["label", "nb_visits"]
    assert "max_time_server" in below(0, 0.5)[0]


def test_what_averages_are_worked_out_from_is_left_where_something_is_hidden() -> None:
    (row,) = filtered([timed(0.5, 1)], parameters_of([("hideColumns", "nb_visits")]))

    assert row["sum_time_server"] == 0.5


def test_what_tells_of_a_row_stays_beside_the_columns_that_are_chosen() -> None:
    rows: list[Row] = [{"label": "/a", "nb_visits": 1, "nb_hits": 2, "url": "http://s/a"}]

    assert filtered(rows, parameters_of([("showColumns", "nb_visits")])) == [
        {"label": "/a", "nb_visits": 1, "url": "http://s/a"}
    ]


def test_rows_behind_the_first_are_summed_up() -> None:
    def finish(row: Row, *, upper: bool = True, **_alone: bool) -> Row:
        return row | {"worked_out": upper}

    cut = filtered(ROWS, parameters_of([("filter_truncate", "1")]), finish)

    assert cut == [finish(ROWS[1]), {"label": "Others", "nb_visits": 3, "nb_hits": 14, "worked_out": True}]
    assert labels(filter_truncate="2") == ["C", "a", "b"]


TREE: list[Row] = [
    {"label": "shop", "nb_visits": 9, "subtable": [{"label": "/bikes", "nb_visits": 6}, {"label": "/a>b"}]},
    {"label": "/index", "nb_visits": 1},
    {"label": 'bread > "cake"', "nb_visits": 1},
]


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("shop", ["shop"]),
        ("shop > /bikes", ["/bikes"]),
        ("shop>%2Fbikes", ["/bikes"]),
        ("shop>/a%3Eb", ["/a>b"]),
        ("@index", ["/index"]),
        ("@shop", []),
        ("shop > /cars", []),
        ('bread > "cake"', ['bread > "cake"']),
        ("bread &gt; &quot;cake&quot;", ['bread > "cake"']),
        ("/bikes", []),
    ],
)
def test_a_row_is_found_by_its_label_and_those_it_lies_below(label: str, found: list[str]) -> None:
    rows = filtered(TREE, parameters_of([("label", label), ("filter_limit", "0"), ("filter_truncate", "0")]))

    assert [row["label"] for row in rows] == found


def test_a_row_that_is_named_is_worked_out_as_one_of_a_report_of_its_own() -> None:
    def finish(row: Row, *, upper: bool = True, alone: bool = False) -> Row:
        return {**row, "upper": upper and alone}

    (row,) = filtered(TREE, parameters_of([("label", "shop > /bikes")]), finish)

    assert row["upper"]


def test_several_labels_are_asked_for_at_once() -> None:
    assert [row["label"] for row in filtered(TREE, parameters_of([("label[]", "/index"), ("label[]", "shop")]))] == [
        "/index",
        "shop",
    ]


def test_a_folder_is_kept_for_what_matches_in_it() -> None:
    (shop,) = filtered(TREE, parameters_of([("filter_pattern_recursive", "bikes")]))

    assert shop["subtable"] == [{"label": "/bikes", "nb_visits": 6}]


def test_rows_with_too_little_of_a_column_are_left_out() -> None:
    many: list[Row] = [{"label": "a", "nb_visits": 100}, {"label": "b", "nb_visits": 1}, {"label": "c"}]

    def left(**given: str) -> list[object]:
        return [row["label"] for row in filtered(many, parameters_of(list(given.items())))]

    assert left(filter_excludelowpop="nb_visits") == ["a"]
    assert left(filter_excludelowpop="nb_visits", filter_excludelowpop_value="1") == ["a", "b"]


def test_the_sum_of_the_others_can_be_kept_where_rows_are_cut_off() -> None:
    asked = {"filter_truncate": "1", "filter_limit": "1"}

    assert labels(**asked) == ["C"]
    assert labels(**asked, keep_summary_row="1") == ["C", "Others"]


def test_filters_can_be_switched_off() -> None:
    assert labels(disable_generic_filters="1", filter_limit="1") == [row["label"] for row in ROWS]


def test_what_is_worked_out_of_visits_can_be_added() -> None:
    row: Row = {"label": "a", "nb_visits": 4, "nb_actions": 8, "sum_visit_length": 60, "nb_visits_converted": 1}

    (told,) = filtered(
        [row, {"label": "b", "nb_visits": 0}], parameters_of([("filter_add_columns_when_show_all_columns", "1")])
    )

    assert (told["nb_actions_per_visit"], told["conversion_rate"]) == (2, "25%")


def test_rows_without_visits_are_left_where_all_columns_are_asked_for_of_every_row() -> None:
    rows: list[Row] = [{"label": "a", "nb_visits": 0}, {"label": "b", "nb_visits": 0, "nb_actions": 1}]

    def told(value: str) -> list[object]:
        asked = parameters_of([("filter_add_columns_when_show_all_columns", value)])
        return [(row["label"], "bounce_rate" in row) for row in filtered(rows, asked)]

    assert told("0") == [("a", True), ("b", True)]
    assert told("1") == [("b", True)]
    assert told("") == [("a", False), ("b", False)]


@pytest.mark.parametrize(
    "asked",
    [
        {"filter_limit": "1"},
        {"filter_pattern": "^shop"},
        {"filter_excludelowpop": "nb_visits", "filter_excludelowpop_value": "8"},
        {"filter_add_columns_when_show_all_columns": "1"},
    ],
)
def test_what_leaves_rows_out_leaves_those_of_subtables(asked: dict[str, str]) -> None:
    below: list[Row] = [{"label": "/bikes", "nb_visits": 6}, {"label": "/cars", "nb_visits": 2}]
    rows: list[Row] = [{"label": "shop", "nb_visits": 9, "subtable": below}]

    assert filtered(rows, parameters_of(list(asked.items())))[0]["subtable"] == below


def test_subtables_are_ordered_and_truncated_as_their_report_is() -> None:
    below: list[Row] = [{"label": name, "nb_visits": number} for number, name in enumerate("cab")]
    asked = [("filter_sort_column", "label"), ("filter_sort_order", "asc"), ("filter_truncate", "1")]

    (shop,) = filtered([{"label": "shop", "nb_visits": 3, "subtable": below}], parameters_of(asked))

    assert shop["subtable"] == [{"label": "a", "nb_visits": 1}, {"label": "Others", "nb_visits": 2}]


def test_subtables_are_shown_to_a_depth() -> None:
    rows: list[Row] = [{"label": "a", "subtable": [{"label": "b", "subtable": [{"label": "c"}]}]}]

    assert closed(rows, 1) == [{"label": "a", "subtable": [{"label": "b"}]}]
    assert closed(rows) == [{"label": "a"}]


def test_equal_rows_stand_by_their_labels_as_people_sort_them() -> None:
    rows: list[Row] = [
        {"label": label, "nb_visits": visits} for label, visits in (("b10", 1), ("B9", 1), ("a", 0), ("c", 2))
    ]

    def order(*names: str, **given: str) -> list[object]:
        return [row["label"] for row in filtered(rows, parameters_of(list(given.items())), order=names)]

    assert order("nb_visits") == ["c", "B9", "b10", "a"]
    assert order("nb_visits", filter_sort_column="label", filter_sort_order="asc") == ["a", "B9", "b10", "c"]
    assert order("nb_visits", filter_sort_column="nb_visits", filter_sort_order="asc") == ["a", "b10", "B9", "c"]
    assert order("nb_visits", filter_sort_order="asc") == ["a", "b10", "B9", "c"]
    assert order("nb_visits", filter_sort_column="nowhere") == ["c", "B9", "b10", "a"]
    assert order() == ["b10", "B9", "a", "c"]


def test_rows_of_an_equal_number_stand_by_their_visits_and_those_without_it_last() -> None:
    rows: list[Row] = [
        {"label": "a", "nb_visits": 1, "nb_hits": 5},
        {"label": "b", "nb_visits": 3, "nb_hits": 5},
        {"label": "c", "nb_visits": 4},
        {"label": "d", "nb_visits": 2, "nb_hits": 7},
    ]

    def order(direction: str) -> str:
        given = parameters_of([("filter_sort_column", "nb_hits"), ("filter_sort_order", direction)])
        return "".join(str(row["label"]) for row in filtered(rows, given))

    assert order("desc") == "dbac"
    assert order("asc") == "abdc"


def test_a_hundred_rows_are_shown_unless_asked_otherwise() -> None:
    many: list[Row] = [{"label": str(number), "nb_visits": 1} for number in range(150)]

    assert len(filtered(many, parameters_of([]))) == 100


@pytest.mark.parametrize(
    "name", ["filter_limit", "filter_offset", "filter_truncate", "depth", "pivotByColumnLimit", "idSubtable"]
)
@pytest.mark.parametrize("wrong", ["many", "2x", " 1", "1_0", "1.5", "\u0661"])
def test_what_is_no_number_is_as_if_it_was_not_said(name: str, wrong: str) -> None:
    assert labels(**{name: wrong}) == labels()


def test_what_is_no_least_share_is_as_if_it_was_not_said() -> None:
    few = labels(filter_excludelowpop="nb_visits", filter_excludelowpop_value="many")

    assert few == labels(filter_excludelowpop="nb_visits")


def test_a_wrong_pattern_is_said() -> None:
    with pytest.raises(RequestError, match="no regular expression"):
        labels(filter_pattern="(")


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(ab){2}", ".*.*.*x", "a" * 201])
def test_a_pattern_that_could_take_for_ever_is_refused(pattern: str) -> None:
    with pytest.raises(RequestError, match="no group that is repeated"):
        labels(filter_pattern=pattern)


def test_labels_stand_as_people_sort_them() -> None:
    rows: list[Row] = [{"label": label} for label in ("ad10.jpg", "ad2.jpg", "_x", "ad.jpg", "Ad 9", "b", "")]

    told = filtered(rows, parameters_of([("filter_sort_column", "label"), ("filter_sort_order", "asc")]))

    assert [row["label"] for row in told] == ["", "ad.jpg", "ad2.jpg", "Ad 9", "ad10.jpg", "b", "_x"]


def test_folders_have_numbers_to_be_asked_for_by() -> None:
    rows: list[Row] = [
        {"label": "shop", "subtable": [{"label": "bikes", "subtable": [{"label": "/b"}]}]},
        {"label": "/"},
    ]

    number_folders(rows, count(1))

    assert folder(rows, 2) == [{"label": "/b"}]
    assert folder(rows, 9) == []
    assert closed(rows) == [{"label": "shop", "idsubdatatable": 1}, {"label": "/"}]
    assert filtered(closed(rows), parameters_of([("hideIdSubDatable", "1")])) == [{"label": "shop"}, {"label": "/"}]


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


NUMBERS_OF_ROWS = st.integers(0, 5)
ROWS_OF_TREES = st.lists(
    st.tuples(st.sampled_from("abcde"), NUMBERS_OF_ROWS, NUMBERS_OF_ROWS, st.lists(NUMBERS_OF_ROWS, max_size=3)),
    max_size=6,
    unique_by=lambda row: row[0],
)
OPTIONS = {
    "filter_limit": ("1", "3"),
    "filter_offset": ("1",),
    "filter_sort_column": ("label", "nb_hits", "share", "nowhere"),
    "filter_sort_order": ("asc", "desc"),
    "filter_pattern": ("a", "[1-3]"),
    "filter_column": ("nb_visits", "share"),
    "filter_pattern_recursive": ("a", "[1-3]"),
    "filter_column_recursive": ("share",),
    "filter_excludelowpop": ("nb_visits", "share"),
    "label": ("a", "b"),
}
ASKED = st.lists(
    st.sampled_from([(name, value) for name, values in OPTIONS.items() for value in values]),
    max_size=4,
    unique_by=lambda option: option[0],
)


@given(ROWS_OF_TREES, ASKED)
def test_rows_that_are_finished_late_are_those_that_are_finished_first(
    told: list[tuple[str, int, int, list[int]]], asked: list[tuple[str, str]]
) -> None:
    def finish(row: Row, *, upper: bool = True, alone: bool = False) -> Row:
        assert not alone
        hits, visits = row["nb_hits"], row["nb_visits"]
        assert isinstance(hits, int)
        assert isinstance(visits, int)
        return row | {"share": hits * 7 % (visits + 3), "upper": upper}

    rows: list[Row] = [
        {
            "label": label,
            "nb_visits": visits,
            "nb_hits": hits,
            "subtable": [{"label": str(one), "nb_visits": one, "nb_hits": one * 2} for one in dict.fromkeys(below)],
        }
        for label, visits, hits, below in told
    ]
    first = changed(rows, finish, partial(finish, upper=False))

    assert filtered(rows, parameters_of(asked), finish) == filtered(first, parameters_of(asked))
