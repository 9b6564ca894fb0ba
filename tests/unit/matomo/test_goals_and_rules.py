"""Goals, dimensions and what hits of a site are held against, set up through the API."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pellucid.matomo.routes import routes
from pellucid.model.account import Access
from pellucid.model.goal import DimensionScope, Extraction
from pellucid.registry.database import open_database, sqlite_url
from pellucid.registry.registry import Registry
from pellucid.report.run import Reports
from pellucid.store.client import Store
from unit.matomo.conftest import OUTSIDE

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
def ask_with(registry: Registry, store: Store) -> Callable[[str], Ask]:
    """Ask with a token."""
    client = TestClient(Starlette(routes=routes(registry, Reports(store), store, lambda: datetime.now(UTC), OUTSIDE)))

    def with_token(token: str) -> Ask:
        def asked(method: str, **given: str) -> Any:
            told = {"module": "API", "format": "json", "idSite": "1", "method": method, "token_auth": token}
            return client.get("/index.php", params=told | given).json()

        return asked

    return with_token


@pytest.fixture
def ask(registry: Registry, ask_with: Callable[[str], Ask]) -> Ask:
    """Ask as the superuser."""
    return ask_with(registry.create_token("root"))


@pytest.fixture
def client_of(registry: Registry, ask_with: Callable[[str], Ask]) -> Callable[[Access], Ask]:
    """Ask as somebody who may do this with the site."""

    def of(access: Access) -> Ask:
        registry.add_account(access)
        registry.grant(access, 1, access)
        return ask_with(registry.create_token(access))

    return of


def test_a_goal_is_made_read_changed_and_deleted(ask: Ask) -> None:
    made = ask("Goals.addGoal", name="Read", matchAttribute="url", pattern="/a", patternType="contains", revenue="3")
    ask("Goals.updateGoal", idGoal="1", name="Read it", pattern="/b")
    changed = ask("Goals.getGoal", idGoal="1")
    ask("Goals.deleteGoal", idGoal="1")

    assert made == {"value": 1}
    assert (changed["name"], changed["pattern"], changed["revenue"]) == ("Read it", "/b", 3)
    assert ask("Goals.getGoals") == []
    assert ask("Goals.addGoal", name="Next", matchAttribute="manually", patternType="") == {"value": 2}, "a new number"


@pytest.mark.parametrize(
    ("method", "given", "told"),
    [
        ("Goals.addGoal", {"name": "x", "matchAttribute": "colour"}, "'colour'"),
        ("Goals.addGoal", {"name": "x", "matchAttribute": "url", "patternType": "glob"}, "'glob'"),
        ("Goals.addGoal", {"name": "x", "matchAttribute": "url", "patternType": "regex", "pattern": "("}, "'('"),
        ("Goals.addGoal", {"name": "x", "matchAttribute": "url", "patternType": "exact", "pattern": "/a"}, "'/a'"),
        ("Goals.updateGoal", {"idGoal": "7"}, "no goal 7"),
        ("Goals.deleteGoal", {"idGoal": "7"}, "no goal 7"),
        ("CustomDimensions.configureExistingCustomDimension", {"idDimension": "7"}, "no custom dimension 7"),
        ("CustomDimensions.deleteCustomDimension", {"idDimension": "7"}, "no custom dimension 7"),
    ],
)
def test_what_is_not_there_is_told_so(ask: Ask, method: str, given: dict[str, str], told: str) -> None:
    assert told in ask(method, **given)["message"]


def test_a_dimension_is_renamed_and_switched_off(ask: Ask) -> None:
    ask("CustomDimensions.configureNewCustomDimension", name="Member", scope="visit", active="1")
    ask("CustomDimensions.configureExistingCustomDimension", idDimension="1", name="Club", active="0")

    (dimension,) = ask("CustomDimensions.getConfiguredCustomDimensions")
    assert (dimension["name"], dimension["active"], dimension["scope"]) == ("Club", False, "visit")


def test_a_deleted_dimension_is_gone_for_good(ask: Ask) -> None:
    new, delete = "CustomDimensions.configureNewCustomDimension", "CustomDimensions.deleteCustomDimension"
    for name in ("Member", "Shirt"):
        ask(new, name=name, scope="visit", active="1")
    deleted = ask(delete, idDimension="1")
    made = ask(new, name="Third", scope="visit", active="1")

    assert (deleted["result"], made) == ("success", {"value": 3})
    told = ask("CustomDimensions.getConfiguredCustomDimensions")
    assert [(one["name"], one["index"]) for one in told] == [("Shirt", "2"), ("Third", "3")], "nobody takes its place"
    assert ask("CustomDimensions.getAvailableScopes")[0]["numSlotsUsed"] == 2
    for method in (delete, "CustomDimensions.configureExistingCustomDimension"):
        assert "no custom dimension 1" in ask(method, idDimension="1", name="Again")["message"]


def test_a_dimension_is_deleted_by_who_may_write(client_of: Callable[[Access], Ask], registry: Registry) -> None:
    registry.add_dimension(1, "Member", DimensionScope.VISIT, active=True)
    delete = "CustomDimensions.deleteCustomDimension"

    assert "requires 'write' access" in client_of(Access.VIEW)(delete, idDimension="1")["message"]
    assert client_of(Access.WRITE)(delete, idDimension="1")["result"] == "success"


def test_no_segment_names_a_dimension_that_is_not_there_or_not_active(ask: Ask) -> None:
    ask("CustomDimensions.configureNewCustomDimension", name="Member", scope="visit", active="0")
    day = {"period": "day", "date": "2025-11-24"}

    for number in "19":
        segment = f"dimension{number}==gold"
        told = ask("VisitsSummary.get", **day, segment=segment)["message"]
        assert told == f"The website 1 has no active custom dimension {number}."
        assert ask("API.getSuggestedValuesForSegment", segmentName=f"dimension{number}")["message"] == told


def test_what_a_dimension_is_read_off_is_set_told_changed_and_taken_away(ask: Ask, registry: Registry) -> None:
    first = {"extractions[0][dimension]": "url", "extractions[0][pattern]": "/shelf-([0-9]+)/"}
    second = {"extractions[1][dimension]": "urlparam", "extractions[1][pattern]": "shelf"}
    configure = "CustomDimensions.configureExistingCustomDimension"
    both = [{"dimension": "url", "pattern": "/shelf-([0-9]+)/"}, {"dimension": "urlparam", "pattern": "shelf"}]

    def told() -> tuple[Any, Any]:
        (one,) = ask("CustomDimensions.getConfiguredCustomDimensions")
        return one["extractions"], one["case_sensitive"]

    new = {"name": "Shelf", "scope": "action", "active": "1", "caseSensitive": "0"}
    made = ask("CustomDimensions.configureNewCustomDimension", **new, **first, **second)
    assert (made, told()) == ({"value": 1}, (both, False))
    assert registry.site(1).dimensions[0].extractions == tuple(Extraction(**one) for one in both)

    ask(configure, idDimension="1", name="Shelves")
    assert told() == (both, False), "what is not given stays"

    ask(configure, idDimension="1", caseSensitive="1", **first)
    assert told() == (both[:1], True)

    ask(configure, idDimension="1", extractions="")
    assert told() == ([], True)


@pytest.mark.parametrize(
    ("scope", "read", "pattern", "why"),
    [
        ("visit", "url", "(a)", "of scope action"),
        ("action", "colour", "(a)", "'colour'"),
        ("action", "url", "a", "in round brackets"),
        ("action", "action_name", "(a", "in round brackets"),
    ],
)
def test_a_dimension_that_could_never_be_read_off_is_not_taken(
    ask: Ask, scope: str, read: str, pattern: str, why: str
) -> None:
    extraction = {"extractions[0][dimension]": read, "extractions[0][pattern]": pattern}
    new = {"name": "Shelf", "scope": scope, "active": "1"}

    answer = ask("CustomDimensions.configureNewCustomDimension", **new, **extraction)

    assert why in answer["message"]
    assert ask("CustomDimensions.getConfiguredCustomDimensions") == []


def test_what_excludes_requests_is_set_and_told(ask: Ask, registry: Registry) -> None:
    ask("SitesManager.updateSite", excludedRequests="e_c==Media, action_name=@draft")
    assert registry.site(1).rules.excluded_requests == ("e_c==Media", "action_name=@draft")
    assert ask("SitesManager.getSiteFromId")["excluded_requests"] == "e_c==Media,action_name=@draft"

    wrong = ask("SitesManager.updateSite", excludedRequests="e_c is Media")
    assert "'e_c is Media'" in wrong["message"]
    assert registry.site(1).rules.excluded_requests == ("e_c==Media", "action_name=@draft")

    assert "'10.0'" in ask("SitesManager.updateSite", excludedIps="10.0, 1.2.3.4")["message"]
    assert registry.site(1).rules.excluded_addresses == ()

    ask("SitesManager.updateSite", excludedRequests="")
    assert "excluded_requests" not in ask("SitesManager.getSiteFromId"), "Matomo's rows have no such column"


def test_a_dimension_that_is_not_there_or_not_active_has_no_report(ask: Ask) -> None:
    ask("CustomDimensions.configureNewCustomDimension", name="Member", scope="visit", active="0")
    told = [
        ask("CustomDimensions.getCustomDimension", idDimension=number, period="day", date="2025-11-24")["message"]
        for number in "19"
    ]

    assert told == ["Dimension 1 for website 1 is not active.", "Dimension 9 for website 1 does not exist."]


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


def test_what_is_said_for_all_questions_is_said_for_each(ask: Ask) -> None:
    questions = {
        "urls[0]": "method=SitesManager.getSiteUrlsFromId",
        "urls[1]": "method=SitesManager.getSiteUrlsFromId&idSite=9",
        "urls[2]": "idSite=1",
        "urls[3]": "method=API.getBulkRequest&urls[0]=method%3DAPI.getMatomoVersion",
    }

    urls, wrong = ask("API.getBulkRequest", idSite="1", **questions)

    assert urls == ["http://shop.example.org"]
    assert wrong["result"] == "error"


def test_a_question_among_several_may_be_somebody_elses(ask: Ask, registry: Registry) -> None:
    registry.add_account("reader")
    reader, root = registry.create_token("reader"), registry.create_token("root")
    asked = "method=UsersManager.getUsers&token_auth="

    refused, listed = ask("API.getBulkRequest", **{"urls[0]": asked + reader, "urls[1]": asked + root})
    _, again = ask("API.getBulkRequest", token_auth="", **{"urls[0]": asked + "x", "urls[1]": asked + root})

    assert "requires 'admin' access" in refused["message"]
    assert listed == again
    assert [row["login"] for row in listed] == ["reader", "root"]


def test_accounts_and_sites_are_listed_for_who_watches_over_an_installation(ask: Ask, registry: Registry) -> None:
    registry.add_account("reader")

    assert [row["login"] for row in ask("UsersManager.getUsers")] == ["reader", "root"]
    assert [row["login"] for row in ask("UsersManager.getUsersHavingSuperUserAccess")] == ["root"]
    assert ask("SitesManager.getAllSitesId") == [1]
    refused = ask("UsersManager.getUsers", token_auth=registry.create_token("reader"))
    assert "requires 'admin' access" in refused["message"]


@pytest.mark.parametrize(
    ("name", "zone"), [("UTC-12", "Etc/GMT+12"), ("UTC+14", "Etc/GMT-14"), ("UTC+5.75", "Asia/Kathmandu")]
)
def test_a_zone_may_be_told_by_how_far_it_is_from_utc(ask: Ask, registry: Registry, name: str, zone: str) -> None:
    made = ask("SitesManager.addSite", siteName="Far", urls="http://far.example.org", timezone=name)["value"]

    assert registry.site(made).timezone == zone
    assert ask("SitesManager.getSiteFromId", idSite=str(made))["timezone"] == (name if zone[:3] == "Etc" else zone)
