"""Hits whose every field is unlike anything else: what may be kept is found, and nothing else, wherever one looks.

Everything is sent to one server, once; all that it keeps is read while it runs, and after it has ended.
"""

import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import httpx2
import pytest
from msgspec import Struct, json

from flow.markers import Markers
from flow.searching import clickhouse_tables, files, sqlite_tables
from flow.server import PATIENCE_SECONDS, Server
from pellucid.model.site import Site
from pellucid.policy.presets import PRESETS
from pellucid.policy.requests import HIT, OF_THE_PAGE, OF_THE_REQUEST

pytestmark = pytest.mark.timeout(300)
ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
REFUSALS: dict[str, dict[str, dict[str, str]]] = {
    "opted-out": {"given": {"optout": "1"}},
    "opted-out-of-instance": {"headers": {"Cookie": "matomo_ignore=1"}},
    "consent-withdrawn": {"given": {"consent": "0"}},
    "global-privacy-control": {"headers": {"Sec-GPC": "1"}},
    "do-not-track": {"headers": {"DNT": "1"}},
    "not-for-recording": {"given": {"rec": "0"}},
    "prefetch": {"headers": {"X-Purpose": "preview"}},
    "robot": {"headers": {"User-Agent": ROBOT}},
    "referrer-spam": {"given": {"urlref": "http://semalt.com/"}},
}
"""What makes a hit one that is refused, for each reason but a missing consent."""

NUMBERS = {
    *OF_THE_REQUEST,
    *("_idn", "_refts", "ca", "cookie", "pdf", "qt", "realp", "wma", "fla", "java", "ag", "ping", "idgoal", "revenue"),
    *("e_v", "search_count", "_pkp", "ec_st", "ec_tx", "ec_sh", "ec_dt"),
    *(name for name in OF_THE_PAGE if name.startswith("pf_")),
}
"""Parameters with nothing in them that could be unlike anything else."""


class Seen(Struct):
    """What was found, and where; how requests were answered; and the log."""

    places: dict[str, set[str]]
    verdicts: list[str]
    refusals: dict[str, str]
    errors: list[int]
    log: str


class Sender:
    """Sends what is marked."""

    def __init__(self, server: Server, markers: Markers) -> None:
        self.server = server
        self.markers = markers
        self.token = server.token()
        markers.forms["token"] = {self.token.encode()}

    def hit(
        self, kept: str, gone: str, site: Site, headers: dict[str, str] | None = None, **given: str
    ) -> httpx2.Response:
        """Send a page view whose fields are marked as `kept`, and address, user agent and headers as `gone`."""
        marked = self.markers
        fields = {
            "idsite": str(site.id),
            "rec": "1",
            "url": f"http://site.example/{marked.text(kept)}?size={marked.text(kept)}",
            "action_name": f"Shoes {marked.text(kept)}",
            "urlref": f"http://news.example/{marked.text(kept)}",
            "unheard_of": marked.text(gone),
            "lang": f"de-{marked.text(gone)}",
        }
        about = {
            "User-Agent": marked.user_agent(gone),
            "X-Forwarded-For": marked.address(gone, half_is_kept=site.privacy.kept_address_bits > 0),
            "Cookie": f"other={marked.text(gone)}; _pk_id.1.1fff={marked.identifier(gone)}.1.",
            "Referer": f"http://elsewhere.example/{marked.text(gone)}",
            "X-Other": marked.text(gone),
        }
        return self.get("/matomo.php", fields | given, about | (headers or {}))

    def get(self, path: str, given: dict[str, str], headers: dict[str, str]) -> httpx2.Response:
        return httpx2.get(f"{self.server.url}{path}", params=given, headers=headers, timeout=30)

    def post(
        self, path: str, body: bytes | str | dict[str, str], headers: dict[str, str] | None = None
    ) -> httpx2.Response:
        content = {"data": body} if isinstance(body, dict) else {"content": body}
        return httpx2.post(f"{self.server.url}{path}", headers=headers, timeout=30, **content)

    def bytes_alone(self, request: str) -> None:
        """Send what is no request, or only the beginning of one."""
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=30) as connection:
            connection.sendall(request.encode())
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass


