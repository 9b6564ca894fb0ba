import asyncio
from collections.abc import Sequence

import httpx2
import pytest
from msgspec import json, structs
from starlette.applications import Starlette

from pellucid.model.site import Site
from pellucid.policy.requests import READ
from pellucid.policy.states import STATES, rows
from pellucid.policy.storage import ITEMS
from pellucid.visitor.declaration import VERSION, Declaration
from pellucid.visitor.well_known import routes
from tracking import a_site


def _get(path: str, sites: Sequence[Site] = ()) -> httpx2.Response:
    application = Starlette(routes=routes(lambda: sites))

    async def ask() -> httpx2.Response:
        transport = httpx2.ASGITransport(application)
        async with httpx2.AsyncClient(transport=transport, base_url="http://stats.example") as client:
            return await client.get(f"/.well-known/{path}")

    return asyncio.run(ask())


def test_the_schema_names_and_asks_for_every_field_of_the_declaration() -> None:
    declared, schema = _get("analytics-storage.json"), _get("analytics-storage.schema.json")

    described = schema.json()["$defs"]
    whole = described["Declaration"]
    assert schema.headers["content-type"] == "application/schema+json"
    assert set(whole["required"]) == set(whole["properties"]) == set(declared.json())
    kinds = {"storage": "Item", "reads": "Read", "requests": "Request", "states": "State"}
    for name, kind in kinds.items():
        for one in declared.json()[name]:
            assert set(described[f"Declared{kind}"]["required"]) == set(one)
    assert json.decode(declared.content, type=Declaration).version == VERSION


def test_everything_that_is_declared_is_told() -> None:
    told = _get("analytics-storage.json").json()

    assert [item["name"] for item in told["storage"]] == [item.name for item in ITEMS]
    assert [state["name"] for state in told["states"]] == [state.name for state in STATES]
    assert sum(len(state["steps"]) for state in told["states"]) == len(list(rows()))


def test_whatever_is_kept_or_read_is_told_with_its_ground() -> None:
    told = _get("analytics-storage.json").json()

    grounds = [(one["ground"], one["ground_source"]) for one in (*told["storage"], *told["reads"])]
    assert [read["what"] for read in told["reads"]] == [read.what for read in READ]
    assert grounds == [(one.ground.reason, one.ground.source) for one in (*ITEMS, *READ)]


def test_a_lifetime_is_told_with_what_it_counts_from() -> None:
    told = _get("analytics-storage.json").json()

    counted = {item["id"]: (item["seconds"], item["since"]) for item in told["storage"]}
    assert counted["_pk_id"] == (33_955_200, "its creation")
    assert counted["_pk_ses"] == (1800, "the last request")
    assert counted["piwik_ignore"] == (None, None)
    assert [name for name, (seconds, since) in counted.items() if (seconds is None) != (since is None)] == []


def test_every_id_that_a_state_names_is_that_of_an_item() -> None:
    told = _get("analytics-storage.json").json()

    ids = [item["id"] for item in told["storage"]]
    named = {name for state in told["states"] for step in state["steps"] for name in (*step["keeps"], *state["had"])}
    assert len(set(ids)) == len(ids)
    assert named <= set(ids)


@pytest.mark.parametrize(("honoured", "expected"), [((True, True), True), ((True, False), False)])
def test_global_privacy_control_is_honoured_if_every_site_does(honoured: tuple[bool, ...], *, expected: bool) -> None:
    plain = a_site(1, "matomo")
    sites = [structs.replace(plain, privacy=structs.replace(plain.privacy, honour_gpc=one)) for one in honoured]

    told = _get("gpc.json", sites).json()

    assert told["gpc"] is expected
    assert set(told) == {"gpc", "lastUpdate"}


@pytest.mark.parametrize("name", ["analytics-storage.json", "analytics-storage.schema.json", "gpc.json"])
def test_anyone_may_read_it_and_nothing_is_set(name: str) -> None:
    answer = _get(name)

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "set-cookie" not in answer.headers
