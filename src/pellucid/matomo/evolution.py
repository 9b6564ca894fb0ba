"""How one row of a report changes over periods: `API.getRowEvolution`."""

from collections.abc import Callable, Mapping, Sequence

from pellucid.matomo.columns import RATIOS_OF_VISITS, Row, with_ratios
from pellucid.matomo.parameters import Parameters

_OF_VISITS: Mapping[str, str] = {
    "nb_visits": "Visits",
    "nb_uniq_visitors": "Unique visitors",
    "nb_actions": "Actions",
    "nb_actions_per_visit": "Actions per Visit",
    "avg_time_on_site": "Avg. Time on Website",
    "bounce_rate": "Bounce Rate",
}
_OF_PAGES: Mapping[str, str] = {
    "nb_hits": "Pageviews",
    "nb_visits": "Unique Pageviews",
    "avg_time_on_page": "Avg. time on page",
    "bounce_rate": "Bounce Rate",
    "exit_rate": "Exit rate",
}
_DIMENSIONS: Mapping[str, str] = {
    "UserCountry.getCountry": "Country",
    "UserCountry.getContinent": "Continent",
    "UserCountry.getRegion": "Region",
    "UserCountry.getCity": "City",
    "Referrers.getReferrerType": "Channel Type",
    "Referrers.getWebsites": "Website",
    "Referrers.getSearchEngines": "Search Engine",
    "Referrers.getKeywords": "Keyword",
    "Referrers.getCampaigns": "Campaign",
    "DevicesDetection.getBrowsers": "Browser",
    "DevicesDetection.getType": "Device type",
    "Actions.getPageUrls": "Page URL",
    "Actions.getPageTitles": "Page Title",
}


def evolution(name: str, rows: Callable[[], Mapping[str, Sequence[Row]]], given: Parameters) -> Row:
    """Return the numbers of the row with the wanted label, period by period; `rows` gives it in each."""
    label = given.text("label").strip()
    names = _OF_PAGES if name.startswith("Actions.") else _OF_VISITS
    data: dict[str, list[Row]] = {}
    for period, found in rows().items():
        data[period] = [_told(row, names) for row in found[:1]]
    metrics = {column: _metric(heading, column, data) for column, heading in names.items()}
    return {
        "label": label,
        "reportData": data,  # type: ignore[dict-item]
        "metadata": {"metrics": metrics, "dimension": _DIMENSIONS.get(name, "")},  # type: ignore[dict-item]
    }


def _told(row: Row, names: Mapping[str, str]) -> Row:
    whole = with_ratios(row, RATIOS_OF_VISITS, written=True) if names is _OF_VISITS else row
    return {column: whole[column] for column in names if column in whole}


def _metric(heading: str, column: str, data: Mapping[str, Sequence[Row]]) -> Row:
    numbers = [_number(rows[0].get(column)) if rows else 0 for rows in data.values()] or [0]
    return {"name": heading, "min": min(numbers), "max": max(numbers)}


def _number(value: object) -> float:
    try:
        number = float(str(value).rstrip("%"))
    except ValueError:
        return 0
    return int(number) if number.is_integer() else number
