"""Matomo's Reporting API on a whole server: what was tracked is told under Matomo's names, to whoever may know it."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from flow.server import FIREFOX, PATIENCE_SECONDS, Server
from pellucid.model.account import Access

MONDAY = 1_716_768_000
"""27 May 2024, midnight in UTC, in seconds."""
HOUR = 3600
WEEK = {"idSite": "1", "period": "week", "date": "2024-05-30"}


def a_view(page: str, seconds: int, **given: str) -> dict[str, str]:
    """A page view of a visitor, some seconds after Monday began."""
    plain = {"idsite": "1", "rec": "1", "_id": "00000000000000aa", "ua": FIREFOX, "lang": "de-de", "country": "de"}
    told = {"url": f"http://site.example{page}", "action_name": page.strip("/").title() or "Home"}
    return plain | told | {"cdt": str(MONDAY + seconds)} | given


HITS = [
    a_view("/", 10 * HOUR, urlref="https://news.example.net/story?id=3"),
    a_view("/shop/bikes/", 10 * HOUR + 30),
    a_view("/shop/bikes/city", 10 * HOUR + 90, download="http://site.example/guide.pdf"),
    a_view("/shop/", 34 * HOUR, _id="00000000000000bb", lang="fr", country="fr", uid="anna"),
]


@pytest.fixture(scope="module")
def token(server: Server) -> str:
    """A token that may do everything, on a server that has counted the hits."""
    created = server.token()
    bulk = {"requests": HITS, "token_auth": created}
    assert httpx2.post(f"{server.url}/matomo.php", json=bulk, timeout=60).json()["tracked"] == len(HITS)
    server.until(lambda: server.report(created, "VisitsSummary.get", **WEEK)["nb_actions"] == len(HITS))
    return created


@pytest.fixture
def reader(server: Server) -> Iterator[str]:
    """A token that reads the second site alone."""
    registry = server.registry()
    site = registry.add_site("Other", ["http://other.example"])
    registry.add_account("reader")
    registry.grant("reader", site.id, Access.VIEW)
    yield registry.create_token("reader", "tests")
    registry.close()


def labels(server: Server, token: str, method: str, **given: str) -> list[Any]:
    return [row["label"] for row in server.report(token, method, **WEEK | given)]


def test_a_summary_comes_for_a_period_and_for_several_under_their_names(server: Server, token: str) -> None:
    summary = server.report(token, "VisitsSummary.get", **WEEK)
    days = server.report(token, "VisitsSummary.getVisits", **WEEK | {"period": "day", "date": "2024-05-27,2024-05-29"})
    weeks = server.report(token, "VisitsSummary.getUniqueVisitors", **WEEK | {"date": "2024-05-20,2024-05-27"})
    sites = server.report(token, "VisitsSummary.getVisits", **WEEK | {"idSite": "all"})

    assert (summary["nb_visits"], summary["nb_uniq_visitors"], summary["nb_users"]) == (2, 2, 1)
    assert (summary["bounce_rate"], summary["sum_visit_length"]) == ("50%", 91)
    assert days == {"2024-05-27": 1, "2024-05-28": 1, "2024-05-29": 0}
    assert weeks == {"2024-05-20,2024-05-26": 0, "2024-05-27,2024-06-02": 2}
    assert sites["1"] == 2


def test_pages_come_as_a_tree_and_flat(server: Server, token: str) -> None:
    (_, shop) = sorted(server.report(token, "Actions.getPageUrls", **WEEK, expanded="1"), key=lambda row: row["label"])
    flat = server.report(token, "Actions.getPageUrls", **WEEK, flat="1", filter_limit="-1")

    assert (shop["label"], shop["nb_hits"], shop["nb_visits"]) == ("shop", 2, 2)
    assert {row["label"] for row in shop["subtable"]} == {"bikes", "/index"}
    assert {row["label"] for row in flat} == {"/", "/shop/bikes/", "/shop/"}
    home = next(row for row in flat if row["label"] == "/")
    assert (home["entry_nb_visits"], home["avg_time_on_page"], home["url"]) == (1, 30, "http://site.example/")


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("Actions.getPageTitles", {" Home", " Shop/Bikes", " Shop"}),
        ("Actions.getEntryPageUrls", {"/index", "shop"}),
        ("Actions.getDownloads", {"site.example"}),
        ("Referrers.getReferrerType", {"Websites", "Direct Entry"}),
        ("Referrers.getWebsites", {"news.example.net"}),
        ("DevicesDetection.getBrowsers", {"Firefox"}),
        ("UserCountry.getCountry", {"Germany", "France"}),
        ("UserLanguage.getLanguageCode", {"German (de)", "French (fr)"}),
    ],
)
def test_a_report_has_its_labels(server: Server, token: str, method: str, expected: set[str]) -> None:
    assert set(labels(server, token, method)) == expected


def test_a_segment_chooses_visits_and_a_filter_rows(server: Server, token: str) -> None:
    german = WEEK | {"segment": "countryCode==de;pageUrl=@bikes"}

    assert server.report(token, "VisitsSummary.getVisits", **german) == {"value": 1}
    assert labels(server, token, "UserCountry.getCountry", segment="countryCode!=de") == ["France"]
    assert labels(server, token, "UserCountry.getCountry", filter_pattern="^Ger") == ["Germany"]
    assert labels(server, token, "UserCountry.getCountry", filter_sort_column="label", filter_limit="1") == ["Germany"]


def test_visits_come_with_what_was_done_in_them(server: Server, token: str) -> None:
    later, earlier = server.report(token, "Live.getLastVisitsDetails", **WEEK)

    assert (earlier["visitorId"], later["userId"]) == ("00000000000000aa", "anna")
    assert [action["type"] for action in earlier["actionDetails"]] == ["action", "action", "download"]
    assert earlier["referrerUrl"] == "https://news.example.net/story?id=3"


def test_a_get_a_form_and_a_bearer_are_answered_alike(server: Server, token: str) -> None:
    asked = {"module": "API", "method": "VisitsSummary.get", "format": "json", **WEEK, "unheard_of": "1"}
    address = f"{server.url}/index.php"

    answers = [
        httpx2.get(address, params=asked | {"token_auth": token}, timeout=PATIENCE_SECONDS),
        httpx2.post(address, data=asked | {"token_auth": token}, timeout=PATIENCE_SECONDS),
        httpx2.post(address, params=asked, data={"token_auth": token}, timeout=PATIENCE_SECONDS),
        httpx2.get(address, params=asked, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE_SECONDS),
    ]

    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.text for answer in answers}) == 1


def test_who_may_not_know_is_told_nothing_and_no_token_is_repeated(server: Server, token: str, reader: str) -> None:
    def ask(given: str, **parameters: str) -> httpx2.Response:
        asked = {"module": "API", "method": "VisitsSummary.get", "format": "json", "token_auth": given, **WEEK}
        return httpx2.get(f"{server.url}/index.php", params=asked | parameters, timeout=PATIENCE_SECONDS)

    answers = [ask(""), ask("x" * 32), ask(reader), ask(reader, idSite="1,2"), ask(token, date=token)]

    assert [answer.status_code for answer in answers] == [401, 401, 403, 403, 400]
    for answer in answers[:3]:
        assert answer.json() == {
            "result": "error",
            "message": "You can't access this resource as it requires 'view' access for the website id = 1.",
        }
    assert not any(secret in answer.text for answer in answers for secret in (token, reader))
    assert ask(reader, idSite="2").status_code == 200


def test_a_site_is_set_up_through_the_api(server: Server, token: str) -> None:
    added = server.report(token, "SitesManager.addSite", siteName="New", urls="http://new.example", ecommerce="1")
    site = str(added["value"])

    goal = server.report(token, "Goals.addGoal", idSite=site, name="Bought", matchAttribute="manually", pattern="x")
    dimension = server.report(
        token, "CustomDimensions.configureNewCustomDimension", idSite=site, name="Plan", scope="visit", active="1"
    )

    assert (goal, dimension) == ({"value": 1}, {"value": 1})
    assert server.report(token, "SitesManager.getSiteFromId", idSite=site)["ecommerce"] == 1
    assert server.hit(idsite=site, url="http://new.example/").headers["pellucid-verdict"] == "recorded"


def test_a_dimension_is_made_read_changed_and_deleted_and_its_values_are_told_under_no_other(
    server: Server, token: str
) -> None:
    registry = server.registry()
    site = str(registry.add_site("Dimensions", ["http://site.example"], preset="matomo").id)
    registry.close()
    day = {"idSite": site, "period": "day", "date": "2024-05-27"}
    query = {"sites": [int(site)], "period": "day", "date": "2024-05-27", "metrics": ["visits"]}

    def ask(method: str, **given: str) -> Any:
        return server.report(token, f"CustomDimensions.{method}", **{"idSite": site} | given)

    def values(number: str) -> list[str]:
        rows = ask("getCustomDimension", **day, idDimension=number)
        return [row["label"] for row in rows]

    def track(seconds: int, **told: str) -> None:
        hit = a_view("/", seconds, idsite=site, token_auth=token, **told)
        assert httpx2.post(f"{server.url}/matomo.php", data=hit, timeout=30).status_code == 200

    def asked_by_number(number: int) -> httpx2.Response:
        return httpx2.post(
            f"{server.url}/api/v1/query",
            json=query | {"dimensions": [f"dimension{number}"]},
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )

    new = {"scope": "visit", "active": "1"}
    assert ask("configureNewCustomDimension", name="Member", **new) == {"value": 1}
    ask("configureExistingCustomDimension", idDimension="1", name="Club", active="1")
    assert [one["name"] for one in ask("getConfiguredCustomDimensions")] == ["Club"]
    track(HOUR, dimension1="gold")
    server.until(lambda: values("1") == ["gold"])
    assert asked_by_number(1).status_code == 200

    assert ask("deleteCustomDimension", idDimension="1")["result"] == "success"
    assert ask("configureNewCustomDimension", name="Shirt", **new) == {"value": 2}
    (left,) = ask("getConfiguredCustomDimensions")
    assert (left["name"], left["idcustomdimension"], left["index"]) == ("Shirt", "2", "2")
    track(HOUR + 60, dimension1="late", dimension2="red")

    server.until(lambda: values("2") == ["red"])
    assert "does not exist" in ask("getCustomDimension", **day, idDimension="1")["message"]
    chosen = server.report(token, "VisitsSummary.get", **day, segment="dimension1==gold")
    assert "no active custom dimension 1" in chosen["message"]
    (visit,) = server.report(token, "Live.getLastVisitsDetails", **day)
    assert (visit["dimension2"], "dimension1" in visit) == ("red", False)
    assert [asked_by_number(number).status_code for number in (1, 2)] == [409, 200]


def test_who_tells_of_the_past_sees_it_in_the_next_answer(server: Server, token: str) -> None:
    registry = server.registry()
    site = registry.add_site("Told", ["http://told.example"], preset="matomo")
    registry.close()
    asked = {"idSite": str(site.id), "period": "day", "date": "2024-05-27"}

    for number in range(1, 6):
        hit = a_view("/", 10 * HOUR + number, idsite=str(site.id))
        if number % 2:
            httpx2.get(f"{server.url}/matomo.php", params={**hit, "token_auth": token}, timeout=60).raise_for_status()
        else:
            httpx2.post(f"{server.url}/matomo.php", json={"requests": [hit], "token_auth": token}, timeout=60)

        assert server.report(token, "VisitsSummary.getActions", **asked)["value"] == number
