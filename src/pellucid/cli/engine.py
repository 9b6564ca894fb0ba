"""`pellucid engine`: the process that is the store."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import click

from pellucid.app.engine import run_engine
from pellucid.app.layout import layout
from pellucid.cli.options import data_option
from pellucid.cli.part import settings_of_part, socket_of, watched, with_store
from pellucid.cli.running import LOOPBACK
from pellucid.config import Settings
from pellucid.errors import ConfigurationError


@click.command(hidden=True)
@data_option
@click.option("--port", type=int, default=8123, show_default=True, help="The port to listen on, on loopback.")
@watched
def engine(data: Path, port: int, descriptor: int | None, *, watched: bool) -> None:
    """Run the embedded engine alone; the setting clickhouse_url says by which secret it is asked."""
    settings = settings_of_part(data, watched=watched)
    run_engine(layout(settings).engine, socket_of(LOOPBACK, port, descriptor), _secret(settings))


def _secret(settings: Settings) -> str:
    password = unquote(urlsplit(with_store(settings).clickhouse_url).password or "")
    if not password:
        raise ConfigurationError("PELLUCID_CLICKHOUSE_URL has no password; the engine asks for one.")
    return password
