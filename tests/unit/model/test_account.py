import pytest

from pellucid.model.account import Access, Account

VIEW, WRITE, ADMIN = Access.VIEW, Access.WRITE, Access.ADMIN


@pytest.mark.parametrize(
    ("held", "allowed"),
    [(None, []), (VIEW, [VIEW]), (WRITE, [VIEW, WRITE]), (ADMIN, [VIEW, WRITE, ADMIN])],
)
def test_each_access_includes_the_one_before(held: Access | None, allowed: list[Access]) -> None:
    account = Account("somebody", access={} if held is None else {1: held})

    assert [wanted for wanted in Access if account.may(1, wanted)] == allowed
    assert not any(account.may(2, wanted) for wanted in Access)


def test_a_superuser_may_do_everything_with_every_site() -> None:
    account = Account("root", superuser=True)

    assert all(account.may(site, wanted) for site in (1, 2, 99) for wanted in Access)
