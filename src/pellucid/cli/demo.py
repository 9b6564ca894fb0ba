"""`pellucid demo`: a site with a few weeks of visits, to look at the dashboard with."""

import asyncio
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from pellucid.app.importing import patient_collector
from pellucid.app.layout import layout
from pellucid.app.registry import open_registry
from pellucid.cli.demo_visits import GOAL, SITE, Parameters, hits
from pellucid.cli.options import data_option, example, settings_of
from pellucid.collect.collector import Asker, Collector
from pellucid.config import Settings
from pellucid.enrich.patient import exactly
from pellucid.errors import ConfigurationError
from pellucid.journal.journal import Journal
from pellucid.model.goal import Goal
from pellucid.model.site import Site

HITS_AT_ONCE = 1_000

_TOKEN = "demo"  # noqa: S105 -- who makes a demonstration may say when its hits happened


@click.command(epilog=example("pellucid demo --data demo", "pellucid serve --data demo"))
@data_option
def demo(data: Path) -> None:
    """Make a site up, with four weeks of visits, in a new data directory.

    They take the way of any hit, so what the server makes of them is what it would make of real ones. The same moment
    gives the same visits.
    """
    settings = settings_of(data)
    with closing(open_registry(settings)) as registry:
        if registry.sites():
            raise ConfigurationError(
                f"{data} has sites already; a demonstration needs a directory of its own (--data)."
            )
        site = registry.add_site("Lantern (a demonstration)", [SITE])
        registry.add_goal(Goal(site_id=site.id, id=0, name=GOAL))
        site = registry.site(site.id)
    recorded = asyncio.run(_record(settings, site, hits(datetime.now(UTC))))
    click.echo(f"{recorded:,} hits wait in {data}. To look at them: pellucid serve --data {data}")


async def _record(settings: Settings, site: Site, made_up: list[Parameters]) -> int:
    at = layout(settings)
    with (
        closing(Journal(at.journals, settings.journal_limit)) as journal,
        patient_collector(settings, site, exactly, imported=False) as collector_with,
    ):
        collector: Collector = collector_with(journal.append)
        for start in range(0, len(made_up), HITS_AT_ONCE):
            some = [hit | {"idsite": str(site.id)} for hit in made_up[start : start + HITS_AT_ONCE]]
            await collector.collect_each(Asker("", {}), some, _TOKEN)
        return collector.recorded
