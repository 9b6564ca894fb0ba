from datetime import UTC, datetime
from typing import Any

import pytest

from builders import NOON, a_conversion, a_visit, an_event
from pellucid.matomo.actions import Setting, action_rows, duration, sales
from pellucid.model.column import Item
from pellucid.model.event import Event
from pellucid.model.goal import CustomDimension, DimensionScope, Goal
from pellucid.model.site import Site
from pellucid.model.visit import Conversion
from pellucid.policy.presets import PRESETS
from pellucid.report.live import VisitDetails

SITE = Site(
    id=1,
    name="Shop",
    urls=("http://shop.example.org",),
    timezone="Europe/Berlin",
    currency="EUR",
    ecommerce=True,
    privacy=PRESETS["matomo"],
    created=datetime(2025, 11, 1, tzinfo=UTC),
)
SETTING = Setting(
    SITE,
    goals=[Goal(site_id=1, id=1, name="Signed up")],
    dimensions=[CustomDimension(site_id=1, id=2, index=1, scope=DimensionScope.ACTION, name="Variant")],
)
ITEMS = (Item("SKU-1", "Bell", ("Parts", "Fun"), 9.99, 2), Item("SKU-2", "Chain", ("Parts",), 20.0, 1))


def rows(*done: Event | Conversion, **visit: object) -> list[dict[str, Any]]:
    events = tuple(one for one in done if isinstance(one, Event))
    conversions = tuple(one for one in done if isinstance(one, Conversion))
    return action_rows(VisitDetails(a_visit(**visit), events, conversions), SETTING)


def test_a_page_is_looked_at_until_the_next_one() -> None:
    shown = rows(
        an_event(url="http://a/"),
        an_event(kind="search", time=NOON + 20_000, previous_seconds=20, search_keyword="bell"),
        an_event(url="http://a/b", time=NOON + 50_000, previous_seconds=30),
        an_event(kind="event", time=NOON + 60_000, previous_seconds=10, event_category="video", event_action="play"),
        seconds=61,
    )

    assert [row.get("timeSpent") for row in shown] == [50, None, 10, None]
    assert [row["pageviewPosition"] for row in shown] == [1, 2, 3, 3]


def test_what_the_last_page_is_looked_at_is_not_known_unless_something_follows() -> None:
    assert rows(an_event(), seconds=0)[0]["timeSpent"] == 0
    assert rows(an_event(), an_event(kind="ping", time=NOON + 15_000), seconds=16)[0]["timeSpent"] == 15


def test_times_are_those_of_the_site() -> None:
    assert rows(an_event())[0]["serverTimePretty"] == "Nov 24, 2025 13:00:00"


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (
            an_event(title="Home", network_time=20, server_time=130),
            {"type": "action", "pageTitle": "Home", "pageLoadTime": "0.15s", "pageLoadTimeMilliseconds": 150},
        ),
        (
            an_event(product_sku="SKU-1", product_name="Bell", product_price=9.99, product_categories=("Parts", "Fun")),
            {"productViewSku": "SKU-1", "productViewPrice": 9.99, "productViewCategories": ("Parts", "Fun")},
        ),
        (
            an_event(kind="search", search_keyword="bell", search_category="parts", search_count=3),
            {"url": None, "subtitle": "bell - Search Category: parts - Search Results Count: 3", "siteSearchCount": 3},
        ),
        (
            an_event(kind="event", event_category="video", event_action="play", event_value=2.5),
            {"type": "event", "eventAction": "play", "eventValue": 2.5},
        ),
        (
            an_event(kind="content", content_name="banner", content_piece="a.png", content_interaction="click"),
            {"type": 13, "title": "Content Interaction (click)", "subtitle": "banner - a.png"},
        ),
        (an_event(kind="outlink", url="http://b/"), {"title": "Outlink", "subtitle": "http://b/"}),
        (
            a_conversion(revenue=12.5),
            {"goalName": "Signed up", "goalId": 1, "subtitle": "Signed up (€12.50 revenue)", "referrerType": "direct"},
        ),
        (a_conversion(goal_id=7), {"goalName": "", "goalId": 7}),
        (
            a_conversion(kind="order", order_id="A1", revenue=39.98, items=ITEMS, pieces=3),
            {"type": "ecommerceOrder", "title": "Ordered (A1)", "revenue": 39.98, "items": 3},
        ),
        (an_event(dimensions={"2": "B", "9": "?"}), {"dimension2": "B"}),
        (an_event(), {"dimension2": None}),
    ],
)
def test_an_action_has_what_its_kind_is_about(event: Event | Conversion, told: dict[str, object]) -> None:
    (row,) = rows(event)

    assert row.items() >= told.items()


def test_items_have_their_categories_and_one_piece_unless_said_otherwise() -> None:
    (order,) = rows(a_conversion(kind="order", items=ITEMS))

    bell, chain = order["itemDetails"]
    assert (bell["itemSKU"], bell["itemCategory"], bell["categories"]) == ("SKU-1", "Parts", ("Parts", "Fun"))
    assert (chain["price"], chain["quantity"], chain["categories"]) == (20, 1, ("Parts",))


def test_what_was_bought_and_what_was_left_are_told_apart() -> None:
    cart = a_conversion(kind="cart", revenue=9.99, items=ITEMS, pieces=3)
    order = a_conversion(kind="order", time=NOON + 1, revenue=20.0)

    both = VisitDetails(a_visit(), (), (order, cart))

    assert sales(VisitDetails(a_visit(), (), (order,)))["visitEcommerceStatus"] == "ordered"
    assert sales(both)["visitEcommerceStatus"] == "orderedThenAbandonedCart"
    assert sales(both).items() >= {"totalEcommerceRevenue": 20, "totalAbandonedCartsItems": 3}.items()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (59, "59s"), (61, "1 min 1s"), (3_600, "1 hours"), (90_061, "1 days 1 hours")],
)
def test_a_duration_has_its_two_largest_units(seconds: int, text: str) -> None:
    assert duration(seconds) == text
