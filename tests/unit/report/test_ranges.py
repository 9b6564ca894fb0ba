import pytest

from pellucid.report.ranges import Range, ending, in_words, lies_in


@pytest.mark.parametrize(
    ("within", "name", "words", "condition"),
    [
        ((3, 3), "3_to_3", "3", "days between 3 and 3"),
        ((8, 14), "8_to_14", "8 to 14", "days between 8 and 14"),
        ((365, None), "365", "365 and more", "days >= 365"),
    ],
)
def test_a_range_is_told_to_people_and_to_the_store(within: Range, name: str, words: str, condition: str) -> None:
    assert (ending(within), in_words(within), lies_in("days", within)) == (name, words, condition)
