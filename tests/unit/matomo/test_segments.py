from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.errors import RequestError
from pellucid.matomo.segments import IN_ANY_CASE, NAMES, segment_of
from pellucid.model.goal import Goal
from pellucid.model.query import EVERYBODY, Condition, Operator, Segment
from pellucid.report.dimensions import dimension_of


def test_nothing_asked_is_everybody() -> None:
    assert segment_of("") == EVERYBODY


@pytest.mark.parametrize(("value", "number"), [("3.5", "3.5"), ("3 pages", "3"), ("-1", "-1"), ("many", "0")])
def test_a_number_is_compared_with_that_which_a_value_begins_with(value: str, number: str) -> None:
    assert segment_of(f"actions>{value}").groups[0][0].value == number
    assert segment_of(f"actions=@{value}").groups[0][0].value == value
    assert segment_of(f"city=={value}").groups[0][0].value == value


def test_days_since_the_first_visit_are_compared_as_seconds() -> None:
    condition = Condition("seconds_since_first_visit", Operator.AT_LEAST, "172800")

    assert segment_of("daysSinceFirstVisit>=2") == Segment(((condition,),))


def test_or_binds_tighter_than_and() -> None:
    german = Condition("country", Operator.EQUALS, "de")
    french = Condition("country", Operator.EQUALS, "fr")
    busy = Condition("actions", Operator.AT_LEAST, "3")

    assert segment_of("countryCode==de,countryCode==fr;actions>=3") == Segment(((german, french), (busy,)))


@pytest.mark.parametrize("operator", [one for one in Operator if one not in {Operator.ALIKE, Operator.UNLIKE}])
def test_every_operator_is_read(operator: Operator) -> None:
    assert segment_of(f"pageTitle{operator}Home").groups[0][0] == Condition("page_title", operator, "Home")


@pytest.mark.parametrize(("asked", "done"), [("==", Operator.ALIKE), ("!=", Operator.UNLIKE), ("=@", "=@")])
def test_columns_of_visits_are_the_same_in_letters_of_either_case(asked: str, done: Operator) -> None:
    names = {name for name, told in NAMES.items() if told.dimension in IN_ANY_CASE} | {"dimension1"}

    assert {"city", "referrerKeyword", "userId", "browserCode", "customVariablePageName3"} <= names
    assert {segment_of(f"{name}{asked}a").groups[0][0].operator for name in names} == {done}
    assert {condition.operator for (condition,) in segment_of("customVariableName!=a").groups} == {Operator.UNLIKE}
    assert not any(dimension.number for name in IN_ANY_CASE if (dimension := dimension_of(name)))


def test_what_matomo_knows_by_a_hash_is_compared_as_it_is() -> None:
    names = (
        "pageUrl",
        "entryPageTitle",
        "downloadUrl",
        "eventCategory",
        "siteSearchKeyword",
        "contentName",
        "productSku",
    )

    assert {segment_of(f"{name}==a").groups[0][0].operator for name in names} == {Operator.EQUALS}


@settings(deadline=None)
@given(st.text())
def test_a_value_that_is_escaped_as_often_as_matomo_decodes_it_comes_through_whole(value: str) -> None:
    escaped = quote(quote(quote(value, safe=""), safe=""), safe="")

    assert segment_of(f"pageTitle=={escaped}").groups[0][0].value == value


@pytest.mark.parametrize(
    "text", ["pageTitle==a b;visitCount>1", "pageTitle==a+b;visitCount>1", "pageTitle%3D%3Da%252Bb%3BvisitCount%3E1"]
)
def test_a_segment_is_understood_however_often_it_is_escaped(text: str) -> None:
    title, count = segment_of(text).groups

    assert (title[0].value, count[0].operator) == ("a b", Operator.MORE)


def test_what_separates_conditions_is_part_of_a_value_where_it_separates_none_when_decoded() -> None:
    assert [one.value for one in segment_of("pageTitle==a%2Cb,city==c").groups[0]] == ["a,b", "c"]
    assert segment_of("pageTitle==a%3B").groups[0][0].value == "a;"


def test_a_comma_behind_a_backslash_is_part_of_the_value() -> None:
    assert segment_of(r"pageTitle==a\,b\;c").groups[0][0].value == "a,b;c"


