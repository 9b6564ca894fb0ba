from collections.abc import Callable
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree as ET

import pytest
from starlette.testclient import TestClient

from pellucid.model.account import Access
from pellucid.registry.registry import Registry

Feed = Callable[..., str]
DAYS = {"period": "day", "date": "2025-11-24,2025-11-26"}


@pytest.fixture
def feed(client: TestClient, registry: Registry) -> Feed:
    """What asks for a feed, and returns it as it is sent."""
    token = registry.create_token("root")

    def asking(method: str, **given: str) -> str:
        asked = {"module": "API", "method": method, "format": "rss", "idSite": "1", "token_auth": token}
        return client.post("/index.php", data=asked | given).text

    return asking


def test_a_feed_has_an_item_for_each_date_the_latest_first(feed: Feed) -> None:
    items = list(ET.fromstring(feed("UserCountry.getCountry", **DAYS)).iter("item"))  # noqa: S314 -- our own

    assert [item.findtext("title") for item in items] == [f"Shop on 2025-11-{day}" for day in (26, 25, 24)]
    assert items[0].findtext("description", "").startswith("<strong><em>Empty")
    assert "<td><strong>nb_visits</strong></td>" in items[2].findtext("description", "")
    assert "<td>Germany</td>" in items[2].findtext("description", "")
    assert "segment" not in items[2].findtext("description", "")


@pytest.mark.parametrize(
    ("period", "dates", "first"),
    [
        ("day", "2025-11-24,2025-11-25", "2025-11-24"),
        ("week", "2025-11-24,2025-12-01", "2025-11-24"),
        ("month", "2025-10-24,2025-11-24", "2025-10-01"),
        ("year", "2024-11-24,2025-11-24", "2024-01-01"),
    ],
)
def test_an_item_is_published_when_its_period_begins_and_leads_to_its_reports(
    feed: Feed, period: str, dates: str, first: str
) -> None:
    *_, item = ET.fromstring(feed("VisitsSummary.get", period=period, date=dates)).iter("item")  # noqa: S314 -- our own

    address = f"http://testserver/?module=CoreHome&action=index&idSite=1&period={period}&date={first}"
    assert (item.findtext("guid"), item.findtext("link")) == (address, address)
    assert parsedate_to_datetime(item.findtext("pubDate", "")).isoformat() == f"{first}T00:00:00+00:00"


@pytest.mark.parametrize("given", [{"date": "2025-11-24"}, {"idSite": "1,2"}])
def test_what_is_no_report_of_one_website_on_several_dates_is_no_feed(feed: Feed, given: dict[str, str]) -> None:
    told = feed("VisitsSummary.get", **DAYS | given)

    assert told.startswith("Error: RSS feeds can be generated for one specific website")


def test_the_name_of_a_website_is_no_markup_in_a_feed(feed: Feed, registry: Registry) -> None:
    registry.update_site(1, name="<b>Shop</b>")

    assert "&lt;b&gt;Shop&lt;/b&gt; on 2025-11-24" in feed("VisitsSummary.get", **DAYS)


def test_a_feed_is_of_no_website_that_who_asks_may_not_see(feed: Feed, registry: Registry) -> None:
    registry.add_account("reader")
    registry.grant("reader", 2, Access.VIEW)

    told = feed("MultiSites.getAll", **DAYS, token_auth=registry.create_token("reader"))
    assert told.startswith("Error: RSS feeds can be generated for one specific website")
