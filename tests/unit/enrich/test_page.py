import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.enrich.page import CAMPAIGN_KEYWORDS, CAMPAIGN_NAMES, LONGEST_URL, excluded_names, page_url, target_url


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("HTTP://Site.Example/Path?B=1", "http://site.example/Path?B=1"),
        ("http://a/#part", "http://a/"),
        ("http://a/?x=1#part?y=2", "http://a/?x=1"),
        ("http://a/?gclid=1&x=2&FBCLID=3", "http://a/?x=2"),
        ("http://a/?token_auth=secret", "http://a/"),
        ("http://a/?%67clid=1", "http://a/"),
        ("http://a/p;jsessionid=7;x=1", "http://a/p?x=1"),
        ("http://a/?utm_content=top&utm_source=x", "http://a/?utm_content=top"),
        ("http://a/?a=1&&b=2&", "http://a/?a=1&b=2"),
        ("http://a/?a=1;sid=2", "http://a/?a=1;sid=2"),
        ("http://a/?sid", "http://a/"),
        ("http://a/?sid%3D=1&Token=x", "http://a/?sid%3D=1"),
        ("http://a?x=1", "http://a?x=1"),
        ("http://somebody:secret@A.example/b", "http://a.example/b"),
        ("http://a/b@c?d=e@f", "http://a/b@c?d=e@f"),
        ("http://a/p;x=1?y=2;z=3", "http://a/p?x=1&y=2;z=3"),
        ("  http://a/b ", "http://a/b"),
        ("/just/a/path", "/just/a/path"),
        ("//a/b", "//a/b"),
        ("android-app://org.example/b", "android-app://org.example/b"),
        ("javascript:alert(1)", ""),
        (" Java\tScript://a/%0aalert(1)", ""),
        ("data:text/html,x", ""),
        ("mailto:ada@a.example", ""),
        ("http://a/b\n/c\x00d", "http://a/b/cd"),
        ("", ""),
    ],
)
def test_a_page_is_kept_without_what_names_the_visitor(url: str, kept: str) -> None:
    assert page_url(url) == kept


NEVER_KEPT = (
    "gclid fbclid msclkid twclid wbraid gbraid yclid fb_xd_fragment fb_comment_id phpsessid jsessionid sessionid "
    "aspsessionid doing_wp_cron sid pk_vid token_auth token ignore_referrer ignore_referer"
).split()


@pytest.mark.parametrize("name", NEVER_KEPT)
def test_no_parameter_of_a_click_or_a_session_is_kept(name: str) -> None:
    assert page_url(f"http://a/?{name}=y&x=1&{name.upper()}=z") == "http://a/?x=1"


@pytest.mark.parametrize("name", [*CAMPAIGN_NAMES, *CAMPAIGN_KEYWORDS])
def test_no_parameter_of_a_campaign_is_kept(name: str) -> None:
    assert page_url(f"http://a/?x=1&{name}=y") == "http://a/?x=1"


def test_a_site_can_leave_out_more() -> None:
    assert page_url("http://a/?id=1&x=2", frozenset({"id"})) == "http://a/?x=2"


def test_a_site_can_leave_out_what_a_pattern_finds() -> None:
    excluded = excluded_names(["/^Sess.*|.*date$/", " ID ", "/(/", "/", ""])

    assert page_url("http://a/?sessid=1&x=2&Update=3&id=4&dates=5", excluded) == "http://a/?x=2&dates=5"


def test_a_pattern_that_takes_for_ever_is_taken_to_find() -> None:
    excluded = excluded_names(["/^(a|aa)+$/"])

    assert page_url(f"http://a/?{'a' * 99}b=1&x=2", excluded) == "http://a/?x=2"


def test_a_long_address_is_cut_when_it_is_clean() -> None:
    assert page_url(f"http://a/?gclid={'x' * 2000}&y=1") == "http://a/?y=1"
    assert len(page_url("http://a/" + "x" * 2000)) == LONGEST_URL == 1024


@given(st.text(), st.text("abc=&;?#/%"))
def test_any_address_is_short_and_has_no_fragment(host: str, rest: str) -> None:
    kept = page_url(f"http://{host}/{rest}")

    assert len(kept) <= 1024
    assert "#" not in kept
    assert page_url(kept) == kept or ";" in kept or "?" in host


@pytest.mark.parametrize(
    ("fragment", "kept"),
    [
        ("part", "#part"),
        ("x=1&sid=2", "#x=1"),
        ("/find?q=bell&gclid=1", "#/find?q=bell"),
        ("/find?gclid=1", "#/find"),
        ("sid=2", ""),
    ],
)
def test_a_fragment_that_is_kept_is_kept_without_what_names_the_visitor(fragment: str, kept: str) -> None:
    assert page_url(f"http://a/#{fragment}", keep_fragment=True) == f"http://a/{kept}"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://other.example/#!part", "https://other.example/#!part"),
        ("http://other.example/a?utm_source=us&b=1#c", "http://other.example/a?utm_source=us&b=1#c"),
        ("http://me:secret@other.example/a?sid=7&b=1", "http://other.example/a?b=1"),
        ("http://other.example/#token=7&part=2", "http://other.example/#part=2"),
        ("http://other.example/#/a?sid=7", "http://other.example/#/a"),
        ("http://other.example/#sid=7", "http://other.example/"),
        ("http://other.example/a;v=1?PHPSESSID=7&mine=2", "http://other.example/a;v=1"),
        ("mailto:me@other.example", ""),
        (" http://other.example ", "http://other.example"),
    ],
)
def test_where_a_link_leads_is_kept_but_for_what_tells_of_people(url: str, kept: str) -> None:
    assert target_url(url, frozenset({"mine"})) == kept