def test_every_name_chooses_by_a_dimension_there_is() -> None:
    assert [name for name, told in NAMES.items() if dimension_of(told.dimension) is None] == []


def test_dimensions_of_the_owner_are_chosen_by() -> None:
    assert segment_of("dimension1==member").groups[0][0] == Condition("dimension1", Operator.ALIKE, "member")


def test_what_matomo_calls_unknown_is_empty() -> None:
    unknown = (
        "deviceBrand==Unknown;deviceModel==generic+desktop;browserCode==UNK;operatingSystemCode==UNK;countryCode==xx;"
        "operatingSystemVersion==UNK;continentCode==unk;languageCode==xx;resolution==unknown;"
        "browserName==unknown;operatingSystemName==Unknown"
    )

    assert {condition.value for (condition,) in segment_of(unknown).groups} == {""}


@pytest.mark.parametrize(("asked", "done"), [("=@", "=="), ("=^", "=="), ("!@", "!="), ("!=", "!=")])
def test_what_is_called_unknown_is_no_part_of_every_value(asked: str, done: str) -> None:
    assert segment_of(f"countryCode{asked}xx").groups[0][0] == Condition("country", Operator(done), "")


def test_codes_are_the_same_in_letters_of_either_case() -> None:
    codes = segment_of("countryCode==DE;languageCode==de-AT;deviceType==Tablet")

    assert [condition.value for (condition,) in codes.groups] == ["de", "de-at", "tablet"]


def test_days_since_the_first_visit_are_so_many_seconds() -> None:
    asked = segment_of("daysSinceFirstVisit>0;daysSinceFirstVisit<=2").groups

    assert [(one.operator, one.value) for (one,) in asked] == [(Operator(">"), "0"), (Operator("<="), "172800")]
    assert {one.dimension for (one,) in asked} == {"seconds_since_first_visit"}


def test_kinds_and_visitors_have_matomos_values() -> None:
    assert segment_of("referrerType==ai").groups[0][0].value == "assistant"
    assert segment_of("visitorId==00000000000000ff").groups[0][0].value == "255"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("colour==red", "'colour' is not a supported segment; there are actions"),
        ("countryCode", "needs a name and one of =="),
        ("countryCode~de", "needs a name"),
        ("referrerType==magic", "'magic' is not known; there are direct"),
        ("visitorId==xyz", "16 hexadecimal digits"),
        ("city=@", "has no value"),
        ("actions>", "has no value"),
        ("visitConvertedGoalName!@", "has no value"),
        ("customVariableName=^", "has no value"),
    ],
)
def test_what_is_not_understood_is_said(text: str, told: str) -> None:
    with pytest.raises(RequestError, match=told):
        segment_of(text)


GOALS = (Goal(site_id=1, id=1, name="Signed up"), Goal(site_id=1, id=2, name="Read"))


def reached(operator: Operator, *numbers: int) -> tuple[Condition, ...]:
    return tuple(Condition("converted_goal", operator, str(number)) for number in numbers)


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("visitConvertedGoalName==read", (reached(Operator.EQUALS, 2),)),
        ("visitConvertedGoalName=@e", (reached(Operator.EQUALS, 1, 2),)),
        ("visitConvertedGoalName=^sign", (reached(Operator.EQUALS, 1),)),
        ("visitConvertedGoalName==Other", (reached(Operator.EQUALS, -2),)),
        ("visitConvertedGoalName!@e", (reached(Operator.DIFFERS, 1), reached(Operator.DIFFERS, 2))),
        ("visitConvertedGoalName!=", (reached(Operator.EQUALS, 1, 2),)),
        ("visitConvertedGoalName==", (reached(Operator.DIFFERS, 1), reached(Operator.DIFFERS, 2))),
    ],
)
def test_goals_are_named(text: str, groups: tuple[tuple[Condition, ...], ...]) -> None:
    assert segment_of(text, GOALS).groups == groups


def test_what_rules_several_out_stands_alone() -> None:
    with pytest.raises(RequestError, match="can not stand beside others"):
        segment_of("customVariableName!=Plan,actions>1")
    with pytest.raises(RequestError, match="can not be compared by >"):
        segment_of("visitConvertedGoalName>a", GOALS)
