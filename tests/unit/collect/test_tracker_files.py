import asyncio
import gzip
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256, sha384

import httpx2
import pytest
from msgspec import json, structs
from starlette.applications import Starlette

from pellucid.collect.tracker_files import BUILT, PATHS, SiteRule, routes, rule_of, tracker_file
from pellucid.model.site import Privacy, Site
from pellucid.policy.presets import PRESETS

NOW = 1_764_500_000


def a_site(site_id: int, privacy: Privacy) -> Site:
    return Site(
        id=site_id,
        name="A name for its owner",
        urls=("https://shop.example",),
        timezone="Europe/Paris",
        currency="EUR",
        ecommerce=False,
        privacy=privacy,
        created=datetime(2025, 11, 24, tzinfo=UTC),
    )


class Server:
    """The routes on an application of their own."""

    def __init__(self) -> None:
        self.sites = [a_site(1, PRESETS["matomo"]), a_site(2, PRESETS["strict"])]
        self._transport = httpx2.ASGITransport(Starlette(routes=routes(lambda: self.sites, lambda: NOW + 0.5)))

    def get(self, path: str = "/matomo.js", method: str = "GET", **headers: str) -> httpx2.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return asyncio.run(self._ask(method, path, {"accept-encoding": "identity"} | named))

    async def _ask(self, method: str, path: str, headers: dict[str, str]) -> httpx2.Response:
        async with httpx2.AsyncClient(transport=self._transport, base_url="http://stats.example") as client:
            return await client.request(method, path, headers=headers)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.mark.parametrize("path", PATHS)
def test_every_name_gives_the_same_file(server: Server, path: str) -> None:
    answer = server.get(path)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/javascript; charset=utf-8"
    assert answer.content == server.get("/pellucid.js").content


def test_its_first_line_says_what_each_site_settled_and_no_more(server: Server) -> None:
    answer = server.get()

    line = answer.text.splitlines()[0].removeprefix("window.PellucidSites=").removesuffix(";")
    assert json.decode(line) == {"1": {"cookies": True, "features": True, "sources": True}, "2": {"sources": True}}


def test_a_site_that_asks_for_consent_or_ignores_signals_says_so() -> None:
    privacy = structs.replace(PRESETS["consent"], honour_gpc=False, honour_dnt=False, asks_first=True)

    rule = rule_of(privacy)

    assert rule == SiteRule(
        cookies=True, features=True, sources=True, consent=True, gpc=False, dnt=False, instance=True
    )


def test_a_site_that_remembers_consent_for_another_time_says_for_how_many_days() -> None:
    of_old, settled = PRESETS["matomo"], structs.replace(PRESETS["matomo"], consent_days=30)

    lines = [tracker_file([a_site(1, privacy)]).plain.splitlines()[0] for privacy in (of_old, settled)]

    assert b"days" not in lines[0]
    assert b'"days":30' in lines[1]


def test_anyone_may_keep_it_and_nothing_is_set(server: Server) -> None:
    answer = server.get(origin="https://shop.example")

    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "set-cookie" not in answer.headers


HERE = "matomo_ignore=ignore%3DKg%3D%3D%3Ahere%3D1"


@pytest.mark.parametrize("path", [*PATHS, "/lite.js", "/consent.js", BUILT["pellucid"].path])
def test_who_objects_gets_the_objection_anew_and_no_cache_gives_it_to_others(server: Server, path: str) -> None:
    answer = server.get(path, cookie=f"a=b; {HERE}")
    again = server.get(path, cookie=HERE, if_none_match=answer.headers["etag"])

    for one in (answer, again):
        assert one.headers["set-cookie"].startswith(f"{HERE}; HttpOnly; Max-Age=946080000; ")
        assert one.headers["cache-control"] == server.get(path).headers["cache-control"].replace("public", "private")
    assert answer.content == server.get(path).content
    assert again.status_code == 304


def test_the_sites_own_objection_is_renewed_where_the_page_is_of_this_host(server: Server) -> None:
    cookie = "mtm_consent_removed=1764000000000"

    here = server.get(cookie=cookie, sec_fetch_site="same-origin")
    beside = server.get(cookie=cookie, sec_fetch_site="same-site")

    assert here.headers["set-cookie"] == f"mtm_consent_removed={NOW}; Max-Age=34560000; Path=/; SameSite=lax"
    assert "set-cookie" not in beside.headers
    assert beside.headers["cache-control"] == "public, max-age=3600"


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.5", "*"])
def test_it_is_compressed_for_those_who_can_read_that(server: Server, accepted: str) -> None:
    plain = server.get()
    answer = server.get(accept_encoding=accepted)

    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < len(plain.content) / 2
    assert answer.content == plain.content
    assert answer.headers["etag"] != plain.headers["etag"]
    assert answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "gzip; q=0.0"])
def test_it_is_plain_for_those_who_can_not(server: Server, accepted: str) -> None:
    answer = server.get(accept_encoding=accepted)

    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("form", ["{}", "W/{}", '"another", {}'])
def test_who_has_it_already_is_not_sent_it_again(server: Server, form: str) -> None:
    tag = server.get().headers["etag"]

    answer = server.get(if_none_match=form.format(tag))

    assert answer.status_code == 304
    assert answer.content == b""
    assert answer.headers["etag"] == tag


def test_a_changed_setting_makes_it_another_file(server: Server) -> None:
    tag = server.get().headers["etag"]
    server.sites = [a_site(1, PRESETS["cookieless"])]

    answer = server.get(if_none_match=tag)

    assert answer.status_code == 200
    assert '"cookies"' not in answer.text.splitlines()[0]


@pytest.mark.parametrize("name", BUILT)
def test_each_file_is_there_for_ever_under_its_hash(server: Server, name: str) -> None:
    built = BUILT[name]

    answer = server.get(built.path)

    assert answer.content == built.content
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert sha256(answer.content).hexdigest()[:16] in built.path
    assert built.integrity == f"sha384-{b64encode(sha384(answer.content).digest()).decode()}"


def test_the_small_tracker_knows_the_sites_too_and_the_banner_knows_nothing(server: Server) -> None:
    assert server.get("/lite.js").text.splitlines()[0] == server.get().text.splitlines()[0]
    assert server.get("/lite.js").content.endswith(BUILT["lite"].content)
    assert server.get("/consent.js").content == BUILT["consent"].content


def test_asking_for_its_head_gives_no_body(server: Server) -> None:
    answer = server.get(method="HEAD")

    assert answer.status_code == 200
    assert answer.content == b""


def test_the_file_is_small_as_browsers_get_it() -> None:
    file = tracker_file([a_site(1, PRESETS["cookieless"])])

    assert len(file.compressed) <= 10 * 1024
    assert gzip.decompress(file.compressed) == file.plain
