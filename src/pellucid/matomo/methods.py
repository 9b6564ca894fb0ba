"""The methods of Matomo's Reporting API: each is a row with its name, what it needs, and what answers."""

from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import parse_qsl, urlsplit

from msgspec import structs

from pellucid.errors import NotAllowed, PellucidError, RequestError
from pellucid.matomo import administration as setup
from pellucid.matomo import insights, overview
from pellucid.matomo.absent import ABSENT
from pellucid.matomo.all_sites import METHODS as ALL_SITES
from pellucid.matomo.annotations import METHODS as ANNOTATIONS
from pellucid.matomo.answers import Answers
from pellucid.matomo.call import NOBODY, SUCCESS, Answer, Call, Method, Record, alone, needs_somewhere, refused
from pellucid.matomo.columns import Row
from pellucid.matomo.comparison import compared, is_compared
from pellucid.matomo.dates import date_of, key
from pellucid.matomo.dimension_methods import METHODS as DIMENSIONS
from pellucid.matomo.event_tables import CHOSEN, chosen_events
from pellucid.matomo.evolution import Followed, evolution
from pellucid.matomo.flat import named
from pellucid.matomo.glossary import metric_glossary, report_glossary
from pellucid.matomo.goal_reports import REPORTS as GOAL_REPORTS
from pellucid.matomo.goals_followed import goals_to_follow, names_to_follow
from pellucid.matomo.languages import METHODS as LANGUAGES
from pellucid.matomo.lists import cut
from pellucid.matomo.live_methods import METHODS as LIVE
from pellucid.matomo.page_reports import REPORTS as PAGE_REPORTS
from pellucid.matomo.parameters import ALL, Parameters, parameters_of
from pellucid.matomo.pivot import Report, pivoted
from pellucid.matomo.places import METHODS as PLACES
from pellucid.matomo.pretty import all_pretty
from pellucid.matomo.processed import listed, metadata, processed, report_metadata
from pellucid.matomo.referrer_reports import REPORTS as REFERRER_REPORTS
from pellucid.matomo.reports import NUMBERS, SUMMARIES, number, summary, table
from pellucid.matomo.rows import shown, stays
from pellucid.matomo.segment_editor import METHODS as SEGMENT_EDITOR
from pellucid.matomo.segment_names import segments
from pellucid.matomo.site_methods import METHODS as SITES
from pellucid.matomo.suggestions import suggestions
from pellucid.matomo.tables import TABLES
from pellucid.matomo.transition_words import WORDS
from pellucid.matomo.transitions import REPORTS as TRANSITIONS
from pellucid.matomo.user_access import METHODS as USER_ACCESS
from pellucid.matomo.user_changes import METHODS as USER_CHANGES
from pellucid.matomo.users import METHODS as USERS
from pellucid.matomo.visit_reports import REPORTS as VISIT_REPORTS
from pellucid.matomo.visit_reports import shares_of_all
from pellucid.matomo.widgets import pages, widgets
from pellucid.model.account import Access
from pellucid.model.period import Period, PeriodKind
from pellucid.model.site import Site

MATOMO_VERSION = "5.2.0"
"""The version of Matomo whose API this is."""

SETTINGS: Mapping[str, int] = {"SDK_batch_size": 10, "SDK_interval_value": 30}
"""How many hits Matomo's telephone programs send at once, and after how many seconds."""

_BULK = "API.getBulkRequest"
MOST_QUESTIONS = 100
"""How many questions one bulk request may hold."""


def answer(call: Call) -> Answer:
    """Return what a method answers, or raise the error Matomo has for the request."""
    call = structs.replace(call, given=_meant(call.given))
    name = call.given.text("method", "")
    method = METHODS.get(name)
    if method is None:
        module, _, action = name[:80].partition(".")
        told = f"The method '{action}' does not exist or is not available in the module '{module}'."
        raise RequestError(ABSENT.get(name, told))
    if method.superuser and not (call.account and call.account.superuser):
        raise refused(call, "You can't access this resource as it requires a 'superuser' access.")
    if method.changes and call.account and call.account.reads_only:
        raise NotAllowed("This token may read, and change nothing: one of the scope 'write' or 'admin' may.")
    sites = _sites(call, method.access) if method.access else []
    if method.somewhere:
        needs_somewhere(call, method.somewhere)
    if not method.access and not method.anonymous and call.account is None:
        raise refused(call, "You can't access this resource as it requires 'view' access for at least one website.")
    return cut(name, method.answer(call, sites), call.given)


