import asyncio
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner
from msgspec import structs

from builders import an_event
from pellucid.cli.checks import Check, State, checks
from pellucid.cli.doctor import doctor
from pellucid.cli.running import Running, alone
from pellucid.config import Settings, read_settings
from pellucid.journal.journal import Journal
from pellucid.model.event import Event
from pellucid.registry.database import open_database, sqlite_url
from pellucid.registry.registry import Registry
from pellucid.serving import listen
from pellucid.store.client import Store

DEPLOY = Path(__file__).parents[3] / "deploy"
NOWHERE = "http://default:secret@127.0.0.1:9/default"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    directory = tmp_path / "data"
    directory.mkdir(mode=0o700)
    return directory


@pytest.fixture
def registry(data: Path) -> Iterator[Registry]:
    with closing(Registry(open_database(sqlite_url(data / "registry.db")))) as registry:
        yield registry


@pytest.fixture
def well(registry: Registry) -> Registry:
    """An installation with a site and somebody who may do everything."""
    registry.add_site("Example", ["https://example.org"])
    registry.add_account("anna", superuser=True)
    return registry


def settings(data: Path, **given: str | int) -> Settings:
    return read_settings(data, {}, **given)


def found(data: Path, name: str, **given: str | int) -> Check:
    """Return the last check of a name, which has to be the worst where there are several."""
    named = [check for check in checks(settings(data, **given)) if check.name == name]
    return max(named, key=lambda check: list(State).index(check.state))


def answering(body: str) -> tuple[Thread, str]:
    """Start something that answers one request with a body; return its address."""
    listener = listen("127.0.0.1", 0)

    def answer() -> None:
        with listener, listener.accept()[0] as connection:
            connection.recv(65_536)
            connection.sendall(f"HTTP/1.1 200 OK\r\n\r\n{body}".encode())

    thread = Thread(target=answer)
    thread.start()
    return thread, f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_an_installation_that_is_well_has_no_problem(data: Path, well: Registry) -> None:
    assert well.sites()

    done = CliRunner().invoke(doctor, ["--data", str(data), "--json"])

    told = {check["name"]: check["state"] for check in json.loads(done.stdout)}
    assert done.exit_code == 0
    assert told == {
        "python": "ok",
        "data directory": "ok",
        "disk": "ok",
        "fsync": "ok",
        "server": "warning",
        "hits that wait": "ok",
        "trusted proxies": "warning",
        "logs": "ok",
        "places": "ok",
        "sites": "ok",
        "accounts": "ok",
        "clock": "ok",
        "objections": "ok",
        "events": "ok",
    }


def test_a_problem_ends_with_status_1_and_says_what_to_do(tmp_path: Path) -> None:
    done = CliRunner().invoke(doctor, ["--data", str(tmp_path / "away")])

    assert done.exit_code == 1
    assert "is not there" in done.stdout
    assert "--data" in done.stdout
    assert not (tmp_path / "away").exists()


def test_everything_that_is_not_well_comes_with_advice(data: Path) -> None:
    told = checks(settings(data, clickhouse_url=NOWHERE))

    assert [check for check in told if (check.state is not State.OK) != bool(check.advice)] == []


def test_a_directory_that_others_can_look_into_is_told(data: Path, well: Registry) -> None:
    assert well.sites()
    data.chmod(0o755)

    assert found(data, "data directory").state is State.WARNING


def test_hits_that_wait_without_a_server_are_told(data: Path, well: Registry) -> None:
    assert well.sites()
    with closing(Journal(data / "journal", 1 << 30)) as journal:
        asyncio.run(journal.append([(1, b"a"), (2, b"b")]))

    told = found(data, "hits that wait")

    assert (told.state, told.told) == (State.WARNING, "2")


def test_a_journal_near_its_limit_is_a_problem(data: Path, well: Registry) -> None:
    assert well.sites()
    with closing(Journal(data / "journal", 1 << 30)) as journal:
        asyncio.run(journal.append([(1, bytes(50_000))]))

    assert found(data, "hits that wait", journal_limit=60_000).state is State.PROBLEM


