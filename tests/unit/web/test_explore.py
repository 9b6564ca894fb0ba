import re

import pytest
from msgspec import structs
from starlette.testclient import TestClient

from builders import a_visit
from pellucid.model.goal import DimensionScope
from pellucid.policy.presets import PRESETS
from pellucid.registry.registry import Registry
from pellucid.store.client import Store
from unit.web.asking import add_visits


def options(page: str) -> dict[str, str]:
    """What the list of anything else can be chosen by, with labels."""
    return dict(re.findall(r'<option value="(\w+)"(?: selected)?>(.+?)</option>', page))


def chosen(page: str) -> str:
    """The list of anything else, as text."""
    return re.sub(r"<[^>]+>|\s+", " ", page.partition('id="part-explore"')[2].partition("</section>")[0])


def test_anything_else_can_be_chosen(signed_in: TestClient, registry: Registry, store: Store) -> None:
    registry.add_dimension(1, "Plan <b>", DimensionScope.VISIT, active=True)
    add_visits(store, a_visit(visit_id=9, visitor_id=9, dimensions={"1": "Gold"}, browser_version="128.0"))

    page = signed_in.get("/dashboard?site=1&span=day").text
    told = options(page)
    assert "12:00" in chosen(page)
    assert (told["browser_version"], told["page_url"], told["order_id"]) == ("Browser version", "Page URL", "Order ID")
    assert told["dimension1"] == "Plan &lt;b&gt;"
    assert "128.0" in chosen(signed_in.get("/dashboard?site=1&span=day&by=browser_version").text)
    assert "Gold" in chosen(signed_in.get("/dashboard?site=1&span=day&by=dimension1").text)
    assert "by=browser_version" in signed_in.get("/dashboard?site=1&by=browser_version").text


@pytest.mark.parametrize("name", ["weekday", "page_url", "order_id", "next_title", "end_date", "visitor_type"])
def test_a_choice_is_a_page_of_its_own(signed_in: TestClient, name: str) -> None:
    page = signed_in.get(f"/dashboard/panels?site=1&span=day&by={name}")

    assert page.status_code == 200
    assert f'<option value="{name}" selected>' in page.text


def test_what_says_nothing_or_is_hidden_can_not_be_chosen(signed_in: TestClient, registry: Registry) -> None:
    assert "visitor_id" in options(signed_in.get("/dashboard?site=1").text)

    registry.update_site(1, privacy=structs.replace(PRESETS["matomo"], shows_profiles=False))
    assert "visitor_id" not in options(signed_in.get("/dashboard?site=1").text)
    assert "by=visitor_id" not in signed_in.get("/dashboard?site=1&by=visitor_id").text

    registry.update_site(1, privacy=PRESETS["strict"])
    assert {"visitor_type", "exit_url"}.isdisjoint(options(signed_in.get("/dashboard?site=1").text))