def _meant(given: Parameters) -> Parameters:
    """Return what a request means to Matomo: rows that labels name are closed, and a module has a name of old, too."""
    closed = given.without("expanded") if given.several("label") else given
    asked = {name: given.text(name, "") for name in ("method", "apiModule")}
    of_old = {name: told for name, told in asked.items() if told.partition(".")[0] == "Referers"}
    return closed.with_text(**{name: told.replace("Referers", "Referrers", 1) for name, told in of_old.items()})


def _sites(call: Call, access: Access) -> list[Site]:
    account = call.account or NOBODY
    named = setup.named_sites(call.given)
    if named is None:
        sites = setup.visible(call.registry, account, access)
        if not sites:
            told = f"You can't access this resource as it requires '{access}' access for at least one website."
            raise refused(call, told)
        return sites
    for site_id in named:
        if not account.may(site_id, access):
            told = f"You can't access this resource as it requires '{access}' access for the website id = {site_id}."
            raise refused(call, told)
    return [setup.site_of(call.registry, site_id) for site_id in named]


def _report(one: Callable[[Answers, Site, Period, Parameters], Answer], call: Call, sites: list[Site]) -> Answer:
    """Answer for each site, and for each period: several come under their keys."""
    of_one_site = len(sites) == 1 and call.given.text("idSite") != setup.ALL_SITES

    def reports() -> int:
        return sum(len(call.periods(site).periods) for site in sites)

    def of_period(site: Site, period: Period, *, beside: bool) -> Answer:
        if is_compared(call.given):
            return compared(plain, call, site, period)
        return alone(plain(site, period, structs.replace(call.given, beside=beside)))

    def plain(site: Site, period: Period, given: Parameters) -> Answer:
        pivots = given.text("pivotBy", "")
        told = (partial(pivoted, REPORTS, reports()) if pivots else one)(call.reports, site, period, given)
        if one not in TRANSITIONS.values():
            told = _left(told, given)
        return all_pretty(told, given.text("format_metrics", ""), site.currency)

    def of_site(site: Site) -> Answer:
        wanted = call.periods(site)
        if not wanted.several:
            return of_period(site, wanted.periods[0], beside=not of_one_site or call.given.beside)
        return {key(period): of_period(site, period, beside=True) for period in wanted.periods}

    if of_one_site:
        return of_site(sites[0])
    return {str(site.id): of_site(site) for site in sites}


def _left(told: Answer, given: Parameters) -> Answer:
    """Return what the filters leave of a report with one row; a flat one is a list, and its rows are named."""
    if not isinstance(told, dict):
        plain = not given.flag("flat") or given.text("pivotBy", "")
        return told if plain or not isinstance(told, list) else named(given.text("method"), told)
    if not stays(told, given):
        return []
    row = told if given.whole else shown(told, given)
    return [row] if given.flag("flat") else row


def _one_period_of_one_site(method: str, call: Call, sites: list[Site]) -> Answer:
    """Answer for one period of one site alone, where Matomo does."""
    if call.periods(sites[0]).several:
        raise RequestError(f"{method} does not support multiple dates.")
    if len(sites) > 1:
        raise RequestError(f"{method} does not support multiple sites.")
    return _report(REPORTS[method], call, sites)


def _sources_of_one_site(method: str, call: Call, sites: list[Site]) -> Answer:
    """Answer for one site alone, where Matomo does."""
    if len(sites) > 1 or call.given.text("idSite") == setup.ALL_SITES:
        raise RequestError(f"{method} with multiple sites is not supported (yet).")
    if method == "Referrers.getAll" and call.periods(sites[0]).several:
        raise RequestError(f"{method} with multiple sites or dates is not supported (yet).")
    return _report(REPORTS[method], call, sites)


