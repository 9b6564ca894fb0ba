"""Whose hits an owner does not want counted: by address, by user agent, by what is asked, by the page's host."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import unquote_plus

import regex
from msgspec import Struct

from pellucid.enrich.goals import LONGEST_SEARCH_SECONDS
from pellucid.enrich.hosts import host_of
from pellucid.errors import RequestError
from pellucid.model.rules import Rules

Network = Callable[[IPv4Address | IPv6Address], bool]

_COMPARED: Mapping[str, Callable[[str, str], bool]] = {
    "==": lambda given, value: given == value,
    "!=": lambda given, value: given != value,
    "=@": lambda given, value: value in given,
    "!@": lambda given, value: value not in given,
    "=^": str.startswith,
    "=$": str.endswith,
}
_IPV4_PARTS = 4


class Exclusions(Struct, frozen=True):
    """What a site excludes, ready to be held against its hits."""

    networks: tuple[Network, ...]
    agents: tuple[Callable[[str], bool], ...]
    requests: tuple[Callable[[Mapping[str, str]], bool], ...]
    pages: tuple[tuple[str, str], ...]
    """The hosts and the beginnings of paths that pages have to be under; none where every page counts."""

    def has_address(self, address: str) -> bool:
        """Return whether hits from an address do not count."""
        if not self.networks:
            return False
        with suppress(ValueError):
            parsed = ip_address(address)
            plain = (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed
            return any(holds(plain) for holds in self.networks)
        return False

    def has_agent(self, user_agent: str) -> bool:
        """Return whether hits with a user agent do not count."""
        return any(named(user_agent) for named in self.agents)

    def has_request(self, parameters: Mapping[str, str]) -> bool:
        """Return whether hits that say this do not count."""
        return any(met(parameters) for met in self.requests)

    def lacks_page(self, url: str) -> bool:
        """Return whether a page is none of the site's, and such pages do not count."""
        if not self.pages:
            return False
        host, path = _place(url)
        return not any(host == own and path.startswith(beginning) for own, beginning in self.pages)


def exclusions(rules: Rules, urls: Iterable[str]) -> Exclusions:
    """Return what a site excludes that has these addresses."""
    return Exclusions(
        networks=tuple(network for text in rules.excluded_addresses if (network := _network(text.strip()))),
        agents=tuple(_agent(text.strip()) for text in rules.excluded_agents if text.strip()),
        requests=tuple(request for text in rules.excluded_requests if (request := _request(text.strip()))),
        pages=tuple(map(_place, urls)) if rules.known_hosts_only else (),
    )


def _place(url: str) -> tuple[str, str]:
    """Return the host of a page, and its path as it is compared: in small letters, with a slash at its end."""
    path = url.partition("://")[2].partition("?")[0].partition("#")[0].partition("/")[2]
    return host_of(url).removeprefix("www."), f"/{path.lower().rstrip('/')}/".replace("//", "/")


def check(rules: Rules) -> None:
    """Raise `RequestError` where nobody could be excluded by what is said."""
    for text in rules.excluded_addresses:
        if _network(text.strip()) is None:
            raise RequestError(f"{text!r} is no address, and no range of them such as 10.0.0.0/8 or 10.0.*.*.")
    for text in rules.excluded_requests:
        if _request(text.strip()) is None:
            raise RequestError(f"{text!r} is no condition on a parameter, such as e_c==Media or action_name=@draft.")


@lru_cache(maxsize=1024)
def _network(text: str) -> Network | None:
    parts = text.split(".")
    if "*" in parts and len(parts) == _IPV4_PARTS:
        kept = parts.index("*")
        text = f"{'.'.join([*parts[:kept], *['0'] * (_IPV4_PARTS - kept)])}/{kept * 8}"
    with suppress(ValueError):
        network = ip_network(text, strict=False)
        return lambda address: address in network
    # What is no network excludes nobody: it is not taken (`check`), and one of old must not stop the hits.
    return None


def _agent(text: str) -> Callable[[str], bool]:
    if len(text) > 1 and text[0] == "/" and (end := text.rfind("/")) > 0:
        with suppress(regex.error):
            flags = regex.IGNORECASE if "i" in text[end:] else 0
            pattern = regex.compile(text[1:end], flags)
            return lambda user_agent: _found(pattern, user_agent)
    wanted = text.lower()
    return lambda user_agent: wanted in user_agent.lower()


def _found(pattern: regex.Pattern[str], text: str) -> bool:
    with suppress(TimeoutError):
        return pattern.search(text, timeout=LONGEST_SEARCH_SECONDS) is not None
    return False


def _request(text: str) -> Callable[[Mapping[str, str]], bool] | None:
    found = regex.match(r"([^=!]+)(==|!=|=@|!@|=\^|=\$)(.*)", text, regex.DOTALL)
    if found is None:
        return None
    name, operator, value = found[1], found[2], unquote_plus(found[3]).lower()
    compare = _COMPARED[operator]
    return lambda parameters: compare(parameters.get(name, "").lower(), value)
