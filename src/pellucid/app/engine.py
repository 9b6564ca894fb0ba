"""The engine process: the store itself."""

import socket
from pathlib import Path

from pellucid.serving import serve
from pellucid.store.engine import Engine, EngineServer


def run_engine(directory: Path, listener: socket.socket, secret: str) -> None:
    """Serve the embedded engine on a socket until told to end."""
    engine = EngineServer(Engine(directory), secret)
    try:
        serve(engine, listener)
    finally:
        engine.close()
