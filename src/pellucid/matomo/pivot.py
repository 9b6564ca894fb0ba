"""Reports with a column for each value of another dimension: what lies below a row, or what its visits have of it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeGuard
from urllib.parse import quote_plus

from msgspec import Struct, structs

from pellucid.errors import RequestError
from pellucid.matomo.answers import Answers, together
from pellucid.matomo.columns import Cell, Column, Row, explains
from pellucid.matomo.event_tables import CHOSEN, EVENTS
from pellucid.matomo.goal_columns import ALL_COLUMNS, ALL_GOALS
from pellucid.matomo.labels import code_of_continent, codes_of_family
from pellucid.matomo.parameters import ALL, Parameters
from pellucid.matomo.reports import query_of
from pellucid.matomo.rows import OTHERS, filtered, names
from pellucid.matomo.table import Table
from pellucid.matomo.tables import TABLES
from pellucid.matomo.tree import SUBTABLE, decoded
from pellucid.model.period import Period
from pellucid.model.query import Query
from pellucid.model.site import Site
from pellucid.report.dimensions import dimension_of
from pellucid.report.source import Source

Report = Callable[[Answers, Site, Period, Parameters], Row | list[Row]]
Numbers = dict[str, float]
"""What a row has of each value of the other dimension, by its label."""

MOST_COLUMNS = 10
MOST_ROWS = 100
"""How many rows are pivoted by their segments, those with the most visits: each of them is a question."""
MOST_REPORTS = 10
"""How many reports one request may pivot so."""

_ADDED_UP = frozenset({"nb_visits", "nb_actions", "sum_visit_length", "bounce_count", "nb_visits_converted"})
"""Columns of visits that are told at once of all rows and columns, as each visit is in one of them."""

Ask = Callable[[Sequence[Column], Table], Query]
"""Returns the question for columns by the dimensions of a report."""

_SEVERAL = "arrayJoin"
"""What makes several rows of one visit."""
_UNSEGMENTED = ""
_UNTOLD = frozenset({"city", "regionCode", "deviceType"})
"""Segments by which every row says itself how it is chosen, but for the one of what is not known."""
_BLANK = "\N{NO-BREAK SPACE}"
_OF_VISITS = frozenset({"segment", "idsubdatatable", SUBTABLE})
"""What leads to the visits or the subtable of a row: in a pivot each column is on others."""
_OWN, _OWN_REPORT = "CustomDimension.CustomDimension", "CustomDimensions.getCustomDimension"
DIMENSIONS: Mapping[str, tuple[str, str]] = {
    "Actions.getPageUrls": ("Actions.PageUrl", "pageUrl"),
    "Actions.getEntryPageUrls": ("Actions.EntryPageUrl", "entryPageUrl"),
    "Actions.getExitPageUrls": ("Actions.ExitPageUrl", "exitPageUrl"),
    "Actions.getPageTitles": ("Actions.PageTitle", "pageTitle"),
    "Actions.getEntryPageTitles": ("Actions.EntryPageTitle", "entryPageTitle"),
    "Actions.getExitPageTitles": ("Actions.ExitPageTitle", "exitPageTitle"),
    "Actions.getDownloads": ("Actions.DownloadUrl", "downloadUrl"),
    "Actions.getOutlinks": ("Actions.ClickedUrl", "outlinkUrl"),
    "Actions.getPageUrlsFollowingSiteSearch": ("Actions.DestinationPage", _UNSEGMENTED),
    "Actions.getPageTitlesFollowingSiteSearch": ("Actions.DestinationPage", _UNSEGMENTED),
    "Actions.getSiteSearchKeywords": ("Actions.Keyword", _UNSEGMENTED),
    "Actions.getSiteSearchNoResultKeywords": ("Actions.KeywordwithNoSearchResult", _UNSEGMENTED),
    "Actions.getSiteSearchCategories": ("Actions.SearchCategory", "siteSearchCategory"),
    "Contents.getContentNames": ("Contents.ContentName", "contentName"),
    "Contents.getContentPieces": ("Contents.ContentPiece", "contentPiece"),
    "DevicePlugins.getPlugin": ("DevicePlugins.Plugin", _UNSEGMENTED),
    "DevicesDetection.getBrand": ("DevicesDetection.DeviceBrand", "deviceBrand"),
    "DevicesDetection.getBrowserEngines": ("DevicesDetection.BrowserEngine", "browserEngine"),
    "DevicesDetection.getBrowserVersions": ("DevicesDetection.BrowserVersion", "browserVersion"),
    "DevicesDetection.getBrowsers": ("DevicesDetection.BrowserName", "browserCode"),
    "DevicesDetection.getModel": ("DevicesDetection.DeviceModel", "deviceModel"),
    "DevicesDetection.getOsFamilies": ("DevicesDetection.Os", "operatingSystemName"),
    "DevicesDetection.getOsVersions": ("DevicesDetection.OsVersion", "operatingSystemVersion"),
    "DevicesDetection.getType": ("DevicesDetection.DeviceType", "deviceType"),
    "Events.getCategory": ("Events.EventCategory", "eventCategory"),
    "Events.getAction": ("Events.EventAction", "eventAction"),
    "Events.getName": ("Events.EventName", "eventName"),
    "Goals.getDaysToConversion": ("Goals.DaysToConversion", _UNSEGMENTED),
    "Goals.getVisitsUntilConversion": ("Goals.VisitsUntilConversion", _UNSEGMENTED),
    "Goals.getItemsCategory": ("Ecommerce.ProductCategory", "productCategory"),
    "Goals.getItemsName": ("Ecommerce.ProductName", "productName"),
    "Goals.getItemsSku": ("Ecommerce.ProductSku", "productSku"),
    "Referrers.getAll": ("Referrers.Referrer", _UNSEGMENTED),
    "Referrers.getCampaigns": ("Referrers.Campaign", _UNSEGMENTED),
    "Referrers.getKeywords": ("Referrers.Keyword", "referrerKeyword"),
    "Referrers.getReferrerType": ("Referrers.ReferrerType", "referrerType"),
    "Referrers.getSearchEngines": ("Referrers.SearchEngine", _UNSEGMENTED),
    "Referrers.getSocials": ("Referrers.SocialNetwork", _UNSEGMENTED),
    "Referrers.getWebsites": ("Referrers.Website", _UNSEGMENTED),
    "Resolution.getConfiguration": ("Resolution.Configuration", _UNSEGMENTED),
    "Resolution.getResolution": ("Resolution.Resolution", "resolution"),
    "UserCountry.getCity": ("UserCountry.City", "city"),
    "UserCountry.getContinent": ("UserCountry.Continent", "continentCode"),
    "UserCountry.getCountry": ("UserCountry.Country", "countryCode"),
    "UserCountry.getRegion": ("UserCountry.Region", "regionCode"),
    "UserId.getUsers": ("UserId.UserId", _UNSEGMENTED),
    "UserLanguage.getLanguage": ("UserLanguage.Language", "languageCode"),
    "UserLanguage.getLanguageCode": ("UserLanguage.Language", "languageCode"),
    "VisitTime.getByDayOfWeek": ("VisitTime.DayOfTheWeek", _UNSEGMENTED),
    "VisitTime.getVisitInformationPerLocalTime": ("VisitTime.LocalTime", "visitLocalHour"),
    "VisitTime.getVisitInformationPerServerTime": ("CoreHome.VisitFirstActionTime", "visitStartServerHour"),
    "VisitorInterest.getNumberOfVisitsByDaysSinceLast": ("VisitorInterest.VisitorDaysSinceLast", "daysSinceLastVisit"),
    "VisitorInterest.getNumberOfVisitsByVisitCount": ("VisitorInterest.VisitsbyVisitNumber", _UNSEGMENTED),
    "VisitorInterest.getNumberOfVisitsPerPage": ("VisitorInterest.PagesPerVisit", _UNSEGMENTED),
    "VisitorInterest.getNumberOfVisitsPerVisitDuration": ("VisitorInterest.VisitDuration", _UNSEGMENTED),
}
"""By report: its dimension as Matomo names it, and the segment that chooses by that, if Matomo has one.

