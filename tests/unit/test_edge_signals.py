import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.edge import signals_of
from pellucid.policy.decision import Consent, Signals
from strategies import HEADERS, PARAMETERS


@pytest.mark.parametrize(
    ("headers", "parameters", "expected"),
    [
        ({}, {}, Signals()),
        ({}, {"optout": "1"}, Signals(opted_out=True)),
        ({}, {"optout": "0"}, Signals()),
        ({}, {"consent": "1"}, Signals(consent=Consent.GIVEN)),
        ({}, {"consent": "0"}, Signals(consent=Consent.WITHDRAWN)),
        ({}, {"consent": "yes"}, Signals()),
        ({"sec-gpc": "1"}, {}, Signals(global_privacy_control=True)),
        ({"sec-gpc": "0"}, {}, Signals()),
        ({"dnt": "1"}, {}, Signals(do_not_track=True)),
        ({"x-do-not-track": "1"}, {}, Signals(do_not_track=True)),
        ({"dnt": "0"}, {}, Signals()),
        ({"sec-gpc": "1\t"}, {}, Signals(global_privacy_control=True)),
        ({"dnt": "1 "}, {}, Signals(do_not_track=True)),
        ({"sec-gpc": "1, 0"}, {}, Signals(global_privacy_control=True)),
        ({"dnt": "0,1"}, {}, Signals(do_not_track=True)),
        ({"dnt": "11"}, {}, Signals()),
        ({"cookie": "matomo_ignore=ignore%3DKg%3D%3D"}, {}, Signals(opted_out_of_instance=True)),
        ({"cookie": "matomo_ignore=*"}, {}, Signals(opted_out_of_instance=True)),
        ({"cookie": "a=b;matomo_ignore=1 ; c=d"}, {}, Signals(opted_out_of_instance=True)),
        ({"cookie": "piwik_ignore"}, {}, Signals(opted_out_of_instance=True)),
        ({"cookie": "mtm_consent_removed=1764100000000"}, {}, Signals(opted_out=True)),
        ({"cookie": "a=mtm_consent_removed"}, {}, Signals()),
        ({"cookie": "my_matomo_ignore=1; a=matomo_ignore"}, {}, Signals()),
    ],
)
def test_a_wish_is_read_wherever_it_stands(
    headers: dict[str, str], parameters: dict[str, str], expected: Signals
) -> None:
    told = {name.encode(): value.encode() for name, value in headers.items()}

    assert signals_of(told, parameters) == expected


@given(HEADERS, PARAMETERS)
def test_an_objection_is_heard_among_whatever_else_is_said(
    headers: dict[bytes, bytes], parameters: dict[str, str]
) -> None:
    assert signals_of(headers, parameters | {"optout": "1"}).opted_out
    assert signals_of(headers | {b"sec-gpc": b"1"}, parameters).global_privacy_control
    assert signals_of(headers | {b"dnt": b"1"}, parameters).do_not_track


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_a_cookie_of_objection_is_found_among_any_others(before: bytes, after: bytes) -> None:
    cookies = before + b"; matomo_ignore=ignore%3DKg%3D%3D; " + after

    assert signals_of({b"cookie": cookies}, {}).opted_out_of_instance
