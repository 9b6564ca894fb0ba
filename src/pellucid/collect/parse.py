"""What a tracking request says, as text: its parameters, and which kind of hit it is.

Nothing here decides. Parameters and their meaning are those of Matomo's tracking API.
"""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from fast_query_parsers import parse_query_string
from msgspec import DecodeError, Struct, json

from pellucid.errors import RequestError
from pellucid.model.hit import HitKind

LONGEST_TEXT = 1024
LONGEST_ITEMS = 65_536

_OF_ALL = ("cvar", "_cvar", "e_cvar", "_rcn", "_rck", "_refts", "_ref")
_OF_KIND: Mapping[HitKind, tuple[str, ...]] = {
    HitKind.PAGEVIEW: (
        *("_pks", "_pkn", "_pkc", "_pkp"),
        *("pf_net", "pf_srv", "pf_tfr", "pf_dm1", "pf_dm2", "pf_onl"),
    ),
    HitKind.SEARCH: ("search", "search_cat", "search_count"),
    HitKind.CONTENT: ("c_n", "c_p", "c_t", "c_i"),
    HitKind.EVENT: ("e_c", "e_a", "e_n", "e_v"),
    HitKind.OUTLINK: (),
    HitKind.DOWNLOAD: (),
    HitKind.GOAL: ("idgoal", "revenue"),
    HitKind.CART: ("revenue", "ec_items"),
    HitKind.ORDER: ("ec_id", "revenue", "ec_st", "ec_tx", "ec_sh", "ec_dt", "ec_items"),
    HitKind.PING: (),
}
_KEPT = {kind: frozenset((*names, *_OF_ALL)) for kind, names in _OF_KIND.items()}
_DIMENSION = "dimension"
_ESCAPED_NAME = re.compile(rb"(?:^|&)[^=&]*%3[dD]")
"""A name with an equals sign in it, which the fast parser takes for the end of the name."""


class Bulk(Struct):
    """The body of a bulk request; each of `requests` is a query string or an object of parameters."""

    requests: list[str | dict[str, str | int | float | bool | list[object] | dict[str, object] | None]]
    token_auth: str = ""
    send_image: int | str | bool = 1


def parameters_of(query: bytes) -> dict[str, str]:
    """Return the parameters of a query string or form; of repeated names the last one counts.

    Bytes that are not UTF-8 become U+FFFD. The fast parser is right only on plain ASCII with plain names.
    """
    escaped = b"%3D" in query or b"%3d" in query
    if query.isascii() and not (escaped and _ESCAPED_NAME.search(query)):
        found = dict(parse_query_string(query, "&"))
        # What it can not read it leaves in a name, or puts in for a byte: one look at each for all of them.
        names = "".join(found)
        if "=" not in names and "%" not in names and "\ufffd" not in "".join((names, *found.values())):
            return found
    return dict(parse_qsl(query.decode(errors="replace"), keep_blank_values=True, errors="replace"))


def bulk_of(body: bytes) -> Bulk:
    """Return a bulk request, or raise `RequestError` telling where its JSON is wrong."""
    try:
        return json.decode(body, type=Bulk)
    except (DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RequestError(f"The bulk request is no JSON of the form {{'requests': [...]}}: {error}") from error


def parameters_of_entry(entry: str | Mapping[str, object]) -> dict[str, str]:
    """Return the parameters of one entry of a bulk request."""
    if isinstance(entry, str):
        return parameters_of(entry.lstrip("?").encode(errors="replace"))
    return {name: _text(value) for name, value in entry.items() if value is not None}


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    return json.encode(value).decode()


def kind_of(parameters: Mapping[str, str]) -> HitKind | None:
    """Return what a request tells of, or None if it is a custom action that nothing here can make sense of."""
    goal = parameters.get("idgoal")
    custom = parameters.get("ca") == "1"
    if parameters.get("ping") == "1":
        return HitKind.PING
    if goal and custom:
        return None
    if goal == "0":
        return HitKind.ORDER if parameters.get("ec_id") else HitKind.CART
    if goal:
        return HitKind.GOAL
    if parameters.get("download"):
        return HitKind.DOWNLOAD
    if parameters.get("link"):
        return HitKind.OUTLINK
    if parameters.get("e_c") and parameters.get("e_a"):
        return HitKind.EVENT
    if parameters.get("c_n"):
        return HitKind.CONTENT
    if parameters.get("search"):
        return HitKind.SEARCH
    return None if custom else HitKind.PAGEVIEW


def kept_of(kind: HitKind, parameters: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters that a hit of this kind is about; what is not listed is not kept."""
    kept = _KEPT[kind]
    return {
        name: clean(value, LONGEST_ITEMS if name == "ec_items" else LONGEST_TEXT)
        for name, value in parameters.items()
        if value and (name in kept or (name[:9] == _DIMENSION and name[9:].isdecimal()))
    }


def clean(text: str, longest: int = LONGEST_TEXT) -> str:
    """Return text that every store can hold: no NUL, no lone surrogate, cut at the longest length."""
    text = text[:longest]
    if text.isascii():
        return text.replace("\0", "") if "\0" in text else text
    return text.encode(errors="replace").decode().replace("\0", "")
