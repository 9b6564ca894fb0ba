"""The languages that visitors are spoken to in. A catalogue holds every text, or a test fails."""

from functools import lru_cache
from gettext import NullTranslations, translation
from importlib.resources import as_file, files

from pellucid.edge import accepted

DOMAIN = "visitor"
SOURCE = "en"
NAMES = {
    SOURCE: "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "nl": "Nederlands",
    "pl": "Polski",
    "pt": "Português",
}


def language_of(asked: str, accept_language: str) -> str:
    """Return the language for a visitor: the one asked for by name, else the best that the browser accepts."""
    accepts = (code for code in map(_primary, accepted(accept_language)) if code in NAMES)
    return named_language(asked) or next(accepts, SOURCE)


def named_language(asked: str) -> str:
    """Return the language that is asked for by name, empty if there is none such."""
    code = _primary(asked)
    return code if code in NAMES else ""


def _primary(tag: str) -> str:
    return tag.strip().replace("_", "-").partition("-")[0].lower()


@lru_cache(maxsize=len(NAMES))
def translations(language: str) -> NullTranslations:
    """Return the catalogue of a language."""
    if language == SOURCE:
        return NullTranslations()
    with as_file(files("pellucid.visitor") / "locale") as directory:
        return translation(DOMAIN, directory, [language])


def marked(text: str) -> str:
    """Mark a text for the catalogues, which is translated where it is shown."""
    return text
