from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier, Thread

import pytest
from argon2 import PasswordHasher
from msgspec import structs
from sqlalchemy import select

from pellucid.errors import NotFound, NotSignedIn, RequestError
from pellucid.model.account import Access
from pellucid.model.goal import DimensionScope, Goal
from pellucid.model.saved_segment import SavedSegment
from pellucid.policy.presets import PRESETS
from pellucid.policy.retention import FIRST_LINK, SIGN_IN
from pellucid.registry.registry import Registry
from pellucid.registry.tables import LINK
from pellucid.registry.tables import SIGN_IN as SIGN_INS
from unit.registry.contents import everything_in

NOW = datetime(2025, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PASSWORD = "correct horse"


def a_goal(site_id: int, name: str = "Order") -> Goal:
    fields = dict.fromkeys(Goal.__struct_fields__, "")
    numbers = {"site_id": site_id, "id": 0, "case_sensitive": False, "allow_multiple": False, "revenue": 1.5}
    return Goal(**fields | numbers | {"use_event_value_as_revenue": True, "name": name})  # type: ignore[arg-type]


# Sites


def test_a_site_is_kept_as_it_was_set_up(registry: Registry, another: Registry) -> None:
    site = registry.add_site("A", ["https://a", "http://b"], preset="matomo", timezone="Europe/Berlin", currency="eur")

    assert another.site(site.id) == site
    assert another.sites() == (site,)
    assert (site.currency, site.privacy, site.timezone) == ("EUR", PRESETS["matomo"], "Europe/Berlin")


def test_a_site_that_is_not_there_is_not_found(registry: Registry) -> None:
    with pytest.raises(NotFound, match="There is no site 7"):
        registry.site(7)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": " "}, "A site needs a name"),
        ({"urls": []}, "at least one address"),
        ({"urls": ["a.example"]}, "'a.example' does not"),
        ({"urls": ["ftp://a"]}, "http:// or https://"),
        ({"timezone": "Mars/Base"}, "no time zone 'Mars/Base'"),
        ({"currency": "EURO"}, "three letters"),
        ({"preset": "none"}, "no preset 'none'; there are cookieless"),
    ],
)
def test_a_wrong_value_of_a_site_is_told(registry: Registry, wrong: dict[str, str], told: str) -> None:
    values: dict[str, object] = {"name": "A", "urls": ["http://a"]}

    with pytest.raises(RequestError, match=told):
        registry.add_site(**values | wrong)  # type: ignore[arg-type]

    assert registry.sites() == ()


def test_settings_of_a_site_are_changed(registry: Registry, another: Registry) -> None:
    site = registry.add_site("A", ["http://a"])

    changed = registry.update_site(site.id, name="B", privacy=structs.replace(site.privacy, retention_days=None))

    assert another.site(site.id) == changed
    assert changed.privacy.retention_days is None


def test_a_change_that_is_wrong_changes_nothing(registry: Registry) -> None:
    site = registry.add_site("A", ["http://a"])

    with pytest.raises(RequestError):
        registry.update_site(site.id, timezone="Mars/Base")

    assert registry.site(site.id) == site


# Revision


def test_every_change_is_seen_by_another_process(registry: Registry, another: Registry) -> None:
    seen = [another.revision()]

    def changed() -> bool:
        seen.append(another.revision())
        return seen[-1] > seen[-2]

    site = registry.add_site("A", ["http://a"])
    assert changed()
    registry.update_site(site.id, name="B")
    assert changed()
    registry.add_account("ada", PASSWORD)
    assert changed()
    registry.grant("ada", site.id, Access.VIEW)
    assert changed()
    registry.create_token("ada")
    assert changed()
    registry.add_goal(a_goal(site.id))
    assert changed()
    registry.add_dimension(site.id, "Type", DimensionScope.VISIT, active=True)
    assert changed()


def test_a_question_is_no_change(registry: Registry) -> None:
    registry.add_account("ada", PASSWORD)
    before = registry.revision()

    registry.check_password("ada", PASSWORD)
    registry.bearer("0" * 32)
    registry.forget_expired(NOW)

    assert registry.revision() == before


# Accounts


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


# Secrets


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


# Goals and custom dimensions


def test_goals_are_numbered_by_site(registry: Registry, another: Registry) -> None:
    first, second = (registry.add_site(name, ["http://a"]).id for name in "AB")

    added = [registry.add_goal(a_goal(site, name)) for site, name in ((first, "x"), (first, "y"), (second, "z"))]

    assert [goal.id for goal in added] == [1, 2, 1]
    assert another.goals(first) == tuple(added[:2])
    assert another.goals(second) == (added[2],)


def test_dimensions_are_numbered_by_site_and_indexed_by_scope(registry: Registry, another: Registry) -> None:
    site = registry.add_site("A", ["http://a"]).id
    scopes = (DimensionScope.VISIT, DimensionScope.ACTION, DimensionScope.VISIT)

    added = tuple(registry.add_dimension(site, f"{scope}", scope, active=True) for scope in scopes)

    assert [(dimension.id, dimension.index) for dimension in added] == [(1, 1), (2, 1), (3, 2)]
    assert another.dimensions(site) == added


def test_what_is_deleted_is_told_and_changed_no_more_and_its_number_is_nobody_elses(registry: Registry) -> None:
    site = registry.add_site("A", ["http://a"]).id
    goal = registry.add_goal(a_goal(site))
    dimension = registry.add_dimension(site, "Type", DimensionScope.VISIT, active=True)

    registry.delete_goal(site, goal.id)
    registry.delete_dimension(site, dimension.id)

    assert (registry.site(site).goals, registry.site(site).dimensions, registry.dimensions(site)) == ((), (), ())
    for change in (lambda: registry.update_goal(goal), lambda: registry.update_dimension(dimension)):
        with pytest.raises(NotFound):
            change()
    assert registry.add_goal(a_goal(site)).id == 2
    added = registry.add_dimension(site, "Size", DimensionScope.VISIT, active=True)
    assert (added.id, added.index) == (2, 2)


def test_goals_that_are_added_at_once_get_numbers_of_their_own(registry: Registry, another: Registry) -> None:
    site = registry.add_site("A", ["http://a"]).id
    adding = [
        Thread(target=lambda of=of: [of.add_goal(a_goal(site)) for _ in range(10)]) for of in (registry, another) * 2
    ]
    for thread in adding:
        thread.start()
    for thread in adding:
        thread.join()

    assert [goal.id for goal in registry.goals(site)] == list(range(1, 41))


def test_a_site_that_is_not_there_has_no_goals(registry: Registry) -> None:
    with pytest.raises(NotFound, match="no site 9"):
        registry.add_goal(a_goal(9))
    with pytest.raises(NotFound, match="no site 9"):
        registry.add_dimension(9, "Type", DimensionScope.VISIT, active=True)


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
