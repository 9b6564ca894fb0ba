from collections.abc import Iterator
from pathlib import Path

import pytest

from pellucid.collect.collector import _located
from pellucid.enrich import place as place_module
from pellucid.enrich.place import CONTINENT, Places
from pellucid.errors import ConfigurationError
from pellucid.model.hit import Place
from pellucid.policy.presets import PRESETS
from unit.collect.test_endpoint import a_site


@pytest.fixture
def places() -> Iterator[Places]:
    return Places(None, lambda: 0.0)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("81.2.69.0", Place("eur", "gb")),
        ("133.1.2.0", Place("asi", "jp")),
        ("2a00:1450:4001::", Place("eur", "ie")),
        ("127.0.0.0", Place()),
        ("10.0.0.0", Place()),
        ("", Place()),
        ("nonsense", Place()),
    ],
)
def test_a_masked_address_has_a_country(places: Places, address: str, place: Place) -> None:
    found = places.place(address)

    assert (found.continent, bool(found.country)) == (place.continent, bool(place.country))


def test_every_country_has_a_continent() -> None:
    assert len(CONTINENT) > 240
    assert set(CONTINENT.values()) == {"afr", "amn", "ams", "amc", "ant", "asi", "eur", "oce"}


@pytest.mark.parametrize(
    ("preset", "seen"),
    [("cookieless", "81.2.69.0"), ("strict", "81.2.69.0"), ("exempt-fr", "81.2.0.0"), ("matomo", "81.2.69.142")],
)
def test_the_address_that_place_is_looked_up_for_is_masked_as_the_preset_says(preset: str, seen: str) -> None:
    assert preset in PRESETS
    assert _located("81.2.69.142", a_site(1, preset)) == seen


def test_a_file_that_is_no_database_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "places.mmdb"
    path.write_bytes(b"nothing")

    with pytest.raises(ConfigurationError, match=r"places\.mmdb is no MaxMind-format database"):
        place_module.Places(path, lambda: 0.0)
