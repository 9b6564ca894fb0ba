"""A visitor's profile as Matomo's `Live` shows it: all that they did, and the last visits."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from pellucid.matomo import labels
from pellucid.matomo.actions import Setting, sold
from pellucid.matomo.call import Answer
from pellucid.matomo.live import date_in_words, visit_row
from pellucid.matomo.pretty import duration
from pellucid.model.hit import HitKind, SourceKind
from pellucid.model.visit import Visit
from pellucid.report.live import VisitDetails
from pellucid.report.profile import Profile, profile_of

VISITS_SHOWN = 10
VISITS_ADDED_UP = 100
_NO_CONTINENT = "unk"
_SECONDS_PER_DAY = 86_400


def profile_row(visits: Sequence[VisitDetails], setting: Setting, shown: int, now: datetime) -> dict[str, Answer]:
    """Return the profile of the visitor whose visits these are, the latest first."""
    counted = visits[:VISITS_ADDED_UP]
    profile = profile_of(counted)
    last, first = counted[0].visit, counted[-1].visit
    # What Matomo tells of "the last row" is of the earliest visit that is shown.
    earliest = counted[:shown][-1]
    return {
        "visitorId": f"{last.visitor_id:016x}",
        "hasMoreVisits": len(visits) > VISITS_ADDED_UP,
        "totalVisits": profile.visits,
        "totalVisitDuration": profile.seconds,
        "totalVisitDurationPretty": duration(profile.seconds),
        **_done(profile),
        **_converted(profile),
        **(sold(earliest) if setting.site.ecommerce else {}),
        "hasLatLong": profile.has_position,
        "lastVisits": [visit_row(details, setting) for details in counted[:shown]],
        "userId": earliest.visit.user_id or False,
        "firstVisit": _when(first, setting, now),
        "lastVisit": _when(last, setting, now),
        "visitsAggregated": min(shown, len(counted)),
        "visitedPages": [
            {"url": url, "count": times}
            for url, times in sorted(profile.pages.items(), key=lambda page: (-page[1], page[0]))
        ],
        "devices": _devices(profile.devices),
        **_places([details.visit for details in counted]),
    }


def _done(profile: Profile) -> dict[str, Answer]:
    kinds = profile.kinds
    row: dict[str, Answer] = {
        "totalActions": profile.actions,
        "totalOutlinks": kinds[HitKind.OUTLINK],
        "totalDownloads": kinds[HitKind.DOWNLOAD],
        "totalSearches": len(profile.searches),
        "totalPageViews": kinds[HitKind.PAGEVIEW],
        "totalUniquePageViews": len(profile.pages),
        "totalRevisitedPages": profile.revisited,
        "totalPageViewsWithTiming": 0,
        "totalPageViewsWithLoadTime": profile.timed_views,
        "searches": [{"keyword": keyword, "searches": times} for keyword, times in profile.searches.most_common()],
        "totalEvents": kinds[HitKind.EVENT],
    }
    if profile.timed_views:
        row["averagePageLoadTime"] = round(profile.load_milliseconds / 1000 / profile.timed_views, 3)
    return row


def _converted(profile: Profile) -> dict[str, Answer]:
    revenues = {f"idgoal={goal}": revenue for goal, revenue in profile.revenues.items() if revenue}
    return {
        "totalGoalConversions": profile.goals.total(),
        "totalConversionsByGoal": {f"idgoal={goal}": times for goal, times in profile.goals.items()},
        **({"totalRevenueByGoal": revenues} if revenues else {}),
    }


def _when(visit: Visit, setting: Setting, now: datetime) -> dict[str, Answer]:
    zone = ZoneInfo(setting.site.timezone)
    began = datetime.fromtimestamp(visit.first_time / 1000, zone)
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    _, _, code = labels.SOURCES[visit.source_kind]
    return {
        "date": visit.first_time // 1000,
        "prettyDate": date_in_words(began),
        "daysAgo": int((midnight - began.replace(tzinfo=None)).total_seconds() / _SECONDS_PER_DAY),
        "referrerType": code,
        "referrerUrl": visit.source_url,
        "referralSummary": _source(visit),
    }


def _source(visit: Visit) -> str:
    name, keyword = visit.source_name, visit.source_keyword
    match visit.source_kind:
        case SourceKind.DIRECT:
            return labels.SOURCES[visit.source_kind][1]
        case SourceKind.SEARCH:
            return f"{name} ({keyword})" if keyword else name
        case SourceKind.CAMPAIGN:
            return f"Campaign: {name} - {keyword}" if keyword else f"Campaign: {name}"
        case _:
            return name


def _devices(counted: Counter[tuple[str, str, str]]) -> list[Answer]:
    by_type: dict[str, Counter[str]] = {}
    for (kind, brand, model), visits in counted.items():
        name = labels.model_name(model, kind)
        by_type.setdefault(labels.device_type(kind), Counter())[f"{brand} {name}".strip()] += visits
    # As in Matomo, whose numbers are sorted as texts here.
    in_order = sorted(sorted(by_type), key=lambda kind: str(by_type[kind].total()), reverse=True)
    return [
        {
            "type": kind,
            "count": by_type[kind].total(),
            "devices": [{"name": name, "count": visits} for name, visits in by_type[kind].items()],
        }
        for kind in in_order
    ]


def _places(visits: Sequence[Visit]) -> dict[str, Answer]:
    continents = Counter(visit.continent for visit in visits)
    countries = Counter(visit.country for visit in visits)
    of_countries: list[Answer] = [
        {
            "country": code or labels.NOWHERE,
            "nb_visits": times,
            "prettyName": labels.country(code).text,
            **_cities(visit.city for visit in visits if visit.country == code),
        }
        for code, times in _rarest_first(countries)
    ]
    return {
        "continents": [
            {"continent": code or _NO_CONTINENT, "nb_visits": times, "prettyName": labels.continent(code).text}
            for code, times in _rarest_first(continents)
        ],
        "countries": of_countries,
    }


def _rarest_first(counted: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda one: one[1])


def _cities(told: Iterable[str]) -> dict[str, Answer]:
    """Return each city once, under the number of its first visit: in PHP a list with gaps is a table."""
    cities = [city for city in told if city]
    first = {cities.index(city): city for city in dict.fromkeys(cities)}
    if not first:
        return {}
    gapless = list(first) == list(range(len(first)))
    return {"cities": list(first.values()) if gapless else {str(number): city for number, city in first.items()}}
