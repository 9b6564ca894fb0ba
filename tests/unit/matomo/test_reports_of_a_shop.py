"""Reports whose numbers are added up the way Matomo adds them up: products, events and places."""

from datetime import timedelta
from typing import Any

import pytest

from builders import DAY, NOON, a_conversion, a_visit, an_event
from pellucid.matomo.call import Answer
from pellucid.model.column import Item
from pellucid.model.event import Event
from pellucid.model.goal import Goal
from pellucid.registry.registry import Registry
from pellucid.store.client import Store
from unit.matomo.shop import BELL, OF_DAY, OF_WEEK, Ask, by_label, inserted


@pytest.fixture(autouse=True)
def shop(registry: Registry) -> None:
    registry.add_site("Bells", ["http://bells.example.org"], ecommerce=True)


def test_what_is_left_in_carts_has_its_price_there(ask: Ask, store: Store) -> None:
    cart = a_conversion(site_id=3, kind="cart", goal_id=0, items=(BELL,), pieces=2)
    order = a_conversion(site_id=3, conversion_id=2, kind="order", goal_id=0, items=(Item("B", "Bell", (), 7.0, 1),))
    inserted(store, a_visit(site_id=3), cart, order)

    (left,), (sold,) = (ask("Goals.getItemsSku", **OF_DAY, abandonedCarts=one) for one in "10")

    assert (left["avg_price"], left["abandoned_carts"], sold["avg_price"]) == (10, 1, 7)


def test_views_of_a_category_are_counted_by_its_place_in_products(ask: Ask, store: Store) -> None:
    views = [
        an_event(site_id=3, event_id=1, product_sku="B", product_categories=("Parts", "Fun")),
        an_event(site_id=3, event_id=2, product_sku="C", product_categories=("Fun",)),
    ]
    inserted(store, a_visit(site_id=3), *views)

    rows = by_label(ask("Goals.getItemsCategory", **OF_DAY))

    assert [(rows[name]["nb_visits"], rows[name]["nb_actions"]) for name in ("Parts", "Fun")] == [(1, 1), (2, 2)]


def test_the_mean_price_of_each_day_on_which_a_product_is_viewed_is_added_up(ask: Ask, store: Store) -> None:
    later = {"visit_day": DAY + timedelta(days=1), "visit_id": 2, "time": NOON + 86_400_000}
    views = [
        an_event(site_id=3, event_id=1, product_sku="B", product_price=10.0),
        an_event(site_id=3, event_id=2, product_sku="B", product_price=20.0),
        an_event(site_id=3, event_id=3, product_sku="B"),
        an_event(site_id=3, event_id=4, product_sku="B", product_price=8.0, **later),
    ]
    inserted(store, a_visit(site_id=3), a_visit(site_id=3, visit_id=2, visit_day=later["visit_day"]), *views)

    assert ask("Goals.getItemsSku", **OF_DAY)[0]["avg_price"] == 15
    assert ask("Goals.getItemsSku", **OF_WEEK)[0]["avg_price"] == 23


def test_a_site_that_is_no_shop_has_no_products(ask: Ask, store: Store, registry: Registry) -> None:
    inserted(store, a_visit(site_id=3), an_event(site_id=3, product_sku="B"))
    registry.update_site(3, ecommerce=False)

    assert ask("Goals.getItemsSku", **OF_DAY) == []


def test_of_orders_in_one_visit_the_first_tells_how_many_pages_came_before(ask: Ask, store: Store) -> None:
    order = {"site_id": 3, "kind": "order", "goal_id": 0, "revenue": 1.004}
    done = [
        an_event(site_id=3, url="http://bells.example.org/a"),
        a_conversion(conversion_id=1, time=NOON + 1_000, pages_before=2, **order),
        a_conversion(conversion_id=2, time=NOON + 2_000, pages_before=3, **order),
    ]
    other = {"visit_id": 2, "time": NOON + 5_000}
    again = [
        an_event(site_id=3, event_id=9, url="http://bells.example.org/a", **other),
        a_conversion(conversion_id=3, pages_before=1, **order, **other),
    ]
    inserted(store, a_visit(site_id=3, orders=2), a_visit(site_id=3, visit_id=2, orders=1), *done, *again)

    pages = by_label(ask("Actions.getPageUrls", **OF_DAY))

    told = pages["/a"]["goals"]["idgoal=ecommerceOrder"]
    assert (told["nb_conversions"], told["nb_conv_pages_before"]) == (3, 2)
    assert told["revenue_attrib"] == pytest.approx(0.84 + 1.0)


