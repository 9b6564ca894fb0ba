r"""A line of a web server's access log, as the tracking request that a browser would have sent.

What a line says is read by its format (`log_formats.py`), which is found out by itself. What is cheap to rule out is
ruled out here, before anything costly: what is no page view of a person, by method, status, kind of file and agent. A
status of 304 is a page seen again; one of 206 is a further piece of a file that was counted before.

In paths, bytes beyond ASCII become the percent-encoding that a browser shows for them, so that one page has one
address.
"""

import re
from collections.abc import Callable
from enum import StrEnum
from urllib.parse import quote_from_bytes, urlsplit

from msgspec import Struct

from pellucid.collect.gate import may_be_of
from pellucid.collect.log_formats import Entry, formats
from pellucid.collect.plan import site_hosts
from pellucid.enrich.device import LONGEST_USER_AGENT
from pellucid.enrich.hosts import host_of
from pellucid.enrich.robots import Agent
from pellucid.model.site import Site

DOWNLOADS = frozenset(
    "7z aac apk arc arj asc asf asx avi azw3 bin bz2 csv deb dmg doc docx epub exe flv gz gzip hqx ibooks iso jar md5 "
    "mobi mov movie mp2 mp3 mp4 mpeg mpg msi msp odb odf odg odp ods odt ogg ogv pdf ppt pptx ra ram rar rpm rtf sea "
    "sha sha1 sha256 sha512 sig sit tar tbz tbz2 tgz torrent wav webm wma wmv wpd xls xlsx xz z zip".split(" "),
)
"""Files that are fetched for their own sake, by the ending of their name."""

STATIC = frozenset(
    "avif bmp class css cur eot gif ico jpeg jpg js json map mjs otf png svg svgz swf ttf txt webmanifest webp woff "
    "woff2 xml xsl".split(" "),
)
"""Files that pages and robots fetch."""

_TRACKERS = ("/matomo.php", "/piwik.php", "/js/tracker.php")
"""Where trackers send hits. They were counted, or refused, when they came, and say whose they are."""

_ESCAPED = re.compile(rb"\\(x[0-9a-fA-F]{2}|.)", re.DOTALL)
_NAMED = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"v": b"\v", b"f": b"\f"}
_ASCII_AS_IT_IS = "".join(map(chr, range(0x21, 0x7F)))
_SEEN = frozenset({b"200", b"201", b"202", b"203", b"304"})
_ERRORS = (b"4", b"5")
_REDIRECTS = (b"3",)


class Skip(StrEnum):
    """Why a line is not imported; what the gate refuses is told by its own `Refusal`."""

    UNREADABLE = "unreadable"
    COMMENT = "comment"
    OBJECTED = "objected"
    METHOD = "method"
    ERROR = "error"
    REDIRECT = "redirect"
    STATUS = "status"
    STATIC_FILE = "static-file"
    HIT = "hit"
    OTHER_HOST = "other-host"
    ROBOT = "robot"
    TIME = "time"


class Wanted(Struct, frozen=True, kw_only=True):
    """What of a log is asked for beyond the page views of people. `format` names its format, if that is known."""

    static: bool = False
    robots: bool = False
    errors: bool = False
    redirects: bool = False
    format: str | None = None


