"""What a tracking request says, as text: its parameters, and which kind of hit it is.

Nothing here decides. Parameters and their meaning are those of Matomo's tracking API.
"""

import re
from collections.abc import Mapping
from html import unescape
from html.entities import name2codepoint
from itertools import islice
from urllib.parse import parse_qsl

from fast_query_parsers import parse_query_string
from msgspec import DecodeError, Raw, Struct, convert, field, json

from pellucid.errors import RequestError
from pellucid.model.hit import HitKind

LONGEST_TEXT = 1024

_ESCAPED_NAME = re.compile(rb"(?:^|&)[^=&]*%3[dD]")
"""A name with an equals sign in it, which the fast parser takes for the end of the name."""
_ADDRESSED = ("http://", "https://", "/")


class Given(Struct, gc=False):
    """The parameters of a request that mean something, all as text: what was not given is empty."""

    idsite: str = ""
    rec: str = ""
    action_name: str = ""
    url: str = ""
    urlref: str = ""
    h: str = ""
    m: str = ""
    s: str = ""
    visitor: str = field(default="", name="_id")
    pv_id: str = ""
    network: str = field(default="", name="pf_net")
    server: str = field(default="", name="pf_srv")
    transfer: str = field(default="", name="pf_tfr")
    dom_processing: str = field(default="", name="pf_dm1")
    dom_completion: str = field(default="", name="pf_dm2")
    on_load: str = field(default="", name="pf_onl")
    res: str = ""
    uadata: str = ""
    uid: str = ""
    cid: str = ""
    cip: str = ""
    cdt: str = ""
    cdo: str = ""
    ua: str = ""
    lang: str = ""
    cs: str = ""
    country: str = ""
    region: str = ""
    city: str = ""
    latitude: str = field(default="", name="lat")
    longitude: str = field(default="", name="long")
    new_visit: str = ""
    token_auth: str = ""
    ping: str = ""
    custom_action: str = field(default="", name="ca")
    bots: str = ""
    link: str = ""
    download: str = ""
    search: str = ""
    search_cat: str = ""
    search_count: str = ""
    event_category: str = field(default="", name="e_c")
    event_action: str = field(default="", name="e_a")
    event_name: str = field(default="", name="e_n")
    event_value: str = field(default="", name="e_v")
    content_name: str = field(default="", name="c_n")
    content_piece: str = field(default="", name="c_p")
    content_target: str = field(default="", name="c_t")
    content_interaction: str = field(default="", name="c_i")
    idgoal: str = ""
    revenue: str = ""
    order_id: str = field(default="", name="ec_id")
    items: str = field(default="", name="ec_items")
    subtotal: str = field(default="", name="ec_st")
    tax: str = field(default="", name="ec_tx")
    shipping: str = field(default="", name="ec_sh")
    discount: str = field(default="", name="ec_dt")
    product_sku: str = field(default="", name="_pks")
    product_name: str = field(default="", name="_pkn")
    product_category: str | None = field(default=None, name="_pkc")
    product_price: str = field(default="", name="_pkp")
    campaign_name: str = field(default="", name="_rcn")
    campaign_keyword: str = field(default="", name="_rck")
    first_referrer: str = field(default="", name="_ref")
    variables: str = field(default="", name="cvar")
    event_variables: str = field(default="", name="e_cvar")
    visit_variables: str = field(default="", name="_cvar")


class Bulk(Struct):
    """The body of a bulk request; each of `requests` should be a query string or an object of parameters.

    They may be numbered: PHP writes a list so in which a number is missing.
    """

    requests: list[Raw] | dict[str, Raw]
    token_auth: object = ""
    send_image: object = 1

    @property
    def entries(self) -> list[Raw]:
        """The hits, unread."""
        return list(self.requests.values()) if isinstance(self.requests, dict) else self.requests

    @property
    def token(self) -> str:
        """The token, where a text was given for one."""
        return self.token_auth if isinstance(self.token_auth, str) else ""


MOST_PARAMETERS = 1_000
"""As many as PHP reads of a request, and so Matomo."""
LONGEST_HIT = 256 * 1024
"""So many bytes as text: more than an order of a thousand products has."""
_LONGEST_OF_TOO_MANY = 1024
"""So many bytes of each parameter are read where a hit is longer: reading it must not keep all others waiting."""

_ENTRY = json.Decoder(str | dict[str, Raw])
_MARK = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[][{},]', re.DOTALL)
"""What an entry's end is found by: a text, in which nothing else is a mark, and the marks themselves."""
_MOST_MARKS = 100_000


def parameters_of(query: bytes) -> dict[str, str]:
    """Return the parameters of a query string or form; of repeated names the last one counts.

    Bytes that are not UTF-8 become U+FFFD. The fast parser is right only on plain ASCII with plain names.
    """
    if query.count(b"&") >= MOST_PARAMETERS:
        query = b"&".join(query.split(b"&", MOST_PARAMETERS)[:MOST_PARAMETERS])
    if len(query) > LONGEST_HIT:
        query = b"&".join(pair[:_LONGEST_OF_TOO_MANY] for pair in query.split(b"&"))
    escaped = b"%3D" in query or b"%3d" in query
    if query.isascii() and not (escaped and _ESCAPED_NAME.search(query)):
        found = dict(parse_query_string(query, "&"))
        # What it can not read it leaves in a name, or puts in for a byte: one look at each for all of them.
        names = "".join(found)
        if "=" not in names and "%" not in names and "\ufffd" not in "".join((names, *found.values())):
            return found
    return dict(parse_qsl(query.decode(errors="replace"), keep_blank_values=True, errors="replace"))


