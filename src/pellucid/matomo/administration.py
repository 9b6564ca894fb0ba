"""What Matomo's API sets up and tells of what is set up: sites, goals, custom dimensions."""

import re
from decimal import Decimal

from babel import Locale
from msgspec import structs

from pellucid.collect.exclusion import check
from pellucid.collect.plan import groups_of
from pellucid.enrich.goals import can_match
from pellucid.errors import NotFound, RequestError
from pellucid.matomo.columns import Cell, Row, plain, rounded
from pellucid.matomo.parameters import Parameters
from pellucid.matomo.zones import as_matomo_names, name_of, zone_of
from pellucid.model.account import Access, Account
from pellucid.model.goal import CustomDimension, DimensionScope, Extraction, Goal, MatchAttribute, PatternType
from pellucid.model.rules import SEARCH_KEYWORDS, Rules
from pellucid.model.site import Privacy, Site
from pellucid.registry.registry import Registry

PRESET = "matomo"
"""What a site added through Matomo's API starts with: who moves needs the same numbers."""

_ENGLISH = Locale("en")
ALL_SITES = "all"
_SETTING = re.compile(r"(?P<setting>settingValues\[Live\]\[[0-9]{1,3}\])\[name\]")
_SWITCHES = {"disable_visitor_log": "shows_visits", "disable_visitor_profile": "shows_profiles"}
_NUMBER = re.compile(r"[0-9]{1,9}")
_EXTRACTIONS = "extractions"
_EXTRACTION = re.compile(rf"(?P<one>{_EXTRACTIONS}\[(?P<place>[0-9]{{1,3}})\])\[dimension\]")
_READ_OFF = ("url", "urlparam", "action_name")
_BY_NAME = "urlparam"


def visible(registry: Registry, account: Account, access: Access = Access.VIEW) -> list[Site]:
    """Return the sites an account may do something with."""
    return [site for site in registry.sites() if account.may(site.id, access)]


def named_sites(given: Parameters) -> list[int] | None:
    """Return the numbers of the sites that `idSite` names, or else `idSites` (`1`, `1,2`); None for `all`."""
    named = given.text("idSite", "") or ",".join(given.several("idSites")) or given.text("idSite")
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


def settings_row(site: Site) -> list[dict[str, str | list[dict[str, str | bool]]]]:
    """Return the settings of a site that plug-ins of Matomo have: what is hidden of visitors."""
    hidden = {name: not getattr(site.privacy, field) for name, field in _SWITCHES.items()}
    return [{"pluginName": "Live", "settings": [{"name": name, "value": value} for name, value in hidden.items()]}]


def site_row(site: Site) -> Row:
    """Return a site under Matomo's names."""
    row: Row = {
        "idsite": site.id,
        "name": site.name,
        "main_url": site.urls[0],
        "ts_created": f"{site.created:%Y-%m-%d %H:%M:%S}",
        "ecommerce": int(site.ecommerce),
        "sitesearch": int(site.rules.searches),
        "sitesearch_keyword_parameters": _told(site.rules.search_keywords, SEARCH_KEYWORDS),
        "sitesearch_category_parameters": _told(site.rules.search_categories),
        "timezone": as_matomo_names(site.timezone),
        "currency": site.currency,
        "exclude_unknown_urls": int(site.rules.known_hosts_only),
        "excluded_ips": _told(site.rules.excluded_addresses),
        "excluded_parameters": _told(site.rules.excluded_parameters),
        "excluded_user_agents": _told(site.rules.excluded_agents),
        "excluded_referrers": _told(site.rules.excluded_referrers),
        "group": "",
        "type": "website",
        "keep_url_fragment": int(site.rules.keeps_fragments),
        "timezone_name": name_of(as_matomo_names(site.timezone)),
        "currency_name": _ENGLISH.currencies.get(site.currency, site.currency),
    }
    # In Matomo a setting of the whole installation (`exclude_requests`), and in no row.
    excluded = _told(site.rules.excluded_requests)
    return row | {"excluded_requests": excluded} if excluded else row


