import tomllib
from importlib.resources import files
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.enrich.crawlers import is_crawlers

TOLD = tomllib.loads((files("pellucid.enrich") / "data" / "crawlers.toml").read_text(encoding="utf-8"))
RANGES = [ip_network(text) for texts in TOLD.values() for text in texts.split()]


@pytest.mark.parametrize(
    "address",
    [
        "66.249.64.0",  # crawl-66-249-64-0.googlebot.com
        "66.249.79.255",
        "34.22.85.31",
        "34.100.182.96",
        "72.14.199.7",  # AdsBot
        "157.55.39.1",  # msnbot-157-55-39-1.search.msn.com
        "40.77.139.127",
        "40.77.191.200",
        "207.46.13.77",
        "72.30.198.3",  # Slurp
        "2001:4860:4801:10::24a",
        "2001:4860:4801:20b6:ffff:ffff:ffff:ffff",
        "2001:4860:4801:0010:0000:0000:0000:024a",
        "::ffff:66.249.66.1",
    ],
)
def test_a_crawler_is_known_by_its_address(address: str) -> None:
    assert is_crawlers(address)


@pytest.mark.parametrize(
    "address",
    [
        "66.249.63.255",
        "66.249.80.1",  # google-proxy-66-249-80-1.google.com: who opens a mail in Gmail
        "34.22.85.32",
        "34.100.182.95",
        "34.100.182.112",
        "35.190.247.13",  # a machine that somebody rents at Google
        "40.77.139.128",
        "40.77.192.0",
        "157.55.40.1",
        "13.66.140.1",  # and one at Microsoft
        "66.24.9.64",
        "81.2.69.142",
        "2001:4860:4801:100::1",
        "2001:4860:4801:4004::1",
        "2001:4860:4800:10::1",
        "2001:4860:4860::8888",
        "::42f9:4201",
        "66.249.66.1.1",
        "66.249.66",
        "fe80::1%eth0",
        "66.249.66.1\0",
        "somewhere",
        "",
    ],
)
def test_an_address_beside_crawlers_or_none_at_all_is_nobodys_crawler(address: str) -> None:
    assert not is_crawlers(address)


@pytest.mark.parametrize("network", RANGES, ids=str)
def test_a_range_is_known_from_its_first_address_to_its_last(network: IPv4Network | IPv6Network) -> None:
    assert is_crawlers(str(network[0]))
    assert is_crawlers(str(network[-1]))
    for neighbour in (network[0] - 1, network[-1] + 1):
        assert is_crawlers(str(neighbour)) is any(neighbour in other for other in RANGES)


@given(st.ip_addresses())
def test_an_address_is_a_crawlers_if_and_only_if_a_range_has_it(address: IPv4Address | IPv6Address) -> None:
    assert is_crawlers(str(address)) is any(address in network for network in RANGES)
