from hypothesis import given
from hypothesis import strategies as st

from pellucid.enrich.memory import Memory
from pellucid.policy.retention import USER_AGENT_IN_MEMORY


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
