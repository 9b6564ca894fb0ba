"""The methods of Matomo's Reporting API: each is a row with its name, what it needs, and what answers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from msgspec import Struct, structs

from pellucid.errors import NotAllowed, NotSignedIn, PellucidError, RequestError
from pellucid.matomo import administration as setup
from pellucid.matomo import overview
from pellucid.matomo.actions import Setting
from pellucid.matomo.answers import Answers
from pellucid.matomo.columns import Row
from pellucid.matomo.dates import asked, key
from pellucid.matomo.evolution import evolution
from pellucid.matomo.goal_reports import REPORTS as GOAL_REPORTS
from pellucid.matomo.live import visit_row
from pellucid.matomo.page_reports import REPORTS as PAGE_REPORTS
from pellucid.matomo.parameters import ALL, DEFAULT_LIMIT, Parameters, parameters_of
from pellucid.matomo.reports import NUMBERS, SUMMARIES, number, summary, table
from pellucid.matomo.rows import filtered
from pellucid.matomo.segment_names import segments
from pellucid.matomo.segments import segment_of
from pellucid.matomo.tables import TABLES
from pellucid.matomo.visit_reports import REPORTS as VISIT_REPORTS
from pellucid.model.account import Access, Account
from pellucid.model.period import Period
from pellucid.model.site import Site
from pellucid.registry.registry import Registry
from pellucid.report.live import counters, last_visits
from pellucid.store.client import Store

MATOMO_VERSION = "5.2.0"
"""The version of Matomo whose API this is."""

NOBODY = Account("anonymous")
MOST_QUESTIONS = 100
"""How many questions one bulk request may hold."""
SUCCESS: Row = {"result": "success", "message": "ok"}

Answer = str | int | float | bool | None | Sequence["Answer"] | Mapping[str, "Answer"]


class Call(Struct, frozen=True):
    """One request: who asks, for what, when, and what answers."""

    account: Account | None
    given: Parameters
    registry: Registry
    reports: Answers
    store: Store
    now: datetime


class Method(Struct, frozen=True):
    """A method: `access` to each site it names (None: to no site), or only for a superuser."""

    answer: Callable[[Call, list[Site]], Answer]
    access: Access | None = Access.VIEW
    superuser: bool = False


def answer(call: Call) -> Answer:
    """Return what a method answers, or raise the error Matomo has for the request."""
    name = call.given.text("method", "")
    method = METHODS.get(name)
    if method is None:
        module, _, action = name[:80].partition(".")
        raise RequestError(f"The method '{action}' does not exist or is not available in the module '{module}'.")
    if method.superuser and not (call.account and call.account.superuser):
        raise _refused(call, "You can't access this resource as it requires a 'superuser' access.")
    sites = _sites(call, method.access) if method.access else []
    if not method.access and call.account is None:
        raise _refused(call, "You can't access this resource as it requires 'view' access for at least one website.")
    return method.answer(call, sites)


def _sites(call: Call, access: Access) -> list[Site]:
    account = call.account or NOBODY
    named = setup.named_sites(call.given)
    if named is None:
        sites = setup.visible(call.registry, account, access)
        if not sites:
            told = f"You can't access this resource as it requires '{access}' access for at least one website."
            raise _refused(call, told)
        return sites
    for site_id in named:
        if not account.may(site_id, access):
            told = f"You can't access this resource as it requires '{access}' access for the website id = {site_id}."
            raise _refused(call, told)
    return [setup.site_of(call.registry, site_id) for site_id in named]


def _refused(call: Call, told: str) -> RequestError:
    return NotAllowed(told) if call.account else NotSignedIn(told)


def _report(one: Callable[[Answers, Site, Period, Parameters], Answer], call: Call, sites: list[Site]) -> Answer:
    """Answer for each site, and for each period: several come under their keys."""

    def of_site(site: Site) -> Answer:
        today = call.now.astimezone(ZoneInfo(site.timezone)).date()
        wanted = asked(call.given.text("period"), call.given.text("date"), today)
        if not wanted.several:
            return one(call.reports, site, wanted.periods[0], call.given)
        return {key(period): one(call.reports, site, period, call.given) for period in wanted.periods}

    if len(sites) == 1 and call.given.text("idSite") != setup.ALL_SITES:
        return of_site(sites[0])
    return {str(site.id): of_site(site) for site in sites}


def _number(name: str, reports: Answers, site: Site, period: Period, given: Parameters) -> Answer:
    return {"value": number(name, reports, site, period, given)}


def _segments(call: Call, sites: list[Site]) -> Answer:
    return segments(call.registry.dimensions(sites[0].id))


def _row_evolution(call: Call, sites: list[Site]) -> Answer:
    name = f"{call.given.text('apiModule')}.{call.given.text('apiAction')}"
    report = TABLES.get(name)
    if report is None:
        raise RequestError(f"There is no report {name} with rows; there are {', '.join(sorted(TABLES))}.")
    site = sites[0]
    today = call.now.astimezone(ZoneInfo(site.timezone)).date()
    wanted = asked(call.given.text("period"), call.given.text("date"), today)
    given = call.given.with_text(filter_limit="-1").without("label", "idSubtable")

    def rows() -> dict[str, list[Row]]:
        return {key(period): table(report, call.reports, site, period, given) for period in wanted.periods}

    return evolution(name, rows, call.given)


def _multi_sites(call: Call, sites: list[Site]) -> Answer:
    """Return a row for each site; a series of periods is answered by its last one."""
    some = []
    for site in sites:
        today = call.now.astimezone(ZoneInfo(site.timezone)).date()
        some.append((site, asked(call.given.text("period"), call.given.text("date"), today).periods[-1]))
    return filtered(overview.sites(call.reports, some, call.given), call.given)


def _multi_sites_of_all(call: Call, _sites: list[Site]) -> Answer:
    return _multi_sites(call, setup.visible(call.registry, call.account or NOBODY, Access.VIEW))


def _one_site(call: Call, sites: list[Site]) -> Answer:
    rows = _multi_sites(call, sites[:1])
    return rows[0] if isinstance(rows, list) and rows else []


def _last_visits(call: Call, sites: list[Site]) -> Answer:
    rows: list[Row] = []
    for site in sites:
        today = call.now.astimezone(ZoneInfo(site.timezone)).date()
        dated = "date" in call.given.given
        kind, dates = (call.given.text("period", "day"), call.given.text("date")) if dated else ("range", "last30")
        limit = call.given.number("filter_limit", DEFAULT_LIMIT)
        visits = last_visits(
            call.store,
            site.id,
            asked(kind, dates, today).periods[-1],
            None if limit <= ALL else limit,
            call.given.number("filter_offset", 0),
            segment_of(call.given.text("segment", "")),
        )
        setting = Setting(site, call.registry.goals(site.id), call.registry.dimensions(site.id))
        rows += [visit_row(details, setting) for details in visits]
    return rows


def _counters(call: Call, sites: list[Site]) -> Answer:
    minutes = call.given.number("lastMinutes")
    lately = [counters(call.store, site.id, minutes, int(call.now.timestamp() * 1000)) for site in sites]
    return [
        {
            "visits": sum(one.visits for one in lately),
            "actions": sum(one.actions for one in lately),
            "visitors": sum(one.visitors for one in lately),
            "visitsConverted": sum(one.visits_converted for one in lately),
        },
    ]


def _visible_sites(access: Access, call: Call, _sites: list[Site]) -> Answer:
    account = call.account or NOBODY
    return [setup.site_row(site) for site in setup.visible(call.registry, account, access)]


def _add_site(call: Call, _sites: list[Site]) -> Answer:
    return {"value": setup.add_site(call.registry, call.given)}


def _update_site(call: Call, sites: list[Site]) -> Answer:
    setup.update_site(call.registry, sites[0], call.given)
    return SUCCESS


def _add_goal(call: Call, sites: list[Site]) -> Answer:
    return {"value": setup.add_goal(call.registry, sites[0], call.given)}


def _update_goal(call: Call, sites: list[Site]) -> Answer:
    setup.update_goal(call.registry, sites[0], call.given)
    return SUCCESS


def _delete_goal(call: Call, sites: list[Site]) -> Answer:
    call.registry.delete_goal(sites[0].id, call.given.number("idGoal"))
    return SUCCESS


def _goal(call: Call, sites: list[Site]) -> Answer:
    return setup.goal_row(setup.goal_of(call.registry, sites[0], call.given))


def _update_dimension(call: Call, sites: list[Site]) -> Answer:
    setup.update_dimension(call.registry, sites[0], call.given)
    return SUCCESS


def _bulk(call: Call, _sites: list[Site]) -> Answer:
    """Return the answers to several questions at once; one that is wrong costs only itself."""
    answers: list[Answer] = []
    for text in call.given.several("urls")[:MOST_QUESTIONS]:
        pairs = parse_qsl(text.partition("?")[2] or text, keep_blank_values=True)
        try:
            answers.append(answer(structs.replace(call, given=parameters_of(pairs))))
        except PellucidError as error:
            answers.append({"result": "error", "message": str(error)})
    return answers


def _goals(call: Call, sites: list[Site]) -> Answer:
    return [setup.goal_row(goal) for site in sites for goal in call.registry.goals(site.id)]


def _add_dimension(call: Call, sites: list[Site]) -> Answer:
    return {"value": setup.add_dimension(call.registry, sites[0], call.given)}


def _dimensions(call: Call, sites: list[Site]) -> Answer:
    return [setup.dimension_row(one) for site in sites for one in call.registry.dimensions(site.id)]


METHODS: Mapping[str, Method] = {
    **{
        name: Method(partial(_report, report)) for name, report in (VISIT_REPORTS | GOAL_REPORTS | PAGE_REPORTS).items()
    },
    **{name: Method(partial(_report, partial(table, report))) for name, report in TABLES.items()},
    **{name: Method(partial(_report, partial(summary, report))) for name, report in SUMMARIES.items()},
    **{name: Method(partial(_report, partial(_number, column))) for name, column in NUMBERS.items()},
    "API.getSegmentsMetadata": Method(_segments),
    "API.getRowEvolution": Method(_row_evolution),
    "API.get": Method(partial(_report, overview.everything)),
    "MultiSites.getAll": Method(_multi_sites_of_all, access=None),
    "MultiSites.getOne": Method(_one_site),
    "Live.getLastVisitsDetails": Method(_last_visits),
    "Live.getCounters": Method(_counters),
    "SitesManager.getAllSites": Method(partial(_visible_sites, Access.VIEW), access=None, superuser=True),
    "SitesManager.getSitesWithAtLeastViewAccess": Method(partial(_visible_sites, Access.VIEW), access=None),
    "SitesManager.getSitesWithAdminAccess": Method(partial(_visible_sites, Access.ADMIN), access=None),
    "SitesManager.getSiteFromId": Method(lambda _call, sites: setup.site_row(sites[0])),
    "SitesManager.getSiteUrlsFromId": Method(lambda _call, sites: list(sites[0].urls)),
    "SitesManager.addSite": Method(_add_site, access=None, superuser=True),
    "SitesManager.updateSite": Method(_update_site, access=Access.ADMIN),
    "Goals.addGoal": Method(_add_goal, access=Access.WRITE),
    "Goals.getGoals": Method(_goals),
    "Goals.getGoal": Method(_goal),
    "Goals.updateGoal": Method(_update_goal, access=Access.WRITE),
    "Goals.deleteGoal": Method(_delete_goal, access=Access.WRITE),
    "API.getBulkRequest": Method(_bulk, access=None),
    "CustomDimensions.configureExistingCustomDimension": Method(_update_dimension, access=Access.WRITE),
    "CustomDimensions.configureNewCustomDimension": Method(_add_dimension, access=Access.WRITE),
    "CustomDimensions.getConfiguredCustomDimensions": Method(_dimensions),
    "API.getMatomoVersion": Method(lambda _call, _sites: {"value": MATOMO_VERSION}, access=None),
    "API.getPiwikVersion": Method(lambda _call, _sites: {"value": MATOMO_VERSION}, access=None),
}
