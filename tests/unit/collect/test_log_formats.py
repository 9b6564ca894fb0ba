from collections.abc import Callable
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pellucid.collect.log_formats import Entry, Extended, balancer, bucket, combined, formats, haproxy, objects

FIREFOX = b"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
TEN = 1_763_978_400
"""24 November 2025, 10:00 UTC."""
LONG = 64 * 1024
BALANCED = b"Nov 24 10:00:00 lb haproxy[1]: 203.0.113.9:3 [24/Nov/2025:10:00:00.655] in a/b 10/0/30/69/109 200 "
COMBINED = b'203.0.113.9 - - [24/Nov/2025:10:00:00 +0000] "GET /a HTTP/1.1" 200 5'


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
        # What a server behind others writes that logs X-Forwarded-For: the first address is the client's.
        (
            combined,
            b'203.0.113.9, 10.0.0.2, 10.0.0.1 - - [24/Nov/2025:10:00:00 +0000] "GET /a HTTP/1.1" 200 5 "-" "x"',
            Entry("203.0.113.9", TEN, b"GET", b"/a HTTP/1.1", b"200", b"-", b"x"),
        ),
        (
            combined,
            b'2001:db8::9, 10.0.0.1 - - [24/Nov/2025:10:00:00 +0000] "GET /a HTTP/1.1" 200 5 "-" "x"',
            Entry("2001:db8::9", TEN, b"GET", b"/a HTTP/1.1", b"200", b"-", b"x"),
        ),
        # What syslog writes before it.
        (
            combined,
            (
                b"<190>Nov 24 10:00:00 web nginx: 203.0.113.9 - - [24/Nov/2025:10:00:00 +0000] "
                b'"GET /a HTTP/1.1" 200 5 "-" "x"'
            ),
            Entry("203.0.113.9", TEN, b"GET", b"/a HTTP/1.1", b"200", b"-", b"x"),
        ),
        (
            combined,
            (
                b"2025-11-24T10:00:00.123+00:00 web nginx[7]: 203.0.113.9 - - [24/Nov/2025:10:00:00 +0000] "
                b'"GET /a HTTP/1.1" 200 5 "-" "x"'
            ),
            Entry("203.0.113.9", TEN, b"GET", b"/a HTTP/1.1", b"200", b"-", b"x"),
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
            bucket,
            (
                b"79a5 shop [24/Nov/2025:10:00:00 +0000] 203.0.113.9 79a5 3E57427F3EX REST.GET.VERSIONING - "
                b'"GET /shop?versioning HTTP/1.1" 200 - 113 - 7 - "-" "S3Console/0.4" -'
            ),
            Entry("203.0.113.9", TEN, b"REST.GET.VERSIONING", b"", b"200", b"-", b"S3Console/0.4"),
        ),
        # What Caddy wrote before version 2.5.
        (
            objects,
            (
                b'{"ts":1763978400.5,"request":{"remote_addr":"203.0.113.9:2817","method":"GET","host":"shop.example",'
                b'"uri":"/a","headers":{"User-Agent":["x"]}},"status":200}'
            ),
            Entry("203.0.113.9", TEN, b"GET", b"/a", b"200", b"", b"x", "shop.example"),
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
        # What Traefik writes unless it is told to keep headers.
        (
            objects,
            (
                b'{"ClientHost":"203.0.113.9","RequestMethod":"GET","RequestPath":"/a","RequestHost":"shop.example",'
                b'"DownstreamStatus":200,"StartUTC":"2025-11-24T10:00:00.123456789Z"}'
            ),
            Entry("203.0.113.9", TEN, b"GET", b"/a", b"200", b"", None, "shop.example"),
        ),
        # What Matomo's importer asks nginx to write.
        (
            objects,
            (
                b'{"ip": "203.0.113.9","host": "shop.example","path": "/a?q=\\x22b","status": "200","referrer": "-",'
                b'"user_agent": "x","length": 612,"generation_time_milli": 0.1,"date": "2025-11-24T11:00:00+01:00"}'
            ),
            Entry("203.0.113.9", TEN, b"GET", b'/a?q="b', b"200", b"-", b"x", "shop.example"),
        ),
        # What HAProxy writes to its standard output.
        (
            haproxy,
            (
                b"203.0.113.9:33317 [24/Nov/2025:10:00:00.655] http-in~ static/srv1 10/0/30/69/+109 200 +2750 - - ---- "
                b'1/1/1/1/0 0/0 "GET /a HTTP/1.1"'
            ),
            Entry("203.0.113.9", TEN, b"GET", b"/a HTTP/1.1", b"200"),
        ),
    ],
)
def test_a_line_says_who_asked_for_what_and_when(
    read: Callable[[bytes], Entry | None], line: bytes, entry: Entry
) -> None:
    assert read(line) == entry
    assert next(found for one in formats().values() if (found := one(line))) == entry, (
        "its format is found out by itself"
    )


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


@pytest.mark.parametrize(
    ("field", "value", "objects"),
    [
        ("cs(DNT)", b"1", True),
        ("cs(Sec-GPC)", b"1", True),
        ("cs(X-Do-Not-Track)", b"1", True),
        ("cs(Cookie)", b"a=1;+mtm_consent_removed=1", True),
        ("cs(DNT)", b"0", False),
        ("cs(Sec-GPC)", b"-", False),
        ("cs(X-Other)", b"1", False),
    ],
)
def test_the_extended_format_names_the_fields_of_an_objection(field: str, value: bytes, *, objects: bool) -> None:
    read = Extended()
    read(f"#Fields: date time cs-method cs-uri-stem c-ip sc-status {field}".encode())

    found = read(b"2025-11-24 10:00:00 GET /a 203.0.113.9 200 " + value)

    assert found is not None
    assert found.objects is objects


