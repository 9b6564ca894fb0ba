import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.enrich.page import CAMPAIGN_KEYWORDS, CAMPAIGN_NAMES
from pellucid.enrich.source import is_referrer_spam, source
from pellucid.model.hit import Source, SourceKind

PAGE = "http://site.example/"
NEWS = "(adwords) news.example"
SHOWN = (SourceKind.CAMPAIGN, "adwords (text)", "(adwords) www.news.example")
OWN = frozenset({"site.example", "shop.example"})


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
        ("https://gemini.google.com/app", (SourceKind.ASSISTANT, "Gemini", "")),
        ("https://copilot.microsoft.com/", (SourceKind.ASSISTANT, "Copilot", "")),
        ("https://images.google.de/search?q=Bike", (SourceKind.SEARCH, "Google Images", "bike")),
        ("https://search.yahoo.com/search?p=Bike", (SourceKind.SEARCH, "Yahoo!", "bike")),
        ("https://www.google.com/imgres?imgurl=x", (SourceKind.SEARCH, "Google Images", "")),
        ("https://cse.google.com/cse?q=Bike", (SourceKind.SEARCH, "Google Custom Search", "bike")),
        ("https://www.google.de/url?sa=t", (SourceKind.SEARCH, "Google", "")),
        ("https://www.google.com/intl/de/about", (SourceKind.WEBSITE, "www.google.com", "")),
        ("https://mail.google.com/mail/u/0/", (SourceKind.WEBSITE, "mail.google.com", "")),
        ("https://docs.google.com/document/d/1", (SourceKind.WEBSITE, "docs.google.com", "")),
        ("android-app://com.google.android.googlequicksearchbox/", (SourceKind.SEARCH, "Google", "")),
        ("https://de.search.yahoo.com/", (SourceKind.SEARCH, "Yahoo!", "")),
        ("https://r.search.yahoo.com/x", (SourceKind.SEARCH, "Yahoo!", "")),
        ("https://search.yahoo.co.jp/search?p=Bike", (SourceKind.SEARCH, "Yahoo! Japan", "bike")),
        ("https://www.yahoo.com/news", (SourceKind.WEBSITE, "www.yahoo.com", "")),
        ("https://cn.bing.com/search?q=Bike", (SourceKind.SEARCH, "Bing", "bike")),
        ("https://www.bing.com/images/search?q=Bike", (SourceKind.SEARCH, "Bing Images", "bike")),
        ("https://www.bing.com/maps", (SourceKind.WEBSITE, "www.bing.com", "")),
        ("https://m.baidu.com/s?word=Bike", (SourceKind.SEARCH, "Baidu", "bike")),
        ("android-app://com.linkedin.android/", (SourceKind.SOCIAL, "LinkedIn", "")),
        ("https://www.pinterest.ch/pin/1", (SourceKind.SOCIAL, "Pinterest", "")),
        ("http://www.shop.example/", (SourceKind.DIRECT, "", "")),
        ("http://shop.example:8080/", (SourceKind.DIRECT, "", "")),
        ("http://blog.shop.example/", (SourceKind.WEBSITE, "blog.shop.example", "")),
        ("https://news.example.net:8080/a?b=c", (SourceKind.WEBSITE, "news.example.net", "")),
        ("https://www.blog.example/", (SourceKind.WEBSITE, "www.blog.example", "")),
        ("https://www.facebook.com/", (SourceKind.SEARCH, "Facebook", "")),
        ("https://www.facebook.com/search?q=bells", (SourceKind.SEARCH, "Facebook", "bells")),
        ("https://www.facebook.com/our.shop/posts/7", (SourceKind.SOCIAL, "Facebook", "")),
        ("https://googleads.g.doubleclick.net/x?url=http%3A%2F%2Fwww.news.example%2Fa&ad_type=text", SHOWN),
        ("https://ad.doubleclick.net/x?url=http%3A%2F%2Fnews.example", (SourceKind.CAMPAIGN, "adwords", NEWS)),
        ("https://ad.doubleclick.net/x", (SourceKind.WEBSITE, "ad.doubleclick.net", "")),
        ("https://news.example/googleads?url=http%3A%2F%2Fa.example", (SourceKind.WEBSITE, "news.example", "")),
        ("http://[2001:db8::1]/x", (SourceKind.WEBSITE, "2001:db8::1", "")),
        ("java\nscript://evil.example/%0aalert(1)", (SourceKind.DIRECT, "", "")),
    ],
)
def test_a_referrer_is_told_by_what_it_is_known_as(referrer: str, expected: tuple[str, str, str]) -> None:
    found = source(PAGE, referrer, OWN)

    assert (found.kind, found.name, found.keyword) == expected


@pytest.mark.parametrize("name", CAMPAIGN_NAMES)
@pytest.mark.parametrize("keyword", CAMPAIGN_KEYWORDS)
def test_a_campaign_counts_before_the_referrer(name: str, keyword: str) -> None:
    found = source(f"{PAGE}?{name}=June&{keyword}=Bikes", "https://www.google.com/?q=x", OWN)

    assert found == Source(SourceKind.CAMPAIGN, "june", "bikes", "https://www.google.com/?q=x")


