"""What reports and columns mean, in words: those of a site's reports, by name."""

from collections.abc import Mapping

from pellucid.matomo.call import Answer, Call
from pellucid.matomo.catalogue_of_site import reports_of
from pellucid.matomo.listed import Listed
from pellucid.matomo.metric_names import NAMES
from pellucid.model.site import Site

MEANINGS: Mapping[str, str] = {
    "nb_visits": "How many visits there were. After 30 minutes without anything, the next page begins another visit.",
    "nb_uniq_visitors": "How many visitors there were. Who comes back is counted once, as far as they are recognised.",
    "nb_users": "How many people who were signed in, by the user id that the site tells.",
    "nb_actions": "How many things were done: pages viewed, searches, downloads, and links that led away.",
    "max_actions": "How many things were done in the visit in which most were.",
    "nb_actions_per_visit": "How many things were done in a visit, in the mean.",
    "avg_time_on_site": "How long a visit lasted, in the mean.",
    "bounce_rate": "The share of visits that ended with the page they began with.",
    "conversion_rate": "The share of visits in which a goal was reached.",
    "nb_visits_converted": "How many visits there were in which a goal was reached.",
    "nb_conversions": "How often a goal was reached.",
    "revenue": "What conversions and orders brought in.",
    "nb_pageviews": "How often pages were viewed.",
    "nb_uniq_pageviews": "In how many visits a page was viewed; views of the same page count once a visit.",
    "nb_downloads": "How often files were downloaded.",
    "nb_uniq_downloads": "In how many visits a file was downloaded; the same file counts once a visit.",
    "nb_outlinks": "How often links that lead to other sites were followed.",
    "nb_uniq_outlinks": "In how many visits such a link was followed; the same one counts once a visit.",
    "nb_searches": "How often the site's own search was used.",
    "nb_keywords": "How many different things were searched for on the site.",
    "nb_hits": "How often it was viewed, or done.",
    "entry_nb_visits": "How many visits began with this page.",
    "entry_bounce_count": "How many visits began with this page and ended with it.",
    "exit_nb_visits": "How many visits ended with this page.",
    "exit_rate": "The share of the visits to this page that ended with it.",
    "avg_time_on_page": "How long this page was looked at, in the mean.",
    "avg_time_network": "How long the browser took to reach the server, in the mean.",
    "avg_time_server": "How long the server took until it began to answer, in the mean.",
    "avg_time_transfer": "How long the answer took to arrive, in the mean.",
    "avg_time_dom_processing": "How long the browser read the page until it could be used, in the mean.",
    "avg_time_dom_completion": "How long the browser then took for all that belongs to the page, in the mean.",
    "avg_time_on_load": "How long what the page does once it is there took, in the mean.",
    "avg_page_load_time": "How long it took from asking for a page until all of it was there, in the mean.",
    "nb_events": "How many events there were.",
    "nb_events_with_value": "How many events had a value.",
    "sum_event_value": "What the values of events come to.",
    "min_event_value": "The smallest value of an event.",
    "max_event_value": "The largest value of an event.",
    "avg_event_value": "The value of an event, in the mean of those that had one.",
    "nb_impressions": "How often a piece of content was seen.",
    "nb_interactions": "How often something was done with a piece of content.",
    "interaction_rate": "The share of the times a piece of content was seen in which something was done with it.",
    "orders": "How many orders there were.",
    "quantity": "How many pieces were sold.",
    "items": "How many products the orders had.",
    "avg_price": "The price of a product, in the mean.",
    "avg_quantity": "How many pieces of a product an order had, in the mean.",
    "avg_order_revenue": "What an order brought in, in the mean.",
}
"""What a column counts, under Matomo's name for it."""


def report_glossary(_call: Call, sites: list[Site]) -> Answer:
    """Return the reports of a site by name, each with what it has rows for and what stands in them."""
    rows = {f"{report.name} ({report.category})": _meaning(report) for report in reports_of(sites[0])}
    return [{"name": name, "documentation": told} for name, told in sorted(rows.items())]


def _meaning(report: Listed) -> str:
    columns = ", ".join(dict.fromkeys((report.columns | report.ratios).values()))
    return f"A row for each {report.dimension}: {columns}." if report.dimension else f"{columns}."


def metric_glossary(_call: Call, sites: list[Site]) -> Answer:
    """Return the columns of a site's reports by name, each with what it counts."""
    columns = {name for report in reports_of(sites[0]) for name in (report.columns | report.ratios)}
    rows = sorted((NAMES[name], name, told) for name, told in MEANINGS.items() if name in columns)
    return [{"name": called, "id": name, "documentation": told} for called, name, told in rows]
