"""Who may ask what, what is told when there is no answer, exports, sites and what follows what."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from msgspec import structs
from pyarrow import parquet

from pellucid.api.guide import GUIDE
from pellucid.api.problem import KINDS
from pellucid.model.account import Access
from pellucid.model.goal import DimensionScope
from pellucid.policy.presets import PRESETS
from pellucid.registry.registry import Registry
from pellucid.registry.tokens import Reach
from pellucid.report.dimensions import dimension_of
from unit.api.conftest import Api, Within

PROBLEM = "application/problem+json"


def told(answer: Any) -> tuple[int, str]:
    assert answer.headers["content-type"] == PROBLEM
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["title"]
    assert problem["detail"]
    return answer.status_code, problem["type"].removeprefix("/api/v1/problems/")


@pytest.mark.parametrize("path", ["/sites", "/sites/1", "/sites/1/realtime", "/metrics", "/dimensions"])
def test_a_token_comes_in_its_header_alone(api: Api, path: str) -> None:
    asked = [
        api.client.get(f"/api/v1{path}"),
        api.client.get(f"/api/v1{path}", headers={"Authorization": "Bearer wrong"}),
        api.client.get(f"/api/v1{path}", headers={"Authorization": f"Basic {api.token}"}),
        api.client.get(f"/api/v1{path}", params={"token_auth": api.token}),
        api.client.get(f"/api/v1{path}", params={"access_token": api.token}),
    ]

    assert {told(answer) for answer in asked} == {(401, "unknown-token")}
    assert {answer.headers["www-authenticate"] for answer in asked} == {"Bearer"}
    assert told(api.get(path, token_auth=api.token)) == (400, "invalid-request")
    assert api.get(path).status_code == 200


def test_a_token_is_good_for_its_sites_and_its_time(api: Api, registry: Registry) -> None:
    now = datetime.now(UTC)
    tokens = {
        registry.create_token("root", reach=Reach([2])): (404, 200),
        registry.create_token("root", reach=Reach(most=Access.VIEW)): (200, 200),
        registry.create_token("root", reach=Reach(expires=now - timedelta(seconds=1))): (401, 401),
        registry.create_token("anna"): (200, 404),
    }

    for token, expected in tokens.items():
        api.token = token
        assert tuple(api.get(f"/sites/{site}").status_code for site in (1, 2)) == expected


@pytest.mark.parametrize(
    ("ask", "status", "name"),
    [
        (lambda api: api.get("/nothing"), 404, "not-found"),
        (lambda api: api.get("/"), 404, "not-found"),
        (lambda api: api.get("/problems/%0Anone"), 404, "not-found"),
        (lambda api: api.get("/a/%0Ab"), 404, "not-found"),
        (lambda api: api.get("/sites/2"), 404, "not-found"),
        (lambda api: api.get("/sites/999"), 404, "not-found"),
        (lambda api: api.get("/sites/one"), 400, "invalid-request"),
        (lambda api: api.get("/query"), 405, "method-not-allowed"),
        (lambda api: api.post("/sites", {}), 405, "method-not-allowed"),
        (lambda api: api.get("/sites", limit=0), 400, "invalid-request"),
        (lambda api: api.get("/sites", cursor="x"), 400, "invalid-request"),
        (lambda api: api.get("/sites", cursor="1-0000000000000000"), 409, "unanswerable"),
        (lambda api: api.get("/problems/none"), 404, "not-found"),
        (lambda api: api.query("visits", sites=[7]), 404, "not-found"),
        (lambda api: api.query("colours"), 400, "invalid-request"),
        (lambda api: api.query("visits", dimensions=["colour"]), 400, "invalid-request"),
        (lambda api: api.query("visits", colour="red"), 400, "invalid-request"),
        (lambda api: api.query("visits", limit=1_000_000), 400, "invalid-request"),
        (lambda api: api.query("visits", **{"from": None}), 409, "unanswerable"),
        (lambda api: api.query("visits", **{"from": "2025-11-26"}), 409, "unanswerable"),
        (lambda api: api.query("visits", **{"from": "1066-10-14"}), 409, "unanswerable"),
        (lambda api: api.query("visits", **{"from": None, "to": None, "date": "2025-02-30"}), 400, "invalid-request"),
        (lambda api: api.query("visits", order=[{"by": "pageviews"}]), 409, "unanswerable"),
        (lambda api: api.query("visits", dimensions=["order_id"]), 409, "unanswerable"),
        (lambda api: api.query("visits", compare_to="previous_year", format="csv"), 409, "unanswerable"),
        (lambda api: api.query("visits", period="day"), 409, "unanswerable"),
        (lambda api: api.post("/query", {"metrics": ["visits"] * 20_000}), 413, "too-large"),
        (lambda api: api.post("/query", {}, accept="image/png"), 400, "invalid-request"),
    ],
)
def test_what_is_not_answered_is_told_by_kind(api: Api, ask: Callable[[Api], Any], status: int, name: str) -> None:
    assert told(ask(api)) == (status, name)


def test_what_is_wrong_is_pointed_at(api: Api) -> None:
    wrong = api.query("visits", segment=[[{"dimension": "country", "operator": "~", "value": "de"}]]).json()

    assert wrong["errors"] == [{"detail": "Invalid enum value '~'", "pointer": "/segment/0/0/operator"}]


@pytest.mark.parametrize(
    ("content", "kind", "expected"),
    [
        (b"{", "application/json", (400, "invalid-request")),
        (b"\xff", "application/json", (400, "invalid-request")),
        (b'{"sites": [1], "metrics": ["visits"]}', "text/plain", (415, "not-json")),
        (b"x" * 200_000, "application/json", (413, "too-large")),
        (b"[" * 50_000, "application/json", (400, "invalid-request")),
        (b"[1]", "application/json", (400, "invalid-request")),
    ],
)
def test_a_body_is_json(api: Api, content: bytes, kind: str, expected: tuple[int, str]) -> None:
    headers = {"Authorization": f"Bearer {api.token}", "Content-Type": kind}

    assert told(api.client.post("/api/v1/query", content=content, headers=headers)) == expected


def test_a_whole_number_may_be_written_with_a_point(api: Api) -> None:
    assert api.query("visits", sites=[1.0], limit=10.0).status_code == 200
    assert told(api.query("visits", sites=[1.5])) == (400, "invalid-request")


def test_every_problem_tells_what_it_means(api: Api) -> None:
    for kind in KINDS.values():
        answer = api.client.get(kind.address)
        assert answer.json() == {
            "type": kind.address,
            "title": kind.title,
            "status": kind.status,
            "meaning": kind.meaning,
        }


QUESTION = {"sites": [1], "from": "2025-11-24", "to": "2025-11-25", "metrics": ["views"], "dimensions": ["page_url"]}


@pytest.mark.parametrize(("accept", "fields"), [("text/csv", {}), ("*/*", {"format": "csv"})])
def test_a_question_is_exported_as_csv(api: Api, accept: str, fields: dict[str, str]) -> None:
    answer = api.post("/query", QUESTION | fields, accept=accept)

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="pellucid.csv"'
    assert answer.text.splitlines() == [
        '"page_url","views"',
        '"http://a/",2',
        '"http://a/,""x""",1',
        '"http://a/b",1',
    ]


