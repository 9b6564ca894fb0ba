"""`pellucid ingest`: the process that moves hits to the store."""

from pathlib import Path

import click

from pellucid.app.ingest import run_ingest
from pellucid.cli.options import data_option
from pellucid.cli.part import settings_of_part, watched, with_store


@click.command(hidden=True)
@data_option
@watched
def ingest(data: Path, descriptor: None, *, watched: bool) -> None:  # noqa: ARG001 -- ingest listens on nothing
    """Run ingest alone; the setting clickhouse_url names the store."""
    run_ingest(with_store(settings_of_part(data, watched=watched)))
