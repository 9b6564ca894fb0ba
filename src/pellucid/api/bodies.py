"""What a question is written as. The schemas of the API are read off these."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from pellucid.model.journey import CohortStep, Counted, Direction
from pellucid.model.query import Operator

CURSOR = r"^[0-9a-f]{1,8}-[0-9a-f]{16}$"
MOST_ROWS = 10_000
MOST_PATHS = 1_000
MOST_SITES = 1_000

MetricName = Annotated[str, Meta(extra_json_schema={"$ref": "#/components/schemas/MetricName"})]
DimensionName = Annotated[str, Meta(extra_json_schema={"$ref": "#/components/schemas/DimensionName"})]
ColumnName = Annotated[str, Meta(extra_json_schema={"$ref": "#/components/schemas/ColumnName"})]
Cursor = Annotated[str, Meta(pattern=CURSOR, description="What `next` of the answer before says.")]
_SiteId = Annotated[int, Meta(ge=1, le=2**31 - 1)]
_Text = Annotated[str, Meta(max_length=2000)]
_Whole = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
_Decimal = Annotated[float, Meta(ge=-1e300, le=1e300)]
_NamedDay = Annotated[
    str,
    Meta(
        pattern=r"^(today|yesterday|\d{4}-\d{2}-\d{2})$",
        extra_json_schema={"anyOf": [{"enum": ["today", "yesterday"]}, {"format": "date"}]},
        description="A day of the period, in the site's time zone.",
    ),
]


class ConditionBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A comparison of a dimension with a value; an empty text asks whether there is one."""

    dimension: DimensionName
    operator: Operator
    value: _Text | _Whole | _Decimal = ""


_Any = Annotated[list[ConditionBody], Meta(min_length=1, max_length=20, description="At least one is met.")]
_All = Annotated[list[_Any], Meta(max_length=20, description="Each group is met.")]


class AmongBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which visits: of which sites (days and hours are those of the first one), days and segment."""

    sites: Annotated[list[_SiteId], Meta(min_length=1, max_length=100)]
    first: Annotated[date | None, Meta(description="The first day, with `to`, in place of `period` and `date`.")] = (
        field(name="from", default=None)
    )
    last: Annotated[date | None, Meta(description="The last day.")] = field(name="to", default=None)
    period: Annotated[
        Literal["day", "week", "month", "year"] | None, Meta(description="That which `date` is in; a day without.")
    ] = None
    on: _NamedDay | None = field(name="date", default=None)
    segment: _All = []


class OrderBody(Struct, frozen=True, forbid_unknown_fields=True):
    """By which metric or dimension of those asked for rows are sorted; of one name, by the metric."""

    by: ColumnName
    descending: bool = True


class DaysBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Days, the first and the last included."""

    first: date = field(name="from")
    last: date = field(name="to")


class QueryBody(AmongBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Metrics by dimensions, of the visits that are meant; `where` chooses what in them is counted.

    Without dimensions there is one row. By one of day, week, month, year and hour alone, without an order, every step
    has its row.
    """

    metrics: Annotated[list[MetricName], Meta(min_length=1, max_length=50)]
    dimensions: Annotated[list[DimensionName], Meta(max_length=8)] = []
    where: _All = []
    order: Annotated[list[OrderBody], Meta(max_length=8)] = []
    limit: Annotated[int, Meta(ge=1, le=MOST_ROWS, description="100 where none is said; of an export, all.")] | None = (
        None
    )
    cursor: Cursor | None = None
    compare_to: Annotated[
        DaysBody | Literal["previous_period", "previous_year"] | None,
        Meta(description="The days whose metrics stand beside those of each row."),
    ] = None
    format: Annotated[
        Literal["json", "csv", "parquet"] | None, Meta(description="In place of the header `Accept`.")
    ] = None


class StepBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A step of a funnel: one action that meets all conditions."""

    conditions: Annotated[list[ConditionBody], Meta(min_length=1, max_length=10)]
    name: Annotated[str, Meta(max_length=200)] = ""


class FunnelBody(AmongBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Steps in their order, all within a time from the first; in one visit, or in all of a visitor's."""

    steps: Annotated[list[StepBody], Meta(min_length=1, max_length=20)]
    within_seconds: Annotated[
        int, Meta(ge=1, le=31_622_400, description="How long the whole way may take, from its first step on.")
    ] = 86_400
    counted: Counted = Counted.VISITS


class RetentionBody(AmongBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Those who are new in each day, week or month, and how many of them come again in the steps after."""

    step: CohortStep = CohortStep.WEEK
    steps: Annotated[int, Meta(ge=1, le=60, description="How many steps after the first are told.")] = 12


class PageBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A page, by address or by title."""

    value: _Text
    dimension: Literal["page_url", "page_title"] = "page_url"


class PathsBody(AmongBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The ways that visits take from a page, or to it."""

    page: PageBody
    direction: Direction = Direction.FROM
    steps: Annotated[int, Meta(ge=1, le=10, description="How many pages a way has at most beside that one.")] = 3
    limit: Annotated[int, Meta(ge=1, le=MOST_PATHS)] = 100
    cursor: Cursor | None = None
