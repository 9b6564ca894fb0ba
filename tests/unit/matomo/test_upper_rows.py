from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from pellucid.matomo.columns import GOALS, Cell, Column, Row, number_in, reader
from pellucid.matomo.labels import Label
from pellucid.matomo.rows import closed, number_folders
from pellucid.matomo.tree import grown, having
from pellucid.matomo.upper_rows import Told, upper_rows

COLUMNS = (
    Column("nb_visits", "visits"),
    Column("nb_uniq_visitors", "visitors"),
    Column("nb_hits_with_time_server", "server_views"),
    Column("max_time_server", "longest_server"),
    Column("min_time_server", "shortest_server"),
    Column("entry_nb_visits", "entries", beside="entry_nb_visits"),
    Column("entry_bounce_count", "entry_bounces", beside="entry_nb_visits"),
)
APART = frozenset({"nb_uniq_visitors"})
_TIMES = st.none() | st.integers(1, 9)
_COUNTS = st.integers(0, 3)
_ENTRIES = st.just((0, 0)) | st.tuples(st.integers(1, 3), _COUNTS)


@st.composite
def told_of_pages(draw: st.DrawFn) -> Told:
    """A page in folders: of a page's label no folder is called, and visits end where they began."""
    folders = draw(st.lists(st.sampled_from("abc"), max_size=3))
    path = (*map(Label, folders), Label("/" + draw(st.sampled_from("abc"))))
    numbers = (*draw(st.tuples(_COUNTS, _COUNTS, _COUNTS, _TIMES, _TIMES)), *draw(_ENTRIES))
    goals: list[Row] = [{"goal": number} for number in draw(st.lists(st.integers(1, 9), max_size=2))]
    return path, numbers, {GOALS: goals} if goals else {}


def without_order(rows: list[Row]) -> list[Row]:
    """Rows with their lists sorted: goals are looked for by what they are."""

    def sorted_if_list(cell: Cell) -> Cell:
        return tuple(sorted(map(str, cell))) if isinstance(cell, list) else cell

    return [{name: sorted_if_list(cell) for name, cell in row.items()} for row in rows]


@given(st.lists(told_of_pages(), max_size=12), st.sampled_from(["", "nb_visits", "entry_nb_visits"]))
def test_upper_rows_are_those_of_the_whole_tree(told: list[Told], needs: str) -> None:
    read = reader(COLUMNS)
    whole = having(grown([(path, read(numbers) | lists) for path, numbers, lists in told], APART), needs)

    upper = upper_rows(told, COLUMNS, APART, needs)

    # They have the numbers by which what is in them can be asked for.
    number_folders(whole, count(1))
    number_folders(upper, count(1))
    assert without_order(closed(upper)) == without_order(closed(whole))
    assert [row.keys() >= {"subtable"} for row in upper] == [row.keys() >= {"subtable"} for row in whole]


@given(st.lists(told_of_pages(), max_size=12), st.integers(1, 5), st.sampled_from(["", "nb_visits", "entry_nb_visits"]))
def test_of_pages_in_no_folder_those_with_the_most_visits_are_made(told: list[Told], most: int, needs: str) -> None:
    every = upper_rows(told, COLUMNS, APART, needs)

    some = upper_rows(told, COLUMNS, APART, needs, most)

    visits = sorted((number_in(row["nb_visits"]) for row in every), reverse=True)[:most]
    assert [row for row in every if "subtable" in row or number_in(row["nb_visits"]) >= min(visits)] == some


def test_columns_of_a_folder_stand_as_those_of_a_page_do() -> None:
    rows: list[Told] = [
        ((Label("shop"), Label("/a")), (1, 1, 0, None, None, 0, 0), {}),
        ((Label("shop"), Label("/b")), (2, 1, 1, 7, 7, 2, 1), {}),
    ]

    (row,) = upper_rows(rows, COLUMNS, APART, "")

    assert row == {
        "label": "shop",
        "nb_visits": 3,
        "nb_hits_with_time_server": 1,
        "max_time_server": 7,
        "min_time_server": 7,
        "entry_nb_visits": 2,
        "entry_bounce_count": 1,
        "subtable": [],
    }
    names: Row = {column.name: 0 for column in COLUMNS if column.name not in APART}
    assert list(row) == ["label", *names, "subtable"]
