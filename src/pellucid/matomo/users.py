"""The methods of `UsersManager` that other programs use: who there is, who may see what, and tokens for programs."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from pellucid.errors import NotFound, NotSignedIn, RequestError
from pellucid.matomo.call import NOBODY, Answer, Call, Method, Record, needs_own, needs_somewhere
from pellucid.model.account import Access, Account
from pellucid.model.site import Site
from pellucid.registry.tokens import WHOLE, Reach

_MOST_HOURS = 24 * 366 * 10
_FORMATS = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S")


def account_row(account: Account) -> dict[str, Answer]:
    """Return an account; where people sign in with an address, that is its e-mail."""
    return {
        "login": account.login,
        "email": account.login if "@" in account.login else "",
        "superuser_access": int(account.superuser),
        "date_registered": None,
        "invited_by": None,
        "uses_2fa": 0,
    }


def seen_accounts(call: Call) -> list[Account]:
    """Return the accounts that one sees: an admin those who see the same sites."""
    asking = needs_somewhere(call, Access.ADMIN)
    sites = {site for site, access in asking.access.items() if access is Access.ADMIN}
    return [
        account
        for account in call.registry.accounts()
        if asking.superuser or account.login == asking.login or sites & account.access.keys()
    ]


def _users(call: Call, _sites: list[Site]) -> Answer:
    wanted = {login.strip() for login in call.given.text("userLogins", "").split(",") if login.strip()}
    return [account_row(account) for account in seen_accounts(call) if not wanted or account.login in wanted]


def _logins(call: Call, _sites: list[Site]) -> Answer:
    return [account.login for account in seen_accounts(call)]


def find(call: Call, login: str) -> Account:
    """Return an account, or raise the error Matomo has for one that is not there."""
    try:
        return call.registry.account(login)
    except NotFound as error:
        raise NotFound(f"User '{login}' doesn't exist.") from error


def _user(call: Call, _sites: list[Site]) -> Answer:
    login = call.given.text("userLogin")
    needs_own(call, login)
    return Record(account_row(find(call, login)))


def _user_by_email(call: Call, _sites: list[Site]) -> Answer:
    return Record(account_row(find(call, call.given.text("userEmail"))))


def _exists(call: Call, _sites: list[Site]) -> Answer:
    login = call.given.text("userLogin")
    return {"value": login == NOBODY.login or any(account.login == login for account in call.registry.accounts())}


def _access_to_site(call: Call, sites: list[Site]) -> Answer:
    """Return by login what each account may do with a site; superusers may do everything and stand in no list."""
    held = {account.login: account.access.get(sites[0].id) for account in call.registry.accounts()}
    return [{login: access for login, access in held.items() if access}]


def _sites_of_user(call: Call, _sites: list[Site]) -> Answer:
    account = find(call, call.given.text("userLogin"))
    held = account.access
    if account.superuser:
        held = {site.id: Access.ADMIN for site in call.registry.sites()}
    return [{"site": site, "access": access} for site, access in held.items()]


def _superusers(call: Call, _sites: list[Site]) -> Answer:
    return [account_row(account) for account in call.registry.accounts() if account.superuser]


def _is_superuser(call: Call, _sites: list[Site]) -> Answer:
    return {"value": bool(call.account and call.account.superuser)}


def _create_token(call: Call, _sites: list[Site]) -> Answer:
    """Return a new token of an account for who knows its password: no other proof is needed."""
    login, reach = call.given.text("userLogin"), _reach(call)
    description = call.given.text("description").strip()
    if not description:
        raise RequestError("Please specify a value for 'description'.")
    prove(call, login)
    return {"value": call.registry.create_token(login, description, reach)}


def prove(call: Call, login: str) -> None:
    """Raise the error for a `passwordConfirmation` that is not the password of an account, or one of too many."""
    password = call.given.text("passwordConfirmation")
    if not call.attempts.may_try(login):
        raise NotSignedIn("Too many passwords were tried for this login. Wait a minute, and try again.")
    if call.registry.check_password(login, password) is None:
        raise NotSignedIn("The current password you entered is not correct.")
    call.attempts.succeeded(login)


def _reach(call: Call) -> Reach:
    """Return until when a token is good: `expireDate`, or `expireHours` from now."""
    text, hours = call.given.text("expireDate", ""), 0
    if call.given.text("expireHours", ""):
        # Of a token that is wrongly asked for, none is made that is good for ever.
        hours = call.given.number("expireHours")
    if text:
        for form in _FORMATS:
            try:
                return Reach(expires=datetime.strptime(text, form).replace(tzinfo=UTC))
            except ValueError:
                continue
        raise RequestError(f"expireDate has to be YYYY-MM-DD, and {text!r} is not.")
    if not 0 <= hours <= _MOST_HOURS:
        raise RequestError(f"expireHours has to be a number from 1 to {_MOST_HOURS}, and not {hours}.")
    return Reach(expires=call.now + timedelta(hours=hours)) if hours else WHOLE


METHODS: Mapping[str, Method] = {
    "UsersManager.getUsers": Method(_users, access=None),
    "UsersManager.getUsersLogin": Method(_logins, access=None),
    "UsersManager.getUser": Method(_user, access=None),
    "UsersManager.getUserByEmail": Method(_user_by_email, access=None, superuser=True),
    "UsersManager.userExists": Method(_exists, access=None),
    "UsersManager.getUsersAccessFromSite": Method(_access_to_site, access=Access.ADMIN),
    "UsersManager.getSitesAccessFromUser": Method(_sites_of_user, access=None, superuser=True),
    "UsersManager.getUsersHavingSuperUserAccess": Method(_superusers, access=None),
    "UsersManager.hasSuperUserAccess": Method(_is_superuser, access=None),
    "UsersManager.createAppSpecificTokenAuth": Method(_create_token, access=None, anonymous=True),
}
