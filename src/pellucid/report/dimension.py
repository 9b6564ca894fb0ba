"""What a dimension is."""

from collections.abc import Mapping

from msgspec import Struct

from pellucid.report.source import OF_EVENTS, OF_VISITS, Source


class Dimension(Struct, frozen=True):
    """What rows can be told apart by.

    `told` is an expression for each source. It may use the bound value `timezone`. A `steady` dimension has all its
    values in every period, also those on which nothing happened. Segments compare a `number` as one, with fractions if
    it is `decimal`. Of a `scattered` dimension some values stand on visits, and some on what happened in them.
    """

    name: str
    meaning: str
    told: Mapping[Source, str]
    steady: bool = False
    number: bool = False
    decimal: bool = False
    scattered: bool = False


SCHEME = "^https?://(?:www[.])?"
"""What of an address does not tell pages apart."""


def from_host_on(url: str) -> str:
    """Return the expression of an address without its scheme and `www.`, which is made once of each that is stored."""
    return f"replaceRegexpOne({url}, '{SCHEME}', '')"


def everywhere(sql: str) -> dict[Source, str]:
    """Return the same expression for each source."""
    return dict.fromkeys((*OF_VISITS, *OF_EVENTS), sql)
