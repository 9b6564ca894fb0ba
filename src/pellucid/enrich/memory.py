"""A memory that forgets: for what may be known for a while, and must not be kept.

It lives in this process alone. An entry is gone within the time it was given, however often it is asked for.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from pellucid.policy.retention import USER_AGENT_IN_MEMORY

MOST_ENTRIES = 50_000

_Value = TypeVar("_Value")


class Memory(Generic[_Value]):
    """At most `most` values, each forgotten within `lifetime` seconds of when it was put; `now` counts seconds.

    There are two halves: the younger takes what is put, and becomes the older when a third of the time is over, or it
    is half full. What was in the older is forgotten then. A third, because a turn may come late by as much again.
    """

    def __init__(
        self,
        now: Callable[[], float],
        lifetime: float = USER_AGENT_IN_MEMORY.total_seconds(),
        most: int = MOST_ENTRIES,
    ) -> None:
        self._now = now
        self._turn = lifetime / 3
        self._half_size = most // 2
        self._younger: dict[str, _Value] = {}
        self._older: dict[str, _Value] = {}
        self._turned = now()

    def get(self, key: str) -> _Value | None:
        """Return the value of a key, or None if there is none (any more)."""
        if self._now() - self._turned >= self._turn:
            self.forget()
        found = self._younger.get(key)
        return self._older.get(key) if found is None else found

    def put(self, key: str, value: _Value) -> None:
        """Remember a value."""
        self.forget()
        self._younger[key] = value
        if len(self._younger) >= self._half_size:
            self._older, self._younger = self._younger, {}

    def forget(self) -> None:
        """Forget what is due; who leaves a memory alone has to call this from time to time."""
        late = self._now() - self._turned
        if late < self._turn:
            return
        self._older = self._younger if late < 2 * self._turn else {}
        self._younger = {}
        self._turned = self._now()