class LineReader:
    """Reads the lines of one site's log."""

    def __init__(
        self, site: Site, agent: Callable[[str], Agent], now: Callable[[], int], wanted: Wanted | None = None
    ) -> None:
        parts = urlsplit(site.urls[0])
        self._site = str(site.id)
        self._origin = f"{parts.scheme}://{parts.netloc.lower()}"
        self._hosts = frozenset(map(_bare, site_hosts(site.urls)))
        self._agent = agent
        self._now = now
        self._wanted = wanted or Wanted()
        known = formats()
        self._formats = [known[self._wanted.format]] if self._wanted.format else list(known.values())
        self._further_statuses = _ERRORS * self._wanted.errors + _REDIRECTS * self._wanted.redirects
        self._first = self._formats[0]

    def read(self, line: bytes) -> dict[str, str] | Skip:
        """Return the parameters of the tracking request a line stands for, or why it stands for none."""
        entry = self._entry(line)
        if isinstance(entry, Skip):
            return entry
        path = self._path(entry.target)
        if isinstance(path, Skip):
            return path
        if path.partition("?")[0].endswith(_TRACKERS):
            return Skip.HIT
        ending, agent = _ending(path), _text(entry.agent or b"")[:LONGEST_USER_AGENT]
        if ending in STATIC and not self._wanted.static:
            return Skip.STATIC_FILE
        if entry.agent is not None and not self._wanted.robots and self._agent(agent) is not Agent.PERSON:
            return Skip.ROBOT
        seconds = entry.seconds
        if seconds is None or not may_be_of(seconds * 1000, self._now()):
            return Skip.TIME
        url = self._origin + path
        parameters = {
            "idsite": self._site,
            "rec": "1",
            "url": url,
            "urlref": _text(entry.referrer),
            "cip": entry.address,
            "ua": agent,
            "cdt": str(seconds),
        }
        if self._wanted.robots:
            parameters["bots"] = "1"
        if entry.status not in _SEEN:
            # The title that Matomo's documentation gives to pages that were not found. Addresses lose their queries:
            # in a title, nothing would take out what the site's owner excludes.
            asked, origin = (address.partition("?")[0] for address in (path, parameters["urlref"]))
            parameters["action_name"] = f"{entry.status.decode()}/URL = {asked}/From = {origin}"
        elif ending in DOWNLOADS:
            parameters["download"] = url
        return parameters

    def _entry(self, line: bytes) -> Entry | Skip:
        """Return what a line says, or why that is no page view of this site."""
        if line.startswith(b"#"):
            for read in self._formats:
                read(line)
            return Skip.COMMENT
        entry = self._understood(line)
        if entry is None:
            return Skip.UNREADABLE
        if entry.objects:
            return Skip.OBJECTED
        if entry.method != b"GET":
            return Skip.METHOD
        if entry.status not in _SEEN and not entry.status.startswith(self._further_statuses):
            return _unwanted(entry.status)
        return Skip.OTHER_HOST if self._is_of_another(entry.host) else entry

    def _understood(self, line: bytes) -> Entry | None:
        """Return what a line says, by the format of the line before if it is of that."""
        entry = self._first(line)
        if entry is not None:
            return entry
        for read in self._formats:
            entry = read(line)
            if entry is not None:
                self._first = read
                return entry
        return None

    def _is_of_another(self, host: str) -> bool:
        """Return whether a line names a host that is not the site's; an address says nothing of the site."""
        named = _bare(host_of(f"http://{host}")) if host else ""
        return named not in self._hosts and "." in named and not named.replace(".", "").isdigit()

    def _path(self, target: bytes) -> str | Skip:
        """Return the path and query a request asks this site for."""
        asked, _, protocol = target.rpartition(b" ")
        path = _plain(asked if asked and protocol.startswith(b"HTTP/") else target)
        if path.startswith((b"http://", b"https://")):
            # To a proxy, or from somebody looking for one.
            url = urlsplit(quote_from_bytes(path, _ASCII_AS_IT_IS).replace("[", "%5B").replace("]", "%5D"))
            if _bare(host_of(url.geturl())) not in self._hosts:
                return Skip.OTHER_HOST
            return (url.path or "/") + (f"?{url.query}" if url.query else "")
        if not path.startswith(b"/"):
            return Skip.UNREADABLE
        return quote_from_bytes(path, _ASCII_AS_IT_IS)


def _bare(host: str) -> str:
    return host.removeprefix("www.")


def _unwanted(status: bytes) -> Skip:
    """Return what an answer was that is no page view."""
    if status.startswith(_ERRORS):
        return Skip.ERROR
    return Skip.REDIRECT if status.startswith(_REDIRECTS) else Skip.STATUS


def _ending(path: str) -> str:
    name = path.partition("?")[0].rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


def _text(field: bytes) -> str:
    """Return a quoted field as text; a dash stands for nothing."""
    return "" if field == b"-" else _plain(field).decode(errors="replace")


def _plain(field: bytes) -> bytes:
    return _ESCAPED.sub(_unescaped, field) if b"\\" in field else field


def _unescaped(found: re.Match[bytes]) -> bytes:
    told = found[1]
    return bytes.fromhex(told[1:].decode()) if len(told) > 1 else _NAMED.get(told, told)
