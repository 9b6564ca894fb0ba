"""From the journals to the store: each hit counted in its visit, once.

One round reads what is new in all journals, in order of receipt, finds or opens the visit of each hit, and puts the
finished rows into the outbox in the transaction that marks the hits as read. Then the outbox is sent. Killed
anywhere, the next start sends the outbox first, and only then asks the store for visits.
"""

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import nullcontext, suppress
from datetime import date, timedelta
from threading import Event as Signal
from time import monotonic, time_ns
from typing import Protocol

from msgspec import json, msgpack, structs

from pellucid.errors import StoreUnavailable
from pellucid.journal.outbox import Outbox, Part
from pellucid.journal.reader import Entry, JournalReader
from pellucid.journal.standstill import Turn
from pellucid.model.event import Event
from pellucid.model.hit import Hit, HitKind, is_of_the_past
from pellucid.model.visit import Conversion, Visit
from pellucid.store.client import Store
from pellucid.store.schema import TABLES
from pellucid.store.visits import ordered, page_views, pasts, visits_between
from pellucid.visits.conversions import converted
from pellucid.visits.known import Known
from pellucid.visits.timings import completed, completes
from pellucid.visits.visits import ACTIONS, count

WAIT_FOR_STRAGGLERS = timedelta(milliseconds=200)
"""Another journal may bring an earlier hit this much later."""

GATHER = timedelta(milliseconds=800)
"""Who tells of the past tells it in no order: this long more of it is waited for, and then it is counted in order."""

LONGEST_WAIT_OF_A_PING = timedelta(minutes=1)
"""A ping opens no visit, but the page view before it may come later."""

MOST_PINGS_WAITING = 10_000

ROUND = timedelta(milliseconds=400)
"""How long one round takes at least: a batch a hit would be costly."""

LARGEST_BATCH = 10_000
SECONDS_BETWEEN_CLEANINGS = 2.0
LONGEST_MEMORY_OF_VISITORS = timedelta(hours=1)
MOST_VISITORS_IN_MEMORY = 100_000
PAUSE_AFTER_FAILURE = timedelta(seconds=1)

_VISIT_ID_BITS = 53
"""As many as a number in JavaScript can tell apart."""
_FIRST_OF_OTHERS = 1 << (_VISIT_ID_BITS - 1)
"""Numbers of actions are below, those of other events above."""


class Derived(Protocol):
    """What is counted of stored rows, and has to know before those change."""

    def about_to_send(self, days: Collection[tuple[int, date]]) -> None:
        """Take notice that rows of these days of sites are about to be sent."""

    def all_sent(self) -> None:
        """Take notice that all rows have been sent."""