def _with_channels(
    report: Callable[[Answers, Site, Period, Parameters], Answer], call: Call, sites: list[Site]
) -> Answer:
    told = _report(report, call, sites)
    return told if call.given.flag("compare") else shares_of_all(told, call.given)


def _number(name: str, reports: Answers, site: Site, period: Period, given: Parameters) -> Answer:
    return {name: number(name, reports, site, period, given)}


def _events(name: str, reports: Answers, site: Site, period: Period, given: Parameters) -> list[Row]:
    return table(chosen_events(name, given), reports, site, period, given)


def _segments(call: Call, _none: list[Site]) -> Answer:
    """Return what segments are made of; what a site's owner set up is told of a site that is named."""
    if not call.given.text("idSite", "") and not call.given.several("idSites"):
        return segments(())
    return segments(call.registry.dimensions(_sites(call, Access.VIEW)[0].id))


def _row_evolution(call: Call, sites: list[Site]) -> Answer:
    report, site = listed(call, sites[0]), sites[0]
    if not report.dimension:
        raise RequestError(f"Reports like {report.method}, which do not have a dimension, are not followed by rows.")
    # A range is followed day by day.
    days = call.given.with_text(period=PeriodKind.DAY) if call.given.text("period") == "range" else call.given
    wanted = structs.replace(call, given=days).periods(site)
    if not wanted.several:
        raise RequestError("Rows are followed over several periods: date has to name more than one of them.")
    given = goals_to_follow(call.given.with_text(method=report.method, **report.parameters), site)
    given = given.with_text(filter_limit=str(ALL), expanded="1", format_metrics="bc")
    given = given.without("idSubtable", "label", "flat", "column", "pivotBy")
    given = structs.replace(given, beside=True)

    def rows() -> dict[str, list[Row]]:
        return {key(period): _rows_of(call, given, period) for period in wanted.periods}

    names = names_to_follow(report, call.given, site)
    if wanted.periods[-1].kind is not PeriodKind.DAY:
        names.pop("nb_uniq_visitors", None)
    host = urlsplit(next(iter(site.urls), "")).hostname or ""
    return evolution(Followed(report.method, report.dimension, names, host), rows, call.given)


def _rows_of(call: Call, given: Parameters, period: Period) -> list[Row]:
    """Return the rows of a report in one period."""
    told = answer(structs.replace(call, given=given.with_text(period=period.kind, date=date_of(period))))
    return [dict(row) for row in told if isinstance(row, Mapping)] if isinstance(told, list) else []


def _add_goal(call: Call, sites: list[Site]) -> Answer:
    return {"value": setup.add_goal(call.registry, sites[0], call.given)}


def _update_goal(call: Call, sites: list[Site]) -> Answer:
    setup.update_goal(call.registry, sites[0], call.given)
    return SUCCESS


def _delete_goal(call: Call, sites: list[Site]) -> Answer:
    call.registry.delete_goal(sites[0].id, call.given.number("idGoal"))
    return SUCCESS


def _goal(call: Call, sites: list[Site]) -> Answer:
    return Record(setup.goal_row(setup.goal_of(call.registry, sites[0], call.given)))


def _bulk(call: Call, _sites: list[Site]) -> Answer:
    """Return the answers to several questions at once; one that is wrong costs only itself.

    What a question does not say itself is said for all of them, who asks as well. As in Matomo it is none that asks
    several again.
    """
    answers: list[Answer] = []
    every = call.given.without("urls")
    for text in call.given.several("urls")[:MOST_QUESTIONS]:
        asked = parameters_of(parse_qsl(text.partition("?")[2] or text, keep_blank_values=True))
        given = every.with_others(asked)
        if given.text("method", "") == _BULK:
            continue
        token = asked.text("token_auth", "")
        account = call.registry.bearer(token) if token else call.account
        try:
            answers.append(answer(structs.replace(call, account=account, given=given)))
        except PellucidError as error:
            told = str(error).replace(token, "…") if token else str(error)
            answers.append({"result": "error", "message": told})
    return answers


def _goals(call: Call, sites: list[Site]) -> Answer:
    return [setup.goal_row(goal) for site in sites for goal in call.registry.goals(site.id)]


