"""What the reports can not tell of a site that recognises nobody: numbers that are there, and say nothing."""

from collections.abc import Collection

from pellucid.model.site import Recognition, Site
from pellucid.report.conversion_metrics import RANGES as OF_CONVERSIONS
from pellucid.report.conversion_metrics import name_of as name_of_conversions
from pellucid.report.dimensions import OF_ONE_VISITOR
from pellucid.report.interest_metrics import RANGES, name_of

METRICS = frozenset(
    {
        *("visitors", "daily_visitors", "daily_source_visitors", "daily_entry_visitors", "daily_exit_visitors"),
        *("users", "daily_users", "daily_source_users", "new_visits"),
        *("bounces", "bounce_rate", "entry_bounces", "entry_bounce_rate", "exits", "exit_rate", "search_exits"),
        *("visit_seconds", "seconds_per_visit", "entry_seconds"),
        *("page_seconds", "seconds_per_view", "search_seconds", "steps", "views_after_search"),
        *("actions_per_visit", "max_actions", "entry_actions"),
        *("unique_views", "unique_downloads", "unique_outlinks", "content_visits", "daily_content_visitors"),
        *("content_visits_by_target", "daily_content_visitors_by_target"),
        *("act_visits", "daily_act_visitors", "act_seconds", "act_bounces", "last_acts"),
        *("visits_converted", "converting_visits", "conversion_rate"),
        *("page_conversions", "page_revenue", "page_share", "page_revenue_share"),
        *("pages_before", "pages_before_least_order"),
        *("entry_conversions", "entry_revenue", "entry_rate", "entry_worth"),
        *(name_of(what, within) for what, some in RANGES.items() for within in some),
        *(name_of_conversions(what, within) for what, some in OF_CONVERSIONS.items() for within in some),
    }
)
"""Those that need to know which hits are of one visit, or which visits of one visitor."""

DIMENSIONS = OF_ONE_VISITOR | {
    *("exit_url", "exit_title", "visitor_type", "visitor_returns", "visit_number", "seconds", "ecommerce_status"),
    *("days_since_last_visit", "seconds_since_last_visit", "days_since_first_visit", "seconds_since_first_visit"),
    *("days_since_last_order", "seconds_since_last_order"),
    *("previous_page", "previous_page_title", "previous_search"),
    *("next_kind", "next_address", "next_title", "next_search"),
}
"""Those that tell apart by what else was done in a visit, or before it."""

ESTIMATED = (
    "Nobody is recognised here. Visits are estimated: one for each page view that came from elsewhere. "
    "Told of a page, visits are its views."
)
ALONE = "Nobody is recognised here: no hit is known to follow another, and this says nothing."


def recognises(site: Site) -> bool:
    """Return whether hits of a site's visitors are known to be of one visitor."""
    return site.privacy.recognition is not Recognition.NONE


def untold(metrics: Collection[str], dimensions: Collection[str]) -> list[str]:
    """Return what of a question says nothing where nobody is recognised."""
    return [*(name for name in metrics if name in METRICS), *(name for name in dimensions if name in DIMENSIONS)]
