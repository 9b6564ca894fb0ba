"""How a part of the server runs: on a socket it is given, until told to end or the one that started it is gone."""

import asyncio
import os
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import sleep

import uvicorn
import uvloop
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

SECONDS_TO_DRAIN = 10
"""How long requests that have begun may take to end."""
SECONDS_KEPT = 5
"""How long a connection is kept on which nobody asks: a visitor's browser leaves one behind with every page."""

_SECONDS_TO_END = 30
_STANDARD_INPUT = 0
_LONGEST_ADDRESS = 65_535
"""The parser of addresses counts in 16 bits."""
_TOO_LONG = (
    b"HTTP/1.1 414 URI Too Long\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 33\r\n"
    b"connection: close\r\n\r\nThe address is longer than 64 KB."
)
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket, IPv4 or IPv6; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        # `::` means every address of this machine, those of IPv4 included.
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    listener.listen(2048)
    return listener


def server(application: ASGIApp, seconds_kept: int = SECONDS_KEPT) -> uvicorn.Server:
    """Return a server of an application, which drains and ends in an exit status of 0 on SIGTERM and SIGINT."""
    return _Server(
        uvicorn.Config(
            application,
            loop="uvloop",
            http=_Protocol,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_keep_alive=seconds_kept,
            timeout_graceful_shutdown=SECONDS_TO_DRAIN,
        ),
    )


def serve(application: ASGIApp, listener: socket.socket, seconds_kept: int = SECONDS_KEPT) -> None:
    """Serve an application on a socket until told to end."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(server(application, seconds_kept).serve(sockets=[listener]))


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals, and do not raise them again at the end."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.handle_exit)
        yield


class _Protocol(HttpToolsProtocol):
    """Takes request lines with raw bytes beyond ASCII, as other servers do: the parser finds them wrong."""

    def data_received(self, data: bytes) -> None:
        """Take what has come in on the connection."""
        if not data.isascii() and self._is_in_request_line():
            line, end, rest = data.partition(b"\n")
            data = _BEYOND_ASCII.sub(lambda byte: b"%%%02X" % ord(byte[0]), line) + end + rest
        super().data_received(data)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no request that can be read; of one with too long an address say that."""
        if len(self.url) <= _LONGEST_ADDRESS:
            super().send_400_response(msg)
            return
        self.transport.write(_TOO_LONG)
        self.transport.close()

    def _is_in_request_line(self) -> bool:
        latest: RequestResponseCycle | None = self.cycle
        if latest is not None and latest.scope is self.scope:
            return not latest.more_body
        return not self.headers


def end_with_parent() -> None:
    """End this process in order when the one that started it is gone: its end of our standard input closes.

    What has not ended in order after a while is ended all the same, so that no process and no port stays behind.
    """

    def watch() -> None:
        # Not through `sys.stdin`: its lock, held here, would stop the interpreter from ending.
        while os.read(_STANDARD_INPUT, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        sleep(_SECONDS_TO_END)
        os._exit(1)

    Thread(target=watch, name="parent", daemon=True).start()


def until_told_to_end() -> Event:
    """Return a signal that is set when this process is told to end."""
    ending = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    return ending
