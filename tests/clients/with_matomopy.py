"""Tracks and reads with the PyPI package matomopy, one step at a time, as the first argument says."""

import json
import os
import sys
from time import time

from matomopy import MatomoClient, MatomoHTTPError, MatomoTracker

URL, TOKEN = os.environ["MATOMO_URL"], os.environ["MATOMO_TOKEN"]
PAGE = "http://site.example/matomopy"


def track():
    """Track one thing of each kind, and two in one request."""
    tracker = MatomoTracker(URL, 1, token_auth=TOKEN, user_agent=os.environ["USER_AGENT"], accept_language="de")
    tracker.set_visitor_id("00000000000000dd").set_user_id("anna").set_resolution(1920, 1080)
    tracker.set_ip("81.2.69.142").set_custom_timestamp(int(time()) - 60).set_url(PAGE)
    tracker.track_page_view("From Python")
    tracker.track_event("Film", "play", "Trailer", 2.5)
    tracker.track_site_search("shoes", "all", 3)
    tracker.track_action("http://site.example/guide.pdf", "download")
    tracker.track_content_impression("Banner", "red.png", "http://elsewhere.example/")
    tracker.track_content_interaction("click", "Banner", "red.png", "http://elsewhere.example/")
    tracker.track_ecommerce_cart_update(20.0, items=[{"sku": "S1", "name": "Shoe", "price": 10.0, "quantity": 2}])
    tracker.track_ecommerce_order("O1", 24.5, 20.0, 2.0, 2.5, items=[["S1", "Shoe", "Shoes", 10.0, 2]])
    tracker.track_ping()
    tracker.enable_bulk_tracking()
    tracker.track_page_view("In bulk", f"{PAGE}/bulk")
    tracker.track_page_view("In bulk", f"{PAGE}/bulk")
    print(json.dumps(tracker.flush()))


def read():
    """Read reports in each of the client's ways, and be refused."""
    told = {}
    for way in ("post", "bearer"):
        matomo = MatomoClient(URL, TOKEN, default_id_site=1, auth_method=way)
        told[way] = matomo.VisitsSummary.get(period="day", date="today")
    today = {"period": "day", "date": "today"}
    told["version"] = matomo.get_matomo_version()
    told["titles"] = list(matomo.paginate("Actions.getPageTitles", page_size=1, **today))
    questions = [{"method": "VisitsSummary.getVisits", "id_site": 1, **today}, "method=API.getMatomoVersion"]
    told["bulk"] = matomo.bulk_request(questions)
    told["csv"] = matomo.call("Actions.getPageTitles", format="csv", **today)
    told["sites"] = matomo.SitesManager.getSitesWithAtLeastViewAccess()
    told["segments"] = matomo.get_segments_metadata(id_sites=[1])
    told["segment"] = matomo.VisitsSummary.get(segment="userId==anna", **today)
    told["refusals"] = []
    for client, method in (
        (MatomoClient(URL, default_id_site=1), "VisitsSummary.get"),
        (MatomoClient(URL, "0" * 32, default_id_site=1), "VisitsSummary.get"),
        (matomo, "VisitsSummary.getNothing"),
    ):
        try:
            client.call(method, **today)
        except MatomoHTTPError as error:
            told["refusals"].append([error.status_code, str(error.response_text)])
    print(json.dumps(told))


{"track": track, "read": read}[sys.argv[1]]()
