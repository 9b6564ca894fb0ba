from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier, Thread

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from pellucid.errors import NotFound, NotSignedIn, RequestError
from pellucid.model.account import Access
from pellucid.model.saved_segment import SavedSegment
from pellucid.policy.retention import FIRST_LINK, SIGN_IN
from pellucid.registry.registry import Registry
from pellucid.registry.tables import LINK
from pellucid.registry.tables import SIGN_IN as SIGN_INS
from unit.registry.contents import everything_in

NOW = datetime(2025, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PASSWORD = "correct horse"


def test_an_account_signs_in_with_its_password_alone(registry: Registry) -> None:
    registry.add_account("ada", PASSWORD)

    account = registry.check_password("ada", PASSWORD)

    assert account is not None
    assert account.login == "ada"
    assert registry.check_password("ada", "wrong horse") is None
    assert registry.check_password("bob", PASSWORD) is None


@pytest.mark.parametrize("login", ["ada", "nobody"])
def test_somebody_unknown_costs_as_much_as_a_wrong_password_from_the_first_time_on(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, login: str
) -> None:
    registry.add_account("ada", PASSWORD)
    steps: list[str] = []

    def noted(step: str, do: Callable[..., object]) -> Callable[..., object]:
        return lambda *given: steps.append(step) or do(*given)

    for step in ("hash", "verify"):
        monkeypatch.setattr(PasswordHasher, step, noted(step, getattr(PasswordHasher, step)))

    refused = [registry.check_password(login, "wrong horse") for _ in range(2)]

    assert refused == [None, None]
    assert steps == ["hash", "verify", "verify"]


def test_an_account_without_a_password_can_not_sign_in(registry: Registry) -> None:
    registry.add_account("ada")

    assert registry.check_password("ada", "") is None


def test_a_login_is_there_once(registry: Registry) -> None:
    registry.add_account("ada")

    with pytest.raises(RequestError, match="an account 'ada' already"):
        registry.add_account("ada")


@pytest.mark.parametrize("login", ["", "  ", "a" * 101])
def test_a_login_has_1_to_100_characters(registry: Registry, login: str) -> None:
    with pytest.raises(RequestError, match="1 to 100 characters"):
        registry.add_account(login)


def test_a_password_has_at_least_10_characters(registry: Registry) -> None:
    with pytest.raises(RequestError, match="at least 10 characters"):
        registry.add_account("ada", "123456789")


def test_an_account_may_do_what_it_was_granted_last(registry: Registry, another: Registry) -> None:
    sites = [registry.add_site(name, ["http://a"]).id for name in "AB"]
    registry.add_account("ada")

    registry.grant("ada", sites[0], Access.VIEW)
    registry.grant("ada", sites[0], Access.WRITE)

    account = another.account("ada")
    assert account.may(sites[0], Access.WRITE)
    assert not account.may(sites[0], Access.ADMIN)
    assert not account.may(sites[1], Access.VIEW)


def test_nobody_is_granted_a_site_that_is_not_there(registry: Registry) -> None:
    registry.add_account("ada")

    with pytest.raises(NotFound, match="no site 9"):
        registry.grant("ada", 9, Access.VIEW)
    with pytest.raises(NotFound, match="no account 'bob'"):
        registry.grant("bob", registry.add_site("A", ["http://a"]).id, Access.VIEW)


def test_another_password_ends_every_sign_in(registry: Registry) -> None:
    registry.add_account("ada", PASSWORD)
    secret = registry.sign_in("ada", NOW)

    registry.set_password("ada", "another horse")

    assert registry.signed_in(secret, NOW) is None
    assert registry.check_password("ada", PASSWORD) is None
    assert registry.check_password("ada", "another horse")


def test_no_secret_stands_in_the_database(registry: Registry) -> None:
    registry.add_account("ada", PASSWORD)

    given = [
        registry.create_token("ada", "for tests"),
        registry.create_link("ada", NOW),
        registry.sign_in("ada", NOW),
        PASSWORD,
    ]

    kept = everything_in(registry)
    assert "for tests" in kept
    assert [secret for secret in given if secret in kept] == []


def test_a_link_sets_a_password_once(registry: Registry) -> None:
    registry.add_account("ada")
    secret = registry.create_link("ada", NOW)
    assert registry.login_of_link(secret, NOW) == "ada"

    registry.use_link(secret, PASSWORD, NOW)

    assert registry.check_password("ada", PASSWORD)
    assert registry.login_of_link(secret, NOW) is None
    with pytest.raises(NotSignedIn, match="used, or is too old"):
        registry.use_link(secret, "another horse", NOW)
    assert registry.check_password("ada", PASSWORD)


def test_of_two_who_use_a_link_at_once_one_sets_the_password(registry: Registry, another: Registry) -> None:
    registry.add_account("ada")
    secret = registry.create_link("ada", NOW)
    ready = Barrier(2)
    used = []

    def use(of: Registry, password: str) -> None:
        ready.wait()
        try:
            of.use_link(secret, password, NOW)
            used.append(password)
        except NotSignedIn:
            pass

    threads = [
        Thread(target=use, args=(of, password))
        for of, password in ((registry, "first of two"), (another, "second of two"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(used) == 1
    assert registry.check_password("ada", used[0])


def test_a_password_that_is_too_short_does_not_use_the_link_up(registry: Registry) -> None:
    registry.add_account("ada")
    secret = registry.create_link("ada", NOW)

    with pytest.raises(RequestError, match="at least 10"):
        registry.use_link(secret, "short", NOW)

    registry.use_link(secret, PASSWORD, NOW)


def test_a_link_ends_with_its_time(registry: Registry) -> None:
    registry.add_account("ada")
    secret = registry.create_link("ada", NOW)

    assert registry.login_of_link(secret, NOW + FIRST_LINK - SECOND) == "ada"
    assert registry.login_of_link(secret, NOW + FIRST_LINK) is None
    with pytest.raises(NotSignedIn):
        registry.use_link(secret, PASSWORD, NOW + FIRST_LINK)


def test_a_sign_in_ends_with_its_time(registry: Registry, another: Registry) -> None:
    registry.add_account("ada", PASSWORD)
    secret = registry.sign_in("ada", NOW)

    assert another.signed_in(secret, NOW + SIGN_IN - SECOND) == registry.account("ada")
    assert another.signed_in(secret, NOW + SIGN_IN) is None


def test_a_time_of_another_zone_is_the_same_time(registry: Registry) -> None:
    registry.add_account("ada", PASSWORD)
    elsewhere = timezone(timedelta(hours=9))
    secret = registry.sign_in("ada", NOW.astimezone(elsewhere))

    assert registry.signed_in(secret, NOW + SIGN_IN - SECOND)
    assert registry.signed_in(secret, (NOW + SIGN_IN).astimezone(elsewhere)) is None
    assert registry.signed_in(secret, NOW + SIGN_IN) is None


def test_who_signs_out_is_signed_in_no_more(registry: Registry) -> None:
    registry.add_account("ada", PASSWORD)
    secret, elsewhere = registry.sign_in("ada", NOW), registry.sign_in("ada", NOW)

    registry.sign_out(secret)

    assert registry.signed_in(secret, NOW) is None
    assert registry.signed_in(elsewhere, NOW)


def test_what_is_good_no_more_is_deleted(registry: Registry) -> None:
    registry.add_account("ada", PASSWORD)
    registry.create_link("ada", NOW)
    registry.sign_in("ada", NOW)
    good = registry.sign_in("ada", NOW + SIGN_IN)

    registry.forget_expired(NOW + SIGN_IN)

    with registry._engine.connect() as connection:
        assert connection.execute(select(LINK)).all() == []
        assert len(connection.execute(select(SIGN_INS)).all()) == 1
    assert registry.signed_in(good, NOW + SIGN_IN)


def test_what_was_granted_is_taken_back(registry: Registry, another: Registry) -> None:
    site = registry.add_site("A", ["http://a"])
    registry.add_account("ada")
    registry.grant("ada", site.id, Access.VIEW)

    registry.revoke("ada", site.id)

    assert another.account("ada").access == {}
    with pytest.raises(NotFound):
        registry.revoke("eve", site.id)


def test_nothing_is_left_of_a_deleted_account_but_what_it_shared(registry: Registry) -> None:
    site = registry.add_site("A", ["http://a"])
    registry.add_account("ada", PASSWORD)
    registry.grant("ada", site.id, Access.ADMIN)
    registry.create_token("ada")
    registry.create_link("ada", NOW)
    registry.sign_in("ada", NOW)
    for name, shared in (("hers", False), ("everybody's", True)):
        registry.segments.add(
            SavedSegment(id=0, name=name, definition="a", login="ada", site_id=None, shared=shared, created=NOW)
        )

    registry.delete_account("ada")

    assert [segment.name for segment in registry.segments.all()] == ["everybody's"]
    assert everything_in(registry).count("'ada'") == 1
    with pytest.raises(NotFound):
        registry.delete_account("ada")


def test_there_is_always_a_superuser(registry: Registry, another: Registry) -> None:
    registry.add_account("ada", superuser=True)
    registry.add_account("bob")

    for change in (lambda: registry.delete_account("ada"), lambda: registry.set_superuser("ada", superuser=False)):
        with pytest.raises(RequestError, match="only superuser"):
            change()
    registry.set_superuser("bob", superuser=True)
    registry.set_superuser("ada", superuser=False)

    assert [account.superuser for account in another.accounts()] == [False, True]
