"""The language a visitor's browser asks for."""

import re
from functools import lru_cache

LONGEST_LANGUAGE = 20
_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


@lru_cache(maxsize=4096)
def language(accepted: str) -> str:
    """Return the first language of an Accept-Language header, in lower case (`de-at`); the empty text if none."""
    first = accepted.partition(",")[0].partition(";")[0].strip()
    return first.lower()[:LONGEST_LANGUAGE] if _TAG.fullmatch(first) else ""
