from collections.abc import Callable
from typing import Any

from starlette.testclient import TestClient

from pellucid.model.account import Access
from pellucid.registry.registry import Registry
from unit.matomo.conftest import asked_by

Ask = Callable[..., Any]
METHOD = "UserCountry.getLocationFromIP"
LYON = {
    "continent_name": "Europe",
    "continent_code": "EU",
    "country_code": "FR",
    "country_name": "France",
    "city_name": "Lyon",
    "lat": 45.75,
    "long": 4.85,
    "region_code": "ARA",
    "region_name": "Auvergne-Rhône-Alpes",
    "ip": "192.0.2.77",
}
"""Where the addresses of 192.0.2.0/24 are: what is asked about is the masked address, and no other is known."""


def test_an_address_is_placed_as_far_as_its_mask_lets_it_be_seen(ask: Ask) -> None:
    assert ask(METHOD, ip="192.0.2.77") == LYON


def test_who_names_no_address_is_placed_by_their_own(client: TestClient, registry: Registry) -> None:
    beyond = TestClient(client.app, client=("10.0.0.1", 4711), headers={"X-Forwarded-For": "203.0.113.9, 192.0.2.77"})
    given = {"module": "API", "method": METHOD, "format": "json", "token_auth": registry.create_token("root")}

    assert beyond.post("/index.php", data=given).json() == LYON


def test_what_is_nowhere_is_an_error(ask: Ask) -> None:
    for address in ("203.0.113.9", "no address"):
        assert ask(METHOD, ip=address)["message"] == f"Could not geolocate '{address}'!"


def test_countries_have_codes(ask: Ask) -> None:
    told = ask("UserCountry.getCountryCodeMapping")

    assert told["de"] == "Germany"
    assert "Unknown" not in told.values()


def test_places_are_looked_up_for_who_sees_a_site(client: TestClient, registry: Registry) -> None:
    for login in ("reader", "new"):
        registry.add_account(login)
    registry.grant("reader", 2, Access.VIEW)
    reader, new = (asked_by(client, registry.create_token(login)) for login in ("reader", "new"))

    assert reader(METHOD, ip="192.0.2.77") == LYON
    assert "requires 'view' access" in new(METHOD, ip="192.0.2.77")["message"]
    assert new("UserCountry.getCountryCodeMapping")["fr"] == "France"


def test_who_asks_is_told_their_own_address(client: TestClient, registry: Registry) -> None:
    registry.add_account("new")
    given = {"module": "API", "method": "API.getIpFromHeader", "format": "json"}

    def told(host: str, forwarded: str) -> object:
        asking = TestClient(client.app, client=(host, 4711), headers={"X-Forwarded-For": forwarded})
        return asking.post("/index.php", data=given | {"token_auth": registry.create_token("root")}).json()

    assert told("10.0.0.1", "203.0.113.9, 192.0.2.77") == {"value": "192.0.2.77"}
    assert told("192.0.2.5", "203.0.113.9") == {"value": "192.0.2.5"}
    new = asked_by(client, registry.create_token("new"))
    assert "requires 'view' access" in new("API.getIpFromHeader")["message"]
    assert new("API.getSettings") == {"SDK_batch_size": 10, "SDK_interval_value": 30}
