"""The columns of tables in words, for who asks for them so (`translateColumnNames`), as Matomo's exports do."""

from collections.abc import Mapping

from pellucid.matomo.catalogue import REPORTS
from pellucid.matomo.metric_names import NAMES
from pellucid.matomo.parameters import Parameters

_LONG = "Total time spent by visitors (in seconds)"
_ANYWHERE: Mapping[str, str] = {
    "date": "Date",
    "nb_hits": "Pageviews",
    "bounce_count": "Bounces",
    "sum_time_spent": _LONG,
    "sum_visit_length": _LONG,
    "entry_nb_uniq_visitors": "Unique entrances",
    "entry_nb_actions": "Actions after entering here",
    "entry_sum_visit_length": f"{_LONG} after entering here",
    "exit_nb_uniq_visitors": "Unique exits",
    "exit_bounce_count": "Bounces",
    "sum_daily_nb_uniq_visitors": "Unique visitors (daily sum)",
    "sum_daily_nb_users": "Users (daily sum)",
    "sum_daily_entry_nb_uniq_visitors": "Unique entrances (daily sum)",
    "sum_daily_exit_nb_uniq_visitors": "Unique exits (daily sum)",
    "bounce_count_returning": "Bounce Count for Returning Visits",
    "nb_visits_converted_returning": "Number of converted returning visits",
    "sum_visit_length_returning": "Total time spent by returning visitors (in seconds)",
}
"""What columns are called that no report lists, or in reports that are not listed."""


def headings(given: Parameters) -> Mapping[str, str]:
    """Return what columns are called in the report that is asked for; nothing if they are to keep their names."""
    if not given.flag("translateColumnNames"):
        return {}
    report = next((one for one in REPORTS if one.method == given.text("method", "")), None)
    return {**NAMES, **_ANYWHERE, **(report.columns | report.ratios if report else {})}
