"""The methods of `Live`: single visits, one visitor's, and how much is going on; an owner can hide the first two."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import structs

from pellucid.errors import RequestError
from pellucid.matomo.actions import Setting
from pellucid.matomo.call import Answer, Call, Method
from pellucid.matomo.columns import Row
from pellucid.matomo.dates import asked
from pellucid.matomo.live import visit_row
from pellucid.matomo.parameters import DEFAULT_LIMIT
from pellucid.matomo.profile import VISITS_ADDED_UP, VISITS_SHOWN, profile_row
from pellucid.matomo.rows import shown
from pellucid.matomo.segments import segment_on
from pellucid.model.period import Period, PeriodKind
from pellucid.model.query import Condition, Operator, Segment
from pellucid.model.site import Site
from pellucid.report.live import EVER, Beginning, VisitDetails, counters, first_visit, last_visits, neighbours

_WITHOUT_ACTIONS: Row = {"actionDetails": []}
_MOST_MINUTES = 2880
_HIDDEN = (
    "{what} is deactivated in website settings. A user with at least admin access can enable this feature in the "
    "settings for this website (idSite={site})."
)


def _shows_visits(site: Site) -> None:
    if not site.privacy.shows_visits:
        raise RequestError(_HIDDEN.format(what="Visits log", site=site.id))


def _shows_profiles(site: Site) -> None:
    _shows_visits(site)
    if not site.privacy.shows_profiles:
        raise RequestError(_HIDDEN.format(what="Visitor profile", site=site.id))


def _setting(site: Site) -> Setting:
    return Setting(site, site.goals, [one for one in site.dimensions if one.active])


def _period(call: Call, site: Site) -> Period:
    """Return the days whose visits are told: as in Matomo those of the day before belong to today's."""
    today = call.now.astimezone(ZoneInfo(site.timezone)).date()
    if "date" not in call.given.given:
        return asked("range", "last30", today).periods[-1]
    kind, date = call.given.text("period"), call.given.text("date")
    if kind != PeriodKind.RANGE and date.lower() in {"today", "now", today.isoformat()}:
        return Period(asked(kind, "yesterday", today).periods[-1].first, today)
    return call.periods(site).periods[-1]


def _last_visits(call: Call, sites: list[Site]) -> Answer:
    """Return visits, those of several sites in one list; as in Matomo their number alone, if it is told, counts."""
    given, visible = call.given, [site for site in sites if site.privacy.shows_visits]
    if not visible:
        _shows_visits(sites[0])
    told = given.text("countVisitorsToFetch", "")
    limit = given.number("countVisitorsToFetch" if told else "filter_limit", DEFAULT_LIMIT)
    offset = 0 if told else max(given.number("filter_offset", 0), 0)
    since = given.text("minTimestamp", "")
    beginning = Beginning(
        offset if len(visible) == 1 else 0,
        int(since) * 1000 if since.isdecimal() else 0,
        earliest=given.text("filter_sort_order", "").lower() == "asc",
    )
    offset -= beginning.offset
    found: list[tuple[VisitDetails, Setting]] = []
    for site in visible:
        visits = last_visits(
            call.store,
            site.id,
            _period(call, site),
            offset + limit if limit > 0 else None,
            beginning,
            segment_on(given.segment, site),
            site.timezone,
        )
        setting = _setting(site)
        found += [(details, setting) for details in visits]
    # The sort is stable, and keeps visits of one site that ended at the same time as they are.
    found.sort(key=lambda one: one[0].visit.last_time, reverse=not beginning.earliest)
    rows = [visit_row(*one) for one in found[offset : offset + limit if limit > 0 else None]]
    nothing: Row = _WITHOUT_ACTIONS if given.flag("doNotFetchActions") else {}
    deep = given.flag("hideColumnsRecursively", default=True)
    return [shown(row | nothing, given, deep=deep) for row in rows]


