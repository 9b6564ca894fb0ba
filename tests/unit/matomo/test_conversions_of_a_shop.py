"""What is told of conversions beside visits: whose visit it was, when nobody came, and on pages without a name."""

from typing import Any

import pytest

from builders import NOON, a_conversion, a_visit, an_event
from pellucid.registry.registry import Registry
from pellucid.store.client import Store
from unit.matomo.shop import OF_DAY, OF_WEEK, Ask, by_label, inserted


@pytest.fixture(autouse=True)
def shop(registry: Registry) -> None:
    registry.add_site("Bells", ["http://bells.example.org"], ecommerce=True)


def test_a_visit_that_orders_from_two_sources_is_one_of_its_country(ask: Ask, store: Store) -> None:
    order = {"site_id": 3, "kind": "order", "goal_id": 0, "country": "fr"}
    orders = [
        a_conversion(conversion_id=1, source_kind="campaign", source_name="spring", **order),
        a_conversion(conversion_id=2, source_kind="search", source_name="Google", **order),
    ]
    inserted(store, a_visit(site_id=3, country="fr", orders=2), *orders)

    (country,) = ask("UserCountry.getCountry", **OF_DAY)
    sources = ask("Referrers.getReferrerType", **OF_DAY)

    told = country["goals"]["idgoal=ecommerceOrder"]
    assert (told["nb_conversions"], told["nb_visits_converted"]) == (2, 1)
    of_orders = [row["goals"]["idgoal=ecommerceOrder"] for row in sources if "goals" in row]
    assert [one["nb_visits_converted"] for one in of_orders] == [1, 1]


def test_an_hour_in_which_nobody_came_and_somebody_ordered_has_zeros_beside_that_where_days_are_added_up(
    ask: Ask, store: Store
) -> None:
    later = NOON + 3_600_000
    order = a_conversion(site_id=3, kind="order", goal_id=0, revenue=5.0, time=later)
    inserted(store, a_visit(site_id=3, orders=1, conversions=1, last_time=later), order)

    def hour(period: dict[str, str]) -> dict[str, Any]:
        rows = ask("VisitTime.getVisitInformationPerServerTime", **period, filter_limit="-1")
        return dict(by_label(rows)["13"])

    of_day, of_week = hour(OF_DAY), hour(OF_WEEK)
    assert (of_day["nb_visits"], of_day["revenue"]) == (of_week["nb_visits"], of_week["revenue"]) == (0, 5)
    assert "nb_actions" not in of_day
    assert [of_week[name] for name in ("nb_actions", "max_actions", "sum_daily_nb_uniq_visitors")] == [0, 0, 0]


def test_pages_without_a_title_tell_no_goals(ask: Ask, store: Store) -> None:
    page = {"site_id": 3, "url": "http://bells.example.org/a"}
    visit = a_visit(site_id=3, entry_url=page["url"], exit_url=page["url"], orders=1)
    order = a_conversion(site_id=3, kind="order", goal_id=0, time=NOON + 9, pages_before=1)
    inserted(store, visit, an_event(**page), order)

    (title,), (url,) = (ask(f"Actions.getPage{one}", **OF_DAY) for one in ("Titles", "Urls"))

    assert "goals" in url
    assert title["nb_hits"] == 1
    assert "goals" not in title
