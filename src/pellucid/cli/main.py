"""The command `pellucid`: its subcommands, and how an error of ours ends one."""

import sys
from importlib import import_module

import click

from pellucid import __version__
from pellucid.errors import PellucidError

_COMMANDS = {
    "serve": ("pellucid.cli.serve", "serve"),
    "site": ("pellucid.cli.site", "site"),
    "account": ("pellucid.cli.account", "account"),
    "token": ("pellucid.cli.account", "token"),
    "import-log": ("pellucid.cli.import_log", "import_log"),
    "backup": ("pellucid.cli.backup", "backup"),
    "restore": ("pellucid.cli.backup", "restore"),
    "demo": ("pellucid.cli.demo", "demo"),
    "privacy": ("pellucid.cli.privacy", "privacy"),
    "doctor": ("pellucid.cli.doctor", "doctor"),
    "web": ("pellucid.cli.web", "web"),
    "ingest": ("pellucid.cli.ingest", "ingest"),
    "engine": ("pellucid.cli.engine", "engine"),
}


class _Commands(click.Group):
    """Loads a command when it is asked for, so that each starts with what it needs alone."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's interface
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's
        if cmd_name not in _COMMANDS:
            return None
        module, name = _COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="pellucid")
def commands() -> None:
    """Web analytics one can see through."""


def main() -> None:
    """Run the command line; an error of ours is one line that says what to do, and status 1."""
    try:
        commands(prog_name="pellucid")
    except PellucidError as error:
        click.echo(f"pellucid: {error}", err=True)
        sys.exit(1)
