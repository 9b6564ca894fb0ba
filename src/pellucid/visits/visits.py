"""Which hits belong to one visit, and what they make of it.

A visit ends 30 minutes after its last hit, at the site's midnight, after 10,000 actions, and when a campaign brings the
visitor anew (Matomo's rules, so that numbers agree). A late hit goes into the visit whose span it lies in or within 30
minutes of; two such visits stay two.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from pellucid.model.event import Event
from pellucid.model.hit import Hit, HitKind, SourceKind
from pellucid.model.visit import Visit

VISIT_TIMEOUT = timedelta(minutes=30)
LONGEST_TIME_ON_PAGE = VISIT_TIMEOUT
MOST_ACTIONS = 10_000

_TIMEOUT = VISIT_TIMEOUT // timedelta(milliseconds=1)
_EPOCH = date(1970, 1, 1)
_UNKNOWN_HOUR = 255
_SECONDS_PER_HOUR = 3600
_COUNTED = {
    HitKind.PAGEVIEW: "pageviews",
    HitKind.SEARCH: "searches",
    HitKind.EVENT: "events",
    HitKind.OUTLINK: "outlinks",
    HitKind.DOWNLOAD: "downloads",
}
_CONVERTING = frozenset({HitKind.GOAL, HitKind.ORDER})
_ON_A_PAGE = frozenset({HitKind.PAGEVIEW, HitKind.SEARCH})


def visit_of(hit: Hit, known: Iterable[Visit]) -> Visit | None:
    """Return the visit, among those of the hit's visitor, that the hit continues; None if it opens one.

    Of several, the one that is nearest in time; of two as near, the one that began later.
    """
    if hit.opens_visit:
        return None
    near = [visit for visit in known if _continues(hit, visit)]
    return min(near, key=lambda visit: (_distance(hit.time, visit), -visit.first_time), default=None)


def _continues(hit: Hit, visit: Visit) -> bool:
    return (
        visit.visit_day == day_of(hit)
        and _distance(hit.time, visit) < _TIMEOUT
        and visit.actions < MOST_ACTIONS
        and not _brings_another_campaign(hit, visit)
    )


def _distance(time: int, visit: Visit) -> int:
    return max(visit.first_time - time, time - visit.last_time, 0)


def _brings_another_campaign(hit: Hit, visit: Visit) -> bool:
    return (
        hit.source.kind is SourceKind.CAMPAIGN
        and visit.source_kind != SourceKind.DIRECT
        and (hit.source.name, hit.source.keyword) != (visit.source_name, visit.source_keyword)
    )


def day_of(hit: Hit) -> date:
    """Return the local day of the site on which the hit happened."""
    return _EPOCH + timedelta(days=hit.day)


def open_visit(hit: Hit, visit_id: int, number: int, previous_time: int) -> Visit:
    """Return the visit that begins with this hit, before the hit is counted in it.

    `number` is which of the visitor's visits it is, from 1; `previous_time` when the one before began, or 0.
    """
    device, place, source = hit.device, hit.place, hit.source
    return Visit(
        site_id=hit.site_id,
        visit_day=day_of(hit),
        visit_id=visit_id,
        version=0,
        visitor_id=hit.visitor_id,
        fingerprint=hit.fingerprint,
        user_id=hit.user_id,
        first_time=hit.time,
        last_time=hit.time,
        seconds=0,
        visit_number=number,
        previous_time=previous_time,
        hits=0,
        actions=0,
        pageviews=0,
        searches=0,
        events=0,
        outlinks=0,
        downloads=0,
        conversions=0,
        entry_url="",
        entry_title="",
        exit_url="",
        exit_title="",
        source_kind=source.kind,
        source_name=source.name,
        source_keyword=source.keyword,
        source_url=source.url,
        device_type=device.type,
        device_brand=device.brand,
        device_model=device.model,
        system=device.system,
        system_code=device.system_code,
        system_version=device.system_version,
        browser=device.browser,
        browser_code=device.browser_code,
        browser_version=device.browser_version,
        engine=device.engine,
        continent=place.continent,
        country=place.country,
        region=place.region,
        city=place.city,
        language=hit.language,
        resolution=hit.resolution,
        local_hour=hit.local_second // _SECONDS_PER_HOUR if hit.local_second >= 0 else _UNKNOWN_HOUR,
        masked_address=hit.masked_address,
        imported=hit.imported,
    )


def count(hit: Hit, visit: Visit, event_id: int) -> Event:
    """Count the hit in its visit, and return the row it becomes."""
    left_url, left_title, left_seconds = _page_left(hit, visit)
    if hit.kind in _COUNTED:
        name = _COUNTED[hit.kind]
        setattr(visit, name, getattr(visit, name) + 1)
        visit.actions += 1
    elif hit.kind in _CONVERTING:
        visit.conversions += 1
    _stretch(hit, visit)
    if hit.user_id:
        visit.user_id = hit.user_id
    if hit.visitor_id != hit.fingerprint:
        # Known by the fingerprint alone until now, or under an earlier name: the newest counts.
        visit.visitor_id = hit.visitor_id
    if visit.source_kind == SourceKind.DIRECT and hit.source.kind is not SourceKind.DIRECT:
        visit.source_kind, visit.source_name = hit.source.kind, hit.source.name
        visit.source_keyword, visit.source_url = hit.source.keyword, hit.source.url
    return Event(
        site_id=visit.site_id,
        visit_day=visit.visit_day,
        visit_id=visit.visit_id,
        event_id=event_id,
        time=hit.time,
        visitor_id=visit.visitor_id,
        user_id=hit.user_id,
        kind=hit.kind,
        url=hit.url,
        title=hit.title,
        pageview_id=hit.pageview_id,
        previous_url=left_url,
        previous_title=left_title,
        previous_seconds=left_seconds,
        imported=hit.imported,
        parameters=hit.parameters,
    )


def _page_left(hit: Hit, visit: Visit) -> tuple[str, str, int]:
    if not visit.actions or hit.time < visit.last_time or hit.kind not in _COUNTED:
        return "", "", 0
    seconds = (hit.time - visit.last_time) // 1000
    return visit.exit_url, visit.exit_title, min(seconds, int(LONGEST_TIME_ON_PAGE.total_seconds()))


def _stretch(hit: Hit, visit: Visit) -> None:
    """Let the visit reach to the hit; a ping says that the page is still looked at, and is no action."""
    if hit.kind in _ON_A_PAGE:
        if hit.time < visit.first_time or not visit.entry_url:
            visit.entry_url, visit.entry_title = hit.url, hit.title
        if hit.time >= visit.last_time or not visit.exit_url:
            visit.exit_url, visit.exit_title = hit.url, hit.title
    last_second = max(visit.first_time // 1000 + max(visit.seconds - 1, 0), hit.time // 1000)
    visit.first_time = min(visit.first_time, hit.time)
    if hit.kind is not HitKind.PING:
        visit.last_time = max(visit.last_time, hit.time)
    visit.seconds = last_second - visit.first_time // 1000 + 1 if visit.hits else 0
    visit.hits += 1
