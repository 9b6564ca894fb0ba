from collections.abc import Mapping
from ipaddress import IPv4Network, ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.enrich.place import CONTINENT, Places
from pellucid.errors import ConfigurationError
from pellucid.model.hit import Place
from pellucid.policy.retention import USER_AGENT_IN_MEMORY
from strategies import IPV4, IPV6

BERLIN = {
    "country": {"iso_code": "DE", "names": {"en": "Germany"}},
    "subdivisions": [{"iso_code": "BE"}, {"iso_code": "X"}],
    "city": {"names": {"de": "Berlin am Wasser", "en": "Berlin"}},
}


def encoded(value: object) -> bytes:
    """A value as MaxMind's format writes it: https://maxmind.github.io/MaxMind-DB/."""
    match value:
        case str():
            return head(2, len(value.encode())) + value.encode()
        case int():
            return head(6, 4) + value.to_bytes(4)
        case list():
            return head(11, len(value)) + b"".join(map(encoded, value))
        case dict():
            return head(7, len(value)) + b"".join(encoded(key) + encoded(inner) for key, inner in value.items())
    raise TypeError(value)


def head(kind: int, size: int) -> bytes:
    long = bytes([size - 29]) if size >= 29 else b""
    extended = bytes([kind - 7]) if kind > 7 else b""
    return bytes([(kind << 5 if kind <= 7 else 0) | min(size, 29)]) + extended + long


def a_database(path: Path, records: Mapping[str, object], ip_version: int = 6) -> Path:
    """A file in MaxMind's format that holds these networks."""
    nodes: list[list[int | None]] = [[None, None]]
    offsets: list[tuple[int, int, int]] = []
    data = b""
    for text, record in records.items():
        network = ip_network(text)
        shift = 96 if ip_version == 6 and isinstance(network, IPv4Network) else 0
        width = shift + network.max_prefixlen
        bits = f"{int(network.network_address):0{width}b}"[: shift + network.prefixlen]
        node = 0
        for bit in map(int, bits[:-1]):
            following = nodes[node][bit]
            if following is None:
                nodes.append([None, None])
                following = nodes[node][bit] = len(nodes) - 1
            node = following
        offsets.append((node, int(bits[-1]), len(data)))
        data += encoded(record)
    count = len(nodes)
    for node, bit, offset in offsets:
        nodes[node][bit] = count + 16 + offset
    tree = b"".join((count if child is None else child).to_bytes(3) for pair in nodes for child in pair)
    about = {
        "node_count": count,
        "record_size": 24,
        "ip_version": ip_version,
        "database_type": "City",
        "languages": ["en"],
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "build_epoch": 1,
        "description": {"en": "of the tests"},
    }
    path.write_bytes(tree + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + encoded(about))
    return path


@pytest.fixture
def places() -> Places:
    return Places(None, lambda: 0.0)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("81.2.69.0", Place("eur", "gb")),
        ("133.1.2.0", Place("asi", "jp")),
        ("2a00:1450:4001::", Place("eur", "ie")),
        ("2001:4860:4860::", Place("amn", "us")),
        ("127.0.0.0", Place()),
        ("10.0.0.0", Place()),
        ("fe80::", Place()),
        ("", Place()),
        ("nonsense", Place()),
    ],
)
def test_a_masked_address_has_a_country(places: Places, address: str, place: Place) -> None:
    found = places.place(address)

    assert (found.continent, bool(found.country)) == (place.continent, bool(place.country))


@given(IPV4 | IPV6 | st.text(max_size=20))
def test_any_address_is_somewhere_or_nowhere(address: str) -> None:
    found = Places(None, lambda: 0.0).place(address)

    assert found.continent == CONTINENT.get(found.country, "")
    assert (found.region, found.city) == ("", "")


def test_every_country_has_a_continent() -> None:
    assert len(CONTINENT) > 240
    assert set(CONTINENT.values()) == {"afr", "amn", "ams", "amc", "ant", "asi", "eur", "oce"}
    assert all(len(country) == 2 for country in CONTINENT)


def test_the_owners_database_tells_more(tmp_path: Path) -> None:
    records = {"1.2.3.0/24": BERLIN, "2001:db8::/32": {"country": {"iso_code": "JP"}}, "81.2.0.0/16": {}}
    places = Places(a_database(tmp_path / "places.mmdb", records), lambda: 0.0)

    assert places.place("1.2.3.0") == Place("eur", "de", "BE", "Berlin")
    assert places.place("2001:db8:1::") == Place("asi", "jp")


