from typing import Any

import pytest

from pellucid.registry.registry import Registry

DAY = {"format": "JSON", "idSite": "1", "period": "day", "date": "2025-11-24"}


@pytest.mark.parametrize("told", ["?sid=7", "?utm_campaign=june", "?shop_key=7", "#top"])
def test_a_page_is_found_by_its_address_with_what_is_not_kept_of_it(ask: Any, registry: Registry, told: str) -> None:
    shop = registry.sites()[0]
    registry.update_site(shop.id, rules=type(shop.rules)(excluded_parameters=("Shop_Key",)))

    rows = ask("Actions.getPageUrl", **DAY, pageUrl=f"http://shop.example.org/{told}")

    assert [row["url"] for row in rows] == ["http://shop.example.org/"]


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
