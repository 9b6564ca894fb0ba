"""The embedded engine: ClickHouse's engine in this process, behind ClickHouse's own HTTP interface.

One process may open the files of the engine, so everybody else asks this one, with the client they would use for a
server. What the interface has to understand is what `clickhouse-connect` sends: a statement in `query` or the body, an
insert's data behind it; `param_*` for bound values; every other parameter a setting of that one statement.
https://clickhouse.com/docs/interfaces/http

A statement runs on a connection of its thread. Threads are dealt out in lanes, so that long reports can wait for each
other but never make an insert or a short question wait: what inserts has its lane, what says
`priority=2` another, and what a client asks when it connects is short.

An export can be of any size, and is sent while it grows.
"""

import json
import os
import re
import secrets
from asyncio import get_running_loop, wait
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from threading import local
from typing import Any
from urllib.parse import parse_qsl

from msgspec import Struct
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from pellucid.errors import ConfigurationError

LANES = {"insert": 2, "short": 4, "report": 4}
"""How many statements of a kind run at once."""

# What ClickHouse's interface reads itself; anything else is a setting of the statement.
_OWN_PARAMETERS = frozenset(
    "query database default_format user password session_id session_timeout session_check query_id compress decompress "
    "wait_end_of_query buffer_size role quota_key client_protocol_version enable_http_compression close_session "
    "send_progress_in_http_headers http_headers_progress_interval_ms priority stacktrace".split(" "),
)
_SETTING = re.compile(r"[a-z][a-z0-9_]*")
_PLAIN_VALUE = re.compile(r"-?\d+(\.\d+)?")
_TRAILING_FORMAT = re.compile(r"\s+format\s+(\w+)\s*;?\s*\Z", re.IGNORECASE)
_INSERT = re.compile(r"\s*insert\s+into\b", re.IGNORECASE)
_INSERT_WITH_DATA = re.compile(rb"\s*insert\s+into\b[^;]*?\sformat\s+\w+\s", re.IGNORECASE)
_TAKES_SETTINGS = re.compile(r"\s*(select|with|insert)\b", re.IGNORECASE)
_EXPORTED = frozenset({"CSVWithNames", "Parquet"})
"""Formats of answers that may be of any size: they go out while they grow, and are never whole in memory."""
_AS_IT_COMES = {"min_insert_block_size_rows": "10000", "min_insert_block_size_bytes": "1000000"}
"""What is written at once: by default the engine would gather a million rows."""
_PIECE_BYTES = 1 << 18
_SECONDS_BETWEEN_LOOKS = 0.02
_ERROR_CODE = re.compile(r"Code: (\d+)\.")
_SYNTAX_ERROR = 62


class Statement(Struct, frozen=True):
    """One statement as it came in: `data` is what an insert brings, in the format its text names."""

    sql: str
    parameters: dict[str, str]
    settings: dict[str, str]
    data: bytes
    output_format: str
    lane: str

    @property
    def is_export(self) -> bool:
        """Whether the answer may be of any size."""
        return self.lane != "insert" and _split_format(self.sql, self.output_format)[1] in _EXPORTED