def _told(names: tuple[str, ...], otherwise: tuple[str, ...] = ()) -> str:
    """Return names in one line; nothing where they are those that count otherwise."""
    return "" if names == otherwise else ",".join(names)


def listed(text: str) -> tuple[str, ...]:
    """Return the names in a line."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _rules(rules: Rules, given: Parameters) -> Rules:
    """Return how a site's hits are read, with what is given of it; a line of names replaces those there were."""

    def names(name: str, so_far: tuple[str, ...]) -> tuple[str, ...]:
        text = given.given.get(name)
        return so_far if text is None else listed(text)

    changed = Rules(
        searches=given.flag("siteSearch", default=rules.searches),
        search_keywords=names("searchKeywordParameters", rules.search_keywords) or SEARCH_KEYWORDS,
        search_categories=names("searchCategoryParameters", rules.search_categories),
        excluded_parameters=names("excludedQueryParameters", rules.excluded_parameters),
        keeps_fragments=given.text("keepURLFragments", "2" if not rules.keeps_fragments else "1") == "1",
        excluded_addresses=names("excludedIps", rules.excluded_addresses),
        excluded_agents=names("excludedUserAgents", rules.excluded_agents),
        excluded_requests=names("excludedRequests", rules.excluded_requests),
        excluded_referrers=names("excludedReferrers", rules.excluded_referrers),
        known_hosts_only=given.flag("excludeUnknownUrls", default=rules.known_hosts_only),
    )
    if changed != rules:
        check(changed)
    return changed


def _privacy(privacy: Privacy, given: Parameters) -> Privacy:
    """Return what a site shows of its visitors, with what `settingValues[Live][0][name]` and its `[value]` change."""
    switched = {}
    for name, value in given.given.items():
        found = _SETTING.fullmatch(name)
        if found and value in _SWITCHES:
            off = given.given.get(f"{found['setting']}[value]", "0") not in {"", "0", "false"}
            switched[_SWITCHES[value]] = not off
    return structs.replace(privacy, **switched)


def add_site(registry: Registry, given: Parameters) -> Cell:
    """Add a site, and return its id."""
    of_all = registry.for_all_sites()
    site = registry.add_site(
        given.text("siteName"),
        given.several("urls"),
        preset=PRESET,
        timezone=zone_of(given.text("timezone", of_all.timezone)),
        currency=given.text("currency", of_all.currency),
        ecommerce=given.flag("ecommerce"),
    )
    rules, privacy = _rules(site.rules, given), _privacy(site.privacy, given)
    if (rules, privacy) != (site.rules, site.privacy):
        registry.update_site(site.id, rules=rules, privacy=privacy)
    return site.id


def update_site(registry: Registry, site: Site, given: Parameters) -> None:
    """Change what is given of a site."""
    registry.change_site(
        site.id,
        lambda site: structs.replace(
            site,
            name=given.text("siteName", site.name),
            urls=given.several("urls") or site.urls,
            timezone=zone_of(given.text("timezone", site.timezone)),
            currency=given.text("currency", site.currency),
            ecommerce=given.flag("ecommerce", default=site.ecommerce),
            rules=_rules(site.rules, given),
            privacy=_privacy(site.privacy, given),
        ),
    )


def add_goal(registry: Registry, site: Site, given: Parameters) -> Cell:
    """Add a goal, and return its id."""
    return registry.add_goal(_goal(Goal(site_id=site.id, id=0, name=given.text("name")), given)).id


def update_goal(registry: Registry, site: Site, given: Parameters) -> None:
    """Change what is given of a goal."""
    registry.update_goal(_goal(goal_of(registry, site, given), given))


def goal_of(registry: Registry, site: Site, given: Parameters) -> Goal:
    """Return the goal that is meant, or raise `NotFound`."""
    number = given.number("idGoal")
    found = next((goal for goal in registry.goals(site.id) if goal.id == number), None)
    if found is None:
        raise NotFound(f"The site {site.id} has no goal {number}.")
    return found


