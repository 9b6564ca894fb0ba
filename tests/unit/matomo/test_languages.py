from collections.abc import Callable
from typing import Any

from starlette.testclient import TestClient

from pellucid.registry.registry import Registry
from unit.matomo.conftest import asked_by

Ask = Callable[..., Any]
ENGLISH = {"code": "en", "name": "English", "english_name": "English"}


def test_names_are_told_in_english(ask: Ask) -> None:
    assert ask("LanguagesManager.isLanguageAvailable", languageCode="en") == {"value": True}
    assert ask("LanguagesManager.isLanguageAvailable", languageCode="de") == {"value": False}
    assert ask("LanguagesManager.getAvailableLanguages") == ["en"]
    assert ask("LanguagesManager.getAvailableLanguageNames") == [ENGLISH]
    (told,) = ask("LanguagesManager.getAvailableLanguagesInfo")
    assert told == ENGLISH | {"translators": "-", "percentage_complete": "100%"}


def test_the_language_of_an_account_is_its_own_business(ask: Ask, client: TestClient, registry: Registry) -> None:
    registry.add_account("reader")
    reader = asked_by(client, registry.create_token("reader"))

    assert ask("LanguagesManager.getLanguageForUser", login="reader") == {"value": "en"}
    assert reader("LanguagesManager.getLanguageForUser", login="reader") == {"value": "en"}
    assert reader("LanguagesManager.getLanguageForUser", login="anonymous") == {"value": False}
    assert "or the user 'root' itself" in reader("LanguagesManager.getLanguageForUser", login="root")["message"]
