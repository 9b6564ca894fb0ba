"""Reports on visits that are more than one question, or have rows that no dimension tells."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import structs

from pellucid.matomo.answers import Answers
from pellucid.matomo.call import Answer
from pellucid.matomo.columns import (
    NOT_ENABLED,
    RATIOS_OF_VISITS,
    SUMMARY,
    Cell,
    Column,
    Row,
    cell,
    quotient,
    row_of,
    with_ratios,
)
from pellucid.matomo.every_source import EverySource
from pellucid.matomo.labels import SOURCES, chosen
from pellucid.matomo.parameters import Parameters
from pellucid.matomo.pretty import duration
from pellucid.matomo.reports import LONG, query_of, table, written_of
from pellucid.matomo.rows import filtered
from pellucid.matomo.tables import TABLES
from pellucid.model.hit import SourceKind
from pellucid.model.period import Period
from pellucid.model.query import Query
from pellucid.model.result import Value
from pellucid.model.site import Site
from pellucid.report.interest_metrics import RANGES, name_of
from pellucid.report.ranges import Range

Report = Callable[[Answers, Site, Period, Parameters], Row | list[Row]]

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_OF_WEEKDAYS = (
    Column("nb_visits", "visits"),
    Column("nb_uniq_visitors", "daily_visitors"),
    Column("nb_actions", "actions"),
    Column("nb_users", "daily_users"),
    Column("sum_visit_length", "visit_seconds"),
    Column("bounce_count", "bounces"),
    Column("nb_visits_converted", "visits_converted"),
)
_PLUGINS = ("cookie", "pdf", "flash", "java", "quicktime", "realplayer", "silverlight", "windowsmedia")
_SECONDS_PER_MINUTE = 60
FREQUENCIES = ("new", "returning")
"""Whether visitors had been there before."""
_BY_KIND = ("visitor_returns",)
_KINDS = {
    "SearchEngines": SourceKind.SEARCH,
    "SocialNetworks": SourceKind.SOCIAL,
    "DirectEntry": SourceKind.DIRECT,
    "Websites": SourceKind.WEBSITE,
    "Campaigns": SourceKind.CAMPAIGN,
}
_DISTINCT: Mapping[str, tuple[SourceKind, int]] = {
    "SearchEngines": (SourceKind.SEARCH, 1),
    "SocialNetworks": (SourceKind.SOCIAL, 1),
    "Keywords": (SourceKind.SEARCH, 2),
    "Websites": (SourceKind.WEBSITE, 1),
    "WebsitesUrls": (SourceKind.WEBSITE, 3),
    "Campaigns": (SourceKind.CAMPAIGN, 1),
}
"""What is distinct among the visits of a kind of source, by its place in `_OF_SOURCES`."""
_OF_SOURCES = ("visits", "source_names", "source_keywords", "source_urls")


def frequency(reports: Answers, site: Site, period: Period, given: Parameters) -> Row | list[Row]:
    """Return the summary of new and of returning visitors; beside other answers only of those there were."""
    columns, found = _summarized(period), by_frequency(reports, by_kind(site, period, given))
    row: Row = {}
    for kind in FREQUENCIES:
        told = row_of(columns, found.get(kind, [0] * len(columns)))
        if given.beside and not told["nb_visits"]:
            continue
        told = with_ratios(told, RATIOS_OF_VISITS, written=written_of(given))
        row |= {f"{name}_{kind}": value for name, value in told.items()}
    wanted = given.parts("columns")
    return {name: value for name, value in row.items() if name in wanted or not wanted} or []


def _summarized(period: Period) -> list[Column]:
    return [column for column in SUMMARY if not (column.name in NOT_ENABLED and period.kind in LONG)]


def by_kind(site: Site, period: Period, given: Parameters) -> Query:
    """Return the question for the summary of new and of returning visitors."""
    return structs.replace(query_of(site, period, given, _summarized(period)), dimensions=_BY_KIND)


def by_frequency(reports: Answers, query: Query) -> dict[str, Sequence[Value]]:
    """Return the metrics of a query of those of `FREQUENCIES` that there were."""
    answered = reports.answer(structs.replace(query, dimensions=_BY_KIND))
    return {str(kind): numbers for kind, *numbers in answered.rows}


def by_weekday(reports: Answers, site: Site, period: Period, given: Parameters) -> list[Row]:
    """Return what each day of the week comes to; what is distinct is so within a day."""
    query = query_of(site, period, given, _OF_WEEKDAYS)
    answered = reports.answer(structs.replace(query, dimensions=("weekday",)))
    found = {int(str(number)): row_of(_OF_WEEKDAYS, values) for number, *values in answered.rows}
    rows: list[Row] = [
        {"label": name, **found.get(number, {"nb_visits": 0}), "day_of_week": number}
        for number, name in enumerate(_WEEKDAYS, 1)
    ]
    return filtered(_with_visits(rows), given, order=())


def _with_visits(rows: list[Row]) -> list[Row]:
    """Return rows that are always there: as in Matomo there are none without any visit at all."""
    return rows if any(row["nb_visits"] for row in rows) else []


def _interest(
    what: str,
    label: Callable[[Range], str],
    segment: str,
    reports: Answers,
    site: Site,
    period: Period,
    given: Parameters,
) -> list[Row]:
    """Return how many visits lie in each range."""
    columns = tuple(Column(name_of(what, within), name_of(what, within)) for within in RANGES[what])
    answered = reports.answer(query_of(site, period, given, columns)).rows[0]
    rows: list[Row] = [
        {"label": label(within), "nb_visits": cell(number), "segment": _within(segment, within)}
        for within, number in zip(RANGES[what], answered, strict=True)
    ]
    return rows


def _within(segment: str, within: Range) -> str:
    first, last = within
    if last is None:
        return f"{segment}>={first}"
    return (
        f"{segment}=={first}"
        if first == last and segment != "visitDuration"
        else f"{segment}>={first};{segment}<={last}"
    )


def counted(one: str, several: str) -> Callable[[Range], str]:
    """Return what labels a range of things that are counted."""

    def label(within: Range) -> str:
        first, last = within
        if last is None:
            return f"{first}+ {several}"
        return f"{first} {one if first == 1 else several}" if first == last else f"{first}-{last} {several}"

    return label


def _duration(within: Range) -> str:
    first, last = within
    if last is None:
        return f"{first // _SECONDS_PER_MINUTE}+ min"
    if last <= _SECONDS_PER_MINUTE:
        return f"{first}\N{EN DASH}{last}s"
    return f"{first // _SECONDS_PER_MINUTE}-{last // _SECONDS_PER_MINUTE} min"


def _interests(what: str, label: Callable[[Range], str], segment: str) -> Report:
    def report(reports: Answers, site: Site, period: Period, given: Parameters) -> list[Row]:
        rows = _interest(what, label, segment, reports, site, period, given)
        places = {row["segment"]: place for place, row in enumerate(rows)}
        # As in Matomo those that are left stand as they follow each other, whatever they are sorted by.
        left = filtered(_with_visits(rows), given, order=())
        return sorted(left, key=lambda row: places.get(row.get("segment"), len(places)))

    return report


def by_visit_number(reports: Answers, site: Site, period: Period, given: Parameters) -> list[Row]:
    """Return how many visits were which of their visitor's, and the share of each."""
    label = counted("visit", "visits")
    rows = _interest("visit_number", label, "visitCount", reports, site, period, given)
    total = sum(int(str(row["nb_visits"])) for row in rows)
    return filtered([_with_share(row, total, given) for row in _with_visits(rows)], given, order=())