def test_of_what_the_owners_database_does_not_know_the_country_is_told(tmp_path: Path) -> None:
    records = {"81.2.69.0/24": {"autonomous_system_organization": "Andrews"}, "133.1.0.0/16": {}}
    places = Places(a_database(tmp_path / "places.mmdb", records), lambda: 0.0)

    assert places.place("81.2.69.0") == Place("eur", "gb", provider="Andrews")
    assert places.place("133.1.2.0") == Place("asi", "jp")
    assert places.place("2001:4860:4860::") == Place("amn", "us")


def test_a_second_database_tells_the_provider(tmp_path: Path) -> None:
    cities = {"1.2.3.0/24": BERLIN, "1.2.4.0/24": BERLIN | {"isp": "Of the first"}}
    providers = {"1.2.0.0/16": {"autonomous_system_organization": "Example", "country": {"iso_code": "JP"}}}
    places = Places(
        a_database(tmp_path / "places.mmdb", cities), lambda: 0.0, a_database(tmp_path / "providers.mmdb", providers)
    )

    assert places.place("1.2.3.0") == Place("eur", "de", "BE", "Berlin", "Example")
    assert places.place("1.2.4.0") == Place("eur", "de", "BE", "Berlin", "Of the first")
    assert places.place("1.2.5.0").provider == "Example"


def test_a_database_of_providers_may_be_alone(tmp_path: Path) -> None:
    database = a_database(tmp_path / "providers.mmdb", {"81.2.69.0/24": {"isp": "Andrews"}})

    assert Places(None, lambda: 0.0, database).place("81.2.69.0") == Place("eur", "gb", provider="Andrews")


@pytest.mark.parametrize("wrong", [0x00, 0x20, 0x3F, 0x5D, 0x80, 0x98, 0xE1, 0xFF])
def test_a_record_that_is_damaged_leaves_the_country(tmp_path: Path, wrong: int) -> None:
    record = BERLIN | {"country": {"iso_code": "GB"}, "isp": "A" * 40}
    path = a_database(tmp_path / "places.mmdb", {"81.2.69.0/24": record})
    whole = path.read_bytes()
    # The record stands between the tree and what is told about the database.
    ends = whole.index(b"\xab\xcd\xefMaxMind.com")
    found = set()

    for place in range(whole.index(b"country") - 2, ends):
        path.write_bytes(whole[:place] + bytes([wrong]) + whole[place + 1 :])
        found.add(Places(path, lambda: 0.0).place("81.2.69.0").country)

    assert "gb" in found
    assert all(len(country) == 2 for country in found)


def test_a_database_of_ipv4_alone_does_not_lose_visitors_by_ipv6(tmp_path: Path) -> None:
    places = Places(a_database(tmp_path / "places.mmdb", {"1.2.3.0/24": BERLIN}, ip_version=4), lambda: 0.0)

    assert places.place("1.2.3.0").city == "Berlin"
    assert places.place("2001:4860:4860::") == Place("amn", "us")


@pytest.mark.parametrize("record", [{"country": "DE"}, {"country": {"iso_code": 3}}, ["DE"], "DE"])
def test_a_database_of_another_form_leaves_the_country(tmp_path: Path, record: object) -> None:
    places = Places(a_database(tmp_path / "places.mmdb", {"81.2.69.0/24": record}), lambda: 0.0)

    assert places.place("81.2.69.0") == Place("eur", "gb")


@pytest.mark.parametrize("content", [b"nothing", b"", None])
def test_a_file_that_is_no_database_is_refused_with_its_name(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "places.mmdb"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ConfigurationError, match=r"places\.mmdb is no MaxMind-format database"):
        Places(path, lambda: 0.0)


def test_an_address_that_was_looked_up_is_forgotten_within_the_hour() -> None:
    now = 0.0
    places = Places(None, lambda: now)
    places.place("81.2.69.0")
    assert places._memory.get("81.2.69.0") == Place("eur", "gb")

    now = USER_AGENT_IN_MEMORY.total_seconds()
    places.forget()

    assert places._memory.get("81.2.69.0") is None
    assert not places._memory._older
