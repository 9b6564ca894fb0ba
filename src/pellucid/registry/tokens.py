"""Tokens of programs: what each may do, for which sites and until when. Of a token its hash alone is kept."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

from msgspec import Struct, json
from sqlalchemy import Connection, insert, select

from pellucid.model.account import Access, Account
from pellucid.registry.tables import SITE, TOKEN


class Reach(Struct, frozen=True):
    """What a token may do at most: `most` with these sites (None: all that its account may), until it expires."""

    site_ids: Sequence[int] | None = None
    most: Access = Access.ADMIN
    expires: datetime | None = None


WHOLE = Reach()
"""All that its account may do, for good."""


class Token(Struct, frozen=True):
    """Whose token it is, and what it may do at most."""

    login: str
    reach: Reach


def hash_of(secret: str) -> str:
    """Return a secret as it is kept. It is random and long, so one round of a plain hash can not be guessed back."""
    return sha256(secret.encode()).hexdigest()


def add_token(connection: Connection, login: str, description: str, reach: Reach) -> str:
    """Keep a new token of an account, and return it."""
    token = secrets.token_hex(16)
    connection.execute(
        insert(TOKEN).values(
            hash=hash_of(token),
            login=login,
            description=description,
            site_ids=json.encode(reach.site_ids).decode(),
            scope=reach.most,
            expires=reach.expires,
            created=datetime.now(UTC),
        ),
    )
    return token


def find_token(connection: Connection, token: str, now: datetime) -> Token | None:
    """Return what is known of a token; None if it is nobody's, or expired."""
    row = connection.execute(select(TOKEN).where(TOKEN.c.hash == hash_of(token))).one_or_none()
    if row is None or (row.expires is not None and row.expires <= now):
        return None
    reach = Reach(json.decode(row.site_ids, type=list[int] | None), Access(row.scope), row.expires)
    return Token(row.login, reach)


def within(connection: Connection, account: Account, reach: Reach) -> Account:
    """Return an account as a token of such a reach makes it."""
    if reach.site_ids is None and reach.most is Access.ADMIN:
        return account
    held = account.access
    if account.superuser:
        held = dict.fromkeys(connection.execute(select(SITE.c.id)).scalars(), Access.ADMIN)
    chosen = {site: access for site, access in held.items() if reach.site_ids is None or site in reach.site_ids}
    access = {site: access.at_most(reach.most) for site, access in chosen.items()}
    return Account(account.login, access=access, reads_only=reach.most is Access.VIEW)
