"""Goals, dimensions and what hits of a site are held against, set up through the API."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pellucid.matomo.routes import routes
from pellucid.registry.database import open_database, sqlite_url
from pellucid.registry.registry import Registry
from pellucid.report.run import Reports
from pellucid.store.client import Store

Ask = Callable[..., Any]


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """A registry with a superuser and a shop."""
    opened = Registry(open_database(sqlite_url(tmp_path / "registry.db")))
    opened.add_account("root", superuser=True)
    opened.add_site("Shop", ["http://shop.example.org"])
    yield opened
    opened.close()


@pytest.fixture
def ask(registry: Registry, store: Store) -> Ask:
    """Ask as the superuser."""
    client = TestClient(Starlette(routes=routes(registry, Reports(store), store, lambda: datetime.now(UTC))))
    token = registry.create_token("root")

    def asked(method: str, **given: str) -> Any:
        told = {"module": "API", "format": "json", "idSite": "1", "method": method, "token_auth": token}
        return client.get("/index.php", params=told | given).json()

    return asked


def test_a_goal_is_made_read_changed_and_deleted(ask: Ask) -> None:
    made = ask("Goals.addGoal", name="Read", matchAttribute="url", pattern="/a", patternType="contains", revenue="3")
    ask("Goals.updateGoal", idGoal="1", name="Read it", pattern="/b")
    changed = ask("Goals.getGoal", idGoal="1")
    ask("Goals.deleteGoal", idGoal="1")

    assert made == {"value": 1}
    assert (changed["name"], changed["pattern"], changed["revenue"]) == ("Read it", "/b", 3)
    assert ask("Goals.getGoals") == []
    assert ask("Goals.addGoal", name="Next", matchAttribute="manually") == {"value": 2}, "no number is given twice"


@pytest.mark.parametrize(
    ("method", "given", "told"),
    [
        ("Goals.addGoal", {"name": "x", "matchAttribute": "colour"}, "'colour'"),
        ("Goals.addGoal", {"name": "x", "matchAttribute": "url", "patternType": "glob"}, "'glob'"),
        ("Goals.updateGoal", {"idGoal": "7"}, "no goal 7"),
        ("Goals.deleteGoal", {"idGoal": "7"}, "no goal 7"),
        ("CustomDimensions.configureExistingCustomDimension", {"idDimension": "7"}, "no custom dimension 7"),
    ],
)
def test_what_is_not_there_is_told_so(ask: Ask, method: str, given: dict[str, str], told: str) -> None:
    assert told in ask(method, **given)["message"]


def test_a_dimension_is_renamed_and_switched_off(ask: Ask) -> None:
    ask("CustomDimensions.configureNewCustomDimension", name="Member", scope="visit", active="1")
    ask("CustomDimensions.configureExistingCustomDimension", idDimension="1", name="Club", active="0")

    (dimension,) = ask("CustomDimensions.getConfiguredCustomDimensions")
    assert (dimension["name"], dimension["active"], dimension["scope"]) == ("Club", False, "visit")


def test_what_a_sites_hits_are_held_against_is_set_and_told(ask: Ask, registry: Registry) -> None:
    ask("SitesManager.updateSite", excludedIps="10.0.0.0/8, 1.2.3.4", searchKeywordParameters="find", siteSearch="1")
    ask("SitesManager.updateSite", excludedQueryParameters="sid", excludeUnknownUrls="1", keepURLFragments="1")

    told, rules = ask("SitesManager.getSiteFromId"), registry.site(1).rules
    assert (told["excluded_ips"], told["excluded_parameters"]) == ("10.0.0.0/8,1.2.3.4", "sid")
    assert (told["sitesearch_keyword_parameters"], told["keep_url_fragment"]) == ("find", 1)
    assert (rules.excluded_addresses, rules.known_hosts_only) == (("10.0.0.0/8", "1.2.3.4"), True)


def test_several_questions_are_answered_at_once(ask: Ask) -> None:
    questions = {
        "urls[0]": "method=SitesManager.getSiteUrlsFromId&idSite=1",
        "urls[1]": "method=Magic.get",
    }

    urls, wrong = ask("API.getBulkRequest", **questions)

    assert urls == ["http://shop.example.org"]
    assert wrong["result"] == "error"


def test_accounts_and_sites_are_listed_for_who_watches_over_an_installation(ask: Ask, registry: Registry) -> None:
    registry.add_account("reader")

    assert [row["login"] for row in ask("UsersManager.getUsers")] == ["reader", "root"]
    assert [row["login"] for row in ask("UsersManager.getUsersHavingSuperUserAccess")] == ["root"]
    assert ask("SitesManager.getAllSitesId") == [1]
    refused = ask("UsersManager.getUsers", token_auth=registry.create_token("reader"))
    assert "requires 'admin' access" in refused["message"]
