"""A search on the site itself, read off the page's address: `/find?q=bell` was a search for "bell"."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from urllib.parse import unquote_plus

from msgspec import Struct

from pellucid.model.hit import Search

_PLAIN = "utf-8"
_CHARSETS: Mapping[str, str] = {
    **{f"iso-8859-{part}": f"iso8859-{part}" for part in (*range(1, 12), *range(13, 17))},
    **{f"windows-{page}": f"cp{page}" for page in (874, *range(1250, 1259))},
    **{name: name for name in "big5 euc-jp euc-kr gb2312 gb18030 gbk iso-2022-jp koi8-r koi8-u shift-jis".split()},
    "ibm866": "cp866",
    "iso-8859-8-i": "iso8859-8",
    "macintosh": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
}
"""Python's names of the charsets that pages are in, https://encoding.spec.whatwg.org/#names-and-labels.

Python knows others by name that are no charsets: they fail on some text, whatever they are told to do with it.
"""


class SearchReader(Struct, frozen=True):
    """Knows by which parameters a site is searched; their names are in lower case."""

    keywords: tuple[str, ...]
    categories: tuple[str, ...]

    def read(self, url: str, charset: str = "") -> tuple[Search, frozenset[str]] | None:
        """Return what was searched for, and the parameters that told it; None if the page is no search.

        `charset` is the page's, in which its addresses are escaped.
        """
        # Most addresses say nothing of the kind, and one look tells.
        if not _any_of(self.keywords).search(url):
            return None
        told = _parameters(url, _CHARSETS.get(charset.lower().replace("_", "-"), _PLAIN) if charset else _PLAIN)
        for name in self.keywords:
            keyword = told.get(name, "").strip()
            if keyword:
                category = _first(self.categories, told)
                return Search(keyword, told.get(category, ""), count_of(told.get("search_count", ""))), frozenset(
                    {name, category, "search_count"}
                )
        return None


def count_of(text: str) -> int | None:
    """Return how many results there were, if that is a number."""
    return min(int(text), _MOST) if text.isdecimal() and len(text) <= _LONGEST_COUNT else None


_MOST = 2**32 - 1
_LONGEST_COUNT = 20


_LIST = r"(?:\[\w*\]|%5B\w*%5D)?"
"""What follows a parameter's name where it may come several times, as PHP has it: `find[]=bell`."""

_LISTED = re.compile(rf"{_LIST}\Z", re.IGNORECASE)


@lru_cache(maxsize=1024)
def _any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"[?&#;](?:{'|'.join(map(re.escape, names))}){_LIST}=[^&#]", re.IGNORECASE)


def _parameters(url: str, charset: str) -> dict[str, str]:
    """Return the parameters of an address's path (`;a=b`), query and fragment (also `#/find?q=bell`).

    Of a list the first counts, of a name that is there again the last.
    """
    bare, _, fragment = url.partition("#")
    path, _, query = bare.partition("?")
    matrix = path.partition(";")[2].replace(";", "&")
    told: dict[str, str] = {}
    for pair in f"{matrix}&{query}&{fragment.partition('?')[2] or fragment}".split("&"):
        name, separator, value = pair.partition("=")
        bare_name = _LISTED.sub("", name).lower()
        if separator and (bare_name == name.lower() or bare_name not in told):
            told[bare_name] = unquote_plus(value, charset, "replace")
    return told


def _first(names: Sequence[str], told: dict[str, str]) -> str:
    return next((name for name in names if told.get(name)), "")
