"""What a report with rows is."""

from collections.abc import Callable
from enum import StrEnum

from msgspec import Struct

from pellucid.matomo.columns import OF_VISITS, Column, Ratio, Sum
from pellucid.matomo.labels import Label
from pellucid.model.hit import SourceKind
from pellucid.model.query import Condition

BY_PAGE = ("bare_page_url",)
"""What a report on pages has a row for: as in Matomo, an address is one page with whatever scheme and `www.`."""


class Goals(StrEnum):
    """Which rows of a report tell of conversions: where Matomo keeps them for the upper rows alone, so do we."""

    NONE = "none"
    UPPER = "upper"
    ALL = "all"
    PAGES = "pages"
    """As Matomo tells them of pages: what was converted after each was viewed."""


class Table(Struct, frozen=True):
    """A report with a row for each value of its dimensions.

    `label` takes a row's values; where rows lie in folders, `path` gives the labels of the folders too, and `label` is
    what a row is called in a flat report. `only` is the kind of source the visits must have come from, `where` what
    else they must meet, `rows` what a row must; a row has to have some of the column it `needs`. What is `always` there
    has a row without any visit, with all columns if it is `whole`. Folders have no sum of the columns `apart`, and what
    is in them the `ratios_in_folders`. Rows without a first value are left out if it is `only_told`; with `lacks_inner`
    those without a second value belong to the first alone. What does not `expands` has its subtables closed, whatever
    is asked for. `goals` says which rows tell what their visits converted.
    """

    dimensions: tuple[str, ...]
    label: Callable[..., Label]
    column: str = ""
    path: Callable[..., tuple[Label, ...]] | None = None
    columns: tuple[Column, ...] = OF_VISITS
    ratios: tuple[Ratio | Sum, ...] = ()
    ratios_in_folders: tuple[Ratio | Sum, ...] = ()
    apart: frozenset[str] = frozenset()
    only: SourceKind | None = None
    where: tuple[Condition, ...] = ()
    rows: tuple[Condition, ...] = ()
    needs: str = ""
    always: tuple[Label, ...] = ()
    whole: bool = False
    only_told: bool = False
    lacks_inner: bool = False
    expands: bool = True
    goals: Goals = Goals.NONE