def test_of_orders_in_one_visit_of_a_segment_that_with_the_least_key_tells_it(ask: Ask, store: Store) -> None:
    order = {"site_id": 3, "kind": "order", "goal_id": 0}
    # Their MD5s begin with e4, 16 and ec.
    done = [
        an_event(site_id=3, url="http://bells.example.org/a"),
        a_conversion(conversion_id=1, time=NOON + 1_000, order_id="5", pages_before=2, **order),
        a_conversion(conversion_id=2, time=NOON + 2_000, order_id="6", pages_before=3, **order),
        a_conversion(conversion_id=3, time=NOON + 3_000, order_id="3", pages_before=4, **order),
    ]
    inserted(store, a_visit(site_id=3, orders=3), *done)

    pages, of_some = (ask("Actions.getPageUrls", **OF_DAY, segment=those) for those in ("", "actions>=0"))

    told = [rows[0]["goals"]["idgoal=ecommerceOrder"] for rows in (pages, of_some)]
    assert [(of["nb_conversions"], of["nb_conv_pages_before"]) for of in told] == [(3, 2), (3, 3)]


def test_hours_of_a_site_are_whole_ones_of_utc(ask: Ask, store: Store) -> None:
    ask("SitesManager.updateSite", idSite="3", timezone="Asia/Kolkata")
    at_ten_past_six = NOON + 40 * 60_000
    inserted(store, a_visit(site_id=3, first_time=at_ten_past_six), a_conversion(site_id=3, time=at_ten_past_six))

    rows = by_label(ask("VisitTime.getVisitInformationPerServerTime", **OF_DAY))

    assert {name: row["goals"] for name, row in rows.items() if row.get("goals")}.keys() == {"17"}
    assert [name for name, row in rows.items() if row["nb_visits"]] == ["17"]


def test_the_asker_chooses_what_events_are_told_apart_by_within(ask: Ask, store: Store) -> None:
    done = {"site_id": 3, "kind": "event", "event_category": "video", "event_action": "play", "event_name": "intro"}
    inserted(store, a_visit(site_id=3), an_event(**done))

    def inner(**given: str) -> Answer:
        (row,) = ask("Events.getCategory", **OF_DAY, expanded="1", **given)
        return row["subtable"][0]["label"]

    assert (inner(), inner(secondaryDimension="eventName")) == ("play", "intro")
    refused = ask("Events.getAction", **OF_DAY, secondaryDimension="eventAction")
    assert refused["message"] == (
        "Secondary dimension 'eventAction' is not valid for the API getAction. Use one of: eventName, eventCategory"
    )


def test_visits_are_chosen_by_fractions_of_values(ask: Ask, store: Store) -> None:
    rated = an_event(site_id=3, kind="event", event_category="a", event_action="rate", event_value=9.66)
    inserted(store, a_visit(site_id=3), rated)

    found = [ask("VisitsSummary.getVisits", **OF_DAY, segment=f"eventValue{one}") for one in (">9", ">9.7")]

    assert [answer["value"] for answer in found] == [1, 0]


def test_places_that_are_not_told_are_one_row_and_continents_are_added_up_from_countries(
    ask: Ask, store: Store
) -> None:
    inserted(
        store,
        a_visit(site_id=3, visit_id=1, continent="eur", country="fr"),
        a_visit(site_id=3, visit_id=2, continent="eur", country="pl"),
    )

    (region,), (city,), (continent,) = (
        ask(f"UserCountry.get{what}", **OF_DAY) for what in ("Region", "City", "Continent")
    )

    assert (region["label"], region["nb_visits"], region["region"], region["country"]) == ("Unknown", 2, "xx", "xx")
    assert (city["label"], city["city"], city["country_name"], "segment" in city) == ("Unknown", "xx", "Unknown", False)
    assert (continent["label"], continent["nb_visits"], continent["nb_uniq_visitors"]) == ("Europe", 2, 2)


