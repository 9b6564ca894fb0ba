"""One request to the Reporting API, and what a method that answers it is."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from pellucid.edge import Attempts
from pellucid.errors import NotAllowed, NotSignedIn, RequestError
from pellucid.matomo.answers import Answers
from pellucid.matomo.columns import Row
from pellucid.matomo.dates import Asked, asked
from pellucid.matomo.parameters import Parameters
from pellucid.model.account import Access, Account
from pellucid.model.hit import Place
from pellucid.model.site import Site
from pellucid.registry.registry import Registry
from pellucid.store.client import Store

NOBODY = Account("anonymous")
SUCCESS: Row = {"result": "success", "message": "ok"}

Answer = str | int | float | bool | None | Sequence["Answer"] | Mapping[str, "Answer"]


class Record(dict[str, Answer]):
    """What stands alone and is no report: in XML it is a row, in all other formats what it holds."""


def alone(told: Answer) -> Answer:
    """Return what a report tells; as in Matomo a number that is told alone does not say what it is."""
    values = list(told.values()) if isinstance(told, dict) else []
    return {"value": values[0]} if len(values) == 1 and not isinstance(values[0], list | Mapping) else told


class Asking(Struct, frozen=True):
    """What a request tells of where it came from, and under which address it found this server."""

    address: str
    origin: str


class Call(Struct, frozen=True):
    """One request: who asks, for what, when, what answers, and which passwords were tried of late.

    `place` tells where a masked address is, and keeps nothing of it.
    """

    account: Account | None
    given: Parameters
    registry: Registry
    reports: Answers
    store: Store
    now: datetime
    attempts: Attempts
    asking: Asking
    place: Callable[[str], Place]

    def today(self, site: Site) -> date:
        """Return the day it is where a site is."""
        return self.now.astimezone(ZoneInfo(site.timezone)).date()

    def periods(self, site: Site) -> Asked:
        """Return the periods that `period` and `date` name, in the days of a site."""
        return asked(self.given.text("period"), self.given.text("date"), self.today(site))


Ask = Callable[[Call], Answer]
"""What answers any method."""


class Method(Struct, frozen=True):
    """A method: `access` to each site it names (None: to no site), or only for a superuser; or open to `anonymous`.

    `somewhere` is for who has that access to any site. One that `changes` something is not for tokens that only read.
    """

    answer: Callable[[Call, list[Site]], Answer]
    access: Access | None = Access.VIEW
    somewhere: Access | None = None
    superuser: bool = False
    anonymous: bool = False
    changes: bool = False


def refused(call: Call, told: str) -> RequestError:
    """Return the error for who may not do something: another one where nobody is signed in."""
    return NotAllowed(told) if call.account else NotSignedIn(told)


def needs_somewhere(call: Call, access: Access) -> Account:
    """Return who asks, or raise the error for who has such access to no site."""
    account = call.account or NOBODY
    if not account.superuser and not any(account.may(site, access) for site in account.access):
        told = f"You can't access this resource as it requires '{access}' access for at least one website."
        raise refused(call, told)
    return account


def needs_own(call: Call, login: str) -> Account:
    """Return who asks, or raise the error for who asks about another account than their own, and is no superuser."""
    account = call.account or NOBODY
    if not account.superuser and login != account.login:
        raise NotAllowed(f"The user has to be either a Super User or the user '{login}' itself.")
    return account
