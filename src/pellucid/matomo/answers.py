"""What answers queries."""

from typing import Protocol

from pellucid.model.query import Query
from pellucid.model.result import Result


class Answers(Protocol):
    """What answers queries."""

    def answer(self, query: Query) -> Result:
        """Return the rows that a query asks for."""
