"""The gate: a raw hit goes in, and what may be kept of it comes out, or the reason why nothing may.

It stands before anything durable. Address and user agent end here.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import Enum, auto
from functools import lru_cache
from zoneinfo import ZoneInfo

from msgspec import Struct

from pellucid.collect.matters import (
    attributed_to,
    bounded,
    content_of,
    dimensions_of,
    event_of,
    number_of,
    product_of,
    reached_of,
    sale_of,
    search_of,
    timings_of,
    variables_of,
)
from pellucid.collect.parse import Given, clean, is_custom
from pellucid.collect.plan import OwnDimension, Plan
from pellucid.enrich.crawlers import is_crawlers
from pellucid.enrich.language import language
from pellucid.enrich.page import LONGEST_URL, page_url, target_url
from pellucid.enrich.robots import Agent
from pellucid.enrich.source import is_referrer_spam, source
from pellucid.errors import RequestError
from pellucid.model.hit import Device, Hit, HitKind, Place, RawHit, Search, Source
from pellucid.model.site import Recognition, Site
from pellucid.policy.decision import Allowance, Refusal, Signals, decide
from pellucid.policy.identity import daily_visitor, masked, visitor_of_tracker, visitor_of_user_id

_SECONDS_PER_DAY = 86_400
_LONGEST_USER_ID = 200
_LONGEST_REFERRER = 8192
_LONGEST_ACCEPTED = 255
_DIGITS_ON_CLOCK = 4
_AHEAD = frozenset({b"preview", b"instant", b"prefetch"})
_PLUGINS: Mapping[str, str] = {
    "fla": "flash",
    "java": "java",
    "qt": "quicktime",
    "realp": "realplayer",
    "pdf": "pdf",
    "wma": "windowsmedia",
    "ag": "silverlight",
    "cookie": "cookie",
}
"""What a browser can do, by the parameter that says so."""
_SALES = frozenset({HitKind.CART, HitKind.ORDER})
_LINES = str.maketrans("", "", "\n\r")
"""What Matomo leaves out of titles."""
_NO_DIMENSIONS: dict[str, str] = {}
_NO_PARAMETERS: frozenset[str] = frozenset()


class Inputs(Struct, frozen=True):
    """What is looked up for an admitted hit before it is made."""

    salt: bytes
    device: Device
    place: Place
    random_visitor: int


def gate(
    raw: RawHit,
    given: Given,
    signals: Signals,
    plan: Plan,
    headers: Mapping[bytes, bytes],
    agent: Callable[[str], Agent],
) -> Allowance | Refusal:
    """Return what may be kept of a hit; a visitor's wish is asked for before anything else."""
    verdict = decide(signals, plan.site.privacy)
    if isinstance(verdict, Refusal):
        return verdict
    if given.rec != "1":
        return Refusal.NOT_FOR_RECORDING
    if _is_ahead(headers):
        return Refusal.PREFETCH
    if given.bots != "1" and _is_automatic(raw, given, agent(raw.user_agent)):
        return Refusal.ROBOT
    return _excluded(raw, given, plan) or verdict


def _is_ahead(headers: Mapping[bytes, bytes]) -> bool:
    # https://fetch.spec.whatwg.org/#sec-purpose-header, and what came before it, which Chrome has long sent beside it.
    purpose = headers.get(b"sec-purpose", b"")
    if purpose.startswith(b"prefetch"):
        # In a prerendered page a tracker waits until it is looked at; one that does not is meant to count it before.
        return b"prerender" not in map(bytes.strip, purpose.split(b";"))
    return headers.get(b"purpose") in _AHEAD or headers.get(b"x-purpose") in _AHEAD or headers.get(b"x-moz") in _AHEAD


def _is_automatic(raw: RawHit, given: Given, agent: Agent) -> bool:
    # Crawlers also call themselves what people's browsers do, to see whether they are shown the same.
    if agent is Agent.ROBOT or is_crawlers(raw.address):
        return True
    # A server that tracks for its visitors says who they are, or who it is itself.
    return agent is Agent.LIBRARY and not (raw.authorised or given.uid or given.cid or given.visitor)


def _excluded(raw: RawHit, given: Given, plan: Plan) -> Refusal | None:
    """Return why the owner does not want a hit counted, in Matomo's order; None if it is wanted."""
    excluded = plan.exclusions
    if excluded.requests and excluded.has_request(raw.parameters):
        return Refusal.EXCLUDED_REQUEST
    if excluded.networks and excluded.has_address(raw.address):
        return Refusal.EXCLUDED_ADDRESS
    if excluded.agents and excluded.has_agent(raw.user_agent):
        return Refusal.EXCLUDED_AGENT
    if is_referrer_spam(given.urlref[:_LONGEST_REFERRER]):
        return Refusal.REFERRER_SPAM
    if excluded.pages and excluded.lacks_page(given.url):
        return Refusal.UNKNOWN_PAGE
    return None


