"""The way of one hit: parameters, gate, enrichment, journal. Each step stands in `collect`, in order."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct, msgpack

from pellucid.collect.gate import Inputs, admit, day_in, gate, time_of
from pellucid.collect.parse import clean, kind_of
from pellucid.collect.signals import signals_of
from pellucid.enrich.place import CONTINENT
from pellucid.enrich.robots import Agent
from pellucid.errors import RequestError
from pellucid.model.hit import Device, Hit, Place, RawHit
from pellucid.model.site import Recognition, Site
from pellucid.policy.decision import Refusal
from pellucid.policy.identity import masked

Append = Callable[[Sequence[tuple[int, bytes]]], Awaitable[None]]
"""Returns when these hits (time of receipt in milliseconds, encoded) are on disk."""

_IDENTIFIER_DIGITS = 16
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
        self.refused: Counter[Refusal] = Counter()

    async def collect(self, asker: Asker, parameters: Mapping[str, str], token: str) -> Refusal | None:
        """Record one hit if it may be; return why not, or None: it is on disk. Raises `RequestError` if it is wrong."""
        hit = await self._consider(asker, parameters, token)
        if isinstance(hit, Refusal):
            self.refused[hit] += 1
            return hit
        await self._keep([hit])
        return None

    async def collect_each(
        self,
        asker: Asker,
        entries: Iterable[Mapping[str, str]],
        token: str,
    ) -> tuple[list[Refusal | None], list[int]]:
        """Record the hits of a bulk in one write; return what became of the right ones, and the places of the wrong."""
        outcomes: list[Refusal | None] = []
        invalid: list[int] = []
        hits: list[Hit] = []
        for place, parameters in enumerate(entries):
            if place % _HITS_IN_A_ROW == 0:
                await asyncio.sleep(0)
            try:
                hit = await self._consider(asker, parameters, token)
            except RequestError:
                invalid.append(place)
                continue
            outcomes.append(hit if isinstance(hit, Refusal) else None)
            if isinstance(hit, Hit):
                hits.append(hit)
        await self._keep(hits)
        self.refused.update(outcome for outcome in outcomes if outcome)
        return outcomes, invalid

    async def _keep(self, hits: Sequence[Hit]) -> None:
        if hits:
            await self._parts.append([(hit.received, self._encoder.encode(hit)) for hit in hits])
            self.recorded += len(hits)

    async def _consider(self, asker: Asker, parameters: Mapping[str, str], token: str) -> Hit | Refusal:
        """Return what may be kept of one hit, or why nothing may; raise `RequestError` if it is wrong."""
        parts = self._parts
        site = self._site(parameters)
        raw = self._raw(asker, parameters, site, token)
        verdict = gate(raw, signals_of(asker.headers, parameters), site, asker.headers, parts.agent)
        if isinstance(verdict, Refusal):
            return verdict
        kind = kind_of(parameters)
        if kind is None:
            raise RequestError("The request has ca=1 and nothing that tells what the custom action is.")
        hints = parameters.get("uadata", "") if verdict.browser_features else ""
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
        if raw.authorised and given.get("country"):
            country = clean(given["country"], 2).lower()
            return Place(
                CONTINENT.get(country, ""),
                country,
                clean(given.get("region", ""), 3),
                clean(given.get("city", ""), 255),
            )
        return self._parts.place(_located(raw.address, site))

    def _site(self, parameters: Mapping[str, str]) -> Site:
        text = parameters.get("idsite", "")
        site = self._parts.site(int(text)) if text.isdecimal() and len(text) < _IDENTIFIER_DIGITS else None
        if site is None:
            raise RequestError(f"There is no site {text[:40]!r}: check idsite in the snippet.")
        return site

    def _raw(self, asker: Asker, parameters: Mapping[str, str], site: Site, token: str) -> RawHit:
        token = parameters.get("token_auth") or token
        authorised = bool(token) and self._parts.may_write(token, site.id)
        if parameters.get("cip") and not authorised:
            raise RequestError("Another address (cip) needs token_auth with write access to the site.")
        identifier = parameters.get("cid")
        if identifier is not None and len(identifier) != _IDENTIFIER_DIGITS:
            raise RequestError("A visitor's identifier (cid) has exactly 16 hexadecimal digits.")
        received = self._parts.now()
        time = parameters.get("cdt")
        return RawHit(
            site_id=site.id,
            time=time_of(time, received, authorised=authorised) if time else received,
            received=received,
            address=parameters.get("cip") or asker.address,
            user_agent=parameters.get("ua") or asker.headers.get(b"user-agent", b"").decode("latin-1"),
            language=parameters.get("lang") or asker.headers.get(b"accept-language", b"").decode("latin-1"),
            parameters=parameters,
            authorised=authorised,
            imported=self._parts.imported,
        )


def _located(address: str, site: Site) -> str:
    return masked(address, site.privacy.located_address_bits, site.privacy.located_address_bits_v6)
