"""Reports whose subtables become columns: a row for each value, and a column for each value of what lies below it."""

from collections import Counter
from collections.abc import Mapping, Sequence

from pellucid.errors import RequestError
from pellucid.matomo.columns import Row
from pellucid.matomo.parameters import Parameters
from pellucid.matomo.rows import OTHERS
from pellucid.matomo.tree import SUBTABLE

MOST_COLUMNS = 10
_DEFAULT = ("nb_visits", "nb_events", "nb_impressions")

PIVOTS: Mapping[str, str] = {
    "Referrers.getKeywords": "Referrers.SearchEngine",
    "Referrers.getSearchEngines": "Referrers.Keyword",
    "Referrers.getCampaigns": "Referrers.Keyword",
    "Referrers.getWebsites": "Referrers.WebsitePage",
    "Referrers.getSocials": "Referrers.WebsitePage",
    "Events.getCategory": "Events.EventAction",
    "Events.getAction": "Events.EventName",
    "Events.getName": "Events.EventAction",
    "Contents.getContentNames": "Contents.ContentPiece",
    "Contents.getContentPieces": "Contents.ContentName",
}
"""By report, the dimension of its subtables: what it can be pivoted by."""


def pivoted(rows: Sequence[Row], given: Parameters) -> list[Row]:
    """Return rows with a column for each label of their subtables; what goes beyond a limit is in one column."""
    by, method = given.text("pivotBy"), given.text("method", "")
    if PIVOTS.get(method) != by:
        told = ", ".join(f"{name} by {dimension}" for name, dimension in PIVOTS.items())
        raise RequestError(f"{method} can not be pivoted by {by!r}; these can: {told}.")
    column = given.text("pivotByColumn", "") or next(
        (name for name in _DEFAULT if any(name in row for row in rows)), _DEFAULT[0]
    )
    limit = given.number("pivotByColumnLimit", MOST_COLUMNS)
    inner = [_below(row, column) for row in rows]
    totals: Counter[str] = Counter()
    for numbers in inner:
        totals.update(numbers)
    ordered = [label for label, _ in totals.most_common()]
    shown = ordered if limit < 0 else ordered[:limit]
    done: list[Row] = []
    for row, numbers in zip(rows, inner, strict=True):
        others = sum(number for label, number in numbers.items() if label not in shown)
        columns: Row = {label: numbers[label] for label in shown}
        if len(shown) < len(ordered):
            columns[OTHERS] = others
        done.append({"label": row["label"]} | columns | {"label": row["label"]})
    return done


def _below(row: Row, column: str) -> Counter[str]:
    numbers: Counter[str] = Counter()
    below = row.get(SUBTABLE)
    for one in below if isinstance(below, list) else []:
        value = one.get(column)
        numbers[str(one["label"])] += (
            value if isinstance(value, int) else round(value) if isinstance(value, float) else 0
        )
    return numbers
