"""Cursors: where a list goes on, and of which question the list is."""

from hashlib import sha256

from msgspec import Struct, json, structs

from pellucid.api.problem import UNANSWERABLE, Problem

_DIGEST_BYTES = 8


def cursor(place: int, question: Struct | str) -> str:
    """Return the cursor of a place in the answer to a question."""
    return f"{place:x}-{_digest(question)}"


def place(text: str | None, question: Struct | str) -> int:
    """Return the place that a cursor names, 0 without one; it has to be of the same question."""
    if text is None:
        return 0
    number, _, digest = text.partition("-")
    if digest != _digest(question):
        raise Problem(UNANSWERABLE, "The cursor is that of another question, or of days that have changed since.")
    return int(number, 16)


def _digest(question: Struct | str) -> str:
    told = question if isinstance(question, str) else structs.asdict(question)
    return sha256(json.encode(told, order="deterministic")).hexdigest()[: 2 * _DIGEST_BYTES]
