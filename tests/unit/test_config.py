from pathlib import Path

import pytest
from msgspec import structs

from pellucid.config import FILE, SETTINGS, Setting, Settings, read_settings
from pellucid.errors import ConfigurationError

DATABASE = "postgresql://pellucid:a-password@db/pellucid"


def in_environment(setting: Setting) -> str:
    """Return a value that a setting does not have by default, as the environment has it."""
    match setting.default:
        case int():
            return str(setting.default + 1)
        case tuple():
            return "one, two"
        case _:
            return "something"


def read(value: str, setting: Setting) -> object:
    match setting.default:
        case int():
            return int(value)
        case tuple():
            return ("one", "two")
        case _:
            return value


def test_every_setting_is_a_row_with_a_default_and_help() -> None:
    names = [setting.name for setting in SETTINGS]

    assert [field.name for field in structs.fields(Settings)] == ["data", *names]
    assert [setting.name for setting in SETTINGS if len(setting.help) < 20 or not setting.help.endswith(".")] == []


def test_without_anything_every_setting_has_its_default(tmp_path: Path) -> None:
    settings = read_settings(tmp_path, {"PATH": "/bin"})

    assert structs.asdict(settings) == {setting.name: setting.default for setting in SETTINGS} | {"data": tmp_path}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_read_from_the_environment(tmp_path: Path, setting: Setting) -> None:
    value = in_environment(setting)

    settings = read_settings(tmp_path, {f"PELLUCID_{setting.name.upper()}": value})

    assert getattr(settings, setting.name) == read(value, setting)


def test_what_is_given_counts_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("host = '10.0.0.1'\nport = 1\nworkers = 1\ntrusted_proxies = ['10.0.0.9']\n")

    settings = read_settings(tmp_path, {"PELLUCID_PORT": "2", "PELLUCID_WORKERS": "2"}, host=None, workers=3)

    assert (settings.host, settings.port, settings.workers) == ("10.0.0.1", 2, 3)
    assert settings.trusted_proxies == ("10.0.0.9",)


def test_the_data_directory_is_no_setting_of_the_file_and_is_absolute(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)

    settings = read_settings(Path("data"), {"PELLUCID_DATA": "elsewhere"})

    assert settings.data == tmp_path / "data"


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"PELLUCID_PROT": "80"}, "The environment sets 'prot', which is no setting; there are bulk_patience, "),
        ({"PELLUCID_PORT": "http"}, "A setting has a wrong value: .*port"),
        ({"PELLUCID_WORKERS": ""}, "A setting has a wrong value: .*workers"),
    ],
)
def test_what_is_wrong_in_the_environment_is_named(tmp_path: Path, environment: dict[str, str], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        read_settings(tmp_path, environment)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("prot = 80", "pellucid.toml sets 'prot', which is no setting"),
        ("data = '/srv'", "pellucid.toml sets 'data', which is no setting"),
        ("port = [80]", "A setting has a wrong value: .*port"),
        ("port = ", "pellucid.toml can not be read"),
        (b"host = '\xff'", "pellucid.toml can not be read"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(tmp_path: Path, text: str | bytes, told: str) -> None:
    (tmp_path / FILE).write_bytes(text if isinstance(text, bytes) else text.encode())

    with pytest.raises(ConfigurationError, match=told):
        read_settings(tmp_path, {})


def test_no_error_repeats_a_secret(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(f"database_url = ['{DATABASE}']")

    with pytest.raises(ConfigurationError) as told:
        read_settings(tmp_path, {})

    assert "a-password" not in str(told.value)
