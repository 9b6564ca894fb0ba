"""The methods of `MultiSites`: what each site comes to in a period, and how that differs from the one before."""

from collections.abc import Mapping
from decimal import Decimal

from pellucid.errors import RequestError
from pellucid.matomo import administration as setup
from pellucid.matomo import overview
from pellucid.matomo.call import NOBODY, Answer, Call, Method
from pellucid.matomo.columns import Row, number_in, rounded
from pellucid.matomo.dates import key
from pellucid.matomo.parameters import ALL
from pellucid.matomo.pretty import money
from pellucid.matomo.rows import filtered, names
from pellucid.model.account import Access
from pellucid.model.period import Period
from pellucid.model.site import Site
from pellucid.report.periods import before

_SUMMED = ("nb_pageviews", "nb_visits", "nb_actions", "revenue")


def _each(call: Call, sites: list[Site]) -> list[Row]:
    """Return a row for each site; a series of periods is answered by its last one."""
    some = [(site, call.periods(site).periods[-1]) for site in sites]
    return overview.sites(call.reports, some, call.given.with_text(enhanced="1"))


def _all(call: Call, _sites: list[Site]) -> Answer:
    """Return a row for each site that was visited; for each of several periods under its key."""
    pattern = call.given.text("pattern", "").lower()
    sites = setup.visible(call.registry, call.account or NOBODY)
    found = [site for site in sites if pattern in "\n".join((site.name, *site.urls[:1])).lower()]
    spans = [(site, call.periods(site)) for site in found]
    if not any(span.several for _, span in spans):
        return _visited(call, [(site, span.periods[-1]) for site, span in spans])
    return {
        key(period): _visited(call, [(site, span.periods[place]) for site, span in spans])
        for place, period in enumerate(spans[0][1].periods)
    }


def _visited(call: Call, some: list[tuple[Site, Period]]) -> list[Row]:
    rows = overview.sites(call.reports, some, call.given)
    only = names(call.given, "showColumns")
    if not call.given.flag("enhanced") and (not only or "nb_visits" in only):
        rows = [row for row in rows if row["nb_visits"]]
    return filtered(rows, call.given)


def _one(call: Call, sites: list[Site]) -> Answer:
    """Return the numbers of one site; Matomo tells nothing else of it here."""
    period = call.periods(sites[0]).periods[-1]
    (row,) = overview.sites(call.reports, [(sites[0], period)], call.given)
    left = filtered([overview.numbers_of(row)], call.given)
    return left[0] if left else []


def _with_groups(call: Call, _sites: list[Site]) -> Answer:
    """Return the rows as they are shown, with the sums of all sites; there are no groups."""
    sites = setup.visible(call.registry, call.account or NOBODY)
    period = _period(call, sites)
    every = _each(call, sites)
    pattern = call.given.text("pattern", "").lower()
    found = [row for row in every if pattern in str(row["label"]).lower()]
    limit = call.given.number("filter_limit", 0)
    given = call.given.without("pattern").with_text(filter_limit=str(limit if limit > 0 else ALL))
    currencies = {site.id: site.currency for site in sites}
    totals: dict[str, Answer] = {name: _written(sum(number_in(row.get(name)) for row in every)) for name in _SUMMED}
    return {
        "numSites": len(found),
        "totals": totals | {"nb_visits_lastdate": sum(number_in(row.get("previous_nb_visits")) for row in every)},
        "lastDate": "" if period is None else before(period).first.isoformat(),
        "sites": [_shown(row, currencies) for row in filtered(found, given)],
    }


def _period(call: Call, sites: list[Site]) -> Period | None:
    """Return the period that is asked for, or raise the error for several; None without a site, whose days it has."""
    if not sites:
        return None
    asked = call.periods(sites[0])
    if asked.several:
        raise RequestError("Multiple periods are not supported")
    return asked.periods[0]


def _written(number: float) -> str:
    return f"{rounded(Decimal(str(number)), 2):,}".removesuffix(".00")


def _shown(row: Row, currencies: Mapping[int, str]) -> Mapping[str, Answer]:
    """Return a row with its numbers as people read them; as it is if it is of no site, like the sum of others."""
    if "idsite" not in row:
        return row
    currency = currencies[int(str(row["idsite"]))]
    counted = {name: _written(number_in(row.get(name))) for name in _SUMMED}
    return {**row, **counted, "revenue": money(number_in(row.get("revenue")), currency)}


METHODS: Mapping[str, Method] = {
    "MultiSites.getAll": Method(_all, access=None),
    "MultiSites.getOne": Method(_one),
    "MultiSites.getAllWithGroups": Method(_with_groups, access=None, somewhere=Access.VIEW),
}
