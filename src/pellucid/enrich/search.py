"""A search on the site itself, read off the page's address: `/find?q=bell` was a search for "bell"."""

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import unquote_plus

from msgspec import Struct

from pellucid.model.hit import Search


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
        told = _parameters(url, charset or "utf-8")
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


@lru_cache(maxsize=1024)
def _any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"[?&#;](?:{'|'.join(map(re.escape, names))})=[^&#]", re.IGNORECASE)


def _parameters(url: str, charset: str) -> dict[str, str]:
    bare, _, fragment = url.partition("#")
    pairs = [pair.partition("=") for pair in f"{bare.partition('?')[2]}&{fragment}".split("&")]
    return {name.lower(): _unescaped(value, charset) for name, separator, value in pairs if separator}


def _unescaped(value: str, charset: str) -> str:
    try:
        return unquote_plus(value, charset, "replace")
    except LookupError:
        return unquote_plus(value, errors="replace")


def _first(names: Sequence[str], told: dict[str, str]) -> str:
    return next((name for name in names if told.get(name)), "")