def test_a_question_is_exported_as_parquet(api: Api) -> None:
    answer = api.post("/query", QUESTION, accept="application/vnd.apache.parquet;q=0.9, text/csv;q=0.1")

    rows = parquet.read_table(BytesIO(answer.content)).to_pylist()  # type: ignore[no-untyped-call]
    assert answer.headers["content-type"] == "application/vnd.apache.parquet"
    assert rows == [
        {"page_url": "http://a/", "views": 2},
        {"page_url": 'http://a/,"x"', "views": 1},
        {"page_url": "http://a/b", "views": 1},
    ]


def test_an_export_has_all_rows_or_as_many_as_are_asked_for(api: Api) -> None:
    assert len(api.post("/query", QUESTION | {"format": "csv", "limit": 2}).text.splitlines()) == 3
    assert told(api.post("/query", QUESTION, accept="image/png, text/csv;q=0")) == (406, "not-acceptable")


def test_an_export_that_costs_too_much_is_a_problem(api_within: Within) -> None:
    api = api_within({"max_memory_usage": 1000})

    assert told(api.post("/query", QUESTION, accept="text/csv")) == (422, "query-too-expensive")


def test_sites_come_with_what_questions_may_use(api: Api, registry: Registry) -> None:
    api.token = registry.create_token("root")
    whole = api.get("/sites").json()

    first = api.get("/sites", limit=1).json()
    second = api.get("/sites", limit=1, cursor=first["next"]).json()

    assert [site["name"] for site in whole["sites"]] == ["Shop", "Blog"]
    assert first["sites"] + second["sites"] == whole["sites"]
    assert (whole["next"], second["next"]) == (None, None)
    assert api.get("/sites/1").json() == whole["sites"][0]


