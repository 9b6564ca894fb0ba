"""The one client of the store: whether a cluster answers or the engine beside us, nothing else knows."""

import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import date
from enum import StrEnum
from io import BufferedIOBase
from threading import Lock
from types import MappingProxyType
from typing import TypeGuard, cast
from urllib.parse import unquote, urlsplit

import clickhouse_connect
from clickhouse_connect.driver import httputil
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from clickhouse_connect.driver.query import QueryResult
from msgspec import Struct

from pellucid.errors import ConfigurationError, StoreUnavailable, TooExpensive
from pellucid.model.result import Columns, Result, Value
from pellucid.store.schema import columns, migrate

Bound = str | int | float | bool | date | Sequence[int] | Sequence[str] | Sequence[date] | Sequence[tuple[int, date]]
"""What a `{name:Type}` in a statement can be bound to."""

Question = tuple[str, Mapping[str, Bound]]
"""A select, and the values that it names."""

PIECE_BYTES = 1 << 18
_ROWS_OF_A_GROUP = 100_000
"""How many rows of an export in Parquet are put together in memory."""

_TOO_EXPENSIVE = frozenset({"TIMEOUT_EXCEEDED", "TOO_SLOW", "MEMORY_LIMIT_EXCEEDED", "TOO_MANY_ROWS_OR_BYTES"})
_ERROR_NAME = re.compile(r"\(([A-Z][A-Z_]{4,})\)")
_SECURE_PORT = 8443
_PORT = 8123
_SECONDS_ON_THE_WAY = 5
_AT_ONCE = 3
"""How many questions of one answer are asked at a time."""
_MOST_CONNECTIONS = 32
"""How many are kept for the next question."""


class Urgency(StrEnum):
    """Whose question it is: a short one never waits behind a report."""

    SHORT = "short"
    REPORT = "report"


_EACH = {
    **dict.fromkeys(("compile_expressions", "compile_aggregate_expressions", "compile_sort_description"), 0),
    "enable_materialized_cte": 1,
}
"""A question asked for the third or fourth time would wait for a tenth of a second or three while the engine compiles
it, and never gain that. What a question names `as materialized` is worked out once, and without this each time that it
is named."""

LIMITS: Mapping[Urgency, Mapping[str, int]] = {
    Urgency.SHORT: {"max_execution_time": 10, "max_memory_usage": 1 << 30, "priority": 1, **_EACH},
    Urgency.REPORT: {"max_execution_time": 60, "max_memory_usage": 4 << 30, "priority": 2, **_EACH},
}
"""How long (seconds) and with how much memory (bytes) a question may run."""


