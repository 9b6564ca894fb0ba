"""Reports on what is done on pages and with them: contents, searches, downloads and links."""

from datetime import timedelta

import pytest

from builders import DAY, NOON, a_visit, an_event
from pellucid.registry.registry import Registry
from pellucid.store.client import Store
from unit.matomo.shop import OF_DAY, OF_WEEK, Ask, by_label, inserted


@pytest.fixture(autouse=True)
def shop(registry: Registry) -> None:
    registry.add_site("Bells", ["http://bells.example.org"], ecommerce=True)


def test_visits_of_content_are_counted_by_where_it_leads(ask: Ask, store: Store) -> None:
    seen = {"site_id": 3, "kind": "content", "content_name": "banner", "content_piece": "a.png"}
    contents = [
        an_event(event_id=1, content_target="http://a/", **seen),
        an_event(event_id=2, content_target="http://a/", **seen),
        an_event(event_id=3, content_target="http://b/", **seen),
        an_event(event_id=4, content_target="http://c/", content_interaction="click", **seen),
    ]
    inserted(store, a_visit(site_id=3), *contents)

    (row,) = ask("Contents.getContentNames", **OF_DAY)

    assert (row["nb_visits"], row["nb_uniq_visitors"], row["nb_impressions"], row["nb_interactions"]) == (2, 2, 3, 1)


def test_content_without_a_piece_is_told_of_its_name_alone(ask: Ask, store: Store) -> None:
    shown = {"site_id": 3, "kind": "content", "url": ""}
    seen = [
        an_event(event_id=1, content_name="Ad", content_piece="a.png", **shown),
        an_event(event_id=2, content_name="Ad", **shown),
        an_event(event_id=3, content_name="Bare", **shown),
    ]
    inserted(store, a_visit(site_id=3), *seen)

    names, flat = (by_label(ask("Contents.getContentNames", **OF_DAY, flat=one)) for one in "01")
    pieces = by_label(ask("Contents.getContentPieces", **OF_DAY))

    assert [(name, row["nb_impressions"]) for name, row in names.items()] == [("Ad", 2), ("Bare", 1)]
    assert [(name, row["nb_impressions"]) for name, row in flat.items()] == [("Ad - a.png", 1), ("Bare", 1)]
    assert pieces["Content Piece not defined"]["nb_impressions"] == 2
    counted = [column for column in names["Bare"] if column.startswith("nb_")]
    assert counted == ["nb_uniq_visitors", "nb_visits", "nb_impressions", "nb_interactions"]


def test_what_is_done_with_content_without_a_piece_is_told_of_its_name_alone(ask: Ask, store: Store) -> None:
    shown = {"site_id": 3, "kind": "content", "url": "", "content_name": "Ad"}
    seen = [
        an_event(event_id=1, **shown),
        an_event(event_id=2, content_interaction="click", **shown),
        an_event(event_id=3, content_piece="a.png", **shown),
        an_event(event_id=4, content_piece="a.png", content_interaction="click", **shown),
    ]
    inserted(store, a_visit(site_id=3), *seen)

    names, pieces = (by_label(ask(f"Contents.{one}", **OF_DAY)) for one in ("getContentNames", "getContentPieces"))

    assert names["Ad"]["nb_interactions"] == 2
    assert {name: row["nb_interactions"] for name, row in pieces.items()} == {
        "Content Piece not defined": 0,
        "a.png": 1,
    }


def test_what_is_done_with_content_counts_on_days_on_which_it_was_seen(ask: Ask, store: Store) -> None:
    shown = {"site_id": 3, "kind": "content", "url": "", "content_name": "Ad"}
    later = {"visit_day": DAY + timedelta(days=1), "visit_id": 2, "time": NOON + 86_400_000}
    seen = [
        an_event(event_id=1, content_piece="a.png", **shown),
        an_event(event_id=2, content_piece="b.png", content_interaction="click", **shown),
        an_event(event_id=3, content_piece="b.png", **shown, **later),
        an_event(event_id=4, content_piece="a.png", content_interaction="click", **shown, **later),
        an_event(event_id=5, content_piece="b.png", content_interaction="click", **shown, **later),
    ]
    visits = (a_visit(site_id=3), a_visit(site_id=3, visit_id=2, visit_day=later["visit_day"], actions=9))
    inserted(store, *visits, *seen)
    few = OF_WEEK | {"segment": "actions<9"}

    def used(what: str, **asked: str) -> dict[str, int]:
        return {row["label"]: row["nb_interactions"] for row in ask(f"Contents.getContent{what}", **asked)}

    assert used("Names", **OF_WEEK) == {"Ad": 3}
    assert used("Pieces", **OF_WEEK) == {"a.png": 0, "b.png": 1}
    assert used("Names", **OF_DAY) == used("Names", **few) == {"Ad": 1}
    assert used("Pieces", **OF_DAY) == used("Pieces", **few) == {"a.png": 0}
    rows = by_label(ask("Contents.getContentNames", **OF_DAY, flat="1"))
    assert (rows["Ad - a.png"]["nb_visits"], rows["Ad - a.png"]["nb_interactions"]) == (1, 0)
    assert rows["Ad - b.png"].keys() & {"nb_visits", "nb_impressions", "nb_interactions"} == {"nb_interactions"}


def test_what_was_downloaded_or_followed_right_after_a_search_is_told(ask: Ask, store: Store) -> None:
    done = {"site_id": 3, "url": "http://maker.example/a.pdf"}
    seen = [
        an_event(event_id=1, kind="download", previous_search="bell", **done),
        an_event(event_id=2, kind="outlink", previous_search="bell", **done),
        an_event(event_id=3, kind="outlink", **done),
        an_event(event_id=4, kind="outlink", site_id=3, url="http://b.example/"),
    ]
    inserted(store, a_visit(site_id=3), *seen)

    (download,) = ask("Actions.getDownloads", **OF_DAY)
    links = by_label(ask("Actions.getOutlinks", **OF_DAY))

    assert download["nb_hits_following_search"] == links["maker.example"]["nb_hits_following_search"] == 1
    assert "nb_hits_following_search" not in links["b.example"]


def test_searches_that_are_written_differently_are_different(ask: Ask, store: Store) -> None:
    searched = {"site_id": 3, "kind": "search"}
    seen = [an_event(event_id=number, search_keyword=word, **searched) for number, word in enumerate(("Bell", "bell"))]
    inserted(store, a_visit(site_id=3, searches=2), *seen)

    assert ask("Actions.get", **OF_DAY)["nb_keywords"] == len(ask("Actions.getSiteSearchKeywords", **OF_DAY)) == 2


def test_a_link_to_a_site_is_the_same_with_and_without_a_slash(ask: Ask, store: Store) -> None:
    followed = {"site_id": 3, "kind": "outlink"}
    seen = [an_event(event_id=at, url=f"http://b.example{end}", **followed) for at, end in enumerate(("", "/", "/a"))]
    inserted(store, a_visit(site_id=3), *seen)

    flat, folders = (ask("Actions.getOutlinks", **OF_DAY, flat=flat, expanded="1") for flat in "10")

    assert {row["label"]: row["nb_hits"] for row in flat} == {"b.example/": 2, "b.example/a": 1}
    assert {row["label"]: row["nb_hits"] for row in folders[0]["subtable"]} == {"/": 2, "/a": 1}
