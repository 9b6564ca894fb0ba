"""Every dimension: one row says what it tells apart, and which expression tells it in which rows."""

import re
from collections.abc import Iterable, Mapping
from typing import get_args, get_type_hints

from msgspec import structs

from pellucid.model.site import Privacy
from pellucid.model.visit import Conversion, Visit
from pellucid.report import more_dimensions
from pellucid.report.dimension import Dimension, everywhere, from_host_on
from pellucid.report.source import OF_VISITS, Source


def _hour(clock: str = "toHour(fromUnixTimestamp64Milli({column}, {{timezone:String}}))") -> dict[Source, str]:
    return {source: clock.format(column="first_time" if source in OF_VISITS else "time") for source in everywhere("")}


_MOVED = (
    "toHour(toTimeZone(toDateTime(visit_day, 'UTC') "
    "+ toIntervalHour(toHour(fromUnixTimestamp64Milli({column}, 'UTC'))), {{timezone:String}}))"
)


def _page(field: str) -> dict[Source, str]:
    return {
        Source.VIEWS: field,
        Source.LEAVINGS: f"previous_{field}",
        Source.ENTRIES: f"entry_{field}",
        Source.EXITS: f"exit_{field}",
        Source.VIEWS_BEFORE: field,
        Source.ENTRIES_BEFORE: f"entry_{field}",
    }


_PLACED = "Found by what the site's settings leave of the address (`located_by` of a site): the less, the coarser."
_MEANINGS = {
    "source_kind": "How the visit came: direct, search, website, campaign, social, assistant.",
    "source_name": "The search engine, website, network, assistant or campaign it came from.",
    "source_keyword": "What was searched for, or the campaign's keyword.",
    "source_url": "The page it came from.",
    "device_type": "Desktop, smartphone, tablet and the like.",
    "device_brand": "Who made the device.",
    "device_model": "The device's model.",
    "system": "The operating system.",
    "system_code": "The operating system, as a code.",
    "system_version": "The operating system's version.",
    "browser": "The browser.",
    "browser_code": "The browser, as a code.",
    "browser_version": "The browser's version.",
    "engine": "The browser's engine.",
    "continent": f"The continent, as a code. {_PLACED}",
    "country": f"The country (ISO 3166-1, lower case). {_PLACED}",
    "region": f"The region (ISO 3166-2, without the country). {_PLACED}",
    "city": f"The city. {_PLACED}",
    "language": "The language the browser asks for.",
    "resolution": "The screen's width and height.",
    "user_id": "The user id that the site gave.",
    "visitor_id": "The visitor.",
    "visit_number": "Which of the visitor's visits it is.",
    "actions": "How many actions the visit had.",
    "searches": "How many searches the visit had.",
    "events": "How many of the site's own events the visit had.",
    "seconds": "How long the visit took.",
    "entry_url": "The first page of the visit.",
    "entry_title": "The title of the first page.",
    "exit_url": "The last page of the visit.",
    "exit_title": "The title of the last page.",
}

_NUMBERS = frozenset(
    name
    for name, hint in get_type_hints(Visit, include_extras=True).items()
    if (get_args(hint)[0] if get_args(hint) else hint) is int
)
_CIRCUMSTANCES = frozenset(Conversion.__struct_fields__) & frozenset(Visit.__struct_fields__)


def _of(name: str) -> tuple[Source, ...]:
    """Return the sources that a column of visits is told by: a conversion has the circumstances of its visit."""
    return (*OF_VISITS, Source.CONVERSIONS) if name in _CIRCUMSTANCES else tuple(OF_VISITS)


_OWN = re.compile(r"dimension([0-9]{1,3})")
_OWN_OF_ACTS = re.compile(r"act_dimension([0-9]{1,3})")
_OWN_IS_TOLD = re.compile(r"(act_)?dimension([0-9]{1,3})_is_told")
_BARE = re.compile(r"bare_((?:page|entry|exit|event|action|act)_url)")
_COLUMN = re.compile(r"\w*url")
"""The column of an address within an expression: what is stored once each is cut once each, before anything else."""
_VARIABLE = re.compile(r"(visit_)?variable_(name|value)_([1-9][0-9]?)")

