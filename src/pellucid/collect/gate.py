"""The gate: a raw hit goes in, and what may be kept of it comes out, or the reason why nothing may.

It stands before anything durable. Address and user agent end here.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from msgspec import Struct

from pellucid.collect.parse import clean, kept_of
from pellucid.enrich.language import language
from pellucid.enrich.page import page_url
from pellucid.enrich.robots import Agent
from pellucid.enrich.source import is_referrer_spam, source
from pellucid.errors import RequestError
from pellucid.model.hit import Device, Hit, HitKind, Place, RawHit
from pellucid.model.site import Recognition, Site
from pellucid.policy.decision import Allowance, Refusal, Signals, decide
from pellucid.policy.identity import daily_visitor, masked, visitor_of_tracker, visitor_of_user_id

_SECONDS_PER_DAY = 86_400
_LONGEST_USER_ID = 200
_LONGEST_URL = 8192
_LONGEST_ACCEPTED = 255
_NAMES_OF_VISITORS = ("uid", "cid", "_id")
_AHEAD = frozenset({b"preview", b"instant", b"prefetch"})
_PURPOSE, _PURPOSE_OF_OLD = b"x-purpose", b"x-moz"


class Inputs(Struct, frozen=True):
    """What is looked up for an admitted hit before it is made."""

    salt: bytes
    device: Device
    place: Place
    random_visitor: int


def gate(
    raw: RawHit,
    signals: Signals,
    site: Site,
    headers: Mapping[bytes, bytes],
    agent: Callable[[str], Agent],
) -> Allowance | Refusal:
    """Return what may be kept of a hit; a visitor's wish is asked for before anything else."""
    verdict = decide(signals, site.privacy)
    if isinstance(verdict, Refusal):
        return verdict
    if raw.parameters.get("rec") != "1":
        return Refusal.NOT_FOR_RECORDING
    if headers.get(_PURPOSE) in _AHEAD or headers.get(_PURPOSE_OF_OLD) in _AHEAD:
        return Refusal.PREFETCH
    if raw.parameters.get("bots") != "1" and _is_automatic(raw, agent(raw.user_agent)):
        return Refusal.ROBOT
    if is_referrer_spam(raw.parameters.get("urlref", "")[:_LONGEST_URL]):
        return Refusal.REFERRER_SPAM
    return verdict


def _is_automatic(raw: RawHit, agent: Agent) -> bool:
    if agent is Agent.LIBRARY:
        # A server that tracks for its visitors says who they are, or who it is itself.
        return not (raw.authorised or any(raw.parameters.get(name) for name in _NAMES_OF_VISITORS))
    return agent is Agent.ROBOT


def admit(raw: RawHit, kind: HitKind, allowance: Allowance, site: Site, inputs: Inputs) -> Hit:
    """Return all that may be kept of an admitted hit."""
    given = raw.parameters
    page = clean(given.get("url", ""), _LONGEST_URL)
    target = clean(given.get("link") or given.get("download") or "", _LONGEST_URL)
    visitor, fingerprint = _recognised(raw, allowance, site, inputs)
    settings = site.privacy
    return Hit(
        site_id=raw.site_id,
        time=raw.time,
        received=raw.received,
        day=day_in(site.timezone, raw.time),
        kind=kind,
        visitor_id=visitor,
        fingerprint=fingerprint,
        user_id=_user_id(raw, allowance, site),
        opens_visit=given.get("new_visit") == "1",
        url=page_url(target or page),
        title=clean(given.get("action_name", "")).strip(),
        source=source(page, clean(given.get("urlref", ""), _LONGEST_URL), site_hosts(site.urls)),
        device=inputs.device,
        place=inputs.place,
        language=language(raw.language[:_LONGEST_ACCEPTED]),
        resolution=clean(given.get("res", ""), 20) if allowance.browser_features else "",
        local_second=_local_second(given),
        pageview_id=clean(given.get("pv_id", ""), 6),
        masked_address=masked(raw.address, settings.kept_address_bits, settings.kept_address_bits_v6),
        imported=raw.imported,
        parameters=kept_of(kind, given),
    )


