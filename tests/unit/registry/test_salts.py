import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from msgspec import json, structs

from pellucid.errors import Unavailable
from pellucid.model.site import Site
from pellucid.policy.presets import PRESETS
from pellucid.registry.salts import SALT_BYTES, Salts

HOUR = 3600.0
MONDAY = 20416
"""24 November 2025, in days since 1970."""
MONDAY_ENDS = (MONDAY + 1) * 24 * HOUR
"""In UTC."""

ASK_AT_ONCE = """
import sys
from pathlib import Path
from msgspec import json
from pellucid.model.site import Site
from pellucid.registry.salts import Salts
path, site, day = Path(sys.argv[1]), json.decode(sys.argv[2], type=Site), int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
print(Salts(path, lambda: day * 86400.0).salt(site, day).hex())
"""


def a_site(site_id: int = 1, timezone: str = "UTC") -> Site:
    return Site(
        id=site_id,
        name="A",
        urls=("http://a",),
        timezone=timezone,
        currency="EUR",
        ecommerce=False,
        privacy=PRESETS["cookieless"],
        created=datetime(2025, 1, 1, tzinfo=UTC),
    )


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, now: float = MONDAY_ENDS - HOUR) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "salts.db"


def on_disk(path: Path, salts: Iterable[bytes]) -> int:
    """How many of the salts can be found in any file beside `path`."""
    raw = b"\n".join(file.read_bytes() for file in path.parent.iterdir())
    return sum(salt in raw for salt in salts)


def test_a_salt_stays_the_same_for_its_site_and_day(path: Path, clock: Clock) -> None:
    with closing(Salts(path, clock)) as here, closing(Salts(path, clock)) as there:
        salt = here.salt(a_site(), MONDAY)

        assert len(salt) == SALT_BYTES
        assert here.salt(a_site(), MONDAY) == salt
        assert there.salt(a_site(), MONDAY) == salt


def test_no_two_sites_and_no_two_days_share_a_salt(path: Path, clock: Clock) -> None:
    with closing(Salts(path, clock)) as salts:
        assert len({salts.salt(a_site(site), MONDAY + day) for site in (1, 2) for day in (0, 1)}) == 4


def test_a_salt_survives_a_restart(path: Path, clock: Clock) -> None:
    with closing(Salts(path, clock)) as before:
        salt = before.salt(a_site(), MONDAY)

    with closing(Salts(path, clock)) as after:
        assert after.salt(a_site(), MONDAY) == salt


@pytest.mark.parametrize(("timezone", "hours_after_utc"), [("UTC", 0), ("Pacific/Auckland", -13), ("America/Lima", 5)])
def test_a_salt_is_destroyed_24_hours_after_its_local_day(
    path: Path,
    clock: Clock,
    timezone: str,
    hours_after_utc: int,
) -> None:
    with closing(Salts(path, clock)) as salts:
        salt = salts.salt(a_site(timezone=timezone), MONDAY)
        due = MONDAY_ENDS + (hours_after_utc + 24) * HOUR

        clock.now = due - 1
        assert salts.destroy_expired() == 0
        assert salts.salt(a_site(timezone=timezone), MONDAY) == salt
        clock.now = due
        assert salts.destroy_expired() == 1
        assert salts.salt(a_site(timezone=timezone), MONDAY) != salt


def test_a_salt_that_is_due_is_not_given_out_though_nobody_has_destroyed_it_yet(path: Path, clock: Clock) -> None:
    with closing(Salts(path, clock)) as here, closing(Salts(path, clock)) as there:
        salt = here.salt(a_site(), MONDAY)
        clock.now = MONDAY_ENDS + 24 * HOUR

        assert here.salt(a_site(), MONDAY) != salt
        assert there.salt(a_site(), MONDAY) == here.salt(a_site(), MONDAY)


def test_no_byte_of_a_destroyed_salt_is_left_in_any_file(path: Path, clock: Clock) -> None:
    # Many, in disorder, so that the file's pages are split and merged: each move leaves a copy behind.
    disorder = Random(10)  # noqa: S311 -- the same disorder each time
    with closing(Salts(path, clock)) as salts, closing(Salts(path, clock)) as another_process:
        salts._connection.execute("pragma synchronous = off")
        sites = [a_site(number) for number in range(200)]
        made: dict[int, list[bytes]] = {}
        for day in range(MONDAY, MONDAY + 4):
            clock.now = (day + 1) * 24 * HOUR - 1
            salts.destroy_expired()
            disorder.shuffle(sites)
            made[day] = [salts.salt(site, day) for site in sites]
        another_process.salt(sites[0], day)
        assert on_disk(path, made[day]) == len(sites), "the salts of today are where we look"

        clock.now = (day + 2) * 24 * HOUR - 1
        salts.destroy_expired()

        assert on_disk(path, [salt for day in range(MONDAY, MONDAY + 3) for salt in made[day]]) == 0
        assert on_disk(path, made[day]) == len(sites)


