"""Devices for who brings many hits at once, and has nobody waiting: an import, not a browser.

Which parser answers is the caller's choice, for all hits alike, so that the same log has the same outcome everywhere.
Measured on 10,000 lines of a real log with 470 browsers: the fast parser takes 15 milliseconds for all of them, the
exact one 3 seconds until its patterns are compiled, and 20 milliseconds a browser after that.
"""

from collections.abc import Callable

from pellucid.enrich.device import LONGEST_USER_AGENT, exact_device, fast_device
from pellucid.enrich.memory import Memory
from pellucid.model.hit import Device

Parse = Callable[[str, str], Device]
"""Returns the device behind a user agent and client hints."""


class PatientDevices:
    """Answers from memory, else by a parser, however long that takes; `now` counts seconds."""

    def __init__(self, parse: Parse, now: Callable[[], float]) -> None:
        self._parse = parse
        self._memory: Memory[Device] = Memory(now)

    def known(self, user_agent: str, hints: str = "") -> Device | None:
        """Return the device if it was asked for lately."""
        return self._memory.get(user_agent[:LONGEST_USER_AGENT] + hints)

    async def device(self, user_agent: str, hints: str = "", longest: float = 0.0) -> Device:
        """Return the device behind a user agent and client hints, whenever that is."""
        del longest
        user_agent = user_agent[:LONGEST_USER_AGENT]
        device = self._parse(user_agent, hints)
        self._memory.put(user_agent + hints, device)
        return device


def quickly(user_agent: str, _hints: str) -> Device:
    """Return what the fast parser tells: no brand and no model."""
    return fast_device(user_agent)


def exactly(user_agent: str, hints: str) -> Device:
    """Return what the exact parser tells."""
    try:
        return exact_device(user_agent, hints)
    except Exception:  # noqa: BLE001 -- whatever a user agent does to the parser, the next one is parsed
        return fast_device(user_agent)
