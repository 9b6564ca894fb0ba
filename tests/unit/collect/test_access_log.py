from datetime import UTC, datetime

import pytest

from pellucid.collect.access_log import LineReader, Skip, Wanted
from pellucid.enrich.device import LONGEST_USER_AGENT
from pellucid.enrich.robots import agent
from pellucid.model.site import Site
from pellucid.policy.presets import PRESETS

NOW = 1_763_985_600_000
"""24 November 2025, 12:00 UTC."""
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def reader(*urls: str, wanted: Wanted | None = None) -> LineReader:
    site = Site(
        id=3,
        name="Example",
        urls=urls or ("https://Example.org/shop",),
        timezone="UTC",
        currency="EUR",
        ecommerce=False,
        privacy=PRESETS["cookieless"],
        created=datetime(2025, 1, 1, tzinfo=UTC),
    )
    return LineReader(site, agent, lambda: NOW, wanted)


def a_line(
    *,
    address: str = "203.0.113.9",
    account: str = "-",
    time: str = "24/Nov/2025:10:00:00 +0000",
    request: str | bytes = "GET /page HTTP/1.1",
    status: int = 200,
    referrer: str = "-",
    user_agent: str | bytes = FIREFOX,
) -> bytes:
    request, user_agent = (part if isinstance(part, bytes) else part.encode() for part in (request, user_agent))
    before = f'{address} - {account} [{time}] "'.encode()
    between = f'" {status} 5316 "{referrer}" "'.encode()
    return before + request + between + user_agent + b'"'


def read(line: bytes) -> dict[str, str]:
    told = reader().read(line)
    assert not isinstance(told, Skip), told
    return told


def test_a_page_view_becomes_the_request_a_browser_would_have_sent() -> None:
    told = read(a_line(request="GET /page?a=1 HTTP/1.1", referrer="https://search.example/?q=x"))

    assert told == {
        "idsite": "3",
        "rec": "1",
        "url": "https://example.org/page?a=1",
        "urlref": "https://search.example/?q=x",
        "cip": "203.0.113.9",
        "ua": FIREFOX,
        "cdt": "1763978400",
    }


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", Skip.UNREADABLE),
        (b"\xff\xfe\x00 not a log", Skip.UNREADABLE),
        (b'203.0.113.9 - - [24/Nov/2025:10:00:00 +0000] "GET / HTTP/1.1" 200', Skip.UNREADABLE),
        (a_line()[:-20], Skip.UNREADABLE),
        (a_line(request="GET nowhere HTTP/1.1"), Skip.UNREADABLE),
        (a_line(request="POST /form HTTP/1.1"), Skip.METHOD),
        (a_line(request="HEAD / HTTP/1.1"), Skip.METHOD),
        (a_line(request=rb"\x16\x03\x01"), Skip.METHOD),
        (a_line(request="-", status=408), Skip.METHOD),
        (a_line(status=301), Skip.REDIRECT),
        (a_line(status=404), Skip.ERROR),
        (a_line(status=500), Skip.ERROR),
        (a_line(request="GET /paper.pdf HTTP/1.1", status=206), Skip.STATUS),
        (a_line(request="GET /style.CSS?v=3 HTTP/1.1"), Skip.STATIC_FILE),
        (a_line(request="GET /favicon.ico HTTP/1.1"), Skip.STATIC_FILE),
        (a_line(request="GET http://elsewhere.example/ HTTP/1.1"), Skip.OTHER_HOST),
        (a_line(request="GET /stats/matomo.php?idsite=1&rec=1&uid=ada HTTP/1.1"), Skip.HIT),
        (a_line(request="GET /js/tracker.php?idsite=1 HTTP/1.1"), Skip.HIT),
        (a_line(user_agent=ROBOT), Skip.ROBOT),
        (a_line(user_agent="curl/8.0"), Skip.ROBOT),
        (a_line(user_agent="-"), Skip.ROBOT),
        (a_line(time="24/Nov/2031:10:00:00 +0000"), Skip.TIME),
        (a_line(time="24/Nov/1999:10:00:00 +0000"), Skip.TIME),
        (a_line(time="31/Feb/2025:10:00:00 +0000"), Skip.TIME),
        (a_line(time="24/Foo/2025:10:00:00 +0000"), Skip.TIME),
    ],
)
def test_what_is_no_page_view_of_a_person_is_skipped_with_the_reason(line: bytes, reason: Skip) -> None:
    assert reader().read(line) is reason


