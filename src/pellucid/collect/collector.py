"""The way of one hit: parameters, gate, enrichment, journal. Each step stands in `collect`, in order."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct, msgpack

from pellucid.collect.gate import Inputs, admit, day_in, gate, time_of
from pellucid.collect.parse import clean, kind_of
from pellucid.edge import signals_of
from pellucid.enrich.device import LONGEST_USER_AGENT
from pellucid.enrich.place import CONTINENT
from pellucid.enrich.robots import Agent
from pellucid.errors import RequestError
from pellucid.model.hit import Device, Hit, Place, RawHit
from pellucid.model.site import Recognition, Site
from pellucid.policy.counting import Refused
from pellucid.policy.decision import Refusal
from pellucid.policy.identity import masked, visitor_of_tracker

Append = Callable[[Sequence[tuple[int, bytes]]], Awaitable[None]]
"""Returns when these hits (time of receipt in milliseconds, encoded) are on disk."""

_NEEDS_TOKEN = ("cip", "country", "region", "city", "lat", "long")
"""What only a server may say of its visitors: where they are."""
_LONGEST_IDENTIFIER = 15
_LONGEST_HINTS = 4096
_NO_SALT = b""
_HITS_IN_A_ROW = 100
"""After so many of a bulk, others get their turn."""


class Devices(Protocol):
    """What knows the device behind a user agent."""

    def known(self, user_agent: str, hints: str = "") -> Device | None:
        """Return the device if it is known already."""

    async def device(self, user_agent: str, hints: str = "") -> Device:
        """Return the device."""


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


class Collector:
    """Turns tracking requests into hits on disk, and counts refusals by reason."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._encoder = msgpack.Encoder()
        self.recorded = 0
        self._refused: Counter[Refused] = Counter()

    async def collect(self, asker: Asker, parameters: Mapping[str, str], token: str) -> Refusal | None:
        """Record one hit if it may be; return why not, or None: it is on disk. Raises `RequestError` if it is wrong."""
        raw, site = self._read(asker, parameters, token)
        hit = await self._consider(raw, site, asker.headers)
        if isinstance(hit, Refusal):
            self._count(site, raw, hit)
            return hit
        await self._keep([hit])
        return None

    async def collect_each(
        self,
        asker: Asker,
        entries: Iterable[Mapping[str, str]],
        token: str,
    ) -> Collected:
        """Record the hits of a bulk in one write; return what became of each."""
        outcomes: list[Refusal | None] = []
        invalid: list[int] = []
        hits: list[Hit] = []
        authorised = False
        for place, parameters in enumerate(entries):
            if place % _HITS_IN_A_ROW == 0:
                await asyncio.sleep(0)
            try:
                raw, site = self._read(asker, parameters, token)
                authorised = authorised or raw.authorised
                hit = await self._consider(raw, site, asker.headers)
            except RequestError:
                invalid.append(place)
                continue
            if isinstance(hit, Hit):
                outcomes.append(None)
                hits.append(hit)
            else:
                outcomes.append(hit)
                self._count(site, raw, hit)
        await self._keep(hits)
        return Collected(outcomes, invalid, authorised)

    def take_refused(self) -> Counter[Refused]:
        """Return how often hits were refused since this was asked last, of sites that count it."""
        taken, self._refused = self._refused, Counter()
        return taken

    def _count(self, site: Site, raw: RawHit, refusal: Refusal) -> None:
        if site.privacy.counts_refusals:
            self._refused[site.id, day_in(site.timezone, raw.received), refusal] += 1

    async def _keep(self, hits: Sequence[Hit]) -> None:
        if hits:
            await self._parts.append([(hit.received, self._encoder.encode(hit)) for hit in hits])
            self.recorded += len(hits)

    async def _consider(self, raw: RawHit, site: Site, headers: Mapping[bytes, bytes]) -> Hit | Refusal:
        """Return what may be kept of one hit, or why nothing may; raise `RequestError` if it is wrong."""
        parts = self._parts
        verdict = gate(raw, signals_of(headers, raw.parameters), site, headers, parts.agent)
        if isinstance(verdict, Refusal):
            return verdict
        kind = kind_of(raw.parameters)
        if kind is None:
            raise RequestError("The request has ca=1 and nothing that tells what the custom action is.")
        hints = raw.parameters.get("uadata", "") if verdict.browser_features else ""
        if len(hints) > _LONGEST_HINTS:
            hints = ""
        device = parts.devices.known(raw.user_agent, hints)
        if device is None:
            device = await parts.devices.device(raw.user_agent, hints)
        recognised = verdict.recognition is not Recognition.NONE
        inputs = Inputs(
            salt=parts.salt(site, day_in(site.timezone, raw.time)) if recognised else _NO_SALT,
            device=device,
            place=self._place(raw, site),
            random_visitor=0 if recognised else secrets.randbits(64),
        )
        return admit(raw, kind, verdict, site, inputs)

    def _place(self, raw: RawHit, site: Site) -> Place:
        given = raw.parameters
        country, region, city = given.get("country", ""), given.get("region", ""), given.get("city", "")
        if country:
            code = clean(country, 2).lower()
            found = Place(CONTINENT.get(code, ""), code)
        else:
            found = self._parts.place(_located(raw.address, site))
        if not region and not city:
            return found
        return Place(found.continent, found.country, clean(region, 3) or found.region, clean(city, 255) or found.city)

    def _site(self, parameters: Mapping[str, str]) -> Site:
        text = parameters.get("idsite", "")
        site = self._parts.site(int(text)) if text.isdecimal() and len(text) <= _LONGEST_IDENTIFIER else None
        if site is None:
            raise RequestError(f"There is no site {text[:40]!r}: check idsite in the snippet.")
        return site

    def _read(self, asker: Asker, parameters: Mapping[str, str], token: str) -> tuple[RawHit, Site]:
        """Return what a request says, and of which site; raise `RequestError` if it may not say so."""
        site = self._site(parameters)
        token = parameters.get("token_auth") or token
        authorised = bool(token) and self._parts.may_write(token, site.id)
        told = () if authorised else [name for name in _NEEDS_TOKEN if parameters.get(name)]
        if told:
            raise RequestError(f"{', '.join(told)}: where a visitor is needs token_auth with write access to the site.")
        identifier = parameters.get("cid")
        if identifier and visitor_of_tracker(identifier) is None:
            raise RequestError("A visitor's identifier (cid) has exactly 16 hexadecimal digits.")
        received = self._parts.now()
        time, before = parameters.get("cdt", ""), parameters.get("cdo", "")
        user_agent = parameters.get("ua") or asker.headers.get(b"user-agent", b"").decode("latin-1")
        raw = RawHit(
            site_id=site.id,
            time=time_of(time, received, authorised=authorised, seconds_before=before) if time or before else received,
            received=received,
            address=parameters.get("cip") or asker.address,
            user_agent=user_agent[:LONGEST_USER_AGENT],
            language=parameters.get("lang") or asker.headers.get(b"accept-language", b"").decode("latin-1"),
            parameters=parameters,
            authorised=authorised,
            imported=self._parts.imported,
        )
        return raw, site


def _located(address: str, site: Site) -> str:
    return masked(address, site.privacy.located_address_bits, site.privacy.located_address_bits_v6)
