from datetime import timedelta

import pytest

from pellucid.ingest import Ingest
from pellucid.report import rolling as rolling_module
from pellucid.report.rolling import Rolling
from pellucid.store.client import Store
from unit.installation import Installation
from unit.report.rolled import now


@pytest.fixture
def rolling(store: Store, monkeypatch: pytest.MonkeyPatch) -> Rolling:
    monkeypatch.setattr(rolling_module, "QUIET", timedelta())
    monkeypatch.setattr(rolling_module, "BETWEEN_CLEANINGS", timedelta())
    one = Rolling(store, now)
    one.all_sent()
    return one


@pytest.fixture
def ingest(installation: Installation, rolling: Rolling) -> Ingest:
    return installation.ingest(derived=rolling)
