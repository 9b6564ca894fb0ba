"""How one row of a report changes over periods, or a column of several: `API.getRowEvolution`."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import dropwhile
from urllib.parse import quote_plus, unquote_plus

from msgspec import Struct

from pellucid.matomo.columns import ALL_RATIOS_OF_VISITS, Row, rounded, with_ratios
from pellucid.matomo.parameters import DEFAULT_LIMIT, Parameters
from pellucid.matomo.rows import labelled
from pellucid.matomo.tree import without_www

_OF_PAGES = frozenset(
    f"Actions.get{kind}"
    for kind in ("PageUrls", "PageUrlsFollowingSiteSearch", "EntryPageUrls", "ExitPageUrls", "PageUrl")
)
"""Reports whose folders are told by the addresses that their pages begin with."""
_WITHIN = re.compile(r"\s*>\s*")


class Followed(Struct, frozen=True):
    """A report whose rows are followed: the columns that are told, with what they are called, and the site's host."""

    method: str
    dimension: str
    names: Mapping[str, str]
    host: str = ""


def evolution(report: Followed, rows: Callable[[], Mapping[str, Sequence[Row]]], given: Parameters) -> Row:
    """Return the numbers of the row with the wanted label, period by period; `rows` gives all rows of each.

    Of several labels, or of all rows if none is named, one column is told.
    """
    names, every = report.names, rows()
    labels = _wanted(given) or _all_labels(every, given)
    if len(labels) != 1:
        return _of_several(report, every, labels, given)
    found = {period: labelled(some, labels) for period, some in every.items()}
    data = {period: [_told(row, names) for row in some[:1]] for period, some in found.items()}
    metrics = {column: _metric(heading, column, data) for column, heading in names.items()}
    return {
        "label": _address(report.method, found, given) or _path(report, given.text("labelPretty", "") or labels[0]),
        "reportData": data,  # type: ignore[dict-item]
        "metadata": {"metrics": metrics, "dimension": report.dimension},  # type: ignore[dict-item]
    }


def _of_several(report: Followed, every: Mapping[str, Sequence[Row]], labels: Sequence[str], given: Parameters) -> Row:
    names, pretty = report.names, given.text("labelPretty", "").split(",")
    column = given.text("column", "")
    column = column if column in names else next(iter(names))
    data: dict[str, list[Row]] = {period: [{}] if labels else [] for period in every}
    metrics: dict[str, Row] = {}
    ending = f" ({names[column]})" if given.flag("legendAppendMetric", default=True) else ""
    for place, label in enumerate(labels):
        found = {period: labelled(some, [label]) for period, some in every.items()}
        for period, some in found.items():
            value = _told(some[0], names).get(column) if some else 0
            data[period][0][f"{column}_{place}"] = _number(value)
        one, wanted = f"{column}_{place}", next(iter(pretty[place:]), "")
        heading = wanted or _address(report.method, found, given) or _labels(label)
        metrics[one] = _metric(f"{heading}{ending}", one, data)
    return {
        "column": column,
        "reportData": data,  # type: ignore[dict-item]
        "metadata": {"metrics": metrics, "dimension": report.dimension, "columns": dict(names)},  # type: ignore[dict-item]
    }


def _wanted(given: Parameters) -> list[str]:
    """Return the labels that are asked for: commas part them, and those within them are escaped."""
    told = given.several("label") or ()
    return list(dict.fromkeys(part.strip() for text in told for part in text.split(",") if part.strip()))


def _all_labels(every: Mapping[str, Sequence[Row]], given: Parameters) -> list[str]:
    told = list(dict.fromkeys(quote_plus(str(row["label"])) for some in every.values() for row in some))
    limit = given.number("filter_limit", DEFAULT_LIMIT)
    return told[:limit] if limit > 0 else told


def _address(method: str, found: Mapping[str, Sequence[Row]], given: Parameters) -> str:
    """Return the address that a row is called by; nothing if it has none, or is to be called by its label."""
    # The pages of another site are labelled by their addresses.
    by = {"Referrers.getWebsites": ("url", "label")}.get(method, ("url",) if method.startswith("Actions.") else ())
    if not given.flag("labelUseAbsoluteUrl", default=True):
        return ""
    told = (str(row.get(name)) for some in found.values() for row in some for name in by)
    return without_www(next((text for text in told if "://" in text), ""))


def _path(report: Followed, label: str) -> str:
    """Return what a row without an address is called: a folder of pages by where they are, others by their labels."""
    if report.method not in _OF_PAGES:
        return _labels(label).replace("@", "")
    return unquote_plus(f"{report.host}/{_WITHIN.sub('/', label)}/").replace("@", "")


def _labels(label: str) -> str:
    """Return the labels that lead to a row."""
    return " - ".join(map(unquote_plus, label.split(">")))


def _told(row: Row, names: Mapping[str, str]) -> Row:
    whole = with_ratios(row, ALL_RATIOS_OF_VISITS, written=True) if "sum_visit_length" in row else row
    return {column: whole[column] for column in names if column in whole}


def _metric(heading: str, column: str, data: Mapping[str, Sequence[Row]]) -> Row:
    """Return what a column came to: at least and at most since there was anything, and from the first to the last."""
    numbers = [_number(rows[0].get(column)) if rows else 0 for rows in data.values()]
    told = list(dropwhile(lambda number: number <= 0, numbers))
    metric: Row = {"name": heading}
    if told:
        metric |= {"min": min(told), "max": max(told)}
    if numbers and numbers[0]:
        metric["change"] = f"{rounded(Decimal(str((numbers[-1] / numbers[0] - 1) * 100)), 0):+,}%"
    return metric


def _number(value: object) -> float:
    try:
        number = float(str(value).rstrip("%"))
    except ValueError:
        return 0
    return int(number) if number.is_integer() else number
