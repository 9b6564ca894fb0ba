"""A report in the list of reports: what Matomo's own programs show of it."""

from collections.abc import Mapping

from msgspec import Struct

from pellucid.matomo.call import Answer
from pellucid.matomo.columns import NOT_ENABLED
from pellucid.matomo.metric_names import NAMES, type_of

OF_VISITS = "nb_visits nb_uniq_visitors nb_actions nb_users"
NO_GOALS = ("", "")
GOALS = ("nb_conversions revenue", "revenue_per_visit")
"""The columns, and those worked out, that most reports tell of goals with."""


_DIMENSIONS: Mapping[str, Mapping[str, str]] = {
    "Events.getCategory": {"Events_EventCategory": "Event Category", "Events_EventAction": "Event Action"},
    "Events.getAction": {"Events_EventAction": "Event Action", "Events_EventName": "Event Name"},
    "Events.getName": {"Events_EventName": "Event Name", "Events_EventAction": "Event Action"},
    "Referrers.getKeywords": {"Referrers_Keyword": "Keyword", "Referrers_SearchEngine": "Search Engine"},
    "Referrers.getSearchEngines": {"Referrers_SearchEngine": "Search Engine", "Referrers_Keyword": "Keyword"},
    "Referrers.getWebsites": {"Referrers_Website": "Website", "Referrers_WebsitePage": "Website Page"},
    "Referrers.getSocials": {"Referrers_SocialNetwork": "Social network", "Referrers_WebsitePage": "Website Page"},
    "Referrers.getCampaigns": {"Referrers_Campaign": "Campaign", "Referrers_Keyword": "Keyword"},
}
"""What the rows of a report and those below them are told apart by, with what that is called; by method."""


class Listed(Struct, frozen=True):
    """A report under its headings; columns stand in one text, and are called as in `NAMES` unless `names` says else.

    `related` and `subtables` name methods: reports that tell of the same, and what answers for one row. `constant`
    reports have the same rows always. `goals` are the columns, and those worked out, that tell of goals. Of columns
    that are `typed` the kind is told, and nothing more.
    """

    category: str
    subcategory: str
    name: str
    method: str
    dimension: str = ""
    metrics: str = OF_VISITS
    processed: str = ""
    goals: tuple[str, str] = NO_GOALS
    related: tuple[str, ...] = ()
    subtables: str = ""
    constant: bool = False
    typed: str = ""
    names: Mapping[str, str] = {}
    parameters: Mapping[str, str] = {}

    @property
    def columns(self) -> dict[str, str]:
        """The columns that are counted, with what they are called."""
        return self._called(self.metrics)

    @property
    def ratios(self) -> dict[str, str]:
        """The columns that are worked out, with what they are called."""
        return self._called(self.processed)

    def _called(self, columns: str) -> dict[str, str]:
        return {column: self.names.get(column, NAMES[column]) for column in columns.split()}

    @property
    def unique_id(self) -> str:
        """The name that tells it from all other reports."""
        given = "".join(f"_{name}--{value}" for name, value in self.parameters.items())
        return self.method.replace(".", "_") + given


def report_row(report: Listed, related: Mapping[str, str], *, people: bool = True) -> dict[str, Answer]:
    """Return what is told of a report; `related` names the reports that tell of the same, by method.

    What counts `people` is left out where a period has no such column.
    """
    counted = {name: text for name, text in report.columns.items() if people or name not in NOT_ENABLED}
    module, _, action = report.method.partition(".")
    row: dict[str, Answer] = {"category": report.category}
    row |= {"subcategory": report.subcategory} if report.subcategory else {}
    row |= {"name": report.name, "module": module, "action": action}
    row |= {"parameters": _parameters(report)} if report.parameters else {}
    row |= {"dimension": report.dimension} if report.dimension else {}
    row |= {"dimensions": dict(_DIMENSIONS[report.method])} if report.method in _DIMENSIONS else {}
    row |= {"metrics": counted}
    row |= {"processedMetrics": report.ratios} if report.ratios else {}
    typed = [*report.columns, *report.typed.split(), *report.ratios]
    typed += ["conversion_rate"] if report.goals == GOALS and report.ratios else []
    row |= {"metricTypes": {name: type_of(name) for name in typed if name != "label"}}
    row |= {"constantRowsCount": True} if report.constant else {}
    row |= {"actionToLoadSubTables": report.subtables} if report.subtables else {}
    row |= {"relatedReports": [_related(name, related) for name in report.related]} if report.related else {}
    plain, worked_out = (one.split() for one in report.goals)
    if plain:
        types = [*plain, *worked_out, "conversion_rate"]
        row |= {
            "metricsGoal": {name: NAMES[name] for name in plain},
            "processedMetricsGoal": {name: NAMES[name] for name in worked_out},
            "metricTypesGoal": {name: type_of(name) for name in types},
        }
    return row | {"uniqueId": report.unique_id}


def _related(method: str, names: Mapping[str, str]) -> dict[str, str]:
    module, _, action = method.partition(".")
    return {"name": names[method], "module": module, "action": action}


def _parameters(report: Listed) -> dict[str, Answer]:
    """Return the parameters that name a report; as in Matomo a goal's number is one, that of a dimension a text."""
    told: dict[str, Answer] = dict(report.parameters)
    goal = report.parameters.get("idGoal", "")
    return told | {"idGoal": int(goal)} if goal.isdecimal() else told