def test_a_city_is_told_with_where_it_is(ask: Ask, store: Store) -> None:
    lyon = {"site_id": 3, "continent": "eur", "country": "fr", "region": "ARA", "city": "Lyon"}
    inserted(
        store,
        a_visit(visit_id=1, **lyon, latitude=45.7484567, longitude=-4.8467),
        a_visit(visit_id=2, **lyon),
        a_visit(visit_id=5, visit_day=DAY + timedelta(days=1), **lyon, latitude=46.0, longitude=4.0),
        a_visit(visit_id=3, site_id=3, country="fr", latitude=48.0, longitude=2.0),
        a_visit(visit_id=4, site_id=3),
    )

    lyon_row, unknown = ask("UserCountry.getCity", **OF_DAY | {"period": "week"})
    number = ask("UserCountry.getNumberOfDistinctCountries", **OF_DAY)

    assert (lyon_row["label"], lyon_row["lat"], lyon_row["long"]) == (
        "Lyon, Auvergne-Rhône-Alpes, France",
        45.748,
        -4.847,
    )
    assert (unknown["nb_visits"], "lat" in unknown, "long" in unknown) == (2, False, False)
    assert number == {"value": 2}


def test_a_hundred_visits_are_told_unless_another_number_is_asked_for(ask: Ask, store: Store) -> None:
    inserted(store, *(a_visit(site_id=3, visit_id=number, visitor_id=number) for number in range(1, 106)))

    def told(**given: str) -> int:
        return len(ask("Live.getLastVisitsDetails", **OF_DAY, **given))

    assert (told(), told(filter_limit="12"), told(countVisitorsToFetch="3", filter_limit="12")) == (100, 12, 3)


def test_values_of_a_dimension_of_actions_are_those_of_all_that_was_done(ask: Ask, store: Store) -> None:
    ask("CustomDimensions.configureNewCustomDimension", idSite="3", name="Tone", scope="action", active="1")
    loud: dict[str, object] = {"site_id": 3, "dimensions": {"1": "loud"}}
    a, b = (f"http://www.bells.example.org/{page}" for page in "ab")
    events = [
        an_event(event_id=1, url=a, network_time=20, **loud),
        an_event(event_id=2, url=b, time=NOON + 7000, previous_seconds=7, network_time=30, **loud),
        an_event(event_id=3, url=b, kind="event", time=NOON + 9000, previous_seconds=2, **loud),
        an_event(site_id=3, event_id=4, url=b, time=NOON + 10_000, previous_seconds=1),
        an_event(event_id=5, visit_id=2, url=a, **loud),
        an_event(event_id=6, visit_id=3, kind="search", **loud),
        an_event(site_id=3, event_id=7, visit_id=2, kind="goal", time=NOON + 3000),
        an_event(site_id=3, event_id=8, visit_id=2, kind="ping", time=NOON + 8000),
    ]
    visits = [a_visit(site_id=3, visit_id=one, actions=4 if one == 1 else 1) for one in (1, 2, 3)]
    inserted(store, *visits, *events)

    (row,) = ask("CustomDimensions.getCustomDimension", **OF_DAY, idDimension="1", expanded="1")
    flat = by_label(ask("CustomDimensions.getCustomDimension", **OF_DAY, idDimension="1", flat="1"))

    assert (row["label"], row["nb_visits"], row["nb_uniq_visitors"], row["nb_hits"]) == ("loud", 4, 3, 5)
    assert (row["sum_time_spent"], row["bounce_count"], row["exit_nb_visits"]) == (15, 2, 2)
    assert (row["avg_time_on_dimension"], row["bounce_rate"], row["exit_rate"]) == (3, "50%", "50%")
    assert (row["sum_time_network"], row["min_time_network"], row["max_time_server"]) == (0.05, 0.05, 0)
    assert row["segment"] == "dimension1==loud"
    inner = by_label(row["subtable"])
    assert {label: (one["nb_hits"], one["sum_time_spent"]) for label, one in inner.items()} == {
        "bells.example.org/a": (2, 12),
        "bells.example.org/b": (2, 3),
    }
    assert inner["bells.example.org/a"]["segment"] == "dimension1==loud;actionUrl=$bells.example.org%2Fa"
    assert flat.keys() == {"loud", "loud - bells.example.org/a", "loud - bells.example.org/b"}


@pytest.mark.parametrize("scope", ["visit", "action"])
def test_a_custom_dimension_that_was_told_to_be_nothing_has_a_row(ask: Any, store: Store, scope: str) -> None:
    ask("CustomDimensions.configureNewCustomDimension", idSite="3", name="Tone", scope=scope, active="1")
    untold, empty = {"visit_id": 1}, {"visit_id": 2, "dimensions": {"1": ""}}
    inserted(store, *(a_visit(site_id=3, **one) for one in (untold, empty)), *_events_of(untold, empty))
    asked = {**OF_DAY, "idDimension": "1"}

    (row,) = ask("CustomDimensions.getCustomDimension", **asked)
    flat = by_label(ask("CustomDimensions.getCustomDimension", **asked, flat="1"))

    assert (row["label"], row["nb_visits"], row["segment"]) == ("Value not defined", 1, "dimension1==")
    page = " - bells.example.org/a" if scope == "action" else ""
    assert flat[f"Value not defined{page}"]["segment"] == "dimension1=="
    assert "url" not in flat[f"Value not defined{page}"]


