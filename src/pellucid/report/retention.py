"""Retention: of those who came for the first time in a day, week or month, how many came again in those that follow."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from msgspec import Struct, convert

from pellucid.errors import RequestError
from pellucid.model.journey import Among, CohortStep
from pellucid.report.run import steps
from pellucid.report.source import SCOPE
from pellucid.report.sql import among, scope_of
from pellucid.store.client import Store

MOST_COHORTS = 400
_FIRST_DAY: Mapping[CohortStep, str] = {
    CohortStep.DAY: "visit_day",
    CohortStep.WEEK: "toMonday(visit_day)",
    CohortStep.MONTH: "toStartOfMonth(visit_day)",
}


class Kept(Struct, frozen=True):
    """How many of a cohort came, so many steps after their first; `share` is None for a cohort of nobody."""

    after: int
    visitors: int
    share: float | None


class Cohort(Struct, frozen=True):
    """The visitors whose first visit was in the step that begins on `first`, and how many came when."""

    first: date
    visitors: int
    kept: tuple[Kept, ...]


def cohorts(store: Store, asked: Among, step: CohortStep, most_steps: int) -> tuple[Cohort, ...]:
    """Return a cohort for each step of the period, with up to `most_steps` steps after the first.

    New is whose first visit of all is among those asked about. Under daily recognition nobody is known on the next
    day, and nobody is kept.
    """
    starts = convert(steps(step.value, asked.period), list[date])
    if len(starts) > MOST_COHORTS:
        raise RequestError(f"There are {len(starts)} cohorts, and {MOST_COHORTS} at most: take a shorter period.")
    values = scope_of(asked)
    most = values.bind("UInt32", most_steps)
    chosen = among(asked.segment, values.bind)
    sql = f"""
select cohort, dateDiff('{step.value}', cohort, came) as after, count() as visitors
from (
select min({_FIRST_DAY[step]}) as cohort, groupUniqArray({_FIRST_DAY[step]}) as steps
from visits final
where {SCOPE}{f" and {chosen}" if chosen else ""}
group by site_id, visitor_id
having min(visit_number) = 1
)
array join steps as came
group by cohort, after
having after <= {most}
"""
    came: dict[date, dict[int, int]] = defaultdict(dict)
    for cohort, after, visitors in convert(store.ask(sql, values.bound).rows, list[tuple[date, int, int]]):
        came[cohort][after] = visitors
    return tuple(
        _cohort(first, came[first], min(most_steps, len(starts) - 1 - place)) for place, first in enumerate(starts)
    )


def _cohort(first: date, came: Mapping[int, int], last: int) -> Cohort:
    visitors = came.get(0, 0)
    return Cohort(
        first,
        visitors,
        tuple(Kept(after, came.get(after, 0), _share(came.get(after, 0), visitors)) for after in range(last + 1)),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
