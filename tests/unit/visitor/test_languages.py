from collections.abc import Mapping
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

import pellucid.visitor
from pellucid.policy.requests import READ
from pellucid.policy.storage import ITEMS
from pellucid.visitor.languages import DOMAIN, NAMES, SOURCE, language_of, translations

ROOM = Path(pellucid.visitor.__file__).parent
CATALOGUES = ROOM / "locale"
TRANSLATED = [code for code in NAMES if code != SOURCE]
COMPILE = "Run '.venv/bin/pybabel compile -D visitor -d src/pellucid/visitor/locale' and commit what it writes."


@pytest.fixture(scope="module")
def said() -> set[str]:
    """Every text that visitors may read: what pages and scripts say, and the policy of what is kept or read."""
    sources = {"jinja2.ext:babel_extract": ROOM.glob("templates/*.html"), "python": ROOM.glob("*.py")}
    keywords: Mapping[str, None] = {"_": None, "marked": None}
    written = {
        str(text)
        for method, paths in sources.items()
        for path in paths
        for _, text, _, _ in extract_from_file(method, path, keywords)
    }
    kept = {
        text for item in ITEMS for text in (item.purpose, f"from {item.since}", item.ground.name, item.ground.reason)
    }
    return written | kept | {text for read in READ for text in (read.what, read.ground.reason)}


def catalogue(code: str) -> Catalog:
    with (CATALOGUES / code / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        return read_po(file, code)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_there_is_a_catalogue_for_every_language() -> None:
    assert sorted(path.name for path in CATALOGUES.iterdir()) == sorted(TRANSLATED)


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_catalogue_is_complete(said: set[str], code: str) -> None:
    texts = {str(message.id): message for message in catalogue(code) if message.id}

    assert said
    assert set(texts) == said
    assert [text for text, message in texts.items() if not message.string or message.fuzzy] == []
    assert [text for text, message in texts.items() if fields(text) != fields(str(message.string))] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_what_is_compiled_is_what_is_written(code: str) -> None:
    written = {str(message.id): message.string for message in catalogue(code) if message.id}

    compiled = {text: translations(code).gettext(text) for text in written}

    assert compiled == written, COMPILE


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("", "", "en"),
        ("de", "fr", "de"),
        ("DE-at", "", "de"),
        ("pt_BR", "", "pt"),
        ("auto", "nl-BE, nl;q=0.9", "nl"),
        ("ja", "it", "it"),
        ("", "ja, pl;q=0.3, es;q=0.8", "es"),
        ("", "de;q=0, fr;q=0.1", "fr"),
        ("", "de;q=x, *", "en"),
        ("../../de", "", "en"),
    ],
)
def test_the_language_is_what_is_asked_for_or_what_the_browser_likes_best(
    asked: str, accepted: str, language: str
) -> None:
    assert language_of(asked, accepted) == language
