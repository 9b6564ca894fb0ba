from datetime import UTC, datetime, timedelta

from pellucid.model.account import Access, Account
from pellucid.registry.registry import Registry
from pellucid.registry.tokens import Reach
from unit.registry.contents import everything_in

NOW = datetime(2025, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PASSWORD = "correct horse"


def test_a_token_may_do_what_its_account_may(registry: Registry, another: Registry) -> None:
    site = registry.add_site("A", ["http://a"])
    registry.add_account("ada")
    token = registry.create_token("ada")
    registry.grant("ada", site.id, Access.WRITE)

    bearer = another.bearer(token)

    assert bearer == registry.account("ada")
    assert another.bearer(token[:-1] + "x") is None


def test_a_token_for_some_sites_is_good_for_these_alone(registry: Registry) -> None:
    sites = [registry.add_site(name, ["http://a"]).id for name in "ABC"]
    registry.add_account("ada")
    registry.add_account("root", superuser=True)
    for site in sites[:2]:
        registry.grant("ada", site, Access.VIEW)

    of_ada = registry.bearer(registry.create_token("ada", reach=Reach(sites[1:])))
    of_root = registry.bearer(registry.create_token("root", reach=Reach(sites[:1])))

    assert of_ada is not None
    assert of_root is not None
    assert of_ada.access == {sites[1]: Access.VIEW}
    assert of_root.access == {sites[0]: Access.ADMIN}
    assert not of_root.superuser


def test_a_token_may_no_more_than_its_scope_says(registry: Registry) -> None:
    sites = [registry.add_site(name, ["http://a"]).id for name in "AB"]
    registry.add_account("ada")
    registry.add_account("root", superuser=True)
    registry.grant("ada", sites[0], Access.VIEW)
    registry.grant("ada", sites[1], Access.ADMIN)

    of_ada = registry.bearer(registry.create_token("ada", reach=Reach(most=Access.WRITE)))
    of_root = registry.bearer(registry.create_token("root", reach=Reach(most=Access.VIEW)))

    assert of_ada == Account("ada", access={sites[0]: Access.VIEW, sites[1]: Access.WRITE})
    assert of_root == Account("root", access=dict.fromkeys(sites, Access.VIEW), reads_only=True)


def test_an_expired_token_is_nobodys_and_is_deleted(registry: Registry) -> None:
    now = datetime.now(UTC)
    registry.add_account("ada")
    gone = registry.create_token("ada", "of yesterday", Reach(expires=now - timedelta(seconds=1)))
    good = registry.create_token("ada", "of today", Reach(expires=now + timedelta(days=1)))

    registry.forget_expired(now)

    assert registry.bearer(gone) is None
    assert registry.bearer(good) == Account("ada")
    assert "of yesterday" not in everything_in(registry)
    assert "of today" in everything_in(registry)
