"""`pellucid serve` and the parts it starts: web, ingest, engine. Each part can also be started alone."""

import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click
from msgspec import structs

from pellucid.app import layout, open_registry, run_engine, run_ingest, run_web
from pellucid.cli.options import data_option, example, settings_of
from pellucid.cli.running import LOOPBACK, Running, alone, engine_of
from pellucid.cli.watch import Part, shared_numbers, watch
from pellucid.config import Settings
from pellucid.errors import ConfigurationError
from pellucid.log import log_discreetly
from pellucid.operators import SHARED
from pellucid.serving import end_with_parent, listen, until_told_to_end

FIRST_LOGIN = "admin"


def _watched(command: Callable[..., None]) -> Callable[..., None]:
    """Add what the watcher tells a part: that it is watched, and the socket it listens on."""
    command = click.option("--socket", "descriptor", type=int, hidden=True)(command)
    return click.option("--watched", is_flag=True, hidden=True)(command)


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
    listener = _listen(settings.host, settings.port)
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


@click.command(hidden=True)
@data_option
@click.option("--host", help="The address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=int, help="The port to listen on.  [default: 8080]")
@_watched
def web(data: Path, host: str | None, port: int | None, descriptor: int | None, *, watched: bool) -> None:
    """Run one web process alone; the setting clickhouse_url names the store."""
    settings = _part(data, watched=watched, host=host, port=port)
    run_web(_with_store(settings), _socket(settings.host, settings.port, descriptor))


@click.command(hidden=True)
@data_option
@_watched
def ingest(data: Path, descriptor: None, *, watched: bool) -> None:  # noqa: ARG001 -- ingest listens on nothing
    """Run ingest alone; the setting clickhouse_url names the store."""
    run_ingest(_with_store(_part(data, watched=watched)))


@click.command(hidden=True)
@data_option
@click.option("--port", type=int, default=8123, show_default=True, help="The port to listen on, on loopback.")
@_watched
def engine(data: Path, port: int, descriptor: int | None, *, watched: bool) -> None:
    """Run the embedded engine alone; the setting clickhouse_url says by which secret it is asked."""
    settings = _part(data, watched=watched)
    run_engine(layout(settings).engine, _socket(LOOPBACK, port, descriptor), _secret(settings))


def _part(data: Path, *, watched: bool, **given: str | int | None) -> Settings:
    log_discreetly()
    if watched:
        end_with_parent()
    return settings_of(data, **given)


def _socket(host: str, port: int, descriptor: int | None) -> socket.socket:
    return _listen(host, port) if descriptor is None else socket.socket(fileno=descriptor)


def _listen(host: str, port: int) -> socket.socket:
    try:
        return listen(host, port)
    except OSError as error:
        raise ConfigurationError(
            f"Port {port} of {host} can not be listened on ({error.strerror}): is another server running there? "
            "--port takes another.",
        ) from error


def _with_store(settings: Settings) -> Settings:
    if not settings.clickhouse_url:
        raise ConfigurationError(
            "A part that is started alone needs PELLUCID_CLICKHOUSE_URL, the address of the engine or of a cluster: "
            "http://default:SECRET@127.0.0.1:8123/default.",
        )
    return settings


def _secret(settings: Settings) -> str:
    password = unquote(urlsplit(_with_store(settings).clickhouse_url).password or "")
    if not password:
        raise ConfigurationError("PELLUCID_CLICKHOUSE_URL has no password; the engine asks for one.")
    return password


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
