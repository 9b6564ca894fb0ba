"""The map: every part is built here, and nobody else reads settings or knows two parts at once.

A part runs in a process of its own and ends with the one that started it.
"""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import uvicorn
from starlette.types import ASGIApp

from pellucid.store.engine import Engine, EngineServer


def run_engine(directory: Path, listener: socket.socket, secret: str) -> None:
    """Serve the embedded engine on a socket until told to end."""
    server = EngineServer(Engine(directory), secret)
    try:
        _serve(server, listener)
    finally:
        server.close()


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket, IPv4 or IPv6; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(2048)
    return listener


def end_with_parent() -> None:
    """End this process in order when the one that started it is gone: its end of our standard input closes."""

    def watch() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=watch, name="parent", daemon=True).start()


class _Server(uvicorn.Server):
    """uvicorn, but SIGTERM and SIGINT drain and end in an exit status of 0."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals, and do not raise them again at the end."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.handle_exit)
        yield


def _serve(application: ASGIApp, listener: socket.socket) -> None:
    config = uvicorn.Config(
        application,
        loop="uvloop",
        http="httptools",
        lifespan="off",
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=10,
    )
    _Server(config).run(sockets=[listener])
