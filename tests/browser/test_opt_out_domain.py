"""An objection for all names of a site, and a server that is one of them: it renews what no script can for long."""

import re
from collections.abc import Sequence
from time import time
from typing import Any

from playwright.sync_api import BrowserContext, Page

from browser.opt_out_server import IMAGE, SHOP, STATS, TRACKER, WITHIN, Sites

FLAG = "mtm_consent_removed"


def page_that(*does: str) -> str:
    commands = ", ".join(["['setCookieDomain', '*.shop.test']", *does])
    return TRACKER.replace("['trackPageView']", commands)


def flags(context: BrowserContext) -> Sequence[tuple[str, str, int]]:
    """Domain, value and days left of each objection that is kept."""
    cookies: list[Any] = list(context.cookies())
    return [
        (cookie["domain"], cookie["value"], round((cookie["expires"] - time()) / 86_400))
        for cookie in cookies
        if cookie["name"] == FLAG
    ]


def object_here(sites: Sites, context: BrowserContext, page: Page, server: str) -> str:
    """Object on a page, and come back a year later; return what the objection is kept by."""
    sites.shows(page_that("['optUserOut']"), server=server)
    page.goto(sites.url(SHOP))
    ((domain, value, days),) = flags(context)
    assert (domain, days) == (".shop.test", 400)
    cookies: list[Any] = list(context.cookies())
    context.add_cookies([cookie | {"expires": time() + 7 * 86_400} for cookie in cookies])
    return value


def test_a_server_that_shares_the_site_renews_what_a_script_has_kept(
    sites: Sites, context: BrowserContext, page: Page
) -> None:
    by_the_script = object_here(sites, context, page, WITHIN)
    assert re.fullmatch(r"\d{13}\.\.shop\.test", by_the_script)

    # Without a script, as with an image, the server alone can have done it.
    sites.shows(IMAGE, server=WITHIN)
    page.goto(sites.url(SHOP))

    assert sites.verdicts(1) == ["refused; reason=opted-out"]
    ((domain, value, days),) = flags(context)
    assert (domain, days) == (".shop.test", 400)
    assert re.fullmatch(r"\d{10}\.shop\.test", value)
    # It is in place of no other, so that a page takes it back as any.
    sites.shows(page_that("['forgetUserOptOut']", "['trackPageView']"), server=WITHIN)
    page.goto(sites.url(SHOP))
    assert sites.verdicts(1) == ["recorded"]
    assert flags(context) == []


def test_a_script_leaves_what_the_server_has_renewed(sites: Sites, context: BrowserContext, page: Page) -> None:
    object_here(sites, context, page, WITHIN)
    sites.shows(IMAGE, page_that("['optUserOut']", "['trackPageView']"), server=WITHIN)

    page.goto(sites.url(SHOP))
    sites.verdicts(1)
    page.reload()
    sites.verdicts(1)

    ((_, value, _),) = flags(context)
    assert re.fullmatch(r"\d{10}\.shop\.test", value)


def test_where_the_server_shares_no_site_the_script_renews_and_keeps_the_time(
    sites: Sites, context: BrowserContext, page: Page
) -> None:
    before = object_here(sites, context, page, STATS)
    sites.shows(page_that("['trackPageView']"), server=STATS)

    page.goto(sites.url(SHOP))

    assert flags(context) == [(".shop.test", before, 400)]
