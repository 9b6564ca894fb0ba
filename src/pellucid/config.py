"""Settings: each is a row with name, default and help, read once, from the environment or `pellucid.toml`.

Only the map (`app`) and the commands read settings; everybody else is given what they need.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct, ValidationError, convert

from pellucid.errors import ConfigurationError

PREFIX = "PELLUCID_"
FILE = "pellucid.toml"


class Setting(Struct, frozen=True):
    """One row: `default` also says of which type a value is; lists are written with commas in the environment."""

    name: str
    default: str | int | tuple[str, ...]
    help: str


SETTINGS: tuple[Setting, ...] = (
    Setting("host", "127.0.0.1", "The address to listen on; `::` or `0.0.0.0` for all."),
    Setting("port", 8080, "The port to listen on."),
    Setting("workers", 1, "How many processes take hits and answer questions; about one a core."),
    Setting(
        "trusted_proxies",
        (),
        "Addresses or networks of the proxies in front, such as `127.0.0.1,10.0.0.0/8`. Their `X-Forwarded-For` and "
        "`X-Forwarded-Proto` are believed; without it every visitor behind a proxy has the proxy's address.",
    ),
    Setting(
        "database_url",
        "",
        "Where sites, accounts and tokens are kept: `postgresql://account:password@host/name`; empty for a file in the "
        "data directory.",
    ),
    Setting(
        "clickhouse_url",
        "",
        "Where events are kept: `http://account:password@host:8123/name`; empty for the engine that comes along, with "
        "its files in the data directory.",
    ),
    Setting("query_seconds", 60, "How many seconds a question to the reports may take; beyond it is not answered."),
    Setting("query_memory", 4 * 1024**3, "How many bytes of memory a question to the reports may take in the engine."),
    Setting(
        "place_database",
        "",
        "A MaxMind-format database (`.mmdb`) for regions and cities; empty for countries alone, or for `places.mmdb` "
        "in the data directory if it is there. Of what it does not know the country is told all the same.",
    ),
    Setting(
        "provider_database",
        "",
        "A MaxMind-format database (`.mmdb`) for providers (of ISPs or of networks, ASN), if that of places does "
        "not tell them; empty for none, or for `providers.mmdb` in the data directory if it is there.",
    ),
    Setting(
        "journal_limit",
        2 * 1024**3,
        "How many bytes of hits may wait for the store in each process's journal; beyond it hits get a 503.",
    ),
    Setting(
        "bulk_patience",
        2,
        "How many seconds a bulk request waits, in all, for what its devices are exactly; then a quicker guess counts.",
    ),
    Setting(
        "metrics_token",
        "",
        "The bearer token that `/metrics` asks for; empty for answering requests from this machine alone.",
    ),
)


class Settings(Struct, frozen=True, kw_only=True):
    """The values of all settings, and the directory that holds what is kept."""

    data: Path
    host: str
    port: int
    workers: int
    trusted_proxies: tuple[str, ...]
    database_url: str
    clickhouse_url: str
    query_seconds: int
    query_memory: int
    place_database: str
    provider_database: str
    journal_limit: int
    bulk_patience: int
    metrics_token: str


def read_settings(data: Path, environment: Mapping[str, str], **given: str | int | None) -> Settings:
    """Return the settings of an installation: what is `given` counts first, then the environment, then the file.

    Raises `ConfigurationError` for a name that is no setting and for a value of the wrong type.
    """
    values: dict[str, object] = {setting.name: setting.default for setting in SETTINGS}
    values |= _from_file(data / FILE)
    values |= _from_environment(environment)
    values |= {name: value for name, value in given.items() if value is not None}
    try:
        return convert(values | {"data": data.absolute()}, Settings, strict=False)
    except ValidationError as error:
        raise ConfigurationError(f"A setting has a wrong value: {error}") from error


def _from_file(path: Path) -> dict[str, object]:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} can not be read: {error}") from error
    return _known(found, str(path))


def _from_environment(environment: Mapping[str, str]) -> dict[str, object]:
    found = {name.removeprefix(PREFIX).lower(): text for name, text in environment.items() if name.startswith(PREFIX)}
    found.pop("data", None)
    lists = {setting.name for setting in SETTINGS if isinstance(setting.default, tuple)}
    read = {name: _parts(text) if name in lists else text for name, text in found.items()}
    return _known(read, "The environment")


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _known(found: Mapping[str, object], where: str) -> dict[str, object]:
    names = {setting.name for setting in SETTINGS}
    for name in found:
        if name not in names:
            raise ConfigurationError(
                f"{where} sets {name!r}, which is no setting; there are {', '.join(sorted(names))}."
            )
    return dict(found)
