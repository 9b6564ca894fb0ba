"""Every operation of the API is one row; its routes, its OpenAPI description and its document are made of them."""

from collections.abc import Callable, Mapping
from typing import Annotated

from msgspec import Meta, Struct

from pellucid.api.answers import (
    DimensionsAnswer,
    FunnelAnswer,
    KindTold,
    MetricsAnswer,
    PathsAnswer,
    QueryAnswer,
    RealtimeAnswer,
    RetentionAnswer,
    SitesAnswer,
    SiteTold,
)
from pellucid.api.bodies import CURSOR, MOST_SITES, FunnelBody, PathsBody, QueryBody, RetentionBody
from pellucid.api.native import REALTIME_MINUTES, Export, Native
from pellucid.api.problem import (
    BROKEN,
    INVALID,
    KINDS,
    NOT_ACCEPTABLE,
    NOT_ALLOWED,
    NOT_FOUND,
    NOT_JSON,
    TOO_EXPENSIVE,
    TOO_LARGE,
    UNANSWERABLE,
    UNAVAILABLE,
    UNKNOWN_TOKEN,
    WRONG_METHOD,
    Kind,
)


class Parameter(Struct, frozen=True):
    """A parameter in the path or the query of an address; `kind` is what its value is read as."""

    name: str
    place: str
    kind: object
    meaning: str


class Operation(Struct, frozen=True):
    """One operation: where it is asked, with what, and what answers it. A `public` one needs no token."""

    method: str
    path: str
    name: str
    summary: str
    call: Callable[..., Struct | Export]
    answer: type[Struct]
    body: type[Struct] | None = None
    example: Mapping[str, object] = {}
    parameters: tuple[Parameter, ...] = ()
    exports: bool = False
    public: bool = False

    @property
    def problems(self) -> tuple[Kind, ...]:
        """The kinds of problem it may answer with."""
        kinds = [INVALID, WRONG_METHOD, BROKEN, UNAVAILABLE]
        if not self.public:
            kinds += [UNKNOWN_TOKEN]
        if self.body:
            kinds += [NOT_ALLOWED, NOT_FOUND, UNANSWERABLE, TOO_LARGE, NOT_JSON]
        if self.parameters:
            kinds += [NOT_FOUND, UNANSWERABLE]
        if self.exports:
            kinds += [NOT_ACCEPTABLE]
        if not self.public:
            kinds += [TOO_EXPENSIVE]
        return tuple(sorted(dict.fromkeys(kinds), key=lambda kind: kind.status))


_SITE = Parameter("site", "path", Annotated[int, Meta(ge=1, le=2**31 - 1)], "The number of a site.")
_VISITS_OF_JUNE: Mapping[str, object] = {"sites": [1], "from": "2026-06-01", "to": "2026-06-30"}

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "POST",
        "/query",
        "query",
        "Metrics by dimensions, as JSON, CSV or Parquet",
        Native.query,
        QueryAnswer,
        QueryBody,
        {
            **_VISITS_OF_JUNE,
            "metrics": ["visits", "bounce_rate"],
            "dimensions": ["country"],
            "segment": [[{"dimension": "device_type", "operator": "==", "value": "smartphone"}]],
            "order": [{"by": "visits"}],
            "limit": 10,
            "compare_to": "previous_period",
        },
        exports=True,
    ),
    Operation(
        "POST",
        "/funnel",
        "funnel",
        "How many go how far through steps in their order",
        Native.funnel,
        FunnelAnswer,
        FunnelBody,
        {
            **_VISITS_OF_JUNE,
            "steps": [
                {"name": "Shop", "conditions": [{"dimension": "page_url", "operator": "=@", "value": "/shop/"}]},
                {"name": "Order", "conditions": [{"dimension": "conversion", "operator": "==", "value": "order"}]},
            ],
            "within_seconds": 3600,
        },
    ),
    Operation(
        "POST",
        "/retention",
        "retention",
        "Who is new, and how many of them come again",
        Native.retention,
        RetentionAnswer,
        RetentionBody,
        {**_VISITS_OF_JUNE, "step": "week", "steps": 4},
    ),
    Operation(
        "POST",
        "/paths",
        "paths",
        "Which ways visits take from a page, or to it",
        Native.paths,
        PathsAnswer,
        PathsBody,
        {**_VISITS_OF_JUNE, "page": {"value": "https://example.org/"}, "direction": "from", "steps": 2},
    ),
    Operation(
        "GET",
        "/sites",
        "sites",
        "The sites that the token may read",
        Native.sites,
        SitesAnswer,
        parameters=(
            Parameter("limit", "query", Annotated[int, Meta(ge=1, le=MOST_SITES)], "How many at most; 1000 without."),
            Parameter(
                "cursor", "query", Annotated[str, Meta(pattern=CURSOR)], "What `next` of the answer before says."
            ),
        ),
    ),
    Operation(
        "GET", "/sites/{site}", "site", "One site, its goals and dimensions", Native.site, SiteTold, parameters=(_SITE,)
    ),
    Operation(
        "GET",
        "/sites/{site}/realtime",
        "realtime",
        "What happened in the last minutes",
        Native.realtime,
        RealtimeAnswer,
        parameters=(
            _SITE,
            Parameter("minutes", "query", Annotated[int, Meta(ge=1, le=REALTIME_MINUTES)], "How many; 30 without."),
        ),
    ),
    Operation(
        "GET",
        "/metrics",
        "metrics",
        "Every metric: meaning, unit, SQL, where it applies",
        Native.metrics,
        MetricsAnswer,
    ),
    Operation("GET", "/dimensions", "dimensions", "Every dimension: meaning, SQL", Native.dimensions, DimensionsAnswer),
    Operation(
        "GET",
        "/problems/{name}",
        "problem",
        "What a kind of problem means",
        Native.problem,
        KindTold,
        parameters=(
            Parameter(
                "name",
                "path",
                Annotated[str, Meta(extra_json_schema={"enum": list(KINDS)})],
                "The name of a kind of problem.",
            ),
        ),
        public=True,
    ),
)
