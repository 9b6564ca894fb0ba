"""What the commands share that start one part of a server: web, ingest or engine."""

import socket
from collections.abc import Callable
from pathlib import Path

import click

from pellucid.cli.options import settings_of
from pellucid.config import Settings
from pellucid.errors import ConfigurationError
from pellucid.log import log_discreetly
from pellucid.serving import end_with_parent, listen


def watched(command: Callable[..., None]) -> Callable[..., None]:
    """Add what the watcher tells a part: that it is watched, and the socket it listens on."""
    command = click.option("--socket", "descriptor", type=int, hidden=True)(command)
    return click.option("--watched", is_flag=True, hidden=True)(command)


def settings_of_part(data: Path, *, watched: bool, **given: str | int | None) -> Settings:
    """Return the settings of a part that begins now."""
    log_discreetly()
    if watched:
        end_with_parent()
    return settings_of(data, **given)


def socket_of(host: str, port: int, descriptor: int | None) -> socket.socket:
    """Return the socket that a part was given, or one of its own; what the part starts does not get it."""
    if descriptor is None:
        return listening(host, port)
    given = socket.socket(fileno=descriptor)
    # Whoever outlives the part would hold the port, and nobody could listen on it.
    given.set_inheritable(False)
    return given


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens on an address, or raise the error that tells what to do."""
    try:
        return listen(host, port)
    except OSError as error:
        raise ConfigurationError(
            f"Port {port} of {host} can not be listened on ({error.strerror}): is another server running there? "
            "--port takes another.",
        ) from error


def with_store(settings: Settings) -> Settings:
    """Return settings that name a store, or raise the error that tells how to name one."""
    if not settings.clickhouse_url:
        raise ConfigurationError(
            "A part that is started alone needs PELLUCID_CLICKHOUSE_URL, the address of the engine or of a cluster: "
            "http://default:SECRET@127.0.0.1:8123/default.",
        )
    return settings
