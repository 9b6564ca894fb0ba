import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pellucid.cli.account import PATH_OF_A_LINK, account, token
from pellucid.errors import NotFound, RequestError
from pellucid.model.account import Access, Account
from pellucid.registry.database import open_database, sqlite_url
from pellucid.registry.registry import Registry
from pellucid.web.routes import HOME


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    with closing(Registry(open_database(sqlite_url(tmp_path / "registry.db")))) as registry:
        registry.add_site("Example", ["https://example.org"])
        yield registry


def run(command: click.Command, data: Path, *arguments: str, stdin: str = "") -> str:
    done = CliRunner().invoke(command, [*arguments, "--data", str(data)], input=stdin, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_an_account_without_a_password_gets_a_link_that_sets_one(tmp_path: Path, registry: Registry) -> None:
    path = run(account, tmp_path, "add", "anna").strip()

    assert path.startswith(f"{HOME}/welcome/")
    signed_in = registry.use_link(path.removeprefix(PATH_OF_A_LINK), "a long password", datetime.now(UTC))
    assert signed_in == Account("anna")


def test_a_password_is_read_from_standard_input_and_never_printed(tmp_path: Path, registry: Registry) -> None:
    told = run(account, tmp_path, "add", "ben", "--superuser", "--password-stdin", stdin="with spaces at the end  \r\n")

    assert told == ""
    assert registry.check_password("ben", "with spaces at the end  ") == Account("ben", superuser=True)


def test_a_short_password_adds_no_account(tmp_path: Path, registry: Registry) -> None:
    with pytest.raises(RequestError, match="at least"):
        run(account, tmp_path, "add", "ben", "--password-stdin", stdin="short\n")

    assert registry.accounts() == ()


def test_a_link_can_be_made_again(tmp_path: Path, registry: Registry) -> None:
    registry.add_account("anna", "a password to forget")

    secret = run(account, tmp_path, "link", "anna").strip().removeprefix(PATH_OF_A_LINK)

    assert registry.login_of_link(secret, datetime.now(UTC)) == "anna"


def test_what_an_account_may_do_is_granted_and_listed(tmp_path: Path, registry: Registry) -> None:
    registry.add_account("anna")
    registry.add_account("ben", superuser=True)

    run(account, tmp_path, "grant", "anna", "1", "write")

    assert registry.account("anna").may(1, Access.WRITE)
    listed = run(account, tmp_path, "list")
    assert "write site 1" in listed
    assert "everything" in listed
    assert [each["login"] for each in json.loads(run(account, tmp_path, "list", "--json"))] == ["anna", "ben"]


def test_a_token_is_printed_alone_and_may_what_its_account_may(tmp_path: Path, registry: Registry) -> None:
    registry.add_account("anna")
    registry.grant("anna", 1, Access.VIEW)

    created = run(token, tmp_path, "create", "anna", "--description", "reports")

    assert created.count("\n") == 1
    assert registry.bearer(created.strip()) == registry.account("anna")


def test_a_token_can_be_for_some_sites_alone(tmp_path: Path, registry: Registry) -> None:
    registry.add_site("Another", ["https://another.example"])
    registry.add_account("ben", superuser=True)

    created = run(token, tmp_path, "create", "ben", "--site", "2")

    bearer = registry.bearer(created.strip())
    assert bearer is not None
    assert [bearer.may(site, Access.VIEW) for site in (1, 2)] == [False, True]


def test_a_token_can_be_for_reading_alone_and_for_some_days(tmp_path: Path, registry: Registry) -> None:
    registry.add_account("ben", superuser=True)

    created = run(token, tmp_path, "create", "ben", "--scope", "read", "--days", "1").strip()
    registry.forget_expired(datetime.now(UTC) + timedelta(days=0.9))
    bearer = registry.bearer(created)
    registry.forget_expired(datetime.now(UTC) + timedelta(days=1.1))

    assert bearer == Account("ben", access={1: Access.VIEW}, reads_only=True)
    assert registry.bearer(created) is None


def test_a_token_for_nobody_or_for_no_site_is_refused(tmp_path: Path, registry: Registry) -> None:
    registry.add_account("anna")

    with pytest.raises(NotFound):
        run(token, tmp_path, "create", "nobody")
    with pytest.raises(NotFound):
        run(token, tmp_path, "create", "anna", "--site", "7")
