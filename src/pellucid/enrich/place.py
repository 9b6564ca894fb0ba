"""Where an address is. It comes masked, and is forgotten within the hour."""

import tomllib
from collections.abc import Callable
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

import maxminddb
from iptocc import country_code
from msgspec import Struct, ValidationError, convert

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


class Places:
    """Finds places: by the owner's MaxMind-format database where there is one, else the country alone."""

    def __init__(self, database: Path | None, now: Callable[[], float]) -> None:
        self._memory: Memory[Place] = Memory(now)
        self._reader = None
        if database:
            try:
                self._reader = maxminddb.open_database(database, maxminddb.MODE_MEMORY)
            except (OSError, maxminddb.InvalidDatabaseError) as error:
                raise ConfigurationError(f"{database} is no MaxMind-format database: {error}") from error

    def place(self, address: str) -> Place:
        """Return where a masked address is; an empty place if nobody knows."""
        known = self._memory.get(address)
        if known is None:
            known = self._look_up(address)
            self._memory.put(address, known)
        return known

    def forget(self) -> None:
        """Forget what is due."""
        self._memory.forget()

    def _look_up(self, address: str) -> Place:
        if not address:
            return _NOWHERE
        if self._reader:
            # A database may know IPv4 alone, or hold records of another form; then the country has to do.
            with suppress(ValueError, ValidationError):
                return _place_of(convert(self._reader.get(address) or {}, _Record))
        country = (country_code(address) or "").lower()
        return Place(CONTINENT.get(country, ""), country) if country else _NOWHERE


def _place_of(record: _Record) -> Place:
    country = record.country.iso_code.lower()
    return Place(
        continent=CONTINENT.get(country, ""),
        country=country,
        region=record.subdivisions[0].iso_code if record.subdivisions else "",
        city=record.city.names.get("en", ""),
        provider=record.isp or record.organization or record.autonomous_system_organization,
        latitude=record.location.latitude,
        longitude=record.location.longitude,
    )
