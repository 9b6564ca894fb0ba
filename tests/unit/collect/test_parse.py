from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pellucid.collect.parse import bulk_of, clean, kept_of, kind_of, parameters_of, parameters_of_entry
from pellucid.errors import RequestError
from pellucid.model.hit import HitKind

QUERIES = st.one_of(
    st.binary(max_size=80),
    st.text("ab=&%+ffé;20[]", max_size=60).map(str.encode),
    st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8))).map(lambda pairs: urlencode(pairs).encode()),
)


@given(QUERIES)
@example(b"a=%ff")
@example(b"a=1&a=2")
@example(b"%61=1&b%3D=2&=3&c")
@example(b"a=b=c&+=+&%")
@example(b"a=\xff\xfe&b=1")
def test_a_query_is_read_as_the_standard_library_reads_it(query: bytes) -> None:
    expected = parse_qsl(query.decode(errors="replace"), keep_blank_values=True, errors="replace")

    assert parameters_of(query) == dict(expected)


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
        ({"ca": "1"}, None),
        ({"ca": "1", "e_c": "x", "e_a": "y"}, HitKind.EVENT),
    ],
)
def test_a_hit_is_of_the_kind_that_matomo_takes_it_for(given: dict[str, str], kind: HitKind | None) -> None:
    assert kind_of(given) is kind


def test_a_hit_keeps_what_its_kind_is_about_and_nothing_else() -> None:
    given = {
        "e_c": "Video",
        "e_a": "Play",
        "e_v": "3",
        "_pks": "SKU",
        "dimension3": "x",
        "dimensionx": "y",
        "secret": "z",
    }

    assert kept_of(HitKind.EVENT, given) == {"e_c": "Video", "e_a": "Play", "e_v": "3", "dimension3": "x"}


def test_an_entry_of_a_bulk_is_a_query_or_an_object() -> None:
    assert parameters_of_entry("?idsite=1&url=http%3A%2F%2Fa%2F") == {"idsite": "1", "url": "http://a/"}
    assert parameters_of_entry({"idsite": 1, "rec": True, "e_v": 1.5, "ec_items": [["a", 1]], "gone": None}) == {
        "idsite": "1",
        "rec": "1",
        "e_v": "1.5",
        "ec_items": '[["a",1]]',
    }


@pytest.mark.parametrize("body", [b"{", b"{}", b'{"requests": 3}', b'{"requests": [3]}', b'{"requests": null}'])
def test_a_bulk_of_another_form_is_refused_with_a_reason(body: bytes) -> None:
    with pytest.raises(RequestError, match="bulk request is no JSON of the form"):
        bulk_of(body)
