from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from pellucid.edge import MOST_TRIES
from pellucid.registry.registry import Registry
from unit.matomo.conftest import PASSWORD, asked_by

Ask = Callable[..., Any]
TOKEN = {"userLogin": "ada@example.org", "passwordConfirmation": PASSWORD, "description": "app"}


pytestmark = pytest.mark.usefixtures("accounts")


def test_a_superuser_sees_all_accounts(ask: Ask) -> None:
    assert ask("UsersManager.getUsersLogin") == ["ada@example.org", "bob", "eve", "root"]
    assert [user["login"] for user in ask("UsersManager.getUsers", userLogins="bob, eve")] == ["bob", "eve"]
    assert ask("UsersManager.getUser", userLogin="ada@example.org")["email"] == "ada@example.org"
    assert ask("UsersManager.getUserByEmail", userEmail="ada@example.org")["superuser_access"] == 0
    assert "'nobody' doesn't exist" in ask("UsersManager.getUser", userLogin="nobody")["message"]
    assert ask("UsersManager.getUsersAccessFromSite", idSite="1") == [{"ada@example.org": "admin", "bob": "view"}]
    assert ask("UsersManager.getSitesAccessFromUser", userLogin="bob") == [{"site": 1, "access": "view"}]
    assert ask("UsersManager.getSitesAccessFromUser", userLogin="root")[1] == {"site": 2, "access": "admin"}
    assert ask("UsersManager.hasSuperUserAccess") == {"value": True}
    assert [user["login"] for user in ask("UsersManager.getUsersHavingSuperUserAccess")] == ["root"]
    assert ask("UsersManager.userExists", userLogin="bob") == {"value": True}
    assert ask("UsersManager.userExists", userLogin="mallory") == {"value": False}


def test_an_admin_sees_who_sees_the_same_sites_and_others_themselves(client: TestClient, registry: Registry) -> None:
    admin = asked_by(client, registry.create_token("ada@example.org"))
    bob = asked_by(client, registry.create_token("bob"))

    assert admin("UsersManager.getUsersLogin") == ["ada@example.org", "bob"]
    assert bob("UsersManager.getUser", userLogin="bob")["login"] == "bob"
    for method, given in (
        ("getUsers", {}),
        ("getUsersLogin", {}),
        ("getUser", {"userLogin": "eve"}),
        ("getUserByEmail", {"userEmail": "ada@example.org"}),
        ("getUsersAccessFromSite", {"idSite": "1"}),
        ("getSitesAccessFromUser", {"userLogin": "eve"}),
    ):
        assert bob(f"UsersManager.{method}", **given)["result"] == "error", method
    assert bob("UsersManager.hasSuperUserAccess") == {"value": False}


def test_who_knows_the_password_gets_a_token_for_a_program(client: TestClient, registry: Registry) -> None:
    token = asked_by(client, "")("UsersManager.createAppSpecificTokenAuth", **TOKEN, expireHours="87840")["value"]

    account = registry.bearer(token)
    assert account is not None
    assert account.login == "ada@example.org"


def test_an_expired_token_is_nobodys(client: TestClient, registry: Registry) -> None:
    ask = asked_by(client, "")

    token = ask("UsersManager.createAppSpecificTokenAuth", **TOKEN, expireDate="2020-01-01")["value"]

    assert registry.bearer(token) is None
    assert "YYYY-MM-DD" in ask("UsersManager.createAppSpecificTokenAuth", **TOKEN, expireDate="soon")["message"]
    assert "from 1 to" in ask("UsersManager.createAppSpecificTokenAuth", **TOKEN, expireHours="-1")["message"]
    assert "whole number" in ask("UsersManager.createAppSpecificTokenAuth", **TOKEN, expireHours="1h")["message"]


def test_a_password_can_be_tried_only_so_often(client: TestClient) -> None:
    ask = asked_by(client, "")
    wrong = TOKEN | {"passwordConfirmation": "wrong"}

    tried = [ask("UsersManager.createAppSpecificTokenAuth", **wrong)["message"] for _ in range(MOST_TRIES + 1)]

    assert tried[0] == "The current password you entered is not correct."
    assert "Too many passwords" in tried[-1]
    assert "Too many passwords" in ask("UsersManager.createAppSpecificTokenAuth", **TOKEN)["message"]
