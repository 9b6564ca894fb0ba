"""What an owner settled about a site's pages: how their addresses are read, and whose hits do not count."""

from msgspec import Struct, structs

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


class ForAllSites(Struct, frozen=True, kw_only=True):
    """What counts for all sites beside what is said of each, and what a site has that is added without saying."""

    rules: Rules = Rules()
    timezone: str = "UTC"
    currency: str = "USD"


def in_force(own: Rules, of_all: Rules) -> Rules:
    """Return how a site's hits are read: what excludes them adds up, and searches are told by its own names if any."""
    return structs.replace(
        own,
        search_keywords=of_all.search_keywords if own.search_keywords == SEARCH_KEYWORDS else own.search_keywords,
        search_categories=own.search_categories or of_all.search_categories,
        **{
            name: tuple(dict.fromkeys((*getattr(own, name), *getattr(of_all, name))))
            for name in ("excluded_parameters", "excluded_addresses", "excluded_agents", "excluded_referrers")
        },
    )