def _profile(call: Call, sites: list[Site]) -> Answer:
    site = sites[0]
    _shows_profiles(site)
    segment = segment_on(call.given.segment, site)
    number = _visitor(call) if call.given.text("visitorId", "") else _most_recent(call, site, segment)
    if number is None:
        return []
    visits = last_visits(
        call.store, site.id, EVER, VISITS_ADDED_UP + 1, segment=_visits_of(number, segment), timezone=site.timezone
    )
    if not visits:
        return []
    shown = call.given.number("limitVisits", VISITS_SHOWN)
    row = profile_row(visits, _setting(site), shown if shown > 0 else VISITS_SHOWN, call.now)
    after, before = neighbours(call.store, site, number, visits[0].visit.last_time, segment)
    return row | {"nextVisitorId": _told(after) or False, "previousVisitorId": _told(before) or False}


def _visits_of(number: int, segment: Segment) -> Segment:
    condition = Condition("visitor_id", Operator.EQUALS, str(number))
    return structs.replace(segment, groups=(*segment.groups, (condition,)))


def _visitor(call: Call) -> int:
    text = call.given.text("visitorId")
    try:
        return int(text, 16)
    except ValueError as error:
        raise RequestError(f"visitorId has to have 16 hexadecimal digits, and {text!r} has not.") from error


def _told(number: int | None) -> str:
    return "" if number is None else f"{number:016x}"


def _most_recent(call: Call, site: Site, segment: Segment) -> int | None:
    visits = last_visits(call.store, site.id, EVER, 1, segment=segment, timezone=site.timezone)
    return visits[0].visit.visitor_id if visits else None


def _most_recent_visitor(call: Call, sites: list[Site]) -> Answer:
    _shows_visits(sites[0])
    segment = segment_on(call.given.segment, sites[0])
    return {"value": _told(_most_recent(call, sites[0], segment)) or False}


def _first_visit(call: Call, sites: list[Site]) -> Answer:
    _shows_profiles(sites[0])
    visits = first_visit(call.store, sites[0].id, _visitor(call))
    return [visit_row(details, _setting(sites[0])) | _WITHOUT_ACTIONS for details in visits]


def _most_recent_time(call: Call, sites: list[Site]) -> Answer:
    """Return when the latest visit ended, in the days of the site."""
    site = sites[0]
    _shows_visits(site)
    period = call.periods(site).periods[-1] if "date" in call.given.given else EVER
    visits = last_visits(call.store, site.id, period, 1)
    ended = [datetime.fromtimestamp(one.visit.last_time / 1000, ZoneInfo(site.timezone)) for one in visits]
    return {"value": f"{ended[0]:%Y-%m-%d %H:%M:%S}" if ended else ""}


def _counters(call: Call, sites: list[Site]) -> Answer:
    """Return how much is going on; as in Matomo `visitsConverted` counts conversions."""
    minutes, segment = call.given.number("lastMinutes"), call.given.segment
    if not 1 <= minutes <= _MOST_MINUTES:
        raise RequestError(f"lastMinutes only accepts values between 1 and {_MOST_MINUTES}")
    now = int(call.now.timestamp() * 1000)
    lately = [counters(call.store, one.id, minutes, now, segment_on(segment, one), one.timezone) for one in sites]
    row: Row = {
        "visits": sum(one.visits for one in lately),
        "actions": sum(one.actions for one in lately),
        "visitors": sum(one.visitors for one in lately),
        "visitsConverted": sum(one.conversions for one in lately),
    }
    return [shown(row, call.given)]


METHODS: Mapping[str, Method] = {
    "Live.getLastVisitsDetails": Method(_last_visits),
    "Live.getVisitorProfile": Method(_profile),
    "Live.getMostRecentVisitorId": Method(_most_recent_visitor),
    "Live.getFirstVisitForVisitorId": Method(_first_visit),
    "Live.getMostRecentVisitsDateTime": Method(_most_recent_time),
    "Live.getCounters": Method(_counters),
}
