from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from pellucid.model.account import Access
from pellucid.registry.registry import Registry
from unit.matomo.conftest import asked_by

Ask = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("accounts")


@pytest.fixture
def admin(client: TestClient, registry: Registry) -> Ask:
    return asked_by(client, registry.create_token("ada@example.org"))


@pytest.fixture
def bob(client: TestClient, registry: Registry) -> Ask:
    return asked_by(client, registry.create_token("bob"))


def logins(rows: list[dict[str, object]]) -> list[object]:
    return [row["login"] for row in rows]


def test_roles_are_those_that_can_be_granted_and_nothing_is_beside_them(admin: Ask) -> None:
    assert [role["id"] for role in admin("UsersManager.getAvailableRoles")] == list(Access)
    assert admin("UsersManager.getAvailableCapabilities") == []


def test_accounts_are_told_by_what_they_may_do_with_a_site(ask: Ask, admin: Ask) -> None:
    method = "UsersManager.getUsersWithSiteAccess"

    assert logins(admin(method, idSite="1", access="view")) == ["bob"]
    assert logins(admin(method, idSite="1", access="admin")) == ["ada@example.org"]
    assert ask(method, idSite="2", access="write") == []
    assert "one of the following values" in ask(method, idSite="1", access="owner")["message"]


def test_sites_are_told_by_account(ask: Ask) -> None:
    assert ask("UsersManager.getUsersSitesFromAccess", access="view") == {"bob": [1], "eve": [2]}
    assert ask("UsersManager.getUsersSitesFromAccess", access="admin") == {"ada@example.org": [1]}


def test_an_admin_is_told_of_their_own_sites_alone(ask: Ask, admin: Ask, registry: Registry) -> None:
    registry.grant("bob", 2, Access.WRITE)
    method = "UsersManager.getSitesAccessForUser"

    shop = {"idsite": 1, "site_name": "Shop", "role": "view", "capabilities": []}
    assert admin(method, userLogin="bob") == [shop]
    assert [row["role"] for row in ask(method, userLogin="bob")] == ["write", "view"]
    assert ask(method, userLogin="bob", filter_access="view") == [shop]
    assert ask(method, userLogin="bob", filter_search="SHOP.example") == [shop]
    assert ask(method, userLogin="bob", limit="1", offset="1") == [shop]
    assert "superusers" in ask(method, userLogin="root")["message"]
    assert "doesn't exist" in ask(method, userLogin="mallory")["message"]


def test_accounts_are_listed_with_their_roles(ask: Ask, admin: Ask, bob: Ask) -> None:
    def roles(asking: Ask, **given: str) -> dict[str, str]:
        rows = asking("UsersManager.getUsersPlusRole", idSite="1", **given)
        return {row["login"]: row["role"] for row in rows}

    every = {"ada@example.org": "admin", "bob": "view", "eve": "noaccess", "root": "superuser"}
    assert roles(ask) == every
    assert roles(ask, filter_access="some") == {name: role for name, role in every.items() if role != "noaccess"}
    assert roles(ask, filter_access="noaccess") == {"eve": "noaccess"}
    assert roles(ask, filter_search="ADA") == {"ada@example.org": "admin"}
    assert roles(ask, offset="1", limit="1") == {"bob": "view"}
    assert roles(admin) == {"ada@example.org": "admin", "bob": "view"}
    assert roles(bob) == {"bob": "view"}


def test_an_address_is_that_of_who_signs_in_with_it(ask: Ask, bob: Ask) -> None:
    assert bob("UsersManager.userEmailExists", userEmail="ada@example.org") == {"value": True}
    for unknown in ("bob", "bob@example.org"):
        assert bob("UsersManager.userEmailExists", userEmail=unknown) == {"value": False}
    told = ask("UsersManager.getUserLoginFromUserEmail", userEmail="ada@example.org")
    assert told == {"value": "ada@example.org"}
    assert "doesn't exist" in ask("UsersManager.getUserLoginFromUserEmail", userEmail="bob")["message"]


def test_who_administers_nothing_is_told_of_nobody_else(admin: Ask, bob: Ask, client: TestClient) -> None:
    given = {"idSite": "1", "access": "view", "userLogin": "bob", "userEmail": "ada@example.org"}

    for name in ("getAvailableRoles", "getAvailableCapabilities", "getUsersWithSiteAccess", "getSitesAccessForUser"):
        assert "requires 'admin' access" in bob(f"UsersManager.{name}", **given)["message"]
    assert "requires 'admin' access" in bob("UsersManager.getUserLoginFromUserEmail", **given)["message"]
    assert "'admin' access" in admin("UsersManager.getUsersWithSiteAccess", **given | {"idSite": "2"})["message"]
    assert "'superuser' access" in admin("UsersManager.getUsersSitesFromAccess", **given)["message"]
    assert "'view' access" in bob("UsersManager.getUsersPlusRole", idSite="2")["message"]
    assert "'view' access" in asked_by(client, "")("UsersManager.userEmailExists", **given)["message"]