def by_days_since(reports: Answers, site: Site, period: Period, given: Parameters) -> list[Row]:
    """Return how many visits were first ones, and how many days after the one before the others came."""
    label = counted("day", "days")
    rows = _interest("days_since_last", label, "daysSinceLastVisit", reports, site, period, given)
    new = reports.answer(query_of(site, period, given, (Column("nb_visits", "new_visits"),))).rows[0][0]
    first: Row = {"label": "New visits", "nb_visits": cell(new), **chosen(visitorType="new")}
    return filtered(_with_visits([first, *rows]), given, order=())


def plugins(reports: Answers, site: Site, period: Period, given: Parameters) -> list[Row]:
    """Return what browsers could show, and the share of all visits."""
    query = query_of(site, period, given, (Column("nb_visits", "visits"),))
    total = int(str(reports.answer(query).rows[0][0]))
    answered = reports.answer(structs.replace(query, dimensions=("plugin",)))
    found = {str(name): number for name, number in answered.rows}
    rows: list[Row] = [{"label": name.capitalize(), "nb_visits": cell(found.get(name, 0))} for name in _PLUGINS]
    return filtered([_with_share(row, total, given) for row in rows] if total else [], given)


def _with_share(row: Row, total: int, given: Parameters) -> Row:
    visits = int(str(row["nb_visits"]))
    return row | {"nb_visits_percentage": _share(visits, total, given)}


def _share(part: int, total: int, given: Parameters) -> Cell:
    return f"{quotient(100 * part, total, 0)}%" if written_of(given) else quotient(part, total, 2)


def referrers(reports: Answers, site: Site, period: Period, given: Parameters) -> Row | list[Row]:
    """Return how many visits came in which way, and from how many different sources.

    As in Matomo nothing is told of a period without any beside those of other sites or periods.
    """
    found = _by_kind(reports, site, period, given)
    total = sum(numbers[0] for numbers in found.values())
    if given.beside and not total:
        return []
    row: Row = {f"Referrers_visitorsFrom{name}": found[kind][0] for name, kind in _KINDS.items()}
    row |= {f"Referrers_distinct{name}": found[kind][place] for name, (kind, place) in _DISTINCT.items()}
    return row | _shares(row, total, given)


