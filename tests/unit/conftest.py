from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from pellucid.journal.journal import Journal
from unit.installation import Installation


@pytest.fixture
def installation(tmp_path: Path, store_url: str) -> Iterator[Installation]:
    journal = Journal(tmp_path / "journal", 1 << 30)
    installation = Installation(tmp_path, store_url, journal, ExitStack())
    yield installation
    installation.end()
