import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pellucid.errors import ConfigurationError
from pellucid.journal.outbox import Outbox, Part

EVENTS = Part("events", 202511, b"[1]")
VISITS = Part("visits", 202511, b"[2]")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


@pytest.fixture
def outbox(path: Path) -> Iterator[Outbox]:
    with closing(Outbox(path)) as outbox:
        yield outbox


def test_rows_and_progress_are_kept_together(path: Path) -> None:
    with closing(Outbox(path)) as before:
        before.add({"a": 7}, [EVENTS, VISITS])

    with closing(Outbox(path)) as after:
        assert after.progress() == {"a": 7}
        assert [parcel.part for parcel in after.parcels()] == [EVENTS, VISITS]


def test_a_batch_is_added_whole_or_not_at_all(outbox: Outbox) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        outbox.add({"a": 7}, [EVENTS, EVENTS])

    assert outbox.progress() == {}
    assert outbox.parcels() == []


def test_parcels_keep_the_order_of_their_batches(outbox: Outbox) -> None:
    for number in range(12):
        outbox.add({"a": number}, [Part("events", 202511, b"[%d]" % number)])

    assert [parcel.part.lines for parcel in outbox.parcels()] == [b"[%d]" % number for number in range(12)]


def test_a_parcel_has_the_same_token_whenever_it_is_sent(path: Path) -> None:
    with closing(Outbox(path)) as before:
        before.add({"a": 1}, [EVENTS, VISITS])
        tokens = [parcel.token for parcel in before.parcels()]

    with closing(Outbox(path)) as after:
        assert [parcel.token for parcel in after.parcels()] == tokens
        assert len(set(tokens)) == 2


def test_a_token_never_comes_again_though_the_outbox_was_emptied(path: Path) -> None:
    tokens = set()
    for number in range(3):
        with closing(Outbox(path)) as outbox:
            outbox.add({"a": number}, [EVENTS])
            (parcel,) = outbox.parcels()
            tokens.add(parcel.token)
            outbox.sent(parcel)

    assert len(tokens) == 3


def test_another_outbox_has_other_tokens(tmp_path: Path) -> None:
    tokens = set()
    for name in ("one.db", "other.db"):
        with closing(Outbox(tmp_path / name)) as outbox:
            outbox.add({"a": 1}, [EVENTS])
            tokens.add(outbox.parcels()[0].token)

    assert len(tokens) == 2


def test_what_was_sent_is_forgotten_alone(outbox: Outbox) -> None:
    outbox.add({"a": 1}, [EVENTS, VISITS])

    outbox.sent(outbox.parcels()[0])

    assert [parcel.part for parcel in outbox.parcels()] == [VISITS]
    assert outbox.progress() == {"a": 1}


def test_journals_that_are_gone_are_forgotten(outbox: Outbox) -> None:
    outbox.add({"a": 1, "b": 2}, [])

    outbox.forget(["a"])

    assert outbox.progress() == {"b": 2}


def test_one_process_alone_has_the_outbox(path: Path) -> None:
    with closing(Outbox(path)), pytest.raises(ConfigurationError, match="another ingest"):
        Outbox(path)

    with closing(Outbox(path)) as next_one:
        assert next_one.progress() == {}
