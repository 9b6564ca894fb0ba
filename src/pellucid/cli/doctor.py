"""`pellucid doctor`: what is wrong with an installation, and what to do about it."""

import sys
from pathlib import Path

import click
from msgspec import json
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pellucid.cli.checks import Check, State, checks
from pellucid.cli.options import data_option, example, settings_of

_STYLES = {State.OK: "green", State.WARNING: "yellow", State.PROBLEM: "bold red"}


@click.command(epilog=example("pellucid doctor --data /var/lib/pellucid"))
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
@data_option
def doctor(data: Path, *, as_json: bool) -> None:
    """Say what is wrong with an installation, and what to do.

    Ends with status 1 if there is a problem. Changes nothing.
    """
    found = checks(settings_of(data))
    if as_json:
        click.echo(json.format(json.encode(found)).decode())
    else:
        _tell(found)
    sys.exit(1 if any(check.state is State.PROBLEM for check in found) else 0)


def _tell(found: list[Check]) -> None:
    table = Table("", "", "", show_header=False, show_edge=False, box=None, pad_edge=False)
    for check in found:
        advice = f"\n→ {check.advice}" if check.advice else ""
        table.add_row(Text(check.state, _STYLES[check.state]), check.name, Text(check.told + advice))
    Console(highlight=False).print(table)
