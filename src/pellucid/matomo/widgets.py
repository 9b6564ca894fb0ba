"""The reports of a site as the pages and widgets that Matomo's own programs lay them out in."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from pellucid.matomo.call import Answer, Call
from pellucid.matomo.catalogue_of_site import reports_of
from pellucid.matomo.listed import Listed
from pellucid.model.site import Site

_CATEGORIES: Mapping[str, tuple[str, str, int, str]] = {
    "Visitors": ("General_Visitors", "Visitors", 5, "icon-reporting-visitors"),
    "Actions": ("General_Actions", "Behaviour", 10, "icon-reporting-actions"),
    "Referrers": ("Referrers_Referrers", "Acquisition", 15, "icon-reporting-referer"),
    "Ecommerce": ("Goals_Ecommerce", "Ecommerce", 20, "icon-reporting-ecommerce"),
    "Goals": ("Goals_Goals", "Goals", 25, "icon-reporting-goal"),
}
"""What Matomo calls a category, how it is shown, where it stands, and its icon. The others have no page."""

_OVERVIEW = ("General_Overview", "Overview", 2)
_SALES = ("Ecommerce_Sales", "Sales", 15)
_SUBCATEGORIES: Mapping[str, tuple[str, int]] = {
    "Overview": ("General_Overview", 2),
    "Visits Log": ("Live_VisitorLog", 5),
    "Locations": ("UserCountry_SubmenuLocations", 10),
    "Devices": ("DevicesDetection_Devices", 15),
    "Software": ("DevicesDetection_Software", 20),
    "Times": ("VisitTime_SubmenuTimes", 35),
    "User IDs": ("UserId_UserReportTitle", 40),
    "Pages": ("General_Pages", 5),
    "Entry pages": ("Actions_SubmenuPagesEntry", 10),
    "Exit pages": ("Actions_SubmenuPagesExit", 15),
    "Page titles": ("Actions_SubmenuPageTitles", 20),
    "Site Search": ("Actions_SubmenuSitesearch", 25),
    "Outlinks": ("General_Outlinks", 30),
    "Downloads": ("General_Downloads", 35),
    "Events": ("Events_Events", 40),
    "Contents": ("Contents_Contents", 45),
    "Engagement": ("VisitorInterest_Engagement", 46),
    "Performance": ("PagePerformance_Performance", 47),
    "All Channels": ("Referrers_WidgetGetAll", 5),
    "Search Engines & Keywords": ("Referrers_SubmenuSearchEngines", 10),
    "Websites": ("Referrers_SubmenuWebsitesOnly", 15),
    "Social Networks": ("Referrers_Socials", 16),
    "Campaigns": ("Referrers_Campaigns", 20),
    "Products": ("Goals_Products", 10),
}
_LAST = 99
_FIRST_GOAL = 900
"""Where what an owner set up stands: behind all else."""

_TABLE, _SPARKLINES, _LOG = "table", "sparklines", "VisitorLog"
_SHOWN_AS = {
    "DevicesDetection.getBrowserEngines": "graphPie",
    "Referrers.getSocials": "graphPie",
    "Referrers.getReferrerType": "tableAllColumns",
    "Referrers.getAll": "tableAllColumns",
    "Referrers.getWebsites": "tableAllColumns",
    "VisitTime.getVisitInformationPerLocalTime": "graphVerticalBar",
    "VisitTime.getVisitInformationPerServerTime": "graphVerticalBar",
    "VisitTime.getByDayOfWeek": "graphVerticalBar",
    "VisitorInterest.getNumberOfVisitsPerVisitDuration": "cloud",
    "VisitorInterest.getNumberOfVisitsPerPage": "cloud",
    "Live.getLastVisitsDetails": _LOG,
}
_SAID = frozenset({_SPARKLINES, _LOG})
"""Ways to show a report that a widget has to say: by itself it would be a table."""

_VISITS_LOG = Listed("Visitors", "Visits Log", "Visits Log", "Live.getLastVisitsDetails", metrics="")


class _Widget(Struct, frozen=True):
    """A widget, and the page it stands on, each with what Matomo tells of it."""

    category: dict[str, Answer]
    subcategory: dict[str, Answer]
    told: dict[str, Answer]

    @property
    def page(self) -> str:
        return f"{self.category['id']}.{self.subcategory['id']}"

    @property
    def place(self) -> tuple[int, int, str]:
        category, subcategory = (int(str(one["order"])) for one in (self.category, self.subcategory))
        return category, subcategory, str(self.told["uniqueId"])


def pages(_call: Call, sites: list[Site]) -> Answer:
    """Return the pages of a site with their widgets."""
    found: dict[str, dict[str, Answer]] = {}
    widgets: dict[str, list[Answer]] = {}
    for widget in _widgets(sites[0]):
        about: dict[str, Answer] = {"uniqueId": widget.page}
        about |= {"category": widget.category, "subcategory": widget.subcategory}
        found.setdefault(widget.page, about)
        widgets.setdefault(widget.page, []).append(widget.told)
    return [about | {"widgets": widgets[page]} for page, about in found.items()]


def widgets(_call: Call, sites: list[Site]) -> Answer:
    """Return the widgets of a site, in the order of their pages."""
    return [
        {
            "name": widget.told["name"],
            "category": widget.category,
            "subcategory": widget.subcategory,
            **widget.told,
        }
        for widget in sorted(_widgets(sites[0]), key=lambda widget: widget.place)
    ]


def _widgets(site: Site) -> Iterator[_Widget]:
    goals = {str(goal.id): (str(goal.id), goal.name, _FIRST_GOAL + at) for at, goal in enumerate(site.goals, 1)}
    for number, report in enumerate(_listed(site), 1):
        if report.category not in _CATEGORIES:
            continue
        identifier, name, order, icon = _CATEGORIES[report.category]
        category: dict[str, Answer] = {
            "id": identifier,
            "name": name,
            "order": order,
            "icon": icon,
            "help": "",
            "widget": None,
        }
        identifier, name, order = _subcategory(report, goals)
        subcategory: dict[str, Answer] = {"id": identifier, "name": name, "order": order, "help": ""}
        yield _Widget(category, subcategory, _told(report, number))


def _listed(site: Site) -> Iterable[Listed]:
    if site.privacy.shows_visits:
        yield _VISITS_LOG
    yield from reports_of(site)


def _subcategory(report: Listed, goals: Mapping[str, tuple[str, str, int]]) -> tuple[str, str, int]:
    if report.subcategory in _SUBCATEGORIES:
        identifier, order = _SUBCATEGORIES[report.subcategory]
        return identifier, report.subcategory, order
    if report.subcategory:
        return report.subcategory, report.name, _LAST
    if report.category == "Ecommerce" and report.dimension:
        return _SALES
    return goals.get(report.parameters.get("idGoal", ""), _OVERVIEW)


def _told(report: Listed, order: int) -> dict[str, Answer]:
    module, _, action = report.method.partition(".")
    shown = _SHOWN_AS.get(report.method, _TABLE if report.dimension else _SPARKLINES)
    said = {"forceView": "1", "viewDataTable": shown} if shown in _SAID else {}
    more = said | dict(report.parameters)
    return {
        "name": report.name,
        "module": module,
        "action": action,
        "order": order,
        "parameters": more | {"module": module, "action": action},
        "uniqueId": f"widget{module}{action}{''.join(name + value for name, value in more.items())}",
        "isWide": False,
        "viewDataTable": shown,
        "isReport": True,
    }