def _events_of(*visits: dict[str, Any]) -> list[Event]:
    url = "https://bells.example.org/a"
    return [an_event(site_id=3, event_id=one["visit_id"], url=url, **one) for one in visits]


def test_a_visit_in_which_an_order_was_told_again_is_converted_and_sold_nothing(ask: Any, store: Store) -> None:
    inserted(store, a_visit(site_id=3, conversions=1, orders=1), a_visit(site_id=3, visit_id=2))

    told = ask("Goals.get", **OF_DAY)

    assert (told["nb_visits_converted"], told["nb_conversions"], told["conversion_rate"]) == (1, 0, "50%")
    assert ask("Goals.get", **OF_DAY, idGoal="ecommerceOrder")["nb_visits_converted"] == 0


@pytest.mark.parametrize(("form", "shares"), [("1", ["25%", "75%"]), ("0", [0.25, 0.75])])
def test_shares_of_channels_on_several_days_are_those_of_all_days(
    ask: Any, store: Store, form: str, shares: list[object]
) -> None:
    days = [DAY, *[DAY + timedelta(1)] * 3]
    inserted(store, *(a_visit(site_id=3, visit_day=day, visit_id=one) for one, day in enumerate(days)))
    span = OF_DAY | {"date": f"{DAY},{DAY + timedelta(1)}", "format_metrics": form}

    told = ask("Referrers.get", **span)

    assert [one["Referrers_visitorsFromDirectEntry_percent"] for one in told.values()] == shares
    (flat, *_) = ask("Referrers.get", **span, flat="1").values()
    assert flat[0]["Referrers_visitorsFromDirectEntry_percent"] == shares[0]
    assert ask("Referrers.get", **OF_DAY)["Referrers_visitorsFromDirectEntry_percent"] == "100%"


@pytest.mark.parametrize(
    ("report", "labels"),
    [
        ("getNumberOfVisitsPerPage", ["1 page", "2 pages"]),
        ("getNumberOfVisitsPerVisitDuration", ["0\N{EN DASH}10s", "11\N{EN DASH}30s"]),
    ],
)
def test_spans_stand_as_they_follow_each_other_whatever_they_are_sorted_by(
    ask: Any, store: Store, report: str, labels: list[str]
) -> None:
    inserted(store, *(a_visit(site_id=3, visit_id=one, actions=min(one, 2), seconds=one * 9) for one in (1, 2, 3)))

    rows = ask(f"VisitorInterest.{report}", **OF_DAY, filter_sort_column="nb_visits", filter_limit="2")

    assert [(row["label"], row["nb_visits"]) for row in rows] == list(zip(labels, (1, 2), strict=True))


def test_shares_are_numbers_where_numbers_are_asked_for_as_they_are(ask: Any, store: Store) -> None:
    visits = [a_visit(site_id=3, visit_id=one, conversions=one == 1, plugins=("pdf",) * (one < 3)) for one in (1, 2, 3)]
    inserted(store, *visits)

    def told(method: str, form: str) -> list[dict[str, Any]]:
        answer = ask(method, **OF_DAY, format_metrics=form)
        return answer if isinstance(answer, list) else [answer]

    share, plugin = "conversion_rate", "nb_visits_percentage"
    assert [told("Goals.get", form)[0][share] for form in "01"] == [0.3333, "33.33%"]
    assert [told("API.get", form)[0][share] for form in "01"] == [0.3333, "33.33%"]
    assert [told("DevicePlugins.getPlugin", form)[0][plugin] for form in "01"] == [0.67, "67%"]
    assert [told("VisitorInterest.getNumberOfVisitsByVisitCount", form)[0][plugin] for form in "01"] == [1, "100%"]


@pytest.mark.parametrize(("number", "name"), [("0", "ecommerceOrder"), ("-1", "ecommerceAbandonedCart")])
def test_orders_and_carts_have_a_number_beside_those_of_goals(
    ask: Any, store: Store, registry: Registry, number: str, name: str
) -> None:
    registry.update_site(3, ecommerce=True)
    order = a_conversion(site_id=3, kind="order", goal_id=0, revenue=2)
    cart = a_conversion(site_id=3, conversion_id=2, kind="cart", goal_id=0, revenue=3)
    inserted(store, a_visit(site_id=3), order, cart)

    told = ask("Goals.get", **OF_DAY, idGoal=number)

    assert told == ask("Goals.get", **OF_DAY, idGoal=name)
    assert told["nb_conversions"] == 1


