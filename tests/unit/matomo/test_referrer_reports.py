"""A visit from a website, two of a search engine, one of a campaign and one of a social network."""

from typing import Any
from urllib.parse import quote_plus

import pytest
from msgspec import json

from builders import a_visit
from pellucid.model.visit import Visit
from pellucid.store.client import Store

DAY = {"idSite": "1", "period": "day", "date": "2025-11-24"}
KINDS = {"Direct Entry": None, "Search Engines": 2, "Websites": 3, "Social Networks": 7, "Campaigns": 6}
SOURCES = (
    ("search", "Google", "red shoes", ""),
    ("search", "Google", "", ""),
    ("search", "Bing", "red shoes", ""),
    ("campaign", "June; July", "sale", ""),
    ("social", "Twitter", "", "https://t.co/a?b=1"),
    ("website", "news.example.net", "", "http://news.example.net"),
)


@pytest.fixture
def referred(ask: Any, store: Store) -> Any:
    visits = [
        a_visit(visit_id=number, source_kind=kind, source_name=name, source_keyword=keyword, source_url=url)
        for number, (kind, name, keyword, url) in enumerate(SOURCES, 20)
    ]
    store.insert("visits", Visit, b"\n".join(map(json.encode, visits)), token="referred")
    return ask


def below(ask: Any, report: str, method: str, label: str) -> Any:
    (row,) = [row for row in ask(report, **DAY) if row["label"] == label]
    return ask(method, **DAY, idSubtable=str(row["idsubdatatable"]))


def told(rows: Any, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row.get(name) for name in names) for row in rows]


def test_referrers_are_asked_for_under_the_name_of_old_too(referred: Any) -> None:
    shown = {**DAY, "apiAction": "getWebsites"}

    assert referred("Referers.getKeywords", **DAY) == referred("Referrers.getKeywords", **DAY) != []
    assert referred("API.getProcessedReport", **shown, apiModule="Referers")["metadata"]["module"] == "Referrers"
    assert "'Referersx'" in referred("Referersx.getKeywords", **DAY)["message"]


def test_kinds_of_sources_lead_by_their_numbers_to_their_sources(referred: Any) -> None:
    rows = referred("Referrers.getReferrerType", **DAY)

    assert {row["label"]: row.get("idsubdatatable") for row in rows} == KINDS
    for number, label in ((2, "red shoes"), (3, "news.example.net"), (6, "June; July"), (7, "Twitter")):
        (first, *_) = referred("Referrers.getReferrerType", **DAY, idSubtable=str(number))
        assert (first["label"], "segment" in first, "idsubdatatable" in first) == (label, True, False)


def test_a_number_of_no_kind_that_leads_further_gives_all_kinds(referred: Any) -> None:
    assert len(referred("Referrers.getReferrerType", **DAY, idSubtable="1")) == len(KINDS)
    assert len(referred("Referrers.getReferrerType", **DAY, idSubtable="x")) == len(KINDS)


def test_expanded_kinds_hold_their_sources(referred: Any) -> None:
    rows = referred("Referrers.getReferrerType", **DAY, expanded="1")

    labels = {row["label"]: told(row.get("subtable", []), "label", "nb_visits") for row in rows}
    assert labels["Direct Entry"] == []
    assert labels["Search Engines"] == [("red shoes", 2), ("Keyword not defined", 1)]
    assert labels["Websites"] == [("news.example.net", 2)]


def test_a_source_is_found_within_its_kind(referred: Any) -> None:
    rows = referred("Referrers.getReferrerType", **DAY, label="Search Engines > red shoes")

    assert told(rows, "label", "nb_visits") == [("red shoes", 2)]
    assert told(referred("Referrers.getReferrerType", **DAY, filter_pattern_recursive="twit"), "label") == [
        ("Social Networks",)
    ]


def test_a_path_of_labels_leads_to_a_row_as_its_subtable_tells_it(referred: Any) -> None:
    for report, method, outer in (
        ("Referrers.getSearchEngines", "Referrers.getKeywordsFromSearchEngineId", "Google"),
        ("Referrers.getKeywords", "Referrers.getSearchEnginesFromKeywordId", "red shoes"),
        ("Referrers.getWebsites", "Referrers.getUrlsFromWebsiteId", "news.example.net"),
        ("Referrers.getCampaigns", "Referrers.getKeywordsFromCampaignId", "June; July"),
    ):
        (row, *_) = below(referred, report, method, outer)
        (found,) = referred(report, **DAY, label=f"{quote_plus(outer)} > {quote_plus(row['label'])}")

        names = ("label", "nb_visits", "url", "segment")
        assert told([found], *names) == told([row], *names)


