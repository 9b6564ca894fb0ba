"""Reports on one page, one file or one link, and on the owner's own dimensions."""

from collections.abc import Callable, Mapping
from urllib.parse import quote_plus, unquote

from msgspec import structs

from pellucid.enrich.page import excluded_names, page_url, target_url
from pellucid.errors import RequestError
from pellucid.matomo.answers import Answers
from pellucid.matomo.columns import OF_VISITS, RATIOS_OF_VISITS, Column, Ratio, Row, Shown, timing
from pellucid.matomo.labels import Label, chosen
from pellucid.matomo.parameters import Parameters
from pellucid.matomo.reports import table
from pellucid.matomo.table import Goals, Table
from pellucid.matomo.tables import TABLES
from pellucid.matomo.tree import changed, path_of, without_scheme, without_www
from pellucid.model.goal import DimensionScope
from pellucid.model.period import Period
from pellucid.model.query import Condition, Operator
from pellucid.model.site import Site
from pellucid.report.metrics import TIMINGS

Report = Callable[[Answers, Site, Period, Parameters], list[Row]]

_ONE: Mapping[str, tuple[str, str, str]] = {
    "Actions.getPageUrl": ("Actions.getPageUrls", "pageUrl", "bare_page_url"),
    "Actions.getPageTitle": ("Actions.getPageTitles", "pageName", "page_title"),
    "Actions.getDownload": ("Actions.getDownloads", "downloadUrl", "download_url"),
    "Actions.getOutlink": ("Actions.getOutlinks", "outlinkUrl", "outlink_url"),
}
"""By method: the report that has the row, the parameter that names it, and the dimension that is meant."""
_TITLE = "pageName"
_OF_TIMES = frozenset(column.name for part in TIMINGS for column in timing(part))
"""Matomo does not tell of one page how long it took to load."""


def _one(name: str) -> Report:
    of, parameter, dimension = _ONE[name]

    def report(reports: Answers, site: Site, period: Period, given: Parameters) -> list[Row]:
        wanted = _kept(given.text(parameter).strip(), parameter, site)
        one = structs.replace(
            TABLES[of],
            rows=(Condition(dimension, Operator.EQUALS, without_www(wanted) if parameter == "pageUrl" else wanted),),
            path=lambda text: (Label(_label(text, parameter), {} if parameter == _TITLE else {"url": text}),),
            ratios=TABLES[of].ratios_in_folders or TABLES[of].ratios[:3],
            columns=tuple(column for column in TABLES[of].columns if column.name not in _OF_TIMES),
            needs="",
        )
        return table(one, reports, site, period, given.without("flat", "expanded", "idSubtable"))

    return report


def _kept(text: str, parameter: str, site: Site) -> str:
    """Return what is asked for as it is kept of hits: an address without the parameters that are not."""
    if parameter == _TITLE:
        return text
    excluded = excluded_names(site.rules_in_force.excluded_parameters)
    if parameter != "pageUrl":
        return target_url(text, excluded)
    return page_url(text, excluded, keep_fragment=site.rules.keeps_fragments)


def _label(text: str, parameter: str) -> str:
    if parameter == _TITLE:
        return f" {text}"
    return path_of(text)[-1] if parameter == "pageUrl" else f"/{without_scheme(text).partition('/')[2]}"


_NO_VALUE = "Value not defined"
_ADDED = "added_up_"
"""What the columns of times are called while they are added up: Matomo adds up the shortest and the longest, too."""
_OF_ACTS = (
    Column("nb_visits", "act_visits"),
    Column("nb_uniq_visitors", "daily_act_visitors", Shown.OF_A_DAY),
    Column("sum_daily_nb_uniq_visitors", "daily_act_visitors", Shown.OF_DAYS),
    Column("nb_hits", "acts"),
    *(structs.replace(column, name=f"{_ADDED}{column.name}") for part in TIMINGS for column in timing(part)),
    Column("sum_time_spent", "act_seconds"),
    Column("bounce_count", "act_bounces"),
    Column("exit_nb_visits", "last_acts"),
)
_RATIOS_OF_ACTS = (
    Ratio("avg_time_on_dimension", "sum_time_spent", "nb_hits", 0),
    Ratio("bounce_rate", "bounce_count", "nb_visits"),
    Ratio("exit_rate", "exit_nb_visits", "nb_visits"),
)


def own_dimension(reports: Answers, site: Site, period: Period, given: Parameters) -> list[Row]:
    """Return the values of a custom dimension; of one of actions with the pages that have it."""
    number = given.number("idDimension")
    own = next((one for one in site.dimensions if one.id == number), None)
    if own is None:
        raise RequestError(f"Dimension {number} for website {site.id} does not exist.")
    if not own.active:
        raise RequestError(f"Dimension {number} for website {site.id} is not active.")
    name, column = f"dimension{number}", f"CustomDimension_CustomDimension{number}"

    def label(value: str) -> Label:
        return Label(value or _NO_VALUE, chosen(**{name: value}))

    if own.scope is DimensionScope.VISIT:
        by = (f"{name}_is_told", name)
        of_visits = Table(
            by,
            lambda _, value: label(value),
            column,
            None,
            OF_VISITS,
            RATIOS_OF_VISITS,
            goals=Goals.ALL,
            only_told=True,
        )
        return table(of_visits, reports, site, period, given)

    def path(_: str, value: str, url: str, _day: str) -> tuple[Label, ...]:
        return (label(value), _act(name, value, url)) if url else (label(value),)

    def flat(_: str, value: str, url: str, _day: str) -> Label:
        if not url:
            return label(value)
        more = _act(name, value, url).more if value else label(value).more
        return Label(f"{value or _NO_VALUE} - {unquote(without_www(url))}", more)

    # Matomo counts each address and each day by itself, and adds that up.
    of_acts = (f"act_{name}_is_told", f"act_{name}", "bare_act_url", "day")
    of_actions = Table(of_acts, flat, column, path, _OF_ACTS, _RATIOS_OF_ACTS, only_told=True)
    rows = table(of_actions, reports, site, period, given)
    return changed(rows, _with_times, _with_times)


def _act(name: str, value: str, url: str) -> Label:
    page = without_www(url)
    if not value:
        return Label(unquote(page))
    escaped = quote_plus(page)
    return Label(unquote(page), {"segment": f"{name}=={quote_plus(value)};actionUrl=${escaped}", "url": escaped})


def _with_times(row: Row) -> Row:
    """Return a row with its columns of times under their names, with nothing for those that are not told."""
    told = {name.removeprefix(_ADDED): 0 if value is None else value for name, value in row.items()}
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in told.items()}


REPORTS: dict[str, Report] = {
    **{name: _one(name) for name in _ONE},
    "CustomDimensions.getCustomDimension": own_dimension,
}
