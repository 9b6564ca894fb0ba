from typing import Any

import pytest
from msgspec import json

from builders import NOON, a_visit, an_event
from pellucid.model.event import Event
from pellucid.model.visit import Visit
from pellucid.registry.registry import Registry
from pellucid.store.client import Store

DAY = {"format": "JSON", "idSite": "1", "period": "day", "date": "2025-11-24"}


@pytest.mark.parametrize("told", ["?sid=7", "?utm_campaign=june", "?shop_key=7", "#top"])
def test_a_page_is_found_by_its_address_with_what_is_not_kept_of_it(ask: Any, registry: Registry, told: str) -> None:
    shop = registry.sites()[0]
    registry.update_site(shop.id, rules=type(shop.rules)(excluded_parameters=("Shop_Key",)))

    rows = ask("Actions.getPageUrl", **DAY, pageUrl=f"http://shop.example.org/{told}")

    assert [row["url"] for row in rows] == ["http://shop.example.org/"]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"filter_sort_column": "nb_visits", "filter_sort_order": "desc"},
        {"filter_sort_order": "asc"},
        {"filter_sort_column": "nb_hits"},
        {"filter_sort_column": "label"},
        {"filter_pattern": "[01]"},
        {"filter_excludelowpop": "nb_hits", "filter_excludelowpop_value": "20"},
        {"filter_show_goal_columns_process_all_goals": "1"},
        {"period": "range", "date": "2025-11-20,2025-11-24"},
    ],
)
def test_few_rows_are_the_first_of_all(ask: Any, store: Store, asked: dict[str, str]) -> None:
    titles = [f"Article {one}" for one in range(10)]
    views = [
        an_event(event_id=100 * one + visit, visit_id=50 + visit, title=title, time=NOON + visit)
        for one, title in enumerate(titles)
        # Two of them have been seen as often.
        for visit in range(max(one, 2))
        for _ in range(10 - one)
    ]
    store.insert("events", Event, b"\n".join(map(json.encode, views)), token="articles")
    every = ask("Actions.getPageTitles", **DAY | asked, filter_limit="-1")
    assert len(every) > 4 or "filter_pattern" in asked or "filter_excludelowpop" in asked

    for offset, limit in ((0, 1), (0, 4), (2, 3), (1, 0)):
        few = ask("Actions.getPageTitles", **DAY | asked, filter_limit=str(limit), filter_offset=str(offset))
        assert few == every[offset : offset + limit]


def test_a_page_with_another_parameter_is_another_page(ask: Any) -> None:
    assert ask("Actions.getPageUrl", **DAY, pageUrl="http://shop.example.org/?page=2") == []


@pytest.mark.parametrize(
    ("method", "segment"),
    [
        ("Actions.getPageTitles", "pageTitle==Home"),
        ("Actions.getEntryPageUrls", "entryPageUrl==http%253A%252F%252Fshop.example.org%252F"),
        ("Actions.getExitPageUrls", "exitPageUrl==http%253A%252F%252Fshop.example.org%252F"),
    ],
)
def test_a_row_is_chosen_by_the_page_as_the_report_counts_it(ask: Any, method: str, segment: str) -> None:
    assert segment in [row.get("segment") for row in ask(method, **DAY)]


def test_what_has_no_address_is_no_home_page_no_download_and_no_outlink(ask: Any, store: Store) -> None:
    kinds = ("pageview", "pageview", "pageview", "download", "outlink")
    events = [an_event(event_id=20 + n, kind=kind, url="", time=NOON + n) for n, kind in enumerate(kinds)]
    store.insert("events", Event, b"\n".join(map(json.encode, events)), token="without addresses")

    for flat in "01":
        pages = ask("Actions.getPageUrls", **DAY, flat=flat)
        (home,) = [row for row in pages if row["label"] in {"/", "/index"}]
        assert (home["url"], home["nb_hits"]) == ("http://shop.example.org/", 2)
        assert [row["nb_hits"] for row in pages if row["label"] == "Page URL not defined"] == [3]
        assert len(ask("Actions.getDownloads", **DAY, flat=flat)) == 1
        assert len(ask("Actions.getOutlinks", **DAY, flat=flat)) == 1