def test_a_dimension_that_is_switched_off_tells_nothing(api: Api, registry: Registry) -> None:
    own = registry.add_dimension(2, "Colour", DimensionScope.VISIT, active=True)
    api.token = registry.create_token("root")
    question = {"sites": [2], "metrics": ["visits"], "dimensions": [f"dimension{own.id}"]}

    def offered() -> list[str]:
        return [told["dimension"] for told in api.get("/sites/2").json()["dimensions"]]

    assert (offered(), api.post("/query", question).status_code) == ([f"dimension{own.id}"], 200)
    registry.update_dimension(structs.replace(own, active=False))
    assert (offered(), told(api.post("/query", question))) == ([], (409, "unanswerable"))


def test_real_time_is_the_last_half_hour(api: Api) -> None:
    lately = api.get("/sites/1/realtime").json()

    assert lately == {
        "minutes": 30,
        "visits": 1,
        "visitors": 1,
        "visits_converted": 1,
        "actions": 1,
        "actions_by_minute": [0] * 10 + [1] + [0] * 19,
        "pages": [{"url": 'http://a/,"x"', "views": 1}],
        "notes": [],
    }
    assert api.get("/sites/1/realtime", minutes=5).json()["visits"] == 0


@pytest.fixture
def api_of_nobody(api: Api, registry: Registry) -> Iterator[Api]:
    """Anna's API, while her site recognises nobody."""
    before = registry.site(1).privacy
    registry.update_site(1, privacy=PRESETS["strict"])
    yield api
    registry.update_site(1, privacy=before)


def test_what_says_nothing_without_recognition_is_named(api_of_nobody: Api) -> None:
    asked = {"dimensions": ["country"], "segment": [[{"dimension": "exit_url", "operator": "!=", "value": ""}]]}

    (note,) = api_of_nobody.query("visits", "pageviews", "visitors", "bounce_rate", **asked).json()["notes"]
    (plain,) = api_of_nobody.query("visits").json()["notes"]
    (lately,) = api_of_nobody.get("/sites/1/realtime").json()["notes"]

    assert (note["sites"], note["untold"]) == ([1], ["visitors", "bounce_rate", "exit_url"])
    assert "Visits are estimated" in note["text"]
    assert (plain["text"], plain["untold"]) == (note["text"], [])
    assert lately["untold"] == ["visitors", "visits_converted"]


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/funnel", {"steps": [{"conditions": [{"dimension": "page_url", "operator": "!=", "value": ""}]}] * 2}),
        ("/retention", {"step": "day"}),
        ("/paths", {"page": {"value": "http://a/"}}),
    ],
)
def test_what_follows_what_is_said_not_to_be_known_without_recognition(
    api_of_nobody: Api, path: str, more: dict[str, object]
) -> None:
    answer = api_of_nobody.post(path, {"sites": [1], "from": "2025-11-24", "to": "2025-11-25", **more}).json()

    assert "no hit is known to follow another" in answer["notes"][0]["text"]


