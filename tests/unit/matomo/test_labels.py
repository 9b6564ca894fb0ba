import pytest

from pellucid.matomo import labels


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("fr", "French (fr)"),
        ("fr-fr", "French (fr)"),
        ("ja", "Japanese - Japan (ja-jp)"),
        ("pt-br", "Portuguese - Brazil (pt-br)"),
        ("pt", "Portuguese (pt)"),
        ("zh", "Chinese (zh)"),
        ("ar", "Arabic (ar)"),
        ("en", "English (en)"),
        ("en-gb", "English - United Kingdom (en-gb)"),
        ("qqq", "Unknown (qqq)"),
        ("", "Unknown (xx)"),
    ],
)
def test_a_language_is_told_with_its_country_unless_that_goes_without_saying(tag: str, text: str) -> None:
    assert labels.language_code(tag).text == text


def test_a_country_has_its_name_and_code() -> None:
    assert labels.country("de").text == "Germany"
    assert labels.country("").more["code"] == "xx"
    assert labels.country("zz").text == "Unknown Region"


def test_a_model_without_a_name_is_told_by_its_type() -> None:
    assert labels.model("Apple", "iPhone", "smartphone").text == "Apple - iPhone"
    assert labels.model("Apple", "", "desktop").text == "Apple - Generic Desktop"
    assert labels.model("", "", "").text == "Unknown"


def test_the_segment_of_what_is_not_known_is_matomos() -> None:
    unknown = (
        *(labels.browser("", ""), labels.browser_version("", "", ""), labels.system_version("", "", "")),
        *(labels.model("", "", ""), labels.resolution(""), labels.language(""), labels.language_code("")),
    )

    assert [label.more["segment"] for label in unknown] == [
        "browserCode==UNK",
        "browserCode==UNK;browserVersion==",
        "operatingSystemCode==UNK;operatingSystemVersion==UNK",
        "deviceBrand==Unknown;deviceModel==",
        "resolution==unknown",
        "languageCode==xx",
        "languageCode==xx",
    ]
    assert "segment" not in labels.type_of_device("").more


def test_the_segment_of_a_row_chooses_by_what_it_tells() -> None:
    assert labels.browser_version("Chrome", "CH", "126.0").more["segment"] == "browserCode==CH;browserVersion==126.0"
    assert labels.city("San José", "CA", "us").more["segment"] == "city==San+Jos%C3%A9;regionCode==CA;countryCode==us"