def send_recorded(sender: Sender, site: Site) -> list[httpx2.Response]:
    """Send hits that are recorded, with addresses of both versions, told by a proxy or by who has a token."""
    marked, gone = sender.markers, f"address, user agent and headers ({site.privacy.preset})"
    half_is_kept = site.privacy.kept_address_bits > 0
    claimed = {"cip": marked.address(gone, half_is_kept=half_is_kept), "ua": marked.user_agent(gone)}
    bulk = [
        {"idsite": site.id, "rec": 1, "url": f"http://site.example/{marked.text('kept')}"}
        | {"cip": marked.address_v6(gone), "ua": marked.user_agent(gone), "e_c": "Video", "e_a": marked.text("kept")}
        for _ in range(3)
    ]
    return [
        sender.hit("kept", gone, site),
        sender.hit("kept", gone, site, {"X-Forwarded-For": marked.address_v6(gone)}),
        sender.hit("kept", gone, site, token_auth=sender.token, **claimed),
        sender.hit("kept", gone, site, {"Authorization": f"Bearer {sender.token}"}, cip=marked.address_v6(gone)),
        sender.post("/matomo.php", json.encode({"requests": list(map(urlencode, bulk)), "token_auth": sender.token})),
    ]


def in_every_field(markers: Markers, what: str) -> dict[str, str]:
    """Mark every parameter that tells more than a number, whatever kind of hit it belongs to."""
    marked = {name: markers.text(what) for name in HIT.says.keys() - NUMBERS - {"url", "urlref", "action_name"}}
    tables = {name: json.encode({"1": [markers.text(what)] * 2}).decode() for name in ("cvar", "e_cvar", "_cvar")}
    items = json.encode([[markers.text(what), markers.text(what), markers.text(what), 1, 1]]).decode()
    del marked["dimension<number>"]
    return marked | tables | {"dimension1": markers.text(what), "ec_items": items, "_id": markers.identifier(what)}


def send_refused(sender: Sender, site: Site, asking: Site) -> dict[str, str]:
    """Send hits that are refused for each reason there is, by themselves and in bulk, with every field marked."""
    answers = {}
    for reason, made in {**REFUSALS, "consent-missing": {}}.items():
        what, measured = f"refused: {reason}", asking if reason == "consent-missing" else site
        given = in_every_field(sender.markers, what) | made.get("given", {})
        answers[reason] = sender.hit(what, what, measured, made.get("headers"), **given)
        sent = {"idsite": measured.id, "rec": 1, "url": f"http://site.example/{sender.markers.text(what)}"}
        bulk = [urlencode(sent | in_every_field(sender.markers, what) | made.get("given", {})) for _ in range(2)]
        about = {"User-Agent": sender.markers.user_agent(what)} | made.get("headers", {})
        answers[f"{reason} in bulk"] = sender.post("/matomo.php", json.encode({"requests": bulk}), about)
    return {reason: answer.headers["pellucid-verdict"] for reason, answer in answers.items()}


def send_wrong(sender: Sender, site: Site) -> list[int]:
    """Send what nobody can make sense of, or may not be asked."""
    marked, wrong = sender.markers, "wrong"
    nowhere = Site(**{**{name: getattr(site, name) for name in site.__struct_fields__}, "id": 999})
    about = {"User-Agent": marked.user_agent(wrong), "X-Forwarded-For": marked.address(wrong)}
    broken = f'{{"requests": ["?idsite=1&rec=1&url={marked.text(wrong)}", {marked.text(wrong)}'
    answers = [
        sender.hit(wrong, wrong, nowhere),
        sender.hit(wrong, wrong, site, idsite=marked.text(wrong)),
        sender.hit(wrong, wrong, site, cip=marked.address(wrong)),
        sender.hit(wrong, wrong, site, cip=marked.address(wrong), token_auth=marked.text(wrong)),
        sender.hit(wrong, wrong, site, cid=marked.text(wrong)[:15]),
        sender.hit(wrong, wrong, site, cdt="2020-01-01 00:00:00"),
        sender.hit(wrong, wrong, site, ca="1"),
        sender.hit(wrong, wrong, site, e_n=marked.text(wrong) * 600),
        sender.post("/matomo.php", broken, about),
        sender.get(f"/{marked.text(wrong)}", {"url": marked.text(wrong)}, about),
        sender.get("/index.php", {"module": "API", "method": marked.text(wrong)}, about),
        sender.get("/index.php", {"method": "VisitsSummary.get", "token_auth": marked.text(wrong)}, about),
        sender.post("/dashboard/sign-in", {"login": marked.text(wrong), "password": marked.text(wrong)}, about),
        sender.get(f"/dashboard/welcome/{marked.text(wrong)}", {}, about),
    ]
    invalid = f"?idsite=1&rec=1&url={marked.text(wrong)}&cip={marked.address(wrong)}"
    sender.post("/matomo.php", json.encode({"requests": [invalid]}), about)
    sender.bytes_alone(f"{marked.text(wrong)} / HTTP/0.1\r\n{marked.text(wrong)}\r\n\r\n")
    sender.bytes_alone(f"POST /matomo.php HTTP/1.1\r\nHost: a\r\nContent-Length: 999\r\n\r\n{marked.text(wrong)}")
    segment = {"segment": f"pageTitle=={marked.text(wrong)}", "token_auth": sender.token}
    asked = {"module": "API", "method": "VisitsSummary.get", "idSite": "1", "period": "day", "date": "today"}
    assert sender.get("/index.php", asked | segment, about).is_success
    return [answer.status_code for answer in answers]


