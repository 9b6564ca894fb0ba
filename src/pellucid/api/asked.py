"""Bodies as questions of the reports."""

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec import structs

from pellucid.api.bodies import AmongBody, ConditionBody, DaysBody, FunnelBody, QueryBody
from pellucid.api.problem import INVALID, UNANSWERABLE, Place, Problem
from pellucid.model.journey import Among, Paths
from pellucid.model.period import Period, PeriodKind
from pellucid.model.query import Condition, Order, Query, Segment
from pellucid.report.dimensions import DIMENSIONS, dimension_of
from pellucid.report.metrics import METRICS
from pellucid.report.periods import EARLIEST, LATEST, a_year_before, before, period_of

_DEFAULT_ROWS = 100


def among(body: AmongBody, today: date, timezone: str) -> Among:
    """Return which visits a body means."""
    return Among(
        site_ids=tuple(dict.fromkeys(body.sites)),
        period=period(body, today),
        segment=Segment(_groups(body.segment)),
        timezone=timezone,
    )


def query(body: QueryBody, today: date, timezone: str) -> Query:
    """Return the question of a body, from its first row on."""
    for name in body.metrics:
        if name not in METRICS:
            _unknown(f"There is no metric {name!r}; /api/v1/metrics has them all.", "/metrics")
    for name in body.dimensions:
        _known(name, "/dimensions")
    visits = among(body, today, timezone)
    return Query(
        site_ids=visits.site_ids,
        period=visits.period,
        segment=visits.segment,
        metrics=tuple(dict.fromkeys(body.metrics)),
        dimensions=tuple(dict.fromkeys(body.dimensions)),
        where=_groups(body.where),
        timezone=timezone,
        order=tuple(Order(order.by, order.descending) for order in body.order),
    )


def rows_of(body: QueryBody) -> int:
    """Return how many rows an answer has at most."""
    return body.limit or _DEFAULT_ROWS


def conditions(written: Sequence[ConditionBody]) -> tuple[Condition, ...]:
    """Return conditions; raise `Problem` for a dimension that is none."""
    for condition in written:
        _known(condition.dimension, "")
    return tuple(Condition(one.dimension, one.operator, str(one.value)) for one in written)


def compared(body: QueryBody, now: Period) -> Period | None:
    """Return the period that a body compares with, if it does."""
    match body.compare_to:
        case None:
            return None
        case "previous_period":
            return _within_reach(before(now))
        case "previous_year":
            return _within_reach(a_year_before(now))
        case DaysBody(first, last):
            return _range(first, last)


def period(body: AmongBody, today: date) -> Period:
    """Return the days that a body means."""
    named = body.period is not None or body.on is not None
    if body.first is not None and body.last is not None and not named:
        return _range(body.first, body.last)
    if body.first is not None or body.last is not None:
        raise Problem(UNANSWERABLE, "Days are meant by 'from' and 'to', or by 'period' and 'date'.")
    return _within_reach(period_of(PeriodKind(body.period or "day"), _day(body.on or "today", today)))


def _range(first: date, last: date) -> Period:
    if last < first:
        raise Problem(UNANSWERABLE, f"The period ends on {last} before it begins on {first}.")
    return _within_reach(Period(first, last))


def _within_reach(asked: Period) -> Period:
    if asked.first < EARLIEST or asked.last > LATEST:
        raise Problem(UNANSWERABLE, f"Days from {EARLIEST} to {LATEST} can be asked for.")
    return asked


def _day(text: str, today: date) -> date:
    if text in {"today", "yesterday"}:
        return today - timedelta(days=text == "yesterday")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Problem(INVALID, f"There is no day {text}.", Place(f"There is no day {text}.", pointer="/date")) from None
    _within_reach(Period(day, day))
    return day


def _groups(written: Sequence[Sequence[ConditionBody]]) -> tuple[tuple[Condition, ...], ...]:
    return tuple(conditions(group) for group in written)


def _known(name: str, pointer: str) -> None:
    if dimension_of(name) is None:
        _unknown(f"There is no dimension {name!r}; /api/v1/dimensions has them all.", pointer)


def _unknown(detail: str, pointer: str) -> None:
    raise Problem(INVALID, detail, Place(detail, pointer=pointer))


def from_place(asked: Query, at: int, limit: int | None) -> Query:
    """Return a question for the rows from a place on."""
    return structs.replace(asked, offset=at, limit=limit)


def every_name() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of metrics and of dimensions."""
    return tuple(METRICS), tuple(DIMENSIONS)


def part(asked: Paths, at: int, limit: int) -> Paths:
    """Return a question for the paths from a place on."""
    return structs.replace(asked, offset=at, limit=limit)


def names(body: AmongBody) -> set[str]:
    """Return the dimensions that a body uses, whatever for."""
    groups = list(body.segment)
    used: set[str] = set()
    match body:
        case QueryBody():
            groups += body.where
            used |= set(body.dimensions)
        case FunnelBody():
            groups += [step.conditions for step in body.steps]
        case _:
            pass
    return used | {condition.dimension for group in groups for condition in group}
