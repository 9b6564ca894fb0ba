"""Values that a segment could choose by: those seen most of late, as Matomo writes them."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from ipaddress import IPv4Address

from pellucid.matomo import labels
from pellucid.matomo.call import Answer, Call
from pellucid.matomo.segment_values import ACTIONS, CUSTOMERS, KINDS
from pellucid.matomo.segments import dimension_named, raise_if_not_shown
from pellucid.model.period import Period
from pellucid.model.query import Order, Query
from pellucid.model.site import Site
from pellucid.report.dimensions import dimension_of
from pellucid.report.metrics import METRICS

MOST = 30
DAYS = 60
_COUNTS = ("visits", "conversions")
"""What values are counted by: the first that tells of the dimension."""

_HOURS, _MINUTES = (tuple(map(str, range(number))) for number in (24, 60))
_EVERY: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("actionServerHour", "visitStartServerHour"), _HOURS),
    **dict.fromkeys(
        ("actionServerMinute", "visitStartServerMinute", "visitEndServerMinute", "visitEndServerSecond"), _MINUTES
    ),
    "visitLocalMinute": _MINUTES,
    "visitEndServerDayOfMonth": tuple(map(str, range(1, 32))),
    "visitEndServerDayOfWeek": tuple(map(str, range(1, 8))),
    "visitEndServerMonth": tuple(map(str, range(1, 13))),
    "visitEndServerQuarter": tuple(map(str, range(1, 5))),
    "referrerType": tuple(KINDS),
    "actionType": tuple(ACTIONS),
    "deviceType": labels.DEVICE_TYPES,
    "visitEcommerceStatus": ("none", "ordered", "abandonedCart", "orderedThenAbandonedCart"),
    "profilable": ("0", "1"),
}
"""Names with few values: all of them, whether they were seen or not."""

_GOAL_NAME = "visitConvertedGoalName"
_REVERSED_CUSTOMERS = {kind: name for name, kind in CUSTOMERS.items()}


def _sixteen_digits(text: str) -> str:
    return f"{int(text):016x}"


_WRITTEN: Mapping[str, Callable[[str], str]] = {
    "visitorId": _sixteen_digits,
    "fingerprint": _sixteen_digits,
    "visitIp": lambda text: str(IPv4Address(int(text))),
    "visitorType": lambda text: _REVERSED_CUSTOMERS.get(text, text),
    "countryName": lambda text: labels.country(text).text,
}


def suggestions(call: Call, sites: list[Site]) -> Answer:
    """Return the values of a segment's name that were seen most on the site, the commonest first."""
    site, name = sites[0], call.given.text("segmentName")
    if name == _GOAL_NAME:
        return [goal.name for goal in site.goals][:MOST]
    if name in _EVERY:
        return list(_EVERY[name][:MOST])
    raise_if_not_shown(site, [dimension_named(name)])
    dimension = dimension_of(dimension_named(name))
    sources = dimension.told.keys() if dimension else set()
    metric = next((metric for metric in _COUNTS if sources & METRICS[metric].counted.keys()), None)
    if dimension is None or metric is None:
        return []
    today = call.today(site)
    query = Query(
        site_ids=(site.id,),
        period=Period(today - timedelta(days=DAYS), today + timedelta(days=1)),
        metrics=(metric,),
        dimensions=(dimension.name,),
        timezone=site.timezone,
        order=(Order(metric),),
        # What is empty, or counts nothing, is not suggested.
        limit=MOST + 1,
    )
    values = [str(value) for value, *_ in call.reports.answer(query).rows if value not in {"", 0, None}]
    return [_WRITTEN.get(name, str)(value) for value in values][:MOST]
