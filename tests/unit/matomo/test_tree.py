import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.matomo.tree import DEEPEST, flat_label, grown, path_of


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("http://shop.example.org/", ("/index",)),
        ("http://shop.example.org", ("/index",)),
        ("http://shop.example.org/about", ("/about",)),
        ("http://shop.example.org/shop/bikes/", ("shop", "bikes", "/index")),
        ("http://shop.example.org/shop/?sort=price", ("shop", "/?sort=price")),
        ("http://shop.example.org/blog/2024/caf%C3%A9-rides", ("blog", "2024", "/café-rides")),
        ("http://shop.example.org/a//b", ("a", "/b")),
        ("http://shop.example.org/?next=/a/b", ("/?next=/a/b",)),
        ("/just/a/path", ("just", "a", "/path")),
    ],
)
def test_an_address_is_a_path_of_folders(url: str, path: tuple[str, ...]) -> None:
    assert path_of(url) == path


@given(st.lists(st.text("abc/?=%é", max_size=6), max_size=14))
def test_a_path_is_never_too_deep_and_ends_in_a_page(parts: list[str]) -> None:
    path = path_of("http://a/" + "/".join(parts))

    assert 1 <= len(path) <= DEEPEST
    assert path[-1].startswith("/")


def test_a_flat_label_is_path_and_query() -> None:
    assert flat_label("http://shop.example.org/blog/caf%C3%A9?page=2") == "/blog/café?page=2"


def test_a_folder_is_the_sum_of_its_pages_without_their_visitors() -> None:
    tree = grown(
        [
            (("shop", "/a"), {"nb_visits": 2, "max_actions": 5, "nb_uniq_visitors": 2, "url": "http://s/shop/a"}),
            (("shop", "bikes", "/b"), {"nb_visits": 3, "max_actions": 4, "nb_uniq_visitors": 1, "url": "http://s/b"}),
            (("/index",), {"nb_visits": 1}),
        ],
    )

    shop, index = tree
    assert (shop["label"], shop["nb_visits"], shop["max_actions"]) == ("shop", 5, 5)
    assert "nb_uniq_visitors" not in shop
    assert [row["label"] for row in shop["subtable"]] == ["/a", "bikes"]
    assert index == {"label": "/index", "nb_visits": 1}
