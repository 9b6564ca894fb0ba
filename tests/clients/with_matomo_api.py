"""Reads with the PyPI package matomo-api."""

import json
import os

import matomo_api as ma

matomo = ma.MatomoApi(f"{os.environ['MATOMO_URL']}/index.php", os.environ["MATOMO_TOKEN"])
today = ma.format.json | ma.language.de | ma.idSite.one_or_more(1) | ma.period.day | ma.date.today
told = {
    "visits": matomo.VisitsSummary().get(today).json(),
    "pages": matomo.Actions().getPageUrls(today | ma.flat() | ma.showColumns(ma.col.label, ma.col.nb_hits)).json(),
    "days": matomo.VisitsSummary().getVisits(today | ma.date.last(2)).json(),
    "csv": matomo.Actions().getPageTitles(today | ma.format.csv).text,
    "version": matomo.API().getMatomoVersion(ma.format.json).json(),
    "live": matomo.Live().getLastVisitsDetails(today).json(),
    "sites": matomo.SitesManager().getSitesWithAtLeastViewAccess(ma.format.json).json(),
}
print(json.dumps(told))
