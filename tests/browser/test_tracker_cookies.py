"""Which cookies the tracker sets, under which names, for how long, and that it finds those it did not set."""

import re
from time import time

import pytest
from playwright.sync_api import Page

from browser.pages import VIEW, PageServer, a_page
from browser.visitor import ID, KNOWN, OBJECTION, REFERRER, VISIT, Visitor, where

# One worker has one browser.


def test_a_visitor_is_kept_in_cookies_as_matomo_keeps_them(
    visitor: Visitor, page: Page, page_server: PageServer
) -> None:
    page_server.page = a_page(VIEW)

    page.goto(page_server.url())

    (hit,) = page_server.wait_for_hits(1)
    assert visitor.names() == {ID, VISIT}
    assert re.fullmatch(hit.said["_id"] + r"\.\d{10}\.", visitor.value(ID))
    assert visitor.value(VISIT) == "1"
    assert visitor.days_left(ID) == pytest.approx(393, abs=0.1)
    assert visitor.days_left(VISIT) == pytest.approx(30 / 1440, abs=0.01)
    for cookie in visitor.cookies():
        kept = {name: cookie[name] for name in ("path", "sameSite", "secure", "httpOnly")}
        assert kept == {"path": "/", "sameSite": "Lax", "secure": False, "httpOnly": False}


def test_a_known_visitor_stays_known_and_no_longer_than_before(
    visitor: Visitor, page: Page, page_server: PageServer
) -> None:
    created = int(time()) - 100 * 86_400
    visitor.had(ID, f"{KNOWN}.{created}.")
    page_server.page = a_page(VIEW)

    page.goto(page_server.url())

    (hit,) = page_server.wait_for_hits(1)
    assert (hit.said["_id"], hit.said["_idn"]) == (KNOWN, "0")
    assert visitor.value(ID) == f"{KNOWN}.{created}."
    assert visitor.days_left(ID) == pytest.approx(293, abs=0.1)


def test_old_cookies_go_with_whatever_domain_and_path_they_were_set(
    visitor: Visitor, page: Page, page_server: PageServer
) -> None:
    for number, domain in enumerate((".shop.test", ".www.shop.test", "www.shop.test")):
        visitor.had(f"_pk_id.1.{number:04}", "x", domain=domain, path="/")
    visitor.had("_pk_id.1.0009", "x", domain="www.shop.test", path="/page")
    visitor.had("_pk_id.2.0000", "of another site", domain="www.shop.test", path="/")
    page_server.page = a_page("['setCookiePath', '/page']", "['optUserOut']")

    page.goto(page_server.url(host="www.shop.test"))

    assert visitor.names() == {OBJECTION, "_pk_id.2.0000"}


@pytest.mark.parametrize("path", ["/", "/page", "/page/", "/page/part", "/page/part/"])
def test_old_cookies_go_from_whatever_part_of_the_site_they_were_set_for(
    visitor: Visitor, page: Page, page_server: PageServer, path: str
) -> None:
    visitor.had("_pk_id.1.0000", f"{KNOWN}.1.", domain="127.0.0.1", path=path)
    page_server.page = a_page("['optUserOut']", VIEW)

    page.goto(page_server.url("/page/part/one"))

    assert page_server.hits_when_settled(page) == []
    assert visitor.names() == {OBJECTION}


def test_cookies_have_the_attributes_that_the_page_asks_for(
    visitor: Visitor, page: Page, page_server: PageServer
) -> None:
    page_server.page = a_page(
        "['setCookieDomain', '*.shop.test']",
        "['setCookiePath', '/page']",
        "['setCookieNamePrefix', 'own_']",
        "['setVisitorCookieTimeout', 86400]",
        "['setSessionCookieTimeout', 999999]",
        VIEW,
    )

    page.goto(page_server.url(host="www.shop.test"))

    page_server.wait_for_hits(1)
    here = where(".shop.test/page")
    assert visitor.names() == {f"own_id.1.{here}", f"own_ses.1.{here}"}
    assert {(cookie["domain"], cookie["path"]) for cookie in visitor.cookies()} == {(".shop.test", "/page")}
    assert visitor.days_left(f"own_id.1.{here}") == pytest.approx(1, abs=0.1)
    assert visitor.days_left(f"own_ses.1.{here}") == pytest.approx(30 / 1440, abs=0.01)


def test_secure_cookies_for_all_sites_are_set_where_asked_for(
    visitor: Visitor, page: Page, page_server: PageServer
) -> None:
    page_server.page = a_page("['setCookieSameSite', 'None']", VIEW)

    page.goto(page_server.url())

    page_server.wait_for_hits(1)
    assert {(cookie["sameSite"], cookie["secure"]) for cookie in visitor.cookies()} == {("None", True)}


def test_a_campaign_and_a_referrer_are_kept_for_later_conversions(
    visitor: Visitor, page: Page, page_server: PageServer
) -> None:
    page_server.page = a_page("['setReferrerUrl', 'http://elsewhere.test/a']", VIEW)
    page.goto(page_server.url("/page?utm_campaign=autumn&utm_term=boots"))
    first = page_server.wait_for_hits(1)[0].said

    page_server.page = a_page("['trackGoal', 3, 9.5]")
    page.goto(page_server.url("/page/next"))

    goal = page_server.wait_for_hits(2)[1].said
    attribution = {"_rcn": "autumn", "_rck": "boots", "_ref": "http://elsewhere.test/a", "_refts": first["_refts"]}
    assert {name: first[name] for name in attribution} == attribution
    assert {name: goal[name] for name in attribution} == attribution
    assert (goal["idgoal"], goal["revenue"], "ca" in goal) == ("3", "9.5", False)
    assert visitor.names() == {ID, VISIT, REFERRER}
    assert visitor.days_left(REFERRER) == pytest.approx(182.5, abs=0.1)
