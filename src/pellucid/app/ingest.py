"""The ingest process: from the journals to the store, and what is due from time to time."""

from contextlib import closing, suppress
from threading import Event, Thread
from time import time

from pellucid.app.clock import moment
from pellucid.app.layout import layout
from pellucid.app.registry import open_registry
from pellucid.config import Settings
from pellucid.errors import StoreUnavailable
from pellucid.ingest import Ingest
from pellucid.journal.outbox import Outbox
from pellucid.journal.reader import JournalReader
from pellucid.journal.standstill import Turn
from pellucid.registry.salts import Salts
from pellucid.report.rolling import Rolling
from pellucid.serving import until_told_to_end
from pellucid.store.client import Store
from pellucid.upkeep import Upkeep


def run_ingest(settings: Settings) -> None:
    """Move hits from the journals to the store until told to end, and do what is due."""
    ending = until_told_to_end()
    at = layout(settings)
    with closing(Store(settings.clickhouse_url)) as store, closing(open_registry(settings)) as registry:
        _migrate(store, ending)
        salts = Salts(at.salts, time)
        upkeep = Upkeep(store, registry, salts, moment)
        rolling = Rolling(store, moment, lambda: {site.id: site.timezone for site in registry.sites()})
        beside = [Thread(target=one.run, args=(ending,), daemon=True) for one in (upkeep, rolling)]
        for thread in beside:
            thread.start()
        with closing(JournalReader(at.journals)) as reader, closing(Outbox(at.outbox)) as outbox:
            Ingest(reader, outbox, store, Turn(at.turn), rolling).run(ending)
        for thread in beside:
            thread.join()
        salts.close()


def _migrate(store: Store, ending: Event) -> None:
    while not ending.is_set():
        with suppress(StoreUnavailable):
            store.migrate()
            return
        ending.wait(0.2)