@pytest.mark.parametrize(
    ("further", "objects"),
    [
        (b' "mtm_consent_removed=1763978400000"', True),
        (b' "a=1; matomo_ignore=ignore%3DKg%3D%3D"', True),
        (b' 0.003 "gzip" "a=\\"b\\";piwik_ignore=x" -', True),
        (b' "-"', False),
        (b' "1"', False),
        (b' "not_mtm_consent_removed=1"', False),
        (b' "a=mtm_consent_removed=1"', False),
    ],
)
def test_a_cookie_of_an_objection_is_known_by_its_name_behind_the_combined_format(
    further: bytes, *, objects: bool
) -> None:
    found = combined(COMBINED + b' "-" "x"' + further)

    assert found is not None
    assert found.objects is objects


def test_an_objection_is_no_cookie_in_what_a_visitor_asked_for() -> None:
    found = combined(COMBINED + b' "http://b/?c; mtm_consent_removed=1" "x; mtm_consent_removed=1"')

    assert found is not None
    assert not found.objects


@pytest.mark.parametrize(
    "line",
    [
        b'{"request":{"client_ip":"203.0.113.9","uri":"/a","headers":{"X-Do-Not-Track":["1"]}}}',
        b'{"request":{"client_ip":"203.0.113.9","uri":"/a","headers":{"Cookie":["a=1","mtm_consent_removed=1"]}}}',
        b'{"ClientHost":"203.0.113.9","RequestMethod":"GET","RequestPath":"/a","request_X-Do-Not-Track":"1"}',
        b'{"remote_addr":"203.0.113.9","request_uri":"/a","http_x_do_not_track":"1"}',
    ],
)
def test_json_names_every_form_of_an_objection(line: bytes) -> None:
    found = objects(line)

    assert found is not None
    assert found.objects


@pytest.mark.parametrize(
    "written",
    [
        "1763978400.5",
        "1763978400500.25",
        "1763978400500250",
        "1763978400500250000",
        '"2025-11-24T10:00:00Z"',
        '"2025-11-24T11:00:00.123456789+01:00"',
        '"2025-11-24T11:00:00.123+0100"',
        '"2025/11/24 10:00:00"',
        '"2025/11/24 10:00:00.123456789"',
        '"24/Nov/2025:11:00:00 +0100"',
    ],
)
def test_a_time_is_read_in_each_form_that_caddy_writes(written: str) -> None:
    found = objects(b'{"ts":%s,"request":{"client_ip":"203.0.113.9","uri":"/a"}}' % written.encode())

    assert found is not None
    assert found.seconds == TEN


@pytest.mark.parametrize("written", ["true", '"soon"', '"1e999"', '"-1e999"', '"NaN"', '"2025/13/45"', "0.25"])
def test_what_is_no_time_is_none(written: str) -> None:
    found = objects(b'{"ts":%s,"request":{"client_ip":"203.0.113.9","uri":"/a"}}' % written.encode())

    assert found is not None
    assert found.seconds in {None, 0}


def test_a_captured_cookie_of_haproxy_is_an_objection() -> None:
    captured = b"2750 mtm_consent_removed=1 - ---- 1/1/1/1/0 0/0 "
    told = [haproxy(BALANCED + before + b'"GET /a HTTP/1.1"') for before in (captured, b"2750 - - ---- 0/0 ")]

    assert [found.objects for found in told if found] == [True, False]


@given(st.binary() | st.text().map(str.encode))
@example(b'{"request":{"uri":1,"headers":{"User-Agent":3}}}')
@example(b'{"remote_addr":[],"request_uri":{},"msec":1e999}')
@example(b"#Fields:")
def test_any_line_is_an_entry_or_none(line: bytes) -> None:
    for read in formats().values():
        found = read(line)

        assert found is None or isinstance(found, Entry)


@pytest.mark.parametrize(
    ("begins", "repeated"),
    [
        (BALANCED[:31], b"a"),
        (BALANCED[:31], b"203.0.113.9:3 "),
        (BALANCED, b"a "),
        (BALANCED, b'"'),
        (BALANCED + b'"', b'\\"'),
        (b"", BALANCED),
        (b"a ", b":"),
        (b"a", b":1"),
        (COMBINED[:49], b'\\"'),
        (COMBINED, b" "),
        (COMBINED + b' "-" "x" "', b'\\"'),
        (COMBINED + b' "-" "x" "', b"; "),
        (b"2025-11-24T10:00:00.9Z ", b"a "),
        (b"<190>Nov 24 10:00:00 web ", b"a: "),
        (b"79a5 shop ", b"["),
        (b'{"request_uri":"/", "http_cookie":"', b"; "),
        (b"", b'{"a":'),
    ],
)
@pytest.mark.parametrize("name", formats())
def test_the_longest_line_takes_no_longer_than_its_length(name: str, begins: bytes, repeated: bytes) -> None:
    line = begins + repeated * ((LONG - len(begins)) // len(repeated)) + b"x"

    started = process_time()
    found = formats()[name](line)

    assert process_time() - started < 1, "it takes a thousandth of that where each byte is looked at some few times"
    assert found is None or (found.address, name) == ("203.0.113.9", "combined")