@pytest.mark.parametrize(
    ("rest", "name", "keyword"),
    [
        ("#mtm_campaign=June", "june", ""),
        ("?MTM_Campaign=June&UTM_TERM=Bikes", "june", "bikes"),
        ("?utm_source=Post&utm_medium=Mail&utm_campaign=June", "june", ""),
        ("?utm_medium=Mail&utm_source=Post", "post", ""),
        ("?pk_campaign=Old&utm_campaign=New", "old", ""),
        ("?utm_campaign=&utm_source=Post", "post", ""),
        ("?mtm_campaign=J%C3%BCni+1", "j\N{LATIN SMALL LETTER U WITH DIAERESIS}ni 1", ""),
        ("?mtm_campaign=Query#mtm_campaign=Fragment", "query", ""),
        ("?mtm_campaign=" + "x" * 300, "x" * 255, ""),
    ],
)
def test_a_campaign_is_named_by_the_first_parameter_that_does(rest: str, name: str, keyword: str) -> None:
    found = source(f"{PAGE}{rest}", "", OWN)

    assert (found.kind, found.name, found.keyword) == (SourceKind.CAMPAIGN, name, keyword)


@pytest.mark.parametrize(
    "rest", ["", "?utm_content=x", "?mtm_campaign=", "?utm_term=Bikes", "?xutm_source=x", "#utm_source"]
)
def test_without_a_name_there_is_no_campaign(rest: str) -> None:
    assert source(f"{PAGE}{rest}", "", OWN).kind is SourceKind.DIRECT


@pytest.mark.parametrize("rest", ["?ignore_referrer=1", "?x=1&ignore_referer=1", "#ignore_referrer=1"])
def test_a_page_can_say_that_its_referrer_means_nothing(rest: str) -> None:
    assert source(f"{PAGE}{rest}", "https://news.example.net/", OWN).kind is SourceKind.DIRECT


@pytest.mark.parametrize("rest", ["?ignore_referrer=0", "?dont_ignore_referrer=1", "ignore_referrer=1"])
def test_a_page_that_says_nothing_of_the_kind_has_its_referrer(rest: str) -> None:
    assert source(f"{PAGE}{rest}", "https://news.example.net/", OWN).kind is SourceKind.WEBSITE


def test_a_page_on_a_host_that_the_site_does_not_name_is_still_its_own() -> None:
    assert source("http://other.example/", "http://www.other.example/a", OWN).kind is SourceKind.DIRECT


def test_a_referrer_is_kept_with_an_end() -> None:
    assert len(source(PAGE, "https://news.example.net/" + "x" * 2_000, OWN).url) == 1024
    assert source(PAGE, "https://google.de/?x=" + "x" * 2_000 + "&q=bike", OWN).keyword == "bike"


@given(st.text(), st.text())
def test_any_referrer_has_a_source(page: str, referrer: str) -> None:
    for told in (referrer, f"http://{referrer}", f"https://www.google.de/?q={referrer}"):
        found = source(f"{PAGE}{page}", told, OWN)
        assert len(found.name) <= 255
        assert len(found.keyword) <= 255
        assert "\0" not in found.name + found.keyword


def test_a_host_that_ends_like_a_known_one_is_another() -> None:
    assert source(PAGE, "https://notgoogle.com/?q=x", OWN).kind is SourceKind.WEBSITE
    assert source(PAGE, "https://google.example.com/?q=x", OWN).kind is SourceKind.WEBSITE


def test_spam_is_known_by_its_host() -> None:
    assert is_referrer_spam("http://semalt.com/x")
    assert is_referrer_spam("http://sub.semalt.com/x")
    assert not is_referrer_spam("http://notsemalt.com/")
    assert not is_referrer_spam("")


def test_a_campaign_keeps_no_referrer_that_is_none() -> None:
    assert source(f"{PAGE}?utm_campaign=june", "javascript://evil.example/%0aalert(1)", OWN).url == ""


@pytest.mark.parametrize(
    ("referrer", "kept"),
    [
        ("https://Ada:pw@Mail.example/read?token=x&sid=1&id=7&key=2#top", "https://mail.example/read?id=7"),
        ("https://www.google.com/search?q=bell&ved=1&ei=2", "https://www.google.com/search?q=bell"),
        ("https://www.bing.com/search?q=bell&cvid=1&PC=2", "https://www.bing.com/search?q=bell"),
        ("https://l.facebook.com/l.php?u=http://a/&h=x", "https://l.facebook.com/l.php?u=http://a/"),
    ],
)
def test_a_referrer_is_kept_without_what_names_a_visitor_or_a_click(referrer: str, kept: str) -> None:
    excluded = frozenset({"key"})

    assert source(PAGE, referrer, OWN, excluded).url == kept
    assert source(f"{PAGE}?utm_campaign=june", referrer, OWN, excluded).url == kept
