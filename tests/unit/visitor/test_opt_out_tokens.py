import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.visitor.opt_out_tokens import LIFETIMES, Purpose, Standing, Tokens, kept_secret

NOW = 1_764_000_000.0


def tokens(now: float = NOW, secret: bytes = b"secret") -> Tokens:
    return Tokens(secret, lambda: now)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_mark_is_good_for_its_time_and_no_longer(purpose: Purpose) -> None:
    mark = tokens().give(purpose)
    until = NOW + LIFETIMES[purpose].total_seconds()

    assert tokens(until - 1).look_at(mark, purpose) is Standing.GOOD
    assert tokens(until).look_at(mark, purpose) is Standing.EXPIRED


@pytest.mark.parametrize("given_for", Purpose)
@pytest.mark.parametrize("used_for", Purpose)
def test_a_mark_is_good_for_its_purpose_alone(given_for: Purpose, used_for: Purpose) -> None:
    mark = tokens().give(given_for)

    standing = tokens().look_at(mark, used_for)

    assert (standing is Standing.GOOD) == (given_for is used_for)


def test_a_mark_of_another_server_is_none() -> None:
    mark = tokens(secret=b"another").give(Purpose.OBJECT)

    assert tokens().look_at(mark, Purpose.OBJECT) is Standing.FORGED


def test_a_mark_is_not_made_to_last_longer() -> None:
    until, _, signature = tokens().give(Purpose.OBJECT).partition(".")

    longer = f"{int(until, 16) + 1:x}.{signature}"

    assert tokens().look_at(longer, Purpose.OBJECT) is Standing.FORGED


@given(st.text())
def test_whatever_is_no_mark_is_forged(text: str) -> None:
    assert tokens().look_at(text, Purpose.OBJECT) is Standing.FORGED


def test_everyone_gets_the_same_mark_in_the_same_second() -> None:
    assert tokens(NOW).give(Purpose.OBJECT) == tokens(NOW + 0.9).give(Purpose.OBJECT)


def test_the_secret_is_made_once_and_is_nobody_elses_to_read(tmp_path: Path) -> None:
    path = tmp_path / "opt_out.secret"

    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(kept_secret, [path] * 8))

    assert secrets == {path.read_bytes()}
    assert len(path.read_bytes()) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]