def test_one_kind_is_told_alone(referred: Any) -> None:
    assert told(referred("Referrers.getReferrerType", **DAY, typeReferrer="6"), "label") == [("Campaigns",)]


def test_keywords_of_a_search_engine_lead_to_their_visits_and_to_the_search(referred: Any) -> None:
    rows = below(referred, "Referrers.getSearchEngines", "Referrers.getKeywordsFromSearchEngineId", "Google")

    assert told(rows, "label", "segment", "url") == [
        ("Keyword not defined", None, "https://matomo.org/faq/general/faq_144"),
        (
            "red shoes",
            "referrerName==Google;referrerType==search;referrerKeyword==red+shoes",
            "http://google.com/search?q=red+shoes",
        ),
    ]


def test_search_engines_of_a_keyword_do_so_too(referred: Any) -> None:
    rows = below(referred, "Referrers.getKeywords", "Referrers.getSearchEnginesFromKeywordId", "red shoes")

    assert told(rows, "label", "segment", "url") == [
        (
            "Bing",
            "referrerKeyword==red shoes;referrerType==search;referrerName==Bing",
            "http://bing.com/search?q=red+shoes",
        ),
        (
            "Google",
            "referrerKeyword==red shoes;referrerType==search;referrerName==Google",
            "http://google.com/search?q=red+shoes",
        ),
    ]


def test_keywords_of_a_campaign_lead_to_their_visits(referred: Any) -> None:
    (row,) = below(referred, "Referrers.getCampaigns", "Referrers.getKeywordsFromCampaignId", "June; July")

    assert row["segment"] == "referrerName==June%3B+July;referrerType==campaign;referrerKeyword==sale"
    assert referred("VisitsSummary.getVisits", **DAY, segment=row["segment"]) == {"value": 1}


def test_pages_of_a_website_are_called_by_their_paths(referred: Any) -> None:
    rows = below(referred, "Referrers.getWebsites", "Referrers.getUrlsFromWebsiteId", "news.example.net")

    assert told(rows, "label", "segment", "url") == [
        ("index", "referrerUrl==http%3A%2F%2Fnews.example.net", "http://news.example.net"),
        (
            "story?id=3",
            "referrerUrl==https%3A%2F%2Fnews.example.net%2Fstory%3Fid%3D3",
            "https://news.example.net/story?id=3",
        ),
    ]


def test_pages_of_social_networks_are_called_from_the_host_on(referred: Any) -> None:
    rows = below(referred, "Referrers.getSocials", "Referrers.getUrlsForSocial", "Twitter")

    wanted = [("t.co/a?b=1", "referrerUrl==https%3A%2F%2Ft.co%2Fa%3Fb%3D1", "https://t.co/a?b=1")]
    assert told(rows, "label", "segment", "url") == wanted
    assert told(referred("Referrers.getUrlsForSocial", **DAY), "label", "segment", "url") == wanted


def test_a_subtable_has_to_be_named(referred: Any) -> None:
    answer = referred("Referrers.getUrlsFromWebsiteId", **DAY)

    assert answer == {"result": "error", "message": "Please specify a value for 'idSubtable'."}


def test_all_kinds_of_sources_are_told_of_one_site_alone(referred: Any) -> None:
    several = "with multiple sites is not supported (yet)."

    for report in ("Referrers.getReferrerType", "Referrers.getAll"):
        for sites in ("1,2", "all"):
            assert referred(report, **DAY | {"idSite": sites})["message"] == f"{report} {several}"
    dates = referred("Referrers.getAll", idSite="1", period="day", date="2025-11-23,2025-11-24")
    assert dates["message"] == "Referrers.getAll with multiple sites or dates is not supported (yet)."


def test_sources_of_every_kind_are_told_as_their_own_reports_tell_them(referred: Any, store: Store) -> None:
    again = a_visit(visit_id=30, source_kind="search", source_name="Google", source_keyword="red shoes")
    again.source_url, again.actions = "http://www.google.example/", 9
    store.insert("visits", Visit, json.encode(again), token="again")
    reports = {"Keywords": 2, "Websites": 3, "Socials": 7, "Campaigns": 6}
    apart = [
        (kind, {name: told for name, told in row.items() if name != "idsubdatatable"})
        for report, kind in reports.items()
        for row in referred(f"Referrers.get{report}", **DAY)
    ]

    every = [(row.pop("referer_type"), row) for row in referred("Referrers.getAll", **DAY)]

    def by_name(row: Any) -> Any:
        return row[0], row[1]["label"]

    assert sorted(every, key=by_name) == sorted(apart, key=by_name)
    assert {row["label"]: (row["nb_visits"], row["max_actions"]) for _, row in every}["red shoes"] == (3, 9)
