"""What people set up, in one place: sites, accounts, tokens, goals. Secrets are kept as hashes alone."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from msgspec import json, structs
from sqlalchemy import Connection, Engine, Table, delete, event, func, insert, select, update

from pellucid.errors import NotFound, NotSignedIn, RequestError
from pellucid.model.account import Access, Account
from pellucid.model.goal import CustomDimension, DimensionScope, Extraction, Goal
from pellucid.model.rules import ForAllSites, Rules
from pellucid.model.site import Privacy, Site
from pellucid.policy.presets import DEFAULT, PRESETS
from pellucid.policy.retention import FIRST_LINK, SIGN_IN
from pellucid.registry import tables
from pellucid.registry.accounts import delete_account, find_account, set_hash, set_superuser
from pellucid.registry.annotations import Annotations
from pellucid.registry.database import for_change
from pellucid.registry.refusals import Refusals
from pellucid.registry.rows import (
    as_kept,
    check_place,
    checked_row,
    dimensions_of,
    find_site,
    for_all_sites,
    goals_of,
    next_id,
    site_of,
)
from pellucid.registry.saved_segments import SavedSegments
from pellucid.registry.tokens import WHOLE, Reach, add_token, find_token, hash_of, within

SHORTEST_PASSWORD = 10
LONGEST_LOGIN = 100
_NO_PASSWORD = ""


class Registry:
    """Everything that is set up; safe between threads, and between processes on one database.

    `changes` counts what was set up anew through this object; `revision` tells of other processes too.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.changes = 0
        self._seen: tuple[int, dict[int, Site]] = (-1, {})
        # A new connection may be to another file, with the same revision.
        event.listen(engine, "connect", self._forget_seen)
        self.refusals = Refusals(engine)
        self.annotations = Annotations(engine)
        self.segments = SavedSegments(engine)
        self._hasher = PasswordHasher()

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    # Sites

    def sites(self) -> tuple[Site, ...]:
        """Return all sites, by id."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(tables.SITE).order_by(tables.SITE.c.id)).all()
            of_all, goals, dimensions = for_all_sites(connection), goals_of(connection), dimensions_of(connection)
        return tuple(site_of(row, of_all.rules, goals, dimensions) for row in rows)

    def site(self, site_id: int) -> Site:
        """Return one site, or raise `NotFound`."""
        with self._engine.connect() as connection:
            revision, seen = _revision(connection), self._seen
            if seen[0] != revision:
                # Other threads go on with theirs: a site is only ever put to the revision it was read at.
                seen = self._seen = (revision, {})
            if site_id not in seen[1]:
                seen[1][site_id] = find_site(connection, site_id)
            return seen[1][site_id]

    def _forget_seen(self, _connection: object, _record: object) -> None:
        self._seen = (-1, {})

    def add_site(
        self,
        name: str,
        urls: Sequence[str],
        *,
        preset: str = DEFAULT,
        timezone: str = "UTC",
        currency: str = "USD",
        ecommerce: bool = False,
    ) -> Site:
        """Add a site with the privacy settings of a preset; raise `RequestError` where a value is wrong."""
        if preset not in PRESETS:
            raise RequestError(f"There is no preset {preset!r}; there are {', '.join(PRESETS)}.")
        asked_for = Site(
            id=0,
            name=name,
            urls=tuple(urls),
            timezone=timezone,
            currency=currency,
            ecommerce=ecommerce,
            privacy=PRESETS[preset],
            created=datetime.now(UTC),
            of_all=self.for_all_sites().rules,
        )
        site = as_kept(asked_for)
        with self._changing() as connection:
            key = connection.execute(insert(tables.SITE).values(**checked_row(site))).inserted_primary_key
        return structs.replace(site, id=key[0] if key else 0)

    def update_site(self, site_id: int, **changes: str | bool | tuple[str, ...] | Privacy | Rules) -> Site:
        """Change fields of a site, and return it; raise `RequestError` where a value is wrong."""
        return self.change_site(site_id, lambda site: structs.replace(site, **changes))

    def change_site(self, site_id: int, change: Callable[[Site], Site]) -> Site:
        """Change a site to what `change` makes of it, and return it; raise `RequestError` where a value is wrong.

        Of two changes at once the later one is given what the earlier one made.
        """
        with self._changing() as connection:
            site = as_kept(change(find_site(connection, site_id)))
            connection.execute(update(tables.SITE).where(tables.SITE.c.id == site_id).values(**checked_row(site)))
        return site

    def for_all_sites(self) -> ForAllSites:
        """Return what counts for all sites beside what is said of each."""
        with self._engine.connect() as connection:
            return for_all_sites(connection)

    def change_for_all_sites(self, change: Callable[[ForAllSites], ForAllSites]) -> None:
        """Change what counts for all sites to what `change` makes of it; raise `RequestError` where a value is wrong.

        Of two changes at once the later one is given what the earlier one made.
        """
        with self._changing() as connection:
            told = change(for_all_sites(connection))
            told = structs.replace(told, currency=told.currency.upper())
            check_place(told.timezone, told.currency)
            connection.execute(delete(tables.FOR_ALL_SITES))
            connection.execute(insert(tables.FOR_ALL_SITES).values(id=1, told=json.encode(told).decode()))

    def revision(self) -> int:
        """Return a number that grows whenever something is set up anew."""
        with self._engine.connect() as connection:
            return _revision(connection)

    # Accounts

    def add_account(self, login: str, password: str | None = None, *, superuser: bool = False) -> Account:
        """Add somebody who signs in; without a password they can not until a link sets one."""
        if not login.strip() or len(login) > LONGEST_LOGIN:
            raise RequestError(f"A login has 1 to {LONGEST_LOGIN} characters.")
        hashed = _NO_PASSWORD if password is None else self._hash(password)
        with self._changing() as connection:
            if connection.execute(select(tables.ACCOUNT).where(tables.ACCOUNT.c.login == login)).one_or_none():
                raise RequestError(f"There is an account {login!r} already.")
            connection.execute(insert(tables.ACCOUNT).values(login=login, password=hashed, superuser=superuser))
        return Account(login, superuser)

    def accounts(self) -> tuple[Account, ...]:
        """Return everybody who can sign in."""
        with self._engine.connect() as connection:
            logins = connection.execute(select(tables.ACCOUNT.c.login).order_by(tables.ACCOUNT.c.login)).scalars()
            return tuple(find_account(connection, login) for login in logins.all())

    def account(self, login: str) -> Account:
        """Return one account, or raise `NotFound`."""
        with self._engine.connect() as connection:
            return find_account(connection, login)

    def grant(self, login: str, site_id: int, access: Access) -> None:
        """Let an account do something with a site."""
        self.site(site_id)
        with self._changing() as connection:
            find_account(connection, login)
            held = (tables.GRANT.c.login == login) & (tables.GRANT.c.site_id == site_id)
            connection.execute(delete(tables.GRANT).where(held))
            connection.execute(insert(tables.GRANT).values(login=login, site_id=site_id, access=access))

    def revoke(self, login: str, site_id: int) -> None:
        """Let an account do nothing with a site any more."""
        with self._changing() as connection:
            find_account(connection, login)
            held = (tables.GRANT.c.login == login) & (tables.GRANT.c.site_id == site_id)
            connection.execute(delete(tables.GRANT).where(held))

    def set_superuser(self, login: str, *, superuser: bool) -> None:
        """Make an account a superuser, or one that may do nothing yet; raise `RequestError` for the last superuser."""
        with self._changing() as connection:
            set_superuser(connection, login, superuser=superuser)

    def delete_account(self, login: str) -> None:
        """Delete an account with its tokens, sign-ins and own segments; raise `RequestError` for the last superuser."""
        with self._changing() as connection:
            delete_account(connection, login)

    def set_password(self, login: str, password: str) -> None:
        """Set a password, and end every sign-in there was."""
        hashed = self._hash(password)
        with self._changing() as connection:
            set_hash(connection, login, hashed)

    def check_password(self, login: str, password: str) -> Account | None:
        """Return the account if login and password are right."""
        # Somebody unknown costs as much as a wrong password, so that nobody learns which logins exist: also the first
        # time, when this has to be made, whoever asks.
        unknown = self._unknown
        with self._engine.connect() as connection:
            stored = connection.execute(
                select(tables.ACCOUNT.c.password).where(tables.ACCOUNT.c.login == login),
            ).scalar()
        try:
            self._hasher.verify(stored or unknown, password)
        except VerificationError:
            return None
        return self.account(login) if stored else None

    @cached_property
    def _unknown(self) -> str:
        return self._hasher.hash(secrets.token_hex())

    def _hash(self, password: str) -> str:
        if len(password) < SHORTEST_PASSWORD:
            raise RequestError(f"A password has at least {SHORTEST_PASSWORD} characters.")
        return self._hasher.hash(password)

    # Secrets that stand for an account

    def create_token(self, login: str, description: str = "", reach: Reach = WHOLE) -> str:
        """Return a new token of an account, good for no more than `reach`. It is shown this once."""
        with self._changing() as connection:
            find_account(connection, login)
            return add_token(connection, login, description, reach)

    def bearer(self, token: str) -> Account | None:
        """Return what a token may do now, as an account; None if it is nobody's, or expired."""
        with self._engine.connect() as connection:
            found = find_token(connection, token, datetime.now(UTC))
            return None if found is None else within(connection, find_account(connection, found.login), found.reach)

    def create_link(self, login: str, now: datetime, lifetime: timedelta = FIRST_LINK) -> str:
        """Return the secret of a link with which an account sets its password, once."""
        return self._secret(tables.LINK, login, now + lifetime)

    def use_link(self, secret: str, password: str, now: datetime) -> Account:
        """Set the password of the account a link is for, and end the link; raise `NotSignedIn` if it is no more."""
        hashed = self._hash(password)
        with self._changing() as connection:
            # Whoever deletes the link has it: of two at once, one.
            good = (tables.LINK.c.hash == hash_of(secret)) & (tables.LINK.c.expires > now)
            login = connection.execute(delete(tables.LINK).where(good).returning(tables.LINK.c.login)).scalar()
            if login is None:
                raise NotSignedIn("This link was used, or is too old. 'pellucid account link LOGIN' makes another.")
            connection.execute(delete(tables.LINK).where(tables.LINK.c.login == login))
            set_hash(connection, login, hashed)
            return find_account(connection, login)

    def login_of_link(self, secret: str, now: datetime) -> str | None:
        """Return whose link this is, if it is good."""
        return self._login(tables.LINK, secret, now)

    def sign_in(self, login: str, now: datetime) -> str:
        """Return the secret by which a browser stays signed in."""
        return self._secret(tables.SIGN_IN, login, now + SIGN_IN)

    def signed_in(self, secret: str, now: datetime) -> Account | None:
        """Return who is signed in with a secret."""
        login = self._login(tables.SIGN_IN, secret, now)
        return None if login is None else self.account(login)

    def sign_out(self, secret: str) -> None:
        """End a sign-in."""
        with self._changing() as connection:
            connection.execute(delete(tables.SIGN_IN).where(tables.SIGN_IN.c.hash == hash_of(secret)))

    def forget_expired(self, now: datetime) -> None:
        """Delete the links, sign-ins and tokens that are good no more."""
        with for_change(self._engine).begin() as connection:
            for table in (tables.LINK, tables.SIGN_IN, tables.TOKEN):
                connection.execute(delete(table).where(table.c.expires <= now))

    def _secret(self, table: Table, login: str, expires: datetime) -> str:
        secret = secrets.token_urlsafe(24)
        with self._changing() as connection:
            find_account(connection, login)
            connection.execute(insert(table).values(hash=hash_of(secret), login=login, expires=expires))
        return secret

    def _login(self, table: Table, secret: str, now: datetime) -> str | None:
        with self._engine.connect() as connection:
            good = (table.c.hash == hash_of(secret)) & (table.c.expires > now)
            return connection.execute(select(table.c.login).where(good)).scalar()

    # Goals and custom dimensions

    def add_goal(self, goal: Goal) -> Goal:
        """Add a goal under the next id of its site."""
        self.site(goal.site_id)
        with self._changing() as connection:
            added = structs.replace(goal, id=next_id(connection, tables.GOAL, goal.site_id))
            connection.execute(insert(tables.GOAL).values(**structs.asdict(added)))
        return added

    def goals(self, site_id: int) -> tuple[Goal, ...]:
        """Return the goals of a site, by id."""
        with self._engine.connect() as connection:
            return goals_of(connection, site_id)

    def update_goal(self, goal: Goal) -> None:
        """Change a goal of a site; raise `NotFound` if there is none of its number."""
        self._change_one(tables.GOAL, goal.site_id, goal.id, structs.asdict(goal), "goal")

    def delete_goal(self, site_id: int, goal_id: int) -> None:
        """Delete a goal: it is reached no more, and its number is given to no other."""
        self._change_one(tables.GOAL, site_id, goal_id, {"deleted": True}, "goal")

    def update_dimension(self, dimension: CustomDimension) -> None:
        """Change the name of a custom dimension, what it is read off, and whether it is active."""
        fields = ("name", "active", "case_sensitive")
        values = {name: getattr(dimension, name) for name in fields}
        values["extractions"] = json.encode(dimension.extractions).decode()
        self._change_one(tables.DIMENSION, dimension.site_id, dimension.id, values, "custom dimension")

    def delete_dimension(self, site_id: int, dimension_id: int) -> None:
        """Delete a custom dimension: its values are told no more, and its number and index are given to no other."""
        self._change_one(tables.DIMENSION, site_id, dimension_id, {"deleted": True}, "custom dimension")

    def _change_one(self, table: Table, site_id: int, number: int, values: Mapping[str, object], what: str) -> None:
        chosen = (table.c.site_id == site_id) & (table.c.id == number) & ~table.c.deleted
        with self._changing() as connection:
            if not connection.execute(update(table).where(chosen).values(**values)).rowcount:
                raise NotFound(f"The site {site_id} has no {what} {number}.")

    def add_dimension(
        self,
        site_id: int,
        name: str,
        scope: DimensionScope,
        *,
        active: bool,
        extractions: tuple[Extraction, ...] = (),
        case_sensitive: bool = True,
    ) -> CustomDimension:
        """Add a custom dimension under the next id of its site."""
        self.site(site_id)
        with self._changing() as connection:
            alike = (tables.DIMENSION.c.site_id == site_id) & (tables.DIMENSION.c.scope == scope)
            added = CustomDimension(
                site_id=site_id,
                id=next_id(connection, tables.DIMENSION, site_id),
                index=(connection.execute(select(func.count()).where(alike)).scalar() or 0) + 1,
                scope=scope,
                name=name,
                active=active,
                extractions=extractions,
                case_sensitive=case_sensitive,
            )
            told = structs.asdict(added) | {"extractions": json.encode(added.extractions).decode()}
            connection.execute(insert(tables.DIMENSION).values(**told))
        return added

    def dimensions(self, site_id: int) -> tuple[CustomDimension, ...]:
        """Return the custom dimensions of a site, by id."""
        with self._engine.connect() as connection:
            return dimensions_of(connection, site_id)

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        """Give a transaction that also raises the revision, so that other processes see that something changed."""
        with for_change(self._engine).begin() as connection:
            # First, so that on PostgreSQL too one change waits for the other.
            connection.execute(update(tables.REVISION).values(number=tables.REVISION.c.number + 1))
            yield connection
        self.changes += 1


def _revision(connection: Connection) -> int:
    return connection.execute(select(tables.REVISION.c.number)).scalar() or 0