def _kinds_of_sites(_call: Call, _sites: list[Site]) -> Answer:
    return [{"id": "website", "name": "Website", "description": "A website.", "howToSetupUrl": "", "settings": []}]


def _invalidated(_call: Call, _sites: list[Site]) -> Answer:
    """Return what programs read that import hits and have archives made anew: here there are none."""
    return ["Nothing has to be invalidated: reports are computed when they are asked for."]


def _address(call: Call, _sites: list[Site]) -> Answer:
    """Return the address that a request came from, to who sent it."""
    return {"value": call.asking.address}


def _is_there(call: Call, _sites: list[Site]) -> Answer:
    """Return whether any method of a plug-in of Matomo's is answered."""
    module = f"{call.given.text('pluginName')}."
    return {"value": any(name.startswith(module) for name in METHODS)}


REPORTS: Mapping[str, Report] = {
    **(VISIT_REPORTS | GOAL_REPORTS | PAGE_REPORTS),
    **{name: partial(table, report) for name, report in TABLES.items()},
    **{name: partial(_events, name) for name in CHOSEN},
    **REFERRER_REPORTS,
}
"""Reports with rows, or with one."""

METHODS: Mapping[str, Method] = {
    **{name: Method(partial(_report, report)) for name, report in {**REPORTS, **TRANSITIONS}.items()},
    **{name: Method(partial(_report, partial(summary, report))) for name, report in SUMMARIES.items()},
    **{name: Method(partial(_report, partial(_number, column))) for name, column in NUMBERS.items()},
    **{name: Method(partial(_sources_of_one_site, name)) for name in ("Referrers.getAll", "Referrers.getReferrerType")},
    "VisitTime.getByDayOfWeek": Method(partial(_one_period_of_one_site, "VisitTime.getByDayOfWeek")),
    "Referrers.get": Method(partial(_with_channels, REPORTS["Referrers.get"])),
    "Transitions.isPeriodAllowed": Method(lambda _call, _sites: {"value": True}),
    "Transitions.getTranslations": Method(lambda _call, _sites: Record(WORDS), access=None),
    **PLACES,
    "API.getSegmentsMetadata": Method(_segments, access=None, somewhere=Access.VIEW),
    "API.getSuggestedValuesForSegment": Method(suggestions),
    "API.getReportMetadata": Method(report_metadata),
    "API.getMetadata": Method(metadata),
    "API.getProcessedReport": Method(partial(processed, answer)),
    "API.getRowEvolution": Method(_row_evolution),
    "API.getReportPagesMetadata": Method(pages),
    "API.getWidgetMetadata": Method(widgets),
    "API.getGlossaryReports": Method(report_glossary),
    "API.getGlossaryMetrics": Method(metric_glossary),
    "API.getIpFromHeader": Method(_address, access=None, somewhere=Access.VIEW),
    "API.getSettings": Method(lambda _call, _sites: Record(SETTINGS), access=None),
    "API.get": Method(partial(_with_channels, overview.everything)),
    **ALL_SITES,
    **LIVE,
    **SITES,
    **ANNOTATIONS,
    **SEGMENT_EDITOR,
    **LANGUAGES,
    **USERS,
    **USER_ACCESS,
    **USER_CHANGES,
    **insights.methods(answer),
    "Goals.addGoal": Method(_add_goal, access=Access.WRITE),
    "Goals.getGoals": Method(_goals),
    "Goals.getGoal": Method(_goal),
    "Goals.updateGoal": Method(_update_goal, access=Access.WRITE),
    "Goals.deleteGoal": Method(_delete_goal, access=Access.WRITE),
    _BULK: Method(_bulk, access=None, anonymous=True),
    "API.getAvailableMeasurableTypes": Method(_kinds_of_sites, access=None, somewhere=Access.VIEW),
    "CoreAdminHome.invalidateArchivedReports": Method(_invalidated, access=None, somewhere=Access.ADMIN),
    **DIMENSIONS,
    "API.isPluginActivated": Method(_is_there, access=None),
    "API.getMatomoVersion": Method(lambda _call, _sites: {"value": MATOMO_VERSION}, access=None),
    "API.getPiwikVersion": Method(lambda _call, _sites: {"value": MATOMO_VERSION}, access=None),
}
