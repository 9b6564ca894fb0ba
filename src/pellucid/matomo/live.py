"""Visits as Matomo's `Live` shows them: who came, from where and with what; `actions` tells what was done in each."""

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from pellucid.matomo import labels
from pellucid.matomo.actions import Setting, action_rows, sales
from pellucid.matomo.columns import Row
from pellucid.matomo.pretty import duration, symbol
from pellucid.model.goal import DimensionScope
from pellucid.model.hit import HitKind, SourceKind
from pellucid.model.visit import Visit, VisitorKind
from pellucid.report.live import VisitDetails

_VISITORS: Mapping[str, str] = {
    VisitorKind.NEW: "new",
    VisitorKind.RETURNING: "returning",
    VisitorKind.CUSTOMER: "returningCustomer",
}
_SECONDS_PER_DAY = 86_400


def visit_row(details: VisitDetails, setting: Setting) -> Row:
    """Return a visit under Matomo's names."""
    visit = details.visit
    return {
        "idSite": setting.site.id,
        "siteName": setting.site.name,
        "siteCurrency": setting.site.currency,
        "siteCurrencySymbol": symbol(setting.site.currency),
        "idVisit": visit.visit_id,
        "visitorId": f"{visit.visitor_id:016x}",
        "fingerprint": f"{visit.fingerprint:016x}" if visit.fingerprint else None,
        "visitIp": visit.masked_address or None,
        "userId": visit.user_id or None,
        "visitorType": _VISITORS[visit.visitor_kind],
        "visitCount": visit.visit_number,
        "visitConverted": int(visit.conversions > 0),
        "goalConversions": sum(conversion.kind == HitKind.GOAL for conversion in details.conversions),
        **_before(visit),
        "visitDuration": visit.seconds,
        "visitDurationPretty": duration(visit.seconds),
        "actions": visit.actions,
        "interactions": visit.pageviews + visit.searches,
        "searches": visit.searches,
        "events": visit.events,
        "resolution": labels.screen(visit.resolution),
        "plugins": ", ".join(sorted(visit.plugins)),
        "pluginsIcons": [{"pluginName": name} for name in sorted(visit.plugins)] or None,
        **_times(visit, ZoneInfo(setting.site.timezone)),
        **_source(visit),
        **_device(visit),
        **_place(visit),
        **_of_visit(details, setting),
        **sales(details, setting.site),
        "actionDetails": action_rows(details, setting),
    }


def _before(visit: Visit) -> Row:
    first = (visit.first_time - visit.visitor_since) // 1000
    last = (visit.first_time - visit.previous_time) // 1000 if visit.previous_time else 0
    ordered = (visit.first_time - visit.previous_order_time) // 1000 if visit.previous_order_time else None
    if visit.orders:
        ordered = 0
    return {
        "daysSinceFirstVisit": first // _SECONDS_PER_DAY,
        "secondsSinceFirstVisit": first,
        "daysSinceLastVisit": last // _SECONDS_PER_DAY,
        "secondsSinceLastVisit": last,
        "daysSinceLastEcommerceOrder": (ordered or 0) // _SECONDS_PER_DAY,
        "secondsSinceLastEcommerceOrder": ordered,
    }


def _times(visit: Visit, zone: ZoneInfo) -> Row:
    first, last = (datetime.fromtimestamp(moment / 1000, zone) for moment in (visit.first_time, visit.last_time))
    ended = last.astimezone(UTC)
    return {
        "serverDate": f"{last:%Y-%m-%d}",
        "serverDatePretty": date_in_words(last),
        "serverDatePrettyFirstAction": date_in_words(first),
        "serverTimePretty": f"{last:%H:%M:%S}",
        "serverTimePrettyFirstAction": f"{first:%H:%M:%S}",
        "serverTimestamp": visit.last_time // 1000,
        "visitServerHour": str(ended.hour),
        "firstActionTimestamp": visit.first_time // 1000,
        "lastActionTimestamp": visit.last_time // 1000,
        "lastActionDateTime": f"{ended:%Y-%m-%d %H:%M:%S}",
        **_local_time(visit.local_second),
    }


def _local_time(second: int | None) -> Row:
    if second is None:
        return {"visitLocalTime": None, "visitLocalHour": None}
    hour, rest = divmod(second, 3600)
    return {"visitLocalTime": f"{hour:02}:{rest // 60:02}:{rest % 60:02}", "visitLocalHour": str(hour)}


def _source(visit: Visit) -> Row:
    _, kind_name, kind = labels.SOURCES[visit.source_kind]
    searched, social = visit.source_kind == SourceKind.SEARCH, visit.source_kind == SourceKind.SOCIAL
    return {
        "referrerType": kind,
        "referrerTypeName": kind_name,
        "referrerName": visit.source_name,
        "referrerKeyword": labels.keyword(visit.source_keyword) if searched else visit.source_keyword,
        "referrerKeywordPosition": _position(visit.source_url) if searched and "Google" in visit.source_name else None,
        "referrerUrl": visit.source_url or None,
        "referrerSearchEngineUrl": labels.engine_url(visit.source_name) or None if searched else None,
        "referrerSocialNetworkUrl": labels.network_url(visit.source_name) or None if social else None,
    }


def _position(url: str) -> str | None:
    """Return where among its results Google had the page, as an address of its own tells."""
    return dict(parse_qsl(url.partition("#")[0].partition("?")[2])).get("cd")


def _device(visit: Visit) -> Row:
    return {
        "deviceType": labels.device_type(visit.device_type),
        "deviceBrand": labels.known(visit.device_brand),
        "deviceModel": labels.model_name(visit.device_model, visit.device_type),
        "operatingSystem": f"{labels.system(visit.system)} {visit.system_version}".strip(),
        "operatingSystemName": labels.system(visit.system),
        "operatingSystemCode": visit.system_code or labels.NO_CODE,
        "operatingSystemVersion": visit.system_version if visit.system_code else labels.NO_CODE,
        "browser": f"{labels.known(visit.browser)} {visit.browser_version}".strip(),
        "browserName": labels.known(visit.browser),
        "browserCode": visit.browser_code or labels.NO_CODE,
        "browserVersion": visit.browser_version,
        "browserFamily": visit.engine,
        "browserFamilyDescription": labels.engine(visit.engine),
    }


def _place(visit: Visit) -> Row:
    country = labels.country(visit.country).text
    region = labels.region_name(visit.region, visit.country)
    spoken = f"Language code {visit.language}" if "-" in visit.language else labels.language(visit.language).text
    return {
        "languageCode": visit.language,
        "language": spoken,
        "continent": labels.continent(visit.continent).text,
        "continentCode": visit.continent or labels.NO_CODE.lower(),
        "country": country,
        "countryCode": visit.country or labels.NOWHERE,
        "region": region or None,
        "regionCode": visit.region or None,
        "city": visit.city or None,
        "latitude": visit.latitude,
        "longitude": visit.longitude,
        "location": ", ".join(part for part in (visit.city, region, country) if part),
    }


def _of_visit(details: VisitDetails, setting: Setting) -> Row:
    """Return the custom dimensions of the visit: the last value that was told of each."""
    numbers = [one.id for one in setting.dimensions if one.scope is DimensionScope.VISIT]
    return {f"dimension{number}": details.visit.dimensions.get(str(number)) for number in numbers}


def date_in_words(moment: datetime) -> str:
    """Return the day of a moment as Matomo writes it out."""
    return f"{moment:%A}, {moment:%B} {moment.day}, {moment.year}"
