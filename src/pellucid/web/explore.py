"""Any dimension there is, as one more list of the dashboard: a row in the table of dimensions is enough to be here."""

from collections.abc import Iterable, Mapping
from functools import cache

from msgspec import Struct

from pellucid.model.site import Site
from pellucid.report import untold
from pellucid.report.dimensions import DIMENSIONS, dimension_of, hidden
from pellucid.report.metric import Unit
from pellucid.report.metrics import METRICS
from pellucid.report.tellable import tellable

FIRST = "hour"
"""What is shown until something is chosen."""

_SHORT = {"url": "URL", "id": "ID", "sku": "SKU"}


@cache
def counted() -> Mapping[str, str]:
    """Return the number that is told by each dimension: visits where they can be, else the first that counts anything.

    A later one is only asked for what no earlier one tells.
    """
    found: dict[str, str] = {}
    numbers = [metric for metric in METRICS.values() if metric.unit is Unit.NUMBER]
    for metric in (METRICS["visits"], *numbers):
        for dimension in tellable(metric):
            found.setdefault(dimension, metric.name)
    return found


class Explored(Struct, frozen=True):
    """A dimension that is chosen, what is counted by it, and all others that can be."""

    name: str
    label: str
    meaning: str
    metric: str
    column: str
    choices: Mapping[str, str]
    """The label of each, by its name."""


def explored(site: Site, wanted: str) -> Explored:
    """Return the dimension that somebody wants to see, or the first if there is no such one for this site."""
    own = {f"dimension{one.id}": one.name for one in site.dimensions if one.active}
    choices = {name: _label(name) for name in _shown(site)} | own
    name = wanted if wanted in choices else FIRST
    dimension = dimension_of(name)
    metric = counted().get(name, "visits")
    return Explored(
        name=name,
        label=choices[name],
        meaning=dimension.meaning if dimension else "",
        metric=metric,
        column=_label(metric),
        choices=dict(sorted(choices.items(), key=lambda choice: choice[1].lower())),
    )


def _shown(site: Site) -> Iterable[str]:
    unshown = hidden(site.privacy)
    recognises = untold.recognises(site)
    for name in DIMENSIONS:
        says_something = recognises or not (name in untold.DIMENSIONS or counted().get(name) in untold.METRICS)
        if name in counted() and name not in unshown and says_something:
            yield name


def _label(name: str) -> str:
    first, *words = (_SHORT.get(word, word) for word in name.split("_"))
    return " ".join([first[:1].upper() + first[1:], *words])
