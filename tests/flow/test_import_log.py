"""Access logs into the store by the real command: each line once, wherever it is killed."""

import gzip
import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event as Signal
from time import sleep

import pytest
from click.testing import CliRunner
from msgspec import msgpack, structs

from pellucid.cli.main import commands
from pellucid.ingest import Ingest
from pellucid.journal.imports import alone_importing, notes
from pellucid.journal.outbox import Outbox
from pellucid.journal.reader import JournalReader
from pellucid.model.hit import Hit
from pellucid.policy.presets import PRESETS
from pellucid.registry.database import open_database, sqlite_url
from pellucid.registry.registry import Registry
from pellucid.store.client import Store

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CURL = "curl/8.0"
FAR = 2**60


@pytest.fixture
def data(tmp_path: Path) -> Path:
    directory = tmp_path / "data"
    directory.mkdir()
    return directory


@pytest.fixture
def registry(data: Path) -> Iterator[Registry]:
    with closing(Registry(open_database(sqlite_url(data / "registry.db")))) as registry:
        yield registry


@pytest.fixture
def site_id(registry: Registry) -> int:
    return registry.add_site("Example", ["https://example.org"]).id


FORMATS = {
    "combined": [
        b'203.0.113.9 - - [24/Nov/2025:10:00:00 +0000] "GET /a HTTP/1.1" 200 53 "-" "%s"' % FIREFOX.encode(),
        b'203.0.113.9 - - [24/Nov/2025:10:00:00 +0000] "GET /a HTTP/1.1" 200 53',
        b'example.org:443 203.0.113.9 - - [24/Nov/2025:10:00:00 +0000] "GET /a HTTP/1.1" 200 53 "-" "%s"'
        % FIREFOX.encode(),
    ],
    "json": [
        b'{"ts":1763978400.5,"request":{"client_ip":"203.0.113.9","method":"GET","host":"example.org","uri":"/a",'
        b'"headers":{"User-Agent":["%s"]}},"status":200}' % FIREFOX.encode(),
        b'{"ClientHost":"203.0.113.9","RequestMethod":"GET","RequestPath":"/a","RequestHost":"example.org",'
        b'"DownstreamStatus":200,"StartUTC":"2025-11-24T10:00:00.1Z","request_User-Agent":"%s"}' % FIREFOX.encode(),
        b'{"remote_addr":"203.0.113.9","time_iso8601":"2025-11-24T11:00:00+01:00","request":"GET /a HTTP/1.1",'
        b'"status":"200","http_user_agent":"%s"}' % FIREFOX.encode(),
    ],
    "w3c": [
        b"#Fields: date time cs-method cs-uri-stem c-ip cs(User-Agent) sc-status",
        b"2025-11-24 10:00:00 GET /a 203.0.113.9 %s 200" % FIREFOX.encode().replace(b" ", b"+"),
    ],
    "elb": [
        b"https 2025-11-24T10:00:00.186641Z app/x/1 203.0.113.9:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 "
        b'"GET https://example.org:443/a HTTP/1.1" "%s" ECDHE TLSv1.2' % FIREFOX.encode(),
    ],
    "s3": [
        b"79a5 shop [24/Nov/2025:10:00:00 +0000] 203.0.113.9 79a5 3E57427F3EX REST.GET.OBJECT a "
        b'"GET /a HTTP/1.1" 200 - 113 - 7 - "-" "%s" -' % FIREFOX.encode(),
    ],
    "haproxy": [
        (
            b"Nov 24 10:00:00 lb haproxy[14389]: 203.0.113.9:33317 [24/Nov/2025:10:00:00.655] http-in static/srv1 "
            b'10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {x} "GET /a HTTP/1.1"'
        ),
    ],
}
"""A page view in each form of each format."""


def command(data: Path, site_id: int, *files: Path | str) -> list[str | Path]:
    return [sys.executable, "-m", "pellucid", "import-log", *files, "--site", str(site_id), "--data", data, "--json"]


