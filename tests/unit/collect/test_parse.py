from contextlib import suppress
from json import dumps
from time import process_time
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pellucid.collect.parse import (
    LONGEST_HIT,
    MOST_PARAMETERS,
    Given,
    bulk_of,
    clean,
    given_of,
    kind_of,
    parameters_of,
    parameters_of_entry,
)
from pellucid.errors import RequestError
from pellucid.model.hit import HitKind

QUERIES = st.one_of(
    st.binary(max_size=80),
    st.text("ab=&%+ffé;20[]", max_size=60).map(str.encode),
    st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8))).map(lambda pairs: urlencode(pairs).encode()),
    st.lists(st.sampled_from("a b = == % %3d %3D %26 %ff %FF %00 + & && ; [b] [] %5Bb%5D é \udcff".split())).map(
        lambda pieces: "".join(pieces).encode(errors="surrogateescape"),
    ),
)


@given(QUERIES)
@example(b"a=%ff")
@example(b"a=1&a=2")
@example(b"%61=1&b%3D=2&=3&c")
@example(b"a=b=c&+=+&%")
@example(b"a=\xff\xfe&b=1")
@example(b"&&a=1&&=&")
@example(b"a%3Db=1&a=2")
@example(b"a=%EF%BF%BD")
@example(b"%00")
@example(b"%ff=1&%zz&+")
def test_a_query_is_read_as_the_standard_library_reads_it(query: bytes) -> None:
    expected = parse_qsl(query.decode(errors="replace"), keep_blank_values=True, errors="replace")

    assert parameters_of(query) == dict(expected)


def test_of_repeated_names_the_last_counts() -> None:
    assert parameters_of(b"a=1&b=2&a=3&a=") == {"a": "", "b": "2"}


def test_a_name_with_brackets_does_not_speak_for_the_name_before_them() -> None:
    given = parameters_of(b"idsite=1&idsite[]=2&url[a]=http%3A%2F%2Fb%2F&url%5Bc%5D=x")

    assert given == {"idsite": "1", "idsite[]": "2", "url[a]": "http://b/", "url[c]": "x"}


@given(st.text())
def test_what_is_kept_can_be_stored_anywhere(text: str) -> None:
    kept = clean(text + "\0\ud800")

    assert "\0" not in kept
    kept.encode()
    assert len(kept) <= 1024


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({}, HitKind.PAGEVIEW),
        ({"search": "x"}, HitKind.SEARCH),
        ({"search": "x", "c_n": "x"}, HitKind.CONTENT),
        ({"c_n": "x", "e_c": "x", "e_a": "y"}, HitKind.EVENT),
        ({"e_c": "x", "e_a": "y", "link": "http://b/"}, HitKind.OUTLINK),
        ({"link": "http://b/", "download": "http://b/a.zip"}, HitKind.DOWNLOAD),
        ({"idgoal": "3"}, HitKind.GOAL),
        ({"idgoal": "0"}, HitKind.CART),
        ({"idgoal": "0", "ec_id": "7"}, HitKind.ORDER),
        ({"ping": "1", "idgoal": "3"}, HitKind.PING),
        ({"e_c": "x"}, HitKind.PAGEVIEW),
        ({"ca": "1", "search": "x"}, HitKind.SEARCH),
        ({"ca": "1", "idgoal": "3"}, None),
        ({"ca": "1", "idgoal": "0"}, None),
        ({"ca": "1", "ping": "1"}, HitKind.PING),
        ({"ca": "1", "e_c": "x", "e_a": "y"}, HitKind.EVENT),
    ],
)
def test_a_hit_is_of_the_kind_that_matomo_takes_it_for(given: dict[str, str], kind: HitKind | None) -> None:
    assert kind_of(given_of(given)) is kind


@given(st.dictionaries(st.sampled_from([*Given.__struct_fields__, "_id", "e_c", "_pkc", "secret"]), st.text()))
def test_whatever_is_given_is_text(parameters: dict[str, str]) -> None:
    told = given_of(parameters)

    # That a product has no category is told by an empty one.
    untold = set() if "_pkc" in parameters else {"product_category"}
    assert all(isinstance(getattr(told, name), str) for name in {*Given.__struct_fields__} - untold)
    assert all(getattr(told, name) is None for name in untold)


def entries_of(body: str | bytes) -> list[dict[str, str]]:
    """The parameters of each entry of a bulk."""
    return list(map(parameters_of_entry, bulk_of(body if isinstance(body, bytes) else body.encode()).entries))


def test_an_entry_of_a_bulk_is_a_query_or_an_object() -> None:
    told = {"idsite": 1, "rec": True, "e_v": 1.5, "ec_items": [["a", 1]], "gone": None}

    assert entries_of(dumps({"requests": ["?idsite=1&url=http%3A%2F%2Fa%2F", told]})) == [
        {"idsite": "1", "url": "http://a/"},
        {"idsite": "1", "rec": "1", "e_v": "1.5", "ec_items": '[["a", 1]]'},
    ]


