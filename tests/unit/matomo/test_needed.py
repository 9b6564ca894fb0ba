"""Of a report with some of its columns no more is counted than these need, and they are what they are beside others."""

from typing import Any

import pytest

from builders import a_conversion, a_visit, an_event
from pellucid.matomo.columns import NUMBERS, Column, shown
from pellucid.matomo.needed import needed, tells_goals
from pellucid.matomo.parameters import Parameters
from pellucid.matomo.tables import TABLES
from pellucid.model.goal import DimensionScope
from pellucid.model.period import PeriodKind
from pellucid.registry.registry import Registry
from pellucid.store.client import Store
from unit.matomo.shop import Ask, inserted

DAY = {"format": "JSON", "idSite": "1", "period": "day", "date": "2025-11-24", "filter_limit": "-1"}
PAGES = TABLES["Actions.getPageUrls"]
_PORTIONS = 2


def without_others(rows: list[dict[str, Any]], columns: set[str]) -> list[dict[str, Any]]:
    """Rows with these columns alone, and with what tells what they are; subtables too."""
    return [
        {
            name: without_others(value, columns) if name == "subtable" else value
            for name, value in row.items()
            if name in columns or name not in NUMBERS
        }
        for row in rows
    ]


@pytest.fixture(autouse=True)
def _more(registry: Registry, store: Store) -> None:
    """Something of everything, so that no report is empty."""
    registry.add_dimension(1, "Author", DimensionScope.ACTION, active=True)
    url = "http://shop.example.org/shop/bikes/b"
    ends = {"entry_url": url, "entry_title": "Bikes", "exit_url": url, "exit_title": "Bikes"}
    place = {"country": "fr", "city": "Lyon", "region": "ARA", "latitude": 45.75, "longitude": 4.85}
    times = {"network_time": 5, "server_time": 70, "transfer_time": 2, "dom_processing_time": 30}
    searched = {"kind": "search", "search_category": "all", "title": ""}
    done: list[dict[str, Any]] = [
        {"title": "Bikes", "dimensions": {"1": "Ann"}, "previous_search": "bike", **times},
        {"kind": "event", "event_category": "video", "event_action": "play", "event_name": "Bikes", "event_value": 2.5},
        {"kind": "content", "content_name": "Sale", "content_piece": "image"},
        {"kind": "content", "content_name": "Sale", "content_piece": "image", "content_interaction": "click"},
        {**searched, "search_keyword": "bike", "search_count": 3},
        {**searched, "search_keyword": "boat", "search_count": 0},
        {"kind": "download"},
        {"kind": "outlink"},
    ]
    sources = (("search", "Google"), ("social", "Reddit"), ("campaign", "June"), ("website", "news.example"))
    inserted(
        store,
        *(
            a_visit(visit_id=80 + place_of, source_kind=kind, source_name=name, source_keyword="bikes", **ends, **place)
            for place_of, (kind, name) in enumerate(sources)
        ),
        a_visit(visit_id=90, user_id="ann", **ends),
        *(an_event(event_id=90 + one, visit_id=80, **{"url": url, **told}) for one, told in enumerate(done)),
        a_conversion(conversion_id=91, visit_id=80, event_id=90, goal_id=1, revenue=4.0),
    )


_WAYS: tuple[dict[str, str], ...] = ({}, {"expanded": "1"}, {"flat": "1"})
_ASKED = [(method, how) for method, report in TABLES.items() for how in (_WAYS if report.path else _WAYS[:1])]


@pytest.mark.parametrize(("method", "how"), _ASKED, ids=str)
def test_columns_that_are_shown_are_those_of_the_whole_report(ask: Ask, method: str, how: dict[str, str]) -> None:
    whole = ask(method, **DAY, **how)
    assert whole
    names = sorted({name for row in whole for name in row} & NUMBERS)

    for place in range(min(_PORTIONS, len(names))):
        columns = set(names[place::_PORTIONS])
        some = ask(method, **DAY, **how, showColumns=",".join(columns))
        assert some == without_others(whole, columns)


def test_times_of_an_own_dimension_are_told_whatever_is_shown(ask: Ask) -> None:
    whole, some = (
        ask("CustomDimensions.getCustomDimension", **DAY, idDimension="1", **how)
        for how in ({}, {"showColumns": "nb_visits"})
    )

    assert some[0]["max_time_server"] == whole[0]["max_time_server"] == 0.07


def counted(**given: str) -> set[str]:
    columns: tuple[Column, ...] = shown(PAGES.columns, PeriodKind.RANGE)
    return {column.name for column in needed(PAGES, columns, Parameters(given))}


def test_no_more_is_counted_than_is_shown() -> None:
    least = {"nb_visits", "nb_hits", "scheme"}

    assert len(counted()) > 30
    assert counted(showColumns="label,nb_hits") == least
    assert counted(showColumns="nb_hits", filter_sort_column="sum_time_server") == least | {"sum_time_server"}
    assert counted(showColumns="avg_time_server") == least | {"sum_time_server", "nb_hits_with_time_server"}
    assert counted(showColumns="bounce_rate") == least | {"entry_bounce_count", "entry_nb_visits"}
    assert len(counted(showColumns="avg_page_load_time")) == len(least) + 12
    assert counted(showColumns="nb_hits", filter_update_columns_when_show_all_goals="1") == counted()


def test_goals_are_asked_for_where_something_of_them_is_wanted() -> None:
    assert tells_goals(Parameters({}))
    assert tells_goals(Parameters({"showColumns": "nb_hits,goals"}))
    assert tells_goals(Parameters({"showColumns": "nb_hits", "filter_sort_column": "revenue"}))
    assert not tells_goals(Parameters({"showColumns": "nb_hits"}))