def test_who_is_killed_between_deleting_and_overwriting_is_caught_up_with(path: Path, clock: Clock) -> None:
    with closing(Salts(path, clock)) as killed:
        salt = killed.salt(a_site(), MONDAY)
        clock.now = MONDAY_ENDS + 24 * HOUR
        with killed._changing():
            killed._destroy_due()
    # What a page that was moved leaves behind.
    with path.open("ab") as file:
        file.write(salt.ljust(4096, b"\0"))

    with closing(Salts(path, clock)) as salts:
        salts.destroy_expired()

    assert on_disk(path, [salt]) == 0


def test_a_process_forgets_what_another_has_destroyed(path: Path, clock: Clock) -> None:
    with closing(Salts(path, clock)) as web:
        web.salt(a_site(), MONDAY)
        clock.now = MONDAY_ENDS + 24 * HOUR

        web.forget()

        assert not web._known


def test_a_salt_for_a_late_hit_of_an_old_day_is_kept_24_hours(path: Path, clock: Clock) -> None:
    long_ago = MONDAY - 100
    with closing(Salts(path, clock)) as salts:
        salt = salts.salt(a_site(), long_ago)
        made = clock.now

        clock.now = made + 24 * HOUR - 1
        salts.destroy_expired()
        assert salts.salt(a_site(), long_ago) == salt, "asking again does not prolong it either"
        clock.now = made + 24 * HOUR
        assert salts.destroy_expired() == 1
        assert on_disk(path, [salt]) == 0


def test_an_import_holds_the_salts_of_its_days_until_it_ends(path: Path, clock: Clock) -> None:
    with closing(Salts(path, clock)) as salts, closing(Salts(path, clock)) as upkeep:
        with salts.held() as held:
            old, recent = held(a_site(), MONDAY - 100), held(a_site(), MONDAY - 1)
            clock.now += 12 * HOUR
            upkeep.destroy_expired()

            assert (held(a_site(), MONDAY - 100), held(a_site(), MONDAY - 1)) == (old, recent)

        assert on_disk(path, [old, recent]) == 0


def test_two_imports_of_the_same_days_do_not_destroy_each_others_salts(path: Path, clock: Clock) -> None:
    with closing(Salts(path, clock)) as one, closing(Salts(path, clock)) as other, one.held() as first:
        salt = first(a_site(), MONDAY - 100)
        with other.held() as second:
            assert second(a_site(), MONDAY - 100) == salt

        clock.now += 1
        assert first(a_site(), MONDAY - 100) == salt


def test_an_import_holds_salts_for_24_hours_at_most(path: Path, clock: Clock) -> None:
    with closing(Salts(path, clock)) as stuck, closing(Salts(path, clock)) as upkeep, stuck.held() as held:
        salt = held(a_site(), MONDAY - 100)

        clock.now += 24 * HOUR
        upkeep.destroy_expired()

        assert on_disk(path, [salt]) == 0


def test_processes_that_ask_at_once_get_one_salt(path: Path) -> None:
    command = [sys.executable, "-c", ASK_AT_ONCE, str(path), json.encode(a_site()).decode(), str(MONDAY)]
    asking = [subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(4)]
    for process in asking:
        assert process.stdout is not None
        process.stdout.readline()
    for process in asking:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()

    answers = {process.communicate()[0].strip() for process in asking}

    assert [len(answer) for answer in answers] == [2 * SALT_BYTES]


def test_nobody_else_may_read_the_file(path: Path, clock: Clock) -> None:
    with closing(Salts(path, clock)) as salts:
        salts.salt(a_site(), MONDAY)

        assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}


def test_a_file_that_can_not_be_used_is_told_without_a_secret(path: Path, clock: Clock) -> None:
    with closing(Salts(path, clock)) as salts, closing(sqlite3.connect(path)) as another:
        salts._connection.execute("pragma busy_timeout = 1")
        another.execute("begin exclusive")

        with pytest.raises(Unavailable, match=r"salts\.db: database is locked"):
            salts.salt(structs.replace(a_site(), id=9), MONDAY)