def run(data: Path, site_id: int, *files: Path | str, stdin: bytes | None = None) -> dict[str, object]:
    done = subprocess.run(command(data, site_id, *files), input=stdin, check=True, stdout=subprocess.PIPE)
    told: dict[str, object] = json.loads(done.stdout)
    return told


def a_line(page: str, *, second: int = 0, user_agent: str = FIREFOX, status: int = 200) -> bytes:
    time = f"24/Nov/2025:{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02} +0000"
    return f'203.0.113.{second % 200} - - [{time}] "GET /{page} HTTP/1.1" {status} 9 "-" "{user_agent}"\n'.encode()


def pages(data: Path) -> Counter[str]:
    """Return what waits in all journals, by page."""
    found: Counter[str] = Counter()
    decoder = msgpack.Decoder(Hit)
    with closing(JournalReader(data / "journal")) as reading:
        for entry in reading.read({}, FAR, 1_000_000):
            hit = decoder.decode(entry.body)
            assert hit.imported
            found[hit.url.removeprefix("https://example.org/")] += 1
    return found


def until_noted(data: Path, importing: subprocess.Popen[bytes], position: int) -> None:
    """Wait until an import has come so far, or has ended."""
    while importing.poll() is None and max(notes(data / "journal").values(), default=0) < position:
        sleep(0.001)


def store_all(data: Path, store: Store) -> None:
    """Move all that waits to the store, and delete the journals behind it, as ingest does."""
    ended = Signal()
    ended.set()
    with closing(JournalReader(data / "journal")) as reading, closing(Outbox(data / "outbox.db")) as outbox:
        ingest = Ingest(reading, outbox, store)
        ingest.run(ended)
        ingest._clean()


