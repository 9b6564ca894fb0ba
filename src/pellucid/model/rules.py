"""What an owner settled about a site's pages: how their addresses are read, and whose hits do not count."""

from msgspec import Struct

SEARCH_KEYWORDS = ("q", "query", "s", "search", "searchword", "k", "keyword", "keywords")
"""The parameters that tell a search where the owner names none."""


class Rules(Struct, frozen=True, kw_only=True):
    """How a site's hits are read. Names of parameters mean the same in upper and lower case.

    `excluded_addresses` are addresses, with `*` for what may be anything, and networks (`10.0.0.0/8`);
    `excluded_agents` are parts of user agents, or patterns between slashes; `excluded_requests` are conditions on a
    parameter (`e_c==Media`, `action_name=@draft`), any of which excludes a hit. `known_hosts_only` refuses pages that
    are under none of the site's addresses.
    """

    searches: bool = True
    search_keywords: tuple[str, ...] = SEARCH_KEYWORDS
    search_categories: tuple[str, ...] = ()
    excluded_parameters: tuple[str, ...] = ()
    keeps_fragments: bool = False
    excluded_addresses: tuple[str, ...] = ()
    excluded_agents: tuple[str, ...] = ()
    excluded_requests: tuple[str, ...] = ()
    excluded_referrers: tuple[str, ...] = ()
    known_hosts_only: bool = False
