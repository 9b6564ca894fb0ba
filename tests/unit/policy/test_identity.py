from hashlib import sha1
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.policy.identity import daily_visitor, masked, visitor_of_tracker, visitor_of_user_id
from strategies import IPV4, IPV6


@given(IPV4, st.integers(1, 32))
def test_masking_keeps_the_leading_bits_alone(address: str, bits: int) -> None:
    kept = int(IPv4Address(masked(address, bits, 0)))

    assert kept >> (32 - bits) == int(IPv4Address(address)) >> (32 - bits)
    assert kept & ((1 << (32 - bits)) - 1) == 0


@given(IPV6, st.integers(1, 128))
def test_masking_keeps_the_leading_bits_of_ipv6(address: str, bits: int) -> None:
    if IPv6Address(address).ipv4_mapped is None:
        kept = int(IPv6Address(masked(address, 0, bits)))

        assert kept >> (128 - bits) == int(IPv6Address(address)) >> (128 - bits)
        assert kept & ((1 << (128 - bits)) - 1) == 0


@given(IPV4, st.integers(1, 32))
def test_an_ipv4_address_in_ipv6_is_masked_as_what_it_is(address: str, bits: int) -> None:
    assert masked(f"::ffff:{address}", bits, 128) == masked(address, bits, 128)


@given(st.one_of(IPV4, IPV6))
def test_no_bits_are_no_address(address: str) -> None:
    assert masked(address, 0, 0) == ""


@given(st.text(max_size=40) | st.text("0123456789abcdef.:%/[] ", max_size=40), st.integers(0, 32), st.integers(0, 128))
def test_what_is_no_address_is_masked_to_nothing(text: str, bits: int, bits_v6: int) -> None:
    found = masked(text, bits, bits_v6)

    assert found == "" or ip_address(text).packed


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("81.2.69.142", "81.2.69.0"),
        ("::ffff:81.2.69.142", "81.2.69.0"),
        ("::ffff:5102:458e", "81.2.69.0"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
        ("2001:DB8:0001::6", "2001:db8:1::"),
        ("fe80::1%eth0", ""),
        ("81.2.69.142:80", ""),
        ("[2001:db8::1]", ""),
        (" 81.2.69.142", ""),
        ("081.2.69.142", ""),
        ("81.2.69", ""),
        ("1360150926", ""),
        ("unknown", ""),
        ("81.2.69.142\0", ""),
        ("", ""),
    ],
)
def test_an_address_is_masked_as_the_settings_say(address: str, kept: str) -> None:
    assert masked(address, 24, 48) == kept


@given(IPV4 | IPV6, st.integers(1, 32), st.integers(1, 128))
def test_masking_again_changes_nothing(address: str, bits: int, bits_v6: int) -> None:
    once = masked(address, bits, bits_v6)

    assert masked(once, bits, bits_v6) == once


@given(st.binary(min_size=32, max_size=32), st.integers(1, 99), IPV4, st.text())
def test_a_visitor_is_known_by_salt_site_address_and_agent(salt: bytes, site: int, address: str, agent: str) -> None:
    visitor = daily_visitor(salt, site, address, agent)

    assert visitor == daily_visitor(salt, site, address, agent)
    assert 0 <= visitor < 2**64
    assert visitor != daily_visitor(bytes(31) + b"!" if salt == bytes(32) else bytes(32), site, address, agent)
    assert visitor != daily_visitor(salt, site + 1, address, agent)
    assert visitor != daily_visitor(salt, site, address, agent + "x")


@pytest.mark.parametrize(
    "text", ["", "xyz", "123", "0" * 17, "0123456789abcdeg", "\N{FULLWIDTH DIGIT ZERO}123456789abcde"]
)
def test_what_is_no_trackers_id_is_nobody(text: str) -> None:
    assert visitor_of_tracker(text) is None


@given(st.integers(0, 2**64 - 1))
def test_a_trackers_id_is_sixteen_digits(number: int) -> None:
    assert visitor_of_tracker(f"{number:016x}") == visitor_of_tracker(f"{number:016X}") == number


@given(st.text())
def test_a_user_id_names_the_visitor_that_matomo_makes_of_it(user_id: str) -> None:
    expected = sha1(user_id.encode(errors="replace"), usedforsecurity=False).hexdigest()[:16]

    assert f"{visitor_of_user_id(user_id):016x}" == expected
