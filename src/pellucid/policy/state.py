"""What a state is: what the page does, what the visitor did, and step by step what comes of it.

The states themselves are rows of `states.py`.
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from pellucid.policy.requests import TRACKER_FILE, Asked
from pellucid.policy.storage import Item


class Step(StrEnum):
    """What a visitor does, in this order."""

    FIRST_PAGE = "first page"
    NEXT_PAGE = "next page"
    INTERACTION = "interaction"
    LEAVING = "leaving"
    NEXT_DAY = "next day"


class Signal(StrEnum):
    """What the browser says of all sites."""

    NONE = "none"
    GLOBAL_PRIVACY_CONTROL = "Global Privacy Control"
    DO_NOT_TRACK = "Do Not Track"


class Client(StrEnum):
    """Who sends."""

    BROWSER = "a browser with JavaScript"
    IMAGE = "a browser without JavaScript, by the image in the page"
    PROGRAM = "a program on the site's own server"
    LOG = "a line of the access log, which the site's owner imports"


class Script(StrEnum):
    """What the page has of ours."""

    TRACKER = "the tracker"
    STUB = "the stub"
    SMALL = "the small tracker"


class Server(StrEnum):
    """Where the analytics server is, seen from the page: it decides which of its cookies a browser shows it."""

    HERE = "the site itself"
    BESIDE = "a server under a name of the same site"
    ELSEWHERE = "a server of another site"


class Objection(StrEnum):
    """Where a visitor objects on the first page, if not by a command of the page."""

    FRAME = "in the frame of the opt-out page"
    SCRIPT = "at the checkbox that the server's script brings"
    SNIPPET = "at the checkbox that is in the page itself"
    SERVER = "on the server's own opt-out page"


class Outcome(Struct, frozen=True):
    """What a step comes to: the actions told to the server, what they carry, and what is in the browser then."""

    sends: tuple[str, ...] = ()
    keeps: tuple[Item, ...] = ()
    asks: tuple[Asked, ...] = (TRACKER_FILE,)
    """What else is asked for; after the first page, the browser may have it already."""
    recognised: bool = False
    """Whether requests carry an identifier."""
    features: bool = True
    """Whether requests tell of the browser."""
    consent: bool = False
    """Whether requests say that the visitor consented."""
    recorded: bool = True
    """Whether the server records what is sent."""


class State(Struct, frozen=True, kw_only=True):
    """One state.

    `page` holds the commands that every page gives before it tracks, each with its values behind it, `tells` those that
    it gives after, `chooses` those that the visitor's choice on the first page comes to, `had` what an earlier page has
    left.
    """

    name: str
    preset: str = "matomo"
    page: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    chooses: tuple[str, ...] = ()
    had: tuple[Item, ...] = ()
    signal: Signal = Signal.NONE
    honours_signals: bool = True
    client: Client = Client.BROWSER
    script: Script = Script.TRACKER
    server: Server = Server.HERE
    asks_first: bool = False
    """Whether the tracker asks the server for an objection before it sends."""
    objects: Objection | None = None
    referred: bool = False
    """Whether the visitor comes from another site."""
    steps: Mapping[Step, Outcome]
