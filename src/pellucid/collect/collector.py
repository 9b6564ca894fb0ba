"""The way of one hit: parameters, gate, enrichment, journal. Each step stands in `collect`, in order."""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import ParamSpec, Protocol, TypeVar

from msgspec import Struct, msgpack, structs

from pellucid.collect.gate import Inputs, admit, day_in, gate, is_past_keeping, time_of
from pellucid.collect.matters import number_of
from pellucid.collect.parse import Given, clean, given_of, kind_of
from pellucid.collect.plan import Plan, plan_of
from pellucid.edge import signals_of
from pellucid.enrich.device import LONGEST_USER_AGENT, LONGEST_WAIT_SECONDS
from pellucid.enrich.hints import hints_of
from pellucid.enrich.place import CONTINENT
from pellucid.enrich.robots import Agent
from pellucid.errors import RequestError
from pellucid.model.hit import Device, Hit, Place, RawHit, is_of_the_past
from pellucid.model.site import Recognition, Site
from pellucid.policy.counting import Refused
from pellucid.policy.decision import Refusal
from pellucid.policy.identity import masked, visitor_of_tracker

Append = Callable[[Sequence[tuple[int, bytes]]], Awaitable[None]]
"""Returns when these hits (time of receipt in milliseconds, encoded) are on disk."""

_NEEDS_TOKEN = ("cip", "country", "region", "city", "latitude", "longitude")
"""What only a server may say of its visitors: where they are."""
_FARTHEST = 180.0
_LETTERS_OF_A_COUNTRY = 2
_LONGEST_IDENTIFIER = 15
_LONGEST_HINTS = 4096
_NO_SALT = b""
_HITS_IN_A_ROW = 100
"""After so many of a bulk, others get their turn."""
_OF_WHAT_WAS_SENT = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""Kinds of error that a value nobody thought of ends in. Any other is ours, and to send the hit again is right.

The log gets the place in our code and no value, see `pellucid.log`.
"""

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")

log = logging.getLogger("pellucid.collect")


class Devices(Protocol):
    """What knows the device behind a user agent."""

    def known(self, user_agent: str, hints: str = "") -> Device | None:
        """Return the device if it is known already."""

    async def device(self, user_agent: str, hints: str = "", longest: float = LONGEST_WAIT_SECONDS) -> Device:
        """Return the device, as well as it can be known within so many seconds."""


class Asker(Struct, frozen=True):
    """Who sent a request, as far as HTTP tells; it lives as long as the request."""

    address: str
    headers: Mapping[bytes, bytes]


class Collected(Struct, frozen=True):
    """What became of a bulk: of each right entry, and the places of the wrong ones."""

    outcomes: list[Refusal | None]
    invalid: list[int]
    authorised: bool
    """Whether the token may write to a site of the bulk."""


class Parts(Struct, frozen=True):
    """What a collector is made of."""

    site: Callable[[int], Site | None]
    may_write: Callable[[str, int], bool]
    """Whether a token may write to a site."""
    salt: Callable[[Site, int], bytes]
    """The secret of a site's local day, as days since 1970."""
    agent: Callable[[str], Agent]
    devices: Devices
    place: Callable[[str], Place]
    append: Append
    now: Callable[[], int]
    """Milliseconds since 1970."""
    imported: bool = False
    """Whether what comes was recorded elsewhere before."""
    told_of_past: Callable[[], None] = lambda: None
    """Says that hits of the past are on disk that came with a token."""
    patience: float = 2.0
    """How many seconds a bulk waits, in all, for what devices are exactly: no page is waiting for its answer."""


