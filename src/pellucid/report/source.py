"""Where numbers come from: each source is rows of a table, one a visit or one a thing that happened in it."""

from enum import StrEnum


class Source(StrEnum):
    """Rows to count. Of several that could answer, a metric names the one it prefers first."""

    VISITS = "visits"
    ENTRIES = "entries"
    EXITS = "exits"
    HITS = "hits"
    VIEWS = "views"
    LEAVINGS = "leavings"
    DOWNLOADS = "downloads"
    OUTLINKS = "outlinks"
    SEARCHES = "searches"
    EVENTS = "events"
    CONVERSIONS = "conversions"


_VISITS = "visits final"
_EVENTS = "events"

ROWS: dict[Source, tuple[str, str]] = {
    Source.VISITS: (_VISITS, "1"),
    Source.ENTRIES: (_VISITS, "entry_url != ''"),
    Source.EXITS: (_VISITS, "exit_url != ''"),
    Source.HITS: (_EVENTS, "1"),
    Source.VIEWS: (_EVENTS, "kind = 'pageview'"),
    # A row tells of the page the visitor was on before, and for how long. What an event tells is left out, as Matomo
    # leaves it out: the numbers have to agree.
    Source.LEAVINGS: (_EVENTS, "previous_url != '' and kind != 'event'"),
    Source.DOWNLOADS: (_EVENTS, "kind = 'download'"),
    Source.OUTLINKS: (_EVENTS, "kind = 'outlink'"),
    Source.SEARCHES: (_EVENTS, "kind = 'search'"),
    Source.EVENTS: (_EVENTS, "kind = 'event'"),
    Source.CONVERSIONS: ("conversions final", "1"),
}
"""The table of each source, and the condition that makes its rows."""

OF_VISITS = frozenset({Source.VISITS, Source.ENTRIES, Source.EXITS})
OF_EVENTS = frozenset(ROWS) - OF_VISITS
