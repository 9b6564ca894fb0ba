"""The methods of `UsersManager` that change who there is and who may do what.

What makes a superuser or another password asks for the password of who changes it: a token that was lost is not
enough. As in Matomo, programs add and delete accounts and grant sites without one.
"""

from collections.abc import Mapping

from pellucid.errors import NotAllowed, RequestError
from pellucid.matomo import administration as setup
from pellucid.matomo.call import NOBODY, SUCCESS, Answer, Call, Method, needs_own, refused
from pellucid.matomo.user_access import NO_ACCESS, access_of
from pellucid.matomo.users import find, prove
from pellucid.model.account import Access
from pellucid.model.site import Site

_HASHED = "Passwords are taken as they are typed: _isPasswordHashed=1 is not."


def _add(call: Call, _sites: list[Site]) -> Answer:
    """Add an account; its address is its login, and another one is not kept."""
    given = call.given
    login, password, first = given.text("userLogin").strip(), _password(call), given.number("initialIdSite", 0)
    if login == NOBODY.login:
        raise RequestError(f"Username '{login}' already exists.")
    if first:
        setup.site_of(call.registry, first)
    call.registry.add_account(login, password)
    if first:
        call.registry.grant(login, first, Access.VIEW)
    return SUCCESS


def _password(call: Call) -> str:
    if call.given.flag("_isPasswordHashed"):
        raise RequestError(_HASHED)
    return call.given.text("password")


def _delete(call: Call, _sites: list[Site]) -> Answer:
    call.registry.delete_account(_changeable(call))
    return SUCCESS


def _changeable(call: Call) -> str:
    """Return the login of the account that is meant, or raise the error for none, and for nobody's."""
    login = call.given.text("userLogin")
    if login == NOBODY.login:
        raise RequestError("Nobody is signed in as 'anonymous': there is nothing to change.")
    return find(call, login).login


def _grant(call: Call, _sites: list[Site]) -> Answer:
    """Let an account do something with sites that one administers, or nothing any more."""
    text, sites = call.given.text("access", "") or _one_role(call), _administered(call)
    access = None if text == NO_ACCESS else access_of(text)
    if call.given.text("userLogin") == NOBODY.login and access:
        raise NotAllowed("Nobody sees a site here without signing in: 'anonymous' is granted nothing.")
    login = _changeable(call)
    if find(call, login).superuser:
        raise RequestError(f"The user '{login}' has Super User access, and may do everything with every site.")
    for site in sites:
        if access is None:
            call.registry.revoke(login, site)
        else:
            call.registry.grant(login, site, access)
    return SUCCESS


def _one_role(call: Call) -> str:
    given = call.given.several("access")
    if len(given) != 1:
        raise RequestError(f"access has to be one of {', '.join((NO_ACCESS, *Access))}, and not {len(given)} of them.")
    return given[0]


def _administered(call: Call) -> list[int]:
    """Return the sites that `idSites` names, or raise the error for one that is not one's to administer."""
    account = call.account or NOBODY
    named = [part.strip() for text in call.given.several("idSites") for part in text.split(",") if part.strip()]
    if not named:
        raise RequestError("Please specify a value for 'idSites'.")
    mine = [site.id for site in setup.visible(call.registry, account, Access.ADMIN)]
    if named == [setup.ALL_SITES]:
        return mine
    numbers = setup.named_sites(call.given.with_text(idSite=",".join(named))) or []
    for number in numbers:
        if number not in mine:
            told = f"You can't access this resource as it requires 'admin' access for the website id = {number}."
            raise refused(call, told)
    return numbers


def _set_superuser(call: Call, _sites: list[Site]) -> Answer:
    login, superuser = _changeable(call), call.given.flag("hasSuperUserAccess")
    call.given.text("hasSuperUserAccess")
    prove(call, (call.account or NOBODY).login)
    call.registry.set_superuser(login, superuser=superuser)
    return SUCCESS


def _update(call: Call, _sites: list[Site]) -> Answer:
    """Set the password of one's own account, or as a superuser of any."""
    asking = needs_own(call, call.given.text("userLogin"))
    login = _changeable(call)
    if call.given.text("email", "") not in {"", login}:
        raise RequestError("An account has no address beside its login, and its login stays.")
    if call.given.text("password", ""):
        password = _password(call)
        prove(call, asking.login)
        call.registry.set_password(login, password)
    return SUCCESS


METHODS: Mapping[str, Method] = {
    "UsersManager.addUser": Method(_add, access=None, superuser=True, changes=True),
    "UsersManager.deleteUser": Method(_delete, access=None, superuser=True, changes=True),
    "UsersManager.setUserAccess": Method(_grant, access=None, somewhere=Access.ADMIN, changes=True),
    "UsersManager.setSuperUserAccess": Method(_set_superuser, access=None, superuser=True, changes=True),
    "UsersManager.updateUser": Method(_update, access=None, changes=True),
}
