import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pellucid.cli.site import site
from pellucid.errors import RequestError


def run(data: Path, *arguments: str) -> str:
    done = CliRunner().invoke(site, [*arguments, "--data", str(data)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_adding_a_site_prints_its_id_and_nothing_else(tmp_path: Path) -> None:
    data = tmp_path / "not there yet"

    told = [run(data, "add", name, "https://example.org", "https://www.example.org") for name in ("One", "Two")]

    assert told == ["1\n", "2\n"]


def test_a_site_has_what_it_was_given(tmp_path: Path) -> None:
    options = ["--preset", "strict", "--timezone", "Europe/Vienna", "--currency", "eur", "--ecommerce"]
    run(tmp_path, "add", "Shop", "https://shop.example", *options)

    (listed,) = json.loads(run(tmp_path, "list", "--json"))

    assert listed["privacy"]["preset"] == "strict"
    assert [listed[name] for name in ("id", "name", "urls", "timezone", "currency", "ecommerce")] == [
        1,
        "Shop",
        ["https://shop.example"],
        "Europe/Vienna",
        "EUR",
        True,
    ]


def test_sites_are_listed_for_people_too(tmp_path: Path) -> None:
    run(tmp_path, "add", "A [bold] name", "https://example.org")

    listed = run(tmp_path, "list")

    assert "A [bold] name" in listed
    assert "cookieless" in listed


def test_a_wrong_value_adds_nothing(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="time zone"):
        run(tmp_path, "add", "Shop", "https://shop.example", "--timezone", "Vienna")

    assert json.loads(run(tmp_path, "list", "--json")) == []
