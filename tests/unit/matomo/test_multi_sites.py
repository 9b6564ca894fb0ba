from datetime import date
from typing import Any

from msgspec import json

from builders import a_visit
from pellucid.model.visit import Visit
from pellucid.registry.registry import Registry
from pellucid.store.client import Store

DAY = {"format": "JSON", "period": "day", "date": "2025-11-24"}


def test_sites_that_nobody_visited_are_told_of_only_if_that_is_asked_for(ask: Any) -> None:
    quiet = DAY | {"date": "2025-11-23"}

    every = ask("MultiSites.getAll", **quiet, enhanced="1")

    assert ask("MultiSites.getAll", **quiet) == []
    assert sorted(row["label"] for row in every) == ["Blog", "Shop"]
    assert len(ask("MultiSites.getAll", **quiet, showColumns="visits_evolution")) == 2


def test_sites_are_chosen_by_a_part_of_name_or_address(ask: Any) -> None:
    def chosen(pattern: str) -> list[str]:
        return sorted(row["label"] for row in ask("MultiSites.getAll", **DAY, enhanced="1", pattern=pattern))

    assert chosen("sHo") == ["Shop"]
    assert chosen("blog.example") == ["Blog"]
    assert chosen("example.org") == ["Blog", "Shop"]


def test_several_dates_have_each_their_sites(ask: Any) -> None:
    days = ask("MultiSites.getAll", **DAY | {"date": "2025-11-23,2025-11-24"})

    assert {day: [row["label"] for row in rows] for day, rows in days.items()} == {
        "2025-11-23": [],
        "2025-11-24": ["Shop", "Blog"],
    }


def test_of_one_site_its_numbers_are_told_and_how_they_changed(ask: Any) -> None:
    row = ask("MultiSites.getOne", **DAY, idSite="1")

    assert {name for name in row if "_evolution" not in name} == {"nb_visits", "nb_actions", "nb_pageviews", "revenue"}
    assert (row["visits_evolution"], row["visits_evolution_trend"]) == ("100%", 1)


def test_conversions_and_orders_are_told_to_who_asks_for_more(ask: Any, registry: Registry) -> None:
    registry.update_site(1, ecommerce=True)
    shop = next(row for row in ask("MultiSites.getAll", **DAY, enhanced="1") if row["label"] == "Shop")

    assert (shop["nb_conversions"], shop["orders"], shop["ecommerce_revenue"]) == (0, 0, 0)
    assert (shop["orders_evolution"], shop["previous_Goal_0_nb_conversions"]) == ("0%", 0)
    assert "orders" not in ask("MultiSites.getAll", **DAY)[0]
    assert "orders" in ask("MultiSites.getAllWithGroups", **DAY)["sites"][0]


def test_of_numbers_that_are_not_chosen_nothing_is_told(ask: Any) -> None:
    (row, _) = ask("MultiSites.getAll", **DAY, showColumns="nb_visits,visits_evolution")

    assert {name for name in row if "nb_" in name} == {"nb_visits", "previous_nb_visits"}
    assert {name for name in row if "evolution" in name} == {"visits_evolution"}


def test_an_evolution_is_written_with_its_thousands(ask: Any, store: Store) -> None:
    before = [a_visit(visit_id=100, visit_day=date(2025, 11, 1))]
    now = [a_visit(visit_id=200 + number, visit_day=date(2025, 11, 2)) for number in range(12)]
    store.insert("visits", Visit, b"\n".join(map(json.encode, before + now)), token="thousands")

    (row,) = ask("MultiSites.getAll", **DAY | {"date": "2025-11-02"})

    assert row["visits_evolution"] == "1,100%"
