import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.matomo.columns import Row
from pellucid.matomo.labels import Label
from pellucid.matomo.tree import DEEPEST, changed, flat_path, grown, having, path_and_query, path_of, without_scheme


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("http://shop.example.org/", ("/index",)),
        ("http://shop.example.org", ("/index",)),
        ("http://shop.example.org/about", ("/about",)),
        ("http://shop.example.org/shop/bikes/", ("shop", "bikes", "/index")),
        ("http://shop.example.org/shop/?sort=price", ("shop", "/?sort=price")),
        ("http://shop.example.org/blog/2024/caf%C3%A9-rides", ("blog", "2024", "/caf%C3%A9-rides")),
        ("http://shop.example.org/a//b", ("a", "/b")),
        ("http://shop.example.org/?next=/a/b", ("?next=", "a", "/b")),
        ("http://shop.example.org/go/?to=http://b.example/", ("go", "?to=http:", "b.example", "/index")),
        ("http://shop.example.org/a/#b/c", ("a", "index#b", "/c")),
        ("http://shop.example.org/a/#", ("a", "/index")),
        ("http://shop.example.org/ a /%20/b ", ("a", "%20", "/b")),
        ("http://shop.example.org/1//2/3/4/5/6/7/8/9/10", ("1", "2", "3", "4", "5", "6", "7", "8", "/9/10")),
        ("/just/a/path", ("just", "a", "/path")),
        ("shop.example.org/a?to=http://b.example/", ("a?to=http:", "b.example", "/index")),
    ],
)
def test_an_address_is_a_path_of_folders(url: str, path: tuple[str, ...]) -> None:
    assert path_of(url) == path


@pytest.mark.parametrize(
    ("url", "flat"),
    [
        ("http://shop.example.org/", "/"),
        ("http://shop.example.org/index", "/"),
        ("http://shop.example.org/shop/", "/shop/"),
        ("http://shop.example.org//a//b", "/a/b"),
        ("http://shop.example.org/go/?to=http://b.example/", "/go/?to=http:/b.example/"),
    ],
)
def test_a_page_is_called_by_its_folders_where_none_are_shown(url: str, flat: str) -> None:
    assert flat_path(url) == flat


@settings(deadline=None)
@given(st.lists(st.text("abc/?=%é", max_size=6), max_size=14))
def test_a_path_is_never_too_deep_and_ends_in_a_page(parts: list[str]) -> None:
    path = path_of("http://a/" + "/".join(parts))

    assert 1 <= len(path) <= DEEPEST
    assert path[-1].startswith("/")


def filed(*rows: tuple[str, Row]) -> list[tuple[list[Label], Row]]:
    return [([Label(text) for text in path.split(" > ")], row) for path, row in rows]


def test_an_address_is_shown_from_its_host_or_its_path_on() -> None:
    url = "http://shop.example.org/blog/caf%C3%A9?page=2"

    assert without_scheme(url) == "shop.example.org/blog/caf%C3%A9?page=2"
    assert path_and_query(url) == "/blog/caf%C3%A9?page=2"


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("/caf%C3%A9-rides", "/café-rides"),
        ("/find?q=a%20b+c", "/find?q=a b c"),
        ("Now 100%", "Now 100%"),
        ("1+1", "1 1"),
        ("%FF", ""),
        ("", ""),
    ],
)
def test_a_label_is_shown_as_if_it_had_been_escaped(label: str, shown: str) -> None:
    (row,) = grown([((Label(label),), {"nb_visits": 1})])

    assert row["label"] == shown


def test_a_folder_is_the_sum_of_its_pages_without_their_visitors() -> None:
    tree = grown(
        filed(
            ("shop > /a", {"nb_visits": 2, "max_actions": 5, "nb_uniq_visitors": 2}),
            ("shop > bikes > /b", {"nb_visits": 3, "max_actions": 4, "nb_uniq_visitors": 1}),
            ("/index", {"nb_visits": 1}),
        ),
        frozenset({"nb_uniq_visitors"}),
    )

    shop, index = tree
    assert (shop["label"], shop["nb_visits"], shop["max_actions"]) == ("shop", 5, 5)
    assert "nb_uniq_visitors" not in shop
    assert [row["label"] for row in shop["subtable"]] == ["/a", "bikes"]
    assert index == {"label": "/index", "nb_visits": 1}


def test_rows_with_the_same_labels_are_one() -> None:
    here, there = ("fr", {"nb_visits": 2, "nb_uniq_visitors": 1}), ("fr", {"nb_visits": 3, "nb_uniq_visitors": 3})

    assert grown(filed(here, there)) == [{"label": "fr", "nb_visits": 5, "nb_uniq_visitors": 4}]


def test_what_a_label_tells_more_stands_in_its_row() -> None:
    tree = grown([((Label("Google", {"url": "g"}), Label("bikes", {"url": "b"})), {"nb_visits": 1})])

    assert tree == [
        {"label": "Google", "url": "g", "nb_visits": 1, "subtable": [{"label": "bikes", "url": "b", "nb_visits": 1}]}
    ]


def test_only_what_has_some_of_a_column_is_left_in_every_folder() -> None:
    rows: list[Row] = grown(filed(("shop > /a", {"exits": 1}), ("shop > /b", {"hits": 1}), ("/c", {"hits": 1})))

    left = having(rows, "exits")

    assert [row["label"] for row in left] == ["shop"]
    assert [row["label"] for row in left[0]["subtable"]] == ["/a"]
    assert having(rows, "") == rows


def test_a_change_reaches_what_is_in_folders() -> None:
    rows = grown(filed(("shop > /a", {"hits": 1})))

    done = changed(rows, lambda row: row | {"seen": "above"}, lambda row: row | {"seen": "in it"})

    assert done[0]["seen"] == "above"
    assert done[0]["subtable"][0]["seen"] == "in it"
