from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from msgspec import json
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from builders import an_event
from pellucid.matomo.methods import METHODS, MOST_QUESTIONS
from pellucid.matomo.tables import TABLES
from pellucid.model.account import Access
from pellucid.model.event import Event
from pellucid.registry.registry import Registry
from pellucid.registry.tokens import Reach
from pellucid.store.client import Store

Ask = Callable[..., Any]
DAY = {"period": "day", "date": "2025-11-24"}
LABELS = {
    "Actions.getPageTitles": {" Home"},
    "Referrers.getWebsites": {"news.example.net"},
    "Referrers.getReferrerType": {"Direct Entry"},
    "DevicesDetection.getBrowsers": {"Firefox"},
    "DevicesDetection.getType": {"Desktop", "Camera"},
    "UserCountry.getCountry": {"Germany"},
    "UserCountry.getCity": {"Lyon, Auvergne-Rhône-Alpes, France"},
    "UserCountry.getRegion": {"Auvergne-Rhône-Alpes, France"},
    "UserLanguage.getLanguage": {"French"},
    "UserLanguage.getLanguageCode": {"French (fr)"},
    "DevicesDetection.getModel": {"Generic Desktop", "Apple - iPhone"},
    "DevicesDetection.getOsFamilies": {"GNU/Linux"},
    "DevicesDetection.getOsVersions": {"Ubuntu 24.04"},
    "DevicesDetection.getBrowserVersions": {"Firefox 140.0"},
    "Resolution.getConfiguration": {"Ubuntu / Firefox / 800x600"},
    "Actions.getDownloads": {"shop.example.org"},
    "Actions.getOutlinks": {"maker.example"},
}
"""Some of the labels that reports have."""


def test_a_summary_holds_what_matomos_holds(ask: Ask) -> None:
    assert ask("VisitsSummary.get", idSite="1", **DAY) == {
        "nb_uniq_visitors": 2,
        "nb_users": 0,
        "nb_visits": 2,
        "nb_actions": 4,
        "nb_visits_converted": 0,
        "bounce_count": 1,
        "sum_visit_length": 61,
        "max_actions": 3,
        "bounce_rate": "50%",
        "nb_actions_per_visit": 2,
        "avg_time_on_site": 31,
    }
    assert ask("VisitsSummary.getVisits", idSite="1", **DAY) == {"value": 2}


def test_a_number_that_is_told_alone_does_not_say_what_it_is(ask: Ask) -> None:
    days, beside = DAY | {"date": "2025-11-24,2025-11-26"}, {"compareSegments[]": "visitCount>0", "compare": "1"}

    assert ask("VisitsSummary.get", idSite="1", **DAY, columns="nb_visits") == {"value": 2}
    assert ask("API.get", idSite="1", **DAY, showColumns="bounce_rate") == {"value": "50%"}
    assert ask("VisitsSummary.get", idSite="1", **days, columns="nb_visits") == {
        "2025-11-24": 2,
        "2025-11-25": 1,
        "2025-11-26": [],
    }
    assert ask("VisitsSummary.getVisits", idSite="1,2", **days)["1"] == {
        "2025-11-24": 2,
        "2025-11-25": 1,
        "2025-11-26": 0,
    }
    assert ask("VisitsSummary.get", idSite="1", **DAY, columns="nb_visits", **beside)["nb_visits"] == 2


def test_new_and_returning_visitors_are_told_by_the_columns_that_are_asked_for(ask: Ask) -> None:
    asked = {"idSite": "1", **DAY}

    assert ask("VisitFrequency.get", **asked, columns="nb_visits_new,bounce_rate_returning") == {
        "nb_visits_new": 2,
        "bounce_rate_returning": "0%",
    }
    assert ask("VisitFrequency.get", **asked, columns="nb_visits") == []


