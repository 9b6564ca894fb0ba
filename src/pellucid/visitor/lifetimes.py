"""How long this very browser keeps an objection, as far as it says what it is; of none more than is known is said."""

import re

from pellucid.policy.engines import FIREFOX, WEBKITS
from pellucid.policy.retention import OBJECTION
from pellucid.visitor.languages import marked, translations

CAPPED = marked(
    "Your browser keeps your objection for {days} days from your last visit at most, and forgets it when cookies are "
    "deleted."
)
OF_WEBKIT = marked(
    "Your browser is made with WebKit, as Safari is: with protection from tracking switched on, it keeps what scripts "
    "have stored for {fewer} days from your last visit. What this server has stored it may keep for longer. It forgets "
    "both when cookies are deleted."
)
BY_A_SCRIPT_OF_WEBKIT = marked(
    "Your browser is made with WebKit, as Safari is: with protection from tracking switched on, it keeps what a script "
    "has stored, as your objection here, for {fewer} days from your last visit. It forgets it when cookies are deleted."
)
OTHER = marked(
    "How long your objection is kept is for your browser to decide: most keep it for {days} days from your last visit, "
    "and Safari keeps what scripts have stored for {fewer} days. All forget it when cookies are deleted."
)

_ENGINE = re.compile(r"(?:(Chrome)|(Firefox))/(\d{1,4})|AppleWebKit/6\d\d")
"""Engines that go by Chrome name WebKit as well, in its version of 2013: 537."""
_FIRST_CAPPED = {
    # https://developer.chrome.com/blog/cookie-max-age-expires
    "Chrome": 104,
    "Firefox": int(FIREFOX.version),
}


def told(text: str, language: str) -> str:
    """Return one of these texts as it is told."""
    return translations(language).gettext(text).format(days=OBJECTION.days, fewer=WEBKITS.days)


def kept_for(user_agent: str) -> str:
    """Return the text for a browser of this name."""
    names = {chrome or firefox: int(version or 0) for chrome, firefox, version in _ENGINE.findall(user_agent)}
    for name, first in _FIRST_CAPPED.items():
        if name in names:
            return CAPPED if names[name] >= first else OTHER
    return OF_WEBKIT if names else OTHER