FAMILIES: Mapping[str, str] = {
    _OWN.pattern: "What the owner tells apart, by the dimension's number: `dimension1`.",
    _OWN_OF_ACTS.pattern: "The same as what was done tells it: `act_dimension1`.",
    _OWN_IS_TOLD.pattern: "`yes` if it was told, be it that it is nothing: `dimension1_is_told`.",
    _VARIABLE.pattern: "A custom variable by its place, of the visit or of what was done: `visit_variable_value_1`.",
    _BARE.pattern: "An address without scheme and `www.`: `bare_page_url`.",
}
"""Dimensions that are not rows of the table, by a pattern of their names."""

_CONVERTING = (Source.CONVERSIONS, Source.VIEWS_BEFORE, Source.ENTRIES_BEFORE)

_DIMENSIONS = (
    Dimension("day", "The site's local day.", everywhere("visit_day"), steady=True),
    Dimension("week", "The Monday of the week.", everywhere("toMonday(visit_day)"), steady=True),
    Dimension("month", "The first day of the month.", everywhere("toStartOfMonth(visit_day)"), steady=True),
    Dimension("year", "The first day of the year.", everywhere("toStartOfYear(visit_day)"), steady=True),
    Dimension("hour", "The hour in the site's time zone.", _hour(), steady=True, number=True),
    Dimension(
        "moved_hour",
        "The whole hour of UTC, moved to the site's time zone as at the beginning of the day: as Matomo tells hours.",
        _hour(_MOVED),
        number=True,
    ),
    Dimension("weekday", "The day of the week, from Monday as 1.", everywhere("toDayOfWeek(visit_day)"), number=True),
    Dimension("site", "The site.", everywhere("site_id")),
    Dimension("plugin", "What the browser can show.", dict.fromkeys(OF_VISITS, "arrayJoin(plugins)")),
    Dimension("page_url", "The address of a page.", _page("url")),
    Dimension("page_title", "The title of a page.", _page("title")),
    Dimension("download_url", "The address of a downloaded file.", {Source.DOWNLOADS: "url"}),
    Dimension("outlink_url", "The address of a link to another site.", {Source.OUTLINKS: "url"}),
    Dimension(
        "search_keyword",
        "What was searched for on the site.",
        {
            Source.SEARCHES: "search_keyword",
            Source.SEARCH_LEAVINGS: "previous_search",
            Source.SEARCH_EXITS: "exit_search",
        },
    ),
    Dimension("search_count", "How much was found.", {Source.SEARCHES: "search_count"}, number=True),
    Dimension("content_name", "What a piece of content is called.", {Source.CONTENTS: "content_name"}),
    Dimension("content_piece", "What it showed.", {Source.CONTENTS: "content_piece"}),
    Dimension("content_target", "Where it leads.", {Source.CONTENTS: "content_target"}),
    Dimension("content_interaction", "What was done with it.", {Source.CONTENTS: "content_interaction"}),
    Dimension("event_url", "The page an event happened on.", {Source.EVENTS: "url"}),
    Dimension("event_value", "The value of an event.", {Source.EVENTS: "event_value"}, number=True, decimal=True),
    Dimension("action_url", "The address of anything that was done.", {Source.HITS: "url"}),
    Dimension(
        "act_url",
        "The page that something was done on, or where it leads; a search has none.",
        {Source.ACTS: "if(kind = 'search', '', url)", Source.LOADS: "url"},
    ),
    Dimension("action_kind", "What kind of thing was done.", {Source.HITS: "kind"}),
    Dimension("search_category", "Where on the site it was searched for.", {Source.SEARCHES: "search_category"}),
    Dimension("event_category", "What kind of event the site names.", {Source.EVENTS: "event_category"}),
    Dimension("event_action", "What happened in the event.", {Source.EVENTS: "event_action"}),
    Dimension("order_id", "The number of an order.", {Source.CONVERSIONS: "order_id"}),
    Dimension(
        "goal", "The number of a goal; 0 is an order, or a cart.", dict.fromkeys(_CONVERTING, "goal_id"), number=True
    ),
    Dimension("conversion", "What was reached: goal, order or cart.", dict.fromkeys(_CONVERTING, "kind")),
    Dimension("event_name", "What the event happened to.", {Source.EVENTS: "event_name"}),
    Dimension(
        "visitor_type",
        "What the visitor was: new, returning, or a customer who came back.",
        dict.fromkeys((*OF_VISITS, Source.CONVERSIONS), "visitor_kind"),
    ),
    Dimension(
        "visitor_returns",
        "Whether the visitor had been there before: new, or returning, as customers do.",
        dict.fromkeys((*OF_VISITS, Source.CONVERSIONS), "if(visitor_kind = 'new', 'new', 'returning')"),
    ),
    Dimension(
        "days_since_last_visit",
        "How many days ago the visitor's visit before began; 0 where there was none.",
        dict.fromkeys(OF_VISITS, "if(previous_time = 0, 0, intDiv(first_time - previous_time, 86400000))"),
        number=True,
    ),
    Dimension(
        "local_hour",
        "The visitor's own hour when the visit began, or that of UTC where it was not said.",
        dict.fromkeys(OF_VISITS, "ifNull(intDiv(local_second, 3600), 255)"),
        number=True,
    ),
    *(
        Dimension(name, meaning, dict.fromkeys(_of(name), name), number=name in _NUMBERS)
        for name, meaning in _MEANINGS.items()
    ),
)