def _shares(row: Row, total: int, given: Parameters) -> Row:
    counts = [name for name in (f"Referrers_visitorsFrom{kind}" for kind in _KINDS) if name in row]
    return {f"{name}_percent": _share(int(str(row[name])), total, given) for name in counts}


def shares_of_all(told: Answer, given: Parameters) -> Answer:
    """Return how visits came on several days or sites: as in Matomo the shares are those of what all come to."""
    rows = list(_rows_in(told))
    counts = {f"Referrers_visitorsFrom{kind}" for kind in _KINDS}
    if not all(counts <= row.keys() for row in rows):
        return told
    total = sum(int(str(row[name])) for row in rows for name in counts)
    for row in rows:
        row |= {name: share for name, share in _shares(row, total, given).items() if name in row}
    return told


def _rows_in(told: Answer) -> Iterator[Row]:
    """Yield the rows that are told, by site and by date."""
    if isinstance(told, dict) and any(str(name).startswith("Referrers_") for name in told):
        yield told
    elif isinstance(told, Mapping | list):
        for one in told.values() if isinstance(told, Mapping) else told:
            yield from _rows_in(one)


def _by_kind(reports: Answers, site: Site, period: Period, given: Parameters) -> dict[str, Sequence[int]]:
    columns = tuple(Column(name, name) for name in _OF_SOURCES)
    asked = structs.replace(query_of(site, period, given, columns), dimensions=("source_kind",))
    found = {str(kind): [int(str(number)) for number in numbers] for kind, *numbers in reports.answer(asked).rows}
    return {kind: found.get(kind, [0] * len(_OF_SOURCES)) for kind in SourceKind}


def _distinct(name: str) -> Report:
    kind, place = _DISTINCT[name]

    def report(reports: Answers, site: Site, period: Period, given: Parameters) -> Row:
        return {f"Referrers_distinct{name}": _by_kind(reports, site, period, given)[kind][place]}

    return report


_ALL = {
    "Referrers.getKeywords": SourceKind.SEARCH,
    "Referrers.getWebsites": SourceKind.WEBSITE,
    "Referrers.getSocials": SourceKind.SOCIAL,
    "Referrers.getCampaigns": SourceKind.CAMPAIGN,
}


def all_referrers(reports: Answers, site: Site, period: Period, given: Parameters) -> list[Row]:
    """Return keywords, websites, social networks and campaigns in one list."""
    every, at_once = given.with_text(filter_limit="-1", flat="0", expanded="0"), EverySource(reports)
    rows: list[Row] = []
    for name, kind in _ALL.items():
        for row in table(TABLES[name], at_once, site, period, every):
            kept = {column: value for column, value in row.items() if column != "idsubdatatable"}
            rows.append(kept | {"referer_type": SOURCES[kind][0]})
    return filtered(rows, given)


def countries(reports: Answers, site: Site, period: Period, given: Parameters) -> Row:
    """Return from how many different countries visits came: as in Matomo what is not known is one of them."""
    asked = structs.replace(query_of(site, period, given, (Column("", "visits"),)), dimensions=("country",))
    return {"UserCountry_distinctCountries": sum(number != 0 for _, number in reports.answer(asked).rows)}


def length(reports: Answers, site: Site, period: Period, given: Parameters) -> Row:
    """Return how long visits took, added up, as Matomo writes it."""
    answered = reports.answer(query_of(site, period, given, (Column("", "visit_seconds"),))).rows[0][0]
    return {"sum_visit_length": duration(int(str(answered)))}


REPORTS: dict[str, Report] = {
    "UserCountry.getNumberOfDistinctCountries": countries,
    "VisitsSummary.getSumVisitsLengthPretty": length,
    "VisitFrequency.get": frequency,
    "VisitTime.getByDayOfWeek": by_weekday,
    "VisitorInterest.getNumberOfVisitsPerVisitDuration": _interests("seconds", _duration, "visitDuration"),
    "VisitorInterest.getNumberOfVisitsPerPage": _interests("actions", counted("page", "pages"), "actions"),
    "VisitorInterest.getNumberOfVisitsByVisitCount": by_visit_number,
    "VisitorInterest.getNumberOfVisitsByDaysSinceLast": by_days_since,
    "DevicePlugins.getPlugin": plugins,
    "Referrers.get": referrers,
    "Referrers.getAll": all_referrers,
    **{f"Referrers.getNumberOfDistinct{name}": _distinct(name) for name in _DISTINCT},
}
