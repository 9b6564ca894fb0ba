"""Reports whose rows lie in folders: pages, titles, and keywords of campaigns and engines."""

from urllib.parse import unquote

import pytest

from builders import a_conversion, a_visit, an_event
from pellucid.registry.registry import Registry
from pellucid.store.client import Store
from unit.matomo.shop import OF_DAY, Ask, by_label, inserted


@pytest.fixture(autouse=True)
def shop(registry: Registry) -> None:
    registry.add_site("Bells", ["http://bells.example.org"], ecommerce=True)


def test_pages_without_an_address_or_title_are_told_as_not_defined(ask: Ask, store: Store) -> None:
    url = "http://bells.example.org/a%20b/c/d"
    page = {"previous_url": url, "previous_seconds": 7}
    views = [
        an_event(site_id=3, event_id=1, url=url, title=""),
        an_event(site_id=3, event_id=2, url="", title="T", **page),
    ]
    inserted(store, a_visit(site_id=3, entry_url=url, exit_url=url, actions=2), *views)

    pages, titles = (by_label(ask(f"Actions.getPage{what}", **OF_DAY, expanded="1")) for what in ("Urls", "Titles"))
    flat = by_label(ask("Actions.getPageUrls", **OF_DAY, flat="1"))

    nothing = pages["Page URL not defined"]
    assert (nothing["nb_hits"], nothing["url"], nothing["segment"]) == (1, "", "pageUrl==")
    assert flat.keys() == {"/a b/c/d", "Page URL not defined"}
    untitled = titles[" Page Name not defined"]
    assert (untitled["nb_hits"], untitled["sum_time_spent"], untitled["segment"]) == (1, 0, "pageTitle==")
    assert not [name for name in untitled if name.startswith(("entry_", "exit_nb"))]
    assert pages["a b"]["sum_time_spent"] == 7


def test_folders_are_chosen_by_what_the_addresses_of_their_pages_begin_with(ask: Ask, store: Store) -> None:
    urls = [f"http://bells.example.org/{path}" for path in ("a/b/c", "d%20e/f")]
    views = [an_event(site_id=3, visit_id=one, event_id=one, url=url) for one, url in enumerate(urls, 1)]
    inserted(store, *(a_visit(site_id=3, visit_id=one, entry_url=url) for one, url in enumerate(urls, 1)), *views)

    folders = by_label(ask("Actions.getEntryPageUrls", **OF_DAY, expanded="1"))

    (inner,) = folders["a"]["subtable"]
    assert folders["d e"]["segment"] == "pageUrl=^http%253A%252F%252Fbells.example.org%252Fd%252520e"
    assert inner["segment"] == "pageUrl=^http%253A%252F%252Fbells.example.org%252Fa%252Fb"
    assert ask("VisitsSummary.getVisits", **OF_DAY, segment=unquote(inner["segment"])) == {"value": 1}


def test_a_keyword_that_no_visit_came_with_has_its_conversions_and_nothing_below(ask: Ask, store: Store) -> None:
    searched = {"source_kind": "search", "source_name": "Google", "site_id": 3}
    inserted(
        store,
        a_visit(**searched, source_keyword="bells"),
        a_conversion(**searched, source_keyword="bikes", revenue=4.0),
    )

    bells, bikes = ask("Referrers.getKeywords", **OF_DAY, expanded="1")

    assert [row["label"] for row in bells["subtable"]] == ["Google"]
    assert (bikes["label"], bikes["nb_conversions"], "subtable" in bikes) == ("bikes", 1, False)


def test_a_keyword_of_a_campaign_is_chosen_with_its_campaign_and_one_of_an_engine_by_nothing(
    ask: Ask, store: Store
) -> None:
    told: dict[str, object] = {"site_id": 3, "source_keyword": "bell"}
    visits = [
        a_visit(visit_id=1, source_kind="campaign", source_name="may", **told),
        a_visit(visit_id=2, source_kind="search", source_name="Bing", **told),
    ]
    inserted(store, *visits)

    (campaign,), (engine,) = (
        ask(f"Referrers.get{what}", **OF_DAY, flat="1") for what in ("Campaigns", "SearchEngines")
    )
    (brand,) = ask("DevicesDetection.getBrand", **OF_DAY)

    assert campaign["segment"] == (
        "referrerType==campaign;referrerName==may;referrerType==campaign;referrerKeyword==bell"
    )
    assert "segment" not in engine
    assert brand["segment"] == "deviceBrand==Unknown"


def test_folders_stand_in_flat_reports_where_they_are_asked_for(ask: Ask, store: Store) -> None:
    urls = [f"http://bells.example.org/{path}" for path in ("a/b/c", "a/d")]
    views = [an_event(site_id=3, event_id=one, url=url) for one, url in enumerate(urls, 1)]
    link = an_event(site_id=3, event_id=3, kind="outlink", url="https://maker.example/x")
    inserted(store, a_visit(site_id=3, entry_url=urls[0]), *views, link)

    rows = by_label(ask("Actions.getPageUrls", **OF_DAY, flat="1", include_aggregate_rows="1"))
    links = by_label(ask("Actions.getOutlinks", **OF_DAY, flat="1", include_aggregate_rows="1"))

    assert {label: (row["nb_hits"], row["is_aggregate"]) for label, row in rows.items()} == {
        "/a": (2, 1),
        "/a/b": (1, 1),
        "/a/b/c": (1, 0),
        "/a/d": (1, 0),
    }
    assert rows["/a/b"]["Actions_PageUrl"] == "/a/b"
    assert rows["/a/b"]["segment"] == "pageUrl=^http%253A%252F%252Fbells.example.org%252Fa%252Fb"
    assert {label: row["is_aggregate"] for label, row in links.items()} == {"maker.example": 1, "maker.example/x": 0}
