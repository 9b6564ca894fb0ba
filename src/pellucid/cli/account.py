"""`pellucid account` and `pellucid token`: who may see and change what."""

import sys
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from msgspec import json
from rich.console import Console
from rich.table import Table

from pellucid.app.registry import open_registry
from pellucid.cli.options import data_option, example, settings_of
from pellucid.model.account import Access, Account
from pellucid.registry.registry import Registry
from pellucid.registry.tokens import Reach

PATH_OF_A_LINK = "/dashboard/welcome/"
SCOPES: Mapping[str, Access] = {"read": Access.VIEW, "write": Access.WRITE, "admin": Access.ADMIN}
MOST_DAYS = 36_500
_EVERYTHING = "admin"


@click.group()
def account() -> None:
    """Add accounts, and say what they may do."""


@account.command(
    "add",
    epilog=example("pellucid account add anna", "pellucid account add ben --superuser --password-stdin < password.txt"),
)
@click.argument("login")
@click.option("--superuser", is_flag=True, help="The account may do everything with every site.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@data_option
def add(login: str, data: Path, *, superuser: bool, password_stdin: bool) -> None:
    """Add an account that signs in as LOGIN.

    Without --password-stdin this prints the path of a link, on the server's address, with which the account chooses its
    password; it works once.
    """
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    with closing(open_registry(settings_of(data))) as registry:
        registry.add_account(login, password, superuser=superuser)
        if password is None:
            _print_link(registry, login)


@account.command("link", epilog=example("pellucid account link anna"))
@click.argument("login")
@data_option
def link(login: str, data: Path) -> None:
    """Print the path of a link with which LOGIN chooses a new password, once."""
    with closing(open_registry(settings_of(data))) as registry:
        _print_link(registry, login)


@account.command("grant", epilog=example("pellucid account grant anna 1 view"))
@click.argument("login")
@click.argument("site_id", metavar="SITE", type=int)
@click.argument("access", type=click.Choice([access.value for access in Access]))
@data_option
def grant(login: str, site_id: int, access: str, data: Path) -> None:
    """Let LOGIN view the reports of a site, write hits of the past to it, or administer it.

    Each includes the one before. SITE is the site's id.
    """
    with closing(open_registry(settings_of(data))) as registry:
        registry.grant(login, site_id, Access(access))


@account.command("list", epilog=example("pellucid account list"))
@click.option("--json", "as_json", is_flag=True, help="Print the accounts as JSON.")
@data_option
def list_accounts(data: Path, *, as_json: bool) -> None:
    """List the accounts and what they may do."""
    with closing(open_registry(settings_of(data))) as registry:
        accounts = registry.accounts()
    if as_json:
        click.echo(json.format(json.encode(accounts)).decode())
        return
    table = Table("login", "may", show_edge=False)
    for each in accounts:
        table.add_row(each.login, _allowed(each))
    Console(highlight=False, markup=False).print(table)


@click.group()
def token() -> None:
    """Create tokens for programs."""


@token.command(
    "create",
    epilog=example('pellucid token create anna --site 1 --scope read --days 90 --description "monthly report"'),
)
@click.argument("login")
@click.option("--site", "site_ids", type=int, multiple=True, metavar="ID", help="A site it is good for; else all.")
@click.option(
    "--scope",
    type=click.Choice(list(SCOPES)),
    default=_EVERYTHING,
    show_default=True,
    help="What it may do at most: read reports, also write hits of the past, also administer.",
)
@click.option("--days", type=click.IntRange(1, MOST_DAYS), metavar="N", help="It expires after N days; else never.")
@click.option("--description", default="", help="What it is for.")
@data_option
def create(login: str, site_ids: tuple[int, ...], scope: str, days: int | None, description: str, data: Path) -> None:
    """Print a new token with which a program may do what LOGIN may do, or less.

    It is printed this once, and only its hash is kept. The native API takes it as a bearer in the Authorization
    header, Matomo's interfaces as token_auth too.
    """
    expires = None if days is None else datetime.now(UTC) + timedelta(days=days)
    with closing(open_registry(settings_of(data))) as registry:
        for site_id in site_ids:
            registry.site(site_id)
        created = registry.create_token(login, description, Reach(site_ids or None, SCOPES[scope], expires))
    click.echo(created)


def _print_link(registry: Registry, login: str) -> None:
    click.echo(PATH_OF_A_LINK + registry.create_link(login, datetime.now(UTC)))


def _allowed(account: Account) -> str:
    if account.superuser:
        return "everything"
    granted = sorted(account.access.items())
    return ", ".join(f"{access} site {site_id}" for site_id, access in granted) or "nothing yet"
