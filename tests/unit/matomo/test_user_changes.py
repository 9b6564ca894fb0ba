from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from pellucid.edge import MOST_TRIES
from pellucid.model.account import Access
from pellucid.registry.registry import Registry
from pellucid.registry.tokens import Reach
from unit.matomo.conftest import PASSWORD, asked_by

Ask = Callable[..., Any]
SUCCESS = {"result": "success", "message": "ok"}
NEW = {"userLogin": "kim", "password": "a password of kim's", "email": "kim@example.org"}
pytestmark = pytest.mark.usefixtures("accounts")


@pytest.fixture
def admin(client: TestClient, registry: Registry) -> Ask:
    return asked_by(client, registry.create_token("ada@example.org"))


@pytest.fixture
def root(ask: Ask, registry: Registry) -> Ask:
    """A superuser with a password."""
    registry.set_password("root", PASSWORD)
    return ask


def test_an_account_is_added_and_signs_in_with_its_password(ask: Ask, registry: Registry) -> None:
    assert ask("UsersManager.addUser", **NEW, initialIdSite="2") == SUCCESS

    added = registry.check_password("kim", NEW["password"])
    assert added
    assert (added.superuser, added.access) == (False, {2: Access.VIEW})


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"userLogin": "bob"}, "already"),
        ({"userLogin": "anonymous"}, "already"),
        ({"password": "short"}, "at least 10 characters"),
        ({"_isPasswordHashed": "1"}, "_isPasswordHashed"),
        ({"initialIdSite": "9"}, "unexpected website"),
    ],
)
def test_an_account_that_can_not_be_added_is_not(
    ask: Ask, registry: Registry, given: dict[str, str], told: str
) -> None:
    before = registry.accounts()

    assert told in ask("UsersManager.addUser", **NEW | given)["message"]
    assert registry.accounts() == before


def test_an_account_is_deleted_with_its_tokens(ask: Ask, registry: Registry) -> None:
    token = registry.create_token("bob")

    assert ask("UsersManager.deleteUser", userLogin="bob") == SUCCESS

    assert registry.bearer(token) is None
    assert "doesn't exist" in ask("UsersManager.deleteUser", userLogin="bob")["message"]
    assert "only superuser" in ask("UsersManager.deleteUser", userLogin="root")["message"]


def test_an_admin_grants_what_is_theirs_to_grant(admin: Ask, registry: Registry) -> None:
    def granted(**given: str) -> object:
        return admin("UsersManager.setUserAccess", **{"userLogin": "eve", "access": "write", "idSites": "1"} | given)

    assert granted() == SUCCESS
    assert registry.account("eve").access == {1: Access.WRITE, 2: Access.VIEW}
    assert granted(access="noaccess", idSites="all") == SUCCESS
    assert registry.account("eve").access == {2: Access.VIEW}


def test_several_sites_and_a_role_come_as_lists_too(ask: Ask, registry: Registry) -> None:
    given = {"userLogin": "bob", "access[]": "admin", "idSites[0]": "1", "idSites[1]": "2"}

    assert ask("UsersManager.setUserAccess", **given) == SUCCESS
    assert registry.account("bob").access == {1: Access.ADMIN, 2: Access.ADMIN}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"idSites": "1,2"}, "requires 'admin' access for the website id = 2"),
        ({"idSites": "9"}, "requires 'admin' access for the website id = 9"),
        ({"idSites": "x"}, "unexpected website"),
        ({"idSites": ""}, "'idSites'"),
        ({"access": "owner"}, "one of the following values"),
        ({"access": ""}, "one of noaccess, view, write, admin"),
        ({"userLogin": "anonymous"}, "granted nothing"),
        ({"userLogin": "anonymous", "access": "noaccess"}, "nothing to change"),
        ({"userLogin": "root"}, "Super User"),
        ({"userLogin": "mallory"}, "doesn't exist"),
    ],
)
def test_what_is_not_theirs_to_grant_changes_nothing(
    admin: Ask, registry: Registry, given: dict[str, str], told: str
) -> None:
    before = registry.accounts()

    asked = {"userLogin": "eve", "access": "view", "idSites": "1"} | given
    assert told in admin("UsersManager.setUserAccess", **asked)["message"]
    assert registry.accounts() == before