class EngineError(Exception):
    """The engine refused a statement; `code` is ClickHouse's number for why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        found = _ERROR_CODE.search(message)
        self.code = int(found[1]) if found else _SYNTAX_ERROR


class Engine:
    """The engine on the files below `directory`; `run` may be called from any thread."""

    def __init__(self, directory: Path) -> None:
        import chdb  # noqa: PLC0415 -- 280 MB that the engine's own process alone has to bear

        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self._path = str(directory)
        self._connect = chdb.connect
        self._thread = local()
        try:
            # Kept open until the end: the files are closed with the last connection.
            self._first = self._connect(self._path)
        except Exception as error:
            raise ConfigurationError(
                f"The engine can not open {directory}: {error}. Is another Pellucid running on the same data?",
            ) from error

    def run(self, statement: Statement) -> bytes:
        """Return the answer to a statement in its output format, or raise `EngineError`."""
        sql, named_format = _split_format(statement.sql, statement.output_format)
        with _readable(statement.data) as path:
            if path:
                # The engine reads an insert's data from a file only; this one has no name and is never on disk.
                sql += f"{_clause(statement.settings)} select * from file('{path}', '{named_format}')"
            elif statement.settings and _TAKES_SETTINGS.match(sql):
                sql += _clause(statement.settings)
            return self._answer(sql, named_format, statement.parameters)

    def write(self, statement: Statement, descriptor: int) -> None:
        """Write the answer to a statement into an open file as it is found, and close that; or raise `EngineError`."""
        sql, named_format = _split_format(statement.sql, statement.output_format)
        into = f"insert into function file('/proc/self/fd/{descriptor}', '{named_format}')"
        # Behind the select they would not bound the whole of it.
        into += _clause(statement.settings | _AS_IT_COMES)
        try:
            self._answer(f"{into}\n{sql}", named_format, statement.parameters)
        finally:
            os.close(descriptor)

    def _answer(self, sql: str, named_format: str, parameters: Mapping[str, str]) -> bytes:
        try:
            answer = self._connection().query(sql, named_format, params=parameters)
        except Exception as error:
            # What a statement had written before it failed would stand before the next answer of its connection.
            self._thread.__dict__.pop("connection").close()
            raise EngineError(str(error)) from error
        return bytes(answer.bytes() or b"")

    def close(self) -> None:
        """Write out what is in memory and close the files."""
        self._first.close()

    def _connection(self) -> Any:
        if not hasattr(self._thread, "connection"):
            self._thread.connection = self._connect(self._path)
        return self._thread.connection


class EngineServer:
    """The HTTP interface before an engine: a bare ASGI application. Who has not the secret gets 403."""

    def __init__(self, engine: Engine, secret: str) -> None:
        self._engine = engine
        self._secret = secret
        self._lanes = {name: ThreadPoolExecutor(size, f"engine-{name}") for name, size in LANES.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or take part in the start and end of the server."""
        if scope["type"] != "http":
            return
        if scope["path"] == "/ping":
            await _respond(send, 200, b"Ok.\n")
            return
        body = await _whole_body(receive)
        if not secrets.compare_digest(_password(scope["headers"]).encode(), self._secret.encode()):
            await _respond(
                send, 403, b"Code: 516. DB::Exception: The secret is wrong. (AUTHENTICATION_FAILED)", code=516
            )
            return
        given = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
        if dict(scope["headers"]).get(b"content-type", b"").startswith(b"multipart/form-data"):
            given |= await _form(scope, body)
            body = b""
        statement = read_statement(given, body)
        lane = self._lanes[statement.lane]
        try:
            if statement.is_export:
                await self._export(statement, lane, send)
                return
            answer = await get_running_loop().run_in_executor(lane, self._engine.run, statement)
        except EngineError as error:
            await _respond(send, 500, str(error).encode(), code=error.code)
        else:
            await _respond(send, 200, answer)

    async def _export(self, statement: Statement, lane: ThreadPoolExecutor, send: Send) -> None:
        """Send an answer while it is written to a file that has no name: who reads slowly holds up no statement.

        Where it fails half way the connection is cut, so that nobody takes the half for all of it.
        """
        with TemporaryFile(dir=self._engine.directory) as file:
            descriptor = os.dup(file.fileno())
            writing = get_running_loop().run_in_executor(lane, self._engine.write, statement, descriptor)
            sent = 0
            while True:
                await wait({writing}, timeout=_SECONDS_BETWEEN_LOOKS)
                ended = writing.done()
                if ended and not sent:
                    await writing
                while piece := os.pread(file.fileno(), _PIECE_BYTES, sent):
                    if not sent:
                        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
                    sent += len(piece)
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                if ended:
                    break
            if not sent:
                await _respond(send, 200, b"")
                return
            try:
                await writing
            except EngineError as error:
                raise ConnectionAbortedError(f"An export failed half way: {error.code}") from None
            await send({"type": "http.response.body", "body": b""})

    def close(self) -> None:
        """Let running statements end, then close the engine."""
        for lane in self._lanes.values():
            lane.shutdown(cancel_futures=True)
        self._engine.close()


def read_statement(given: Mapping[str, str], body: bytes) -> Statement:
    """Return the statement that the parameters and the body of a request make, as ClickHouse reads them."""
    whole = b"\n".join(part for part in (given.get("query", "").encode(), body) if part)
    head = _INSERT_WITH_DATA.match(whole)
    sql = (head[0] if head else whole).decode(errors="replace").strip().rstrip(";")
    return Statement(
        sql=sql,
        parameters={name.removeprefix("param_"): value for name, value in given.items() if name.startswith("param_")},
        settings={
            name: value
            for name, value in given.items()
            if name not in _OWN_PARAMETERS and not name.startswith("param_") and _SETTING.fullmatch(name)
        },
        data=whole[head.end() :] if head else b"",
        output_format=given.get("default_format", "TabSeparated"),
        lane="insert" if _INSERT.match(sql) else "report" if given.get("priority") == "2" else "short",
    )


def _split_format(sql: str, default: str) -> tuple[str, str]:
    found = _TRAILING_FORMAT.search(sql)
    return (sql[: found.start()], found[1]) if found else (sql, default)


def _clause(settings: MutableMapping[str, str]) -> str:
    if not settings:
        return ""
    values = (
        f"{name} = {value if _PLAIN_VALUE.fullmatch(value) else _quoted(value)}" for name, value in settings.items()
    )
    return "\nsettings " + ", ".join(values)


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


@contextmanager
def _readable(data: bytes) -> Iterator[str]:
    """Give the bytes a path for as long as they are read; no bytes, no path."""
    if not data:
        yield ""
        return
    descriptor = os.memfd_create("insert")
    try:
        with os.fdopen(os.dup(descriptor), "wb") as file:
            file.write(data)
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)


def _password(headers: Iterable[tuple[bytes, bytes]]) -> str:
    found = dict(headers)
    if b"x-clickhouse-key" in found:
        return found[b"x-clickhouse-key"].decode("latin-1")
    scheme, _, encoded = found.get(b"authorization", b"").partition(b" ")
    if scheme.lower() != b"basic":
        return ""
    try:
        return b64decode(encoded, validate=True).decode("latin-1").partition(":")[2]
    except ValueError:
        return ""


async def _whole_body(receive: Receive) -> bytes:
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


async def _form(scope: Scope, body: bytes) -> dict[str, str]:
    """Return the parameters of a form: what would make an address too long comes as one."""

    async def replay() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    form = await Request(scope, replay).form(max_files=0, max_part_size=len(body))
    return {name: value for name, value in form.items() if isinstance(value, str)}


_HEADERS = [
    (b"content-type", b"application/octet-stream"),
    (b"x-clickhouse-timezone", b"UTC"),
    (b"x-clickhouse-summary", json.dumps({}).encode()),
]


async def _respond(send: Send, status: int, body: bytes, *, code: int | None = None) -> None:
    headers = [*_HEADERS, (b"content-length", str(len(body)).encode())]
    if code is not None:
        headers.append((b"x-clickhouse-exception-code", str(code).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
