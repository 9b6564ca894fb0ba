"""`pellucid account` and `pellucid token`: who may see and change what."""

import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click
from msgspec import json
from rich.console import Console
from rich.table import Table

from pellucid.app import open_registry
from pellucid.cli.options import data_option, example, settings_of
from pellucid.model.account import Access, Account
from pellucid.registry.registry import Registry

PATH_OF_A_LINK = "/dashboard/welcome/"


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


@token.command("create", epilog=example('pellucid token create anna --site 1 --description "monthly report"'))
@click.argument("login")
@click.option("--site", "site_ids", type=int, multiple=True, metavar="ID", help="A site it is good for; else all.")
@click.option("--description", default="", help="What it is for.")
@data_option
def create(login: str, site_ids: tuple[int, ...], description: str, data: Path) -> None:
    """Print a new token with which a program may do what LOGIN may do.

    It is printed this once, and only its hash is kept. Matomo's interfaces take it as token_auth.
    """
    with closing(open_registry(settings_of(data))) as registry:
        for site_id in site_ids:
            registry.site(site_id)
        created = registry.create_token(login, description, site_ids or None)
    click.echo(created)


def _print_link(registry: Registry, login: str) -> None:
    click.echo(PATH_OF_A_LINK + registry.create_link(login, datetime.now(UTC)))


def _allowed(account: Account) -> str:
    if account.superuser:
        return "everything"
    granted = sorted(account.access.items())
    return ", ".join(f"{access} site {site_id}" for site_id, access in granted) or "nothing yet"
