"""Every metric: one row says what it means, in which unit, and how it is counted from which rows.

Definitions are those that the field's tools share (https://matomo.org/docs/analytics-api/reference/#toc-metric-definitions);
a visit's own counts are made in `visits/visits.py`.
"""

from collections.abc import Mapping

from pellucid.report import conversion_metrics, event_metrics, interest_metrics
from pellucid.report.dimension import SCHEME, from_host_on
from pellucid.report.metric import IS_VISIT, USER_OF_DAY, VISIT, VISITOR_OF_DAY, Metric, Unit, of_views
from pellucid.report.source import Source

_BOUNCED = f"countIf(actions <= 1 and {IS_VISIT})"
_VISIT_OF_ADDRESS = f"{VISIT} + cityHash64(url)"
_VISIT_OF_PAGE = f"{VISIT} + cityHash64({from_host_on('url')})"
_ITS_SOURCE = "cityHash64(source_kind, source_name, source_keyword, source_url)"
_IN_HITS = (
    Source.HITS,
    Source.VIEWS,
    Source.PRODUCT_VIEWS,
    Source.DOWNLOADS,
    Source.OUTLINKS,
    Source.SEARCHES,
    Source.EVENTS,
    Source.CONTENTS,
)


def _distinct(what: str, visits: str = "") -> dict[Source, str]:
    """Return the ways to count what is distinct: among visits, and among each kind of what happens in them."""
    different = f"uniqExact({what})"
    return {Source.VISITS: visits or different, **dict.fromkeys(_IN_HITS, different), **of_views("uniqExact", what)}


TIMINGS = ("network", "server", "transfer", "dom_processing", "dom_completion", "on_load")
"""The parts of the time that a page takes to load: events tell each in milliseconds."""


def _timing(part: str) -> tuple[Metric, ...]:
    told = f"{part}_time"
    what = f"how long pages took to load: {part.replace('_', ' ')}"
    return (
        Metric(f"{part}_views", f"Page views that told {what}.", counted={Source.LOADS: f"count({told})"}),
        Metric(
            f"{part}_seconds",
            f"Added up, {what}.",
            Unit.SECONDS,
            counted={Source.LOADS: f"sum(ifNull({told}, 0)) / 1000"},
            # Whole milliseconds, in whatever order they are added up.
            over_days="round(sum({}), 3)",
        ),
        Metric(
            f"shortest_{part}",
            f"At least, {what}.",
            Unit.SECONDS,
            counted={Source.LOADS: f"min({told}) / 1000"},
            nothing="null",
            over_days="min({})",
        ),
        Metric(
            f"longest_{part}",
            f"At most, {what}.",
            Unit.SECONDS,
            counted={Source.LOADS: f"max({told}) / 1000"},
            nothing="null",
            over_days="max({})",
        ),
    )


