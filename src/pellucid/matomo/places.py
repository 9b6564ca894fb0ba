"""The methods of `UserCountry` that tell of no visit: names of countries, and where an address is."""

from collections.abc import Mapping

from pellucid.enrich.place import CONTINENT
from pellucid.errors import RequestError
from pellucid.matomo.call import Answer, Call, Method, Record
from pellucid.matomo.labels import UNKNOWN, continent, country, region_name
from pellucid.model.account import Access
from pellucid.model.site import Site
from pellucid.policy.identity import masked
from pellucid.policy.presets import DEFAULT, PRESETS

_CONTINENTS = {
    "afr": "AF",
    "amc": "NA",
    "amn": "NA",
    "ams": "SA",
    "ant": "AN",
    "asi": "AS",
    "eur": "EU",
    "oce": "OC",
}
"""The codes of continents as databases of places have them, from Matomo's own."""


def _countries(_call: Call, _sites: list[Site]) -> Answer:
    named = {code: country(code).text for code in sorted(CONTINENT)}
    return Record({code: name for code, name in named.items() if name != UNKNOWN})


def _location(call: Call, _sites: list[Site]) -> Answer:
    """Return where an address is, or that of who asks: as far as a new site lets it be seen, and nothing is kept."""
    address = call.given.text("ip", "") or call.asking.address
    preset = PRESETS[DEFAULT]
    place = call.place(masked(address, preset.located_address_bits, preset.located_address_bits_v6))
    if not place.country:
        raise RequestError(f"Could not geolocate '{address}'!")
    told: dict[str, Answer] = {
        "continent_name": continent(place.continent).text,
        "continent_code": _CONTINENTS.get(place.continent, ""),
        "country_code": place.country.upper(),
        "country_name": country(place.country).text,
        "city_name": place.city,
        "lat": place.latitude,
        "long": place.longitude,
        "region_code": place.region,
        "region_name": region_name(place.region, place.country),
        "isp": place.provider,
    }
    always = ("city_name",)
    known = {name: value for name, value in told.items() if name in always or value not in {"", None}}
    return Record(known | {"ip": address})


METHODS: Mapping[str, Method] = {
    "UserCountry.getCountryCodeMapping": Method(_countries, access=None),
    "UserCountry.getLocationFromIP": Method(_location, access=None, somewhere=Access.VIEW),
}
