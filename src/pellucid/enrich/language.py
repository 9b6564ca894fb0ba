"""The language a visitor's browser asks for."""

import re
from functools import lru_cache

from babel import Locale

UNKNOWN = "xx"
"""The language of who asks for one that nobody knows."""
_CODE = 2
_KNOWN = frozenset(code for code in map(str, Locale("en").languages) if len(code) == _CODE)
_LEFT_OUT = re.compile(r"\s|;q=[0-9.]+")
_TAGS = re.compile(r"(?:^|,)([a-z]{2,3})(?:-[a-z]{4})?(-[a-z]{2})?(?![a-z])")


@lru_cache(maxsize=4096)
def language(accepted: str) -> str:
    """Return the first known language of an Accept-Language header with its region, in lower case (`de-at`).

    A script is left out, and a locale (`de_AT`) is read as if it were a language. Without a header it is empty.
    """
    asked = _LEFT_OUT.sub("", accepted.lower().replace("_", "-"))
    if not asked:
        return ""
    return next((f"{code}{region}" for code, region in _TAGS.findall(asked) if code in _KNOWN), UNKNOWN)
