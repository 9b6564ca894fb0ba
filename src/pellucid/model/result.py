"""An answer of the reports."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

Value = str | int | float | bool | date | None
"""A number of a metric, a label of a dimension, or None: there is none, as for a mean of nothing."""


Rows = Sequence[Sequence[Value]]

Columns = Sequence[Sequence[Value]]
"""Rows column by column: as many values in each as there are rows, and none, or empty ones, where there are none."""


class Result(Struct, frozen=True):
    """Rows of values under named columns: dimensions first, then metrics, in the order they were asked for."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]

    def records(self) -> list[dict[str, Value]]:
        """Return the rows as mappings from column to value."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]