@pytest.mark.parametrize("method", ["VisitsSummary.get", "Actions.get", "VisitFrequency.get", "Goals.get", "API.get"])
def test_columns_are_asked_for_as_a_list_as_well(ask: Ask, method: str) -> None:
    first, second, *_ = ask(method, idSite="1", **DAY)
    listed = {"columns[]": first, "columns[1]": second}

    chosen = ask(method, idSite="1", **DAY, **listed)
    assert chosen == ask(method, idSite="1", **DAY, columns=f"{first},{second}")
    assert {first, second} <= set(chosen)
    assert len(chosen) < len(ask(method, idSite="1", **DAY))


def test_unique_visitors_of_a_range_are_refused_as_matomo_refuses_them(ask: Ask) -> None:
    answer = ask("VisitsSummary.getUniqueVisitors", idSite="1", period="range", date="2025-11-24,2025-11-25")

    assert answer["result"] == "error"
    assert "nb_uniq_visitors is not enabled" in answer["message"]


def test_the_address_without_a_file_is_asked_too(client: TestClient, registry: Registry) -> None:
    asked = {"module": "API", "method": "SitesManager.getAllSitesId", "format": "json"}
    token = registry.create_token("root")

    assert client.post("/", data=asked | {"token_auth": token}).json() == [1, 2]
    answer = client.get("/", params=asked, headers={"Authorization": f"Bearer {token}"})
    assert answer.json() == [1, 2]
    assert client.get("/").status_code == client.get("/", params={"module": "Login"}).status_code == 404