def _of_loads(dimension: Dimension) -> Dimension:
    """Return a dimension that tells what completes a page view as it tells the page view."""
    if Source.VIEWS not in dimension.told:
        return dimension
    return structs.replace(dimension, told={**dimension.told, Source.LOADS: dimension.told[Source.VIEWS]})


DIMENSIONS: Mapping[str, Dimension] = {
    dimension.name: _of_loads(dimension) for dimension in (*_DIMENSIONS, *more_dimensions.DIMENSIONS)
}

OF_ONE_VISITOR = frozenset({"visitor_id", "user_id", "fingerprint"})
"""What tells one visitor from all others, over several visits."""

OF_ONE_VISIT = OF_ONE_VISITOR | {"visit_id", "order_id", "masked_address"}
"""What tells one visit from all others, or from all but a few."""


def hidden(privacy: Privacy) -> frozenset[str]:
    """Return the dimensions that a site's owner hides."""
    if not privacy.shows_visits:
        return OF_ONE_VISIT
    return frozenset() if privacy.shows_profiles else OF_ONE_VISITOR


def own_numbers(names: Iterable[str]) -> frozenset[int]:
    """Return the numbers of the owner's own dimensions among these."""
    patterns = (_OWN, _OWN_OF_ACTS, _OWN_IS_TOLD)
    found = (pattern.fullmatch(name) for name in names for pattern in patterns)
    return frozenset(int(one[one.re.groups]) for one in found if one)


def dimension_of(name: str) -> Dimension | None:
    """Return a dimension by its name; None if there is none.

    Of the owner's own are dimensions (`dimension1`, `act_dimension1` as what was done tells it) and custom variables,
    of the visit or of what was done in it (`visit_variable_name_1`, `variable_value_1`). Addresses are told without
    scheme and `www.`, too (`bare_page_url`).
    """
    own, variable, bare = _OWN.fullmatch(name), _VARIABLE.fullmatch(name), _BARE.fullmatch(name)
    is_told = _OWN_IS_TOLD.fullmatch(name)
    if bare is not None:
        whole = DIMENSIONS[bare[1]]
        told = {source: _COLUMN.sub(lambda one: from_host_on(one[0]), sql) for source, sql in whole.told.items()}
        return structs.replace(whole, name=name, told=told)
    if own is not None:
        return Dimension(
            name, "What the owner tells apart.", everywhere(f"dimensions['{int(own[1])}']"), scattered=True
        )
    of_acts = _OWN_OF_ACTS.fullmatch(name)
    if of_acts is not None:
        told = dict.fromkeys((Source.ACTS, Source.LOADS), f"dimensions['{int(of_acts[1])}']")
        return Dimension(name, "What the owner tells apart of what is done.", told)
    if is_told is not None:
        sql = f"if(mapContains(dimensions, '{int(is_told[2])}'), 'yes', '')"
        told = dict.fromkeys((Source.ACTS, Source.LOADS), sql) if is_told[1] else everywhere(sql)
        return Dimension(name, "Whether the owner's own dimension was told.", told, scattered=not is_told[1])
    if variable is None:
        return DIMENSIONS.get(name)
    of_place = f"tupleElement(arrayFirst(one -> one.place = {int(variable[3])}, variables), '{variable[2]}')"
    sources = (*OF_VISITS, Source.CONVERSIONS) if variable[1] else (Source.HITS,)
    return Dimension(name, "A custom variable.", dict.fromkeys(sources, of_place))
