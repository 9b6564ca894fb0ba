"""What Matomo's API sets up and tells of what is set up: sites, goals, custom dimensions."""

import re
from decimal import Decimal

from babel import Locale

from pellucid.errors import NotFound, RequestError
from pellucid.matomo.columns import Cell, Row, plain, rounded
from pellucid.matomo.parameters import Parameters
from pellucid.model.account import Access, Account
from pellucid.model.goal import CustomDimension, DimensionScope, Goal
from pellucid.model.site import Site
from pellucid.registry.registry import Registry

PRESET = "matomo"
"""What a site added through Matomo's API starts with: who moves needs the same numbers."""

_ENGLISH = Locale("en")
ALL_SITES = "all"
_NUMBER = re.compile(r"[0-9]{1,9}")


def visible(registry: Registry, account: Account, access: Access = Access.VIEW) -> list[Site]:
    """Return the sites an account may do something with."""
    return [site for site in registry.sites() if account.may(site.id, access)]


def named_sites(given: Parameters) -> list[int] | None:
    """Return the numbers of the sites that `idSite` names (`1`, `1,2`); None for `all`."""
    named = given.text("idSite")
    if named == ALL_SITES:
        return None
    for text in named.split(","):
        if not _NUMBER.fullmatch(text):
            raise _unexpected(text)
    return list(dict.fromkeys(map(int, named.split(","))))


def site_of(registry: Registry, number: int) -> Site:
    """Return a site, or raise the error Matomo has for one that is not there."""
    try:
        return registry.site(number)
    except NotFound as error:
        raise _unexpected(str(number)) from error


def _unexpected(text: str) -> NotFound:
    return NotFound(f"An unexpected website was found in the request: website id was set to {text!r}.")


def site_row(site: Site) -> Row:
    """Return a site under Matomo's names."""
    return {
        "idsite": site.id,
        "name": site.name,
        "main_url": site.urls[0],
        "ts_created": f"{site.created:%Y-%m-%d %H:%M:%S}",
        "ecommerce": int(site.ecommerce),
        "sitesearch": 1,
        "sitesearch_keyword_parameters": "",
        "sitesearch_category_parameters": "",
        "timezone": site.timezone,
        "currency": site.currency,
        "exclude_unknown_urls": 0,
        "excluded_ips": "",
        "excluded_parameters": "",
        "excluded_user_agents": "",
        "excluded_referrers": "",
        "group": "",
        "type": "website",
        "keep_url_fragment": 0,
        "timezone_name": site.timezone,
        "currency_name": _ENGLISH.currencies.get(site.currency, site.currency),
    }


def add_site(registry: Registry, given: Parameters) -> Cell:
    """Add a site, and return its id."""
    site = registry.add_site(
        given.text("siteName"),
        given.several("urls"),
        preset=PRESET,
        timezone=given.text("timezone", "UTC"),
        currency=given.text("currency", "USD"),
        ecommerce=given.flag("ecommerce"),
    )
    return site.id


def update_site(registry: Registry, site: Site, given: Parameters) -> None:
    """Change what is given of a site."""
    registry.update_site(
        site.id,
        name=given.text("siteName", site.name),
        urls=given.several("urls") or site.urls,
        timezone=given.text("timezone", site.timezone),
        currency=given.text("currency", site.currency),
        ecommerce=given.flag("ecommerce", default=site.ecommerce),
    )


def add_goal(registry: Registry, site: Site, given: Parameters) -> Cell:
    """Add a goal, and return its id."""
    goal = Goal(
        site_id=site.id,
        id=0,
        name=given.text("name"),
        description=given.text("description", ""),
        match_attribute=given.text("matchAttribute"),
        pattern=given.text("pattern", ""),
        pattern_type=given.text("patternType", "contains"),
        case_sensitive=given.flag("caseSensitive"),
        allow_multiple=given.flag("allowMultipleConversionsPerVisit"),
        revenue=given.decimal("revenue", 0.0),
        use_event_value_as_revenue=given.flag("useEventValueAsRevenue"),
    )
    return registry.add_goal(goal).id


def goal_row(goal: Goal) -> Row:
    """Return a goal under Matomo's names; one that is reached by hand has no pattern."""
    row: Row = {
        "idsite": goal.site_id,
        "idgoal": goal.id,
        "name": goal.name,
        "description": goal.description,
        "match_attribute": goal.match_attribute,
        "allow_multiple": int(goal.allow_multiple),
        "revenue": plain(rounded(Decimal(str(goal.revenue)), 2)),
        "deleted": 0,
        "event_value_as_revenue": int(goal.use_event_value_as_revenue),
    }
    if goal.match_attribute == "manually":
        return row
    return row | {
        "pattern": goal.pattern,
        "pattern_type": goal.pattern_type,
        "case_sensitive": int(goal.case_sensitive),
    }


def add_dimension(registry: Registry, site: Site, given: Parameters) -> Cell:
    """Add a custom dimension, and return its id."""
    scope = given.text("scope")
    if scope not in set(DimensionScope):
        raise RequestError(f"Invalid value {scope!r} for 'scope' specified. Available scopes are: visit, action.")
    name = given.text("name")
    return registry.add_dimension(site.id, name, DimensionScope(scope), active=given.flag("active")).id


def dimension_row(dimension: CustomDimension) -> Row:
    """Return a custom dimension under Matomo's names."""
    return {
        "idcustomdimension": str(dimension.id),
        "idsite": str(dimension.site_id),
        "name": dimension.name,
        "index": str(dimension.index),
        "scope": dimension.scope,
        "active": dimension.active,
        "extractions": [],
        "case_sensitive": True,
    }
