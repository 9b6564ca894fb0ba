"""Visits as Matomo's `Live` shows them: one by one, with what was done in each."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pellucid.matomo.columns import Cell, Row
from pellucid.matomo.labels import LABELS, SOURCES
from pellucid.model.event import Event
from pellucid.model.hit import HitKind
from pellucid.model.site import Site
from pellucid.report.live import VisitDetails

_UNKNOWN_HOUR = 255
_TYPES = {HitKind.PAGEVIEW: "action", HitKind.CART: "ecommerceAbandonedCart", HitKind.ORDER: "ecommerceOrder"}
_KEPT_APART = frozenset({HitKind.PING})
"""Hits that are no action of their own."""


def visit_row(details: VisitDetails, site: Site) -> Row:
    """Return a visit under Matomo's names."""
    visit = details.visit
    zone = ZoneInfo(site.timezone)
    first, last = (datetime.fromtimestamp(moment / 1000, zone) for moment in (visit.first_time, visit.last_time))
    _, kind_name, kind = SOURCES[visit.source_kind]
    country, continent = LABELS["country"](visit.country), LABELS["continent"](visit.continent)
    before = (visit.first_time - visit.previous_time) // 1000 if visit.previous_time else 0
    events = [event for event in details.events if event.kind not in _KEPT_APART]
    return {
        "idSite": site.id,
        "siteName": site.name,
        "siteCurrency": site.currency,
        "idVisit": visit.visit_id,
        "visitorId": f"{visit.visitor_id:016x}",
        "fingerprint": f"{visit.fingerprint:016x}" if visit.fingerprint else None,
        "visitIp": visit.masked_address or None,
        "userId": visit.user_id or None,
        "visitorType": "returning" if visit.visit_number > 1 else "new",
        "visitCount": visit.visit_number,
        "visitConverted": int(visit.conversions > 0),
        "goalConversions": visit.conversions,
        "daysSinceLastVisit": before // 86_400,
        "secondsSinceLastVisit": before,
        "serverDate": f"{last:%Y-%m-%d}",
        "serverDatePretty": _date(last),
        "serverDatePrettyFirstAction": _date(first),
        "serverTimePretty": f"{last:%H:%M:%S}",
        "serverTimePrettyFirstAction": f"{first:%H:%M:%S}",
        "serverTimestamp": visit.last_time // 1000,
        "visitServerHour": f"{last.hour}",
        "firstActionTimestamp": visit.first_time // 1000,
        "lastActionTimestamp": visit.last_time // 1000,
        "lastActionDateTime": f"{datetime.fromtimestamp(visit.last_time / 1000, UTC):%Y-%m-%d %H:%M:%S}",
        "visitLocalHour": None if visit.local_hour == _UNKNOWN_HOUR else str(visit.local_hour),
        "visitDuration": visit.seconds,
        "visitDurationPretty": _duration(visit.seconds),
        "actions": visit.actions,
        "interactions": visit.pageviews + visit.searches,
        "searches": visit.searches,
        "events": visit.events,
        "referrerType": kind,
        "referrerTypeName": kind_name,
        "referrerName": visit.source_name or None,
        "referrerKeyword": visit.source_keyword or None,
        "referrerUrl": visit.source_url or None,
        "languageCode": visit.language or None,
        "language": LABELS["language"](visit.language).text,
        "deviceType": LABELS["device_type"](visit.device_type).text,
        "deviceBrand": LABELS["known"](visit.device_brand).text,
        "deviceModel": visit.device_model or f"Generic {visit.device_type.capitalize()}".strip(),
        "operatingSystem": f"{visit.system} {visit.system_version}".strip(),
        "operatingSystemName": visit.system,
        "operatingSystemCode": visit.system_code,
        "operatingSystemVersion": visit.system_version,
        "browser": f"{visit.browser} {visit.browser_version}".strip(),
        "browserName": visit.browser,
        "browserCode": visit.browser_code,
        "browserVersion": visit.browser_version,
        "browserFamily": visit.engine,
        "browserFamilyDescription": LABELS["engine"](visit.engine).text,
        "resolution": visit.resolution or None,
        "continent": continent.text,
        "continentCode": visit.continent or None,
        "country": country.text,
        "countryCode": country.code,
        "regionCode": visit.region or None,
        "city": visit.city or None,
        "location": ", ".join(part for part in (visit.city, country.text) if part),
        "actionDetails": _actions(events, zone),
    }


def _actions(events: list[Event], zone: ZoneInfo) -> list[Row]:
    rows: list[Row] = []
    page = 0
    for event, following in zip(events, [*events[1:], None], strict=True):
        page += event.kind == HitKind.PAGEVIEW
        spent = following.previous_seconds if following else 0
        rows.append(_action(event, zone, page, spent))
    return rows


def _action(event: Event, zone: ZoneInfo, page: int, spent: int) -> Row:
    time = datetime.fromtimestamp(event.time / 1000, zone)
    given = event.parameters
    row: dict[str, Cell] = {
        "type": _TYPES.get(HitKind(event.kind), event.kind),
        "url": event.url,
        "timestamp": event.time // 1000,
        "serverTimePretty": f"{time:%b} {time.day}, {time:%Y %H:%M:%S}",
        "idpageview": event.pageview_id or None,
    }
    match event.kind:
        case HitKind.PAGEVIEW:
            title: Row = {"pageTitle": event.title or None, "title": event.title, "subtitle": event.url}
            timed: Row = {"pageviewPosition": page, "timeSpent": spent, "timeSpentPretty": _duration(spent)}
            return row | title | timed
        case HitKind.EVENT:
            return row | {
                "eventCategory": given.get("e_c"),
                "eventAction": given.get("e_a"),
                "eventName": given.get("e_n"),
                "eventValue": given.get("e_v"),
            }
        case HitKind.SEARCH:
            return row | {"siteSearchKeyword": given.get("search"), "siteSearchCategory": given.get("search_cat")}
        case HitKind.GOAL:
            return row | {"goalId": given.get("idgoal"), "revenue": given.get("revenue")}
        case HitKind.CONTENT:
            return row | {"contentName": given.get("c_n"), "contentPiece": given.get("c_p")}
        case _:
            return row


def _date(moment: datetime) -> str:
    return f"{moment:%A}, {moment:%B} {moment.day}, {moment.year}"


def _duration(seconds: int) -> str:
    """Return a duration as Matomo writes it: the two largest of its units."""
    units = (("days", 86_400), ("hours", 3_600), ("min", 60), ("s", 1))
    parts = []
    for name, size in units:
        number, seconds = divmod(seconds, size)
        parts.append((number, name))
    told = [f"{number}{'' if name == 's' else ' '}{name}" for number, name in parts if number]
    return " ".join(told[:2]) or "0s"
