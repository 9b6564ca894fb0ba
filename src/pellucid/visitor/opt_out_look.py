"""Colours and fonts as a page's owner wants them, by Matomo's parameters. What is not plainly one is left out."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from msgspec import Struct

_COLOUR = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
_SIZE = re.compile(r"\d{1,3}(?:\.\d{1,2})?(?:px|pt|em|rem|%)")
_FAMILY = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,39}")
_GENERIC = frozenset("serif sans-serif monospace cursive fantasy system-ui ui-serif ui-sans-serif ui-monospace".split())
_MOST_FAMILIES = 8
_BRIGHT = 128
"""Of 255: what is brighter is read on dark, what is darker on bright."""


class Look(Struct, frozen=True, kw_only=True):
    """What was asked for, as CSS writes it; empty where nothing was, or nothing that is one."""

    background: str = ""
    colour: str = ""
    size: str = ""
    family: str = ""

    @property
    def is_dark(self) -> bool | None:
        """Whether the frame is a dark one; None where no colour says so."""
        if self.background:
            return _brightness(self.background) < _BRIGHT
        return _brightness(self.colour) >= _BRIGHT if self.colour else None

    @property
    def css(self) -> str:
        """A stylesheet, empty without wishes."""
        rules = [
            *([f"color-scheme: {'dark' if self.is_dark else 'light'}"] if self.is_dark is not None else []),
            *([f"background: {self.background or 'transparent'}"] if self.background or self.colour else []),
            *([f"color: {self.colour}", "--ink: currentcolor", "--quiet: currentcolor"] if self.colour else []),
            *([f"font-size: {self.size}"] if self.size else []),
            *([f"font-family: {self.family}"] if self.family else []),
        ]
        return f":root {{ {'; '.join(rules)} }}" if rules else ""

    @property
    def query(self) -> str:
        """The parameters that ask for this look again."""
        asked = {
            "backgroundColor": self.background.removeprefix("#"),
            "fontColor": self.colour.removeprefix("#"),
            "fontSize": self.size,
            "fontFamily": self.family.replace('"', ""),
        }
        return urlencode({name: value for name, value in asked.items() if value})


def look_of(parameters: Mapping[str, str]) -> Look:
    """Return the look that parameters ask for."""
    return Look(
        background=_colour(parameters.get("backgroundColor", "")),
        colour=_colour(parameters.get("fontColor", "")),
        size=_size(parameters.get("fontSize", "")),
        family=_family(parameters.get("fontFamily", "")),
    )


def _colour(text: str) -> str:
    found = _COLOUR.fullmatch(text)
    return f"#{found[1].lower()}" if found else ""


def _size(text: str) -> str:
    return text if _SIZE.fullmatch(text) else ""


def _family(text: str) -> str:
    names = [name.strip(" \"'") for name in text.split(",")]
    if len(names) > _MOST_FAMILIES or not all(map(_FAMILY.fullmatch, names)):
        return ""
    return ", ".join(name if name in _GENERIC else f'"{name}"' for name in names)


def _brightness(colour: str) -> float:
    digits = colour.removeprefix("#")
    short = len(digits) <= len("rgba")
    red, green, blue = (int(digits[at] * 2 if short else digits[2 * at : 2 * at + 2], 16) for at in range(3))
    # The weights with which the eye sees them (https://www.w3.org/TR/AERT/#color-contrast).
    return (299 * red + 587 * green + 114 * blue) / 1000
