"""The kinds of value a stored column can hold.

A field of `Event`, `Visit` or `Conversion` is annotated with one of these; the store's columns are read off the
annotations, in the order of the fields, so that a field is one edit and never two.
"""

from datetime import date
from typing import Annotated, NewType

from msgspec import Struct

ColumnKind = NewType("ColumnKind", str)


class Variable(Struct, frozen=True, gc=False):
    """A custom variable: its place (from 1), its name, and what it was set to."""

    place: int
    name: str
    value: str


class Item(Struct, frozen=True, gc=False):
    """A product in a cart or an order: the price is that of one piece."""

    sku: str
    name: str
    categories: tuple[str, ...]
    price: float
    quantity: int


Flag = Annotated[bool, ColumnKind("flag")]
Count = Annotated[int, ColumnKind("count")]
"""A whole number below 2 ** 32."""
Total = Annotated[int, ColumnKind("total")]
"""A sum of counts, below 2 ** 64."""
Told = Annotated[int | None, ColumnKind("told")]
"""A whole number below 2 ** 32 that the visitor's browser or the site told, or None."""
Amount = Annotated[float, ColumnKind("amount")]
"""Money, in the site's currency."""
Measure = Annotated[float | None, ColumnKind("measure")]
"""A number that the site told, or None."""
Identifier = Annotated[int, ColumnKind("identifier")]
"""A whole number below 2 ** 64."""
Moment = Annotated[int, ColumnKind("moment")]
"""A point in time in UTC, as milliseconds since 1970; 0 where there is none."""
Day = Annotated[date, ColumnKind("day")]
Text = Annotated[str, ColumnKind("text")]
Repeated = Annotated[str, ColumnKind("repeated")]
"""A text that many rows have in common, of however many different ones: an address, a title, a name."""
Category = Annotated[str, ColumnKind("category")]
"""A text with few distinct values, stored once each."""
Categories = Annotated[tuple[str, ...], ColumnKind("categories")]
Numbers = Annotated[list[int], ColumnKind("numbers")]
Identifiers = Annotated[list[int], ColumnKind("identifiers")]
Values = Annotated[dict[str, str], ColumnKind("values")]
"""The values of custom dimensions, by the number of the dimension as text."""
Variables = Annotated[tuple[Variable, ...], ColumnKind("variables")]
Items = Annotated[tuple[Item, ...], ColumnKind("items")]
