"""What is counted of the site's own events, of content, of searches, and of all that is done in a visit."""

from pellucid.report.metric import VISIT, VISITOR_OF_DAY, Metric, Unit, of_views
from pellucid.report.source import CHOSEN, SCOPE, Source


def _of(source: Source, name: str, meaning: str, counted: str, nothing: str = "0", unit: Unit = Unit.NUMBER) -> Metric:
    return Metric(name, meaning, unit, counted={source: counted}, nothing=nothing)


_OF_BOUNCES = (
    "(site_id, visit_day, visit_id) in "
    f"(select site_id, visit_day, visit_id from visits final where {SCOPE} and actions <= 1)"
)


def _used(part: str) -> str:
    """Return how often content was used on days on which such was seen."""
    seen = f"from events where {SCOPE} and kind = 'content' and content_interaction = '' {CHOSEN}"
    rows = f"(site_id, visit_day, {part}) in (select site_id, visit_day, {part} {seen})"
    return f"countIf(content_interaction != '' and {part} != '' and {rows})"


METRICS = (
    Metric(
        "no_seconds",
        "Nothing: a file or another site is not looked at here.",
        Unit.SECONDS,
        counted={Source.DOWNLOADS: "0", Source.OUTLINKS: "0"},
    ),
    _of(Source.EVENTS, "events_with_value", "Events that tell a value.", "count(event_value)"),
    _of(Source.EVENTS, "event_value", "The values of events, added up.", "sum(ifNull(event_value, 0))"),
    _of(Source.EVENTS, "least_event_value", "The least value of an event.", "min(event_value)", "null"),
    _of(Source.EVENTS, "most_event_value", "The most value of an event.", "max(event_value)", "null"),
    _of(
        Source.CONTENTS,
        "content_visits",
        "Visits in which content was seen.",
        f"uniqExactIf({VISIT}, content_interaction = '')",
    ),
    _of(
        Source.CONTENTS,
        "daily_content_visitors",
        "The different visitors of each day who saw content, added up.",
        f"uniqExactIf({VISITOR_OF_DAY}, content_interaction = '')",
    ),
    _of(
        Source.CONTENTS,
        "content_visits_by_target",
        "Visits in which content was seen, added up over where it leads.",
        f"uniqExactIf({VISIT} + cityHash64(content_target), content_interaction = '')",
    ),
    _of(
        Source.CONTENTS,
        "daily_content_visitors_by_target",
        "The different visitors of each day who saw content, added up over where it leads.",
        f"uniqExactIf({VISITOR_OF_DAY} + cityHash64(content_target), content_interaction = '')",
    ),
    _of(Source.CONTENTS, "impressions", "How often content was seen.", "countIf(content_interaction = '')"),
    _of(Source.CONTENTS, "interactions", "How often content was used.", "countIf(content_interaction != '')"),
    _of(
        Source.CONTENTS,
        "name_interactions",
        "How often content was used on days on which some of that name was seen.",
        _used("content_name"),
    ),
    _of(
        Source.CONTENTS,
        "piece_interactions",
        "How often a piece of content that has a name was used on days on which that piece was seen.",
        _used("content_piece"),
    ),
    _of(Source.ACTS, "acts", "What was done: views, searches, events, contents, downloads and outlinks.", "count()"),
    _of(Source.ACTS, "act_visits", "Visits in which it was done.", f"uniqExact({VISIT})"),
    _of(
        Source.ACTS,
        "daily_act_visitors",
        "The different visitors of each day who did it, added up.",
        f"uniqExact({VISITOR_OF_DAY})",
    ),
    _of(
        Source.ACTS,
        "act_seconds",
        "How long it was until the next thing that was done, added up.",
        "sum(stayed)",
        unit=Unit.SECONDS,
    ),
    _of(Source.ACTS, "act_bounces", "How much was done in visits with one action at most.", f"countIf({_OF_BOUNCES})"),
    _of(Source.ACTS, "last_acts", "How often it was the last that was done in a visit.", "countIf(next_event = 0)"),
    _of(Source.SEARCHES, "searches_made", "Searches on the site.", "count()"),
    _of(
        Source.SEARCH_LEAVINGS,
        "search_seconds",
        "How long results were looked at, where the next action tells.",
        "sum(previous_seconds)",
        unit=Unit.SECONDS,
    ),
    _of(Source.SEARCH_EXITS, "search_exits", "Visits that ended with a search.", "count()"),
    _of(
        Source.SEARCHES,
        "days_without_results",
        "Days on which no search found anything, of those on which it was told.",
        "length(arrayFilter(day -> not has(groupUniqArrayIf(visit_day, search_count > 0), day), "
        "groupUniqArrayIf(visit_day, search_count = 0)))",
    ),
    _of(Source.LEAVINGS, "steps", "What was done right after a page was viewed.", "count()"),
    Metric(
        "views_after_search",
        "Page views, downloads and links followed right after a search.",
        counted={
            **of_views("sum", "previous_search != ''"),
            Source.DOWNLOADS: "countIf(previous_search != '')",
            Source.OUTLINKS: "countIf(previous_search != '')",
        },
    ),
)
