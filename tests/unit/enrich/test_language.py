import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.enrich.language import UNKNOWN, language


@pytest.mark.parametrize(
    ("accepted", "first"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de-at"),
        ("fr", "fr"),
        (" en-US ;q=1, de", "en-us"),
        ("zh-Hant-TW", "zh-tw"),
        ("es-419,es", "es"),
        ("de_DE", "de-de"),
        ("kpe_LR,en", "en"),
        ("*", UNKNOWN),
        ("english please", UNKNOWN),
        ("<script>", UNKNOWN),
        ("", ""),
        (" ", ""),
    ],
)
def test_the_language_is_the_first_known_one_that_is_asked_for(accepted: str, first: str) -> None:
    assert language(accepted) == first


@given(st.text())
def test_a_language_is_a_short_plain_word(accepted: str) -> None:
    found = language(accepted)

    assert found.isascii()
    assert found == found.lower()
    assert len(found) <= len("de-at")
