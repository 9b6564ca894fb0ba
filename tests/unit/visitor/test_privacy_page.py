import asyncio
import re
from collections import ChainMap
from functools import cache
from itertools import combinations

import httpx2
import pytest
from markupsafe import escape
from msgspec import structs
from starlette.applications import Starlette

from pellucid.model.site import Privacy, Site
from pellucid.policy.presets import PRESETS
from pellucid.policy.requests import NUMBER_OF_THE_DAY, OF_THE_PAGE_TOLD, READ, Read
from pellucid.policy.storage import (
    ATTRIBUTED,
    IGNORE,
    IGNORE_PARTITIONED,
    ITEMS,
    MEASURED,
    OPT_OUT,
    PIWIK_IGNORE,
    REMEMBERS_A_CHOICE,
    VISITOR,
    NamedGround,
)
from pellucid.visitor.lifetimes import CAPPED, OF_WEBKIT, OTHER, told
from pellucid.visitor.privacy_page import REASONS, may_be_set, routes
from tracking import ADDRESS, a_site

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
SAFARI = "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15"
SIGNALS = ({"Sec-GPC": "1"}, {"DNT": "1"}, {"Cookie": "matomo_ignore=1"}, {"Cookie": "piwik_ignore=1"})
ROW = re.compile(r"<tr>\n(.+?)</tr>", re.DOTALL)
EXPLANATION = re.compile(r'<div id="(ground-\d)">(.+?)</div>')
EVIL = "<script>alert(1)</script>"


@cache
def _application(site: Site, *, imported: bool) -> Starlette:
    """The page of a site: made once, for it reads its templates whenever it is made."""
    return Starlette(routes=routes({1: site}.get, lambda peer, _forwarded: peer, lambda _site: imported))


def _get(
    site: Site, path: str = "/privacy/1", headers: dict[str, str] | None = None, *, imported: bool = False
) -> httpx2.Response:
    async def ask() -> httpx2.Response:
        transport = httpx2.ASGITransport(_application(site, imported=imported), client=(ADDRESS, 1))
        async with httpx2.AsyncClient(transport=transport, base_url="http://stats.example") as client:
            return await client.get(path, headers=headers or {})

    return asyncio.run(ask())


@pytest.mark.parametrize("preset", PRESETS)
def test_the_page_is_there_for_every_preset_and_sets_nothing(preset: str) -> None:
    answer = _get(a_site(1, preset))

    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("preset", PRESETS)
def test_whatever_a_browser_says_the_page_has_a_reason_for_a_no(preset: str) -> None:
    for number in range(len(SIGNALS) + 1):
        for sent in combinations(SIGNALS, number):
            page = _get(a_site(1, preset), headers=dict(ChainMap(*map(dict, sent)))).text

            refused = "would not be recorded" in page
            assert refused == any(reason in page for reason in REASONS.values())


def test_the_page_speaks_the_language_of_the_browser_or_the_one_asked_for() -> None:
    site = structs.replace(a_site(1, "strict"), name="Schuhe & mehr")

    german = _get(site, headers={"Accept-Language": "de-CH, fr;q=0.5", "Sec-GPC": "1"}).text
    polish = _get(site, "/privacy/1?language=pl", headers={"Accept-Language": "de"}).text

    assert '<html lang="de">' in german
    assert "Wie Schuhe &amp; mehr gemessen wird" in german
    assert "Ihr Browser sendet Global Privacy Control" in german
    assert '<html lang="pl">' in polish
    assert "Jak mierzona jest strona Schuhe &amp; mehr" in polish
    assert "pas de site 2 ici" in _get(site, "/privacy/2", headers={"Accept-Language": "fr"}).text


@pytest.mark.parametrize("preset", PRESETS)
def test_every_cookie_that_these_settings_allow_is_named(preset: str) -> None:
    page = _get(a_site(1, preset)).text

    names = {item.name.partition(".")[0] for item in may_be_set(PRESETS[preset])}
    others = {item.name.partition(".")[0] for item in ITEMS} - names
    assert [name for name in names if f"<code>{name}</code>" not in page] == []
    assert [name for name in others if f"<code>{name}</code>" in page] == []


