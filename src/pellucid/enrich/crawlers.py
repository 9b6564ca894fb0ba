"""Which addresses are crawlers' of search engines: they look like a person's browser, and come from nowhere else."""

import tomllib
from collections.abc import Iterable
from importlib.resources import files
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import chain
from socket import AF_INET, AF_INET6, inet_pton

_RANGES = tomllib.loads((files("pellucid.enrich") / "data" / "crawlers.toml").read_text(encoding="utf-8"))
_MAPPED_IPV4 = bytes(10) + b"\xff\xff"
_IPV4_BYTES = 4
# What is looked up of an address: all but its last byte, and the first seven.
_IPV4_BITS = 24
_IPV6_BITS = 56
_NONE = range(0)


def is_crawlers(address: str) -> bool:
    """Return whether an address is one that only crawlers of search engines have."""
    try:
        packed = inet_pton(AF_INET6 if ":" in address else AF_INET, address).removeprefix(_MAPPED_IPV4)
    except (OSError, ValueError):
        return False
    if len(packed) == _IPV4_BYTES:
        return packed[3] in _LAST_BYTES.get(packed[:3], _NONE)
    return packed[:7] in _NETWORKS_V6


def _networks() -> Iterable[IPv4Network | IPv6Network]:
    return map(ip_network, chain.from_iterable(texts.split() for texts in _RANGES.values()))


def _parts(network: IPv4Network) -> Iterable[IPv4Network]:
    return network.subnets(new_prefix=_IPV4_BITS) if network.prefixlen < _IPV4_BITS else (network,)


_LAST_BYTES = {
    part.network_address.packed[:3]: range(part.network_address.packed[3], part.broadcast_address.packed[3] + 1)
    for network in _networks()
    if isinstance(network, IPv4Network)
    for part in _parts(network)
}
_NETWORKS_V6 = frozenset(
    part.network_address.packed[:7]
    for network in _networks()
    if isinstance(network, IPv6Network)
    for part in network.subnets(new_prefix=_IPV6_BITS)
)
