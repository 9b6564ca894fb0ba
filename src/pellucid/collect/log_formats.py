r"""The formats of access logs: each reads a line as what was asked, by whom, when, and how it was answered.

In quoted fields servers write `\"` and `\xhh` for what would break the line. A format that knows of the visitor's
signals (Global Privacy Control, Do Not Track, a cookie of an objection) tells them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from msgspec import DecodeError, Struct, json

from pellucid.policy.storage import OBJECTIONS_TO_THE_INSTANCE, OBJECTIONS_TO_THE_SITE


class Entry(Struct, frozen=True, gc=False):
    """What a line says. `seconds` is since 1970, None if the time is none; nothing is known of what is empty."""

    address: str
    seconds: int | None
    method: bytes
    target: bytes
    status: bytes
    referrer: bytes = b""
    agent: bytes | None = None
    """None where the format has no user agent."""
    host: str = ""
    objects: bool = False


_QUOTED = rb'"([^"\\]*(?:\\.[^"\\]*)*)"'
_SYSLOG = (
    rb"(?:(?:<\d{1,3}>)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.Z+-]{8,30}) "
    rb"\S{1,255} [^\s:]{1,64}: )?"
)
_COMBINED = re.compile(
    _SYSLOG
    + rb"(?:(\S+?)(?::\d+)? (?=[0-9a-fA-F]*[.:][0-9a-fA-F:.]* ))?(\S+) [^\[]*\[([^\]]{20,40})\] "
    + _QUOTED
    + rb" (\d{3}) \S+(?: "
    + _QUOTED
    + rb" "
    + _QUOTED
    + rb"|\s*$)",
    re.DOTALL,
)
_BALANCER = re.compile(
    rb"(?:\w+ )?(\d{4}-\d\d-\d\dT[\d:.]+Z) \S+ (\S+) \S+ \S+ \S+ \S+ (\d{3}|-) \S+ \S+ \S+ "
    + _QUOTED
    + rb" "
    + _QUOTED,
    re.DOTALL,
)
_HAPROXY = re.compile(
    rb"(?<!\S)(\S{1,64}):\d{1,5} \[(\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d)(?:\.\d{1,9})?\] \S+ \S+ [\d/+-]+ (\d{3}) ",
)
_BUCKET = re.compile(
    rb"\S+ \S+ \[([^\]]{20,40})\] (\S+) \S+ \S+ (\S+) \S+ "
    + _QUOTED
    + rb" (\d{3}) \S+ \S+ \S+ \S+ \S+ "
    + _QUOTED
    + rb" "
    + _QUOTED,
    re.DOTALL,
)
_OBJECTING = "|".join(map(re.escape, (*OBJECTIONS_TO_THE_INSTANCE, *OBJECTIONS_TO_THE_SITE)))
_COOKIES = re.compile(rf"(?:^|; ?)(?:{_OBJECTING})=")
_NAMELESS_COOKIES = re.compile(rf'["; {{|](?:{_OBJECTING})='.encode())
_TIME = re.compile(r"(\d\d)/(\w{3})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_NOTHING = b"-"
_LONGEST_PREFIX = 200


def combined(line: bytes) -> Entry | None:
    """Read Apache's and nginx's common and combined formats, with or without host and syslog's own fields before them.

    What further fields hold, no name says: a cookie of an objection is known by its own.
    """
    found = _COMBINED.match(line)
    if found is None:
        return None
    host, address, time, request, status, referrer, agent = found.groups()
    if host and host.endswith(b","):
        # What other servers have passed on (X-Forwarded-For): it begins with the client.
        host, address = b"", host
    address = address.rstrip(b",")
    named = (host or b"").decode("latin-1")
    objects = _NAMELESS_COOKIES.search(line, found.end()) is not None
    return _asked(address, seconds_of(time), request, status, referrer or b"", agent, named, objects=objects)


def balancer(line: bytes) -> Entry | None:
    """Read the log of Amazon's load balancers, classic and application."""
    found = _BALANCER.match(line)
    if found is None:
        return None
    time, client, status, request, agent = found.groups()
    return _asked(client.rpartition(b":")[0].strip(b"[]"), _iso(time.decode("latin-1")), request, status, b"", agent)


def haproxy(line: bytes) -> Entry | None:
    """Read HAProxy's HTTP log, as syslog has it or by itself; its times are for UTC, and it names no user agent.

    The request is the last field, and has no quotes within: HAProxy writes `#22` for them.
    """
    line = line.rstrip()
    if not line.endswith(b'"'):
        return None
    found = _HAPROXY.search(line) if b"haproxy[" in line[:_LONGEST_PREFIX] else _HAPROXY.match(line)
    begins = line.rfind(b'"', found.end(), -1) if found else -1
    if found is None or begins < 0:
        return None
    request = line[begins + 1 : -1]
    address, time, status = found.groups()
    objects = _NAMELESS_COOKIES.search(line, found.end(), begins) is not None
    return _asked(address.strip(b"[]"), seconds_of(time + b" +0000"), request, status, b"", None, objects=objects)


