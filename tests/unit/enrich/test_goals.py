import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.enrich.goals import matchers, reached
from pellucid.model.goal import Goal, MatchAttribute, PatternType
from pellucid.model.hit import HitKind, Reached


def a_goal(**fields: object) -> Goal:
    """A goal that is reached by the page of an order."""
    plain: dict[str, object] = {"site_id": 1, "id": 3, "name": "Ordered", "pattern": "/Thanks"}
    return Goal(**plain | fields)


def matches(text: str, **fields: object) -> bool:
    """Whether a page view at this address reaches a goal."""
    (matcher,) = matchers([a_goal(**fields)])[HitKind.PAGEVIEW]
    return matcher.matches(text)


@pytest.mark.parametrize(
    ("fields", "text", "met"),
    [
        ({}, "http://a/thanks?x=1", True),
        ({}, "http://a/thank", False),
        ({"case_sensitive": True}, "http://a/thanks", False),
        ({"case_sensitive": True}, "http://a/Thanks", True),
        ({"pattern_type": "exact"}, "http://a/thanks", False),
        ({"pattern_type": "exact", "pattern": "HTTP://A/thanks"}, "http://a/Thanks", True),
        ({"pattern_type": "regex", "pattern": r"/th.nks($|\?)"}, "http://a/THANKS?x", True),
        ({"pattern_type": "regex", "pattern": r"/th.nks$"}, "http://a/thanks/", False),
        ({"pattern_type": "regex", "pattern": "("}, "(", False),
        ({"pattern": "/gr%C3%BCn"}, "http://a/gr\N{LATIN SMALL LETTER U WITH DIAERESIS}n", True),
        ({"pattern": "/gr%C3%BCn"}, "http://a/gr%C3%BCn", True),
        ({"match_attribute": "title", "pattern": "thanks"}, "Many Thanks", True),
    ],
)
def test_a_goal_is_reached_by_what_its_pattern_says(fields: dict[str, object], text: str, *, met: bool) -> None:
    assert matches(text, **fields) is met


def test_a_pattern_that_takes_for_ever_ends() -> None:
    assert not matches("a" * 1000 + "b", pattern_type="regex", pattern="(a|a)*$")


@given(st.sampled_from(PatternType), st.text(max_size=30), st.text(max_size=60))
def test_any_pattern_meets_any_text_without_an_error(kind: PatternType, pattern: str, text: str) -> None:
    assert matches(text, pattern_type=kind, pattern=pattern) in {True, False}


@pytest.mark.parametrize("attribute", list(MatchAttribute))
def test_every_attribute_is_held_against_the_hits_that_have_it(attribute: MatchAttribute) -> None:
    kinds = set(matchers([a_goal(match_attribute=attribute)]))

    assert bool(kinds) is (attribute is not MatchAttribute.MANUALLY)
    assert HitKind.PING not in kinds


def test_a_duration_is_told_in_minutes() -> None:
    goal = a_goal(match_attribute="visit_duration", pattern_type="greater_than", pattern="1.5")

    (matcher,) = matchers([goal])[HitKind.EVENT]

    assert (matcher.after_seconds, matcher.matches("1")) == (90, True)


@pytest.mark.parametrize(
    ("fields", "revenue", "value", "told"),
    [
        ({"revenue": 5.0}, None, None, 5.0),
        ({"revenue": 5.0}, 7.0, None, 7.0),
        ({"revenue": 5.0}, 0.0, None, 0.0),
        ({"revenue": 5.0}, None, 9.0, 5.0),
        ({"revenue": 5.0, "use_event_value_as_revenue": True}, None, 9.999, 10.0),
        ({"revenue": 5.0, "use_event_value_as_revenue": True}, None, 0.0, 0.0),
        ({"revenue": 5.0, "use_event_value_as_revenue": True}, None, None, 5.0),
    ],
)
def test_what_a_goal_is_worth_is_told_by_the_hit_or_the_goal(
    fields: dict[str, object], revenue: float | None, value: float | None, told: float
) -> None:
    assert reached(a_goal(**fields), revenue, value) == Reached(3, told)
