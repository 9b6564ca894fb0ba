import asyncio

import httpx2
import pytest
from msgspec import structs
from starlette.applications import Starlette

from pellucid.model.site import Privacy, Site
from pellucid.policy.presets import PRESETS
from pellucid.policy.storage import ITEMS, OPT_OUT, VISITOR
from pellucid.visitor.privacy_page import may_be_set, routes
from tracking import ADDRESS, a_site

EVIL = "<script>alert(1)</script>"


def _get(site: Site, path: str = "/privacy/1", headers: dict[str, str] | None = None) -> httpx2.Response:
    application = Starlette(routes=routes({1: site}.get, lambda peer, _forwarded: peer))

    async def ask() -> httpx2.Response:
        transport = httpx2.ASGITransport(application, client=(ADDRESS, 1))
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
def test_every_cookie_that_these_settings_allow_is_named(preset: str) -> None:
    page = _get(a_site(1, preset)).text

    names = {item.name.partition(".")[0] for item in may_be_set(PRESETS[preset])}
    others = {item.name.partition(".")[0] for item in ITEMS} - names
    assert [name for name in names if f"<code>{name}</code>" not in page] == []
    assert [name for name in others if f"<code>{name}</code>" in page] == []


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({}, "would be recorded"),
        ({"Sec-GPC": "1"}, "The browser sends Global Privacy Control"),
        ({"DNT": "1"}, "The browser sends Do Not Track"),
        ({"Cookie": "matomo_ignore=1"}, "objected to being measured by any site"),
        ({"Cookie": "piwik_ignore=1"}, "objected to being measured by any site"),
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
    [("matomo", "of which 81.2.0.0 would be kept"), ("cookieless", "of which nothing would be kept")],
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
    assert "Global Privacy Control does not count here: The law asks for a full count." in page


@pytest.mark.parametrize(("path", "status"), [("/privacy/2", 404), ("/privacy/x", 404), ("/privacy/1", 200)])
def test_a_site_that_is_not_there_is_told_so(path: str, status: int) -> None:
    assert _get(a_site(1, "matomo"), path).status_code == status
