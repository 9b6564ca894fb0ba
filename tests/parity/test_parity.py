"""Our answers beside those of a running Matomo: the same, but for exceptions that are named and explained."""

import tomllib
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from flow.server import Server
from parity.agreement import differences, order
from parity.record import HITS_AT_ONCE, Record, Replay, record
from pellucid.ingest import LARGEST_BATCH
from pellucid.report.rolling import Rolling

EXCEPTIONS = tomllib.loads((Path(__file__).parent / "exceptions.toml").read_text())
"""By question: how much of it agrees at least (`agrees`), and why not all (`why`)."""

SAME = 0.9995
PATIENT = {"PELLUCID_BULK_PATIENCE": "60"}
"""Brands and models are known from the first hit on, however busy the machine is."""

Agreement = dict[str, tuple[float, list[str]]]


@pytest.fixture(scope="module")
def shop() -> Record:
    """The recorded scenario."""
    return record()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that nothing has been sent to."""
    with Server(tmp_path_factory.mktemp("parity") / "data", environment=PATIENT) as running:
        yield running


@pytest.fixture(scope="module")
def replay(server: Server, shop: Record) -> Iterator[Replay]:
    """What has sent the scenario to the server."""
    with Replay(server) as replay:
        replay.set_up()
        replay.send(shop.hits)
        yield replay


@pytest.fixture(scope="module")
def answers(replay: Replay, shop: Record) -> dict[str, object]:
    """What we answer to each question."""
    return dict(replay.answers(shop.questions))


@pytest.fixture(scope="module")
def agreement(answers: dict[str, object], shop: Record) -> Agreement:
    """For each question how far our answer agrees, and what differs."""
    return {name: differences(shop.questions[name].answered, answer) for name, answer in answers.items()}


def test_every_answer_is_matomos_but_for_the_named_exceptions(agreement: Agreement) -> None:
    others = {name: wrong[:5] for name, (share, wrong) in agreement.items() if share < SAME and name not in EXCEPTIONS}

    assert others == {}


def test_an_exception_agrees_as_far_as_is_said_and_not_wholly(agreement: Agreement) -> None:
    shares = {name: agreement[name][0] for name in EXCEPTIONS}

    assert {name: share for name, share in shares.items() if share < EXCEPTIONS[name]["agrees"]} == {}
    assert [name for name, share in shares.items() if share >= SAME] == [], "these agree: take them off the list"


def test_rows_stand_in_the_order_that_matomo_has_them_in(answers: dict[str, object], shop: Record) -> None:
    asked = [name for name in shop.questions if name not in EXCEPTIONS]

    assert [name for name in asked if order(answers[name]) != order(shop.questions[name].answered)] == []


def test_days_that_are_rolled_up_give_the_same_answers(
    server: Server, replay: Replay, answers: dict[str, object], shop: Record
) -> None:
    asked = {name: shop.questions[name] for name in answers if "--Actions.get" in name and not name.startswith("day")}
    with closing(server.store()) as store:
        rolling = Rolling(store, lambda: datetime.now(UTC))
        rolling.all_sent()
        assert rolling.once() > 1

    assert [name for name, answer in replay.answers(asked) if answer != answers[name]] == []


def test_every_exception_has_its_reason() -> None:
    assert [name for name, told in EXCEPTIONS.items() if len(told["why"]) < len("see the documents")] == []


@pytest.mark.parametrize("at_once", [HITS_AT_ONCE, LARGEST_BATCH])
def test_hits_that_come_out_of_order_make_the_same_numbers(tmp_path: Path, shop: Record, at_once: int) -> None:
    names = [name for name in shop.questions if "--VisitsSummary." in name and not name.startswith("segment")]
    mixed = _shuffled_within(3600, shop.hits)

    with Server(tmp_path / "data", environment=PATIENT) as server, Replay(server) as replay:
        replay.set_up()
        # Of hits that are moved in one round the order does not matter; between rounds a late one can (`visits.py`).
        with server.held("ingest"):
            replay.post(mixed, at_once)
        replay.settle()
        answers = dict(replay.answers({name: shop.questions[name] for name in names}))

    assert mixed != shop.hits
    assert len(mixed) < LARGEST_BATCH
    assert {
        name: wrong for name in names if (wrong := differences(shop.questions[name].answered, answers[name])[1])
    } == {}


def _shuffled_within(seconds: int, hits: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return hits so that none comes more than this much later than one that happened after it."""
    chance = Random(1)  # noqa: S311 -- the same order in every run
    return sorted(hits, key=lambda hit: int(hit["cdt"]) + chance.uniform(0, seconds))


def test_what_differs_is_found() -> None:
    expected = [{"label": "a", "nb_visits": 3, "logo": "x"}, {"label": "b", "bounce_rate": "33%", "time": 1.004}]

    assert differences(expected, [{"label": "b", "bounce_rate": "33 %", "time": 1.0}, expected[0]]) == (1.0, [])
    assert differences(expected, [{"label": "a", "nb_visits": 4}])[1] == [
        "[a#1].nb_visits: 3 and not 4",
        "[b#1].bounce_rate: '33%' and not 'nothing'",
        "[b#1].label: 'b' and not 'nothing'",
        "[b#1].time: 1.004 and not 'nothing'",
    ]
    assert differences(expected, {"result": "error", "message": "no"}) == (0.0, ["error: no"])


def test_more_than_half_an_hour_of_hits_is_mixed(shop: Record) -> None:
    mixed = _shuffled_within(3600, shop.hits)

    moved = [int(later["cdt"]) - int(hit["cdt"]) for hit, later in pairwise(mixed)]
    assert min(moved) < -1800
    assert len(shop.hits) > 10 * HITS_AT_ONCE