def send_into_a_failure(sender: Sender, site: Site) -> list[int]:
    """Send what is right, and fails all the same: no check of a token foresees what the registry holds now."""
    token = sender.server.token()
    with closing(sqlite3.connect(sender.server.data / "registry.db")) as registry, registry:
        registry.execute("update token set site_ids = 'no list'")
    asked = {"module": "API", "method": "VisitsSummary.get", "idSite": "1", "period": "day", "date": "today"}
    segment = {"segment": f"pageTitle=={sender.markers.text('in a failure')}", "token_auth": token}
    return [
        sender.hit("in a failure", "in a failure", site, token_auth=token).status_code,
        sender.get(
            "/index.php", asked | segment, {"User-Agent": sender.markers.user_agent("in a failure")}
        ).status_code,
    ]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """Send all hits, and search all that is kept."""
    root: Path = tmp_path_factory.mktemp("markers")
    temporary = root / "temporary"
    temporary.mkdir()
    environment = {"PELLUCID_TRUSTED_PROXIES": "127.0.0.1", "TMPDIR": str(temporary)}
    markers = Markers()
    with Server(root / "data", environment=environment) as server:
        sites = {preset: server.site(preset=preset) for preset in PRESETS}
        asking = sites.pop("consent")
        sender = Sender(server, markers)
        recorded = [answer for site in sites.values() for answer in send_recorded(sender, site)]
        refusals = send_refused(sender, sites["matomo"], asking)
        errors = send_wrong(sender, sites["matomo"]) + send_into_a_failure(sender, sites["matomo"])
        server.until(lambda: sum(server.stored().values()) >= len(sites) * 7)
        with closing(server.store()) as store:
            places = clickhouse_tables(store)
        places |= files(root)
        for address in ("/metrics", "/health", "/matomo.js"):
            places[address] = httpx2.get(f"{server.url}{address}", timeout=PATIENCE_SECONDS).content
    places |= {f"after the end: {name}": content for name, content in files(root).items()}
    places |= sqlite_tables(root)
    return Seen(
        places=markers.found(places),
        verdicts=[answer.headers["pellucid-verdict"] for answer in recorded],
        refusals=refusals,
        errors=errors,
        log=server.said(),
    )


def test_all_was_sent_and_answered_as_meant(seen: Seen) -> None:
    assert set(seen.verdicts) == {"recorded"}
    assert seen.refusals == {asked: f"refused; reason={asked.removesuffix(' in bulk')}" for asked in seen.refusals}
    assert min(seen.errors) >= 400
    assert seen.errors[-2:] == [500, 500]


def test_what_may_be_kept_is_found(seen: Seen) -> None:
    assert {"default.events", "default.visits"} <= seen.places["kept"]


def test_nothing_else_is_anywhere(seen: Seen) -> None:
    assert {what: places for what, places in seen.places.items() if what != "kept"} == {}


def test_the_log_tells_what_failed(seen: Seen) -> None:
    assert "Exception in ASGI application" in seen.log
    assert "msgspec.DecodeError" in seen.log
