"""Matomo's reports on events, content, and searches on the site."""

from collections.abc import Mapping

from pellucid.errors import RequestError
from pellucid.matomo.columns import NO_RESULTS, OF_HITS, Column, Ratio, Shown
from pellucid.matomo.labels import Label, chosen
from pellucid.matomo.parameters import Parameters
from pellucid.matomo.table import Table

_EVENTS: Mapping[str, tuple[str, str, str]] = {
    "eventCategory": ("event_category", "Events_EventCategory", "Event Category not defined"),
    "eventAction": ("event_action", "Events_EventAction", "Event Action not defined"),
    "eventName": ("event_name", "Events_EventName", "Event Name not defined"),
}
"""By Matomo's name of a dimension: ours, its column in flat reports, and what stands for nothing."""

_OF_EVENTS = (
    *OF_HITS,
    Column("nb_events", "events"),
    Column("nb_events_with_value", "events_with_value"),
    Column("sum_event_value", "event_value"),
    Column("min_event_value", "least_event_value"),
    Column("max_event_value", "most_event_value"),
)
_VALUE = (Ratio("avg_event_value", "sum_event_value", "nb_events_with_value", 2),)
_SEEN, _USED = "nb_impressions", "nb_interactions"


def _of_contents(interactions: str) -> tuple[Column, ...]:
    return (
        # Matomo counts visits by where content leads too, and adds them up.
        Column("nb_uniq_visitors", "daily_content_visitors_by_target", Shown.OF_A_DAY, _SEEN),
        Column("nb_visits", "content_visits_by_target", beside=_SEEN),
        Column(_SEEN, "impressions", beside=_SEEN),
        Column(_USED, interactions),
        Column("sum_daily_nb_uniq_visitors", "daily_content_visitors_by_target", Shown.OF_DAYS, _SEEN),
    )


_NO_CONTENT = {"content_name": "Content Name not defined", "content_piece": "Content Piece not defined"}
_INTERACTIONS = (Ratio("interaction_rate", _USED, _SEEN, percent_digits=2),)


def events(main: str, second: str) -> Table:
    """Return the report on events by a dimension of theirs, with another in its subtables."""
    (outer, outer_column, no_outer), (inner, inner_column, no_inner) = _EVENTS[main], _EVENTS[second]
    lacks_inner = second == "eventName"

    def label(first: str, then: str, _other: str) -> Label:
        told, more = first or no_outer, then or no_inner
        if lacks_inner and not then:
            return Label(told, {outer_column: told})
        return Label(f"{told} - {more}", {outer_column: told, inner_column: more})

    def path(first: str, then: str, _other: str) -> tuple[Label, ...]:
        above = Label(first or no_outer, chosen(**{main: first}) if first else {})
        return (above,) if lacks_inner and not then else (above, Label(then or no_inner))

    # Matomo counts visits by all three, and adds them up.
    (other,) = (dimension for dimension, _, _ in _EVENTS.values() if dimension not in {outer, inner})
    return Table((outer, inner, other), label, path=path, columns=_OF_EVENTS, ratios=_VALUE, lacks_inner=lacks_inner)


def chosen_events(name: str, given: Parameters) -> Table:
    """Return the report of a method, with the dimension in its subtables that `secondaryDimension` names."""
    main, usual = EVENTS[name]
    second = given.text("secondaryDimension", "") or usual
    others = [usual, *(dimension for dimension in _EVENTS if dimension not in {main, usual})]
    if second not in others:
        raise RequestError(
            f"Secondary dimension {second!r} is not valid for the API {name.partition('.')[2]}. "
            f"Use one of: {', '.join(others)}"
        )
    return events(main, second)


def _contents(outer: str, inner: str, column: str, segment: str, interactions: str) -> Table:
    no_outer = _NO_CONTENT[outer]

    def label(first: str, then: str) -> Label:
        text = f"{first or no_outer} - {then}" if then else first or no_outer
        return Label(text, {column: text, **(chosen(**{segment: first}) if first else {})})

    def path(first: str, then: str) -> tuple[Label, ...]:
        main = Label(first or no_outer, chosen(**{segment: first}) if first else {})
        return (main, Label(then)) if then else (main,)

    return Table(
        (outer, inner),
        label,
        path=path,
        columns=_of_contents(interactions),
        ratios=_INTERACTIONS,
        lacks_inner=True,
        expands=False,
    )


_OF_SEARCHES = (
    Column("nb_visits", "visits"),
    Column("nb_hits", "searches_made"),
    Column("sum_time_spent", "search_seconds"),
    Column("exit_nb_visits", "search_exits", beside="exit_nb_visits"),
    Column(NO_RESULTS, "days_without_results"),
)
_SEARCHED = (
    Ratio("nb_pages_per_search", "nb_hits", "nb_visits", 1),
    Ratio("avg_time_on_page", "sum_time_spent", "nb_hits", 0),
    Ratio("bounce_rate", "entry_bounce_count", "entry_nb_visits"),
    Ratio("exit_rate", "exit_nb_visits", "nb_visits"),
)


def _keyword(text: str) -> Label:
    return Label(text, chosen(siteSearchKeyword=text))


def _searches(needs: str = "") -> Table:
    return Table(("search_keyword",), _keyword, columns=_OF_SEARCHES, ratios=_SEARCHED, needs=needs)


def _category(text: str) -> Label:
    return Label(text, chosen(siteSearchCategory=text))


EVENTS: Mapping[str, tuple[str, str]] = {
    "Events.getCategory": ("eventCategory", "eventAction"),
    "Events.getAction": ("eventAction", "eventName"),
    "Events.getName": ("eventName", "eventAction"),
    "Events.getActionFromCategoryId": ("eventCategory", "eventAction"),
    "Events.getNameFromCategoryId": ("eventCategory", "eventName"),
    "Events.getCategoryFromActionId": ("eventAction", "eventCategory"),
    "Events.getNameFromActionId": ("eventAction", "eventName"),
    "Events.getActionFromNameId": ("eventName", "eventAction"),
    "Events.getCategoryFromNameId": ("eventName", "eventCategory"),
}
"""By method: by what events are told apart, and by what within that where the asker does not say."""

CHOSEN = ("Events.getCategory", "Events.getAction", "Events.getName")
"""Methods whose subtables the asker may choose."""

TABLES: Mapping[str, Table] = {
    **{name: events(main, second) for name, (main, second) in EVENTS.items()},
    "Contents.getContentNames": _contents(
        *("content_name", "content_piece", "Contents_ContentName", "contentName"), "name_interactions"
    ),
    "Contents.getContentPieces": _contents(
        # Matomo finds no row of what has no name for what was done with it.
        *("content_piece", "content_name", "Contents_ContentPiece", "contentPiece"),
        "piece_interactions",
    ),
    "Actions.getSiteSearchKeywords": _searches(),
    "Actions.getSiteSearchNoResultKeywords": _searches(NO_RESULTS),
    "Actions.getSiteSearchCategories": Table(
        ("search_category",),
        _category,
        columns=(
            *(column for column in OF_HITS if column.shown is not Shown.OF_A_DAY),
            Column("nb_actions", "searches_made"),
        ),
        ratios=(Ratio("nb_pages_per_search", "nb_actions", "nb_visits", 1),),
        only_told=True,
    ),
}
