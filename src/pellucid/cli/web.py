"""`pellucid web`: one web process."""

from pathlib import Path

import click

from pellucid.app.web import run_web
from pellucid.cli.options import data_option
from pellucid.cli.part import settings_of_part, socket_of, watched, with_store


@click.command(hidden=True)
@data_option
@click.option("--host", help="The address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=int, help="The port to listen on.  [default: 8080]")
@watched
def web(data: Path, host: str | None, port: int | None, descriptor: int | None, *, watched: bool) -> None:
    """Run one web process alone; the setting clickhouse_url names the store."""
    settings = settings_of_part(data, watched=watched, host=host, port=port)
    run_web(with_store(settings), socket_of(settings.host, settings.port, descriptor))
