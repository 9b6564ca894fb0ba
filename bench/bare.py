"""The measure: a web application that answers 204 and does nothing else, served as ours is."""

import socket
import sys

from starlette.types import Receive, Scope, Send

from pellucid.serving import end_with_parent, serve


async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer nothing."""
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


if __name__ == "__main__":
    end_with_parent()
    serve(answer, socket.socket(fileno=int(sys.argv[1])))
