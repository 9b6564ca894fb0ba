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


def a_privacy(data: Path) -> dict[str, object]:
    (listed,) = json.loads(run(data, "list", "--json"))
    return dict(listed["privacy"])


def test_a_site_gets_the_settings_of_another_preset(tmp_path: Path) -> None:
    run(tmp_path, "add", "Shop", "https://shop.example")

    told = run(tmp_path, "privacy", "1", "--preset", "strict", "--keep", "30", "--ask-first")

    privacy = a_privacy(tmp_path)
    assert (privacy["preset"], privacy["retention_days"], privacy["asks_first"]) == ("strict", 30, True)
    assert "retention days" in told


@pytest.mark.parametrize(("days", "kept"), [("1", 1), ("400", 400), ("0", 182), ("401", 182), ("ever", 182)])
def test_consent_is_remembered_for_as_many_days_as_are_settled(tmp_path: Path, days: str, kept: int) -> None:
    run(tmp_path, "add", "Shop", "https://shop.example")

    CliRunner().invoke(site, ["privacy", "1", "--consent-days", days, "--data", str(tmp_path)])

    assert a_privacy(tmp_path)["consent_days"] == kept


@pytest.mark.parametrize(
    ("hidden", "shown"), [("visits", (False, False)), ("profiles", (True, False)), ("nothing", (True, True))]
)
def test_single_visits_and_profiles_can_be_hidden(tmp_path: Path, hidden: str, shown: tuple[bool, bool]) -> None:
    run(tmp_path, "add", "Shop", "https://shop.example")

    run(tmp_path, "privacy", "1", "--hide", hidden)

    privacy = a_privacy(tmp_path)
    assert (privacy["shows_visits"], privacy["shows_profiles"]) == shown


def test_signals_are_ignored_for_a_reason_that_is_kept_and_against_a_warning(tmp_path: Path) -> None:
    run(tmp_path, "add", "Shop", "https://shop.example")

    told = CliRunner().invoke(
        site, ["privacy", "1", "--signals", "ignore", "--because", "A survey.", "--data", str(tmp_path)]
    )
    ignored = a_privacy(tmp_path)
    run(tmp_path, "privacy", "1", "--signals", "honour")

    assert "/privacy/1" in told.stderr
    assert (ignored["honour_gpc"], ignored["honour_dnt"]) == (False, False)
    assert ignored["signals_ignored_because"] == "A survey."
    assert a_privacy(tmp_path)["honour_gpc"] is True
    assert a_privacy(tmp_path)["signals_ignored_because"] == ""


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--signals", "ignore"], "belong together"),
        (["--because", "so"], "belong together"),
        (["--keep", "soon"], "A number of days, or 'forever'; not 'soon'."),
        (["--keep", "0"], "A number of days"),
    ],
)
def test_settings_that_make_no_sense_change_nothing(tmp_path: Path, options: list[str], told: str) -> None:
    run(tmp_path, "add", "Shop", "https://shop.example")
    before = a_privacy(tmp_path)

    done = CliRunner().invoke(site, ["privacy", "1", *options, "--data", str(tmp_path)])

    assert done.exit_code == 2
    assert told in done.output
    assert a_privacy(tmp_path) == before


def test_settings_are_shown_where_nothing_is_changed(tmp_path: Path) -> None:
    run(tmp_path, "add", "Shop", "https://shop.example", "--preset", "matomo")

    assert "None" in run(tmp_path, "privacy", "1")
    assert a_privacy(tmp_path)["preset"] == "matomo"


def test_a_wrong_value_adds_nothing(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="time zone"):
        run(tmp_path, "add", "Shop", "https://shop.example", "--timezone", "Vienna")

    assert json.loads(run(tmp_path, "list", "--json")) == []
