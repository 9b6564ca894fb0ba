import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pellucid.policy.storage import OPT_OUT
from pellucid.visitor.languages import NAMES
from pellucid.visitor.opt_out_box import TEXTS, Settings, routes, script_of, settings_of, snippet_of

SCRIPT = "/index.php?module=CoreAdminHome&action=optOutJS"
PARAMETERS = (
    "divId div language showIntro useCookiesIfNoTracker useSecureCookies cookiePath cookieDomain backgroundColor "
    "fontColor fontSize fontFamily"
).split()


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=routes()), base_url="https://stats.example")


def told(script: str) -> Settings:
    """What a script is told."""
    found = re.search(r"^\}\)\((\{.+\})\);$", script, re.MULTILINE)
    assert found
    return json.decode(found[1], type=Settings)


def test_matomos_parameters_are_understood(client: TestClient) -> None:
    answer = client.get(
        f"{SCRIPT}&divId=here&language=fr&showIntro=0&useCookiesIfNoTracker=0&useSecureCookies=0&useCookiesTimeout=3"
        "&cookiePath=%2Fshop&cookieDomain=*.shop.example&backgroundColor=FFFFFF&fontColor=000&fontSize=12px&fontFamily=Arial",
    )

    settings = told(answer.text)
    assert (settings.place, settings.language, settings.intro, settings.alone) == ("here", "fr", False, False)
    assert (settings.path, settings.domain, settings.secure) == ("/shop", "shop.example", False)
    assert settings.look == {"backgroundColor": "#ffffff", "color": "#000", "fontSize": "12px", "fontFamily": '"Arial"'}
    assert answer.headers["content-type"].startswith("application/javascript")
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers


def test_without_parameters_it_is_as_in_matomo() -> None:
    settings = settings_of({}, "de-DE")

    assert (settings.place, settings.language, settings.intro, settings.alone) == ("matomo-opt-out", "de", True, True)
    assert (settings.path, settings.domain, settings.secure, settings.look) == ("/", "", True, {})


def test_it_keeps_what_is_declared_and_for_as_long() -> None:
    settings = settings_of({}, "")

    assert OPT_OUT.lifetime
    assert (settings.cookie, settings.seconds) == (OPT_OUT.name, OPT_OUT.lifetime.total_seconds())


def test_it_knows_no_cookie_of_consent() -> None:
    script = script_of(settings_of({}, ""))

    assert "mtm_consent_removed" in script
    assert not re.search(r"mtm_consent\b(?!_removed)|mtm_cookie_consent", script)


@pytest.mark.parametrize("language", NAMES)
def test_it_speaks_every_language(language: str) -> None:
    texts = settings_of({"language": language}, "").texts

    assert set(texts) == set(TEXTS)
    assert "400" in texts["kept"]
    assert not any("{" in text for text in texts.values())


@given(st.fixed_dictionaries({name: st.text() for name in PARAMETERS}))
def test_nothing_of_a_query_is_in_the_script_as_it_is(query: dict[str, str]) -> None:
    asked = told(script_of(settings_of(query, "")))

    plain = [asked.place, asked.path, asked.domain, *asked.look.values()]
    assert all(re.fullmatch(r'[A-Za-z0-9 #.,%:"~/_-]*', value) for value in plain)


@pytest.mark.parametrize(
    "planted", ["</script><script>alert(1)</script>", '"});alert(1);({"', "x;y", "x\\y", "\u2028", "é"]
)
def test_what_is_planted_in_a_query_is_left_out(client: TestClient, planted: str) -> None:
    query = dict.fromkeys(PARAMETERS, planted)

    answers = [client.get(SCRIPT, params=query | {"module": "CoreAdminHome", "action": "optOutJS"})]
    answers.append(client.get("/optout/snippet", params=query))

    usual = [script_of(settings_of({}, "")), snippet_of(settings_of({}, ""))]
    assert [answer.text for answer in answers] == usual


def test_a_page_in_whatever_character_set_reads_the_script_in_its_own(client: TestClient) -> None:
    answer = client.get(SCRIPT, params={"module": "CoreAdminHome", "action": "optOutJS", "language": "pl"})

    assert not answer.content.isascii()
    assert answer.headers["content-type"] == "application/javascript; charset=utf-8"


def test_a_text_can_not_end_the_script_of_the_snippet() -> None:
    settings = settings_of({}, "")
    evil = Settings(
        **{name: getattr(settings, name) for name in settings.__struct_fields__} | {"texts": {"intro": "</script>"}}
    )

    snippet = snippet_of(evil)

    assert snippet.count("</script>") == 1
    assert r"\u003c/script\u003e" in snippet


def test_the_snippet_asks_no_server_for_anything(client: TestClient) -> None:
    answer = client.get("/optout/snippet?language=en&divId=here")

    assert answer.text.startswith('<div id="here"></div>\n<script>\n')
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "stats.example" not in answer.text
    assert not re.search(r"https?://|fetch|XMLHttpRequest|sendBeacon|import\b|\.src\b", answer.text)
