from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec import msgpack

from pellucid.cli import demo
from pellucid.cli.demo_visits import DAYS, Parameters, hits
from pellucid.errors import ConfigurationError
from pellucid.journal.reader import JournalReader
from pellucid.model.hit import Hit, HitKind
from pellucid.registry.database import open_database, sqlite_url
from pellucid.registry.registry import Registry

NOW = datetime(2025, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def made_up() -> list[Parameters]:
    return hits(NOW)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    with closing(Registry(open_database(sqlite_url(tmp_path / "registry.db")))) as registry:
        yield registry


def run(data: Path) -> str:
    done = CliRunner().invoke(demo.demo, ["--data", str(data)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_same_moment_gives_the_same_weeks(made_up: list[Parameters]) -> None:
    assert hits(NOW) == made_up
    assert hits(NOW, seed=2) != made_up


def test_the_weeks_end_now_and_are_in_order(made_up: list[Parameters]) -> None:
    times = [int(hit["cdt"]) for hit in made_up]

    assert times == sorted(times)
    assert times[-1] <= NOW.timestamp()
    assert {int(NOW.timestamp() - time) // 86_400 for time in times} >= set(range(DAYS))
    assert 15_000 < len(times) < 30_000


def test_what_is_made_up_goes_the_way_of_any_hit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made_up: list[Parameters]
) -> None:
    monkeypatch.setattr(demo, "hits", lambda _now: made_up[-3_000:])

    told = run(tmp_path)

    with closing(JournalReader(tmp_path / "journal")) as reader:
        found = [msgpack.decode(entry.body, type=Hit) for entry in reader.read({}, 2**60, 100_000)]
    kinds = Counter(hit.kind for hit in found)
    assert told.startswith("3,000 hits wait")
    assert len(found) == 3_000
    assert set(kinds) == set(HitKind) - {HitKind.CONTENT, HitKind.CART, HitKind.ORDER, HitKind.PING}
    assert not any(hit.imported for hit in found)
    assert {hit.place.country for hit in found} >= {"de", "us"}
    assert {hit.device.brand for hit in found} >= {"Apple", "Google", "Samsung"}


def test_a_directory_with_sites_is_left_alone(tmp_path: Path, registry: Registry) -> None:
    registry.add_site("Mine", ["https://example.org"])

    with pytest.raises(ConfigurationError, match="has sites already"):
        run(tmp_path)

    assert len(registry.sites()) == 1
    assert not (tmp_path / "journal").exists()