Of several reports with one dimension the first tells of it.
"""

_BELOW: Mapping[str, str] = {
    "Referrers.getKeywords": "Referrers.SearchEngine",
    "Referrers.getSearchEngines": "Referrers.Keyword",
    "Referrers.getCampaigns": "Referrers.Keyword",
    "Referrers.getWebsites": "Referrers.WebsitePage",
    "Referrers.getSocials": "Referrers.WebsitePage",
    **{
        name: dimension
        for name, (dimension, segment) in DIMENSIONS.items()
        if name.startswith(("Actions.get", "Contents.")) and segment and dimension != "Actions.SearchCategory"
    },
}
"""By report: the dimension of its subtables."""
_OF_EVENTS = {segment: dimension for name, (dimension, segment) in DIMENSIONS.items() if name in CHOSEN}


class _Pivot(Struct, frozen=True):
    """How a report is pivoted: by its subtables, or else, row by row, by the report of the other dimension.

    `segment` chooses the visits of a row that does not say itself by which segment they are chosen.
    """

    dimension: str
    segment: str
    report: str
    parameters: Mapping[str, str]


def pivoted(
    every: Mapping[str, Report], number: int, reports: Answers, site: Site, period: Period, given: Parameters
) -> list[Row]:
    """Return the rows of a report with a column for each value of the dimension that `pivotBy` names.

    `every` are the reports by their methods, and this is one of a `number` that the request asks for. Raises
    `RequestError` where Matomo can not pivot one by that dimension, or where that would take too many questions.
    """
    method = given.text("method", "")
    pivot = _pivot(method, site, given)
    filters = [name for name in given.given if name.startswith("filter_")]
    plain = given.without(*filters, "flat", "label", "depth", "showColumns", "hideColumns", "keep_summary_row")
    plain = plain.with_text(filter_limit=str(ALL), format_metrics="0", expanded="" if pivot.report else "1")
    rows = _rows(every[method], reports, site, period, plain)
    column = given.text("pivotByColumn", "") or _first_column(rows)
    outer, other = TABLES.get(method), TABLES.get(pivot.report)
    if not pivot.report:
        of_rows = [_numbers(_below(row), column) for row in rows]
    elif column in _ADDED_UP and outer and other and _is_of_visits(outer) and _is_of_visits(other):
        crossed = _crossed(outer, other, column, partial(query_of, site, period, plain), reports)
        of_rows = [crossed.get(str(row["label"]), {}) for row in rows]
    else:
        if number > MOST_REPORTS:
            raise RequestError(
                f"By '{given.text('pivotBy')}' each row is a question of its own: at most {MOST_REPORTS} reports, one "
                f"for each site and period, can be pivoted so at once, and these are {number}."
            )
        rows = sorted(rows, key=_visits, reverse=True)[:MOST_ROWS]
        asked = [partial(_intersected, every[pivot.report], pivot, row, reports, site, period, plain) for row in rows]
        of_rows = [_numbers(inner, column) for inner in together(*asked)]
    columns, others = _columns(of_rows, given.number("pivotByColumnLimit", 0) or MOST_COLUMNS)
    called = {label: f"{place}.{_BLANK}{label}" for place, label in enumerate(columns, 1)}
    if given.flag("disable_queued_filters"):
        called = dict(zip(columns, columns, strict=True))
    flat = pivot.dimension.replace(".", "_") if given.flag("flat") else ""
    done: list[Row] = []
    for row, numbers in zip(rows, of_rows, strict=True):
        told: Row = {name: numbers.get(label) or False for label, name in called.items()}
        if others:
            told[OTHERS] = sum(number for label, number in numbers.items() if label not in called)
        done.append({"label": row["label"]} | told | _description(row, flat) | {"label": row["label"]})
    return _shown(done, given, called)


def _shown(rows: Sequence[Row], given: Parameters, called: Mapping[str, str]) -> list[Row]:
    """Return what filters leave of rows, and `showColumns` and `hideColumns` of their columns."""
    hidden, only = names(given, "hideColumns"), names(given, "showColumns")
    by = given.text("filter_sort_column", "")
    # As in Matomo what has none of the columns that it is to be sorted by stands by its labels.
    order = (
        {"filter_sort_column": called[by]}
        if by in called
        else {"filter_sort_column": "label", "filter_sort_order": "asc"}
    )
    given = given.without("showColumns", "hideColumns", ALL_COLUMNS, ALL_GOALS).with_text(**order)
    unwanted = {name for name in called.values() if only and name not in only} | hidden
    return [
        {name: value for name, value in row.items() if name not in unwanted or name == "label"}
        for row in filtered(rows, given)
    ]


def _pivot(method: str, site: Site, given: Parameters) -> _Pivot:
    by = given.text("pivotBy")
    own = {f"{_OWN}{one.id}": {"idDimension": str(one.id)} for one in site.dimensions if one.active}
    known = DIMENSIONS
    if method == _OWN_REPORT:
        number = given.number("idDimension")
        known = {**DIMENSIONS, method: (f"{_OWN}{number}", f"dimension{number}")}
    dimension, segment = known.get(method, ("", _UNSEGMENTED))
    below = _dimension_below(method, given)
    report = next((name for name, (told, _) in DIMENSIONS.items() if told == by), _OWN_REPORT if by in own else "")
    if not report and by not in _BELOW.values():
        there = ", ".join(dict.fromkeys((*(one for one, _ in DIMENSIONS.values()), *_BELOW.values(), *own)))
        raise RequestError(f"Invalid dimension '{by}'. There are {there}.")
    if by == below:
        return _Pivot(dimension, segment, "", {})
    if not report:
        raise RequestError(f"Unsupported pivot: No report for pivot dimension '{by}'.")
    if not segment:
        raise RequestError(f"Unsupported pivot: No segment for dimension of report '{method}'.")
    return _Pivot(dimension, segment, report, own.get(by, {}))


def _dimension_below(method: str, given: Parameters) -> str:
    if method in CHOSEN:
        return _OF_EVENTS.get(given.text("secondaryDimension", "") or EVENTS[method][1], "")
    return _BELOW.get(method, "")


def _rows(report: Report, reports: Answers, site: Site, period: Period, given: Parameters) -> list[Row]:
    found = report(reports, site, period, given)
    return found if isinstance(found, list) else []


def _is_of_visits(report: Table) -> bool:
    """Return whether each visit is in one row of a report."""
    dimensions = [dimension_of(name) for name in report.dimensions]
    told = [one.told.get(Source.VISITS, _SEVERAL) if one and not one.scattered else _SEVERAL for one in dimensions]
    return not any(_SEVERAL in sql for sql in told)


def _crossed(outer: Table, inner: Table, column: str, ask: Ask, reports: Answers) -> dict[str, Numbers]:
    """Return what rows have of each value of the other dimension, by their labels: of all at once."""
    columns = [one for one in inner.columns if one.name == column]
    query, other = ask(columns, outer), ask(columns, inner)
    query = structs.replace(
        query,
        dimensions=(*query.dimensions, *other.dimensions),
        about=(*query.about, *other.about),
    )
    found: dict[str, Numbers] = {}
    for *key, number in reports.answer(query).rows:
        values = [str(value) for value in key]
        row, label = (
            _uppermost(report, some)
            for report, some in ((outer, values[: len(outer.dimensions)]), (inner, values[len(outer.dimensions) :]))
        )
        numbers = found.setdefault(row, dict.fromkeys((one.text for one in inner.always), 0))
        numbers[label] = numbers.get(label, 0) + int(str(number))
    return found


def _uppermost(report: Table, key: Sequence[str]) -> str:
    return decoded((report.path(*key)[0] if report.path else report.label(*key)).text)


def _intersected(
    report: Report, pivot: _Pivot, row: Row, reports: Answers, site: Site, period: Period, given: Parameters
) -> list[Row]:
    """Return the rows of the report of the other dimension on the visits of a row."""
    if row.get("nb_visits") == 0:
        return []
    of_row = str(row.get("segment") or _chosen_by_label(pivot.segment, str(row["label"])))
    segment = ";".join(filter(None, (given.text("segment", ""), of_row)))
    asked = given.without("pivotBy", "idSubtable", "idGoal", "secondaryDimension").with_text(
        segment=segment, **pivot.parameters
    )
    return _rows(report, reports, site, period, asked)


def _chosen_by_label(name: str, label: str) -> str:
    """Return the segment for a row that does not say itself by which one its visits are chosen."""
    if name in _UNTOLD:
        return f"{name}=="
    if name == "continentCode":
        return f"{name}=={code_of_continent(label)}"
    if name == "operatingSystemName" and (codes := codes_of_family(label)):
        return ",".join(f"operatingSystemCode=={code}" for code in codes)
    return f"{name}=={quote_plus(label)}"


def _below(row: Row) -> list[Row]:
    below = row.get(SUBTABLE)
    return below if isinstance(below, list) else []


def _visits(row: Row) -> float:
    visits = row.get("nb_visits")
    return visits if isinstance(visits, int | float) else 0


def _first_column(rows: Sequence[Row]) -> str:
    """Return the first column that counts something; Matomo has sums of days behind the others."""
    counting = [
        name for row in rows[:1] for name, value in row.items() if _is_number(value) and not explains(name, value)
    ]
    return next((name for name in counting if not name.startswith("sum_daily_")), "")


def _is_number(value: Cell) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _numbers(rows: Sequence[Row], column: str) -> Numbers:
    numbers: Numbers = {}
    for row in rows:
        label, value = str(row["label"]), row.get(column)
        numbers[label] = numbers.get(label, 0) + (value if _is_number(value) else 0)
    return numbers


def _columns(every: Sequence[Numbers], limit: int) -> tuple[list[str], bool]:
    """Return the columns that hold most of all, and whether what others hold is told in one more."""
    totals: Numbers = {}
    for numbers in every:
        for label, number in numbers.items():
            totals[label] = totals.get(label, 0) + number
    ordered = sorted(totals, key=lambda label: (-totals[label], label))
    if limit < 0 or len(ordered) <= limit:
        return ordered, False
    return ordered[: limit - 1], True


def _description(row: Row, name: str) -> Row:
    """Return what tells what a row is; by `name` its label as flat reports have it, too."""
    told = {one: value for one, value in row.items() if explains(one, value) and one not in _OF_VISITS}
    return told | ({name: row["label"]} if name else {})