class Collector:
    """Turns tracking requests into hits on disk, and counts refusals by reason."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._site = _ours(parts.site)
        self._may_write = _ours(parts.may_write)
        self._salt = _ours(parts.salt)
        self._encoder = msgpack.Encoder()
        self._plans: dict[int, Plan] = {}
        self.recorded = 0
        self._refused: Counter[Refused] = Counter()

    async def collect(self, asker: Asker, parameters: Mapping[str, str], token: str) -> Refusal | None:
        """Record one hit if it may be; return why not, or None: it is on disk. Raises `RequestError` if it is wrong."""
        try:
            given = given_of(parameters)
            raw, plan = self._read(asker, parameters, given, token, self._parts.now())
            hit = await self._consider(raw, given, plan, asker.headers)
            if isinstance(hit, Refusal):
                self._count(plan.site, raw, hit)
                return hit
            row = self._row(hit)
        except _OF_WHAT_WAS_SENT as error:
            log.exception("A hit failed, and counts as wrong")
            raise RequestError("This hit can not be understood.") from error
        await self._keep([row], of_past=_is_told_of_past(raw))
        return None

    async def collect_each(
        self,
        asker: Asker,
        entries: Iterable[Mapping[str, str]],
        token: str,
    ) -> Collected:
        """Record the hits of a bulk in one write, as received at one moment; return what became of each."""
        outcomes: list[Refusal | None] = []
        invalid: list[int] = []
        rows: list[tuple[int, bytes]] = []
        authorised = failed = of_past = False
        # Who moves hits on does so up to some moment, and has all of a bulk or nothing: it may be in no order.
        received = self._parts.now()
        loop = asyncio.get_running_loop()
        patient_until = loop.time() + self._parts.patience
        for place, parameters in enumerate(entries):
            if place % _HITS_IN_A_ROW == 0:
                await asyncio.sleep(0)
            try:
                given = given_of(parameters)
                raw, plan = self._read(asker, parameters, given, token, received)
                authorised = authorised or raw.authorised
                longest = max(patient_until - loop.time(), LONGEST_WAIT_SECONDS)
                hit = await self._consider(raw, given, plan, asker.headers, longest)
                if isinstance(hit, Refusal):
                    outcomes.append(hit)
                    self._count(plan.site, raw, hit)
                else:
                    rows.append(self._row(hit))
                    outcomes.append(None)
                    of_past = of_past or _is_told_of_past(raw)
            except RequestError:
                invalid.append(place)
            except _OF_WHAT_WAS_SENT:
                if not failed:
                    # Of a bulk, one is enough.
                    log.exception("An entry of a bulk failed, and counts as wrong")
                failed = True
                invalid.append(place)
        await self._keep(rows, of_past=of_past)
        return Collected(outcomes, invalid, authorised)

    def take_refused(self) -> Counter[Refused]:
        """Return how often hits were refused since this was asked last, of sites that count it."""
        taken, self._refused = self._refused, Counter()
        return taken

    def _count(self, site: Site, raw: RawHit, refusal: Refusal) -> None:
        if site.privacy.counts_refusals:
            self._refused[site.id, day_in(site.timezone, raw.received), refusal] += 1

    def _row(self, hit: Hit) -> tuple[int, bytes]:
        return hit.received, self._encoder.encode(hit)

    async def _keep(self, rows: Sequence[tuple[int, bytes]], *, of_past: bool) -> None:
        if rows:
            await self._parts.append(rows)
            self.recorded += len(rows)
        if of_past:
            self._parts.told_of_past()

    async def _consider(
        self,
        raw: RawHit,
        given: Given,
        plan: Plan,
        headers: Mapping[bytes, bytes],
        longest: float = LONGEST_WAIT_SECONDS,
    ) -> Hit | Refusal:
        """Return what may be kept of one hit, or why nothing may; raise `RequestError` if it is wrong."""
        parts, site = self._parts, plan.site
        verdict = gate(raw, given, signals_of(headers, raw.parameters), plan, headers, parts.agent)
        if isinstance(verdict, Refusal):
            return verdict
        kind = kind_of(given)
        if kind is None:
            raise RequestError("The request has idgoal and ca=1: a conversion is no custom action.")
        hints = (given.uadata or hints_of(headers)) if verdict.browser_features else ""
        if len(hints) > _LONGEST_HINTS:
            hints = ""
        device = parts.devices.known(raw.user_agent, hints)
        if device is None:
            device = await parts.devices.device(raw.user_agent, hints, longest)
        recognised = verdict.recognition is not Recognition.NONE
        inputs = Inputs(
            salt=self._salt(site, day_in(site.timezone, raw.time)) if recognised else _NO_SALT,
            device=device,
            place=self._place(raw, given, site),
            # Drawn for who needs it alone: to ask the system for it took a third of a hit's time.
            random_visitor=0 if recognised and visitor_of_tracker(given.visitor) is not None else secrets.randbits(64),
        )
        return admit(raw, given, kind, verdict, plan, inputs)

    def _place(self, raw: RawHit, given: Given, site: Site) -> Place:
        code = clean(given.country).strip().lower()
        # What is no code, such as the country's name, tells nothing: its first letters may be another country's.
        if len(code) == _LETTERS_OF_A_COUNTRY and code.isascii() and code.isalpha():
            found = Place(CONTINENT.get(code, ""), code)
        else:
            found = self._parts.place(_located(raw.address, site))
        if given.region or given.city or given.latitude or given.longitude:
            return structs.replace(
                found,
                region=clean(given.region, 3) or found.region,
                city=clean(given.city, 255) or found.city,
                latitude=_degrees(given.latitude, found.latitude),
                longitude=_degrees(given.longitude, found.longitude),
            )
        return found

    def _plan(self, text: str) -> Plan:
        """Return how hits of a site are read; it is made again when what was set up is another."""
        number = int(text) if text.isdecimal() and len(text) <= _LONGEST_IDENTIFIER else None
        site = None if number is None else self._site(number)
        if site is None:
            raise RequestError(f"There is no site {text[:40]!r}: check idsite in the snippet.")
        plan = self._plans.get(site.id)
        if plan is None or plan.site is not site:
            plan = self._plans[site.id] = plan_of(site)
        return plan

    def _read(
        self, asker: Asker, parameters: Mapping[str, str], given: Given, token: str, received: int
    ) -> tuple[RawHit, Plan]:
        """Return what a request says, and of which site; raise `RequestError` if it may not say so."""
        plan = self._plan(given.idsite)
        site = plan.site
        token = given.token_auth or token
        authorised = bool(token) and self._may_write(token, site.id)
        if not authorised and any(getattr(given, name) for name in _NEEDS_TOKEN):
            raise RequestError(
                "Where a visitor is (cip, country, region, city, lat, long) needs a token_auth that may write to it."
            )
        if given.cid and visitor_of_tracker(given.cid) is None:
            raise RequestError("A visitor's identifier (cid) has exactly 16 hexadecimal digits.")
        time = received
        if given.cdt or given.cdo:
            time = time_of(given.cdt, received, authorised=authorised, seconds_before=given.cdo)
            # What was recorded elsewhere is taken, and its owner told how much of it is deleted soon.
            if not self._parts.imported and is_past_keeping(site, time, received):
                raise RequestError(
                    f"The site keeps what it records for {site.privacy.retention_days} days, "
                    "and this hit (cdt, cdo) is older."
                )
        user_agent = given.ua or asker.headers.get(b"user-agent", b"").decode("latin-1")
        raw = RawHit(
            site_id=site.id,
            time=time,
            received=received,
            address=given.cip or asker.address,
            user_agent=user_agent[:LONGEST_USER_AGENT],
            language=given.lang or asker.headers.get(b"accept-language", b"").decode("latin-1"),
            parameters=parameters,
            authorised=authorised,
            imported=self._parts.imported,
        )
        return raw, plan


def _is_told_of_past(raw: RawHit) -> bool:
    """Return whether a program tells of the past; a page that was offline tells what it has, and asks nothing."""
    return raw.authorised and is_of_the_past(raw)


def _ours(ask: Callable[_Asked, _Answer]) -> Callable[_Asked, _Answer]:
    """Return what asks the same of our own files; where they fail, no hit is wrong for it."""

    @wraps(ask)
    def asked(*args: _Asked.args, **kwargs: _Asked.kwargs) -> _Answer:
        try:
            return ask(*args, **kwargs)
        except _OF_WHAT_WAS_SENT as error:
            raise RuntimeError("What the server itself keeps can not be read.") from error

    return asked


def _located(address: str, site: Site) -> str:
    return masked(address, site.privacy.located_address_bits, site.privacy.located_address_bits_v6)


def _degrees(text: str, known: float | None) -> float | None:
    told = number_of(text)
    return known if told is None or abs(told) > _FARTHEST else told
