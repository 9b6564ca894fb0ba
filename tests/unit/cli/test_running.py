from pathlib import Path

import pytest

from pellucid.cli.running import FILE, Running, alone, running_on
from pellucid.errors import ConfigurationError

HERE = Running("http://127.0.0.1:8080", "http://default:secret@127.0.0.1:9000/default")


def test_a_running_server_is_found(tmp_path: Path) -> None:
    with alone(tmp_path, HERE):
        assert running_on(tmp_path) == HERE

    assert running_on(tmp_path) is None


def test_where_none_ever_ran_none_runs(tmp_path: Path) -> None:
    assert running_on(tmp_path) is None
    assert not (tmp_path / FILE).exists()


def test_what_a_killed_server_has_left_is_no_server(tmp_path: Path) -> None:
    with alone(tmp_path, HERE):
        left = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(left)

    assert running_on(tmp_path) is None
    with alone(tmp_path):
        pass


def test_a_second_server_is_kept_away(tmp_path: Path) -> None:
    with alone(tmp_path, HERE), pytest.raises(ConfigurationError, match="already"), alone(tmp_path, HERE):
        pass


def test_while_a_command_needs_quiet_nothing_is_taken_for_a_server(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(ConfigurationError, match="try again"):
        running_on(tmp_path)


def test_the_secret_is_for_the_servers_account_alone_and_goes_with_it(tmp_path: Path) -> None:
    with alone(tmp_path, HERE):
        assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600

    assert (tmp_path / FILE).read_bytes() == b""
