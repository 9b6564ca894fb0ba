import gc
import secrets
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.enrich.device import exact_device, fast_device
from pellucid.enrich.memory import Memory
from pellucid.enrich.robots import agent
from pellucid.policy.retention import USER_AGENT_IN_MEMORY

ROBOT = "Mozilla/5.0 (compatible; Robot/1.0; +http://robot.example; robot@robot.example)"
PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.floats(0, 3_000), max_size=30))
def test_nothing_is_remembered_for_longer_than_it_may_be(pauses: list[float]) -> None:
    clock = Clock()
    memory: Memory[str] = Memory(clock)
    memory.put("agent", "device")
    for pause in pauses:
        clock.now += pause
        found = memory.get("agent")
        if clock.now >= USER_AGENT_IN_MEMORY.total_seconds():
            assert found is None


@given(st.lists(st.floats(0, 1_200), max_size=30))
def test_what_is_put_again_is_remembered_for_a_third_of_the_time_at_least(pauses: list[float]) -> None:
    clock = Clock()
    memory: Memory[str] = Memory(clock)
    for pause in pauses:
        memory.put("agent", "device")
        clock.now += min(pause, USER_AGENT_IN_MEMORY.total_seconds() / 3)
        assert memory.get("agent") == "device"


def test_what_nobody_asks_for_is_forgotten_too() -> None:
    clock = Clock()
    memory: Memory[str] = Memory(clock)
    memory.put("agent", "device")

    clock.now = USER_AGENT_IN_MEMORY.total_seconds()
    memory.forget()

    assert not memory._younger
    assert not memory._older


def test_it_remembers_for_a_while_and_no_more_than_it_may() -> None:
    memory: Memory[int] = Memory(Clock(), most=10)
    for number in range(100):
        memory.put(str(number), number)

    remembered = [number for number in range(100) if memory.get(str(number)) is not None]
    assert remembered
    assert remembered[-1] == 99
    assert len(remembered) <= 10


def held(text: str) -> list[str]:
    """The kinds of objects, anywhere in this process, that hold a longer text with this one in it."""
    gc.collect()
    return [
        type(holder).__name__
        for holder in gc.get_objects()
        if any(text in part for part in texts_in(holder) if part != text)
    ]


def texts_in(holder: object) -> Iterator[str]:
    # Mappings of plain texts and numbers are not listed as objects of their own, and their names are no referents.
    plain = [part for part in gc.get_referents(holder) if not gc.is_tracked(part)]
    named = [name for part in [holder, *plain] if isinstance(part, dict) for name in list(part)]
    return (part for part in [*plain, *named, *gc.get_referents(*plain)] if isinstance(part, str))


@pytest.mark.parametrize("parse", [fast_device, exact_device, agent])
def test_no_library_remembers_a_user_agent(parse: Callable[[str], object]) -> None:
    marker = secrets.token_hex(8)

    for user_agent in (PERSON, ROBOT):
        parse(f"{user_agent} {marker}")

    assert held(marker) == []


@pytest.mark.parametrize("keep", [lambda text: [text], lambda text: {text: 1}, lambda text: {"agent": text}])
def test_the_search_for_what_is_held_finds_it(keep: Callable[[str], object]) -> None:
    marker = secrets.token_hex(8)
    kept = [keep(f"{PERSON} {marker}")]

    assert held(marker)
    assert kept