def test_a_broken_journal_is_a_problem_and_no_traceback(data: Path, well: Registry) -> None:
    assert well.sites()
    (data / "journal").mkdir()
    (data / "journal" / "broken.journal").write_bytes(b"no database" * 1000)

    assert found(data, "hits that wait").state is State.PROBLEM


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ('{"status":"ok"}', State.OK),
        ('{"status":"degraded"}', State.WARNING),
        ('{"status":"unavailable"}', State.PROBLEM),
        ("hello", State.PROBLEM),
    ],
)
def test_what_the_server_says_of_itself_is_told(data: Path, well: Registry, body: str, state: State) -> None:
    assert well.sites()
    thread, address = answering(body)

    with alone(data, Running(address, NOWHERE)):
        told = found(data, "server")
    thread.join()

    assert told.state is state


def test_a_server_that_does_not_answer_is_a_problem(data: Path, well: Registry) -> None:
    assert well.sites()

    with alone(data, Running("http://127.0.0.1:9", NOWHERE)):
        assert found(data, "server").state is State.PROBLEM


def test_sites_without_hits_are_told(data: Path, well: Registry, store: Store, store_url: str) -> None:
    well.add_site("Another", ["https://another.example"])
    store.insert("events", Event, json_of(an_event(site_id=1)), "an event of site 1")

    told = [check.told for check in checks(settings(data, clickhouse_url=store_url)) if check.name == "events"]

    assert told == ["site 2 (Another) has none", "1 of 1 sites"]


def json_of(event: Event) -> bytes:
    return json.dumps(structs.astuple(event), default=str).encode()


def test_a_store_that_does_not_answer_is_a_problem(data: Path, well: Registry) -> None:
    assert well.sites()

    assert found(data, "events", clickhouse_url=NOWHERE).state is State.PROBLEM


def test_signals_that_are_ignored_are_told_with_the_reason(data: Path, well: Registry) -> None:
    site = well.site(1)
    ignoring = structs.replace(site.privacy, honour_dnt=False, signals_ignored_because="a law of ours")
    well.update_site(1, privacy=ignoring)

    told = found(data, "objections")

    assert told.state is State.WARNING
    assert told.told == "site 1 (Example) ignores Do Not Track: a law of ours"


def test_a_clock_before_what_was_added_is_a_problem(data: Path, well: Registry) -> None:
    well.update_site(1, created=datetime.now(UTC) + timedelta(days=1))  # type: ignore[arg-type]

    assert found(data, "clock").state is State.PROBLEM


def test_proxies_that_are_trusted_are_told(data: Path, well: Registry) -> None:
    assert well.sites()

    told = [
        {check.name: check for check in checks(read_settings(data, environment))}["trusted proxies"].state
        for environment in ({"PELLUCID_TRUSTED_PROXIES": "127.0.0.1"}, {"PELLUCID_HOST": "::"}, {})
    ]

    assert told == [State.OK, State.OK, State.WARNING]


@pytest.mark.parametrize(
    ("environment", "is_shown"),
    [({"PELLUCID_TRUSTED_PROXIES": "127.0.0.1"}, True), ({"PELLUCID_HOST": "::"}, False), ({}, True)],
)
def test_who_may_have_a_proxy_in_front_is_shown_how_to_keep_it_from_writing(
    data: Path, well: Registry, environment: dict[str, str], *, is_shown: bool
) -> None:
    assert well.sites()

    told = {check.name: check for check in checks(read_settings(data, environment))}["logs"]

    assert ("access_log off;" in told.told) == is_shown
    assert ("error_log /dev/null;" in told.told) == is_shown


@pytest.mark.parametrize("line", ["access_log off;", "error_log /dev/null;", "exclude http.log.error"])
def test_what_it_shows_of_proxies_is_what_our_own_configurations_say(data: Path, well: Registry, line: str) -> None:
    assert well.sites()
    deployed = "".join(path.read_text() for path in (DEPLOY / "nginx.conf", DEPLOY / "Caddyfile"))

    assert line in found(data, "logs").told
    assert line in deployed


def test_a_registry_that_can_not_be_opened_is_a_problem(data: Path) -> None:
    told = found(data, "sites", database_url="postgresql://nobody:secret@127.0.0.1:9/none")

    assert told.state is State.PROBLEM
    assert "secret" not in told.told


@pytest.mark.parametrize("name", ["places.mmdb", "providers.mmdb"])
def test_places_that_are_no_database_are_a_problem(data: Path, well: Registry, name: str) -> None:
    assert well.sites()
    (data / name).write_bytes(b"no database")

    assert found(data, "places").state is State.PROBLEM


def test_looking_changes_nothing(data: Path, well: Registry) -> None:
    assert well.sites()
    before = sorted(data.iterdir())

    checks(settings(data))

    assert sorted(data.iterdir()) == before
