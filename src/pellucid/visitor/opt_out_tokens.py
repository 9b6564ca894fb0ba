"""Signed marks of a page that was seen lately: they stand in for a session, and so need no cookie.

A mark says for what it is good and until when, and nothing of whom it was given to: everyone gets the same one in the
same second.
"""

import hmac
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp

_BYTES = 32


class Purpose(StrEnum):
    """What a mark is good for."""

    OBJECT = "object"
    TAKE_BACK = "take back"
    """Given by the window of the server's own, for its own form."""
    TAKEN_BACK = "taken back"
    """Given after that form was sent, for the frame that opened the window."""


LIFETIMES = {
    Purpose.OBJECT: timedelta(hours=1),
    Purpose.TAKE_BACK: timedelta(minutes=10),
    Purpose.TAKEN_BACK: timedelta(minutes=2),
}


class Standing(StrEnum):
    """What a mark is worth."""

    GOOD = "good"
    EXPIRED = "expired"
    FORGED = "forged"


class Tokens:
    """Gives marks and looks at them; `now` counts seconds."""

    def __init__(self, secret: bytes, now: Callable[[], float]) -> None:
        self._secret = secret
        self._now = now

    def give(self, purpose: Purpose) -> str:
        """Return a mark that is good from now on."""
        until = int(self._now() + LIFETIMES[purpose].total_seconds())
        return f"{until:x}.{self._signature(purpose, until)}"

    def look_at(self, token: str, purpose: Purpose) -> Standing:
        """Return what a mark is worth for a purpose."""
        written, _, signature = token.partition(".")
        try:
            until = int(written, 16)
        except ValueError:
            return Standing.FORGED
        if not hmac.compare_digest(signature.encode(), self._signature(purpose, until).encode()):
            return Standing.FORGED
        return Standing.GOOD if self._now() < until else Standing.EXPIRED

    def _signature(self, purpose: Purpose, until: int) -> str:
        return hmac.new(self._secret, f"{purpose}.{until:x}".encode(), sha256).hexdigest()


def kept_secret(path: Path) -> bytes:
    """Return the secret that a file keeps for all processes of a server; who comes first makes it."""
    with suppress(FileNotFoundError):
        return path.read_bytes()
    handle, name = mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(_BYTES))
    # A link appears whole or not at all, so that nobody reads half a secret.
    with suppress(FileExistsError):
        Path(path).hardlink_to(name)
    Path(name).unlink()
    return path.read_bytes()
