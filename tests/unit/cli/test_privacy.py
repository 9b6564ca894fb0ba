from click.testing import CliRunner

from pellucid.cli.main import commands
from pellucid.policy.states import STATES


def _run(*arguments: str) -> tuple[int, str]:
    done = CliRunner(env={"COLUMNS": "400"}).invoke(commands, ["privacy", *arguments])
    return done.exit_code, done.output


def test_every_state_is_printed() -> None:
    status, told = _run("states")

    assert status == 0
    assert [state.name for state in STATES if state.name not in told] == []


def test_one_may_ask_for_some_states() -> None:
    _, told = _run("states", "--state", "opted OUT before")

    assert "opted out before" in told
    assert "preset strict" not in told
    assert "mtm_consent_removed" in told


def test_who_asks_for_no_state_is_told_so() -> None:
    status, told = _run("states", "--state", "no such")

    assert status == 2
    assert "No state has 'no such' in its name." in told
