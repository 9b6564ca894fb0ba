"""What is kept of answers that never change."""

import pytest

from pellucid.model.result import Columns
from pellucid.report import kept
from pellucid.report.kept import SECONDS_KEPT, Kept

COLUMNS: Columns = ((1, 2), (3, 4))


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_an_answer_is_found_by_its_question() -> None:
    answers = Kept(Clock())
    answers.keep(b"one", COLUMNS)
    answers.keep(b"none", ())

    assert answers.find(b"one") == COLUMNS
    assert answers.find(b"none") == ()
    assert answers.find(b"other") is None


def test_who_was_asked_for_least_of_late_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_VALUES", 12)
    answers = Kept(Clock())
    for question in (b"one", b"two", b"three", b"four"):
        answers.keep(question, ((1, 2, 3),))
    answers.find(b"one")

    answers.keep(b"five", ((1, 2, 3),))

    assert answers.find(b"two") is None
    assert [answers.find(question) for question in (b"one", b"three", b"four", b"five")] == [((1, 2, 3),)] * 4


def test_an_answer_of_a_quarter_of_the_room_is_kept_and_a_larger_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_VALUES", 16)
    answers = Kept(Clock())
    answers.keep(b"quarter", ((1,) * 4,))
    answers.keep(b"larger", ((1,) * 5,))

    assert answers.find(b"quarter")
    assert answers.find(b"larger") is None
    assert [answers.is_too_large(question) for question in (b"quarter", b"larger")] == [False, True]


def test_an_answer_that_is_kept_again_takes_its_room_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_VALUES", 16)
    answers = Kept(Clock())
    answers.keep(b"other", ((1,) * 4,))
    for _ in range(9):
        answers.keep(b"one", ((1,) * 4,))

    assert answers.find(b"other")


def test_what_nobody_asks_for_is_forgotten() -> None:
    clock = Clock()
    answers = Kept(clock)
    answers.keep(b"one", COLUMNS)
    answers.keep(b"two", COLUMNS)
    clock.seconds = SECONDS_KEPT
    answers.find(b"one")
    answers.forget()
    assert answers.find(b"two") == COLUMNS

    clock.seconds = 2 * SECONDS_KEPT
    answers.find(b"one")
    clock.seconds += 1
    answers.forget()

    assert answers.find(b"one") == COLUMNS
    assert answers.find(b"two") is None


def test_what_was_too_large_may_be_asked_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_VALUES", 4)
    clock = Clock()
    answers = Kept(clock)
    answers.keep(b"large", COLUMNS)
    clock.seconds = SECONDS_KEPT
    answers.forget()
    assert answers.is_too_large(b"large")

    clock.seconds += 1
    answers.forget()

    assert not answers.is_too_large(b"large")