def admit(raw: RawHit, given: Given, kind: HitKind, allowance: Allowance, plan: Plan, inputs: Inputs) -> Hit:
    """Return all that may be kept of an admitted hit; raise `RequestError` where it names what is not there."""
    site = plan.site
    page = clean(given.url, LONGEST_URL)
    target = clean(given.link or given.download, LONGEST_URL)
    kind, search, told_by = _search(kind, given, page, plan)
    if kind is HitKind.PAGEVIEW and is_custom(given):
        raise RequestError("The request has ca=1 and nothing that tells what the custom action is.")
    reached = reached_of(kind, given, plan)
    is_page = kind is HitKind.PAGEVIEW
    visitor, fingerprint, known_by = _recognised(raw, given, allowance, site, inputs)
    settings = site.privacy
    title = clean(given.action_name).translate(_LINES).strip()
    return Hit(
        site_id=raw.site_id,
        time=raw.time,
        received=raw.received,
        day=day_in(site.timezone, raw.time),
        kind=kind,
        visitor_id=visitor,
        fingerprint=fingerprint,
        profilable=known_by in {_Known.BY_NAME, _Known.BY_FORCE},
        user_id=_user_id(given, allowance, site),
        opens_visit=given.new_visit == "1",
        url=target_url(target, plan.excluded_parameters)
        if target
        else page_url(page, plan.excluded_parameters | told_by, keep_fragment=site.rules.keeps_fragments),
        title=title,
        source=_source(page, given, plan),
        device=inputs.device,
        place=inputs.place,
        language=language(raw.language[:_LONGEST_ACCEPTED]),
        resolution=clean(given.res, 20) if allowance.browser_features else "",
        plugins=_plugins(raw.parameters) if allowance.browser_features else (),
        local_second=_local_second(given, raw.time),
        pageview_id=clean(given.pv_id, 6),
        masked_address=masked(raw.address, settings.kept_address_bits, settings.kept_address_bits_v6),
        imported=raw.imported,
        dimensions=_dimensions(raw, plan.action_dimensions, target or page, title),
        visit_dimensions=_dimensions(raw, plan.visit_dimensions),
        variables=variables_of(given.variables or given.event_variables),
        visit_variables=variables_of(given.visit_variables),
        event=event_of(given) if kind is HitKind.EVENT else None,
        search=search,
        content=content_of(given) if kind is HitKind.CONTENT else None,
        product=product_of(given) if is_page else None,
        timings=timings_of(given) if is_page or given.pv_id else None,
        sale=sale_of(given) if kind in _SALES else None,
        attributed=attributed_to(given, plan) if settings.attributes and (reached or kind in _SALES) else None,
        reached=reached,
        alone=allowance.recognition is Recognition.NONE,
        named=known_by is _Known.BY_FORCE,
        nameless=known_by is _Known.FOR_A_VISIT,
    )


def _search(kind: HitKind, given: Given, page: str, plan: Plan) -> tuple[HitKind, Search | None, frozenset[str]]:
    """Return the kind of a hit once its address is read: what it searched for, and which parameters said so."""
    if kind is HitKind.SEARCH:
        told = search_of(given)
        if plan.search and told.keyword:
            return kind, told, _NO_PARAMETERS
        kind = HitKind.PAGEVIEW
    if kind is not HitKind.PAGEVIEW or plan.search is None:
        return kind, None, _NO_PARAMETERS
    found = plan.search.read(page, given.cs)
    if found is None:
        return kind, None, _NO_PARAMETERS
    search, told_by = found
    search = bounded(search)
    return (HitKind.SEARCH, search, told_by) if search.keyword else (kind, None, _NO_PARAMETERS)


def _source(page: str, given: Given, plan: Plan) -> Source:
    referrer = clean(given.urlref, _LONGEST_REFERRER)
    if plan.ignored_referrers and plan.ignores(referrer):
        referrer = ""
    return source(page, referrer, plan.hosts, plan.excluded_parameters)


def _dimensions(raw: RawHit, dimensions: tuple[OwnDimension, ...], page: str = "", title: str = "") -> dict[str, str]:
    return dimensions_of(raw.parameters, dimensions, page, title) if dimensions else _NO_DIMENSIONS


