"""Where an address is. It comes masked, and is forgotten within the hour."""

import tomllib
from collections.abc import Callable
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

import maxminddb
from iptocc import country_code
from msgspec import Struct, ValidationError, convert, structs

from pellucid.enrich.memory import Memory
from pellucid.errors import ConfigurationError
from pellucid.model.hit import Place

_CONTINENTS = tomllib.loads((files("pellucid.enrich") / "data" / "continents.toml").read_text(encoding="utf-8"))
CONTINENT = {country: continent for continent, countries in _CONTINENTS.items() for country in countries.split()}
"""The continent (Matomo's three letters) of a country (ISO 3166-1, lower case)."""

_NOWHERE = Place()


class _Coded(Struct, frozen=True):
    iso_code: str = ""
    names: dict[str, str] = {}


class _Point(Struct, frozen=True):
    latitude: float | None = None
    longitude: float | None = None


class _Record(Struct, frozen=True):
    country: _Coded = _Coded()
    subdivisions: tuple[_Coded, ...] = ()
    city: _Coded = _Coded()
    location: _Point = _Point()
    isp: str = ""
    organization: str = ""
    autonomous_system_organization: str = ""

    @property
    def provider(self) -> str:
        """Who connects the address, by the first name that is told."""
        return self.isp or self.organization or self.autonomous_system_organization


class Places:
    """Finds places: by the owner's MaxMind-format databases as far as they know them, else the country alone.

    `providers` is asked for the provider if the first does not tell it.
    """

    def __init__(self, database: Path | None, now: Callable[[], float], providers: Path | None = None) -> None:
        self._memory: Memory[Place] = Memory(now)
        self._places, self._providers = _opened(database), _opened(providers)

    def place(self, address: str) -> Place:
        """Return where a masked address is; an empty place if nobody knows."""
        known = self._memory.get(address)
        if known is None:
            known = self.look_up(address)
            self._memory.put(address, known)
        return known

    def forget(self) -> None:
        """Forget what is due."""
        self._memory.forget()

    def look_up(self, address: str) -> Place:
        """Return where a masked address is, as `place` does, and keep nothing of it in memory."""
        if not address:
            return _NOWHERE
        place = _place_of(_record(self._places, address))
        if not place.country:
            country = (country_code(address) or "").lower()
            place = structs.replace(place, continent=CONTINENT.get(country, ""), country=country)
        return place if place.provider else structs.replace(place, provider=_record(self._providers, address).provider)


def _opened(database: Path | None) -> maxminddb.Reader | None:
    if database is None:
        return None
    try:
        return maxminddb.open_database(database, maxminddb.MODE_MEMORY)
    except (OSError, maxminddb.InvalidDatabaseError) as error:
        raise ConfigurationError(f"{database} is no MaxMind-format database: {error}") from error


def _record(database: maxminddb.Reader | None, address: str) -> _Record:
    """Return what a database knows: nothing of IPv6 if it is one of IPv4, or where it is damaged or of another form."""
    if database is not None:
        # In a damaged record, what can be no key may stand for one: that is the TypeError.
        with suppress(ValueError, TypeError, ValidationError, maxminddb.InvalidDatabaseError):
            return convert(database.get(address) or {}, _Record)
    return _Record()


def _place_of(record: _Record) -> Place:
    country = record.country.iso_code.lower()
    return Place(
        continent=CONTINENT.get(country, ""),
        country=country,
        region=record.subdivisions[0].iso_code if record.subdivisions else "",
        city=record.city.names.get("en", ""),
        provider=record.provider,
        latitude=record.location.latitude,
        longitude=record.location.longitude,
    )
