"""`pellucid privacy`: what Pellucid promises to visitors, as it stands in the code."""

import click
from rich.console import Console
from rich.table import Table

from pellucid.cli.cookies_page import told
from pellucid.cli.options import example
from pellucid.policy.states import rows


@click.group()
def privacy() -> None:
    """What Pellucid promises to visitors."""


@privacy.command(epilog=example("pellucid privacy states"))
@click.option("--state", "wanted", metavar="WORDS", default="", help="Only states whose name has these words in it.")
def states(wanted: str) -> None:
    """Print what is sent and kept in every state a visitor can be in."""
    table = Table("state", "step", "fetches", "sends", "id", "browser", "kept in the browser", box=None, pad_edge=False)
    before = ""
    for state, step, outcome in rows():
        if wanted.lower() not in state.name.lower():
            continue
        if before and state.name != before:
            table.add_section()
        words = (word.replace("`", "") for word in told(outcome))
        table.add_row(state.name if state.name != before else "", str(step), *words)
        before = state.name
    if not before:
        raise click.BadParameter(f"No state has {wanted!r} in its name.", param_hint="--state")
    Console(highlight=False).print(table)