def test_what_became_of_the_lines_adds_up(data: Path, site_id: int, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    lines = [
        *(a_line(f"page-{number}", second=number) for number in range(30)),
        *(a_line("style.css") for _ in range(20)),
        *(a_line("gone", status=404) for _ in range(10)),
        *(a_line("page", user_agent=CURL) for _ in range(5)),
        a_line("page").replace(b"203.0.113.0", b"66.249.66.1"),
        b"no line of a log\n",
    ]
    log.write_bytes(b"".join(lines))

    told = run(data, site_id, log)

    assert told == {
        "read": 67,
        "imported": 30,
        "skipped": {"static-file": 20, "error": 10, "robot": 6, "unreadable": 1},
    }
    assert pages(data) == Counter(f"page-{number}" for number in range(30))


def test_what_is_asked_for_is_imported_besides(data: Path, site_id: int, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    lines = [
        a_line("page"),
        a_line("style.css", second=1),
        a_line("gone", second=2, status=404),
        a_line("moved", second=3, status=301),
        a_line("robot", second=4, user_agent=CURL),
        a_line("crawler").replace(b"203.0.113.0", b"66.249.66.1"),
        b"no line of a log\n",
    ]
    log.write_bytes(b"".join(lines))

    told = run(data, site_id, log, "--static", "--errors", "--redirects", "--robots")

    assert told == {"read": 7, "imported": 6, "skipped": {"unreadable": 1}}
    assert pages(data) == Counter(["page", "style.css", "gone", "moved", "robot", "crawler"])


def run_here(data: Path, site_id: int, *files: Path | str) -> dict[str, object]:
    """Run the command in this process: it ends by itself, and starts sooner."""
    done = CliRunner().invoke(
        commands, [str(word) for word in command(data, site_id, *files)[3:]], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    told: dict[str, object] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_is_found_out_or_named_and_read_on(data: Path, site_id: int, tmp_path: Path, format_: str) -> None:
    lines = FORMATS[format_]
    comments = sum(line.startswith(b"#") for line in lines)
    found, named = tmp_path / "found.log", tmp_path / "named.log"
    found.write_bytes(b"\n".join([*lines, b""]))
    named.write_bytes(b"\n".join([*lines, lines[-1], b""]))

    told = run_here(data, site_id, found)
    again = run_here(data, site_id, named, "--format", format_)
    other = "json" if format_ != "json" else "combined"
    named.write_bytes(b"another beginning\n" + lines[-1] + b"\n")
    refused = run_here(data, site_id, named, "--format", other)

    assert told["imported"] == len(lines) - comments
    assert again == {"read": 1, "imported": 1, "skipped": {}}
    assert refused == {"read": 2, "imported": 0, "skipped": {"unreadable": 2}}
    assert pages(data) == Counter({"a": len(lines) - comments + 1})


def test_the_table_at_the_end_adds_up_and_progress_is_shown(data: Path, site_id: int, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(a_line(f"page-{number}", second=number) for number in range(2_500)) + b"nothing\n" * 3)
    plain = [word for word in command(data, site_id, log) if word != "--json"]

    # Said to be a terminal, which else nobody is here.
    surroundings = os.environ | {"TTY_COMPATIBLE": "1", "COLUMNS": "120"}
    done = subprocess.run(plain, check=True, capture_output=True, text=True, env=surroundings)

    rows = re.findall(r"^ *(read|imported|skipped: [a-z-]+)[ │|]+([\d,]+)", done.stdout, re.MULTILINE)
    counts = {name: int(number.replace(",", "")) for name, number in rows}
    assert counts == {"read": 2_503, "imported": 2_500, "skipped: unreadable": 3}
    assert re.search(r"2,503 lines, [\d,]+ a second.*\d:\d\d", done.stderr)
    assert "Few logs show who objected" in done.stderr


def test_what_became_of_the_lines_is_told_also_when_a_log_breaks_off(data: Path, site_id: int, tmp_path: Path) -> None:
    log = tmp_path / "access.log.gz"
    whole = gzip.compress(b"".join(a_line(f"page-{number}", second=number) for number in range(30_000)))
    log.write_bytes(whole[:-1000])

    done = subprocess.run(command(data, site_id, log), check=False, capture_output=True, text=True)

    assert done.returncode == 1
    assert "can not be read any further" in done.stderr
    assert json.loads(done.stdout)["imported"] == pages(data).total() > 0


def test_a_second_run_adds_nothing_also_when_hits_have_moved_on(
    data: Path,
    site_id: int,
    tmp_path: Path,
    store: Store,
) -> None:
    log, compressed = tmp_path / "access.log", tmp_path / "access.log.1.gz"
    content = b"".join(a_line(f"page-{number % 7}", second=number) for number in range(3_000))
    log.write_bytes(content)
    compressed.write_bytes(gzip.compress(content))

    told = [run(data, site_id, log, log, compressed)["imported"], run(data, site_id, log)["imported"]]
    store_all(data, store)
    assert list((data / "journal").glob("*.journal")) == []
    told += [run(data, site_id, compressed)["imported"], run(data, site_id, "-", stdin=content)["imported"]]
    log.write_bytes(content + a_line("new", second=3_001))
    told.append(run(data, site_id, log)["imported"])
    store_all(data, store)

    assert told == [3_000, 0, 0, 0, 1]
    assert store.ask("select count(), sum(imported) from events").rows == ((3_001, 3_001),)
    assert store.ask("select sum(pageviews) from visits final").rows == ((3_001,),)


@pytest.mark.parametrize("moments", [(1, 2, 3), (4_000, 4_100), (9_000,)])
def test_a_killed_import_goes_on_where_it_stopped(
    data: Path, site_id: int, tmp_path: Path, moments: tuple[int, ...]
) -> None:
    log = tmp_path / "access.log"
    # Every tenth line is the same as the one before it.
    content = [a_line(f"page-{number - number % 10 // 9}", second=number // 10) for number in range(10_000)]
    log.write_bytes(b"".join(content))
    ends = [sum(map(len, content[:moment])) for moment in moments]

    for end in ends:
        with subprocess.Popen(command(data, site_id, log), stderr=subprocess.DEVNULL) as importing:
            until_noted(data, importing, end)
            importing.kill()
    run(data, site_id, log)

    assert pages(data) == Counter(f"page-{number - number % 10 // 9}" for number in range(10_000))


def test_an_import_that_is_killed_while_its_hits_move_on_loses_and_doubles_nothing(
    data: Path,
    site_id: int,
    tmp_path: Path,
    store: Store,
) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(a_line(f"page-{number}", second=number) for number in range(8_000)))

    with subprocess.Popen(command(data, site_id, log), stderr=subprocess.DEVNULL) as importing:
        until_noted(data, importing, 1)
        importing.send_signal(signal.SIGSTOP)
        store_all(data, store)
        moved = max(notes(data / "journal").values())
        importing.send_signal(signal.SIGCONT)
        until_noted(data, importing, moved + 1)
        importing.kill()
    store_all(data, store)
    run(data, site_id, log)
    store_all(data, store)

    assert store.ask("select count(), uniqExact(url) from events").rows == ((8_000, 8_000),)


def test_page_views_that_are_older_than_the_site_keeps_them_are_told(
    data: Path, site_id: int, tmp_path: Path, registry: Registry
) -> None:
    site = registry.site(site_id)
    registry.update_site(site_id, privacy=structs.replace(site.privacy, retention_days=1))
    log = tmp_path / "access.log"
    log.write_bytes(a_line("one") + a_line("two"))

    done = subprocess.run(command(data, site_id, log), check=True, capture_output=True, text=True)

    assert json.loads(done.stdout)["imported"] == 2
    assert "2 of these are older than the site keeps page views" in done.stderr


def test_a_second_import_at_the_same_time_refuses(data: Path, site_id: int, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(a_line("page"))

    with alone_importing(data / "journal"):
        refused = subprocess.run(command(data, site_id, log), check=False, capture_output=True, text=True)

    assert refused.returncode == 1
    assert refused.stderr == "pellucid: Another import is running; begin this one when it has ended.\n"
    assert pages(data) == Counter()


def test_a_site_that_needs_consent_takes_no_log(data: Path, site_id: int, registry: Registry, tmp_path: Path) -> None:
    registry.update_site(site_id, privacy=PRESETS["consent"])
    log = tmp_path / "access.log"
    log.write_bytes(a_line("page"))

    refused = subprocess.run(command(data, site_id, log), check=False, capture_output=True, text=True)

    assert refused.returncode == 1
    assert "records only who has consented" in refused.stderr
    assert pages(data) == Counter()


def test_who_is_no_site_and_what_is_no_file_is_said_in_one_line(data: Path, site_id: int, tmp_path: Path) -> None:
    there, away = tmp_path / "access.log", tmp_path / "away.log"
    there.touch()

    told = [
        subprocess.run(command(data, site, file), check=False, capture_output=True, text=True)
        for site, file in ((site_id + 1, there), (site_id, away))
    ]

    assert [one.returncode for one in told] == [1, 1]
    assert [one.stderr.splitlines()[-1] for one in told] == [
        f"pellucid: There is no site {site_id + 1}.",
        f"pellucid: {away} can not be opened: No such file or directory.",
    ]


def test_nothing_of_a_line_but_its_page_view_is_on_disk(data: Path, site_id: int, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    secret = "/refused-page-of-a-robot"
    log.write_bytes(a_line("page", second=77) + a_line(secret, user_agent=CURL))

    run(data, site_id, log)

    written = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
    assert b"example.org/page" in written
    assert [told for told in (b"203.0.113.77", FIREFOX.encode(), secret.encode()) if told in written] == []


def test_a_visitor_of_a_day_long_past_is_known_until_the_import_ends(
    data: Path,
    site_id: int,
    tmp_path: Path,
    store: Store,
) -> None:
    log = tmp_path / "access.log"
    two, three = a_line("one", second=5) + a_line("two", second=5), a_line("three", second=5)

    log.write_bytes(two)
    run(data, site_id, log)
    log.write_bytes(two + three)
    run(data, site_id, log)
    store_all(data, store)

    assert store.ask("select count(), uniqExact(visitor_id) from events").rows == ((3, 2),)
