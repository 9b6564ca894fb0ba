"""What takes hits of the past: from access logs, and made up for a demonstration."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from time import monotonic, time

from pellucid.app.clock import milliseconds
from pellucid.app.layout import layout, place_database, provider_database
from pellucid.app.registry import open_registry
from pellucid.collect.access_log import LineReader, Wanted
from pellucid.collect.collector import Append, Collector, Parts
from pellucid.collect.log_import import LogImport
from pellucid.config import Settings
from pellucid.enrich.patient import Parse, PatientDevices
from pellucid.enrich.place import Places
from pellucid.enrich.robots import Agents
from pellucid.journal.arrival import Arrival
from pellucid.journal.imports import alone_importing, notes
from pellucid.journal.journal import Journal
from pellucid.model.site import Site
from pellucid.registry.salts import Salts


@contextmanager
def importer(settings: Settings, site_id: int, parse: Parse, wanted: Wanted) -> Iterator[LogImport]:
    """Give what imports access logs into a site; hits wait in a journal of its own, whatever else runs or does not."""
    at = layout(settings)
    with closing(open_registry(settings)) as registry:
        site = registry.site(site_id)
    with (
        alone_importing(at.journals),
        closing(Journal(at.journals, settings.journal_limit)) as journal,
        patient_collector(settings, site, parse, imported=True) as collector,
    ):
        lines = LineReader(site, Agents(monotonic).agent, milliseconds, wanted)
        yield LogImport(site, lines, collector, journal.append, notes(at.journals), time())


@contextmanager
def patient_collector(
    settings: Settings,
    site: Site,
    parse: Parse,
    *,
    imported: bool,
) -> Iterator[Callable[[Append], Collector]]:
    """Give what makes a collector for many hits of one site's past, whoever brings them being allowed to."""
    agents = Agents(monotonic)
    places = Places(place_database(settings), monotonic, provider_database(settings))
    at = layout(settings)
    with closing(Salts(at.salts, time)) as salts, salts.held() as salt:
        yield lambda append: Collector(
            Parts(
                site={site.id: site}.get,
                may_write=lambda _token, _site_id: True,
                salt=salt,
                agent=agents.agent,
                devices=PatientDevices(parse, monotonic),
                place=places.place,
                append=append,
                now=milliseconds,
                imported=imported,
                told_of_past=Arrival(at.told_of_past, at.journals, at.outbox).told,
            ),
        )
