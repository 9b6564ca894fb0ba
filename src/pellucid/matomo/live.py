"""Visits as Matomo's `Live` shows them: who came, from where and with what; `actions` tells what was done in each."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pellucid.matomo import labels
from pellucid.matomo.actions import Setting, action_rows, duration, sales
from pellucid.matomo.columns import Cell, Row
from pellucid.model.goal import DimensionScope
from pellucid.model.hit import HitKind, SourceKind
from pellucid.model.visit import Visit
from pellucid.report.live import VisitDetails

_UNKNOWN_HOUR = 255
_SECONDS_PER_DAY = 86_400


def visit_row(details: VisitDetails, setting: Setting) -> Row:
    """Return a visit under Matomo's names."""
    visit = details.visit
    before = (visit.first_time - visit.previous_time) // 1000 if visit.previous_time else 0
    return {
        "idSite": setting.site.id,
        "siteName": setting.site.name,
        "siteCurrency": setting.site.currency,
        "idVisit": visit.visit_id,
        "visitorId": f"{visit.visitor_id:016x}",
        "fingerprint": f"{visit.fingerprint:016x}" if visit.fingerprint else None,
        "visitIp": visit.masked_address or None,
        "userId": visit.user_id or None,
        "visitorType": "returning" if visit.visit_number > 1 else "new",
        "visitCount": visit.visit_number,
        "visitConverted": int(visit.conversions > 0),
        "goalConversions": sum(event.kind == HitKind.GOAL for event in details.events),
        "daysSinceLastVisit": before // _SECONDS_PER_DAY,
        "secondsSinceLastVisit": before,
        "visitDuration": visit.seconds,
        "visitDurationPretty": duration(visit.seconds),
        "actions": visit.actions,
        "interactions": visit.pageviews + visit.searches,
        "searches": visit.searches,
        "events": visit.events,
        "resolution": visit.resolution or None,
        **_times(visit, ZoneInfo(setting.site.timezone)),
        **_source(visit),
        **_device(visit),
        **_place(visit),
        **_of_visit(details, setting),
        **sales(details),
        "actionDetails": action_rows(details, setting),
    }


def _times(visit: Visit, zone: ZoneInfo) -> Row:
    first, last = (datetime.fromtimestamp(moment / 1000, zone) for moment in (visit.first_time, visit.last_time))
    return {
        "serverDate": f"{last:%Y-%m-%d}",
        "serverDatePretty": _date(last),
        "serverDatePrettyFirstAction": _date(first),
        "serverTimePretty": f"{last:%H:%M:%S}",
        "serverTimePrettyFirstAction": f"{first:%H:%M:%S}",
        "serverTimestamp": visit.last_time // 1000,
        "visitServerHour": str(last.hour),
        "firstActionTimestamp": visit.first_time // 1000,
        "lastActionTimestamp": visit.last_time // 1000,
        "lastActionDateTime": f"{datetime.fromtimestamp(visit.last_time / 1000, UTC):%Y-%m-%d %H:%M:%S}",
        "visitLocalHour": None if visit.local_hour == _UNKNOWN_HOUR else str(visit.local_hour),
    }


def _source(visit: Visit) -> Row:
    _, kind_name, kind = labels.SOURCES[visit.source_kind]
    searched = visit.source_kind == SourceKind.SEARCH
    return {
        "referrerType": kind,
        "referrerTypeName": kind_name,
        "referrerName": visit.source_name,
        "referrerKeyword": labels.keyword(visit.source_keyword) if searched else visit.source_keyword,
        "referrerKeywordPosition": None,
        "referrerUrl": visit.source_url or None,
        "referrerSearchEngineUrl": None,
        "referrerSocialNetworkUrl": None,
    }


def _device(visit: Visit) -> Row:
    return {
        "deviceType": labels.device_type(visit.device_type),
        "deviceBrand": labels.known(visit.device_brand),
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
        "browserFamilyDescription": labels.engine(visit.engine),
    }


def _place(visit: Visit) -> Row:
    country = labels.country(visit.country).text
    spoken = f"Language code {visit.language}" if "-" in visit.language else labels.language(visit.language).text
    return {
        "languageCode": visit.language or None,
        "language": spoken,
        "continent": labels.continent(visit.continent).text,
        "continentCode": visit.continent or None,
        "country": country,
        "countryCode": visit.country or labels.NOWHERE,
        "region": visit.region or None,
        "regionCode": visit.region or None,
        "city": visit.city or None,
        "location": ", ".join(part for part in (visit.city, country) if part),
    }


def _of_visit(details: VisitDetails, setting: Setting) -> Row:
    """Return the custom dimensions of the visit: the last value that was told of each."""
    names = [f"dimension{one.id}" for one in setting.dimensions if one.scope is DimensionScope.VISIT]
    row: dict[str, Cell] = dict.fromkeys(names)
    for event in details.events:
        row |= {name: event.parameters[name] for name in names if name in event.parameters}
    return row


def _date(moment: datetime) -> str:
    return f"{moment:%A}, {moment:%B} {moment.day}, {moment.year}"
