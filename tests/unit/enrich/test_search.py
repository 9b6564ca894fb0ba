from urllib.parse import quote_from_bytes

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
        ("http://a/#/find?q=bell&cat=parts", Search("bell", "parts")),
        ("http://a/?x=1#!/find?q=bell", Search("bell")),
        ("http://a/find;cat=parts;q=bell?x=1", Search("bell", "parts")),
        ("http://a/find?q=one&q=two", Search("two")),
        ("http://a/find?q[]=one&q[]=two", Search("one")),
        ("http://a/find?q[]=bell", Search("bell")),
        ("http://a/find?Q%5B%5D=bell&cat[0]=parts", Search("bell", "parts")),
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


@pytest.mark.parametrize(
    ("escaped", "charset", "keyword"),
    [
        ("gr%FCn", "iso-8859-1", "gr\N{LATIN SMALL LETTER U WITH DIAERESIS}n"),
        ("gr%FCn", "Windows-1252", "gr\N{LATIN SMALL LETTER U WITH DIAERESIS}n"),
        ("%8B%96", "Shift_JIS", "\u8a31"),
        ("%E0", "x-mac-cyrillic", "\N{CYRILLIC SMALL LETTER A}"),
        ("gr%C3%BCn", "UTF-8", "gr\N{LATIN SMALL LETTER U WITH DIAERESIS}n"),
    ],
)
def test_an_address_is_read_in_the_charset_of_its_page(escaped: str, charset: str, keyword: str) -> None:
    found = READER.read(f"http://a/?q={escaped}", charset)

    assert found is not None
    assert found[0].keyword == keyword


NO_CHARSETS = (
    "undefined",
    "idna",
    "punycode",
    "unicode_escape",
    "raw_unicode_escape",
    "rot13",
    "utf-7",
    "a\0b",
    "none",
)


@pytest.mark.parametrize("charset", NO_CHARSETS)
def test_what_is_no_charset_of_pages_counts_for_nothing(charset: str) -> None:
    for escaped in ("%E9", "%5Cud800", "xn--%FF"):
        assert READER.read(f"http://a/?q={escaped}", charset) == READER.read(f"http://a/?q={escaped}")


BROWSERS_CHARSETS = """
UTF-8 IBM866 ISO-8859-2 ISO-8859-3 ISO-8859-4 ISO-8859-5 ISO-8859-6 ISO-8859-7 ISO-8859-8 ISO-8859-8-I ISO-8859-10
ISO-8859-13 ISO-8859-14 ISO-8859-15 ISO-8859-16 KOI8-R KOI8-U macintosh windows-874 windows-1250 windows-1251
windows-1252 windows-1253 windows-1254 windows-1255 windows-1256 windows-1257 windows-1258 x-mac-cyrillic GBK gb18030
Big5 EUC-JP ISO-2022-JP Shift_JIS EUC-KR
""".split()


@given(st.text() | st.binary().map(quote_from_bytes), st.text(max_size=12) | st.sampled_from(BROWSERS_CHARSETS))
def test_any_address_can_be_looked_at(url: str, charset: str) -> None:
    found = READER.read(f"http://a/?q={url}", charset)

    if found:
        found[0].keyword.encode()


@pytest.mark.parametrize(("text", "count"), [("", None), ("x", None), ("-1", None), ("0", 0), ("9" * 20, 2**32 - 1)])
def test_a_number_of_results_is_one_that_can_be_kept(text: str, count: int | None) -> None:
    assert count_of(text) == count
