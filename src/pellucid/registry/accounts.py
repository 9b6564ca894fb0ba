"""Who signs in, as it stands in the registry: read, changed and deleted within a transaction."""

from sqlalchemy import Connection, delete, func, select, update

from pellucid.errors import NotFound, RequestError
from pellucid.model.account import Access, Account
from pellucid.registry.tables import ACCOUNT, GRANT, LINK, SEGMENT, SIGN_IN, TOKEN


def find_account(connection: Connection, login: str) -> Account:
    """Return an account with what it was granted, or raise `NotFound`."""
    row = connection.execute(select(ACCOUNT).where(ACCOUNT.c.login == login)).one_or_none()
    if row is None:
        raise NotFound(f"There is no account {login!r}.")
    grants = connection.execute(select(GRANT).where(GRANT.c.login == login))
    return Account(login, row.superuser, {grant.site_id: Access(grant.access) for grant in grants})


def set_hash(connection: Connection, login: str, hashed: str) -> None:
    """Set a password, as it is kept, and end every sign-in there was."""
    connection.execute(update(ACCOUNT).where(ACCOUNT.c.login == login).values(password=hashed))
    connection.execute(delete(SIGN_IN).where(SIGN_IN.c.login == login))


def set_superuser(connection: Connection, login: str, *, superuser: bool) -> None:
    """Make an account a superuser, or one that may do nothing yet; raise `RequestError` for the last superuser."""
    account = find_account(connection, login)
    if account.superuser and not superuser:
        _not_the_last(connection, login)
    connection.execute(delete(GRANT).where(GRANT.c.login == login))
    connection.execute(update(ACCOUNT).where(ACCOUNT.c.login == login).values(superuser=superuser))


def delete_account(connection: Connection, login: str) -> None:
    """Delete an account with all that stands for it, and its own segments; raise as `set_superuser` does.

    What it shared with others stays.
    """
    if find_account(connection, login).superuser:
        _not_the_last(connection, login)
    for table in (GRANT, TOKEN, LINK, SIGN_IN):
        connection.execute(delete(table).where(table.c.login == login))
    connection.execute(delete(SEGMENT).where((SEGMENT.c.login == login) & ~SEGMENT.c.shared))
    connection.execute(delete(ACCOUNT).where(ACCOUNT.c.login == login))


def _not_the_last(connection: Connection, login: str) -> None:
    others = ACCOUNT.c.superuser & (ACCOUNT.c.login != login)
    if not connection.execute(select(func.count()).select_from(ACCOUNT).where(others)).scalar():
        raise RequestError(f"The account {login!r} is the only superuser, and there has to be one.")