def _plugins(parameters: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(plugin for name, plugin in _PLUGINS.items() if parameters.get(name) == "1")


class _Known(Enum):
    """What tells who a visitor is."""

    BY_FINGERPRINT = auto()
    FOR_A_VISIT = auto()
    BY_NAME = auto()
    BY_FORCE = auto()


def _recognised(
    raw: RawHit,
    given: Given,
    allowance: Allowance,
    site: Site,
    inputs: Inputs,
) -> tuple[int, int, _Known]:
    """Return the visitor, the fingerprint of the day where the site has one, and what tells who it is."""
    if allowance.recognition is Recognition.NONE:
        return inputs.random_visitor, 0, _Known.BY_FINGERPRINT
    fingerprint = daily_visitor(inputs.salt, site.id, raw.address, raw.user_agent)
    if given.uid and site.privacy.user_ids:
        return visitor_of_user_id(given.uid), fingerprint, _Known.BY_NAME
    claimed = visitor_of_tracker(given.cid)
    if claimed is not None:
        # Who says so knows: a server that tracks for its visitors would be one visitor by its fingerprint.
        return claimed, fingerprint, _Known.BY_FORCE
    if allowance.recognition is Recognition.COOKIE:
        claimed = visitor_of_tracker(given.visitor)
        if claimed is None:
            # As in Matomo who brings no id, though the site gives one to everybody, is somebody new in each visit.
            return inputs.random_visitor, fingerprint, _Known.FOR_A_VISIT
    if claimed is None:
        return fingerprint, fingerprint, _Known.BY_FINGERPRINT
    return claimed, fingerprint, _Known.BY_NAME


def _user_id(given: Given, allowance: Allowance, site: Site) -> str:
    if allowance.recognition is Recognition.NONE or not site.privacy.user_ids:
        return ""
    return clean(given.uid, _LONGEST_USER_ID)


def _local_second(given: Given, time: int) -> int:
    """Return the second of the visitor's own day; what the hit does not tell of it is that of the day in UTC."""
    minutes, second = divmod(time // 1000 % _SECONDS_PER_DAY, 60)
    hour, minute = divmod(minutes, 60)
    return (_on_clock(given.h, 24, hour) * 60 + _on_clock(given.m, 60, minute)) * 60 + _on_clock(given.s, 60, second)


def _on_clock(text: str, marks: int, otherwise: int) -> int:
    # As in Matomo: what is no number is not told, and one that no clock shows is the first.
    if not (text.isdecimal() and len(text) <= _DIGITS_ON_CLOCK):
        return otherwise
    number = int(text)
    return number if number < marks else 0


def day_in(timezone: str, time: int) -> int:
    """Return the local day of a moment (milliseconds since 1970) as days since 1970."""
    seconds = time // 1000
    return (seconds + _offset(timezone, seconds // 900)) // _SECONDS_PER_DAY


@lru_cache(maxsize=4096)
def _offset(timezone: str, quarter: int) -> int:
    """Return the seconds a zone is ahead of UTC: no zone changes within a quarter of an hour."""
    offset = datetime.fromtimestamp(quarter * 900, UTC).astimezone(ZoneInfo(timezone)).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def time_of(raw_time: str, received: int, *, authorised: bool, seconds_before: str = "") -> int:
    """Return when a hit happened, from its `cdt`: seconds since 1970, or `YYYY-MM-DD HH:MM:SS` in UTC.

    `seconds_before` is its `cdo`, counted back from there, or from now where no time is told; what is no number counts
    as none. A time in the future, more than 20 years ago, or not understood counts as now. One of more than 24 hours
    ago needs a token.
    https://developer.matomo.org/api-reference/tracking-api
    """
    try:
        time = _moment(raw_time) if raw_time else received
        time -= abs(int(number_of(seconds_before) or 0)) * 1000
    except (ValueError, OverflowError):
        return received
    age = received - time
    if not 0 <= age <= _OLDEST:
        return received
    if age > _DAY and not authorised:
        raise RequestError("A hit of more than 24 hours ago (cdt) needs token_auth with write access to the site.")
    return time


def may_be_of(time: int, now: int) -> bool:
    """Return whether what was written by another clock may be of that time: a little ahead, or some years ago."""
    return -_TOLERATED_FUTURE <= now - time <= _OLDEST


def is_past_keeping(site: Site, time: int, now: int) -> bool:
    """Return whether a hit of then is on a day whose hits the site has deleted by now."""
    days = site.privacy.retention_days
    return days is not None and day_in(site.timezone, time) < day_in(site.timezone, now) - days


_DAY = _SECONDS_PER_DAY * 1000
_TOLERATED_FUTURE = 600 * 1000
_OLDEST = 20 * 365 * _DAY


def _moment(text: str) -> int:
    if text.isdecimal():
        return int(text) * 1000
    # Some clients tell parts of a second.
    number = number_of(text)
    if number is not None:
        return int(number) * 1000
    time = datetime.fromisoformat(text)
    return int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()) * 1000
