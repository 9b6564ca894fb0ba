from functools import partial
from threading import Barrier

import pytest

from pellucid.errors import RequestError
from pellucid.matomo.answers import AT_ONCE, together

PATIENCE_SECONDS = 10


def test_questions_are_asked_at_the_same_time_and_answered_in_their_order() -> None:
    all_ask = Barrier(AT_ONCE)

    def question(number: int) -> int:
        all_ask.wait(PATIENCE_SECONDS)
        return number

    assert together(*(partial(question, number) for number in range(2 * AT_ONCE))) == list(range(2 * AT_ONCE))


def test_what_is_wrong_with_one_question_is_wrong_with_all() -> None:
    def wrong() -> int:
        raise RequestError("This can not be asked.")

    with pytest.raises(RequestError, match="can not be asked"):
        together(lambda: 1, wrong)