def test_a_page_that_had_not_changed_is_a_page_view() -> None:
    assert read(a_line(status=304))["url"] == "https://example.org/page"


def test_a_file_to_keep_is_a_download() -> None:
    told = read(a_line(request="GET /files/Paper.PDF?from=mail HTTP/1.1"))

    assert told["download"] == told["url"] == "https://example.org/files/Paper.PDF?from=mail"


@pytest.mark.parametrize(
    ("time", "utc"),
    [
        ("24/Nov/2025:10:00:00 +0000", "2025-11-24 10:00:00"),
        ("24/Nov/2025:10:00:00 +0200", "2025-11-24 08:00:00"),
        ("23/Nov/2025:22:30:00 -0930", "2025-11-24 08:00:00"),
        ("24/Nov/2025:00:15:00 +0545", "2025-11-23 18:30:00"),
        ("24/Nov/2025:10:00:60 +0000", "2025-11-24 10:00:59"),
    ],
)
def test_times_are_read_in_the_zone_they_were_written_in(time: str, utc: str) -> None:
    told = datetime.fromtimestamp(int(read(a_line(time=time))["cdt"]), UTC)

    assert f"{told:%Y-%m-%d %H:%M:%S}" == utc


@pytest.mark.parametrize("address", ["2001:db8::7", "::1", "host.example"])
def test_addresses_of_ipv6_and_names_are_taken_as_they_are(address: str) -> None:
    assert read(a_line(address=address))["cip"] == address


def test_an_account_with_spaces_is_passed_over() -> None:
    assert read(a_line(account="Anna of Example"))["url"] == "https://example.org/page"


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("/stra%C3%9Fe", "/stra%C3%9Fe"),
        ("/straße", "/stra%C3%9Fe"),
        (rb"/stra\xc3\x9fe", "/stra%C3%9Fe"),
        (b"/stra\xc3\x9fe", "/stra%C3%9Fe"),
        (b"/stra\xdfe", "/stra%DFe"),
        (rb"/a\"b", '/a"b'),
        (rb"/a\\b", "/a\\b"),
        ("/with space", "/with%20space"),
        ("//twice", "//twice"),
        ("http://example.org/page?b", "/page?b"),
        ("https://EXAMPLE.org:443", "/"),
    ],
)
def test_a_page_has_one_address_however_the_server_writes_it(written: str | bytes, path: str) -> None:
    written = written if isinstance(written, bytes) else written.encode()

    told = read(a_line(request=b"GET " + written + b" HTTP/1.1"))

    assert told["url"] == f"https://example.org{path}"


@pytest.mark.parametrize("url", ["https://example.org", "https://www.example.org"])
@pytest.mark.parametrize("host", ["example.org", "www.example.org", "WWW.Example.ORG:443"])
def test_a_site_is_the_same_with_www_and_without(url: str, host: str) -> None:
    named = reader(url).read(host.encode() + b" " + a_line())
    asked = reader(url).read(a_line(request=f"GET https://{host}/page HTTP/1.1"))

    assert isinstance(named, dict)
    assert named == asked
    assert named["url"] == f"{url}/page"


@pytest.mark.parametrize("host", ["www.example.com", "wwwexample.org", "shop.example.org", "www.www.example.org"])
def test_another_host_is_another(host: str) -> None:
    assert reader("https://example.org").read(host.encode() + b" " + a_line()) is Skip.OTHER_HOST


def test_a_request_of_http_0_9_has_no_protocol() -> None:
    assert read(a_line(request="GET /page"))["url"] == "https://example.org/page"