_METRICS = (
    Metric(
        "visits",
        "Visits; told by something that happened in them, the visits that have it.",
        counted=_distinct(VISIT, visits=f"countIf({IS_VISIT})"),
    ),
    Metric(
        "visitors",
        "Different visitors. Under daily recognition each day's visitors are new.",
        counted=_distinct("visitor_id", visits=f"uniqExactIf(visitor_id, {IS_VISIT})"),
    ),
    Metric(
        "daily_visitors",
        "The different visitors of each day, added up.",
        counted=_distinct(VISITOR_OF_DAY, visits=f"uniqExactIf({VISITOR_OF_DAY}, {IS_VISIT})"),
    ),
    Metric(
        "daily_source_visitors",
        "The different visitors of each day and source, added up: who came by two ways counts twice.",
        counted={Source.VISITS: f"uniqExactIf({VISITOR_OF_DAY} + {_ITS_SOURCE}, {IS_VISIT})"},
    ),
    Metric(
        "users",
        "Different user ids that the site gave.",
        counted={Source.VISITS: "uniqExactIf(user_id, user_id != '')"},
    ),
    Metric(
        "daily_users",
        "The different user ids of each day, added up.",
        counted={Source.VISITS: f"uniqExactIf({USER_OF_DAY}, user_id != '')"},
    ),
    Metric(
        "daily_source_users",
        "The different user ids of each day and source, added up.",
        counted={Source.VISITS: f"uniqExactIf({USER_OF_DAY} + {_ITS_SOURCE}, user_id != '')"},
    ),
    Metric(
        "actions",
        "Page views, searches, events, downloads and outlinks.",
        counted={Source.VISITS: "sum(actions)"},
    ),
    Metric(
        "max_actions",
        "The most actions of one visit.",
        counted={Source.VISITS: "max(actions)"},
        over_days="max({})",
    ),
    Metric(
        "pageviews",
        "Page views.",
        counted={Source.VISITS: "sum(pageviews)", **of_views("count")},
    ),
    Metric("searches", "Searches on the site.", counted={Source.VISITS: "sum(searches)", Source.SEARCHES: "count()"}),
    Metric(
        "events", "Events that the site names itself.", counted={Source.VISITS: "sum(events)", Source.EVENTS: "count()"}
    ),
    Metric("downloads", "Downloads.", counted={Source.VISITS: "sum(downloads)", Source.DOWNLOADS: "count()"}),
    Metric(
        "outlinks",
        "Links to other sites followed.",
        counted={Source.VISITS: "sum(outlinks)", Source.OUTLINKS: "count()"},
    ),
    Metric("bounces", "Visits with one action at most.", counted={Source.VISITS: _BOUNCED}),
    Metric(
        "bounce_rate",
        "The share of visits with one action at most.",
        Unit.SHARE,
        formula="bounces / nullIf(visits, 0)",
        of=("bounces", "visits"),
    ),
    Metric("visit_seconds", "How long visits took, added up.", Unit.SECONDS, counted={Source.VISITS: "sum(seconds)"}),
    Metric(
        "seconds_per_visit",
        "How long a visit takes on average.",
        Unit.SECONDS,
        formula="visit_seconds / nullIf(visits, 0)",
        of=("visit_seconds", "visits"),
    ),
    Metric(
        "actions_per_visit",
        "Actions of a visit on average.",
        formula="actions / nullIf(visits, 0)",
        of=("actions", "visits"),
    ),
    Metric(
        "conversions",
        "Goals reached and orders made.",
        counted={Source.VISITS: "sum(conversions)", Source.CONVERSIONS: "countIf(kind != 'cart')"},
    ),
    Metric("visits_converted", "Visits with a conversion.", counted={Source.VISITS: "countIf(conversions > 0)"}),
    Metric(
        "conversion_rate",
        "The share of visits with a conversion.",
        Unit.SHARE,
        formula="visits_converted / nullIf(visits, 0)",
        of=("visits_converted", "visits"),
    ),
    Metric(
        "views",
        "Page views of a page.",
        counted={**of_views("count"), Source.PRODUCT_VIEWS: "count()"},
    ),
    Metric(
        "unique_views",
        "Visits that viewed a page, added up over pages: addresses with another scheme or `www.` are of the same.",
        counted=of_views("uniqExact", _VISIT_OF_PAGE),
    ),
    Metric(
        "longest_scheme",
        "How many characters stand before the host of a page's address, with `www.`; of several the most.",
        counted=dict.fromkeys((Source.VIEWS, Source.LOADS), f"max(toUInt8(length(extract(url, '{SCHEME}'))))"),
        over_days="max({})",
    ),
    Metric(
        "unique_downloads",
        "Visits that downloaded a file, added up over files.",
        counted={Source.DOWNLOADS: f"uniqExact({_VISIT_OF_ADDRESS})"},
    ),
    Metric(
        "unique_outlinks",
        "Visits that followed a link, added up over links.",
        counted={Source.OUTLINKS: f"uniqExact({_VISIT_OF_ADDRESS})"},
    ),
    Metric(
        "keywords",
        "Different keywords searched for.",
        counted={Source.SEARCHES: "uniqExact(search_keyword)"},
    ),
    Metric(
        "page_seconds",
        "How long a page was looked at, where the next action tells.",
        Unit.SECONDS,
        counted={Source.LEAVINGS: "sum(previous_seconds)"},
    ),
    Metric(
        "seconds_per_view",
        "How long a page is looked at on average.",
        Unit.SECONDS,
        formula="page_seconds / nullIf(views, 0)",
        of=("page_seconds", "views"),
    ),
    Metric("entries", "Visits that began with a page.", counted={Source.ENTRIES: "count()"}),
    Metric(
        "daily_entry_visitors",
        "The different visitors of each day that began with a page, added up.",
        counted={Source.ENTRIES: f"uniqExact({VISITOR_OF_DAY})"},
    ),
    Metric("entry_actions", "Actions of the visits that began with a page.", counted={Source.ENTRIES: "sum(actions)"}),
    Metric(
        "entry_seconds",
        "How long the visits took that began with a page.",
        Unit.SECONDS,
        counted={Source.ENTRIES: "sum(seconds)"},
    ),
    Metric(
        "entry_bounces", "Visits that began with a page and had one action at most.", counted={Source.ENTRIES: _BOUNCED}
    ),
    Metric(
        "entry_bounce_rate",
        "The share of visits that ended where they began.",
        Unit.SHARE,
        formula="entry_bounces / nullIf(entries, 0)",
        of=("entry_bounces", "entries"),
    ),
    Metric("exits", "Visits that ended with a page.", counted={Source.EXITS: "count()"}),
    Metric(
        "daily_exit_visitors",
        "The different visitors of each day that ended with a page, added up.",
        counted={Source.EXITS: f"uniqExact({VISITOR_OF_DAY})"},
    ),
    Metric(
        "exit_rate",
        "The share of a page's visits that ended with it.",
        Unit.SHARE,
        formula="exits / nullIf(visits, 0)",
        of=("exits", "visits"),
    ),
    *(metric for part in TIMINGS for metric in _timing(part)),
)  # fmt: skip -- a row a line

METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (*_METRICS, *conversion_metrics.METRICS, *interest_metrics.METRICS, *event_metrics.METRICS)
}
