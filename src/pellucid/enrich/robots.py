"""Who asks: a person's browser, a robot, or a program's HTTP library.

`is-crawler` is quick and suspects too many; what decides is the list of device-detector, Matomo's own. Headless
browsers are recorded, as in Matomo.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import cache
from importlib.resources import files

import regex
import yaml_rs
from is_crawler import crawler_contact, crawler_url, is_crawler
from msgspec import Struct, convert

from pellucid.enrich.memory import Memory

_LISTS = files("device_detector") / "regexes" / "upstream"
# The lists are written for this beginning: a name stands at the start, or behind what is no part of a word.
_BEGINNING = r"(?:^|[^A-Z0-9_-]|[^A-Z0-9-]_|sprd-|MZ-)"
_ONLY_ROBOTS_CALL_THEMSELVES = frozenset(
    {"-", "chrome", "firefox", "abcd", "dark", "kvshclient", "node.js", "report runner", "url", "zeus", "zmeu"},
)


class Agent(StrEnum):
    """What kind of program a user agent names."""

    PERSON = "person"
    ROBOT = "robot"
    LIBRARY = "library"


class _Entry(Struct):
    regex: str


class Agents:
    """Tells agents apart, and forgets them in time; `now` counts seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._memory: Memory[Agent] = Memory(now)

    def agent(self, user_agent: str) -> Agent:
        """Return what kind of program a user agent names."""
        known = self._memory.get(user_agent)
        if known is None:
            known = agent(user_agent)
            self._memory.put(user_agent, known)
        return known

    def forget(self) -> None:
        """Forget what is due."""
        self._memory.forget()


def agent(user_agent: str) -> Agent:
    """Return what kind of program a user agent names, without remembering it; what names none is a library."""
    if not user_agent:
        return Agent.LIBRARY
    if user_agent.lower() in _ONLY_ROBOTS_CALL_THEMSELVES:
        return Agent.ROBOT
    if not _is_suspected(user_agent):
        return Agent.PERSON
    if _any_of("bots.yml").search(user_agent):
        return Agent.ROBOT
    return Agent.LIBRARY if _any_of("client/libraries.yml").search(user_agent) else Agent.PERSON


def _is_suspected(user_agent: str) -> bool:
    suspected = is_crawler(user_agent)
    # Left to itself it remembers user agents for as long as the process lives.
    for remembering in (is_crawler, crawler_contact, crawler_url):
        remembering.cache_clear()
    return suspected


@cache
def _any_of(name: str) -> regex.Pattern[str]:
    entries = convert(yaml_rs.loads((_LISTS / name).read_text(encoding="utf-8")), list[_Entry])
    return regex.compile(f"{_BEGINNING}(?:{'|'.join(entry.regex for entry in entries)})", regex.IGNORECASE)
