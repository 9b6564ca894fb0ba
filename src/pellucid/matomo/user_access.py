"""The methods of `UsersManager` that tell who may do what with which site."""

from collections.abc import Iterable, Mapping

from pellucid.errors import NotAllowed, RequestError
from pellucid.matomo.call import NOBODY, Answer, Call, Method
from pellucid.matomo.users import account_row, find, seen_accounts
from pellucid.model.account import Access, Account
from pellucid.model.site import Site

NO_ACCESS, SUPERUSER, SOME = "noaccess", "superuser", "some"
_ROLES: Mapping[Access, str] = {
    Access.VIEW: "Sees the reports of a site, and changes nothing.",
    Access.WRITE: "Sees the reports of a site, and sets up its goals and dimensions.",
    Access.ADMIN: "Does everything with a site, and says who else may do what.",
}


def access_of(text: str) -> Access:
    """Return the access a request names, or raise the error for one there is not."""
    if text not in set(Access):
        told = f"The parameter access must have one of the following values: [ {', '.join(Access)} ], '{text}' given."
        raise RequestError(told)
    return Access(text)


def _roles(_call: Call, _sites: list[Site]) -> Answer:
    return [
        {"id": access.value, "name": access.value.capitalize(), "description": told, "helpUrl": ""}
        for access, told in _ROLES.items()
    ]


def _with_access(call: Call, sites: list[Site]) -> Answer:
    access, site = access_of(call.given.text("access")), sites[0]
    return [account_row(account) for account in seen_accounts(call) if account.access.get(site.id) is access]


def _sites_by_login(call: Call, _sites: list[Site]) -> Answer:
    """Return by login the sites with which each account may do this, and no more."""
    access = access_of(call.given.text("access"))
    held = {
        account.login: sorted(site for site, granted in account.access.items() if granted is access)
        for account in call.registry.accounts()
    }
    return {login: sites for login, sites in held.items() if sites}


def _to_site(call: Call, _sites: list[Site]) -> Answer:
    """Return one's own sites as another account may use them."""
    given, asking = call.given, call.account or NOBODY
    account = find(call, given.text("userLogin"))
    if account.superuser:
        raise NotAllowed("This method should not be used with superusers.")
    search, wanted = given.text("filter_search", "").lower(), given.text("filter_access", "") or SOME
    rows: list[Answer] = [
        {"idsite": site.id, "site_name": site.name, "role": account.access[site.id].value, "capabilities": []}
        for site in sorted(call.registry.sites(), key=lambda site: (site.name, site.id))
        if site.id in account.access
        and asking.may(site.id, Access.ADMIN)
        and wanted in {SOME, account.access[site.id]}
        and any(search in text.lower() for text in (site.name, *site.urls))
    ]
    return _page(rows, call)


def _plus_role(call: Call, sites: list[Site]) -> Answer:
    """Return the accounts with what each may do with a site; to who does not administer it, theirs alone."""
    site, asking, given = sites[0], call.account or NOBODY, call.given
    if not asking.may(site.id, Access.ADMIN):
        return [_with_role(asking, site)]
    search, wanted = given.text("filter_search", "").lower(), given.text("filter_access", "")
    rows = [_with_role(account, site) for account in seen_accounts(call) if search in account.login.lower()]
    return _page([row for row in rows if _is_wanted(str(row["role"]), wanted)], call)


def _with_role(account: Account, site: Site) -> dict[str, Answer]:
    role = SUPERUSER if account.superuser else account.access.get(site.id, NO_ACCESS)
    row = account_row(account) | {"superuser_access": account.superuser}
    return row | {"role": str(role), "capabilities": list[Answer]()}


def _is_wanted(role: str, wanted: str) -> bool:
    return role != NO_ACCESS if wanted == SOME else wanted in {"", role}


def _page(rows: Iterable[Answer], call: Call) -> Answer:
    first, limit = call.given.number("offset", 0), call.given.number("limit", 0)
    every = list(rows)[max(first, 0) :]
    return every[:limit] if limit > 0 else every


def _has_address(call: Call, _sites: list[Site]) -> Answer:
    return {"value": _by_address(call) is not None}


def _login_of_address(call: Call, _sites: list[Site]) -> Answer:
    account = _by_address(call)
    if account is None:
        raise RequestError(f"User '{call.given.text('userEmail')}' doesn't exist.")
    return {"value": account.login}


def _by_address(call: Call) -> Account | None:
    """Return the account that signs in with an address: no account has another."""
    address = call.given.text("userEmail").strip()
    found = (account for account in call.registry.accounts() if account.login == address and "@" in address)
    return next(found, None)


METHODS: Mapping[str, Method] = {
    "UsersManager.getAvailableRoles": Method(_roles, access=None, somewhere=Access.ADMIN),
    "UsersManager.getAvailableCapabilities": Method(lambda *_: [], access=None, somewhere=Access.ADMIN),
    "UsersManager.getUsersWithSiteAccess": Method(_with_access, access=Access.ADMIN),
    "UsersManager.getUsersSitesFromAccess": Method(_sites_by_login, access=None, superuser=True),
    "UsersManager.getSitesAccessForUser": Method(_to_site, access=None, somewhere=Access.ADMIN),
    "UsersManager.getUsersPlusRole": Method(_plus_role),
    "UsersManager.userEmailExists": Method(_has_address, access=None, somewhere=Access.VIEW),
    "UsersManager.getUserLoginFromUserEmail": Method(_login_of_address, access=None, somewhere=Access.ADMIN),
}
