"""Tables of hosts: a host is found under its own name or that of any domain above it."""

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

_Found = TypeVar("_Found")
_LONGEST_HOST = 253
"""As text, without the dot at its end: https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4."""
_LONGEST_SECOND_LEVEL = 3
"""`google.*` matches `google.de` and `google.co.uk`, and not `google.example.com`."""
_LONGEST_ENDING = 2


class Hosts(Generic[_Found]):
    """A mapping from hosts, `google.com` or `google.*`, to what is known of them."""

    def __init__(self, table: Mapping[str, _Found]) -> None:
        self._exact = {host: found for host, found in table.items() if not host.endswith(".*")}
        self._anywhere = {host.removesuffix(".*"): found for host, found in table.items() if host.endswith(".*")}
        self._most_labels = _LONGEST_ENDING + max((host.count(".") + 1 for host in table), default=0)

    def find(self, host: str) -> _Found | None:
        """Return what is known of a host in lower case, by the longest name that fits."""
        if len(host) > _LONGEST_HOST:
            return None
        labels = host.split(".")[-self._most_labels :]
        for start in range(len(labels)):
            name = ".".join(labels[start:])
            if name in self._exact:
                return self._exact[name]
            for ending in _endings(labels):
                stem = ".".join(labels[start : len(labels) - ending])
                if stem and stem in self._anywhere:
                    return self._anywhere[stem]
        return None


def _endings(labels: Sequence[str]) -> tuple[int, ...]:
    """Return of how many labels a country's ending may be here: `de`, `co.uk`."""
    return (1, 2) if len(labels) > 1 and len(labels[-2]) <= _LONGEST_SECOND_LEVEL else (1,)


def host_of(url: str) -> str:
    """Return the host of a URL in lower case, without port, account or brackets; the empty text if it has none."""
    _, separator, rest = url.partition("://")
    if not separator:
        return ""
    authority = rest.partition("/")[0].partition("?")[0].partition("#")[0].rpartition("@")[2]
    if authority.startswith("["):
        return authority[1:].partition("]")[0].lower()
    return authority.partition(":")[0].lower().rstrip(".")
