"""What the rows of a flat report have besides: their label under the name of what they are told apart by."""

from collections.abc import Callable, Mapping

from pellucid.matomo.columns import Row
from pellucid.matomo.pivot import DIMENSIONS
from pellucid.matomo.rows import OTHERS

_UNNAMED = (
    *("UserId.getUsers", "Referrers.getReferrerType", "VisitorInterest."),
    *("Goals.getDaysToConversion", "Goals.getVisitsUntilConversion"),
)
"""Reports whose rows Matomo gives no such name, or one that is no word: the numbers from which to which they are on."""


def _hour(label: str) -> str:
    return str(int(label)) if label.isdecimal() else label


_WRITTEN: Mapping[str, Callable[[str], str]] = {
    "DevicePlugins.getPlugin": str.lower,
    "VisitTime.getVisitInformationPerLocalTime": _hour,
    "VisitTime.getVisitInformationPerServerTime": _hour,
}
"""What a label is to Matomo itself, where that shows another."""


def named(method: str, rows: list[Row]) -> list[Row]:
    """Return the rows of a flat report, each with its label under the name of the report's dimension."""
    if method not in DIMENSIONS or method.startswith(_UNNAMED):
        return rows
    column, write = DIMENSIONS[method][0].replace(".", "_"), _WRITTEN.get(method, str)
    return [row if row.get("label") in {OTHERS, None} else {column: write(str(row["label"])), **row} for row in rows]
