"""The reports that every site has, as Matomo's own programs list them: one row a report."""

from collections.abc import Sequence

from pellucid.matomo.listed import GOALS, Listed
from pellucid.matomo.metric_names import NAMES

_PLACES = "nb_visits nb_uniq_visitors nb_actions"
_PER_VISIT = "nb_actions_per_visit avg_time_on_site bounce_rate"
_PER_VISIT_AND_RATE = f"{_PER_VISIT} conversion_rate"
_OF_PAGES = "avg_time_on_page bounce_rate exit_rate avg_time_generation"
_EVENTS = "nb_events sum_event_value min_event_value max_event_value nb_events_with_value"
_TIMES = (
    "avg_time_network avg_time_server avg_time_transfer avg_time_dom_processing avg_time_dom_completion "
    "avg_time_on_load avg_page_load_time"
)
_EVOLVING = "nb_visits nb_actions nb_pageviews revenue nb_conversions orders ecommerce_revenue"
_EVOLUTIONS = (
    "visits_evolution actions_evolution pageviews_evolution revenue_evolution "
    "nb_conversions_evolution orders_evolution ecommerce_revenue_evolution"
)
_GOALS_OF_PAGES = ("nb_conversions nb_conversions_attrib revenue_attrib", "revenue_per_visit nb_conversions_page_rate")
_GOALS_OF_ENTRIES = (
    "nb_conversions nb_conversions_entry revenue_entry",
    "revenue_per_visit revenue_per_entry nb_conversions_entry_rate",
)
_SITES, _VISITORS, _ACTIONS, _REFERRERS = "All Websites", "Visitors", "Actions", "Referrers"
_PAGEVIEWS = {"nb_hits": "Pageviews", "nb_visits": "Unique Pageviews"}
_SEARCHES = {"nb_visits": "Searches", "exit_rate": "% Search Exits"}


def _of_visits(subcategory: str, name: str, method: str, dimension: str, *related: str) -> Listed:
    """Return a report on visits that tells nothing of goals."""
    return Listed(_VISITORS, subcategory, name, method, dimension, processed=_PER_VISIT_AND_RATE, related=related)


def _with_goals(subcategory: str, name: str, method: str, dimension: str, *related: str) -> Listed:
    return Listed(_VISITORS, subcategory, name, method, dimension, processed=_PER_VISIT, goals=GOALS, related=related)


def _place(name: str) -> Listed:
    return Listed(_VISITORS, "Locations", name, f"UserCountry.get{name}", name, _PLACES, _PER_VISIT, GOALS)


def _referrers(subcategory: str, name: str, method: str, dimension: str, subtables: str) -> Listed:
    return Listed(
        *(_REFERRERS, subcategory, name, method, dimension),
        processed=_PER_VISIT,
        goals=GOALS,
        subtables=subtables,
    )


def _interest(name: str, method: str, dimension: str, processed: str = "") -> Listed:
    return Listed(_ACTIONS, "Engagement", name, method, dimension, "nb_visits", processed, constant=True)


_SUMMARY = "nb_uniq_visitors nb_visits nb_users nb_actions max_actions"
_OF_ACTIONS = (
    "nb_pageviews nb_uniq_pageviews nb_downloads nb_uniq_downloads nb_outlinks nb_uniq_outlinks nb_searches nb_keywords"
)
_OF_REFERRERS = " ".join(name for name in NAMES if name.startswith("Referrers_"))
_FREQUENCY = (
    "nb_visits_returning nb_actions_returning nb_uniq_visitors_returning nb_users_returning max_actions_returning "
    "nb_visits_new nb_actions_new nb_uniq_visitors_new nb_users_new max_actions_new"
)
_RATIOS_OF_FREQUENCY = (
    "avg_time_on_site_returning nb_actions_per_visit_returning bounce_rate_returning "
    "avg_time_on_site_new nb_actions_per_visit_new bounce_rate_new"
)
_OF_SUMMARY = "bounce_rate nb_actions_per_visit avg_time_on_site"
_SUMMARY_NAMES = {"avg_time_on_site": "Avg. Visit Duration (in seconds)"}

