"""A visitor's browser, as far as it keeps something."""

from hashlib import sha1
from time import time
from typing import Any

from playwright.sync_api import BrowserContext

SECONDS_PER_DAY = 86_400


def where(domain_and_path: str) -> str:
    """Return the part of a cookie's name that says where it is valid."""
    return sha1(domain_and_path.encode(), usedforsecurity=False).hexdigest()[:4]


HERE = where("127.0.0.1/")
ID, VISIT, REFERRER = f"_pk_id.1.{HERE}", f"_pk_ses.1.{HERE}", f"_pk_ref.1.{HERE}"
OBJECTION, CONSENT, COOKIE_CONSENT = "mtm_consent_removed", "mtm_consent", "mtm_cookie_consent"
KNOWN = "0123456789abcdef"
"""The id of a visitor who was here before."""


class Visitor:
    """Somebody with a browser; `url` is the site that is visited."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self._context = context
        self._url = url

    def cookies(self) -> list[Any]:
        """Return all cookies, as Playwright tells them."""
        return self._context.cookies()

    def names(self) -> set[str]:
        """Return the names of all cookies."""
        return {cookie["name"] for cookie in self.cookies()}

    def value(self, name: str) -> str:
        """Return what a cookie holds."""
        return str(self._cookie(name)["value"])

    def days_left(self, name: str) -> float:
        """Return how long a cookie will live."""
        return (float(self._cookie(name)["expires"]) - time()) / SECONDS_PER_DAY

    def had(self, name: str, content: str, **attributes: object) -> None:
        """Have a cookie that an earlier page has left."""
        place = {} if "domain" in attributes else {"url": self._url}
        cookie: Any = {"name": name, "value": content, "expires": time() + 10 * SECONDS_PER_DAY, **place, **attributes}
        self._context.add_cookies([cookie])

    def was_here(self) -> None:
        """Have the cookies of a visit that is running."""
        self.had(ID, f"{KNOWN}.{int(time()) - 1000}.")
        self.had(VISIT, "1")

    def _cookie(self, name: str) -> Any:
        return next(cookie for cookie in self.cookies() if cookie["name"] == name)
