"""`pellucid serve`: the server and its parts, each of which can also be started alone."""

import os
from datetime import UTC, datetime
from pathlib import Path

import click
from msgspec import structs

from pellucid.app.layout import layout
from pellucid.app.registry import open_registry
from pellucid.cli.options import data_option, example, settings_of
from pellucid.cli.part import listening
from pellucid.cli.running import Running, alone, engine_of
from pellucid.cli.watch import Part, shared_numbers, watch
from pellucid.config import Settings
from pellucid.log import log_discreetly
from pellucid.operators import SHARED
from pellucid.serving import until_told_to_end

FIRST_LOGIN = "admin"


@click.command(epilog=example("pellucid serve --data /var/lib/pellucid --port 8080 --workers 2"))
@data_option
@click.option("--host", help="The address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=int, help="The port to listen on.  [default: 8080]")
@click.option("--workers", type=click.IntRange(1, 64), help="How many web processes.  [default: 1]")
def serve(data: Path, host: str | None, port: int | None, workers: int | None) -> None:
    """Run the server: web, ingest and engine, watched and started again when one ends."""
    log_discreetly()
    ending = until_told_to_end()
    settings = settings_of(data, host=host, port=port, workers=workers)
    at = layout(settings)
    listener = listening(settings.host, settings.port)
    settings = structs.replace(settings, port=listener.getsockname()[1])
    environment = dict(os.environ)
    engines, store_url = [], settings.clickhouse_url
    if not store_url:
        part, store_url = engine_of(data)
        engines = [part]
        environment["PELLUCID_CLICKHOUSE_URL"] = store_url
    ingests = [Part("ingest", ["ingest", "--data", str(data)])]
    webs = [Part("web", ["web", "--data", str(data)], listener) for _ in range(settings.workers)]
    address = _address(settings)
    with alone(settings.data, Running(address, store_url)):
        environment[SHARED] = shared_numbers(at.numbers)
        _greet(settings, address)
        watch([engines, ingests, webs], environment, ending)


def _address(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def _greet(settings: Settings, address: str) -> None:
    """Say where the server is; before anybody has an account, also how to make the first one one's own."""
    click.echo(f"Pellucid is at {address}")
    registry = open_registry(settings)
    if not registry.accounts():
        registry.add_account(FIRST_LOGIN, superuser=True)
        secret = registry.create_link(FIRST_LOGIN, datetime.now(UTC))
        click.echo(f"Choose the password of {FIRST_LOGIN!r}: {address}/dashboard/welcome/{secret}")
    registry.close()
