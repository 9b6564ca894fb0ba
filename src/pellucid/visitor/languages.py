"""The languages that visitors are spoken to in. A catalogue holds every text, or a test fails."""

from collections.abc import Callable
from functools import lru_cache
from gettext import NullTranslations, translation
from importlib.resources import as_file, files

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

Translate = Callable[[str], str]


def language_of(asked: str, accepted: str) -> str:
    """Return the language for a visitor: the one asked for by name, else the best that the browser accepts."""
    accepts = (code for code in _by_preference(accepted) if code in NAMES)
    return named_language(asked) or next(accepts, SOURCE)


def named_language(asked: str) -> str:
    """Return the language that is asked for by name, empty if there is none such."""
    code = _primary(asked)
    return code if code in NAMES else ""


def _by_preference(accepted: str) -> list[str]:
    """Return what an `Accept-Language` header names, the best first."""
    weighed = []
    for choice in accepted.split(","):
        tag, _, parameter = choice.partition(";")
        weighed.append((_weight(parameter), _primary(tag)))
    # Sorting keeps the order of what weighs the same.
    return [code for weight, code in sorted(weighed, key=lambda pair: -pair[0]) if weight > 0]


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0


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
