from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import structs

from builders import NOON, a_conversion, a_visit, an_event
from pellucid.matomo.actions import Setting, action_rows, sales
from pellucid.matomo.live import visit_row
from pellucid.matomo.pretty import duration
from pellucid.model.column import Item
from pellucid.model.event import Event
from pellucid.model.goal import CustomDimension, DimensionScope, Goal
from pellucid.model.site import Site
from pellucid.model.visit import Conversion
from pellucid.policy.presets import PRESETS
from pellucid.report.live import Sales, VisitDetails

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
ALL_TIMES = dict.fromkeys(("transfer_time", "dom_processing_time", "dom_completion_time", "on_load_time"), 0)
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

    assert [row.get("timeSpent") for row in shown] == [50, None, 11, None]
    assert [row["pageviewPosition"] for row in shown] == [1, 2, 3, 3]


def test_the_last_page_is_looked_at_as_long_as_the_visit_goes_on_if_that_is_more_than_a_moment() -> None:
    assert rows(an_event(), seconds=0)[0]["timeSpent"] == 0
    assert rows(an_event(), an_event(kind="ping", time=NOON + 9_000), seconds=10)[0]["timeSpent"] == 0
    assert rows(an_event(), an_event(kind="ping", time=NOON + 15_000), seconds=16)[0]["timeSpent"] == 16
    assert rows(an_event(), an_event(time=NOON + 30_000, previous_seconds=30), seconds=51)[1]["timeSpent"] == 21


def test_a_last_page_is_looked_at_at_least_as_long_as_what_was_done_on_it_took() -> None:
    shown = rows(
        an_event(),
        an_event(kind="download", time=NOON + 2_000, previous_seconds=2),
        an_event(kind="outlink", time=NOON + 5_000, previous_seconds=3),
        seconds=6,
    )

    assert shown[0]["timeSpent"] == 5


@pytest.mark.parametrize(
    ("kind", "keyword", "told"),
    [
        ("campaign", "bell", "bell"),
        ("campaign", "", ""),
        ("social", "", ""),
        ("website", "", None),
        ("search", "", None),
        ("direct", "", None),
    ],
)
def test_a_conversion_tells_an_empty_keyword_where_matomo_does(kind: str, keyword: str, told: str | None) -> None:
    (row,) = rows(a_conversion(source_kind=kind, source_keyword=keyword))

    assert row["referrerKeyword"] == told


def test_what_is_done_before_any_page_is_on_none_and_sales_have_no_address() -> None:
    event, order = rows(
        an_event(kind="event", event_category="video", event_action="play"),
        a_conversion(kind="order", time=NOON + 1_000, url="http://a/"),
    )

    assert (event["pageviewPosition"], "url" in order) == (None, False)


def test_what_is_done_in_one_second_stands_in_matomos_order() -> None:
    shown = rows(
        an_event(event_id=1, url="http://a/1"),
        an_event(event_id=2, url="http://a/2", time=NOON + 500),
        a_conversion(event_id=1, url="reached by the first page"),
        a_conversion(event_id=0, url="told by the site", time=NOON + 900),
    )

    assert [row["url"] for row in shown] == [
        "told by the site",
        "http://a/1",
        "reached by the first page",
        "http://a/2",
    ]


def test_a_page_of_a_category_shows_no_product() -> None:
    (page,) = rows(an_event(product_categories=("Parts",)))

    assert (page["productViewCategories"], "productViewSku" in page) == (("Parts",), False)


def test_how_long_a_page_took_to_load_is_told_if_all_of_it_is_known() -> None:
    (page,) = rows(an_event(network_time=20, server_time=130))

    assert "pageLoadTime" not in page


def test_a_product_without_a_name_has_none() -> None:
    (order,) = rows(a_conversion(kind="order", order_id="A1", items=(Item("SKU-1", "", (), 9.99, 1),)))

    assert order["itemDetails"][0]["itemName"] is None


