"""The engine process: the store itself."""

import socket
from pathlib import Path

from pellucid.serving import serve
from pellucid.store.engine import Engine, EngineServer

SECONDS_KEPT = 600
"""How long a connection of another part is kept: one that is closed while a question is on its way loses that."""


def run_engine(directory: Path, listener: socket.socket, secret: str) -> None:
    """Serve the embedded engine on a socket until told to end."""
    engine = EngineServer(Engine(directory), secret)
    try:
        serve(engine, listener, SECONDS_KEPT)
    finally:
        engine.close()
