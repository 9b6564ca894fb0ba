"""What engines of browsers make of what is asked of them: where they differ, each as it was measured.

The states of `states.py` hold in all of them, but for what is said here; tests go through them with each engine, and
measure the rest. WebKitGTK is WebKit as it comes with Linux. It is not Safari, and no row speaks of Safari.
"""

from datetime import timedelta
from enum import StrEnum

from msgspec import Struct

from pellucid.policy.state import Signal


class Shown(StrEnum):
    """When a page of another site has a browser show a server the cookie that the server's own page has set."""

    NEVER = "no"
    AFTER_RETURN = "once you went there from that page and back, in one tab"
    ALWAYS = "yes"


class Engine(Struct, frozen=True, kw_only=True):
    """One engine, in one mode of protection from tracking.

    `of_a_script` and `of_a_server` are the longest lives of cookies that these set, None where there is no limit. Of
    what could not be measured, the answer is None.
    """

    name: str
    version: str
    mode: str
    of_a_script: timedelta | None
    of_a_server: timedelta | None
    keeps_apart: bool | None
    """Whether the frame of a server of another site can keep a cookie for the site that shows it."""
    shows: Shown | None
    """Whether a server of another site is shown the cookie of its own page: an objection to all sites."""
    signals: tuple[Signal, ...]
    """What its user can have it say of all sites."""
    tells_hints: bool
    """Whether pages can ask it for client hints."""


_CHROMES = timedelta(days=400)
WEBKITS = timedelta(days=7)
"""How long WebKit keeps what a script has set, where it prevents tracking."""

CHROMIUM = Engine(
    name="Chromium",
    version="156",
    mode="as it comes",
    of_a_script=_CHROMES,
    of_a_server=_CHROMES,
    keeps_apart=True,
    shows=Shown.NEVER,
    signals=(),
    tells_hints=True,
)
FIREFOX = Engine(
    name="Firefox",
    version="153",
    mode="Enhanced Tracking Protection: standard, as it comes",
    of_a_script=_CHROMES,
    of_a_server=_CHROMES,
    keeps_apart=True,
    shows=Shown.AFTER_RETURN,
    signals=(Signal.GLOBAL_PRIVACY_CONTROL, Signal.DO_NOT_TRACK),
    tells_hints=False,
)
WEBKITGTK = Engine(
    name="WebKitGTK",
    version="2.50",
    mode="third parties set no cookies, Tracking Prevention off, as it comes",
    of_a_script=None,
    of_a_server=None,
    keeps_apart=False,
    shows=Shown.ALWAYS,
    signals=(),
    tells_hints=False,
)
WEBKITGTK_PREVENTING = Engine(
    name="WebKitGTK",
    version="2.50",
    mode="Intelligent Tracking Prevention on",
    of_a_script=WEBKITS,
    of_a_server=None,
    keeps_apart=None,
    shows=None,
    signals=(),
    tells_hints=False,
)

ENGINES: tuple[Engine, ...] = (CHROMIUM, FIREFOX, WEBKITGTK, WEBKITGTK_PREVENTING)
