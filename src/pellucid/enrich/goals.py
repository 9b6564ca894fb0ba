"""Which of a site's goals a hit reaches.

What a goal is held against, and how, is Matomo's: https://developer.matomo.org/api-reference/reporting-api#Goals.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import unquote

import regex
from msgspec import Struct

from pellucid.model.goal import Goal, MatchAttribute, PatternType
from pellucid.model.hit import HitKind, Reached

LONGEST_SEARCH_SECONDS = 0.02
"""How long an owner's pattern may look at one text: it may be one that takes for ever."""

_SECONDS_PER_MINUTE = 60
_ACTIONS = (
    HitKind.PAGEVIEW,
    HitKind.SEARCH,
    HitKind.CONTENT,
    HitKind.EVENT,
    HitKind.OUTLINK,
    HitKind.DOWNLOAD,
)
_ADDRESSES = frozenset({MatchAttribute.URL, MatchAttribute.FILE, MatchAttribute.EXTERNAL_WEBSITE})
_KINDS: Mapping[str, tuple[HitKind, ...]] = {
    MatchAttribute.URL: (HitKind.PAGEVIEW,),
    MatchAttribute.TITLE: (HitKind.PAGEVIEW,),
    MatchAttribute.FILE: (HitKind.DOWNLOAD,),
    MatchAttribute.EXTERNAL_WEBSITE: (HitKind.OUTLINK,),
    MatchAttribute.EVENT_CATEGORY: (HitKind.EVENT,),
    MatchAttribute.EVENT_ACTION: (HitKind.EVENT,),
    MatchAttribute.EVENT_NAME: (HitKind.EVENT,),
    MatchAttribute.VISIT_DURATION: _ACTIONS,
}
"""Which hits can reach a goal; one that is only reached by hand is held against none."""


class Matcher(Struct, frozen=True):
    """A goal, ready to be held against the text of a hit that `attribute` names."""

    goal: Goal
    attribute: str
    matches: Callable[[str], bool]
    after_seconds: int | None = None


def matchers(goals: Iterable[Goal]) -> Mapping[HitKind, tuple[Matcher, ...]]:
    """Return what hits of each kind are to be held against."""
    found: dict[HitKind, list[Matcher]] = {}
    for goal in goals:
        for kind in _KINDS.get(goal.match_attribute, ()):
            found.setdefault(kind, []).append(_matcher(goal))
    return {kind: tuple(some) for kind, some in found.items()}


def reached(goal: Goal, revenue: float | None, event_value: float | None, after_seconds: int | None = None) -> Reached:
    """Return a goal as reached by a hit that told this revenue and this value of an event, if any."""
    told = event_value if goal.use_event_value_as_revenue and event_value is not None else revenue
    return Reached(goal.id, round(goal.revenue if told is None else told, 2), goal.allow_multiple, after_seconds)


def _matcher(goal: Goal) -> Matcher:
    if goal.match_attribute == MatchAttribute.VISIT_DURATION:
        minutes = _number(goal.pattern)
        seconds = None if minutes is None else round(minutes * _SECONDS_PER_MINUTE)
        return Matcher(goal, goal.match_attribute, lambda _: seconds is not None, seconds)
    patterns = [goal.pattern]
    if goal.match_attribute == MatchAttribute.URL and "%" in goal.pattern:
        patterns.append(unquote(goal.pattern))
    tests = [_test(pattern, goal.pattern_type, case_sensitive=goal.case_sensitive) for pattern in patterns]
    return Matcher(goal, goal.match_attribute, lambda text: any(test(text) for test in tests))


def _test(pattern: str, kind: str, *, case_sensitive: bool) -> Callable[[str], bool]:
    if kind == PatternType.REGEX:
        return _search(pattern, case_sensitive=case_sensitive)
    wanted = pattern if case_sensitive else pattern.lower()

    def given(text: str) -> str:
        return text if case_sensitive else text.lower()

    if kind == PatternType.EXACT:
        return lambda text: given(text) == wanted
    return lambda text: wanted in given(text)


def can_match(goal: Goal) -> bool:
    """Return whether anything could match a goal's pattern: an address is a whole one, and a regex can be read."""
    if goal.pattern_type == PatternType.EXACT and goal.match_attribute in _ADDRESSES:
        return goal.pattern.startswith("http")
    if goal.pattern_type != PatternType.REGEX:
        return True
    try:
        regex.compile(goal.pattern)
    except (regex.error, re.error):
        return False
    return True


def _search(pattern: str, *, case_sensitive: bool) -> Callable[[str], bool]:
    try:
        compiled = regex.compile(pattern, 0 if case_sensitive else regex.IGNORECASE)
    except (regex.error, re.error):
        # What is no pattern matches nothing, as in Matomo.
        return lambda _: False

    def search(text: str) -> bool:
        try:
            return compiled.search(text, timeout=LONGEST_SEARCH_SECONDS) is not None
        except TimeoutError:
            return False

    return search


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
