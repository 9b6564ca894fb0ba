"""Sources of every kind, asked for once: what reports tell of them adds up, so that each has its part of one answer."""

from functools import cache

from msgspec import structs

from pellucid.matomo.answers import Answers
from pellucid.model.query import Query
from pellucid.model.result import Result, Value
from pellucid.report.metrics import METRICS

_SOURCE = ("source_kind", "source_name", "source_keyword", "source_url")


class EverySource:
    """Answers the queries of one request on sources, each about one kind of them, from one query by all that they have.

    Their metrics are sums over sources, or the most of any.
    """

    def __init__(self, reports: Answers) -> None:
        self._reports = reports
        self._whole = cache(reports.answer)

    def of_one_request(self) -> "EverySource":
        """Return itself: it is made for one request."""
        return self

    def answer(self, query: Query) -> Result:
        """Return the rows that a query asks for."""
        others = tuple(name for name in query.dimensions if name not in _SOURCE)
        whole = self._whole(structs.replace(query, dimensions=(*_SOURCE, *others), about=()))
        kinds = {condition.value for some in query.about for condition in some}
        places = [whole.columns.index(name) for name in query.dimensions]
        of_keys = len(_SOURCE) + len(others)
        found: dict[tuple[Value, ...], list[tuple[Value, ...]]] = {}
        for row in whole.rows:
            if not kinds or row[0] in kinds:
                found.setdefault(tuple(row[place] for place in places), []).append(row[of_keys:])
        rows = [(*key, *map(_total, query.metrics, zip(*found[key], strict=True))) for key in sorted(found, key=str)]
        return Result(query.dimensions + query.metrics, tuple(rows))


def _total(metric: str, numbers: tuple[Value, ...]) -> Value:
    told = [number for number in numbers if isinstance(number, int | float)]
    return max(told) if METRICS[metric].over_days == "max({})" else sum(told)
