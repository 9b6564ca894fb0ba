import pytest

from pellucid.policy.engines import CHROMIUM, FIREFOX, WEBKITGTK, WEBKITGTK_PREVENTING
from pellucid.policy.retention import OBJECTION
from pellucid.visitor.languages import NAMES
from pellucid.visitor.lifetimes import BY_A_SCRIPT_OF_WEBKIT, CAPPED, OF_WEBKIT, OTHER, kept_for, told

LINUX, MAC, IPHONE = (
    "X11; Linux x86_64",
    "Macintosh; Intel Mac OS X 10_15_7",
    "iPhone; CPU iPhone OS 18_6 like Mac OS X",
)
AS_CHROME = "AppleWebKit/537.36 (KHTML, like Gecko)"
AS_SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "text"),
    [
        (f"Mozilla/5.0 ({LINUX}) {AS_CHROME} Chrome/156.0.0.0 Safari/537.36", CAPPED),
        (f"Mozilla/5.0 ({LINUX}) {AS_CHROME} HeadlessChrome/156.0.0.0 Safari/537.36", CAPPED),
        (f"Mozilla/5.0 ({LINUX}) {AS_CHROME} Chrome/104.0.0.0 Safari/537.36 OPR/90.0", CAPPED),
        (f"Mozilla/5.0 ({LINUX}) {AS_CHROME} Chrome/103.0.0.0 Safari/537.36", OTHER),
        (f"Mozilla/5.0 (Windows NT 10.0) {AS_CHROME} Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763", OTHER),
        (f"Mozilla/5.0 ({LINUX}; rv:153.0) Gecko/20100101 Firefox/153.0", CAPPED),
        (f"Mozilla/5.0 ({LINUX}; rv:128.0) Gecko/20100101 Firefox/128.0", OTHER),
        (f"Mozilla/5.0 ({MAC}) {AS_SAFARI} Version/26.0 Safari/605.1.15", OF_WEBKIT),
        (f"Mozilla/5.0 ({LINUX}) {AS_SAFARI} Version/26.0 Safari/605.1.15", OF_WEBKIT),
        (f"Mozilla/5.0 ({IPHONE}) {AS_SAFARI} CriOS/141.0.7390.41 Mobile/15E148 Safari/604.1", OF_WEBKIT),
        (f"Mozilla/5.0 ({IPHONE}) {AS_SAFARI} FxiOS/143.0 Mobile/15E148 Safari/605.1.15", OF_WEBKIT),
        (f"Mozilla/5.0 ({LINUX}) {AS_CHROME}", OTHER),
        ("curl/8.5.0", OTHER),
        (f"Firefox/{'9' * 5000}", CAPPED),
        ("", OTHER),
    ],
)
def test_what_is_told_is_what_is_known_of_the_engine(agent: str, text: str) -> None:
    assert kept_for(agent) == text


def test_the_days_that_are_told_are_those_of_the_engines() -> None:
    assert CHROMIUM.of_a_script == CHROMIUM.of_a_server == FIREFOX.of_a_script == FIREFOX.of_a_server == OBJECTION
    assert WEBKITGTK_PREVENTING.of_a_server is WEBKITGTK.of_a_server is None, "what a server has set is kept for longer"

    assert f"for {OBJECTION.days} days" in told(CAPPED, "en")
    for text in (OF_WEBKIT, BY_A_SCRIPT_OF_WEBKIT, OTHER):
        assert f"for {WEBKITGTK_PREVENTING.of_a_script.days} days" in told(text, "en")


@pytest.mark.parametrize("language", NAMES)
@pytest.mark.parametrize(
    ("text", "numbers"), [(CAPPED, "400"), (OF_WEBKIT, "7"), (BY_A_SCRIPT_OF_WEBKIT, "7"), (OTHER, "400, 7")]
)
def test_every_language_tells_the_same_days(language: str, text: str, numbers: str) -> None:
    said = told(text, language)

    assert ", ".join(word for word in said.split() if word.isdigit()) == numbers
    assert "{" not in said