def bulk_of(body: bytes) -> Bulk:
    """Return a bulk request, its entries unread, or raise `RequestError` telling where its JSON is wrong.

    Bytes that are not UTF-8 become U+FFFD.
    """
    text = body.decode(errors="replace")
    try:
        return json.decode(text, type=Bulk)
    except (DecodeError, RecursionError) as error:
        bulk = _bulk_of_wrong_entries(text)
        if bulk is None:
            raise RequestError(f"The bulk request is no JSON of the form {{'requests': [...]}}: {error}") from error
        return bulk


def _bulk_of_wrong_entries(text: str) -> Bulk | None:
    """Return a bulk request that is right but for what stands in its entries; None if it is wrong itself."""
    cut = _without_entries(text)
    if cut is None:
        return None
    bare, entries = cut
    try:
        bulk = json.decode(bare, type=Bulk)
    except (DecodeError, RecursionError):
        return None
    if isinstance(bulk.requests, dict):
        return None
    bulk.requests = [Raw(entries[int(bytes(place))]) for place in bulk.requests]
    return bulk


def _without_entries(text: str) -> tuple[str, list[str]] | None:
    """Return an object with the place of each entry of its lists instead of the entry, and the entries.

    None if there are more marks in it than can be looked at while others wait.
    """
    bare: list[str] = []
    entries: list[str] = []
    depth = begin = 0
    in_list = False
    for number, found in enumerate(_MARK.finditer(text)):
        if number == _MOST_MARKS:
            return None
        mark = found[0]
        if in_list and depth == _IN_LIST and mark in {",", "]"}:
            entry = text[begin : found.start()]
            if mark == "," or entry.strip():
                bare.append(str(len(entries)))
                entries.append(entry)
            bare.append(mark)
            begin = found.end()
        if mark in {"[", "{"}:
            depth += 1
            if mark == "[" and depth == _IN_LIST:
                in_list = True
                bare.append(text[begin : found.end()])
                begin = found.end()
        elif mark in {"]", "}"}:
            depth -= 1
            in_list = in_list and depth >= _IN_LIST
    return "".join((*bare, text[begin:])), entries


_IN_LIST = 2
"""How deep a list within an object is."""


def parameters_of_entry(entry: Raw) -> dict[str, str]:
    """Return the parameters of one entry of a bulk request: an object, a query string, or an address with one.

    What is none of these names no site either: it has no parameters.
    """
    try:
        told = _ENTRY.decode(entry)
        if isinstance(told, str):
            query = told.partition("?")[2] if told.startswith(_ADDRESSED) else told.lstrip("?")
            return parameters_of(query.encode(errors="replace"))
        first = islice(told.items(), MOST_PARAMETERS)
        return {name: _text(value) for name, raw in first if (value := bytes(raw)) != b"null"}
    except (DecodeError, RecursionError):
        return {}


_BOOLEANS = {b"true": "1", b"false": "0"}


def _text(value: bytes) -> str:
    """Return a value of an object as text: what is a list or an object stays JSON."""
    if value.startswith(b'"'):
        return json.decode(value, type=str)
    return _BOOLEANS.get(value) or value.decode()


def given_of(parameters: Mapping[str, str]) -> Given:
    """Return the parameters that mean something, each as it was before it was written for HTML.

    What is JSON stays as it is: a quotation mark that is read would end a text of it.
    """
    escaped = {name: unescaped(text) for name, text in parameters.items() if "&" in text and name in _TEXTS}
    return convert({**parameters, **escaped} if escaped else parameters, Given)


_JSON = frozenset({"ec_items", "cvar", "e_cvar", "_cvar", "uadata", "_pkc", "search_cat"})
_TEXTS = frozenset(Given.__struct_encode_fields__) - _JSON
_ESCAPED = re.compile(r"&(?:#(?:\d{1,7}|[xX][0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,7}));")


def unescaped(text: str) -> str:
    """Return a text that may have been written for HTML (`Q&amp;A`) as it was before; parameters of an address stay."""
    return _ESCAPED.sub(_character, text) if ";" in text else text


def _character(found: re.Match[str]) -> str:
    return unescape(found[0]) if found[1] is None or found[1] in name2codepoint else found[0]


def is_custom(given: Given) -> bool:
    """Return whether a request says that it is no page view, but an action that a plug-in may know."""
    return given.custom_action == "1"


def kind_of(given: Given) -> HitKind | None:
    """Return what a request tells of, before its address is read; None if it is a conversion and a custom action."""
    if given.ping == "1":
        return HitKind.PING
    if given.idgoal:
        return None if is_custom(given) else _kind_of_conversion(given)
    if given.download:
        return HitKind.DOWNLOAD
    if given.link:
        return HitKind.OUTLINK
    if given.event_category and given.event_action:
        return HitKind.EVENT
    if given.content_name:
        return HitKind.CONTENT
    if given.search:
        return HitKind.SEARCH
    return HitKind.PAGEVIEW


def _kind_of_conversion(given: Given) -> HitKind:
    if given.idgoal == "0":
        return HitKind.ORDER if given.order_id else HitKind.CART
    return HitKind.GOAL


def clean(text: str, longest: int = LONGEST_TEXT) -> str:
    """Return text that every store can hold: no NUL, no lone surrogate, cut at the longest length."""
    text = text[:longest]
    if text.isascii():
        return text.replace("\0", "") if "\0" in text else text
    return text.encode(errors="replace").decode().replace("\0", "")
