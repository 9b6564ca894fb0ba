import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.collect.exclusion import exclusions
from pellucid.model.rules import Rules

URLS = ("https://shop.example.org", "http://www.b.example/shop/")


@pytest.mark.parametrize(
    ("excluded", "address", "met"),
    [
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3", "10.1.2.4", False),
        ("10.1.*.*", "10.1.9.9", True),
        ("10.1.*.*", "10.2.0.0", False),
        ("10.0.0.0/8", "10.255.0.1", True),
        ("10.0.0.0/8", "::ffff:10.255.0.1", True),
        ("2001:db8::/32", "2001:db8:1::1", True),
        ("2001:db8::/32", "10.0.0.1", False),
        ("no address", "10.0.0.1", False),
        ("10.0.0.0/8", "no address", False),
    ],
)
def test_addresses_and_networks_are_excluded(excluded: str, address: str, *, met: bool) -> None:
    assert exclusions(Rules(excluded_addresses=(f" {excluded} ",)), URLS).has_address(address) is met


@pytest.mark.parametrize(
    ("excluded", "met"),
    [
        ("firefox", True),
        ("opera", False),
        ("/^Mozilla.*140/", True),
        ("/mozilla/", False),
        ("/mozilla/i", True),
        ("/(/", False),
    ],
)
def test_user_agents_are_excluded_by_a_part_or_a_pattern(excluded: str, *, met: bool) -> None:
    assert exclusions(Rules(excluded_agents=(excluded,)), URLS).has_agent("Mozilla/5.0 Firefox/140.0") is met


@pytest.mark.parametrize(
    ("excluded", "met"),
    [
        ("e_c==Media", True),
        ("e_c==media", True),
        ("e_c==medium", False),
        ("e_c!=media", False),
        ("action_name==A%20Draft", True),
        ("e_a!=Media", True),
        ("action_name=@raf", True),
        ("action_name!@raf", False),
        ("action_name=^a d", True),
        ("action_name=$ft", True),
        ("nonsense", False),
    ],
)
def test_requests_are_excluded_by_what_they_say(excluded: str, *, met: bool) -> None:
    told = {"e_c": "Media", "action_name": "a draft"}

    assert exclusions(Rules(excluded_requests=(excluded,)), URLS).has_request(told) is met


@pytest.mark.parametrize(
    ("url", "lacking"),
    [
        ("https://shop.example.org/a", False),
        ("http://www.shop.example.org/a", False),
        ("http://b.example/shop/a", False),
        ("http://b.example/blog/", True),
        ("http://shop.example.org.evil.example/", True),
        ("http://b.example/Shop", False),
        ("http://b.example/shop?x=1", False),
        ("http://b.example/shopping/", True),
        ("", True),
    ],
)
def test_pages_of_others_count_unless_the_owner_says_otherwise(url: str, *, lacking: bool) -> None:
    assert exclusions(Rules(known_hosts_only=True), URLS).lacks_page(url) is lacking
    assert exclusions(Rules(), URLS).lacks_page(url) is False


@given(*[st.lists(st.text(), max_size=3).map(tuple)] * 3, st.text())
def test_whatever_is_excluded_hits_can_be_looked_at(
    addresses: tuple[str, ...], agents: tuple[str, ...], requests: tuple[str, ...], text: str
) -> None:
    some = exclusions(Rules(excluded_addresses=addresses, excluded_agents=agents, excluded_requests=requests), URLS)

    some.has_address(text)
    some.has_agent(text)
    some.has_request({"url": text})
