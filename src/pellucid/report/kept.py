"""Answers that stay as they are, kept for who asks again."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from msgspec import Struct

from pellucid.model.result import Columns

MOST_VALUES = 1_000_000
"""How many values are kept, of some 40 bytes each; an answer of more than a quarter of them is not."""

SECONDS_KEPT = 600.0
"""For how long an answer is kept that nobody asks for."""


class _Answer(Struct):
    columns: Columns
    values: int
    asked: float


class Kept:
    """Answers to questions that have the same one for ever; safe between threads.

    `now` tells seconds that only grow. Those that were asked for least of late make room for others.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = Lock()
        self._answers: OrderedDict[bytes, _Answer] = OrderedDict()
        self._too_large: dict[bytes, float] = {}
        self._values = 0

    def find(self, question: bytes) -> Columns | None:
        """Return the answer to a question, if it is kept."""
        with self._lock:
            answer = self._answers.get(question)
            if answer is None:
                return None
            answer.asked = self._now()
            self._answers.move_to_end(question)
            return answer.columns

    def is_too_large(self, question: bytes) -> bool:
        """Return whether the answer to a question was too large to be kept, not long ago."""
        with self._lock:
            return question in self._too_large

    def keep(self, question: bytes, columns: Columns) -> None:
        """Keep the answer to a question, where it is not too large."""
        values = sum(map(len, columns))
        with self._lock:
            if values > MOST_VALUES // 4:
                self._too_large[question] = self._now()
                return
            self._drop(question)
            while self._values + values > MOST_VALUES:
                self._drop(next(iter(self._answers)))
            self._answers[question] = _Answer(columns, values, self._now())
            self._values += values

    def forget(self) -> None:
        """Drop what nobody has asked for of late: what was deleted is not here for much longer either."""
        with self._lock:
            while self._answers and self._now() - next(iter(self._answers.values())).asked > SECONDS_KEPT:
                self._drop(next(iter(self._answers)))
            self._too_large = {one: told for one, told in self._too_large.items() if self._now() - told <= SECONDS_KEPT}

    def _drop(self, question: bytes) -> None:
        if question in self._answers:
            self._values -= self._answers.pop(question).values