class Store:
    """The events and visits behind `url` (`http://account:password@host:port/database`); safe between threads.

    `bounds` are the owner's own, in place of those of `LIMITS` for reports.
    """

    def __init__(self, url: str, bounds: Mapping[str, float] = MappingProxyType({})) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ConfigurationError(f"The store's address has to be http://host:port/database, and not {url!r}.")
        self._parts = parts
        self._bounds = {Urgency.REPORT: bounds}
        self._lock = Lock()
        self._connections = httputil.get_pool_manager(maxsize=_MOST_CONNECTIONS)
        self._clients: dict[Urgency, Client] = {}

    def _client(self, urgency: Urgency = Urgency.REPORT) -> Client:
        # Connected when first asked: who only takes hits starts without the engine, and one that is late is waited for.
        with self._lock:
            if urgency not in self._clients:
                self._clients[urgency] = self._connect(
                    self._limits(urgency)["max_execution_time"] + _SECONDS_ON_THE_WAY
                )
            return self._clients[urgency]

    def _connect(self, seconds: float) -> Client:
        parts, secure = self._parts, self._parts.scheme == "https"
        with _told(f"{parts.hostname}:{parts.port}"):
            return clickhouse_connect.get_client(
                host=parts.hostname,
                port=parts.port or (_SECURE_PORT if secure else _PORT),
                username=unquote(parts.username or "default"),
                password=unquote(parts.password or ""),
                database=parts.path.strip("/") or "default",
                secure=secure,
                compress=False,
                autogenerate_session_id=False,
                pool_mgr=self._connections,
                query_limit=0,
                # An engine that is being started again holds its port and does not answer yet.
                send_receive_timeout=seconds,
            )

    def _limits(self, urgency: Urgency) -> dict[str, float]:
        return {**LIMITS[urgency], **self._bounds.get(urgency, {})}

    def migrate(self) -> None:
        """Bring the tables to this version's schema."""
        with _told("the migration of the tables"):
            client = self._client()
            migrate(client.command, lambda sql: [int(row[0]) for row in client.query(sql).result_rows])

    def command(
        self,
        sql: str,
        parameters: Mapping[str, Bound] | None = None,
        settings: Mapping[str, str | int] = MappingProxyType({}),
    ) -> None:
        """Run a statement that changes rows; every value is bound as `{name:Type}`."""
        with _told("a change"):
            self._client().command(sql, parameters=_bound(parameters or {}), settings=dict(settings))

    def insert(self, table: str, rows: type[Struct], lines: bytes, token: str) -> None:
        """Store encoded rows, at most once for a `token`.

        `lines` holds one JSON array of a row's fields a line (`JSONCompactEachRow`), all in at most
        `MAXIMUM_PARTITIONS` months. The last fields may lack: an outbox can be older than they are.
        """
        with _told(f"an insert into {table}"):
            self._client().raw_insert(
                table,
                column_names=tuple(columns(rows)),
                insert_block=lines,
                fmt="JSONCompactEachRow",
                settings={
                    "insert_deduplication_token": token,
                    "input_format_json_compact_allow_variable_number_of_columns": 1,
                },
            )

    def ask(
        self,
        sql: str,
        parameters: Mapping[str, Bound] | None = None,
        urgency: Urgency = Urgency.REPORT,
    ) -> Result:
        """Return the answer to a select; every value is bound as `{name:Type}`."""
        answer = self._query(sql, parameters, urgency)
        rows: Sequence[Sequence[Value]] = answer.result_rows
        return Result(tuple(answer.column_names), tuple(map(tuple, rows)))

    def ask_all(self, questions: Sequence[Question], urgency: Urgency = Urgency.REPORT) -> list[Result]:
        """Return the answers to several selects, which are asked at the same time."""
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            return list(threads.map(lambda question: self.ask(question[0], question[1], urgency), questions))

    def ask_for_columns(self, questions: Sequence[Question]) -> list[Columns]:
        """Return the answers to several selects column by column, as they come from the engine."""
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            return list(threads.map(lambda one: self._query(one[0], one[1], Urgency.REPORT).result_columns, questions))

    def _query(self, sql: str, parameters: Mapping[str, Bound] | None, urgency: Urgency) -> QueryResult:
        with _told("a question"):
            return self._client(urgency).query(sql, parameters=_bound(parameters or {}), settings=self._limits(urgency))

    def stream(self, sql: str, parameters: Mapping[str, Bound], output_format: str) -> Iterator[bytes]:
        """Yield the answer to a select piece by piece, in one of ClickHouse's output formats.

        The first piece comes when the engine has begun to answer, so that what can not be asked raises with it.
        """
        with _told("an export"):
            settings = {**self._limits(Urgency.REPORT), "output_format_parquet_row_group_size": _ROWS_OF_A_GROUP}
            answer = self._client().raw_stream(sql, parameters=_bound(parameters), settings=settings, fmt=output_format)
            with closing(cast("BufferedIOBase", answer)) as answer:
                while piece := _read(answer):
                    yield piece

    def ready(self) -> bool:
        """Return whether the engine answers now, and has this version's tables."""
        try:
            self.ask("select 1 from visits limit 0", urgency=Urgency.SHORT)
        except StoreUnavailable:
            return False
        return True

    def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            client.close()
        # The client closes no connections that it was given, and remembers who gave them.
        self._connections.clear()
        httputil.all_managers.pop(self._connections, None)


class _Numbers:
    """Many whole numbers as a value: the client writes each by itself, and text a letter at a time, in some 10 ms."""

    def __init__(self, numbers: Sequence[object]) -> None:
        self._numbers = numbers

    def __str__(self) -> str:
        return f"[{','.join(map(str, self._numbers))}]"


def _bound(parameters: Mapping[str, Bound]) -> dict[str, object]:
    """Return values as the client binds them; what it does not know it has write itself."""
    return {name: _Numbers(value) if _is_of_numbers(value) else value for name, value in parameters.items()}


def _is_of_numbers(value: Bound) -> TypeGuard[Sequence[int]]:
    # Of one kind are all or none.
    return isinstance(value, list) and bool(value) and type(value[0]) is int


def _read(answer: BufferedIOBase) -> bytes:
    try:
        return answer.read(PIECE_BYTES)
    except Exception as error:
        # The client has errors of its own for a connection that is cut.
        raise ConnectionAbortedError from error


@contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except (ClickHouseError, OSError) as error:
        # The engine's text repeats the statement, and with it what a visitor sent: its name for the error must do.
        named = _ERROR_NAME.search(str(error))
        why = named[1] if named else type(error).__name__
        kind = TooExpensive if why in _TOO_EXPENSIVE else StoreUnavailable
        raise kind(f"The engine did not do {what}: {why}") from None