class Ingest:
    """Moves hits from the journals to the store; one of it per installation, in one thread."""

    def __init__(
        self,
        reader: JournalReader,
        outbox: Outbox,
        store: Store,
        turn: Turn | None = None,
        derived: Derived | None = None,
    ) -> None:
        self._reader = reader
        self._outbox = outbox
        self._store = store
        self._derived = derived
        self._turn = turn.tried if turn else lambda: nullcontext(enter_result=True)
        self._progress = outbox.progress()
        self._known = Known()
        self._known_since = monotonic()
        self._pings: list[Hit] = []
        self._last_action: int | None = None
        self._decoder = msgpack.Decoder(Hit)
        self._encoder = json.Encoder()
        self._cleaned = 0.0

    def run(self, ending: Signal) -> None:
        """Work until told to end, then once more for what is left."""
        while not ending.is_set():
            began = monotonic()
            try:
                moved = self.round(_now() - _milliseconds(WAIT_FOR_STRAGGLERS))
            except StoreUnavailable:
                # Hits wait in the journals; the engine's own part says what is wrong with it.
                ending.wait(PAUSE_AFTER_FAILURE.total_seconds())
                continue
            if moved < LARGEST_BATCH:
                ending.wait(max(0.0, ROUND.total_seconds() - (monotonic() - began)))
        with suppress(StoreUnavailable):
            while self.round(_now() + _milliseconds(GATHER)):
                pass

    def round(self, received_until: int) -> int:
        """Move the hits received until then (milliseconds) to the store, a batch at most; return how many.

        None while somebody else needs them to stand still.
        """
        with self._turn() as ours:
            return self._move(received_until) if ours else 0

    def _move(self, received_until: int) -> int:
        self._send()
        entries = self._reader.read(self._progress, received_until, LARGEST_BATCH)
        hits = [self._decoder.decode(entry.body) for entry in entries]
        if hits and not _is_gathering(hits, received_until):
            self._count(entries, hits)
            self._send()
        else:
            entries = []
        if monotonic() - self._cleaned > SECONDS_BETWEEN_CLEANINGS:
            self._clean()
        return len(entries)

    def _count(self, entries: Sequence[Entry], hits: Sequence[Hit]) -> None:
        progress = self._progress | _reached(entries)
        pings = self._pings
        try:
            self._outbox.add(progress, self._rows([*pings, *hits]))
        except BaseException:
            # What was counted in memory is in no row: what the store holds is what is true.
            self._known.forget()
            self._pings, self._last_action = pings, None
            raise
        self._progress = progress

    def _send(self) -> None:
        for parcel in self._outbox.parcels():
            part = parcel.part
            self._store.insert(part.target, TABLES[part.target], part.lines, parcel.token)
            self._outbox.sent(parcel)
        if self._derived:
            self._derived.all_sent()

    def _rows(self, hits: Sequence[Hit]) -> list[Part]:
        for gap in self._known.gaps(hits):
            past = pasts(self._store, gap.site_id, gap.visitors, gap.first)
            stored = visits_between(self._store, gap.site_id, gap.visitors, gap.first, gap.last, gap.fingerprints)
            self._known.learn(gap, past, stored)
        early: list[Hit] = []
        changed: dict[int, Visit] = {}
        conversions: dict[tuple[int, int], Conversion] = {}
        parts: dict[tuple[str, int], list[bytes]] = defaultdict(list)
        events: list[Event] = []
        completing: list[tuple[Hit, Visit]] = []
        # Of hits that come together, the earlier happened first, in whatever order they were sent.
        for hit in self._each_order_once(sorted(hits, key=lambda hit: hit.time)):
            visit = self._known.visit(hit, secrets.randbits(_VISIT_ID_BITS))
            if visit is None:
                early.append(hit)
                continue
            changed[visit.visit_id] = visit
            event = count(hit, visit, self._event_id(hit))
            events.append(event)
            if completes(hit):
                completing.append((hit, visit))
            if hit.sale or hit.reached or hit.kind is HitKind.ORDER:
                conversions |= {(one.conversion_id, one.goal_id): one for one in converted(hit, visit, event)}
        waiting = max(hit.received for hit in hits) - _milliseconds(LONGEST_WAIT_OF_A_PING)
        self._pings = [hit for hit in early if hit.received > waiting][-MOST_PINGS_WAITING:]
        for event in (*events, *self._completed(completing, events)):
            parts["events", _month(event.visit_day)].append(self._encoder.encode(event))
        version = time_ns()
        for visit in changed.values():
            visit.version = max(version, visit.version + 1)
            parts["visits", _month(visit.visit_day)].append(self._encoder.encode(visit))
        for conversion in conversions.values():
            conversion.version = changed[conversion.visit_id].version
            parts["conversions", _month(conversion.visit_day)].append(self._encoder.encode(conversion))
        if self._derived:
            self._derived.about_to_send({(visit.site_id, visit.visit_day) for visit in changed.values()})
        return [Part(target, month, b"\n".join(lines)) for (target, month), lines in parts.items()]

    def _completed(self, completing: Sequence[tuple[Hit, Visit]], events: Iterable[Event]) -> Iterator[Event]:
        """Yield what completes page views that were stored before, or come with it; of others nothing is kept."""
        if not completing:
            return
        told: dict[tuple[int, str], list[Event]] = {(visit.visit_id, hit.pageview_id): [] for hit, visit in completing}
        stored = page_views(self._store, [(visit, hit.pageview_id) for hit, visit in completing])
        for event in (*stored, *events):
            if (event.visit_id, event.pageview_id) in told:
                told[event.visit_id, event.pageview_id].append(event)
        for hit, visit in completing:
            of_view = told[visit.visit_id, hit.pageview_id]
            rest = completed(hit, of_view, _id_of_other())
            if rest is not None:
                of_view.append(rest)
                yield rest

    def _event_id(self, hit: Hit) -> int:
        """Return a number for an event: actions are numbered in the order they are counted, others at random.

        The numbers go on from what the store holds: the outbox has been sent before this is asked.
        """
        if hit.kind not in ACTIONS:
            return _id_of_other()
        if self._last_action is None:
            asked = self._store.ask(f"select max(event_id) from events where event_id < {_FIRST_OF_OTHERS}")
            self._last_action = int(str(asked.rows[0][0]))
        self._last_action += 1
        return self._last_action

    def _each_order_once(self, hits: Sequence[Hit]) -> Iterator[Hit]:
        """Yield the hits; one that tells of an order that was told before (the page was loaded again) sells nothing."""
        told: dict[int, set[str]] = defaultdict(set)
        for hit in hits:
            if hit.sale and hit.sale.order_id:
                told[hit.site_id].add(hit.sale.order_id)
        before = {site_id: ordered(self._store, site_id, orders) for site_id, orders in told.items()}
        for hit in hits:
            if hit.sale and hit.sale.order_id:
                if hit.sale.order_id in before[hit.site_id]:
                    yield structs.replace(hit, sale=None)
                    continue
                before[hit.site_id].add(hit.sale.order_id)
            yield hit

    def _clean(self) -> None:
        self._cleaned = monotonic()
        gone = self._reader.forget(self._progress)
        self._outbox.forget(gone)
        for journal in gone:
            self._progress.pop(journal, None)
        remembered = self._cleaned - self._known_since
        if len(self._known) > MOST_VISITORS_IN_MEMORY or remembered > LONGEST_MEMORY_OF_VISITORS.total_seconds():
            # The store knows all of it, and tells again of those who come.
            self._known.forget()
            self._known_since = self._cleaned


def _id_of_other() -> int:
    return _FIRST_OF_OTHERS + secrets.randbits(_VISIT_ID_BITS - 1)


def _is_gathering(hits: Sequence[Hit], received_until: int) -> bool:
    """Return whether more is to be waited for, so that what is told of the past is counted in order."""
    if len(hits) >= LARGEST_BATCH or hits[0].received <= received_until - _milliseconds(GATHER):
        return False
    return any(is_of_the_past(hit) for hit in hits)


def _reached(entries: Iterable[Entry]) -> dict[str, int]:
    reached: dict[str, int] = {}
    for entry in entries:
        reached[entry.journal] = max(entry.position, reached.get(entry.journal, 0))
    return reached


def _month(day: date) -> int:
    return day.year * 100 + day.month


def _now() -> int:
    return time_ns() // 1_000_000


def _milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)
