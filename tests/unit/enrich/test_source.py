import pytest

from pellucid.enrich.page import CAMPAIGN_KEYWORDS, CAMPAIGN_NAMES
from pellucid.enrich.source import is_referrer_spam, source
from pellucid.model.hit import Source, SourceKind

PAGE = "http://site.example/"
OWN = {"site.example"}


@pytest.mark.parametrize(
    ("referrer", "expected"),
    [
        ("", (SourceKind.DIRECT, "", "")),
        ("not a url", (SourceKind.DIRECT, "", "")),
        ("http://site.example/other", (SourceKind.DIRECT, "", "")),
        ("https://www.site.example/", (SourceKind.DIRECT, "", "")),
        ("http://www.google.co.uk/search?q=Best+Chain", (SourceKind.SEARCH, "Google", "best chain")),
        ("https://www.google.com/", (SourceKind.SEARCH, "Google", "")),
        ("https://duckduckgo.com/?q=caf%C3%A9", (SourceKind.SEARCH, "DuckDuckGo", "café")),
        ("https://t.co/abc", (SourceKind.SOCIAL, "Twitter", "")),
        ("https://m.facebook.com/", (SourceKind.SOCIAL, "Facebook", "")),
        ("https://chatgpt.com/", (SourceKind.ASSISTANT, "ChatGPT", "")),
        ("https://news.example.net:8080/a?b=c", (SourceKind.WEBSITE, "news.example.net", "")),
        ("https://www.blog.example/", (SourceKind.WEBSITE, "blog.example", "")),
        ("http://[2001:db8::1]/x", (SourceKind.WEBSITE, "2001:db8::1", "")),
    ],
)
def test_a_referrer_is_told_by_what_it_is_known_as(referrer: str, expected: tuple[str, str, str]) -> None:
    found = source(PAGE, referrer, OWN)

    assert (found.kind, found.name, found.keyword) == expected


@pytest.mark.parametrize("name", CAMPAIGN_NAMES)
@pytest.mark.parametrize("keyword", CAMPAIGN_KEYWORDS)
def test_a_campaign_counts_before_the_referrer(name: str, keyword: str) -> None:
    found = source(f"{PAGE}?{name}=June&{keyword}=Bikes", "https://www.google.com/?q=x", OWN)

    assert found == Source(SourceKind.CAMPAIGN, "June", "Bikes", "https://www.google.com/?q=x")


def test_a_campaign_may_stand_in_the_fragment() -> None:
    assert source(f"{PAGE}#mtm_campaign=June", "", OWN).name == "June"


def test_a_page_can_say_that_its_referrer_means_nothing() -> None:
    assert source(f"{PAGE}?ignore_referrer=1", "https://news.example.net/", OWN).kind is SourceKind.DIRECT


def test_a_host_that_ends_like_a_known_one_is_another() -> None:
    assert source(PAGE, "https://notgoogle.com/?q=x", OWN).kind is SourceKind.WEBSITE
    assert source(PAGE, "https://google.example.com/?q=x", OWN).kind is SourceKind.WEBSITE


def test_spam_is_known_by_its_host() -> None:
    assert is_referrer_spam("http://semalt.com/x")
    assert is_referrer_spam("http://sub.semalt.com/x")
    assert not is_referrer_spam("http://notsemalt.com/")
    assert not is_referrer_spam("")
