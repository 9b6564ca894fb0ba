"""How many visits lie in a range: of seconds, of actions, of the visitor's visits so far, of days since the last one.

Beside them what else tells how visits differ: how many were first ones, and from how many sources and countries. The
ranges are Matomo's, and so are their ends: a visit of exactly two minutes lies in two of them.
"""

from collections.abc import Mapping

from pellucid.report.metric import IS_VISIT, Metric
from pellucid.report.ranges import DAYS, Range, ending, in_words, lies_in
from pellucid.report.source import Source

RANGES: Mapping[str, tuple[Range, ...]] = {
    "seconds": (
        *((0, 10), (11, 30), (31, 60), (60, 120), (120, 240), (240, 420), (420, 600), (600, 900)),
        *((900, 1800), (1801, None)),
    ),
    "actions": (*((number, number) for number in range(1, 6)), (6, 7), (8, 10), (11, 14), (15, 20), (21, None)),
    "visit_number": (
        *((number, number) for number in range(1, 9)),
        *((9, 14), (15, 25), (26, 50), (51, 100), (101, 200), (201, None)),
    ),
    "days_since_last": DAYS,
}
_MEANINGS = {
    "seconds": "Visits that took {} seconds.",
    "actions": "Visits with {} actions.",
    "visit_number": "Visits that were number {} of their visitor.",
    "days_since_last": "Visits that came {} days after the one before.",
}
_TOLD = {
    "days_since_last": "if(visitor_kind = 'returning', intDiv(first_time - previous_time, 86400000), -1)",
}

_DIGITS_OF_DEGREES = 3
"""A hundred metres, more or less: a city is no smaller."""


def name_of(what: str, within: Range) -> str:
    """Return the name of the metric of a range."""
    return f"visits_by_{what}_{ending(within)}"


def _metric(what: str, within: Range) -> Metric:
    return Metric(
        name_of(what, within),
        _MEANINGS[what].format(in_words(within)),
        counted={Source.VISITS: f"countIf({lies_in(_TOLD.get(what, what), within)} and {IS_VISIT})"},
    )


METRICS = (
    *(_metric(what, within) for what, some in RANGES.items() for within in some),
    Metric(
        "new_visits",
        "First visits of their visitor.",
        counted={Source.VISITS: f"countIf(visitor_kind = 'new' and {IS_VISIT})"},
    ),
    Metric("source_names", "Different sources.", counted={Source.VISITS: "uniqExact(source_name)"}),
    Metric("source_keywords", "Different keywords of sources.", counted={Source.VISITS: "uniqExact(source_keyword)"}),
    Metric("source_urls", "Different pages that visits came from.", counted={Source.VISITS: "uniqExact(source_url)"}),
    *(
        Metric(
            f"first_{degrees}",
            f"How far {direction}, in degrees, on the first day that a visit from a city told it.",
            counted={
                Source.VISITS: f"round(argMinIf({degrees}, (visit_day, -{degrees}), city != ''), {_DIGITS_OF_DEGREES})"
            },
            nothing="null",
        )
        for direction, degrees in (("north", "latitude"), ("east", "longitude"))
    ),
    Metric("countries", "Different countries.", counted={Source.VISITS: "uniqExactIf(country, country != '')"}),
)
