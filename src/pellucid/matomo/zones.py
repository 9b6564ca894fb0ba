"""Time zones as people look for them: by continent and country, and where a country has several, by a place in it."""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global

from pellucid.enrich.place import CONTINENT
from pellucid.matomo.labels import continent

UTC = "UTC"
_ENGLISH = Locale("en")
_NOWHERE = "ZZ"
"""The territory of zones that belong to no country."""


_OFFSETS: Mapping[str, str] = {
    **{f"{UTC}{hours:+d}": f"Etc/GMT{-hours:+d}" for hours in range(-12, 15) if hours},
    f"{UTC}-9.5": "Pacific/Marquesas",
    f"{UTC}+4.5": "Asia/Kabul",
    f"{UTC}+5.5": "Asia/Kolkata",
    f"{UTC}+5.75": "Asia/Kathmandu",
    f"{UTC}+6.5": "Asia/Yangon",
    f"{UTC}+8.75": "Australia/Eucla",
    f"{UTC}+9.5": "Australia/Darwin",
}
"""Matomo's names of zones that are always as far from UTC, and a zone that is."""
_NAMES = {zone: name for name, zone in _OFFSETS.items() if zone.startswith("Etc/")}


def zone_of(name: str) -> str:
    """Return the zone that a name of Matomo's stands for."""
    return _OFFSETS.get(name, name)


def as_matomo_names(zone: str) -> str:
    """Return the name that Matomo has for a zone."""
    return _NAMES.get(zone, zone)


@cache
def countries() -> Mapping[str, str]:
    """Return the country of each zone that has one."""
    known = available_timezones()
    told: Mapping[str, str] = get_global("zone_territories")
    return {zone: country for zone, country in told.items() if zone in known and country.lower() in CONTINENT}


@cache
def _zones_in() -> Counter[str]:
    return Counter(countries().values())


def name_of(zone: str, country: str = "", *, several: bool | None = None) -> str:
    """Return what a zone is called: by its country; `several` says whether that has others, else it is looked up."""
    country = country.upper() or countries().get(zone, "")
    if not country or country == _NOWHERE:
        return _place(zone)
    called = str(_ENGLISH.territories.get(country, country))
    return f"{called} - {_city(zone)}" if several or (several is None and _zones_in()[country] > 1) else called


def _city(zone: str) -> str:
    return str(_ENGLISH.time_zones.get(zone, {}).get("city") or _place(zone))


def _place(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


@cache
def by_continent() -> Mapping[str, Mapping[str, str]]:
    """Return all zones with their names, by the name of their continent; last the one of no place."""
    found: dict[str, dict[str, str]] = {}
    for zone, country in countries().items():
        found.setdefault(continent(CONTINENT[country.lower()]).text, {})[zone] = name_of(zone, country)
    ordered = {name: dict(sorted(zones.items(), key=lambda row: row[1])) for name, zones in sorted(found.items())}
    return ordered | {UTC: {UTC: UTC}}
