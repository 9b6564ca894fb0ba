import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json, msgpack

from builders import a_hit
from pellucid.model.column import Item
from pellucid.model.event import Event
from pellucid.model.hit import Device, Hit, HitKind, Place, RawHit, Sale, Search, Source, SourceKind
from pellucid.model.visit import Conversion, Visit

FORBIDDEN = ("address", "user_agent", "agent", "ip", "headers", "cookie")


@pytest.mark.parametrize("kept", [Hit, Event, Visit, Conversion, Source, Device, Place])
def test_what_is_kept_has_no_field_for_an_address_or_a_user_agent(kept: type) -> None:
    names = set(kept.__struct_fields__) - {"masked_address"}

    assert not names & set(FORBIDDEN)


def test_the_raw_hit_alone_has_them() -> None:
    assert {"address", "user_agent"} <= set(RawHit.__struct_fields__)


def test_the_kinds_of_hit_are_those_of_the_visitors_actions() -> None:
    assert [*HitKind] == "pageview search content event outlink download goal cart order ping".split()


HITS = st.builds(
    a_hit,
    time=st.integers(0, 2**53),
    visitor_id=st.integers(0, 2**64 - 1),
    kind=st.sampled_from(HitKind),
    url=st.text(max_size=20),
    source=st.builds(Source, kind=st.sampled_from(SourceKind), name=st.text(max_size=9)),
    place=st.builds(Place, country=st.text(max_size=2)),
    dimensions=st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=3),
    search=st.none() | st.builds(Search, st.text(max_size=9), count=st.none() | st.integers(0, 9)),
    sale=st.none()
    | st.builds(
        Sale,
        st.tuples(
            st.builds(
                Item, st.text(max_size=9), st.text(max_size=9), price=st.floats(0, 1e9), quantity=st.integers(0, 9)
            )
        ),
    ),
)


@given(HITS)
def test_a_hit_comes_back_from_the_journal_as_it_went_in(hit: Hit) -> None:
    assert msgpack.decode(msgpack.encode(hit), type=Hit) == hit
    assert json.decode(json.encode(hit), type=Hit) == hit