def shown(text: str) -> str:
    """What the page makes of a text: entities, and no marks of code."""
    return str(escape(text.replace("`", "")))


@pytest.mark.parametrize("preset", PRESETS)
def test_each_cookie_says_from_when_its_lifetime_counts_and_leads_to_its_ground(preset: str) -> None:
    page = _get(a_site(1, preset)).text

    explained = dict(EXPLANATION.findall(page))
    rows = ROW.findall(page)
    items = may_be_set(PRESETS[preset])
    assert len(rows) == len(items)
    for item, row in zip(items, rows, strict=True):
        (led,) = re.findall(r'<a href="#([^"]+)">', row)
        assert f"from {item.since}<" in row
        assert f">{shown(item.ground.name)}</a>" in row
        assert shown(item.ground.reason) in explained[led]
        assert shown(item.ground.source) in explained[led]
        assert f"<code>{item.name.partition('.')[0]}</code>" in explained[led]


@pytest.mark.parametrize(
    ("preset", "grounds"),
    [
        ("matomo", [MEASURED, ATTRIBUTED, REMEMBERS_A_CHOICE]),
        ("exempt-fr", [MEASURED, REMEMBERS_A_CHOICE]),
        ("cookieless", [REMEMBERS_A_CHOICE]),
    ],
)
def test_each_ground_is_explained_once(preset: str, grounds: list[NamedGround]) -> None:
    page = _get(a_site(1, preset)).text

    assert len(EXPLANATION.findall(page)) == len(grounds)
    assert [page.count(shown(ground.reason)) for ground in grounds] == [1] * len(grounds)


@pytest.mark.parametrize(
    ("preset", "reads"),
    [
        ("matomo", [*READ]),
        ("cookieless", [*READ]),
        ("exempt-fr", [OF_THE_PAGE_TOLD, NUMBER_OF_THE_DAY]),
        ("strict", [OF_THE_PAGE_TOLD]),
    ],
)
def test_a_visitor_reads_what_is_read_with_these_settings_and_on_what_ground(preset: str, reads: list[Read]) -> None:
    page = _get(a_site(1, preset)).text

    told = [read for read in READ if f"<dt>{shown(read.what)}</dt>" in page]
    assert told == reads
    assert [read for read in READ if shown(read.ground.reason) in page] == reads
    assert [read for read in reads if f'lang="en">{shown(read.ground.source)}<' not in page] == []


@pytest.mark.parametrize(("preset", "joined"), [("cookieless", True), ("strict", False), ("matomo", False)])
def test_a_visitor_reads_that_a_day_stays_joined_after_its_secret_is_destroyed(preset: str, *, joined: bool) -> None:
    page = _get(a_site(1, preset)).text

    assert ("what was recorded of you that day stays joined under it until it is deleted" in page) is joined
    assert (str(escape(NUMBER_OF_THE_DAY.ground.reason)) in page) is (preset != "strict")
    assert "stays joined under it until that is deleted" in NUMBER_OF_THE_DAY.ground.reason


def test_grounds_and_lifetimes_are_told_in_the_visitors_language() -> None:
    page = _get(a_site(1, "matomo"), "/privacy/1?language=de").text

    assert "ab der letzten Seite<" in page
    assert ">Einwilligung oder eine Ausnahme</a>" in page
    assert "Von einem Gerät zu lesen zählt" in page


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({}, "would be recorded"),
        ({"Sec-GPC": "1"}, "Your browser sends Global Privacy Control"),
        ({"DNT": "1"}, "Your browser sends Do Not Track"),
        ({"Cookie": "matomo_ignore=1"}, "You have objected to being measured by any site"),
        ({"Cookie": "piwik_ignore=1"}, "You have objected to being measured by any site"),
    ],
)
def test_a_visitor_reads_what_would_come_of_a_page_view(headers: dict[str, str], told: str) -> None:
    page = _get(a_site(1, "matomo"), headers=headers).text

    assert told in page
    assert ("would not be recorded" in page) == bool(headers)


