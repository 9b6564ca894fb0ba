"""Reports beside those of other periods and segments: each row with what it was there, and how far that differs."""

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from msgspec import Struct

from pellucid.errors import RequestError
from pellucid.matomo.call import Answer, Call
from pellucid.matomo.columns import explains
from pellucid.matomo.dates import asked, key
from pellucid.matomo.overview import spelled
from pellucid.matomo.parameters import ALL, Parameters
from pellucid.matomo.tree import SUBTABLE
from pellucid.model.period import Period
from pellucid.model.site import Site
from pellucid.report.changes import growth

One = Callable[[Site, Period, Parameters], Answer]
"""What answers a report on one period."""

MOST = 5
"""How many periods, and how many segments, can be compared at once."""

_ITS_OWN = ("compare", "compareDates", "comparePeriods", "compareSegments")
_FILTERS = ("filter_offset", "filter_truncate", "filter_pattern", "filter_pattern_recursive", "filter_excludelowpop")


class Series(Struct, frozen=True):
    """A period and a segment as they are asked for; `is_base` says that the period is the one of the report itself."""

    period: Period
    date: str
    segment: str
    is_base: bool

    @property
    def told(self) -> dict[str, Answer]:
        """What tells which series a row is of."""
        period, segment = spelled(self.period), unquote(self.segment) or "All visits"
        period = period[:1].upper() + period[1:]
        return {
            "compareSegment": self.segment,
            "compareSegmentPretty": segment,
            "comparePeriod": self.period.kind.value,
            "compareDate": self.date,
            "comparePeriodPretty": period,
            "compareSeriesPretty": f"({period}) ({segment})",
        }


def is_compared(given: Parameters) -> bool:
    """Return whether a request compares something."""
    return given.flag("compare", default=True) and any(given.several(name) for name in _ITS_OWN[1:])


def compared(one: One, call: Call, site: Site, period: Period) -> Answer:
    """Return a report with `comparisons` in every row."""
    given = call.given
    if given.text("idSubtable", ""):
        raise RequestError("A subtable is compared in its report: ask for expanded=1, or for a row by its label.")
    plain = given.without(*_ITS_OWN)
    base = one(site, period, plain)
    every = plain.without(*_FILTERS).with_text(filter_limit=str(ALL))
    series = _series(call, site, period)
    answers = [one(site, each.period, every.with_text(segment=each.segment)) for each in series]
    return _beside(base, answers, series)


def _series(call: Call, site: Site, period: Period) -> list[Series]:
    given = call.given
    dates, kinds = given.several("compareDates"), given.several("comparePeriods")
    segments = (given.text("segment", ""), *given.several("compareSegments"))
    if len(dates) != len(kinds):
        raise RequestError("compareDates and comparePeriods need as many values as each other.")
    if len(dates) > MOST or len(segments) > MOST + 1:
        raise RequestError(f"At most {MOST} periods and {MOST} segments can be compared at once.")
    today = call.now.astimezone(ZoneInfo(site.timezone)).date()
    periods = [(period, given.text("date") if not call.periods(site).several else key(period), True)]
    for kind, date in zip(kinds, dates, strict=True):
        wanted = asked(kind, date, today)
        if wanted.several:
            raise RequestError(f"A report is compared with one period at a time, and {date!r} is a series of them.")
        periods.append((wanted.periods[0], date, False))
    return [Series(one, date, segment, is_base) for (one, date, is_base), segment in product(periods, segments)]


def _beside(base: Answer, answers: Sequence[Answer], series: Sequence[Series]) -> Answer:
    if isinstance(base, Mapping):
        return {**base, "comparisons": _rows(base, answers, series)}
    if not isinstance(base, list):
        return base
    return [_row(row, [_alike(row, answer) for answer in answers], series) for row in base]


def _row(row: Answer, alike: Sequence[Answer], series: Sequence[Series]) -> Answer:
    if not isinstance(row, Mapping):
        return row
    below = row.get(SUBTABLE)
    told: dict[str, Answer] = {**row, "comparisons": _rows(row, alike, series)}
    if isinstance(below, list):
        told[SUBTABLE] = _beside(
            below, [one.get(SUBTABLE) if isinstance(one, Mapping) else [] for one in alike], series
        )
    return told


def _alike(row: Answer, rows: Answer) -> Answer:
    """Return the row with the same label; nothing if there is none."""
    label = row.get("label") if isinstance(row, Mapping) else None
    some = rows if isinstance(rows, list) else []
    return next((one for one in some if isinstance(one, Mapping) and one.get("label") == label), {})


def _rows(base: Mapping[str, Answer], alike: Sequence[Answer], series: Sequence[Series]) -> list[Answer]:
    columns = [name for name, value in base.items() if _number(value) is not None and not explains(name, value)]
    found: list[dict[str, Answer]] = []
    of_base: dict[str, Mapping[str, Answer]] = {}
    for each, answer in zip(series, alike, strict=True):
        there = answer if isinstance(answer, Mapping) else {}
        row: dict[str, Answer] = {name: there.get(name, "0%" if isinstance(base[name], str) else 0) for name in columns}
        if each.is_base:
            of_base[each.segment] = dict(row)
        else:
            row |= _changes(of_base[each.segment], row)
        found.append(row | each.told | {"idsubdatatable": there.get("idsubdatatable", -1)})
    return list(found)


def _changes(before: Mapping[str, Answer], row: Mapping[str, Answer]) -> dict[str, Answer]:
    changes: dict[str, Answer] = {}
    for name, value in row.items():
        old, new = _number(before[name]) or 0, _number(value) or 0
        changes |= {f"{name}_change": f"{growth(old, new):+g}%", f"{name}_change_from": f"{growth(new, old):+g}%"}
    return changes


def _number(value: Answer) -> float | None:
    if isinstance(value, str) and value.endswith("%"):
        value = value.removesuffix("%")
        return float(value) if value.replace(".", "", 1).lstrip("-").isdecimal() else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