@pytest.mark.parametrize(
    ("written", "user_agent"),
    [
        (rb"Mozilla/5.0 (\"quoted\") Firefox/140.0", 'Mozilla/5.0 ("quoted") Firefox/140.0'),
        (rb"Mozilla/5.0 \x22quoted\x22 Firefox/140.0", 'Mozilla/5.0 "quoted" Firefox/140.0'),
        (b"Mozilla/5.0 \xff Firefox/140.0", "Mozilla/5.0 \N{REPLACEMENT CHARACTER} Firefox/140.0"),
    ],
)
def test_what_servers_escape_is_told_as_it_was(written: bytes, user_agent: str) -> None:
    assert read(a_line(user_agent=written))["ua"] == user_agent


def test_a_site_of_a_name_beyond_ascii_keeps_it() -> None:
    told = reader("https://bücher.example:8443/", "https://other.example").read(a_line())

    assert not isinstance(told, Skip)
    assert told["url"] == "https://bücher.example:8443/page"


def test_the_end_of_a_line_of_windows_is_no_part_of_it() -> None:
    assert read(a_line() + b"\r") == read(a_line())


def test_a_line_with_a_thousand_quotes_is_read_at_once() -> None:
    assert reader().read(b"a [" + b'" \\"' * 10_000) is Skip.UNREADABLE
    assert reader().read(b"[" * 60_000) is Skip.UNREADABLE
    assert reader().read(a_line(user_agent="\\" * 59_999)) is Skip.UNREADABLE


@pytest.mark.parametrize("agent", ["1." * 30_000, "Mozilla " * 7_500])
def test_of_an_endless_agent_no_more_is_read_than_of_one_in_a_hit(agent: str) -> None:
    assert read(a_line(user_agent=agent))["ua"] == agent[:LONGEST_USER_AGENT]


@pytest.mark.parametrize(
    ("line", "wanted", "skipped", "told"),
    [
        (a_line(request="GET /a.png HTTP/1.1"), Wanted(static=True), Skip.STATIC_FILE, {}),
        (a_line(user_agent=ROBOT), Wanted(robots=True), Skip.ROBOT, {"bots": "1"}),
        (
            a_line(request="GET /page?email=a HTTP/1.1", status=404, referrer="https://a.example/?email=b"),
            Wanted(errors=True),
            Skip.ERROR,
            {"action_name": "404/URL = /page/From = https://a.example/"},
        ),
        (a_line(status=503), Wanted(errors=True), Skip.ERROR, {"action_name": "503/URL = /page/From = "}),
        (a_line(status=301), Wanted(redirects=True), Skip.REDIRECT, {"action_name": "301/URL = /page/From = "}),
    ],
)
def test_what_is_left_out_is_imported_when_it_is_asked_for(
    line: bytes, wanted: Wanted, skipped: Skip, told: dict[str, str]
) -> None:
    assert reader().read(line) is skipped

    read = reader(wanted=wanted).read(line)

    assert not isinstance(read, Skip)
    assert read.items() >= told.items()


@pytest.mark.parametrize(
    ("status", "wanted", "skipped"),
    [
        (301, Wanted(errors=True), Skip.REDIRECT),
        (404, Wanted(redirects=True), Skip.ERROR),
        (206, Wanted(errors=True, redirects=True), Skip.STATUS),
    ],
)
def test_one_kind_that_is_asked_for_brings_no_other(status: int, wanted: Wanted, skipped: Skip) -> None:
    assert reader(wanted=wanted).read(a_line(status=status)) is skipped


def test_no_wish_brings_in_who_objected() -> None:
    everything = Wanted(static=True, robots=True, errors=True, redirects=True)
    line = b"""{"remote_addr": "203.0.113.9", "time_iso8601": "2025-11-24T10:00:00+00:00", "request_method": "GET",
        "request_uri": "/a", "status": "404", "http_user_agent": "x", "http_sec_gpc": "1"}"""

    assert reader(wanted=everything).read(line) is Skip.OBJECTED


@pytest.mark.parametrize(("name", "read"), [("combined", True), ("s3", False), (None, True)])
def test_a_format_that_is_named_is_the_only_one(name: str | None, *, read: bool) -> None:
    told = reader(wanted=Wanted(format=name)).read(a_line())

    assert (told is Skip.UNREADABLE) is not read