def test_what_a_value_holds_is_not_looked_at_until_it_means_something() -> None:
    (told,) = entries_of(f'{{"requests": [{{"a": 1e999, "b": {"[" * 500}{"]" * 500}, "c": "x", "d": false}}]}}')

    assert told == {"a": "1e999", "b": "[" * 500 + "]" * 500, "c": "x", "d": "0"}


@pytest.mark.parametrize("beginning", ["a=%ff", "%ff=1", "a%3D", "a&", "a=1&", "&", "a=+"])
def test_the_longest_hit_is_read_at_once(beginning: str) -> None:
    query = (beginning * (10_000_000 // len(beginning))).encode()
    started = process_time()
    parameters_of(query)
    entries_of(b'{"requests":["' + query + b'",{"a":[' + b"[]," * 1_000_000 + b"1]}]}")

    assert process_time() - started < 3, (
        "it takes a tenth of that; and without an end to what is read, several times it"
    )


def test_of_a_hit_with_too_much_in_it_the_first_parameters_count() -> None:
    many = "&".join(f"p{number}=x" for number in range(MOST_PARAMETERS + 9))
    long = f"a={'x' * LONGEST_HIT}&idsite=1"

    assert len(parameters_of(many.encode())) == MOST_PARAMETERS
    assert parameters_of(long.encode()) == {"a": "x" * 1022, "idsite": "1"}
    assert len(entries_of(dumps({"requests": [{f"p{n}": n for n in range(1_200)}]}))[0]) == MOST_PARAMETERS


WRONG_ENTRIES = {
    "a number": "3",
    "nothing": "null",
    "a list": '["idsite=1"]',
    "half a character": r'"a=\ud83d"',
    "no JSON": '{"a": NaN}',
    "no escape": r'"a=\x"',
    "no text": "a=1",
    "left out": "",
    "much too deep": f"{'[{' * 20_000}{'}]' * 20_000}",
}


@pytest.mark.parametrize("wrong", WRONG_ENTRIES.values(), ids=WRONG_ENTRIES)
def test_a_wrong_entry_says_nothing_and_the_others_what_they_say(wrong: str) -> None:
    body = f'{{"token_auth": "],[", "more": [1, {{}}], "requests": [ {wrong} , "a=1", {{"b": ["]", {{}}]}}]}}'

    assert entries_of(body) == [{}, {"a": "1"}, {"b": '["]", {}]'}]
    assert bulk_of(body.encode()).token == "],["


def test_bytes_that_are_not_utf_8_are_marked_as_such() -> None:
    assert entries_of(b'{"requests": ["a=\xff", {"a": "\xe9"}]}') == [{"a": "\ufffd"}] * 2


@pytest.mark.parametrize("token", ["null", "false", "3", "[]"])
def test_a_token_that_is_no_text_is_none(token: str) -> None:
    bulk = bulk_of(f'{{"requests": ["a=1"], "token_auth": {token}, "send_image": null}}'.encode())

    assert (bulk.token, len(bulk.entries)) == ("", 1)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=5))
def test_any_object_is_parameters(entry: dict[str, object]) -> None:
    (given,) = entries_of(dumps({"requests": [entry]}, ensure_ascii=False))

    assert given.keys() == {name for name, value in entry.items() if value is not None}
    assert all(isinstance(value, str) for value in given.values())


@given(st.lists(st.text(max_size=8) | st.dictionaries(st.text('ab\\",[]{}', max_size=5), JSON, max_size=5)))
def test_entries_say_the_same_beside_a_wrong_one(entries: list[object]) -> None:
    alone = entries_of(dumps({"requests": entries}))

    assert entries_of(dumps({"requests": [*entries, "\ud800"]})) == [*alone, {}]


@given(
    st.binary(max_size=60)
    | st.text('{}[],:"\\1 a', max_size=30).map(lambda text: f'{{"requests":[{text}]}}'.encode())
    | JSON.map(dumps).map(str.encode)
)
@example(b'{"requests":[{"a":' + b"[" * 99_999)
@example(b'{"requests":["\xff"]}')
@example(b'{"requests":[{"a":1e999}]}')
def test_any_body_is_a_bulk_or_wrong(body: bytes) -> None:
    with suppress(RequestError):
        entries_of(body)


def test_the_entries_of_a_bulk_may_be_numbered() -> None:
    body = b'{"requests": {"0": "?a=1", "2": {"a": 2}}}'

    assert entries_of(body) == [{"a": "1"}, {"a": "2"}]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{}",
        b'{"requests": 3}',
        b'{"requests": {"0": "a=1"}, "x": [01]}',
        b'{"requests": {"0": 01}}',
        b'{"requests": null}',
        b'{"requests": ["a=1"',
        b'{"requests": [{]}]}',
        b'{"requests": ["a=1",]}',
        b'[{"requests": ["a=1"]}]',
        b'{"requests": ["a=1", 01' + b", []" * 100_000 + b"]}",
    ],
)
def test_a_bulk_of_another_form_is_refused_with_a_reason(body: bytes) -> None:
    with pytest.raises(RequestError, match="bulk request is no JSON of the form"):
        bulk_of(body)
