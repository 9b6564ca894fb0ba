"""The methods of `LanguagesManager`: names are told in English, whatever language is asked for."""

from collections.abc import Mapping

from pellucid.matomo.call import NOBODY, Answer, Call, Method, needs_own
from pellucid.model.site import Site

LANGUAGE = "en"
_NAMES = {"code": LANGUAGE, "name": "English", "english_name": "English"}


def _is_there(call: Call, _sites: list[Site]) -> Answer:
    return {"value": call.given.text("languageCode") == LANGUAGE}


def _of_account(call: Call, _sites: list[Site]) -> Answer:
    """Return the language of one's own account, or for a superuser of any."""
    login = call.given.text("login")
    if login == NOBODY.login:
        return {"value": False}
    needs_own(call, login)
    return {"value": LANGUAGE}


def _set(call: Call, sites: list[Site]) -> Answer:
    """Return whether the language of an account is now the one that is asked for."""
    _of_account(call, sites)
    return _is_there(call, sites)


def _clock(call: Call, sites: list[Site]) -> Answer:
    _of_account(call, sites)
    return {"value": False}


METHODS: Mapping[str, Method] = {
    "LanguagesManager.isLanguageAvailable": Method(_is_there, access=None),
    "LanguagesManager.getAvailableLanguages": Method(lambda *_: [LANGUAGE], access=None),
    "LanguagesManager.getAvailableLanguageNames": Method(lambda *_: [_NAMES], access=None),
    "LanguagesManager.getAvailableLanguagesInfo": Method(
        lambda *_: [{**_NAMES, "translators": "-", "percentage_complete": "100%"}],
        access=None,
    ),
    "LanguagesManager.getLanguageForUser": Method(_of_account, access=None),
    "LanguagesManager.setLanguageForUser": Method(_set, access=None),
    "LanguagesManager.uses12HourClockForUser": Method(_clock, access=None),
}
