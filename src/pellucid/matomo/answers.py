"""What answers queries."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

from pellucid.model.query import Query
from pellucid.model.result import Result

AT_ONCE = 2
"""How many questions of one report are asked at a time: the engine plans each on one core, and others ask too."""

Found = TypeVar("Found")


class Answers(Protocol):
    """What answers queries; it is asked by several threads."""

    def answer(self, query: Query) -> Result:
        """Return the rows that a query asks for."""

    def of_one_request(self) -> "Answers":
        """Return what answers the questions of one request, and looks but once for what they have in common."""


def together(*questions: Callable[[], Found]) -> list[Found]:
    """Return what each question finds; they are asked at the same time."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(lambda question: question(), questions))