def test_a_metric_says_whether_it_needs_recognition(api: Api) -> None:
    told = {one["name"]: one["needs_recognition"] for one in api.get("/metrics").json()["metrics"]}

    assert (told["visits"], told["pageviews"], told["visitors"], told["bounce_rate"]) == (False, False, True, True)


def test_a_funnel_is_told(api: Api) -> None:
    steps = [
        {"name": "Any page", "conditions": [{"dimension": "page_url", "operator": "=@", "value": "http"}]},
        {"conditions": [{"dimension": "conversion", "operator": "==", "value": "order"}]},
    ]

    answer = api.post("/funnel", {"sites": [1], "from": "2025-11-24", "to": "2025-11-25", "steps": steps}).json()

    assert answer["steps"] == [
        {"name": "Any page", "reached": 3, "dropped": 2, "share": 1.0},
        {"name": "", "reached": 1, "dropped": 0, "share": 1 / 3},
    ]


def test_retention_is_told(api: Api) -> None:
    answer = api.post("/retention", {"sites": [1], "from": "2025-11-24", "to": "2025-11-25", "step": "day"}).json()

    assert answer["cohorts"][0] == {
        "first": "2025-11-24",
        "visitors": 2,
        "kept": [{"after": 0, "visitors": 2, "share": 1.0}, {"after": 1, "visitors": 1, "share": 0.5}],
    }


def test_paths_are_told_page_by_page(api: Api) -> None:
    asked = {"sites": [1], "from": "2025-11-24", "to": "2025-11-25", "page": {"value": "http://a/"}, "limit": 1}

    first = api.post("/paths", asked).json()
    second = api.post("/paths", asked | {"cursor": first["next"]}).json()

    assert first["paths"] == [{"pages": ["http://a/"], "visits": 1, "share": 0.5}]
    assert second["paths"] == [{"pages": ["http://a/", "http://a/b"], "visits": 1, "share": 0.5}]
    assert second["next"] is None


def test_dimensions_of_place_say_that_masking_makes_them_coarser_and_sites_how_much_is_left(api: Api) -> None:
    meanings = {one["name"]: one["meaning"] for one in api.get("/dimensions").json()["dimensions"]}

    assert {name for name, meaning in meanings.items() if "located_by" in meaning} == {
        "continent",
        "country",
        "region",
        "city",
    }
    assert api.get("/sites/1").json()["located_by"] == {"ipv4": 24, "ipv6": 48}


def test_the_description_says_in_words_what_one_has_to_know_to_ask(api: Api) -> None:
    described = api.client.get("/api/v1/openapi.json").json()
    schemas = described["components"]["schemas"]

    for told in GUIDE.values():
        assert told in described["info"]["description"]
    assert "Authorization: Bearer" in described["components"]["securitySchemes"]["token"]["description"]
    assert "`=@` (contains)" in schemas["Operator"]["description"]
    assert all("\n  " not in schema.get("description", "") for schema in schemas.values())
    assert described["paths"]["/query"]["post"]["responses"]["200"]["content"]["text/csv"]["schema"] == {
        "type": "string"
    }


@pytest.mark.parametrize("name", ["visit_variable_value_1", "variable_name_2", "bare_entry_url", "act_dimension1"])
def test_dimensions_without_a_name_of_their_own_are_described_by_their_families(api: Api, name: str) -> None:
    schema = api.client.get("/api/v1/openapi.json").json()["components"]["schemas"]["DimensionName"]
    families = api.get("/dimensions").json()["families"]

    assert dimension_of(name) is not None
    for told in (schema["anyOf"][1:], families):
        assert [one for one in told if re.search(one["pattern"], name)]
