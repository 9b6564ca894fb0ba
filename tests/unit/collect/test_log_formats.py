from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pellucid.collect.log_formats import Entry, Extended, balancer, bucket, combined, formats, haproxy, objects

FIREFOX = b"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
TEN = 1_763_978_400
"""24 November 2025, 10:00 UTC."""


@pytest.mark.parametrize(
    ("read", "line", "entry"),
    [
        (
            combined,
            b'203.0.113.9 - ada [24/Nov/2025:11:00:00 +0100] "GET /a HTTP/1.1" 200 53 "http://b/" "' + FIREFOX + b'"',
            Entry("203.0.113.9", TEN, b"GET", b"/a HTTP/1.1", b"200", b"http://b/", FIREFOX),
        ),
        (
            combined,
            b'203.0.113.9 - - [24/Nov/2025:10:00:00 +0000] "GET /a HTTP/1.1" 304 -',
            Entry("203.0.113.9", TEN, b"GET", b"/a HTTP/1.1", b"304"),
        ),
        (
            combined,
            b'shop.example:443 2001:db8::9 - - [24/Nov/2025:10:00:00 +0000] "GET /a HTTP/2.0" 200 5 "-" "x"',
            Entry("2001:db8::9", TEN, b"GET", b"/a HTTP/2.0", b"200", b"-", b"x", "shop.example"),
        ),
        (
            balancer,
            b"https 2025-11-24T10:00:00.186641Z app/x/1 203.0.113.9:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 "
            b'"GET https://shop.example:443/a HTTP/1.1" "' + FIREFOX + b'" ECDHE TLSv1.2',
            Entry("203.0.113.9", TEN, b"GET", b"https://shop.example:443/a HTTP/1.1", b"200", b"", FIREFOX),
        ),
        (
            balancer,
            (
                b"2025-11-24T10:00:00.945958Z my-lb 203.0.113.9:2817 10.0.0.1:80 0.1 0.2 0.3 200 200 0 29 "
                b'"GET http://shop.example:80/a HTTP/1.1" "curl/7.38.0" - -'
            ),
            Entry("203.0.113.9", TEN, b"GET", b"http://shop.example:80/a HTTP/1.1", b"200", b"", b"curl/7.38.0"),
        ),
        (
            haproxy,
            (
                b"Nov 24 10:00:00 lb haproxy[14389]: 203.0.113.9:33317 [24/Nov/2025:10:00:00.655] http-in static/srv1 "
                b'10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {x} "GET /a HTTP/1.1"'
            ),
            Entry("203.0.113.9", TEN, b"GET", b"/a HTTP/1.1", b"200"),
        ),
        (
            bucket,
            b"79a5 shop [24/Nov/2025:10:00:00 +0000] 203.0.113.9 79a5 3E57427F3EX REST.GET.OBJECT a "
            b'"GET /a HTTP/1.1" 200 - 113 - 7 - "http://b/" "' + FIREFOX + b'" -',
            Entry("203.0.113.9", TEN, b"GET", b"/a HTTP/1.1", b"200", b"http://b/", FIREFOX),
        ),
        (
            objects,
            (
                b'{"ts":1763978400.5,"request":{"client_ip":"203.0.113.9","method":"GET","host":"shop.example","uri":"/a",'
                b'"headers":{"User-Agent":["x"],"Sec-Gpc":["1"]}},"status":200}'
            ),
            Entry("203.0.113.9", TEN, b"GET", b"/a", b"200", b"", b"x", "shop.example", objects=True),
        ),
        (
            objects,
            (
                b'{"ClientHost":"203.0.113.9","RequestMethod":"GET","RequestPath":"/a","RequestHost":"shop.example",'
                b'"DownstreamStatus":200,"StartUTC":"2025-11-24T10:00:00.1Z","request_User-Agent":"x"}'
            ),
            Entry("203.0.113.9", TEN, b"GET", b"/a", b"200", b"", b"x", "shop.example"),
        ),
        (
            objects,
            (
                b'{"remote_addr":"203.0.113.9","time_iso8601":"2025-11-24T11:00:00+01:00","request":"GET /a HTTP/1.1",'
                b'"status":"200","http_referer":"http://b/","http_user_agent":"x","http_cookie":"a=1; matomo_ignore=x"}'
            ),
            Entry("203.0.113.9", TEN, b"GET", b"/a HTTP/1.1", b"200", b"http://b/", b"x", objects=True),
        ),
    ],
)
def test_a_line_says_who_asked_for_what_and_when(
    read: Callable[[bytes], Entry | None], line: bytes, entry: Entry
) -> None:
    assert read(line) == entry
    assert next(found for one in formats() if (found := one(line))) == entry, "its format is found out by itself"


IIS = b"#Fields: date time cs-method cs-uri-stem cs-uri-query c-ip cs(User-Agent) cs(Referer) cs(Cookie) sc-status"
CLOUDFRONT = b"#Fields: date time c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query"


def test_the_extended_format_says_itself_what_its_lines_hold() -> None:
    read = Extended()

    assert read(b"2025-11-24 10:00:00 GET /a - 203.0.113.9 x - - 200") is None
    assert read(IIS) is None
    assert read(
        b"2025-11-24 10:00:00 GET /a q=1 203.0.113.9 Mozilla/5.0+(X11) http://b/ a=1;+piwik_ignore=x 200\r"
    ) == (Entry("203.0.113.9", TEN, b"GET", b"/a?q=1", b"200", b"http://b/", b"Mozilla/5.0 (X11)", objects=True))
    read(CLOUDFRONT)
    line = b"2025-11-24\t10:00:00\t203.0.113.9\tGET\td1.example\t/a\t200\t-\tMozilla/5.0%2520(X11)\t-"
    assert read(line) == Entry("203.0.113.9", TEN, b"GET", b"/a", b"200", b"", b"Mozilla/5.0 (X11)", host="d1.example")


@given(st.binary() | st.text().map(str.encode))
@example(b'{"request":{"uri":1,"headers":{"User-Agent":3}}}')
@example(b'{"remote_addr":[],"request_uri":{},"msec":1e999}')
@example(b"#Fields:")
def test_any_line_is_an_entry_or_none(line: bytes) -> None:
    for read in formats():
        found = read(line)

        assert found is None or isinstance(found, Entry)
