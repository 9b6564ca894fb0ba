"""What a report with rows is."""

from collections.abc import Callable

from msgspec import Struct

from pellucid.matomo.columns import OF_VISITS, Column, Ratio, Sum
from pellucid.matomo.labels import Label
from pellucid.model.hit import SourceKind


class Table(Struct, frozen=True):
    """A report with a row for each value of its dimensions.

    `label` takes a row's values; where rows lie in folders, `path` gives the labels of the folders too, and `label` is
    what a row is called in a flat report. `only` is the kind of source the visits must have come from; a row has to
    have some of the column it `needs`; what is `always` there has a row without any visit. Folders have no sum of the
    columns `apart`.
    """

    dimensions: tuple[str, ...]
    label: Callable[..., Label]
    column: str = ""
    path: Callable[..., tuple[Label, ...]] | None = None
    columns: tuple[Column, ...] = OF_VISITS
    ratios: tuple[Ratio | Sum, ...] = ()
    apart: frozenset[str] = frozenset()
    only: SourceKind | None = None
    needs: str = ""
    always: tuple[Label, ...] = ()