def test_who_would_talk_over_a_websocket_is_turned_away(client: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/"):
        pass


def test_several_periods_and_sites_come_under_their_keys(ask: Ask) -> None:
    days = ask("VisitsSummary.getVisits", idSite="1", period="day", date="2025-11-24,2025-11-26")
    sites = ask("VisitsSummary.getVisits", idSite="all", **DAY)

    assert days == {"2025-11-24": 2, "2025-11-25": 1, "2025-11-26": 0}
    assert sites == {"1": 2, "2": 1}


def test_pages_come_as_a_tree_whose_folders_can_be_opened(ask: Ask) -> None:
    closed = ask("Actions.getPageUrls", idSite="1", **DAY)
    opened = ask("Actions.getPageUrls", idSite="1", expanded="1", **DAY)
    below = ask("Actions.getPageUrls", idSite="1", idSubtable="2", **DAY)

    assert [(row["label"], row["nb_visits"], row["nb_hits"]) for row in closed] == [("/index", 2, 2), ("shop", 1, 2)]
    assert opened[1]["subtable"][0]["subtable"][0]["label"] == "/b"
    assert closed[1]["segment"] == "pageUrl=^http%253A%252F%252Fshop.example.org%252Fshop"
    assert opened[1]["subtable"][0]["segment"].startswith(f"{closed[1]['segment']}%252F")
    assert [row["label"] for row in below] == ["/b"]


def test_a_folder_that_is_followed_is_called_by_where_it_is(ask: Ask) -> None:
    days = {"idSite": "1", "period": "day", "date": "2025-11-23,2025-11-24"}

    told = ask("API.getRowEvolution", **days, apiModule="Actions", apiAction="getPageUrls", label="shop > bikes")
    assert (told["label"], told["reportData"]["2025-11-24"][0]["nb_hits"]) == ("shop.example.org/shop/bikes/", 2)


@pytest.mark.parametrize("label", ["label", "label[]"])
def test_a_row_that_a_label_names_is_told_without_what_lies_below_it(ask: Ask, label: str) -> None:
    (row,) = ask("Actions.getPageUrls", idSite="1", expanded="1", **DAY, **{label: "shop"})

    assert (row["label"], "subtable" in row) == ("shop", False)


def test_all_subtables_are_the_report_itself_and_what_has_none_is_not_asked_for_one(ask: Ask) -> None:
    asked = {"idSite": "1", "idSubtable": "all", **DAY}

    assert ask("Actions.getPageUrls", **asked) == ask("Actions.getPageUrls", idSite="1", **DAY)
    assert ask("Actions.getPageUrls", **asked, expanded="1") == []
    assert len(ask("DevicesDetection.getBrowsers", **asked | {"idSubtable": "1"})) == 2


def test_flat_pages_have_their_path_and_their_ratios(ask: Ask) -> None:
    rows = ask("Actions.getPageUrls", idSite="1", flat="1", **DAY)

    index = rows[0]
    assert (index["label"], index["url"]) == ("/", "http://shop.example.org/")
    assert (index["entry_nb_visits"], index["bounce_rate"], index["exit_rate"]) == (2, "50%", "50%")
    assert index["segment"] == "pageUrl==http%253A%252F%252Fshop.example.org%252F"


def test_reports_have_matomos_labels(ask: Ask) -> None:
    found = {method: {row["label"] for row in ask(method, idSite="1", **DAY)} for method in LABELS}

    assert {method: LABELS[method] - labels for method, labels in found.items()} == {name: set() for name in LABELS}


@pytest.mark.parametrize("period", [DAY | {"flat": "1"}, {"period": "week", "date": "2025-11-24", "expanded": "1"}])
def test_every_report_is_answered(ask: Ask, period: dict[str, str]) -> None:
    answers = {name: ask(name, idSite="1", **period) for name in TABLES}

    assert [name for name, answer in answers.items() if not isinstance(answer, list)] == []


def test_a_source_opens_into_what_it_is_made_of(ask: Ask) -> None:
    (site,) = ask("Referrers.getWebsites", idSite="1", expanded="1", **DAY)
    (page,) = ask("Referrers.getWebsites", idSite="1", flat="1", **DAY)

    assert (site["label"], site["nb_visits"]) == ("news.example.net", 1)
    assert [row["label"] for row in site["subtable"]] == ["https://news.example.net/story?id=3"]
    assert page["label"] == "news.example.net/story?id=3"
    assert (page["Referrers_Website"], page["Referrers_WebsitePage"]) == ("news.example.net", "story?id=3")


def test_types_that_nobody_used_have_their_row(ask: Ask) -> None:
    types = {row["label"]: row["nb_visits"] for row in ask("DevicesDetection.getType", idSite="1", **DAY)}

    assert (types["Desktop"], types["Smartphone"], types["Tv"]) == (1, 1, 0)


def test_asked_flat_one_row_is_a_list(ask: Ask) -> None:
    assert ask("VisitsSummary.get", idSite="1", flat="1", **DAY)[0]["nb_visits"] == 2


def test_a_segment_chooses(ask: Ask) -> None:
    assert ask("VisitsSummary.getVisits", idSite="1", segment="countryCode==de", **DAY) == {"value": 1}
    assert "not a supported segment" in ask("VisitsSummary.getVisits", idSite="1", segment="x==1", **DAY)["message"]


def test_a_segment_in_an_address_is_decoded_once_less_than_one_in_a_form(
    ask: Ask, client: TestClient, registry: Registry, store: Store
) -> None:
    url, token = "http://shop.example.org/a%20b+c", registry.create_token("root")
    store.insert("events", Event, json.encode(an_event(event_id=9, url=url)), "escaped")
    pages = ask("Actions.getPageUrls", idSite="1", **DAY, flat="1")
    segment = next(row["segment"] for row in pages if row["url"] == url)

    def told(**more: str) -> Any:
        asked = {"module": "API", "method": "VisitsSummary.get", "idSite": "1", **DAY, "token_auth": token}
        return client.get("/index.php", params=asked | more).json()

    assert told(segment=segment)["nb_visits"] == 1
    assert told(segment="pageUrl==http://shop.example.org/;countryCode==fr")["nb_visits"] == 1
    assert ask("VisitsSummary.get", idSite="1", **DAY, segment=segment.replace("%", "%25"))["nb_visits"] == 1
    compared = told(segment="countryCode==fr", compare="1", **{"compareSegments[]": "visitCount>0"})["comparisons"]
    assert [(row["nb_visits"], row["compareSegment"]) for row in compared] == [
        (1, "countryCode==fr"),
        (2, "visitCount>0"),
    ]


def test_the_last_visits_show_what_was_done(ask: Ask) -> None:
    visits = ask("Live.getLastVisitsDetails", idSite="1", **DAY)

    first = next(visit for visit in visits if visit["idVisit"] == 1)
    assert first["visitorId"] == "00000000000000ff"
    assert [action["title"] for action in first["actionDetails"]] == ["Home", "Bike", "Bike", "Download", "Outlink"]
    assert ask("Live.getCounters", idSite="1", lastMinutes="30")[0]["visits"] == 2


def test_sites_goals_and_dimensions_are_set_up(ask: Ask, registry: Registry) -> None:
    assert ask(
        "SitesManager.addSite", siteName="Neu", **{"urls[0]": "https://ü.example", "urls[1]": "http://b.example"}
    ) == {"value": 3}
    assert registry.site(3).privacy.preset == "matomo"
    assert registry.site(3).urls == ("https://ü.example", "http://b.example")
    assert ask("SitesManager.updateSite", idSite="3", timezone="Europe/Berlin") == {
        "result": "success",
        "message": "ok",
    }
    assert ask("SitesManager.getSiteFromId", idSite="3")["timezone"] == "Europe/Berlin"
    assert [site["idsite"] for site in ask("SitesManager.getAllSites")] == [1, 2, 3]
    assert ask("Goals.addGoal", idSite="1", name="Signed up", matchAttribute="manually", revenue="3") == {"value": 1}
    assert ask("Goals.getGoals", idSite="1")[0]["revenue"] == 3
    assert ask("CustomDimensions.configureNewCustomDimension", idSite="1", name="A", scope="visit", active="1") == {
        "value": 1
    }
    assert ask("CustomDimensions.getConfiguredCustomDimensions", idSite="1")[0]["scope"] == "visit"


def test_without_a_token_nothing_is_shown(client: TestClient) -> None:
    open_to_anybody = {name for name, method in METHODS.items() if method.anonymous}

    assert open_to_anybody == {"UsersManager.createAppSpecificTokenAuth", "API.getBulkRequest"}
    for name, site in product(METHODS.keys() - open_to_anybody, ("1", "1,2", "all", "01", "9")):
        answer = client.get("/index.php", params={"module": "API", "method": name, "idSite": site, **DAY})

        assert answer.status_code == 401, (name, site)
        assert answer.json()["result"] == "error"


def test_without_a_token_no_question_among_several_is_answered(client: TestClient) -> None:
    names = sorted(METHODS.keys() - {"API.getBulkRequest", "UsersManager.createAppSpecificTokenAuth"})
    for start in range(0, len(names), MOST_QUESTIONS):
        some = names[start : start + MOST_QUESTIONS]
        questions = {f"urls[{place}]": f"method={name}&idSite=1" for place, name in enumerate(some)}
        asked = {"module": "API", "method": "API.getBulkRequest", **DAY, **questions}

        assert [one["result"] for one in client.post("/index.php", data=asked).json()] == ["error"] * len(some)


def test_a_site_is_named_by_digits_alone(client: TestClient, registry: Registry) -> None:
    registry.add_account("reader")
    registry.grant("reader", 2, Access.VIEW)
    tokens = ("", registry.create_token("reader"))
    spellings = (" 1", "1 ", "+1", "1_0", "\u0661", "1\n", "", "1,", "2, 1", "-1", "ALL", "1;2")

    for token, site in product(tokens, spellings):
        for method in ("VisitsSummary.get", "Live.getLastVisitsDetails", "SitesManager.getSiteFromId"):
            asked = {"module": "API", "method": method, "idSite": site, "token_auth": token, **DAY}
            assert client.get("/index.php", params=asked).status_code in {401, 404}, (method, site)


def test_a_token_of_one_site_reads_that_site_alone(client: TestClient, registry: Registry) -> None:
    registry.add_account("reader")
    registry.grant("reader", 2, Access.VIEW)
    headers = {"Authorization": f"Bearer {registry.create_token('reader')}"}

    def asking(method: str, site: str) -> tuple[int, object]:
        answer = client.get(
            "/index.php", params={"module": "API", "method": method, "idSite": site, **DAY}, headers=headers
        )
        return answer.status_code, answer.json()

    assert asking("VisitsSummary.getVisits", "2") == (200, {"value": 1})
    assert asking("VisitsSummary.getVisits", "all") == (200, {"2": 1})
    for method in (
        "VisitsSummary.getVisits",
        "Live.getLastVisitsDetails",
        "Actions.getPageUrls",
        "SitesManager.getSiteFromId",
    ):
        for site in ("1", "1,2", "2,1"):
            status, told = asking(method, site)
            assert status == 403, (method, site)
            assert told["message"].endswith("requires 'view' access for the website id = 1.")
    assert asking("Goals.addGoal", "2")[0] == 403
    assert asking("SitesManager.getAllSites", "")[0] == 403


def test_a_token_narrowed_to_a_site_reads_that_site_alone(client: TestClient, registry: Registry) -> None:
    narrow = {"token_auth": registry.create_token("root", reach=Reach([2])), "module": "API", **DAY}

    assert (
        client.get("/index.php", params=narrow | {"method": "VisitsSummary.getVisits", "idSite": "2"}).status_code
        == 200
    )
    assert (
        client.get("/index.php", params=narrow | {"method": "VisitsSummary.getVisits", "idSite": "1"}).status_code
        == 403
    )
    assert (
        client.get("/index.php", params=narrow | {"method": "SitesManager.addSite", "siteName": "x"}).status_code == 403
    )


def test_an_error_never_repeats_the_token(client: TestClient, registry: Registry) -> None:
    token = registry.create_token("root")

    for misplaced in ("method", "period", "date", "segment", "idSite", "format"):
        asked = {"module": "API", "method": "UserCountry.getCountry", "idSite": "1", **DAY, "token_auth": token}
        answer = client.get("/index.php", params=asked | {misplaced: token})

        assert answer.json()["result"] == "error"
        assert token not in answer.text


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"method": "Magic.get"}, "'get' does not exist or is not available in the module 'Magic'"),
        ({"method": "VisitsSummary.get"}, "Please specify a value for 'idSite'"),
        ({"method": "VisitsSummary.get", "idSite": "1"}, "Please specify a value for 'period'"),
        ({"method": "VisitsSummary.get", "idSite": "77", **DAY}, "'77'"),
        ({"method": "VisitsSummary.get", "idSite": "1", "period": "day", "date": "someday"}, "YYYY-MM-DD"),
        ({"method": "VisitsSummary.get", "idSite": "1", "format": "gopher", **DAY}, "'gopher' is not there"),
        ({"method": "VisitsSummary.get", "idSite": "1", "period": "week", "date": "9999-12-31"}, "out of reach"),
        ({"method": "SitesManager.addSite", "siteName": "x"}, "at least one address"),
    ],
)
def test_a_wrong_question_is_told_why(ask: Ask, given: dict[str, str], told: str) -> None:
    answer = ask(**given)

    assert answer["result"] == "error"
    assert told in answer["message"]


@pytest.mark.parametrize("method", ["VisitsSummary.get", "API.get"])
def test_columns_of_a_report_of_one_row_are_chosen_too(ask: Ask, method: str) -> None:
    asked = {"idSite": "1", **DAY}

    assert ask(method, **asked, showColumns="nb_visits,nb_actions") == {"nb_visits": 2, "nb_actions": 4}
    assert "nb_visits" not in ask(method, **asked, hideColumns="nb_visits")