REPORTS: Sequence[Listed] = (
    Listed(_SITES, "", "All Websites dashboard", "MultiSites.getAll", "Website", _EVOLVING, _EVOLUTIONS),
    Listed(_SITES, "", "Single Website dashboard", "MultiSites.getOne", "Website", _EVOLVING, _EVOLUTIONS),
    Listed(
        *(_VISITORS, "Overview", "Visits Summary", "VisitsSummary.get"),
        metrics=_SUMMARY,
        processed=_OF_SUMMARY,
        names=_SUMMARY_NAMES,
    ),
    *map(_place, ("Country", "Continent", "Region")),
    _of_visits(
        *("Locations", "Web-browser language", "UserLanguage.getLanguage", "Language", "UserLanguage.getLanguageCode")
    ),
    _place("City"),
    _of_visits("Locations", "Language code", "UserLanguage.getLanguageCode", "Language", "UserLanguage.getLanguage"),
    _with_goals("Devices", "Device type", "DevicesDetection.getType", "Device type"),
    _with_goals("Devices", "Device model", "DevicesDetection.getModel", "Device model"),
    _with_goals("Devices", "Device brand", "DevicesDetection.getBrand", "Device brand"),
    _of_visits(
        *("Devices", "Screen Resolution", "Resolution.getResolution", "Resolution", "Resolution.getConfiguration")
    ),
    _of_visits(
        *("Software", "Operating System versions", "DevicesDetection.getOsVersions", "Operating system version"),
        "DevicesDetection.getOsFamilies",
    ),
    _with_goals(
        *("Software", "Browsers", "DevicesDetection.getBrowsers", "Browser", "DevicesDetection.getBrowserVersions")
    ),
    _of_visits(
        *("Software", "Browser version", "DevicesDetection.getBrowserVersions", "Browser version"),
        "DevicesDetection.getBrowsers",
    ),
    _of_visits(
        *("Software", "Configurations", "Resolution.getConfiguration", "Configuration", "Resolution.getResolution")
    ),
    _of_visits(
        *("Software", "Operating System families", "DevicesDetection.getOsFamilies", "Operating system family"),
        "DevicesDetection.getOsVersions",
    ),
    _of_visits("Software", "Browser engines", "DevicesDetection.getBrowserEngines", "Browser engine"),
    Listed(
        *(_VISITORS, "Software", "Browser Plugins", "DevicePlugins.getPlugin", "Plugin", "nb_visits"),
        processed="nb_visits_percentage",
        constant=True,
    ),
    Listed(
        *(_VISITORS, "Times", "Visits per local time", "VisitTime.getVisitInformationPerLocalTime"),
        "Local time \N{EM DASH} hour (start of visit)",
        processed=_PER_VISIT_AND_RATE,
        related=("VisitTime.getByDayOfWeek",),
        constant=True,
    ),
    Listed(
        *(_VISITORS, "Times", "Visits per hour in the site's timezone", "VisitTime.getVisitInformationPerServerTime"),
        "Site time \N{EM DASH} hour (start of visit)",
        processed=_PER_VISIT,
        goals=GOALS,
        constant=True,
    ),
    Listed(
        *(_VISITORS, "Times", "Visits by day of the week", "VisitTime.getByDayOfWeek", "Day of the week"),
        processed=_PER_VISIT_AND_RATE,
        related=("VisitTime.getVisitInformationPerLocalTime",),
        constant=True,
    ),
    Listed(
        *(_VISITORS, "User IDs", "User IDs", "UserId.getUsers", "UserId"),
        metrics="label nb_visits nb_actions nb_visits_converted",
        processed=_PER_VISIT_AND_RATE,
    ),
    Listed(
        *(_ACTIONS, "", "Actions - Main metrics", "Actions.get"),
        metrics=_OF_ACTIONS,
        processed="avg_time_generation",
    ),
    Listed(
        *(_ACTIONS, "Pages", "Page URLs", "Actions.getPageUrls", "Page URL", "nb_hits nb_visits", _OF_PAGES),
        goals=_GOALS_OF_PAGES,
        related=("Actions.getEntryPageUrls", "Actions.getExitPageUrls"),
        subtables="getPageUrls",
        names=_PAGEVIEWS,
    ),
    Listed(
        *(_ACTIONS, "Entry pages", "Entry pages", "Actions.getEntryPageUrls", "Entry Page URL"),
        *("entry_nb_visits entry_bounce_count", "bounce_rate avg_time_generation", _GOALS_OF_ENTRIES),
        related=("Actions.getEntryPageTitles",),
        subtables="getEntryPageUrls",
        typed=_OF_PAGES,
    ),
    Listed(
        *(_ACTIONS, "Entry pages", "Entry page titles", "Actions.getEntryPageTitles", "Entry Page title"),
        *("entry_nb_visits entry_bounce_count", "bounce_rate avg_time_generation", _GOALS_OF_ENTRIES),
        related=("Actions.getPageTitles", "Actions.getEntryPageUrls"),
        subtables="getEntryPageTitles",
        typed=_OF_PAGES,
    ),
    Listed(
        *(_ACTIONS, "Exit pages", "Exit pages", "Actions.getExitPageUrls", "Exit Page URL"),
        *("exit_nb_visits nb_visits", "exit_rate avg_time_generation"),
        related=("Actions.getExitPageTitles",),
        subtables="getExitPageUrls",
        names=_PAGEVIEWS,
        typed=_OF_PAGES,
    ),
    Listed(
        *(_ACTIONS, "Exit pages", "Exit page titles", "Actions.getExitPageTitles", "Exit Page Title"),
        *("exit_nb_visits nb_visits", "exit_rate avg_time_generation"),
        related=("Actions.getPageTitles", "Actions.getExitPageUrls"),
        subtables="getExitPageTitles",
        names=_PAGEVIEWS,
        typed=_OF_PAGES,
    ),
    Listed(
        *(_ACTIONS, "Page titles", "Page titles", "Actions.getPageTitles", "Page Title", "nb_hits nb_visits"),
        _OF_PAGES,
        goals=_GOALS_OF_PAGES,
        related=("Actions.getEntryPageTitles", "Actions.getExitPageTitles"),
        subtables="getPageTitles",
        names=_PAGEVIEWS,
    ),
    Listed(
        *(_ACTIONS, "Site Search", "Site Search Keywords", "Actions.getSiteSearchKeywords", "Keyword"),
        *("nb_visits nb_pages_per_search", "exit_rate"),
        names=_SEARCHES,
        typed=_OF_PAGES,
    ),
    Listed(
        *(_ACTIONS, "Site Search", "Pages Following a Site Search", "Actions.getPageUrlsFollowingSiteSearch"),
        *("Destination Page", "nb_hits_following_search nb_hits"),
        related=("Actions.getPageTitlesFollowingSiteSearch",),
        names=_PAGEVIEWS,
        typed=_OF_PAGES,
    ),
    Listed(
        *(_ACTIONS, "Site Search", "Search Keywords with No Results", "Actions.getSiteSearchNoResultKeywords"),
        *("Keyword with No Search Result", "nb_visits", "exit_rate"),
        names=_SEARCHES,
        typed=_OF_PAGES,
    ),
    Listed(
        *(_ACTIONS, "Site Search", "Page Titles Following a Site Search", "Actions.getPageTitlesFollowingSiteSearch"),
        *("Destination Page", "nb_hits_following_search nb_hits"),
        related=("Actions.getPageUrlsFollowingSiteSearch",),
        names=_PAGEVIEWS,
        typed=_OF_PAGES,
    ),
    Listed(
        *(_ACTIONS, "Site Search", "Search Categories", "Actions.getSiteSearchCategories", "Search Category"),
        "nb_visits nb_pages_per_search exit_rate",
        names=_SEARCHES,
    ),
    Listed(
        *(_ACTIONS, "Outlinks", "Outlinks", "Actions.getOutlinks", "Clicked Outlink", "nb_visits nb_hits"),
        subtables="getOutlinks",
        names={"nb_visits": "Unique Clicks", "nb_hits": "Clicks"},
    ),
    Listed(
        *(_ACTIONS, "Downloads", "Downloads", "Actions.getDownloads", "Download URL", "nb_visits nb_hits"),
        subtables="getDownloads",
        names={"nb_visits": "Unique Downloads", "nb_hits": "Downloads"},
    ),
    *(
        Listed(
            *(_ACTIONS, "Events", heading, f"Events.get{what}", f"Event {what}", _EVENTS, "avg_event_value"),
            subtables=subtables,
        )
        for what, heading, subtables in (
            ("Category", "Event Categories", "getActionFromCategoryId"),
            ("Action", "Event Actions", "getNameFromActionId"),
            ("Name", "Event Names", "getActionFromNameId"),
        )
    ),
    *(
        Listed(
            *(_ACTIONS, "Contents", f"Content {what}", f"Contents.getContent{what}s", f"Content {what}"),
            *("nb_impressions nb_interactions", "interaction_rate"),
            subtables=f"getContent{what}s",
        )
        for what in ("Name", "Piece")
    ),
    _interest("Length of visits", "VisitorInterest.getNumberOfVisitsPerVisitDuration", "Visit duration"),
    _interest("Pages per visit", "VisitorInterest.getNumberOfVisitsPerPage", "Pages per visit"),
    _interest(
        *("Visits by visit number", "VisitorInterest.getNumberOfVisitsByVisitCount", "Visits by visit number"),
        "nb_visits_percentage",
    ),
    _interest(
        *("Visits by days since last visit", "VisitorInterest.getNumberOfVisitsByDaysSinceLast"),
        "Days since last visit",
    ),
    Listed(
        *(_ACTIONS, "Engagement", "Returning Visits", "VisitFrequency.get"),
        metrics=_FREQUENCY,
        processed=_RATIOS_OF_FREQUENCY,
    ),
    Listed(_ACTIONS, "Performance", "Performance overview", "PagePerformance.get", "", _TIMES, _TIMES),
    Listed(
        *(_REFERRERS, "", "Referrers Overview", "Referrers.get"),
        metrics=_OF_REFERRERS,
    ),
    Listed(
        *(_REFERRERS, "All Channels", "Channel Type", "Referrers.getReferrerType", "Channel Type"),
        processed=_PER_VISIT,
        goals=GOALS,
        constant=True,
    ),
    Listed(
        *(_REFERRERS, "All Channels", "All Channels", "Referrers.getAll", "Referrer"), processed=_PER_VISIT_AND_RATE
    ),
    _referrers(
        *("Search Engines & Keywords", "Keywords", "Referrers.getKeywords", "Keyword"),
        "getSearchEnginesFromKeywordId",
    ),
    _referrers(
        *("Search Engines & Keywords", "Search Engines", "Referrers.getSearchEngines", "Search Engine"),
        "getKeywordsFromSearchEngineId",
    ),
    _referrers("Websites", "Websites", "Referrers.getWebsites", "Website", "getUrlsFromWebsiteId"),
    Listed(
        *(_REFERRERS, "Social Networks", "Social Networks", "Referrers.getSocials", "Social network"),
        processed=_PER_VISIT_AND_RATE,
        subtables="getUrlsForSocial",
    ),
    _referrers("Campaigns", "Campaigns", "Referrers.getCampaigns", "Campaign", "getKeywordsFromCampaignId"),
    Listed(
        *("API", "", "Main metrics", "API.get"),
        metrics=f"{_OF_ACTIONS} {_OF_REFERRERS} nb_conversions nb_visits_converted revenue {_SUMMARY} {_FREQUENCY} "
        f"{_TIMES}",
        processed=f"avg_time_generation conversion_rate {_OF_SUMMARY} {_RATIOS_OF_FREQUENCY} {_TIMES}",
        names=_SUMMARY_NAMES,
    ),
)
