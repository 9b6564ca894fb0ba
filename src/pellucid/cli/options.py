"""What every command takes, and what it makes of it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from pellucid.config import Settings, read_settings

_Command = TypeVar("_Command", bound=Callable[..., Any])

DEFAULT_DATA = Path("data")


def data_option(command: _Command) -> _Command:
    """Add `--data DIR` to a command."""
    return click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        default=DEFAULT_DATA,
        show_default=True,
        envvar="PELLUCID_DATA",
        help="The directory that holds everything that is kept.",
    )(command)


def settings_of(data: Path, **given: str | int | None) -> Settings:
    """Return the settings of the installation in a data directory."""
    return read_settings(data, os.environ, **given)


def example(*lines: str) -> str:
    """Return what stands below a command's help: how it is used, each line as it is."""
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)