def test_a_superuser_is_made_by_who_proves_who_they_are(root: Ask, registry: Registry) -> None:
    given = {"userLogin": "bob", "hasSuperUserAccess": "1"}

    assert "passwordConfirmation" in root("UsersManager.setSuperUserAccess", **given)["message"]
    wrong = root("UsersManager.setSuperUserAccess", **given, passwordConfirmation="a wrong one")
    assert "not correct" in wrong["message"]
    assert not registry.account("bob").superuser
    assert root("UsersManager.setSuperUserAccess", **given, passwordConfirmation=PASSWORD) == SUCCESS
    assert (registry.account("bob").superuser, registry.account("bob").access) == (True, {})


def test_the_last_superuser_stays_one(root: Ask, registry: Registry) -> None:
    given = {"userLogin": "root", "hasSuperUserAccess": "0", "passwordConfirmation": PASSWORD}

    assert "only superuser" in root("UsersManager.setSuperUserAccess", **given)["message"]
    registry.set_superuser("bob", superuser=True)
    assert root("UsersManager.setSuperUserAccess", **given) == SUCCESS
    assert not registry.account("root").superuser


def test_a_password_is_changed_by_who_knows_their_own(admin: Ask, root: Ask, registry: Registry) -> None:
    new, newer = "another one of ada's", "yet another of ada's"
    given = {"userLogin": "ada@example.org", "password": new}

    assert "not correct" in admin("UsersManager.updateUser", **given, passwordConfirmation=new)["message"]
    assert admin("UsersManager.updateUser", **given, passwordConfirmation=PASSWORD) == SUCCESS
    assert registry.check_password("ada@example.org", new)
    changed = root("UsersManager.updateUser", **given | {"password": newer}, passwordConfirmation=PASSWORD)
    assert changed == SUCCESS
    assert registry.check_password("ada@example.org", newer)


def test_nothing_else_of_an_account_is_changed(admin: Ask) -> None:
    own = {"userLogin": "ada@example.org"}

    assert admin("UsersManager.updateUser", **own, email="ada@example.org") == SUCCESS
    assert "login stays" in admin("UsersManager.updateUser", **own, email="ada@example.net")["message"]
    assert "or the user 'bob' itself" in admin("UsersManager.updateUser", userLogin="bob")["message"]


def test_a_lost_token_does_not_find_the_password_out(root: Ask) -> None:
    given = {"userLogin": "bob", "hasSuperUserAccess": "1"}

    tried = [
        root("UsersManager.setSuperUserAccess", **given, passwordConfirmation="a wrong one")["message"]
        for _ in range(MOST_TRIES + 1)
    ]

    assert "Too many passwords" in tried[-1]


def test_accounts_are_for_superusers_and_their_whole_tokens(client: TestClient, registry: Registry, admin: Ask) -> None:
    confined = asked_by(client, registry.create_token("root", reach=Reach(site_ids=(1,))))
    reading = asked_by(client, registry.create_token("ada@example.org", reach=Reach(most=Access.VIEW)))
    before = registry.accounts()

    for asking in (confined, admin):
        for name in ("addUser", "deleteUser", "setSuperUserAccess"):
            told = asking(f"UsersManager.{name}", **NEW | {"userLogin": "bob"}, hasSuperUserAccess="1")
            assert "'superuser' access" in told["message"]
    for name in ("setUserAccess", "updateUser"):
        told = reading(f"UsersManager.{name}", userLogin="ada@example.org", access="view", idSites="1")
        assert told["result"] == "error"
    assert registry.accounts() == before