def _recognised(raw: RawHit, allowance: Allowance, site: Site, inputs: Inputs) -> tuple[int, int]:
    """Return the visitor, and the fingerprint of the day where the site's settings have one."""
    if allowance.recognition is Recognition.NONE:
        return inputs.random_visitor, 0
    given = raw.parameters
    fingerprint = daily_visitor(inputs.salt, site.id, raw.address, raw.user_agent)
    if given.get("uid") and site.privacy.user_ids:
        return visitor_of_user_id(given["uid"]), fingerprint
    claimed = visitor_of_tracker(given.get("cid", ""))
    if claimed is not None:
        # Who says so knows: a server that tracks for its visitors would be one visitor by its fingerprint.
        return claimed, 0
    if allowance.recognition is Recognition.COOKIE:
        claimed = visitor_of_tracker(given.get("_id", ""))
    return fingerprint if claimed is None else claimed, fingerprint


def _user_id(raw: RawHit, allowance: Allowance, site: Site) -> str:
    if allowance.recognition is Recognition.NONE or not site.privacy.user_ids:
        return ""
    return clean(raw.parameters.get("uid", ""), _LONGEST_USER_ID)


def _local_second(given: Mapping[str, str]) -> int:
    if "h" not in given:
        return -1
    # What is remembered has a bounded length; no clock shows more digits.
    hour, minute, second = given["h"][:4], given.get("m", "0")[:4], given.get("s", "0")[:4]
    return _second_of_day(hour, minute, second)


@lru_cache(maxsize=4096)
def _second_of_day(hour: str, minute: str, second: str) -> int:
    return (_clamped(hour, 23) * 60 + _clamped(minute, 59)) * 60 + _clamped(second, 59)


def _clamped(text: str, most: int) -> int:
    try:
        return min(max(int(text), 0), most)
    except ValueError:
        return 0


def day_in(timezone: str, time: int) -> int:
    """Return the local day of a moment (milliseconds since 1970) as days since 1970."""
    seconds = time // 1000
    return (seconds + _offset(timezone, seconds // 900)) // _SECONDS_PER_DAY


@lru_cache(maxsize=4096)
def _offset(timezone: str, quarter: int) -> int:
    """Return the seconds a zone is ahead of UTC: no zone changes within a quarter of an hour."""
    offset = datetime.fromtimestamp(quarter * 900, UTC).astimezone(ZoneInfo(timezone)).utcoffset()
    return int(offset.total_seconds()) if offset else 0


@lru_cache(maxsize=4096)
def site_hosts(urls: tuple[str, ...]) -> frozenset[str]:
    """Return the hosts of a site's own pages."""
    return frozenset(url.partition("://")[2].partition("/")[0].partition(":")[0].lower() for url in urls)


def time_of(raw_time: str, received: int, *, authorised: bool, seconds_before: str = "") -> int:
    """Return when a hit happened, from its `cdt`: seconds since 1970, or `YYYY-MM-DD HH:MM:SS` in UTC.

    `seconds_before` is its `cdo`, counted back from there, or from now where no time is told. A time in the future,
    more than 20 years ago, or not understood counts as now. One of more than 24 hours ago needs a token.
    https://developer.matomo.org/api-reference/tracking-api
    """
    try:
        time = _moment(raw_time) if raw_time else received
        time -= abs(int(seconds_before or 0)) * 1000
    except (ValueError, OverflowError):
        return received
    age = received - time
    if age < -_TOLERATED_FUTURE or age > _OLDEST:
        return received
    if age > _DAY and not authorised:
        raise RequestError("A hit of more than 24 hours ago (cdt) needs token_auth with write access to the site.")
    return time


_DAY = _SECONDS_PER_DAY * 1000
_TOLERATED_FUTURE = 600 * 1000
_OLDEST = 20 * 365 * _DAY


def _moment(text: str) -> int:
    if text.isdecimal():
        return int(text) * 1000
    time = datetime.fromisoformat(text)
    return int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()) * 1000
