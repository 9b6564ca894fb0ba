import re
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.visitor.opt_out_look import Look, look_of

NAMES = ("backgroundColor", "fontColor", "fontSize", "fontFamily")
_PLAIN = re.compile(r'[A-Za-z0-9 #.,%:;{}"_-]*')


def test_colours_and_fonts_are_written_as_css() -> None:
    look = look_of(
        {"backgroundColor": "112233", "fontColor": "#FFF", "fontSize": "1.2em", "fontFamily": "Arial, serif"}
    )

    assert look == Look(background="#112233", colour="#fff", size="1.2em", family='"Arial", serif')
    assert "background: #112233; color: #fff;" in look.css
    assert 'font-size: 1.2em; font-family: "Arial", serif' in look.css


def test_without_wishes_there_is_no_stylesheet() -> None:
    assert look_of({}).css == ""
    assert look_of({}).query == ""


@pytest.mark.parametrize(
    ("asked", "dark"),
    [
        ({}, None),
        ({"backgroundColor": "000"}, True),
        ({"backgroundColor": "ffffff"}, False),
        ({"fontColor": "ffffff"}, True),
        ({"fontColor": "102030"}, False),
        ({"backgroundColor": "ffffff", "fontColor": "ffffff"}, False),
    ],
)
def test_what_is_not_coloured_goes_with_what_is(asked: dict[str, str], dark: bool | None) -> None:  # noqa: FBT001 -- expected
    assert look_of(asked).is_dark is dark


@pytest.mark.parametrize(
    "planted",
    [
        "red",
        "12",
        "1234567",
        "#12345g",
        "fff;}",
        "12vw",
        "-1px",
        "1000px",
        "calc(1px)",
        "a;b",
        "a{b",
        'a"b',
        "a\\b",
        "",
    ],
)
def test_what_is_not_plainly_a_colour_or_a_font_is_left_out(planted: str) -> None:
    look = look_of({"backgroundColor": planted, "fontColor": planted, "fontSize": planted})

    assert look == Look()


@given(st.fixed_dictionaries({name: st.text() for name in NAMES}))
def test_no_text_gets_out_of_its_rule(asked: dict[str, str]) -> None:
    css = look_of(asked).css

    assert _PLAIN.fullmatch(css)
    assert css.count("{") == css.count("}") <= 1


@given(st.from_regex(r"[0-9a-f]{6}", fullmatch=True), st.sampled_from(["Arial", "Open Sans, sans-serif", "Fira-Sans"]))
def test_a_look_asks_for_itself_again(colour: str, family: str) -> None:
    look = look_of({"backgroundColor": colour, "fontFamily": family, "fontSize": "12px"})

    assert look_of(dict(parse_qsl(look.query))) == look
