"""A socket that a server of the tests listens on, in a thread of theirs."""

from socket import socket
from typing import Any


class Listener(socket):
    """Listens on a free port, and closes in the end what it accepted.

    A browser may have begun a connection of TLS whose handshake nobody ends: the loop that took it closes without it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.bind(("127.0.0.1", 0))
        self.listen()
        self._accepted: list[socket] = []

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.getsockname()[1])

    def accept(self) -> tuple[socket, Any]:
        """Return a connection that has come in, and where from."""
        accepted, address = super().accept()
        self._accepted.append(accepted)
        return accepted, address

    def __exit__(self, *error: object) -> None:
        """Close everything: whoever served has ended."""
        for one in self._accepted:
            one.close()
        super().__exit__(*error)