@pytest.mark.parametrize("report", ["getDaysToConversion", "getVisitsUntilConversion"])
def test_how_long_it_took_is_told_of_all_goals_by_0(ask: Any, store: Store, report: str) -> None:
    visit, goal = a_visit(site_id=3), a_conversion(site_id=3, kind="goal", goal_id=1, revenue=1)
    inserted(store, visit, goal, a_conversion(site_id=3, conversion_id=2, kind="order", goal_id=0, revenue=2))

    assert ask(f"Goals.{report}", **OF_DAY, idGoal="0") == ask(f"Goals.{report}", **OF_DAY)


@pytest.mark.parametrize("report", ["getDaysToConversion", "getVisitsUntilConversion"])
def test_where_nothing_was_converted_it_is_not_told_how_long_it_took(ask: Any, report: str) -> None:
    assert ask(f"Goals.{report}", idSite="1", period="day", date="2025-11-24") == []


def test_shares_of_sources_are_told_as_numbers_too(ask: Any) -> None:
    told = ask("Referrers.get", idSite="1", period="day", date="2025-11-24", format_metrics="0")

    assert told["Referrers_visitorsFromDirectEntry_percent"] == 0.5


def test_goals_are_told_one_by_one_to_who_asks(ask: Any, store: Store, registry: Registry) -> None:
    for name in ("Read", "Signed up"):
        registry.add_goal(Goal(site_id=3, id=0, name=name))
    inserted(store, a_visit(site_id=3), a_conversion(site_id=3, kind="goal", goal_id=1, revenue=4.5))

    told = ask("Goals.get", **OF_DAY, showAllGoalSpecificMetrics="1")
    chosen = ask("Goals.get", **OF_DAY, showAllGoalSpecificMetrics="1", columns="goal_1_conversion_rate")

    assert (told["nb_visits"], told["goal_1_nb_conversions"], told["goal_1_revenue"]) == (1, 1, 4.5)
    assert (told["goal_1_conversion_rate"], told["goal_2_conversion_rate"]) == ("100%", "0%")
    assert told["goal_2_nb_conversions_new_visit"] == 0
    assert set(chosen) == {f"goal_1_conversion_rate{ending}" for ending in ("", "_new_visit", "_returning_visit")}


def test_views_of_products_without_a_name_or_category_are_told_as_not_defined(ask: Ask, store: Store) -> None:
    views = [
        an_event(site_id=3, event_id=1, product_sku="B", product_categories=("",)),
        an_event(site_id=3, event_id=2, product_name="Car", product_categories=("Toys",)),
        an_event(site_id=3, event_id=3, product_categories=("Toys",)),
        an_event(site_id=3, event_id=4, product_sku="B"),
    ]
    inserted(store, a_visit(site_id=3), *views)

    skus, names, categories = (by_label(ask(f"Goals.getItems{what}", **OF_DAY)) for what in ("Sku", "Name", "Category"))

    assert {label: row["nb_actions"] for label, row in skus.items()} == {"B": 2}
    assert {label: row["nb_actions"] for label, row in names.items()} == {"Car": 1, "Product Name not defined": 1}
    assert {label: row["nb_actions"] for label, row in categories.items()} == {
        "Toys": 2,
        "Product Category not defined": 1,
    }


@pytest.mark.parametrize(
    ("form", "told"), [("1", (15.5, "\N{EURO SIGN}15.50")), ("all", ("\N{EURO SIGN}15.50", "\N{EURO SIGN}15.50"))]
)
def test_what_is_worked_out_is_written_for_people_and_all_money_for_who_asks_for_all(
    ask: Ask, store: Store, registry: Registry, form: str, told: tuple[object, object]
) -> None:
    registry.update_site(3, currency="EUR")
    inserted(store, a_visit(site_id=3), a_conversion(site_id=3, kind="order", goal_id=0, revenue=15.5))

    row = ask("Goals.get", **OF_DAY, idGoal="ecommerceOrder", format_metrics=form)
    (channel,) = ask("Referrers.getReferrerType", **OF_DAY, format_metrics=form)

    assert (row["revenue"], row["avg_order_revenue"]) == told
    assert channel["goals"]["idgoal=ecommerceOrder"]["revenue"] == 15.5
