import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from pellucid.collect.log_file import KNOWN_BY, LONGEST_LINE, open_log
from pellucid.errors import RequestError

SITE = 1


class Notes(dict[str, int]):
    """What was noted so far."""

    def read(self, path: Path, site_id: int = SITE) -> list[bytes]:
        """Read what is new in a log, and note how far that is."""
        with open_log(path, site_id, self) as log:
            lines = list(log.lines())
            if lines:
                name, position = log.note()
                self[name] = max(position, self.get(name, 0))
        return lines


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "access.log"


def some_lines(first: int, end: int) -> bytes:
    return b"".join(b"%d: %s\n" % (number, b"a" * 90) for number in range(first, end))


def numbers(lines: list[bytes]) -> list[int]:
    return [int(line.partition(b":")[0]) for line in lines]


@pytest.mark.parametrize("compressed", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_a_log_is_read_whether_compressed_or_not(path: Path, notes: Notes, compressed: type[bytes]) -> None:
    path.write_bytes(compressed(some_lines(0, 5_000)))

    assert numbers(notes.read(path)) == list(range(5_000))


@pytest.mark.parametrize("count", [1, 100, 5_000])
def test_a_log_is_known_again_under_another_name_and_compressed(path: Path, notes: Notes, count: int) -> None:
    path.write_bytes(some_lines(0, count))
    rotated, compressed = path.with_suffix(".1"), path.with_suffix(".2.gz")
    rotated.write_bytes(some_lines(0, count + 1))
    compressed.write_bytes(gzip.compress(some_lines(0, count + 2)))

    assert numbers(notes.read(path)) == list(range(count))
    assert numbers(notes.read(path)) == []
    assert numbers(notes.read(rotated)) == [count]
    assert numbers(notes.read(compressed)) == [count + 1]
    assert numbers(notes.read(path)) == []


def test_a_log_that_grows_past_what_it_is_known_by_adds_what_is_new(path: Path, notes: Notes) -> None:
    # 100 bytes a line: what it is known by is passed twice on the way.
    ends = [1, 3, 300, 650, 660, 5_000, 5_001]
    read: list[int] = []

    for end in ends:
        path.write_bytes(some_lines(0, end))
        read += numbers(notes.read(path))

    assert read == list(range(5_001))


def test_a_log_that_grows_while_it_is_read_is_known_by_all_of_it(path: Path, notes: Notes) -> None:
    path.write_bytes(some_lines(0, 10))
    with open_log(path, SITE, notes) as log:
        with path.open("ab") as growing:
            growing.write(some_lines(10, 2_000))
        assert len(list(log.lines())) == 2_000
        notes.update([log.note()])

    path.write_bytes(some_lines(0, 10) + b"another log that began alike\n")

    assert notes.read(path) == [*some_lines(0, 10).splitlines(), b"another log that began alike"]


def test_logs_that_begin_alike_lose_nothing(path: Path, notes: Notes) -> None:
    path.write_bytes(some_lines(0, 10))
    notes.read(path)
    path.write_bytes(some_lines(0, 10) + some_lines(50, 60))
    notes.read(path)

    path.write_bytes(some_lines(0, 10) + some_lines(70, 80))

    assert numbers(notes.read(path)) == list(range(70, 80))


def test_another_log_is_another(path: Path, notes: Notes) -> None:
    path.write_bytes(some_lines(0, 100))
    notes.read(path)

    path.write_bytes(some_lines(1, 100))

    assert numbers(notes.read(path)) == list(range(1, 100))


def test_the_same_log_is_new_to_another_site(path: Path, notes: Notes) -> None:
    path.write_bytes(some_lines(0, 3))

    assert notes.read(path, 1) == notes.read(path, 2)


def test_a_line_without_an_end_waits_for_it(path: Path, notes: Notes) -> None:
    path.write_bytes(b"1: whole\n2: begun")
    with open_log(path, SITE, notes) as log:
        assert list(log.lines()) == [b"1: whole"]
        assert log.unfinished
    notes.read(path)

    path.write_bytes(b"1: whole\n2: begun and ended\n")

    assert notes.read(path) == [b"2: begun and ended"]


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_what_was_compressed_is_whole_to_its_last_line(
    path: Path, notes: Notes, compress: Callable[[bytes], bytes]
) -> None:
    path.write_bytes(b"1: whole\n2: the last")
    assert notes.read(path) == [b"1: whole"]

    path.write_bytes(compress(b"1: whole\n2: the last"))

    assert notes.read(path) == [b"2: the last"]
    assert notes.read(path) == []


def test_a_line_that_is_too_long_is_one_empty_line(path: Path, notes: Notes) -> None:
    path.write_bytes(b"before\n" + b"a" * (3 * 1024 * 1024) + b"\n" + b"b" * (LONGEST_LINE + 1) + b"\nbehind\n")

    assert notes.read(path) == [b"before", b"", b"", b"behind"]
    assert notes.read(path) == []


def test_identical_lines_are_as_many_as_there_are(path: Path, notes: Notes) -> None:
    path.write_bytes(b"the same\n" * 10_000)
    assert len(notes.read(path)) == 10_000

    path.write_bytes(b"the same\n" * 10_003)

    assert len(notes.read(path)) == 3


def test_an_empty_log_leaves_no_note(path: Path, notes: Notes) -> None:
    path.touch()

    assert notes.read(path) == []
    assert notes == {}


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_a_log_that_ends_within_its_compression_says_so(
    path: Path, notes: Notes, compress: Callable[[bytes], bytes]
) -> None:
    whole = compress(b"".join(b"%x\n" % (number * 7919**9) for number in range(200_000)))
    path.write_bytes(whole[:-1000])

    with pytest.raises(RequestError, match="can not be read any further"):
        notes.read(path)


def test_a_log_that_is_not_there_says_so(path: Path, notes: Notes) -> None:
    with pytest.raises(RequestError, match="can not be opened"):
        notes.read(path)


def test_it_is_known_by_no_more_than_its_beginning(path: Path, notes: Notes) -> None:
    path.write_bytes(some_lines(0, 5_000))

    notes.read(path)

    assert [name.split(":")[:2] for name in notes] == [[str(SITE), str(KNOWN_BY)]]


@pytest.mark.parametrize("before", [0, 1, 5_000, 40_000])
def test_what_names_the_fields_of_the_lines_is_remembered_where_reading_goes_on(
    path: Path, notes: Notes, before: int
) -> None:
    old, new = b"#Fields: date time\n", b"#Fields: date c-ip\n"
    path.write_bytes(old + some_lines(0, before) + new + some_lines(before, before * 2 + 1))
    with open_log(path, SITE, notes) as log:
        assert log.heading == b""
    notes.read(path)

    with open_log(path, SITE, notes) as log:
        assert list(log.lines()) == []
        assert log.heading + b"\n" == new