@pytest.mark.parametrize(
    ("segment", "visits"),
    [
        ("pageUrl==https://www.Maps.example/Way", 0),
        ("pageUrl==https://www.maps.example/Way", 2),
        ("pageUrl==http://maps.example/Way", 2),
        ("pageUrl==HTTP://WWW.maps.example/Way", 2),
        ("pageUrl==maps.example/Way", 2),
        ("pageUrl==www.maps.example/Way", 0),
        ("pageUrl!=http://maps.example/Way", 2),
        ("pageUrl=^https://maps.example/w", 2),
        ("pageUrl=^https", 0),
        ("pageUrl=@http://maps", 2),
        ("pageUrl=@www.maps", 0),
        ("pageUrl!@http://www.maps", 2),
        ("pageUrl=$example/WAY", 2),
        ("entryPageUrl==https://maps.example/Way", 2),
        ("exitPageUrl==http://maps.example/Way", 2),
        ("actionUrl==https://maps.example/Way", 2),
        ("eventUrl==http://www.maps.example/way", 0),
        ("downloadUrl==https://maps.example/guide.pdf", 0),
        ("downloadUrl==http://www.maps.example/guide.pdf", 1),
        ("outlinkUrl=^http://maker.example/", 0),
        ("outlinkUrl=^HTTPS://maker.example/", 1),
    ],
)
def test_pages_are_chosen_by_their_addresses_from_the_host_on_and_links_by_all_of_theirs(
    ask: Any, store: Store, segment: str, visits: int
) -> None:
    ways = ("http://www.maps.example/Way", "https://maps.example/Way")
    seen = [a_visit(visit_id=30 + n, entry_url=way, exit_url=way) for n, way in enumerate(ways)]
    events = [an_event(event_id=30 + n, visit_id=30 + n, url=way) for n, way in enumerate(ways)]
    events.append(an_event(event_id=33, visit_id=30, kind="download", url="http://www.maps.example/guide.pdf"))
    store.insert("visits", Visit, b"\n".join(map(json.encode, seen)), token="two ways")
    store.insert("events", Event, b"\n".join(map(json.encode, events)), token="events of two ways")

    assert ask("VisitsSummary.getVisits", **DAY, segment=segment) == {"value": visits}


WAYS = ("http://www.maps.example/way", "https://maps.example/way")


@pytest.fixture
def ways(store: Store) -> None:
    """A visit that saw a page by two addresses that differ in their scheme and `www.`: it began and ended with it."""
    visit = a_visit(visit_id=40, visitor_id=40, actions=3, entry_url=WAYS[0], exit_url=WAYS[1])
    views = [
        an_event(visit_id=40, visitor_id=40, event_id=40 + n, time=NOON + n, url=way, previous_search="map")
        for n, way in enumerate((*WAYS, WAYS[0]))
    ]
    store.insert("visits", Visit, json.encode(visit), token="a visit of two addresses")
    store.insert("events", Event, b"\n".join(map(json.encode, views)), token="its views")


@pytest.mark.parametrize("name", ["PageUrls", "EntryPageUrls", "ExitPageUrls", "PageUrlsFollowingSiteSearch"])
@pytest.mark.usefixtures("ways")
def test_a_page_is_one_by_whatever_scheme_it_was_seen(ask: Any, name: str) -> None:
    for flat in "01":
        (row,) = [row for row in ask(f"Actions.get{name}", **DAY, flat=flat) if row["label"] == "/way"]
        assert (row["nb_visits"], row["nb_uniq_visitors"], row["nb_hits"]) == (1, 1, 3)
        assert (row["entry_nb_visits"], row["entry_nb_uniq_visitors"]) == (1, 1)
        assert (row["exit_nb_visits"], row["exit_rate"]) == (1, "100%")
        assert row["url"] == "http://www.maps.example/way"
        assert "scheme" not in row


@pytest.mark.parametrize("way", [*WAYS, "https://www.maps.example/way", "maps.example/way"])
@pytest.mark.usefixtures("ways")
def test_a_page_is_found_by_its_address_with_any_scheme(ask: Any, way: str) -> None:
    (row,) = ask("Actions.getPageUrl", **DAY, pageUrl=way)

    assert (row["label"], row["nb_visits"], row["nb_hits"]) == ("/way", 1, 3)
    assert ask("VisitsSummary.getVisits", **DAY, segment=f"pageUrl=={way}") == {"value": 1}


@pytest.mark.usefixtures("ways")
def test_a_page_of_two_schemes_is_one_among_those_of_its_visit(ask: Any) -> None:
    # Two visits of the shop have three pages.
    assert ask("Actions.get", **DAY)["nb_uniq_pageviews"] == 3 + 1


def test_the_pages_of_a_dimension_are_those_of_any_scheme(ask: Any, store: Store) -> None:
    ask("CustomDimensions.configureNewCustomDimension", idSite="1", name="Tone", scope="action", active="1")
    views = [an_event(event_id=50 + n, time=NOON + n, url=way, dimensions={"1": "loud"}) for n, way in enumerate(WAYS)]
    store.insert("events", Event, b"\n".join(map(json.encode, views)), token="views of a dimension")

    (row,) = ask("CustomDimensions.getCustomDimension", **DAY, idDimension="1", flat="1")

    assert (row["label"], row["nb_visits"], row["nb_hits"]) == ("loud - maps.example/way", 1, 2)
