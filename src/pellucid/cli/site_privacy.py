"""`pellucid site privacy`: what a site may learn about its visitors."""

from contextlib import closing
from pathlib import Path

import click
from msgspec import structs
from rich.console import Console
from rich.table import Table

from pellucid.app.registry import open_registry
from pellucid.cli.options import data_option, example, settings_of
from pellucid.model.site import Privacy
from pellucid.policy.presets import PRESETS
from pellucid.policy.retention import LONGEST_CHOICE

_FOREVER = "forever"
_HIDING = {"nothing": (True, True), "profiles": (True, False), "visits": (False, False)}
"""By what is hidden: whether visits and whether profiles are shown."""

_WARNING = (
    "Visitors whose browser says no to all sites are recorded from now on, until they object here as well. In some "
    "places the law makes Global Privacy Control binding. The reason is kept, and shown to visitors at /privacy/{site}."
)


@click.command(
    "privacy",
    epilog=example(
        "pellucid site privacy 1",
        "pellucid site privacy 1 --preset strict",
        'pellucid site privacy 1 --signals ignore --because "A survey that has to count everyone."',
    ),
)
@click.argument("site_id", metavar="SITE", type=int)
@click.option("--preset", type=click.Choice(list(PRESETS)), help="Begin with these settings anew.")
@click.option(
    "--signals",
    type=click.Choice(["honour", "ignore"]),
    help="Whether Global Privacy Control and Do Not Track are objections.",
)
@click.option("--because", metavar="TEXT", default="", help="Why signals are ignored; visitors can read it.")
@click.option(
    "--ask-first/--no-ask-first",
    default=None,
    help="Whether the tracker asks for an objection to all sites of this server before it sends anything.",
)
@click.option(
    "--hide",
    type=click.Choice(list(_HIDING)),
    help="What nobody is shown: all visits of one visitor together, any single visit, or nothing of that.",
)
@click.option(
    "--consent-days",
    metavar="DAYS",
    type=click.IntRange(1, LONGEST_CHOICE.days),
    help=f"How long a visitor's consent is remembered, {LONGEST_CHOICE.days} at most; then it is asked for again.",
)
@click.option("--keep", metavar="DAYS", help=f"How long what is recorded is kept; '{_FOREVER}' until it is deleted.")
@data_option
def site_privacy(  # noqa: PLR0913 -- an option each
    site_id: int,
    preset: str | None,
    signals: str | None,
    because: str,
    keep: str | None,
    hide: str | None,
    consent_days: int | None,
    data: Path,
    *,
    ask_first: bool | None,
) -> None:
    """Show the privacy settings of a SITE, or change them.

    What was recorded before stays as it is; --keep alone counts for it, too.
    """
    if (signals == "ignore") != bool(because):
        raise click.UsageError("--signals ignore and --because TEXT belong together.")
    with closing(open_registry(settings_of(data))) as registry:
        before = registry.site(site_id).privacy
        privacy = PRESETS[preset] if preset else before
        if signals:
            honoured = signals == "honour"
            privacy = structs.replace(
                privacy, honour_gpc=honoured, honour_dnt=honoured, signals_ignored_because=because
            )
        if ask_first is not None:
            privacy = structs.replace(privacy, asks_first=ask_first)
        if hide:
            shows_visits, shows_profiles = _HIDING[hide]
            privacy = structs.replace(privacy, shows_visits=shows_visits, shows_profiles=shows_profiles)
        if consent_days:
            privacy = structs.replace(privacy, consent_days=consent_days)
        if keep:
            privacy = structs.replace(privacy, retention_days=_days(keep))
        if privacy != before:
            registry.update_site(site_id, privacy=privacy)
    if because:
        click.echo(_WARNING.format(site=site_id), err=True)
    _show(privacy)


def _days(keep: str) -> int | None:
    if keep == _FOREVER:
        return None
    if not keep.isdecimal() or not int(keep):
        raise click.BadParameter(f"A number of days, or '{_FOREVER}'; not {keep!r}.", param_hint="--keep")
    return int(keep)


def _show(privacy: Privacy) -> None:
    table = Table(show_header=False, show_edge=False, box=None)
    for name, value in structs.asdict(privacy).items():
        table.add_row(name.replace("_", " "), str(value))
    Console(highlight=False, markup=False).print(table)
