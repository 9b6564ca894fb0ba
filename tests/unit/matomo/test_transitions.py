from collections.abc import Callable
from typing import Any

import pytest
from msgspec import json

from builders import NOON, a_visit, an_event
from pellucid.model.event import Event
from pellucid.model.visit import Visit
from pellucid.report.run import Reports
from pellucid.store.client import Store

Ask = Callable[..., Any]
DAY = {"idSite": "1", "period": "day", "date": "2025-11-24"}
HOME, SHOP, CART = "http://shop.example.org/", "http://shop.example.org/shop", "http://shop.example.org/cart"


@pytest.fixture(autouse=True)
def walk(store: Store) -> None:
    """One visit: home, a search, the shop, the shop again, a link, the cart."""
    steps = [
        {"url": HOME, "title": "Home"},
        {"kind": "search", "search_keyword": "bikes", "previous_url": HOME, "previous_title": "Home"},
        {"url": SHOP, "title": "Shop", "previous_search": "bikes"},
        {"url": SHOP, "title": "Shop", "previous_url": SHOP, "previous_title": "Shop"},
        {"kind": "outlink", "url": "https://maker.example/", "previous_url": SHOP, "previous_title": "Shop"},
        {"url": CART, "title": "Cart", "previous_url": SHOP, "previous_title": "Shop"},
        {"url": HOME, "title": "Home", "previous_url": CART, "previous_title": "Cart"},
    ]
    events = [an_event(visit_id=7, event_id=70 + at, time=NOON + at, **step) for at, step in enumerate(steps)]
    visit = a_visit(
        visit_id=7, entry_url=HOME, entry_title="Home", exit_url=HOME, source_kind="search", source_name="Google"
    )
    store.insert("visits", Visit, json.encode(visit), token="more visits")
    store.insert("events", Event, b"\n".join(map(json.encode, events)), token="more events")


def test_what_was_done_before_and_after_a_page_is_told(ask: Ask) -> None:
    told = ask("Transitions.getTransitionsForPageUrl", **DAY, pageUrl="https://www.shop.example.org/shop")

    assert told["pageMetrics"] == {"loops": 1, "pageviews": 2, "entries": 0, "exits": 0}
    assert told["previousSiteSearches"] == [{"label": "bikes", "referrals": 1}]
    assert told["followingPages"] == [{"label": "shop.example.org/cart", "referrals": 1}]
    assert told["outlinks"] == [{"label": "https://maker.example/", "referrals": 1}]


def test_a_page_is_named_by_its_title_too(ask: Ask) -> None:
    told = ask("Transitions.getTransitionsForPageTitle", **DAY, pageTitle="Cart")

    assert told["previousPages"] == [{"label": "Shop", "referrals": 1}]
    assert told["followingPages"] == [{"label": "Home", "referrals": 1}]


def test_parts_are_asked_for_alone_and_rows_beyond_a_limit_are_summed(ask: Ask) -> None:
    named = {"actionName": HOME, "actionType": "url"}

    sources = ask("Transitions.getTransitionsForAction", **DAY, **named, parts="externalReferrers")

    assert sources["pageMetrics"] == {"entries": 3}
    assert {row["shortName"]: row["visits"] for row in sources["referrers"]} == {"direct": 1, "search": 1, "website": 1}
    assert "followingPages" not in sources


def test_a_limit_of_none_is_the_usual_one(ask: Ask) -> None:
    told = ask("Transitions.getTransitionsForPageUrl", **DAY, pageUrl=HOME, limitBeforeGrouping="0")

    assert told["previousPages"] == [{"label": "shop.example.org/cart", "referrals": 1}]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"actionName": "http://shop.example.org/none", "actionType": "url"}, "NoDataForAction"),
        ({"actionName": HOME, "actionType": "magic"}, "no transitions of 'magic'"),
    ],
)
def test_a_page_without_views_and_a_wrong_type_are_told(ask: Ask, given: dict[str, str], told: str) -> None:
    assert told in ask("Transitions.getTransitionsForAction", **DAY, **given)["message"]


def test_titles_are_not_read_where_pages_are_known_by_their_addresses(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = set[str]()
    answer = Reports.answer
    monkeypatch.setattr(Reports, "answer", lambda self, query: read.update(query.dimensions) or answer(self, query))

    ask("Transitions.getTransitionsForPageUrl", **DAY, pageUrl=SHOP)

    assert "next_address" in read
    assert not any(name.endswith("title") for name in read)


def test_what_is_shown_has_words(ask: Ask) -> None:
    told = ask("Transitions.getTranslations")

    assert told["exits"] == "Exits"
    assert all("%s" in text for name, text in told.items() if name.endswith("Inline"))


def test_pages_with_and_without_www_are_the_same_and_campaigns_have_their_keyword_behind_them(
    ask: Ask, store: Store
) -> None:
    site = "shop.example.org"
    steps = [
        {"url": f"http://www.{site}/a", "title": "A"},
        {"url": f"https://{site}/b", "title": "B", "previous_url": f"http://www.{site}/a", "previous_title": "A"},
        {"url": f"http://{site}/a", "title": "A", "previous_url": f"https://{site}/b", "previous_title": "B"},
        {"url": f"http://www.{site}/b", "title": "B", "previous_url": f"http://{site}/a", "previous_title": "A"},
    ]
    events = [an_event(visit_id=8, event_id=80 + at, time=NOON + at, **step) for at, step in enumerate(steps)]
    came = {"source_kind": "campaign", "source_name": "spring", "source_keyword": "bells"}
    visit = a_visit(visit_id=8, entry_url=f"http://www.{site}/a", **came)
    store.insert("visits", Visit, json.encode(visit), token="a visit of a campaign")
    store.insert("events", Event, b"\n".join(map(json.encode, events)), token="its events")

    told = ask("Transitions.getTransitionsForPageUrl", **DAY, pageUrl=f"http://{site}/a")

    assert told["previousPages"] == [{"label": f"{site}/b", "referrals": 1}]
    assert told["followingPages"] == [{"label": f"{site}/b", "referrals": 2}]
    assert [row["details"] for row in told["referrers"]] == [[{"label": "spring bells", "referrals": 1}]]


def test_a_campaign_without_a_keyword_has_the_blank_that_stands_before_one(ask: Ask, store: Store) -> None:
    visit = a_visit(visit_id=9, entry_url=SHOP, source_kind="campaign", source_name="qr")
    store.insert("visits", Visit, json.encode(visit), token="a visit of a campaign without a keyword")
    store.insert("events", Event, json.encode(an_event(visit_id=9, event_id=90, url=SHOP)), token="its page view")

    told = ask("Transitions.getTransitionsForPageUrl", **DAY, pageUrl=SHOP)

    (campaigns,) = (row["details"] for row in told["referrers"] if row["shortName"] == "campaign")
    assert campaigns == [{"label": "qr ", "referrals": 1}]
