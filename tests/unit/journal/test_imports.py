import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pellucid.errors import ConfigurationError, JournalUnavailable
from pellucid.journal import imports, reader
from pellucid.journal.imports import alone_importing, notes, was_imported
from pellucid.journal.journal import Journal
from pellucid.journal.reader import JournalReader

ROOM = 1 << 30
HIT = (1, b"a hit")


def append(journal: Journal, rows: list[tuple[int, bytes]], *written: tuple[str, int]) -> None:
    asyncio.run(journal.append(rows, *written))


def test_a_note_is_there_with_its_hits(tmp_path: Path) -> None:
    with closing(Journal(tmp_path, ROOM)) as journal:
        append(journal, [HIT], ("a log", 10))

        assert notes(tmp_path) == {"a log": 10}


def test_a_note_is_not_there_without_its_hits(tmp_path: Path) -> None:
    with closing(Journal(tmp_path, ROOM)) as journal:
        with pytest.raises(JournalUnavailable):
            append(journal, [(1, None)], ("a log", 10))  # type: ignore[list-item]

        assert notes(tmp_path) == {}


def test_a_note_may_come_without_hits(tmp_path: Path) -> None:
    with closing(Journal(tmp_path, ROOM)) as journal:
        append(journal, [], ("a log", 10))

        assert notes(tmp_path) == {"a log": 10}


def test_a_site_is_told_from_others_by_the_notes_of_its_logs(tmp_path: Path) -> None:
    with closing(Journal(tmp_path, ROOM)) as journal:
        append(journal, [], ("12:65536:abc", 10))

        assert [site for site in (1, 2, 12) if was_imported(tmp_path, site)] == [12]


def test_of_several_notes_of_one_name_the_largest_counts(tmp_path: Path) -> None:
    with closing(Journal(tmp_path, ROOM)) as one, closing(Journal(tmp_path, ROOM)) as other:
        append(one, [HIT], ("a log", 20))
        append(one, [HIT], ("a log", 10), ("another", 1))
        append(other, [HIT], ("a log", 15))

        assert notes(tmp_path) == {"a log": 20, "another": 1}


def test_notes_outlive_their_journal(tmp_path: Path) -> None:
    with closing(Journal(tmp_path, ROOM)) as journal:
        append(journal, [HIT], ("a log", 10))

    with closing(JournalReader(tmp_path)) as reading:
        reached = {entry.journal: entry.position for entry in reading.read({}, 2**60, 10)}
        gone = reading.forget(reached)

    assert gone == [journal.id]
    assert list(tmp_path.glob("*.journal*")) == []
    assert notes(tmp_path) == {"a log": 10}


def test_notes_that_were_kept_twice_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Journal(tmp_path, ROOM)) as journal:
        append(journal, [], ("a log", 10))

    class KilledError(BaseException):
        pass

    def killed_after_keeping(directory: Path, connection: sqlite3.Connection) -> None:
        imports.keep_notes(directory, connection)
        raise KilledError

    with closing(JournalReader(tmp_path)) as reading:
        reading.read({}, 2**60, 10)
        with monkeypatch.context() as patched:
            patched.setattr(reader, "keep_notes", killed_after_keeping)
            with pytest.raises(KilledError):
                reading.forget({})
        assert notes(tmp_path) == {"a log": 10}

        assert reading.forget({}) == [journal.id]

    assert notes(tmp_path) == {"a log": 10}


def test_a_journal_whose_notes_can_not_be_kept_stays(tmp_path: Path) -> None:
    with closing(Journal(tmp_path, ROOM)) as journal:
        append(journal, [], ("a log", 10))
    (tmp_path / imports.FILE).mkdir()

    with closing(JournalReader(tmp_path)) as reading:
        reading.read({}, 2**60, 10)

        assert reading.forget({}) == []


def test_a_journal_of_an_earlier_version_has_no_notes(tmp_path: Path) -> None:
    with closing(Journal(tmp_path, ROOM)) as journal:
        append(journal, [HIT])
    with closing(sqlite3.connect(tmp_path / f"{journal.id}.journal")) as connection:
        connection.execute("drop table note")

    assert notes(tmp_path) == {}


def test_a_journal_that_can_not_be_read_is_an_error_and_no_journal_without_notes(tmp_path: Path) -> None:
    (tmp_path / "broken.journal").write_bytes(b"no database" * 100)

    with pytest.raises(JournalUnavailable, match="can not be read"):
        notes(tmp_path)


def test_two_imports_at_once_are_refused(tmp_path: Path) -> None:
    with (
        alone_importing(tmp_path),
        pytest.raises(ConfigurationError, match="Another import"),
        alone_importing(tmp_path),
    ):
        pass

    with alone_importing(tmp_path):
        pass