def bucket(line: bytes) -> Entry | None:
    """Read the access log of an S3 bucket, in which nothing but an object is a page, whatever the request was."""
    found = _BUCKET.match(line)
    if found is None:
        return None
    time, address, operation, request, status, referrer, agent = found.groups()
    if not operation.endswith(b".GET.OBJECT"):
        request = operation
    return _asked(address, seconds_of(time), request, status, referrer, agent)


def _asked(
    address: bytes,
    seconds: int | None,
    request: bytes,
    status: bytes,
    referrer: bytes,
    agent: bytes | None,
    host: str = "",
    *,
    objects: bool = False,
) -> Entry:
    method, _, target = request.partition(b" ")
    return Entry(address.decode("latin-1"), seconds, method, target, status, referrer, agent, host, objects)


_Object = Mapping[str, object]


def objects(line: bytes) -> Entry | None:
    """Read a line that is a JSON object: Caddy's, Traefik's, or nginx's with its variables' names or Matomo's."""
    if not line.startswith(b"{"):
        return None
    told = _decoded(line)
    if told is None and b"\\x" in line:
        # Unless it is told to escape as JSON does, nginx does so as it does elsewhere.
        told = _decoded(line.replace(b"\\x", b"\\u00"))
    if not isinstance(told, dict):
        return None
    if isinstance(told.get("request"), dict):
        return _caddy(told, told["request"])
    return _flat(told, _TRAEFIK) if "RequestMethod" in told else _flat(told, _NGINX)


def _decoded(line: bytes) -> object:
    try:
        return json.decode(line)
    except (DecodeError, RecursionError):
        return None


_TRAEFIK: Mapping[str, Sequence[str]] = {
    "address": ("ClientHost",),
    "time": ("StartUTC", "time"),
    "method": ("RequestMethod",),
    "target": ("RequestPath",),
    "status": ("DownstreamStatus", "OriginStatus"),
    "referrer": ("request_Referer",),
    "agent": ("request_User-Agent",),
    "host": ("RequestHost", "RequestAddr"),
    "gpc": ("request_Sec-Gpc", "request_Sec-GPC"),
    "dnt": ("request_Dnt", "request_DNT"),
    "x-do-not-track": ("request_X-Do-Not-Track",),
    "cookie": ("request_Cookie",),
}
_NGINX: Mapping[str, Sequence[str]] = {
    "address": ("remote_addr", "client_ip", "remote_ip", "clientip", "ip"),
    "time": ("time_iso8601", "msec", "time_local", "timestamp", "@timestamp", "time", "date"),
    "method": ("request_method", "method"),
    "target": ("request_uri", "uri", "path"),
    "status": ("status",),
    "referrer": ("http_referer", "http_referrer", "referer", "referrer"),
    "agent": ("http_user_agent", "user_agent", "agent"),
    "host": ("host", "http_host", "server_name"),
    "gpc": ("http_sec_gpc", "sec_gpc"),
    "dnt": ("http_dnt", "dnt"),
    "x-do-not-track": ("http_x_do_not_track", "x_do_not_track"),
    "cookie": ("http_cookie",),
}


def _flat(told: _Object, names: Mapping[str, Sequence[str]]) -> Entry | None:
    found = {what: next((told[name] for name in some if name in told), "") for what, some in names.items()}
    request = told.get("request")
    if isinstance(request, str) and not found["target"]:
        found["method"], _, found["target"] = request.partition(" ")
    if not (found["address"] and found["target"]):
        return None
    # Where no method is told, as in the form that Matomo's importer asks for, all are taken for the usual one.
    told_of = {what: str(value) for what, value in found.items()} | {"method": str(found["method"] or "GET")}
    return _entry(told_of, has_agent=not told.keys().isdisjoint(names["agent"]))


def _caddy(told: _Object, request: _Object) -> Entry | None:
    headers = request.get("headers")
    of_headers = {str(name).lower(): value for name, value in headers.items()} if isinstance(headers, dict) else {}

    def header(name: str) -> str:
        values = of_headers.get(name)
        return "; ".join(map(str, values)) if isinstance(values, list) else ""

    if "uri" not in request:
        return None
    return _entry(
        {
            "address": str(request.get("client_ip") or request.get("remote_ip") or _without_port(request)),
            "time": str(told.get("ts", "")),
            "method": str(request.get("method", "")),
            "target": str(request["uri"]),
            "status": str(told.get("status", "")),
            "referrer": header("referer"),
            "agent": header("user-agent"),
            "host": str(request.get("host", "")),
            "gpc": header("sec-gpc"),
            "dnt": header("dnt"),
            "x-do-not-track": header("x-do-not-track"),
            "cookie": header("cookie"),
        },
        has_agent="headers" in request,
    )


def _without_port(request: _Object) -> str:
    """Return the address as Caddy wrote it before version 2.5."""
    return str(request.get("remote_addr", "")).rpartition(":")[0].strip("[]")


