from collections.abc import Callable
from typing import Any

from starlette.testclient import TestClient

from pellucid.registry.registry import Registry

Ask = Callable[..., Any]


def test_lists_have_the_rows_and_columns_that_are_asked_for(ask: Ask) -> None:
    assert ask("SitesManager.getSitesWithAtLeastViewAccess", filter_limit="1", showColumns="idsite") == [{"idsite": 1}]
    assert ask("SitesManager.getAllSitesId", filter_offset="1") == [2]
    assert "name" not in ask("SitesManager.getAllSites", hideColumns="name")[0]
    assert len(ask("API.getReportMetadata", idSite="1", filter_limit="3")) == 3
    assert len(ask("API.getReportPagesMetadata", idSite="1", filter_limit="3")) == 3
    actions = {"apiModule": "Actions", "apiAction": "getPageUrls"}
    assert ask("API.getMetadata", idSite="1", **actions, showColumns="action") == [{"action": "getPageUrls"}]
    kinds = ask("API.getSuggestedValuesForSegment", idSite="1", segmentName="actionType", filter_limit="1")
    assert kinds == ["pageviews"]


def test_a_long_list_is_cut_as_a_report_is(ask: Ask, registry: Registry) -> None:
    for number in range(100):
        registry.add_site(f"Site {number}", [f"http://{number}.example.org"])

    assert [len(ask("SitesManager.getAllSitesId", **given)) for given in ({}, {"filter_limit": "-1"})] == [100, 102]


def test_lists_have_the_rows_that_match_in_any_of_the_columns_that_are_named(ask: Ask) -> None:
    def ids(**given: str) -> list[int]:
        return [row["idsite"] for row in ask("SitesManager.getSitesWithAtLeastViewAccess", **given)]

    assert ids(filter_pattern="^bl", **{"filter_column[]": "name"}) == [2]
    assert ids(filter_pattern="shop|eur", **{"filter_column[0]": "currency", "filter_column[1]": "nothing"}) == [1]
    assert ids(filter_pattern="^bl", filter_column="name") == [1, 2]
    assert list(
        ask("SitesManager.getAllSites", filter_limit="-1", filter_pattern="o", **{"filter_column[]": "name"})
    ) == [
        "1",
        "2",
    ]


def test_sites_and_goals_stand_under_their_numbers_where_a_list_is_not_cut(
    ask: Ask, client: TestClient, registry: Registry
) -> None:
    ask("Goals.addGoal", idSite="1", name="Signed up", matchAttribute="manually")

    assert list(ask("SitesManager.getAllSites", filter_limit="-1")) == ["1", "2"]
    assert ask("Goals.getGoals", idSite="1", filter_limit="-1")["1"]["name"] == "Signed up"
    assert isinstance(ask("SitesManager.getAllSites", filter_limit="100"), list)
    asked = {"module": "API", "method": "SitesManager.getAllSites", "filter_limit": "-1", "showColumns": "idsite"}
    answer = client.post("/index.php", data=asked | {"token_auth": registry.create_token("root"), "format": "xml"})
    assert '<result>\n\t<row key="1">\n\t\t<idsite>1</idsite>\n\t</row>' in answer.text
