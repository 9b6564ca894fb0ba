"""Which hits belong to one visit, and what they make of it.

A visit ends 30 minutes after its last hit, at the site's midnight, after 10,000 actions, and when a campaign brings the
visitor anew (Matomo's rules, so that numbers agree). A late hit goes into the visit that the visitor was in then, or
into the next, if that is within 30 minutes; two such visits stay two. Where nobody is recognised, a page view from
elsewhere stands for a visit.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from pellucid.model.event import Event
from pellucid.model.hit import Content, Hit, HitKind, Product, Reached, Search, SiteEvent, Source, SourceKind, Timings
from pellucid.model.visit import Past, Visit, VisitorKind

VISIT_TIMEOUT = timedelta(minutes=30)
LONGEST_TIME_ON_PAGE = VISIT_TIMEOUT
MOST_ACTIONS = 10_000

_TIMEOUT = VISIT_TIMEOUT // timedelta(milliseconds=1)
_LONGEST_SECONDS_ON_PAGE = LONGEST_TIME_ON_PAGE // timedelta(seconds=1)
_EPOCH = date(1970, 1, 1)
_COUNTED = {
    HitKind.PAGEVIEW: "pageviews",
    HitKind.SEARCH: "searches",
    HitKind.EVENT: "events",
    HitKind.OUTLINK: "outlinks",
    HitKind.DOWNLOAD: "downloads",
}
ACTIONS = frozenset({*_COUNTED, HitKind.CONTENT})
"""What tells how long the page before was looked at. A conversion ends that time too, but tells of no page."""
_ON_A_PAGE = frozenset({HitKind.PAGEVIEW, HitKind.SEARCH})

_NO_EVENT = SiteEvent("", "")
_NO_SEARCH = Search("")
_NO_CONTENT = Content("")
_NO_PRODUCT = Product()
_NO_TIMINGS = Timings()


def visit_of(hit: Hit, known: Iterable[Visit]) -> Visit | None:
    """Return the visit, among those of the hit's visitor, that the hit continues; None if it opens one.

    That is the one the visitor was in then: of those that had begun, the one that lasted longest, of two that lasted as
    long the one that began later. If the hit does not continue that one, it may be an early one of the next.
    """
    if hit.opens_visit:
        return None
    of_day = [visit for visit in known if visit.visit_day == day_of(hit)]
    had_begun = [visit for visit in of_day if visit.first_time <= hit.time]
    latest = max(had_begun, key=lambda visit: (min(visit.last_time, hit.time), visit.first_time), default=None)
    if latest is not None and _continues(hit, latest):
        return latest
    begin_later = (visit for visit in of_day if visit.first_time > hit.time)
    following = min(begin_later, key=lambda visit: visit.first_time, default=None)
    return following if following is not None and _continues(hit, following) else None


def _continues(hit: Hit, visit: Visit) -> bool:
    return is_near(hit, visit) and visit.actions < MOST_ACTIONS and not _brings_another_campaign(hit, visit)


def is_near(hit: Hit, visit: Visit) -> bool:
    """Return whether a hit happened in a visit, or so soon before or after that it could have."""
    return max(visit.first_time - hit.time, hit.time - visit.last_time, 0) < _TIMEOUT


def _brings_another_campaign(hit: Hit, visit: Visit) -> bool:
    source = hit.source
    if source.kind is not SourceKind.CAMPAIGN or visit.source_kind == SourceKind.DIRECT:
        return False
    if visit.source_kind != SourceKind.CAMPAIGN or source.name != visit.source_name:
        return True
    # Within a visit the referrer is the site itself: a keyword that was not told is no other.
    return source.told and source.keyword not in {"", visit.source_keyword}


def day_of(hit: Hit) -> date:
    """Return the local day of the site on which the hit happened."""
    return _EPOCH + timedelta(days=hit.day)


def open_visit(hit: Hit, visit_id: int, past: Past) -> Visit:
    """Return the visit that begins with this hit, before the hit is counted in it; `past` is what came before it."""
    device, place, source = hit.device, hit.place, hit.source
    return Visit(
        site_id=hit.site_id,
        visit_day=day_of(hit),
        visit_id=visit_id,
        version=0,
        visitor_id=hit.visitor_id,
        user_id=hit.user_id,
        profilable=hit.profilable,
        visitor_kind=_kind_of_visitor(hit, past),
        visit_number=past.visits + 1,
        visitor_since=past.first_time or hit.time,
        previous_time=past.last_time,
        previous_order_time=past.order_time,
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
        provider=place.provider,
        latitude=place.latitude,
        longitude=place.longitude,
        language=hit.language,
        resolution=hit.resolution,
        plugins=hit.plugins,
        local_second=hit.local_second,
        dimensions={},
        variables=(),
        imported=hit.imported,
        fingerprint=hit.fingerprint,
        first_time=hit.time,
        last_time=hit.time,
        latest_time=hit.time,
        seconds=0,
        added_seconds=0,
        hits=0,
        actions=0,
        pageviews=0,
        searches=0,
        events=0,
        outlinks=0,
        downloads=0,
        conversions=0,
        goals=[],
        orders=0,
        cart_id=0,
        cart_dimensions={},
        entry_time=0,
        entry_url="",
        entry_title="",
        exit_time=0,
        exit_url="",
        exit_title="",
        exit_search="",
        masked_address=hit.masked_address,
        stray=_is_stray(hit),
    )


def _is_stray(hit: Hit) -> bool:
    """Return whether a hit by nobody in particular goes on with a visit that is not known.

    What is done on a page tells the page's referrer once more, and begins none either.
    """
    return hit.alone and (hit.kind not in _ON_A_PAGE or _is_within(hit.source))


def _is_within(source: Source) -> bool:
    """Return whether it was a page of the site itself: that is no source, and still has an address."""
    return source.kind is SourceKind.DIRECT and source.url != ""


def _kind_of_visitor(hit: Hit, past: Past) -> VisitorKind:
    # As in Matomo: whose visit begins with an order is a customer, and whose last one had an order is none yet.
    if hit.kind is HitKind.ORDER or (past.order_time and not past.ordered):
        return VisitorKind.CUSTOMER
    return VisitorKind.RETURNING if past.visits else VisitorKind.NEW


def count(hit: Hit, visit: Visit, event_id: int) -> Event:
    """Count the hit in its visit, and return the row it becomes; what it converts is counted by `conversions.py`."""
    event = _row(hit, visit, event_id)
    if hit.kind in _COUNTED:
        name = _COUNTED[hit.kind]
        setattr(visit, name, getattr(visit, name) + 1)
        visit.actions += 1
    if hit.kind in _ON_A_PAGE and not visit.stray:
        _enter_and_leave(hit, visit)
    _stretch(hit, visit)
    if visit.source_kind == SourceKind.DIRECT and hit.source.kind is not SourceKind.DIRECT:
        visit.source_kind, visit.source_name = hit.source.kind, hit.source.name
        visit.source_keyword, visit.source_url = hit.source.keyword, hit.source.url
    if hit.visit_dimensions:
        visit.dimensions = visit.dimensions | hit.visit_dimensions
    if hit.visit_variables:
        places = {variable.place: variable for variable in (*visit.variables, *hit.visit_variables)}
        visit.variables = tuple(places.values())
    return event


def _row(hit: Hit, visit: Visit, event_id: int) -> Event:
    if hit.user_id:
        visit.user_id = hit.user_id
    if hit.visitor_id != hit.fingerprint and not hit.nameless:
        # Known by the fingerprint alone until now, or under an earlier name: the newest counts.
        visit.visitor_id = hit.visitor_id
    visit.profilable = visit.profilable or hit.profilable
    left_url, left_title, left_search, left_seconds = _left(hit, visit)
    event, search, content = hit.event or _NO_EVENT, hit.search or _NO_SEARCH, hit.content or _NO_CONTENT
    product, timings = hit.product or _NO_PRODUCT, _timings(hit)
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
        previous_search=left_search,
        previous_seconds=left_seconds,
        imported=hit.imported,
        event_category=event.category,
        event_action=event.action,
        event_name=event.name,
        event_value=event.value,
        search_keyword=search.keyword,
        search_category=search.category,
        search_count=search.count,
        content_name=content.name,
        content_piece=content.piece,
        content_target=content.target,
        content_interaction=content.interaction,
        product_sku=product.sku,
        product_name=product.name,
        product_categories=product.categories,
        product_price=product.price,
        network_time=timings.network,
        server_time=timings.server,
        transfer_time=timings.transfer,
        dom_processing_time=timings.dom_processing,
        dom_completion_time=timings.dom_completion,
        on_load_time=timings.on_load,
        dimensions=hit.dimensions,
        variables=hit.variables,
    )


def _timings(hit: Hit) -> Timings:
    # What another hit tells is of a page view before it: see `timings.py`.
    return hit.timings if hit.timings and hit.kind is HitKind.PAGEVIEW else _NO_TIMINGS


def _left(hit: Hit, visit: Visit) -> tuple[str, str, str, int]:
    """Return the page or the search that was left for this hit, and after how many seconds without any."""
    if not visit.exit_time or hit.time < visit.last_time or hit.kind not in ACTIONS:
        return "", "", "", 0
    seconds = min((hit.time - visit.last_time) // 1000, _LONGEST_SECONDS_ON_PAGE)
    return visit.exit_url, visit.exit_title, visit.exit_search, seconds


def _enter_and_leave(hit: Hit, visit: Visit) -> None:
    """Let a page be where the visit was entered or left. A search is no page, but who searches has left the last.

    As in Matomo a visit that begins with a search was entered on no page, one that begins with anything else on the
    first page after it, but with no title; and a page without a title leaves what was titled last as it is. Where a
    visit of somebody whom nobody recognises is left can not be known.
    """
    searched = hit.search.keyword if hit.search else ""
    url, title = ("", "") if searched else (hit.url, hit.title)
    begins = not visit.hits or hit.time < visit.first_time
    if begins or (not searched and not 0 < visit.entry_time <= hit.time):
        visit.entry_time, visit.entry_url, visit.entry_title = hit.time, url, title if begins else ""
    if hit.time >= visit.exit_time and not hit.alone:
        visit.exit_time, visit.exit_url = hit.time, url
        if title or searched:
            visit.exit_title, visit.exit_search = title, searched


def _stretch(hit: Hit, visit: Visit) -> None:
    """Let the visit reach to the hit; a ping says that the page is still looked at, and is no action.

    As in Matomo a visit takes a second more than from its first hit to its latest, and none if there is but one. What
    a conversion adds counts while it is the latest hit, and not in a visitor's first hit of all.
    """
    if hit.time >= visit.latest_time:
        visit.latest_time, visit.added_seconds = hit.time, _seconds_added(hit, visit)
    visit.first_time = min(visit.first_time, hit.time)
    visit.visitor_since = min(visit.visitor_since, hit.time)
    if hit.kind is not HitKind.PING:
        visit.last_time = max(visit.last_time, hit.time)
    visit.seconds = visit.latest_time // 1000 - visit.first_time // 1000 + 1 if visit.hits else 0
    if visit.hits or visit.visit_number > 1:
        visit.seconds += visit.added_seconds
    visit.hits += 1


def _seconds_added(hit: Hit, visit: Visit) -> int:
    """Return what Matomo adds to the time of a visit that is converted: two and the goal's number, one by an action."""
    if hit.kind is HitKind.ORDER:
        return 2
    reached = goals_reached(hit, visit)
    if not reached:
        return 0
    return 2 + reached[0].goal_id if hit.kind is HitKind.GOAL else 1


def goals_reached(hit: Hit, visit: Visit) -> list[Reached]:
    """Return the goals that a hit reaches, those told by how long the visit takes among them."""
    seconds = (hit.time - visit.first_time) // 1000
    return [one for one in hit.reached if one.after_seconds is None or seconds > one.after_seconds]