def test_times_are_those_of_the_site() -> None:
    assert rows(an_event())[0]["serverTimePretty"] == "Nov 24, 2025 13:00:00"


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (
            an_event(title="Home", **ALL_TIMES, network_time=20, server_time=130),
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
            an_event(kind="event", event_category="video", event_action="play", event_value=2.50049),
            {"type": "event", "eventAction": "play", "eventValue": 2.5},
        ),
        (
            an_event(kind="content", content_name="banner", content_piece="a.png", content_interaction="click"),
            {"type": 13, "title": "Content Interaction (click)", "subtitle": "banner - a.png"},
        ),
        (an_event(kind="search", search_keyword="bell"), {"siteSearchCategory": "", "subtitle": "bell"}),
        (an_event(title=""), {"title": None, "pageTitle": None}),
        (an_event(kind="outlink", url="http://b/"), {"title": "Outlink", "subtitle": "http://b/"}),
        (
            a_conversion(kind="order", order_id="A2", revenue=12_345.6),
            {"subtitle": "€12,345.60 revenue - 0 items: )"},
        ),
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
    cart, order = a_conversion(kind="cart"), a_conversion(kind="order", time=NOON + 1)
    bought, both = a_visit(orders=1), a_visit(orders=1, cart_id=1)
    ordered = VisitDetails(bought, (), (order,), orders=Sales(2, 59.98, 4), carts=Sales(1, 9.99, 3))

    assert sales(VisitDetails(both, (), (order, cart)), SITE)["visitEcommerceStatus"] == "orderedThenAbandonedCart"
    assert sales(ordered, SITE) == {
        "visitEcommerceStatus": "ordered",
        "totalEcommerceRevenue": 59.98,
        "totalEcommerceConversions": 2,
        "totalEcommerceItems": 4,
        "totalAbandonedCartsRevenue": 9.99,
        "totalAbandonedCarts": 1,
        "totalAbandonedCartsItems": 3,
    }


def test_of_a_site_that_is_no_shop_nothing_is_told_of_what_was_bought() -> None:
    assert sales(VisitDetails(a_visit(), ()), structs.replace(SITE, ecommerce=False)) == {
        "visitEcommerceStatus": "none"
    }


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        *[(0, "0s"), (59, "59s"), (61, "1 min 1s"), (120, "2 min 0s"), (3_600, "1 hours 0 min")],
        *[(90_061, "1 days 1 hours"), (86_400 * 366, "1 years 0 days")],
    ],
)
def test_a_duration_is_told_in_its_largest_unit_and_the_next(seconds: int, text: str) -> None:
    assert duration(seconds) == text


def test_what_is_not_known_of_a_device_and_a_place_has_the_words_and_codes_of_matomo() -> None:
    nothing = dict.fromkeys(("device_type", "device_model", "system", "system_code", "system_version"), "")
    nobody = dict.fromkeys(("browser", "browser_code", "browser_version", "continent", "country"), "")

    row = visit_row(VisitDetails(a_visit(**nothing, **nobody), ()), SETTING)

    assert {row[name] for name in ("deviceModel", "operatingSystemName", "browser", "browserName")} == {"Unknown"}
    assert {row[name] for name in ("operatingSystemCode", "operatingSystemVersion", "browserCode")} == {"UNK"}
    assert (row["continentCode"], row["countryCode"], row["resolution"]) == ("unk", "xx", "unknown")


def test_the_hour_of_a_visit_is_the_servers_own_and_an_untold_language_has_an_empty_code() -> None:
    row = visit_row(VisitDetails(a_visit(first_time=NOON, last_time=NOON, language=""), ()), SETTING)

    assert (row["visitServerHour"], row["serverTimePretty"], row["languageCode"]) == ("12", "13:00:00", "")


def test_what_a_browser_can_show_is_listed_by_name_too() -> None:
    able, unable = (visit_row(VisitDetails(a_visit(plugins=some), ()), SETTING) for some in (("pdf", "cookie"), ()))

    assert able["pluginsIcons"] == [{"pluginName": "cookie"}, {"pluginName": "pdf"}]
    assert unable["pluginsIcons"] is None