def _entry(told: Mapping[str, str], *, has_agent: bool) -> Entry:
    return Entry(
        address=told["address"],
        seconds=_moment(told["time"]),
        method=told["method"].encode(errors="replace"),
        target=told["target"].encode(errors="replace"),
        status=told["status"].encode(errors="replace"),
        referrer=told["referrer"].encode(errors="replace"),
        agent=told["agent"].encode(errors="replace") if has_agent else None,
        host=told["host"],
        objects=objected(told["cookie"], told["gpc"], told["dnt"], told["x-do-not-track"]),
    )


def objected(cookies: str, *signals: str) -> bool:
    """Return whether what was logged of a visitor's wishes is an objection; signals mean one by a 1."""
    return any(signal.strip() == "1" for signal in signals) or _COOKIES.search(cookies) is not None


class Extended:
    """Reads W3C's extended format (https://www.w3.org/TR/WD-logfile), as IIS and CloudFront write it.

    What a line holds is said by the last `#Fields:` before it.
    """

    def __init__(self) -> None:
        self._fields: list[str] = []

    def __call__(self, line: bytes) -> Entry | None:
        """Return what a line says; None for one that is of another format, or says what the next ones hold."""
        if line.startswith(b"#"):
            name, _, rest = line.partition(b":")
            if name == b"#Fields":
                self._fields = rest.decode("latin-1").lower().split()
            return None
        if not self._fields:
            return None
        values = line.rstrip(b"\r\n").split(b"\t") if b"\t" in line else line.split()
        if len(values) != len(self._fields):
            return None
        told = dict(zip(self._fields, values, strict=True))
        query = self._of(told, "cs-uri-query")
        target = told.get("cs-uri-stem", told.get("cs-uri", b"")) + (b"?" + query if query else b"")
        return Entry(
            address=told.get("c-ip", b"").decode("latin-1"),
            seconds=_iso(b"T".join((told.get("date", b""), told.get("time", b"") + b"Z")).decode("latin-1")),
            method=told.get("cs-method", b""),
            target=target,
            status=told.get("sc-status", b""),
            referrer=self._of(told, "cs(referer)"),
            agent=self._spaced(told, "cs(user-agent)") if "cs(user-agent)" in told else None,
            host=told.get("x-host-header", told.get("cs-host", told.get("cs(host)", b""))).decode("latin-1"),
            objects=objected(*(self._spaced(told, name).decode("latin-1") for name in _WISHES)),
        )

    @staticmethod
    def _of(told: Mapping[str, bytes], name: str) -> bytes:
        value = told.get(name, b"")
        return b"" if value == _NOTHING else value

    def _spaced(self, told: Mapping[str, bytes], name: str) -> bytes:
        """Return a field in which spaces are escaped: by `+` (IIS) or by percent signs, once or twice (CloudFront)."""
        value = self._of(told, name)
        return (
            unquote_to_bytes(unquote_to_bytes(value))
            if b"%20" in value or b"%2520" in value
            else value.replace(b"+", b" ")
        )


_WISHES = ("cs(cookie)", "cs(sec-gpc)", "cs(dnt)", "cs(x-do-not-track)")

NAMES = ("combined", "json", "w3c", "elb", "s3", "haproxy")


def formats() -> Mapping[str, Callable[[bytes], Entry | None]]:
    """Return what reads each format, by its name, to be tried in this order."""
    return dict(zip(NAMES, (combined, objects, Extended(), balancer, bucket, haproxy), strict=True))


@lru_cache(maxsize=1024)
def seconds_of(text: bytes) -> int | None:
    """Return a time such as `17/May/2015:10:05:03 +0200` as seconds since 1970."""
    found = _TIME.fullmatch(text.decode("latin-1"))
    if found is None or found[2] not in _MONTHS:
        return None
    day, _, year, hour, minute, second, sign, hours, minutes = found.groups()
    ahead = timedelta(hours=int(hours), minutes=int(minutes))
    month = _MONTHS.index(found[2]) + 1
    try:
        zone = timezone(ahead if sign == "+" else -ahead)
        # A leap second belongs to the second before it.
        return int(
            datetime(int(year), month, int(day), int(hour), int(minute), min(int(second), 59), 0, zone).timestamp()
        )
    except ValueError:
        return None


_UNITS = (1e9, 1e6, 1e3)
"""In what parts of a second Caddy may count: billionths, millionths, thousandths."""
_EARLIEST = 1e8
"""In 1973, of which no log tells; so many thousandths are a time soon after 1970, and no count of seconds."""


def _moment(text: str) -> int | None:
    """Return a time in one of the forms that JSON logs have, as seconds since 1970."""
    try:
        told = float(text)
        return int(told / next((unit for unit in _UNITS if told >= unit * _EARLIEST), 1))
    except (ValueError, OverflowError):
        # Caddy's own form for people has slashes, and no zone.
        return seconds_of(text.encode(errors="replace")) or _iso(text.replace("/", "-"))


def _iso(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None