def test_a_visitor_reads_which_cookies_the_browser_has_shown() -> None:
    page = _get(a_site(1, "matomo"), headers={"Cookie": "_pk_id.1.dc78=0123; mtm_consent_removed=1; secret=x"}).text

    held = page[page.index("Cookies it has shown us") : page.index("</dl>")]
    assert VISITOR.purpose in held
    assert OPT_OUT.purpose in held
    assert "secret" not in held
    assert "0123" not in held


@pytest.mark.parametrize(
    ("preset", "kept"),
    [("matomo", "Of this, 81.2.0.0 would be kept."), ("cookieless", "Nothing of this would be kept.")],
)
def test_a_visitor_reads_what_would_be_kept_of_the_address(preset: str, kept: str) -> None:
    page = _get(a_site(1, preset)).text

    assert ADDRESS in page
    assert kept in page


def test_a_name_is_text_and_never_markup() -> None:
    page = _get(structs.replace(a_site(1, "matomo"), name=EVIL)).text

    assert EVIL not in page
    assert "&lt;script&gt;" in page


def test_a_signal_that_the_owner_does_not_honour_is_told_with_its_reason() -> None:
    privacy: Privacy = structs.replace(
        PRESETS["matomo"], honour_gpc=False, honour_dnt=False, signals_ignored_because="The law asks for a full count."
    )

    page = _get(structs.replace(a_site(1, "matomo"), privacy=privacy), headers={"Sec-GPC": "1"}).text

    assert "would be recorded" in page
    assert "Global Privacy Control does not count here. The law asks for a full count." in page


@pytest.mark.parametrize(("path", "status"), [("/privacy/2", 404), ("/privacy/x", 404), ("/privacy/1", 200)])
def test_a_site_that_is_not_there_is_told_so(path: str, status: int) -> None:
    assert _get(a_site(1, "matomo"), path).status_code == status


@pytest.mark.parametrize("imported", [True, False])
def test_a_visitor_reads_that_logs_were_imported(*, imported: bool) -> None:
    page = _get(a_site(1, "matomo"), imported=imported).text

    assert ("imported from the access logs" in page) is imported


@pytest.mark.parametrize(
    ("cookie", "purposes"),
    [
        ("matomo_ignore=ignore%3DKg%3D%3D", [IGNORE.purpose]),
        ("matomo_ignore=ignore%3DKg%3D%3D%3Ahere%3D1", [IGNORE_PARTITIONED.purpose]),
        ("piwik_ignore=1", [PIWIK_IGNORE.purpose]),
    ],
)
def test_an_objection_for_one_site_is_told_from_that_for_all(cookie: str, purposes: list[str]) -> None:
    page = _get(a_site(1, "matomo"), headers={"Cookie": cookie}).text

    held = page.partition("</dl>")[0]
    assert re.findall(r"</code> (.*?)</li>", held) == purposes


@pytest.mark.parametrize(("agent", "text"), [(SAFARI, OF_WEBKIT), (CHROME, CAPPED), ("", OTHER)])
@pytest.mark.parametrize("language", ["en", "de"])
def test_it_says_how_long_this_very_browser_keeps_an_objection(agent: str, text: str, language: str) -> None:
    page = _get(a_site(1, "matomo"), f"/privacy/1?language={language}", {"User-Agent": agent}).text

    assert [one for one in (OF_WEBKIT, CAPPED, OTHER) if told(one, language) in page] == [text]


def test_it_says_for_how_long_this_site_remembers_consent() -> None:
    site = a_site(1, "consent")

    page = _get(structs.replace(site, privacy=structs.replace(site.privacy, consent_days=31))).text

    (row,) = [row for row in ROW.findall(page) if "<code>mtm_consent</code>" in row]
    assert "31 days" in row
