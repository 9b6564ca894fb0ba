"""Reports beside those of other periods and segments: each row with what it was there, and how far that differs."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import product
from urllib.parse import unquote

from msgspec import DecodeError, Struct, json, structs

from pellucid.errors import RequestError
from pellucid.matomo.call import Answer, Call
from pellucid.matomo.columns import explains, plain
from pellucid.matomo.dates import Asked, asked, key
from pellucid.matomo.overview import spelled
from pellucid.matomo.parameters import ALL, Parameters
from pellucid.matomo.segment_editor import seen
from pellucid.matomo.tree import SUBTABLE
from pellucid.model.period import Period, PeriodKind
from pellucid.model.site import Site
from pellucid.report.changes import growth

One = Callable[[Site, Period, Parameters], Answer]
"""What answers a report on one period."""

MOST = 5
"""How many periods, and how many segments, can be compared at once."""

_SUBTABLES, _NO_SUBTABLE = "comparisonIdSubtables", -1
"""The numbers of the subtables of all series, and what stands for one that a series does not have."""
_ITS_OWN = ("compare", "compareDates", "comparePeriods", "compareSegments", _SUBTABLES)
_WANTED = ("compareDates", "comparePeriods", "compareSegments")
_FILTERS = ("filter_offset", "filter_truncate", "filter_pattern", "filter_pattern_recursive", "filter_excludelowpop")


class Series(Struct, frozen=True):
    """A period and a segment as they are asked for; `is_base` says that the period is the one of the report itself.

    A segment that is kept is `called` by its name. Where several periods are compared one by one, `whole` is what they
    come to: the series that the period is of. A series that is shorter than that of the report has no `period` beside
    its last ones.
    """

    period: Period | None
    whole: Period
    kind: PeriodKind
    date: str
    segment: str
    called: str
    is_base: bool

    @property
    def told(self) -> dict[str, Answer]:
        """What tells which series a row is of."""
        shown, segment = self.period or self.whole, self.called
        period, whole = (text[:1].upper() + text[1:] for text in (spelled(shown), spelled(self.whole)))
        return {
            "compareSegment": self.segment,
            "compareSegmentPretty": segment,
            "comparePeriod": self.kind,
            "compareDate": self.date,
            "comparePeriodPretty": period,
            "compareSeriesPretty": f"({whole}) ({segment})",
        }


def is_compared(given: Parameters) -> bool:
    """Return whether a request compares something: as in Matomo what it names is not looked at without `compare`."""
    return given.flag("compare") and any(given.several(name) for name in _WANTED)


def compared(one: One, call: Call, site: Site, period: Period) -> Answer:
    """Return a report with `comparisons` in every row."""
    given = call.given
    plain = given.without(*_ITS_OWN)
    base = one(site, period, plain)
    every = structs.replace(plain.without(*_FILTERS).with_text(filter_limit=str(ALL)), escaped="")
    series = _series(call, site, period)
    numbers = _subtables(given, len(series))
    asked = [
        every.with_text(segment=each.segment, idSubtable=number) for each, number in zip(series, numbers, strict=True)
    ]
    answers = [
        one(site, each.period, beside) if each.period and beside.text("idSubtable") != str(_NO_SUBTABLE) else []
        for each, beside in zip(series, asked, strict=True)
    ]
    return _beside(base, answers, series, joined=not given.flag("flat"))


def _series(call: Call, site: Site, period: Period) -> list[Series]:
    given = call.given
    dates, kinds = given.several("compareDates"), given.several("comparePeriods")
    segments = (given.text("segment", ""), *given.several("compareSegments"))
    if len(dates) != len(kinds):
        raise RequestError("compareDates and comparePeriods need as many values as each other.")
    if len(dates) > MOST or len(segments) > MOST + 1:
        raise RequestError(f"At most {MOST} periods and {MOST} segments can be compared at once.")
    wanted = call.periods(site)
    place = wanted.periods.index(period)
    date = key(period) if wanted.several else given.text("date")
    periods: list[tuple[Asked, Period | None, str, bool]] = [(wanted, period, date, True)]
    for kind, named in zip(kinds, dates, strict=True):
        beside = asked(kind, named, call.today(site))
        if beside.several is not wanted.several:
            here, there = ("multiple", "single") if wanted.several else ("single", "multiple")
            told = f"original request is {here} period and cannot be compared with {there} periods."
            raise RequestError(f"Cannot compare: {told}")
        alike = beside.periods[place] if place < len(beside.periods) else None
        periods.append((beside, alike, key(alike) if alike and wanted.several else named, False))
    names = {unquote(kept.definition): kept.name for kept in seen(call)}
    return [
        Series(one, _whole(of), of.periods[0].kind, date, segment, _called(segment, names), is_base)
        for (of, one, date, is_base), segment in product(periods, segments)
    ]


def _called(segment: str, names: Mapping[str, str]) -> str:
    definition = unquote(segment)
    return names.get(definition, definition) or "All visits"


def _subtables(given: Parameters, number: int) -> list[str]:
    """Return the number of the subtable of each series, as a parameter says it; nothing where none is asked for."""
    if not given.text("idSubtable", "").isdecimal():
        return [given.text("idSubtable", "")] * number
    told = given.text(_SUBTABLES, "")
    try:
        listed = json.decode(told, type=list[int] | dict[int, int], strict=False)
        return [str(listed[place]) for place in range(number)]
    except (DecodeError, LookupError) as error:
        raise RequestError(
            f"A subtable is compared with those of the {number} series: {_SUBTABLES} has to be a list of their "
            f"numbers in JSON, {_NO_SUBTABLE} where there is none, and is {told!r}."
        ) from error


def _whole(asked: Asked) -> Period:
    """Return what several periods come to, or the only one."""
    first, last = asked.periods[0], asked.periods[-1]
    return Period(first.first, last.last) if asked.several else first


def _beside(base: Answer, answers: Sequence[Answer], series: Sequence[Series], *, joined: bool) -> Answer:
    """Return a report with what each of its rows was in the series; segments are `joined` with those of the series."""
    if isinstance(base, Mapping):
        return {**base, "comparisons": _rows(base, answers, series, joined=joined)}
    if not isinstance(base, list):
        return base
    return [_row(row, [_alike(row, answer) for answer in answers], series, joined=joined) for row in base]


def _row(row: Answer, alike: Sequence[Answer], series: Sequence[Series], *, joined: bool) -> Answer:
    if not isinstance(row, Mapping):
        return row
    below = row.get(SUBTABLE)
    told: dict[str, Answer] = {**row, "comparisons": _rows(row, alike, series, joined=joined)}
    if isinstance(below, list):
        beside = [one.get(SUBTABLE) if isinstance(one, Mapping) else [] for one in alike]
        told[SUBTABLE] = _beside(below, beside, series, joined=joined)
    return told


def _alike(row: Answer, rows: Answer) -> Answer:
    """Return the row with the same label; nothing if there is none."""
    label = row.get("label") if isinstance(row, Mapping) else None
    some = rows if isinstance(rows, list) else []
    return next((one for one in some if isinstance(one, Mapping) and one.get("label") == label), {})


def _rows(
    base: Mapping[str, Answer], alike: Sequence[Answer], series: Sequence[Series], *, joined: bool
) -> list[Answer]:
    columns = _columns(base)
    found: list[dict[str, Answer]] = []
    of_base: dict[str, Mapping[str, Answer]] = {}
    for each, answer in zip(series, alike, strict=True):
        there = answer if isinstance(answer, Mapping) else {}
        named = [name for name in columns if not there or name in there or not _is_of_people(name)]
        names = dict.fromkeys([*named, *_columns(there)])
        nothing = {name: "0%" if isinstance(base.get(name), str) else 0 for name in names}
        row: dict[str, Answer] = nothing | {name: there[name] for name in names if name in there}
        if each.is_base:
            of_base[each.segment] = dict(row)
        else:
            row |= _changes(of_base[each.segment], row)
        row |= each.told | {"idsubdatatable": there.get("idsubdatatable", -1)}
        if "segment" in base:
            row["segment"] = f"{each.segment};{base['segment']}" if each.segment and joined else base["segment"]
        found.append(row)
    return list(found)


def _columns(row: Mapping[str, Answer]) -> list[str]:
    return [name for name, value in row.items() if _number(value) is not None and not explains(name, value)]


def _is_of_people(name: str) -> bool:
    """Return whether a column counts people, as not every period has them counted."""
    return "nb_uniq_visitors" in name or "nb_users" in name


def _changes(before: Mapping[str, Answer], row: Mapping[str, Answer]) -> dict[str, Answer]:
    changes: dict[str, Answer] = {}
    for name, value in row.items():
        old, new = _number(before.get(name)) or 0, _number(value) or 0
        changes |= {f"{name}_change": _grown(old, new), f"{name}_change_from": _grown(new, old)}
    return changes


def _grown(before: float, now: float) -> str:
    return f"{plain(Decimal(str(growth(before, now)))):+,}%"


def _number(value: Answer) -> float | None:
    if isinstance(value, str) and value.endswith("%"):
        value = value.removesuffix("%")
        return float(value) if value.replace(".", "", 1).lstrip("-").isdecimal() else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
