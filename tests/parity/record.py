"""A recorded scenario: the hits that were sent to a running Matomo, what it was asked afterwards, and what it said."""

import gzip
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Self

import httpx2
from msgspec import Struct, json

from flow.server import Server
from pellucid.journal.reader import JournalReader
from pellucid.journal.standstill import progress

SHOP = Path(__file__).parent / "shop"
HITS_AT_ONCE = 50
_SITE = {"siteName": "Shop", "urls": "http://shop.example.org", "ecommerce": "1", "timezone": "UTC", "currency": "EUR"}
_SIGNED_UP = {"name": "Signed up", "matchAttribute": "manually", "pattern": "manually", "revenue": "3"}
_READ = {"name": "Read contact page", "matchAttribute": "url", "pattern": "contact"}


class Question(Struct, frozen=True):
    """The parameters of a question, and what a running Matomo answered."""

    asked: dict[str, str]
    answered: object


class Record(Struct, frozen=True):
    """All of a scenario."""

    hits: list[dict[str, str]]
    questions: dict[str, Question]


def record(directory: Path = SHOP) -> Record:
    """Return a scenario as it was recorded."""
    hits = gzip.decompress((directory / "hits.json.gz").read_bytes())
    answers = gzip.decompress((directory / "answers.json.gz").read_bytes())
    return Record(
        json.decode(hits, type=list[dict[str, str]], strict=False),
        json.decode(answers, type=dict[str, Question]),
    )


class Replay:
    """A running server that a scenario is played to and that is asked the same questions."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._token = server.token()
        self._client = httpx2.Client(base_url=server.url, timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def set_up(self) -> None:
        """Make the site with its goals and dimensions."""
        known = self._ask({"method": "SitesManager.getAllSites"})
        method = {"method": "SitesManager.updateSite", "idSite": "1"} if known else {"method": "SitesManager.addSite"}
        self._ask(method | _SITE)
        for goal in (_SIGNED_UP, _READ):
            self._ask({"method": "Goals.addGoal", "idSite": "1", "patternType": "contains"} | goal)
        for name, scope in (("Audience", "visit"), ("Variant", "action")):
            one = {"method": "CustomDimensions.configureNewCustomDimension", "idSite": "1", "active": "1"}
            self._ask(one | {"name": name, "scope": scope})

    def send(self, hits: Sequence[Mapping[str, str]], at_once: int = HITS_AT_ONCE) -> None:
        """Send hits in bulk, and return when all of them are in the store."""
        self.post(hits, at_once)
        self.settle()

    def post(self, hits: Sequence[Mapping[str, str]], at_once: int) -> None:
        """Send hits in bulk, and return when all of them are acknowledged."""
        for start in range(0, len(hits), at_once):
            some = [f"?{httpx2.QueryParams(hit)}" for hit in hits[start : start + at_once]]
            answer = self._client.post("/matomo.php", json={"requests": some, "token_auth": self._token}).json()
            assert (answer["status"], answer["invalid"]) == ("success", 0), answer

    def answers(self, questions: Mapping[str, Question]) -> Iterator[tuple[str, object]]:
        """Yield what the server answers to each question."""
        for name, question in questions.items():
            yield name, self._ask(question.asked)

    def _ask(self, parameters: Mapping[str, str]) -> object:
        told = {"module": "API", "format": "JSON", "token_auth": self._token} | dict(parameters)
        return self._client.post("/index.php", data=told).json()

    def settle(self) -> None:
        """Return when all that was acknowledged is in the store."""
        self._server.until(lambda: not _on_its_way(self._server.data))


def _on_its_way(data: Path) -> int:
    """Return how many hits wait in journals, and rows in the outbox, while others read and write them."""
    outbox = data / "outbox.db"
    # Until ingest has begun, there is no outbox.
    with suppress(sqlite3.OperationalError), closing(JournalReader(data / "journal")) as reader:
        waiting = reader.waiting(progress(outbox))
        with closing(sqlite3.connect(f"{outbox.as_uri()}?mode=rw", uri=True, timeout=10)) as connection:
            return waiting + int(connection.execute("select count(*) from part").fetchone()[0])
    return 1
