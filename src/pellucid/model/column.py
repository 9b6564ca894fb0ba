"""The kinds of value a stored column can hold.

A field of `Event` or `Visit` is annotated with one of these; the store's columns are read off the annotations, in
the order of the fields, so that a field is one edit and never two.
"""

from datetime import date
from typing import Annotated, NewType

ColumnKind = NewType("ColumnKind", str)

Flag = Annotated[bool, ColumnKind("flag")]
Small = Annotated[int, ColumnKind("small")]
"""A whole number below 256."""
Count = Annotated[int, ColumnKind("count")]
"""A whole number below 2 ** 32."""
Identifier = Annotated[int, ColumnKind("identifier")]
"""A whole number below 2 ** 64."""
Moment = Annotated[int, ColumnKind("moment")]
"""A point in time in UTC, as milliseconds since 1970."""
Day = Annotated[date, ColumnKind("day")]
Text = Annotated[str, ColumnKind("text")]
Category = Annotated[str, ColumnKind("category")]
"""A text with few distinct values, stored once each."""
Parameters = Annotated[dict[str, str], ColumnKind("parameters")]
