"""The least that a durable hit can cost here: its parameters are read and put on disk, and nothing is asked of them."""

import socket
import sys
from contextlib import closing
from pathlib import Path

from msgspec import msgpack
from starlette.types import ASGIApp, Receive, Scope, Send

from pellucid.collect.parse import given_of, parameters_of
from pellucid.journal.journal import Journal
from pellucid.serving import end_with_parent, serve

_LARGEST_JOURNAL = 1 << 34


def keeping(journal: Journal) -> ASGIApp:
    """Return an application that answers when what was asked is on disk."""
    encode = msgpack.Encoder().encode

    async def answer(scope: Scope, _receive: Receive, send: Send) -> None:
        await journal.append([(0, encode(given_of(parameters_of(scope["query_string"]))))])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return answer


if __name__ == "__main__":
    end_with_parent()
    directory, descriptor = sys.argv[1:]
    with closing(Journal(Path(directory), _LARGEST_JOURNAL)) as kept:
        serve(keeping(kept), socket.socket(fileno=int(descriptor)))
