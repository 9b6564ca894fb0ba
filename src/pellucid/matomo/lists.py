"""Lists that are no reports, such as those of sites and goals: how many rows of them are told, and which columns."""

from collections.abc import Mapping, Sequence

from pellucid.matomo.call import Answer
from pellucid.matomo.parameters import DEFAULT_LIMIT, Parameters
from pellucid.matomo.rows import columns_left, expression

_LISTS = (
    *("SitesManager.get", "UsersManager.get", "LanguagesManager.get", "SegmentEditor.getAll", "Goals.getGoals"),
    *("CustomDimensions.getConfigured", "CustomDimensions.getAvailableScopes", "API.getGlossary", "API.getMetadata"),
    *("API.getReport", "API.getSegmentsMetadata", "API.getSuggestedValuesForSegment", "API.getWidgetMetadata"),
)
NUMBERED: Mapping[str, str] = {"SitesManager.getAllSites": "idsite", "Goals.getGoals": "idgoal"}
"""Lists that Matomo has under the numbers of what they are of, and by which column."""
_BY_SITE = frozenset({"Annotations.getAll", "Annotations.getAnnotationCountForDates"})
"""What is told of sites, by their numbers."""


def cut(method: str, told: Answer, given: Parameters) -> Answer:
    """Return what a method told: of a list the rows and columns that are asked for.

    As in Matomo rows stand under their numbers only where `filter_limit=-1` says that the list is not cut.
    """
    limit, offset = given.number("filter_limit", DEFAULT_LIMIT), max(given.number("filter_offset", 0), 0)
    if isinstance(told, Mapping) and method in _BY_SITE:
        whole = limit < 0 and not offset
        return told if whole else list(told.values())[offset : None if limit < 0 else offset + limit]
    if not isinstance(told, list) or not method.startswith(_LISTS):
        return told
    told = _matching(told, given)
    left = told[offset:] if limit < 0 else told[offset : offset + limit]
    rows = [columns_left(row, given) if isinstance(row, Mapping) else row for row in left]
    number = NUMBERED.get(method, "")
    if not number or not given.text("filter_limit", "") or limit >= 0 or offset:
        return rows
    return {str(row[number]): shown for row, shown in zip(left, rows, strict=True) if isinstance(row, Mapping)}


def _matching(rows: Sequence[Answer], given: Parameters) -> Sequence[Answer]:
    """Return the rows that match in one of the columns that `filter_column[]` names: as in Matomo all without these."""
    columns, pattern = given.lists.get("filter_column", ()), given.text("filter_pattern", "")
    if not (columns and pattern):
        return rows
    wanted = expression(pattern)
    return [
        row
        for row in rows
        if isinstance(row, Mapping) and any(wanted.search(str(row[name])) for name in columns if name in row)
    ]
