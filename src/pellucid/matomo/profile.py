"""A visitor's profile as Matomo's `Live` shows it: all that they did, and the last visits."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from pellucid.matomo import labels
from pellucid.matomo.actions import Setting, duration
from pellucid.matomo.call import Answer
from pellucid.matomo.live import visit_row
from pellucid.model.hit import HitKind, SourceKind
from pellucid.model.visit import Visit
from pellucid.report.live import VisitDetails
from pellucid.report.profile import Profile, profile_of

VISITS_SHOWN = 10
VISITS_ADDED_UP = 100
_NO_CONTINENT = "unk"


def profile_row(visits: Sequence[VisitDetails], setting: Setting, shown: int, now: datetime) -> dict[str, Answer]:
    """Return the profile of the visitor whose visits these are, the latest first."""
    counted = visits[:VISITS_ADDED_UP]
    profile = profile_of(counted)
    last, first = counted[0].visit, counted[-1].visit
    return {
        "visitorId": f"{last.visitor_id:016x}",
        "hasMoreVisits": int(len(visits) > VISITS_ADDED_UP),
        "totalVisits": profile.visits,
        "totalVisitDuration": profile.seconds,
        "totalVisitDurationPretty": duration(profile.seconds),
        **_done(profile),
        **_converted(profile),
        **(_sold(counted) if setting.site.ecommerce else {}),
        "hasLatLong": int(profile.has_position),
        "lastVisits": [visit_row(details, setting) for details in counted[:shown]],
        "userId": next((details.visit.user_id for details in counted if details.visit.user_id), None),
        "firstVisit": _when(first, setting, now),
        "lastVisit": _when(last, setting, now),
        "visitsAggregated": min(shown, len(counted)),
        "visitedPages": [{"url": url, "count": times} for url, times in profile.pages.most_common()],
        "devices": _devices(profile.devices),
        **_places(profile.countries),
    }


def _done(profile: Profile) -> dict[str, Answer]:
    kinds = profile.kinds
    row: dict[str, Answer] = {
        "totalActions": profile.actions,
        "totalOutlinks": kinds[HitKind.OUTLINK],
        "totalDownloads": kinds[HitKind.DOWNLOAD],
        "totalSearches": kinds[HitKind.SEARCH],
        "totalPageViews": kinds[HitKind.PAGEVIEW],
        "totalUniquePageViews": len(profile.pages),
        "totalRevisitedPages": profile.revisited,
        "totalPageViewsWithLoadTime": profile.timed_views,
        "searches": [{"keyword": keyword, "searches": times} for keyword, times in profile.searches.most_common()],
        "totalEvents": kinds[HitKind.EVENT],
    }
    if profile.timed_views:
        row["averagePageLoadTime"] = round(profile.load_milliseconds / 1000 / profile.timed_views, 3)
    return row


def _converted(profile: Profile) -> dict[str, Answer]:
    return {
        "totalGoalConversions": profile.goals.total(),
        "totalConversionsByGoal": {f"idgoal={goal}": times for goal, times in profile.goals.items()},
        "totalRevenueByGoal": {f"idgoal={goal}": revenue for goal, revenue in profile.revenues.items() if revenue},
    }


def _sold(visits: Sequence[VisitDetails]) -> dict[str, Answer]:
    every = [one for details in visits for one in details.conversions]
    row: dict[str, Answer] = {}
    for kind, revenue, number, items in (
        (HitKind.ORDER, "totalEcommerceRevenue", "totalEcommerceConversions", "totalEcommerceItems"),
        (HitKind.CART, "totalAbandonedCartsRevenue", "totalAbandonedCarts", "totalAbandonedCartsItems"),
    ):
        some = [one for one in every if one.kind == kind]
        row[revenue] = round(sum(one.revenue for one in some), 2)
        row[number], row[items] = len(some), sum(one.pieces for one in some)
    return row


def _when(visit: Visit, setting: Setting, now: datetime) -> dict[str, Answer]:
    zone = ZoneInfo(setting.site.timezone)
    began = datetime.fromtimestamp(visit.first_time / 1000, zone)
    _, kind, code = labels.SOURCES[visit.source_kind]
    told = [part for part in (visit.source_name, visit.source_keyword) if part]
    return {
        "date": f"{began:%Y-%m-%d}",
        "prettyDate": f"{began:%b} {began.day}, {began:%Y}",
        "daysAgo": (now.astimezone(zone).date() - began.date()).days,
        "referrerType": code,
        "referrerUrl": visit.source_url,
        "referralSummary": kind if visit.source_kind == SourceKind.DIRECT else f"{kind}: {', '.join(told)}",
    }


def _devices(counted: Counter[tuple[str, str, str]]) -> list[Answer]:
    by_type: dict[str, list[tuple[str, int]]] = {}
    for (kind, brand, model), visits in counted.most_common():
        name = labels.model(brand, model, kind).text
        by_type.setdefault(labels.device_type(kind), []).append((name, visits))
    return [
        {
            "type": kind,
            "count": sum(visits for _, visits in names),
            "devices": [{"name": name, "count": visits} for name, visits in names],
        }
        for kind, names in by_type.items()
    ]


def _places(counted: Counter[tuple[str, str]]) -> dict[str, Answer]:
    continents: Counter[str] = Counter()
    countries: Counter[str] = Counter()
    for (continent, country), visits in counted.items():
        continents[continent] += visits
        countries[country] += visits
    return {
        "continents": [
            {"continent": code or _NO_CONTINENT, "nb_visits": visits, "prettyName": labels.continent(code).text}
            for code, visits in continents.most_common()
        ],
        "countries": [
            {"country": code or labels.NOWHERE, "nb_visits": visits, "prettyName": labels.country(code).text}
            for code, visits in countries.most_common()
        ],
    }
