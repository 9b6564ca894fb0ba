import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.enrich.search import SearchReader, count_of
from pellucid.model.hit import Search
from pellucid.model.rules import SEARCH_KEYWORDS

READER = SearchReader(SEARCH_KEYWORDS, ("cat",))


@pytest.mark.parametrize(
    ("url", "search"),
    [
        ("http://a/find?q=bell", Search("bell")),
        ("http://a/find?x=1&Q=bike+bell", Search("bike bell")),
        ("http://a/find#q=bell", Search("bell")),
        ("http://a/find?query=two&q=one", Search("one")),
        ("http://a/find?q=&query=two", Search("two")),
        ("http://a/find?q=bell&CAT=parts&search_count=12", Search("bell", "parts", 12)),
        ("http://a/find?q=bell&search_count=many", Search("bell")),
        ("http://a/find?q=gr%C3%BCn", Search("gr\N{LATIN SMALL LETTER U WITH DIAERESIS}n")),
    ],
)
def test_a_search_is_read_off_the_address(url: str, search: Search) -> None:
    found = READER.read(url)

    assert found is not None
    assert found[0] == search


@pytest.mark.parametrize(
    "url", ["", "http://a/", "http://a/?q=", "http://a/?q=+", "http://a/?qq=bell", "http://a/q=bell"]
)
def test_most_addresses_are_no_search(url: str) -> None:
    assert READER.read(url) is None


def test_an_address_is_read_in_the_charset_of_its_page() -> None:
    found = READER.read("http://a/?q=gr%FCn", "iso-8859-1")

    assert found is not None
    assert found[0].keyword == "gr\N{LATIN SMALL LETTER U WITH DIAERESIS}n"
    assert READER.read("http://a/?q=x", "no such charset") is not None


@given(st.text(), st.text(max_size=12))
def test_any_address_can_be_looked_at(url: str, charset: str) -> None:
    READER.read(f"http://a/?q={url}", charset)


@pytest.mark.parametrize(("text", "count"), [("", None), ("x", None), ("-1", None), ("0", 0), ("9" * 20, 2**32 - 1)])
def test_a_number_of_results_is_one_that_can_be_kept(text: str, count: int | None) -> None:
    assert count_of(text) == count
