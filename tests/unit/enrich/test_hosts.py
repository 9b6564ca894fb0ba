import sys
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.enrich.hosts import Hosts, host_of

TABLE = Hosts({"example.com": "com", "news.example.com": "news", "google.*": "google", "images.google.*": "images"})


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("example.com", "com"),
        ("www.example.com", "com"),
        ("a.b.news.example.com", "news"),
        ("google.de", "google"),
        ("www.google.co.uk", "google"),
        ("google.com.au", "google"),
        ("images.google.fr", "images"),
        ("notexample.com", None),
        ("example.com.evil.net", None),
        ("google.example.com", "com"),
        ("google.something.net", None),
        ("google", None),
        ("com", None),
        ("", None),
    ],
)
def test_a_host_is_found_under_its_own_name_or_one_above(host: str, found: str | None) -> None:
    assert TABLE.find(host) == found


@given(st.from_regex(r"([a-z0-9-]{1,9}\.){0,4}", fullmatch=True))
def test_any_subdomain_of_a_host_is_found(prefix: str) -> None:
    assert TABLE.find(f"{prefix}example.com") in {"com", "news"}


def test_what_is_longer_than_a_name_may_be_is_no_host() -> None:
    longest = f"{'x' * 63}.{'x' * 63}.{'x' * 63}.{'x' * 49}.example.com"

    assert (len(longest), TABLE.find(longest)) == (253, "com")
    assert TABLE.find(f"x{longest}") is None
    assert TABLE.find("a." * 4000 + "example.com") is None


def calls_to_find(host: str) -> int:
    """How many functions a look-up calls."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "c_call"

    sys.setprofile(count)
    try:
        TABLE.find(host)
    finally:
        sys.setprofile(None)
    return calls


def test_a_host_of_many_names_is_not_more_work_than_one_of_few() -> None:
    few, most, too_many = ("a." * labels + "co.uk" for labels in (4, 124, 4000))

    assert calls_to_find(most) == calls_to_find(few) >= calls_to_find(too_many)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://Site.Example/a", "site.example"),
        ("https://site.example:8443", "site.example"),
        ("https://somebody:secret@site.example/a@b", "site.example"),
        ("https://site.example?x=http://b/", "site.example"),
        ("https://site.example#@b", "site.example"),
        ("https://site.example./", "site.example"),
        ("http://[2001:DB8::1]:80/", "2001:db8::1"),
        ("android-app://com.example.app/", "com.example.app"),
        ("//site.example/", ""),
        ("site.example/a", ""),
        ("http://", ""),
        ("", ""),
    ],
)
def test_the_host_of_a_url(url: str, host: str) -> None:
    assert host_of(url) == host


@given(st.text())
def test_any_text_has_a_host_or_none(text: str) -> None:
    for host in (host_of(text), host_of(f"http://{text}")):
        assert not set("/?#@") & set(host)
        TABLE.find(host)
