"""Each report on a year of ten million events, asked for while hits come in, and beside it its statements alone."""

from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from statistics import median
from time import monotonic
from urllib.parse import urlsplit

import clickhouse_connect
import httpx2
from clickhouse_connect.driver.query import QueryResult
from msgspec import Struct
from rich.console import Console
from rich.progress import track

from load import Server
from pellucid.edge import Attempts
from pellucid.errors import PellucidError
from pellucid.matomo.call import Asking, Call
from pellucid.matomo.goal_reports import REPORTS as GOAL_REPORTS
from pellucid.matomo.methods import answer
from pellucid.matomo.page_reports import REPORTS as PAGE_REPORTS
from pellucid.matomo.parameters import parameters_of
from pellucid.matomo.reports import SUMMARIES
from pellucid.matomo.tables import TABLES
from pellucid.matomo.transitions import REPORTS as TRANSITIONS
from pellucid.matomo.visit_reports import REPORTS as VISIT_REPORTS
from pellucid.model.account import Account
from pellucid.model.hit import Place
from pellucid.registry.registry import Registry
from pellucid.report.run import Reports
from pellucid.store.client import LIMITS, Bound, Store, Urgency

SEGMENT = "countryCode==de;pageUrl=@/shelf-7/"
_METHODS = ("API.get", *VISIT_REPORTS, *GOAL_REPORTS, *PAGE_REPORTS, *TABLES, *SUMMARIES, *TRANSITIONS)
_NAMED = {
    "idDimension": "1",
    "idGoal": "1",
    "pageUrl": "http://shop.example/shelf-3/board-3/article-3",
    "actionName": "http://shop.example/shelf-3/board-3/article-3",
    "actionType": "url",
}
"""What some reports need: a dimension, a goal, a page."""
_SLOWEST_TOLD = 5
LIVE = ("Live.getLastVisitsDetails", "Live.getCounters")


class Span(Struct, frozen=True):
    """What reports are asked for: its name, its parameters, within how many milliseconds, and how often."""

    name: str
    asked: Mapping[str, str]
    wanted_ms: int
    rounds: int
    live: bool = False


SPANS = (
    Span("30 days", {"period": "range", "date": "last30"}, 250, 3),
    Span("30 days, a segment of visits", {"period": "range", "date": "last30", "segment": SEGMENT}, 500, 1),
    Span("365 days", {"period": "range", "date": "last365"}, 1000, 1),
    Span("Live", {"period": "day", "date": "today", "lastMinutes": "30", "filter_limit": "25"}, 50, 25, live=True),
)


class Timed(Struct, frozen=True):
    """The medians for one report: of its answer, and of its statements alone, in milliseconds."""

    method: str
    answered_ms: float
    bare_ms: float

    @property
    def ratio(self) -> float:
        """How much longer the answer takes than the statements that it needs."""
        return self.answered_ms / self.bare_ms


class _Recording(Store):
    """A store that remembers what it was asked."""

    asked: list[tuple[str, Mapping[str, Bound]]]

    def _query(self, sql: str, parameters: Mapping[str, Bound] | None, urgency: Urgency) -> QueryResult:
        self.asked.append((sql, parameters or {}))
        return super()._query(sql, parameters, urgency)


def time_reports(server: Server, console: Console) -> dict[str, list[Timed]]:
    """Return the medians of all reports, by span."""
    token, parts = server.token(), urlsplit(server.engine())
    with (
        closing(server.registry()) as registry,
        closing(_Recording(server.engine())) as recording,
        httpx2.Client(base_url=server.url, timeout=120) as client,
        closing(
            clickhouse_connect.get_client(
                host=parts.hostname or "",
                port=parts.port or 0,
                username=parts.username,
                password=parts.password or "",
                compress=False,
                autogenerate_session_id=False,
            )
        ) as engine,
    ):

        def answered(given: Mapping[str, str]) -> float:
            began = monotonic()
            told = client.post("/index.php", data={**given, "token_auth": token})
            took = monotonic() - began
            assert told.status_code == 200, f"{given['method']}: {told.text[:500]}"
            return took

        def bare(statements: list[tuple[str, Mapping[str, Bound]]]) -> float:
            began = monotonic()
            for sql, parameters in statements:
                engine.raw_query(sql, parameters=dict(parameters), settings=dict(LIMITS[Urgency.REPORT]), fmt="Native")
            return monotonic() - began

        def timed(span: Span) -> Iterator[Timed]:
            for method in track(LIVE if span.live else _METHODS, span.name, console=console):
                given = {"module": "API", "format": "json", "method": method, "idSite": "1", **_NAMED, **span.asked}
                statements = _statements(registry, recording, given)
                if not statements:
                    continue
                rounds = [(answered(given), bare(statements)) for _ in range(span.rounds)]
                ours, theirs = (median(taken) * 1000 for taken in zip(*rounds, strict=True))
                yield Timed(method, ours, theirs)

        found: dict[str, list[Timed]] = {}
        for span in SPANS:
            found[span.name] = list(timed(span))
            for one in sorted(found[span.name], key=lambda one: -one.answered_ms)[:_SLOWEST_TOLD]:
                console.print(f"{one.method}: {one.answered_ms:,.0f} ms, of statements {one.bare_ms:,.0f} ms")
        return found


def _statements(
    registry: Registry, store: _Recording, given: Mapping[str, str]
) -> list[tuple[str, Mapping[str, Bound]]]:
    """Return what the store is asked for a report; nothing where it is one of a row of another."""
    store.asked, owner, now = [], Account("bench", superuser=True), datetime.now(UTC)
    asking, place = Asking(address="", origin=""), lambda _address: Place()
    given_of = parameters_of(list(given.items()))
    call = Call(
        owner, given_of, registry, Reports(store).of_one_request(), store, now, Attempts(monotonic), asking, place
    )
    with suppress(PellucidError):
        answer(call)
        return store.asked
    return []
