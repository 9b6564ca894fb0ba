"""What questions are answered with. The schemas of the API are read off these."""

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from pellucid.report.retention import Cohort

Number = int | float | None
Label = Annotated[
    str | int | float | bool | None,
    Meta(description="Days come as text, and so do whole numbers that JSON's readers may round, from 2^53 on."),
]
Next = Annotated[str | None, Meta(description="The cursor of what comes next; null at the end.")]


class Days(Struct, frozen=True):
    """Days, the first and the last included."""

    first: date = field(name="from")
    last: date = field(name="to")


class Note(Struct, frozen=True):
    """What has to be known to read an answer, the `sites` it is true of, and the names of what says nothing of them."""

    sites: list[int]
    text: str
    untold: list[str]


class Row(Struct, frozen=True, omit_defaults=True):
    """Labels and numbers, and the numbers of the period compared with, if that was asked for."""

    dimensions: dict[str, Label]
    metrics: dict[str, Number]
    compared: dict[str, Number] | None = None


class QueryAnswer(Struct, frozen=True):
    """Rows of a question."""

    period: Days
    compared_period: Days | None
    rows: list[Row]
    next: Next
    notes: list[Note]


class GoalTold(Struct, frozen=True):
    """A goal; its number is a value of the dimension `goal`."""

    id: int
    name: str


class OwnDimension(Struct, frozen=True):
    """A dimension of the owner's own, and its name in questions."""

    id: int
    name: str
    scope: str
    dimension: str


class LocatedBy(Struct, frozen=True):
    """By how many leading bits of an address a place is found: 32 and 128 are all of them, 0 is none, and no place."""

    ipv4: int
    ipv6: int


class SiteTold(Struct, frozen=True):
    """A site, and what is set up for it that questions may use."""

    id: int
    name: str
    urls: tuple[str, ...]
    timezone: str
    currency: str
    ecommerce: bool
    created: datetime
    preset: str
    located_by: LocatedBy
    goals: list[GoalTold]
    dimensions: list[OwnDimension]


class SitesAnswer(Struct, frozen=True):
    """Sites that the token may read, by id."""

    sites: list[SiteTold]
    next: Next


class MetricTold(Struct, frozen=True):
    """A metric: what it means, how it is counted from which rows (SQL), and by which dimensions it can be told.

    With `needs_recognition` it says nothing of a site that recognises nobody.
    """

    name: str
    meaning: str
    unit: str
    formula: str
    of: tuple[str, ...]
    expressions: dict[str, str]
    dimensions: list[str]
    needs_recognition: bool


class MetricsAnswer(Struct, frozen=True):
    """Every metric."""

    metrics: list[MetricTold]


class DimensionTold(Struct, frozen=True):
    """A dimension: what it means, and which expression tells it in which rows (SQL)."""

    name: str
    meaning: str
    number: bool
    expressions: dict[str, str]


class FamilyTold(Struct, frozen=True):
    """Dimensions whose names are alike: a pattern of the names, and what they mean."""

    pattern: str
    meaning: str


class DimensionsAnswer(Struct, frozen=True):
    """Every dimension, and the families of those that have no name of their own."""

    dimensions: list[DimensionTold]
    families: list[FamilyTold]


class PageViews(Struct, frozen=True):
    """A page, and how often it was viewed."""

    url: str
    views: int


class RealtimeAnswer(Struct, frozen=True):
    """What happened in the last minutes: `actions_by_minute` begins with the minute that runs."""

    minutes: int
    visits: int
    visitors: int
    visits_converted: int
    actions: int
    actions_by_minute: list[int]
    pages: list[PageViews]
    notes: list[Note]


class StepTold(Struct, frozen=True):
    """How many did a step after those before it, the share of the first step that is, and how many went no further."""

    name: str
    reached: int
    dropped: int
    share: float | None


class FunnelAnswer(Struct, frozen=True):
    """The steps of a funnel."""

    period: Days
    steps: list[StepTold]
    notes: list[Note]


class RetentionAnswer(Struct, frozen=True):
    """A cohort for each step of the period."""

    period: Days
    cohorts: tuple[Cohort, ...]
    notes: list[Note]


class PathTold(Struct, frozen=True):
    """Pages in the order of their views, and how many visits, and which share of those with the page, went this way."""

    pages: tuple[str, ...]
    visits: int
    share: float


class PathsAnswer(Struct, frozen=True):
    """Ways, those of most visits first."""

    period: Days
    paths: list[PathTold]
    next: Next
    notes: list[Note]


class KindTold(Struct, frozen=True):
    """A kind of problem: what happened, and what to do."""

    type: str
    title: str
    status: int
    meaning: str
