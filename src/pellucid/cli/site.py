"""`pellucid site`: what is measured."""

from contextlib import closing
from pathlib import Path

import click
from msgspec import json
from rich.console import Console
from rich.table import Table

from pellucid.app.registry import open_registry
from pellucid.cli.options import data_option, example, settings_of
from pellucid.cli.site_privacy import site_privacy
from pellucid.policy.presets import DEFAULT, PRESETS


@click.group()
def site() -> None:
    """Add, list and change sites."""


site.add_command(site_privacy)


@site.command(
    "add",
    epilog=example('pellucid site add "My shop" https://shop.example --timezone Europe/Vienna --currency EUR'),
)
@click.argument("name")
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.option(
    "--preset",
    type=click.Choice(list(PRESETS)),
    default=DEFAULT,
    show_default=True,
    help="The privacy settings to begin with.",
)
@click.option("--timezone", default="UTC", show_default=True, metavar="TZ", help="The zone of the site's days.")
@click.option("--currency", default="USD", show_default=True, metavar="C", help="The currency of its orders.")
@click.option("--ecommerce", is_flag=True, help="The site sells something.")
@data_option
def add(
    name: str,
    urls: tuple[str, ...],
    preset: str,
    timezone: str,
    currency: str,
    data: Path,
    *,
    ecommerce: bool,
) -> None:
    """Add a site called NAME with pages below URL, and print its id."""
    with closing(open_registry(settings_of(data))) as registry:
        added = registry.add_site(
            name,
            urls,
            preset=preset,
            timezone=timezone,
            currency=currency,
            ecommerce=ecommerce,
        )
    click.echo(added.id)


@site.command("list", epilog=example("pellucid site list --json"))
@click.option("--json", "as_json", is_flag=True, help="Print the sites as JSON.")
@data_option
def list_sites(data: Path, *, as_json: bool) -> None:
    """List the sites."""
    with closing(open_registry(settings_of(data))) as registry:
        sites = registry.sites()
    if as_json:
        click.echo(json.format(json.encode(sites)).decode())
        return
    table = Table("id", "name", "addresses", "time zone", "preset", show_edge=False)
    for each in sites:
        table.add_row(str(each.id), each.name, "\n".join(each.urls), each.timezone, each.privacy.preset)
    Console(highlight=False, markup=False).print(table)