def _goal(goal: Goal, given: Parameters) -> Goal:
    """Return a goal with what is given of it; raise `RequestError` where it can not be reached."""
    attribute = given.text("matchAttribute", goal.match_attribute)
    if attribute not in set(MatchAttribute):
        raise RequestError(f"A goal can not be held against {attribute!r}; there are {', '.join(MatchAttribute)}.")
    kind = given.text("patternType", goal.pattern_type)
    if attribute == MatchAttribute.MANUALLY:
        # Whatever is told of a pattern: there is none.
        kind = goal.pattern_type
    if kind not in set(PatternType):
        raise RequestError(f"The patternType {kind!r} is not known; there are {', '.join(PatternType)}.")
    changed = structs.replace(
        goal,
        name=given.text("name", goal.name),
        description=given.text("description", goal.description),
        match_attribute=attribute,
        pattern=given.text("pattern", goal.pattern),
        pattern_type=kind,
        case_sensitive=given.flag("caseSensitive", default=goal.case_sensitive),
        allow_multiple=given.flag("allowMultipleConversionsPerVisit", default=goal.allow_multiple),
        revenue=given.decimal("revenue", goal.revenue),
        use_event_value_as_revenue=given.flag("useEventValueAsRevenue", default=goal.use_event_value_as_revenue),
    )
    if attribute != MatchAttribute.MANUALLY and not can_match(changed):
        raise RequestError(
            f"Nothing could match the pattern {changed.pattern!r}: a regex has to be one, an address whole."
        )
    return changed


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
    if goal.match_attribute == MatchAttribute.MANUALLY:
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
    return registry.add_dimension(
        site.id,
        given.text("name"),
        DimensionScope(scope),
        active=given.flag("active"),
        extractions=_extractions(given, DimensionScope(scope)) or (),
        case_sensitive=given.flag("caseSensitive", default=True),
    ).id


def update_dimension(registry: Registry, site: Site, given: Parameters) -> None:
    """Change what is given of a custom dimension."""
    number = given.number("idDimension")
    found = next((one for one in registry.dimensions(site.id) if one.id == number), None)
    if found is None:
        raise NotFound(f"The site {site.id} has no custom dimension {number}.")
    extractions = _extractions(given, found.scope)
    registry.update_dimension(
        structs.replace(
            found,
            name=given.text("name", found.name),
            active=given.flag("active", default=found.active),
            extractions=found.extractions if extractions is None else extractions,
            case_sensitive=given.flag("caseSensitive", default=found.case_sensitive),
        ),
    )


def _extractions(given: Parameters, scope: DimensionScope) -> tuple[Extraction, ...] | None:
    """Return what a dimension is read off (`extractions[0][dimension]`, `[pattern]`); None if that is not said.

    One without a pattern is none. Raise `RequestError` for one that never finds anything.
    """
    places = {int(found["place"]): found["one"] for name in given.given if (found := _EXTRACTION.fullmatch(name))}
    told = [
        Extraction(given.text(f"{one}[dimension]"), given.text(f"{one}[pattern]", ""))
        for _, one in sorted(places.items())
    ]
    extractions = tuple(one for one in told if one.pattern)
    if extractions and scope is not DimensionScope.ACTION:
        raise RequestError("Only a dimension of scope action is read off pages: leave out the extractions.")
    for one in extractions:
        if one.dimension not in _READ_OFF:
            raise RequestError(f"A dimension can not be read off {one.dimension!r}; there are {', '.join(_READ_OFF)}.")
        if one.dimension != _BY_NAME and not groups_of(one.pattern):
            raise RequestError(
                f"The pattern {one.pattern!r} has to be a regular expression with what is wanted in round brackets."
            )
    return extractions if told or _EXTRACTIONS in given.given else None


def dimension_row(dimension: CustomDimension) -> Row:
    """Return a custom dimension under Matomo's names."""
    return {
        "idcustomdimension": str(dimension.id),
        "idsite": str(dimension.site_id),
        "name": dimension.name,
        "index": str(dimension.index),
        "scope": dimension.scope,
        "active": dimension.active,
        "extractions": [{"dimension": one.dimension, "pattern": one.pattern} for one in dimension.extractions],
        "case_sensitive": dimension.case_sensitive,
    }
